"""Claims judged as written: size, sign and period of a cause, the law of the day, any importer, every fault at once."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from detente.codes import Faults, InputError
from detente.data.importers import importer
from detente.lab.claims.check import check
from detente.lab.claims.laws import amended, as_published
from detente.lab.claims.ledger import ledger_of
from detente.lab.claims.quantities import quantities
from detente.lab.claims.words import example_of, keys_markdown, needed
from detente.lab.ground.ground import ground_of
from detente.law import Reading

AS_OF = date(2026, 7, 23)
DOCS = Path(__file__).parents[2] / "docs" / "evidence.md"


def judged(quantity, kind="measurement", said="2025-05-09", quote="words", draws=0, **more):
    """The check of one claim."""
    row = {"claim_id": "mine", "quote": quote, "said": said, "kind": kind, "quantity": quantity, **more}
    (found,) = check(ledger_of([row], "claims"), as_of=AS_OF, draws=draws)
    return found


SIGN = "model agrees in sign only"
PRICES = {"name": "price_effect", "base": "2025-01-01", "as_of": "2025-05-08"}
COST = {"name": "household_cost", "base": "2025-01-01", "as_of": "2025-05-08"}
JUMP = {"name": "abnormal_return", "market": "S&P 500", "as_of": "2025-04-09"}
RISE = {"name": "average_tariff_rise", "base": "2025-01-01", "as_of": "2025-05-08"}
SHORT = {"name": "months_of_shortage", "population": "rare earths", "partner": "USA", "as_of": "2025-05-09"}
CAUSES = {
    "prices fall": (PRICES | {"comparator": "fell"}, "model disagrees"),
    "prices fall by two": (PRICES | {"comparator": "fell", "value": 2}, "model disagrees"),
    "prices are lower by two": (PRICES | {"value": -2}, "model disagrees"),
    "prices rise by fifteen": (PRICES | {"comparator": "rose", "value": 15}, SIGN),
    "prices rise by two": (PRICES | {"comparator": "rose", "value": 2}, "model agrees"),
    "prices rise by more than ten": (PRICES | {"comparator": "rose by more than", "value": 10}, SIGN),
    "prices rise by at least one": (PRICES | {"comparator": "at least", "value": 1}, "model agrees"),
    "prices fall by up to three": (PRICES | {"comparator": "fell by up to", "value": 3}, "model disagrees"),
    "prices rise by over three": (PRICES | {"comparator": "rose", "value": 3.2}, "depends on definition"),
    "households pay 9,000": (COST | {"comparator": "rose", "value": "9,000"}, SIGN),
    "households pay 2,700": (COST | {"value": 2700}, "model agrees"),
    "households save 2,700": (COST | {"comparator": "fell", "value": 2700}, "model disagrees"),
    "households pay up to 3,800": (COST | {"comparator": "up to", "value": 3800}, "model agrees"),
    "households pay 1,300": (COST | {"value": 1300}, "depends on definition"),
    "shares gain nine": (JUMP | {"value": 9}, "model agrees"),
    "shares gain three": (JUMP | {"value": 3}, SIGN),
    "shares lose nine": (JUMP | {"comparator": "fell", "value": 9}, "model disagrees"),
    "the duty rises by twenty-one": (RISE | {"value": 21}, "model agrees"),
    "the duty falls": (RISE | {"comparator": "fell"}, "model disagrees"),
    "a quarter short": (SHORT | {"value": 3}, SIGN),
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "verdict"), CAUSES.values(), ids=CAUSES)
def test_a_cause_is_judged_by_its_sign_and_its_number(quantity, verdict):
    found = judged(quantity, "causal")
    assert str(found.verdict) == verdict, found.explanation
    if verdict == SIGN:
        assert re.search(r"claimed is [\d,.]+ ?(points|USD|months|%)? ?(above|below)", found.explanation)
    if verdict == "model disagrees":
        assert "the other sign" in found.explanation


def test_a_number_is_set_against_the_range_and_not_its_middle_alone():
    close, far = (judged(PRICES | {"value": value}, "causal", draws=20) for value in ("2.5", "2.9"))
    assert close.low < close.value < close.high < 0.025
    assert [str(found.verdict) for found in (close, far)] == ["model agrees", "depends on definition"]


@pytest.mark.parametrize(
    ("quantity", "verdict"),
    [
        ({"comparator": "rose", "value": 3}, "not supported"),
        ({"comparator": "fell", "value": 6}, "supported"),
        ({"comparator": "fell by more than", "value": 5}, "supported"),
        ({"comparator": "fell by up to", "value": 5}, "not supported"),
        ({"comparator": "fell by up to", "value": 7}, "supported"),
    ],
)
def test_a_number_beside_a_direction_counts(quantity, verdict):
    """The S&P 500 lost 5.97 per cent on 4 April 2025."""
    found = judged({"name": "index_return", "market": "S&P 500", "as_of": "2025-04-04"} | quantity)
    assert str(found.verdict) == verdict


def test_more_than_a_legal_rate_is_not_that_rate():
    rate = {"name": "line_rate", "line": "8517.13.00", "partner": "CHN", "value": 20}
    verdicts = [str(judged(rate | {"comparator": c}).verdict) for c in ("more than", "at least", "up to", "less than")]
    assert verdicts == ["not supported", "supported", "supported", "not supported"]


def test_a_claim_of_a_short_time_is_told_that_the_model_is_of_the_long_run():
    this_year = judged(PRICES | {"value": 2}, "causal", quote="prices rise by 2 per cent this year")
    assert 'speaks of "this year", the model of the long run' in this_year.explanation
    for found in (
        judged(PRICES | {"value": 2}, "causal", quote="prices end 2 per cent higher"),
        judged(PRICES | {"value": 2, "horizon": "long"}, "causal", quote="prices rise this year, and stay there"),
    ):
        assert "long run" not in found.explanation
    assert "the short run" in judged(COST | {"value": 2700, "horizon": "short"}, "causal").explanation


CHINA = {"name": "share", "population": "US imports", "partner": "China"}
PERIODS = {
    "2024": (CHINA | {"year": 2024, "value": 13.2}, "supported", "2024"),
    "all of 2025": (CHINA | {"year": 2025, "value": 13.2}, None, "2025"),
    "a month": (CHINA | {"period": "2025-05", "value": 13.2}, "not supported", "2025-05"),
    "the year so far": (CHINA | {"as_of": "2025-06-15", "value": 13.2}, None, "2025-01 to 2025-05"),
    "to come": (CHINA | {"period": "2026-12", "value": 13.2}, "not checkable", "data to 202"),
    "a year with lines": (CHINA | {"year": 2023, "line": "8517.13", "value": 80}, "not checkable", "2024 alone"),
}


@pytest.mark.parametrize(("quantity", "verdict", "words"), PERIODS.values(), ids=PERIODS)
def test_a_share_is_of_the_period_that_the_claim_names(quantity, verdict, words):
    found = judged(quantity, said="2026-07-01")
    assert found.value != pytest.approx(0.132, abs=5e-4) or verdict == "supported"
    assert verdict is None or str(found.verdict) == verdict
    assert words in f"{found.explanation} {found.definition}"


def test_an_average_duty_of_a_year_or_month_is_that_of_the_period():
    year = judged({"name": "average_tariff_level", "value": 7.7, "year": 2025}, said="2026-03-01")
    assert (str(year.verdict), year.definition) == ("supported", "duty collected in the whole year 2025")
    month = judged({"name": "average_tariff_level", "value": 11, "period": "2025-09"}, said="2025-12-01")
    assert month.part.quantity.as_of == date(2025, 9, 30)
    with pytest.raises(InputError, match="name a month, or a calendar year"):
        judged({"name": "average_tariff_level", "value": 11, "period": "2025-Q2"}, said="2025-12-01")
    with pytest.raises(InputError, match="the period is named twice"):
        judged({"name": "average_tariff_level", "value": 11, "period": "2025-09", "as_of": "2025-09-01"})


CAR = {"name": "line_rate", "line": "8703.23.01", "partner": "DEU"}


def test_the_law_is_that_of_the_texts_out_on_the_day_of_the_claim():
    """On 20 August 2025 a German car owed 27.5 per cent; in September it became 15, with effect from 1 August."""
    then, after = (judged(CAR | {"value": value}, said="2025-08-20") for value in (27.5, 15))
    assert str(then.verdict) == "supported"
    assert then.definition.endswith("as published by 2025-08-20")
    assert any("as amended later, with effect from" in label for label in then.fails_under)
    assert (str(after.verdict), str(after.verdict_then)) == ("depends on definition", "not supported")
    known = judged(CAR | {"value": 15, "as_of": "2025-08-20"}, said="2025-10-10")
    assert (str(known.verdict), known.definition) == ("supported", "law of the day")


def test_a_law_as_published_is_the_schedule_of_that_reading():
    law, day = importer("USA").law, date(2025, 8, 20)
    assert amended(law, day, day) is not None
    assert amended(law, date(2025, 5, 8), date(2025, 5, 9)) is None
    ground = ground_of(law)
    assert ground.under(as_published(law, day)).whole(day) == pytest.approx(
        ground.whole(day, Reading.PUBLISHED), abs=1e-12
    )


ON_US = {"name": "partner_average_rate", "importer": "China", "partner": "USA"}
ADDED = {"name": "partner_additional_rate", "partner": "USA"}
ELSEWHERE = {
    "China's average on US goods": (ON_US | {"value": 138}, "supported"),
    "the same without waivers": (ON_US | {"importer": "CHN", "value": 147.6}, "depends on definition"),
    "China's average on all": ({"name": "average_tariff_level", "importer": "China", "value": 21}, "not checkable"),
    "Europe's average": ({"name": "average_tariff_level", "importer": "European Union", "value": 2}, "supported"),
    "Canada's surtax": (ADDED | {"importer": "Canada", "value": 25}, "supported"),
    "Europe's duty on cars": (
        {"name": "line_rate", "importer": "EU27", "partner": "USA", "line": "8703.23", "value": 10}, "supported",
    ),
    "China on Japan": (ADDED | {"importer": "CHN", "partner": "JPN", "value": 10}, "not checkable"),
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "verdict"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_the_duty_of_any_importer(quantity, verdict):
    found = judged(quantity)
    assert str(found.verdict) == verdict, found.explanation
    if verdict != "not checkable":
        assert "on record to" in found.explanation
        assert not any("United States" in name for name in found.inputs)


IGNORED = {
    "a base of a level": ({"name": "average_tariff_level", "value": 2, "base": "2025-01-01"}, "'base' has no meaning"),
    "a population of a line": (CAR | {"value": 2, "population": "US imports"}, "'population' has no meaning"),
    "a level that rose": (CHINA | {"year": 2024, "comparator": "rose"}, "share is a level"),
    "a bound below zero": (PRICES | {"comparator": ">", "value": -2}, "can be read in two ways"),
    "a rise below zero": (PRICES | {"comparator": "rose", "value": -2}, "cannot rise by -2"),
    "nobody's duty": ({"name": "average_tariff_level", "value": 2, "importer": "Atlantis"}, "unknown country"),
}


@pytest.mark.parametrize(("quantity", "words"), IGNORED.values(), ids=IGNORED)
def test_nothing_that_is_given_is_ignored(quantity, words):
    with pytest.raises(InputError, match="claim mine") as error:
        judged(quantity)
    assert words in str(error.value)


GIVEN = {
    "base": "2025-01-01", "population": "US imports", "partner": "CHN", "importer": "CHN", "line": "8517.13.00",
    "market": "HSI", "year": 2024, "period": "2024-05", "country": "CHN", "category": "toys", "horizon": "short",
}  # fmt: skip
UNUSED = [
    (name, key)
    for name, quantity in quantities().items()
    for key in GIVEN
    if key not in {*quantity.needs, *quantity.optional}
]


@pytest.mark.parametrize(("name", "key"), UNUSED, ids=[f"{name}-{key}" for name, key in UNUSED])
def test_a_key_that_a_quantity_does_not_use_is_refused_by_name(name, key):
    import yaml

    with pytest.raises(InputError, match=f"'{key}' has no meaning for {name.replace('_', ' ')}"):
        judged(yaml.safe_load(example_of(name)) | {key: GIVEN[key]})


TWO_THINGS = {
    "importer": ({"name": "average_tariff_level", "value": 2, "importer": "EU", "population": "US imports"}, {}),
    "material": (SHORT | {"value": 3}, {"material": "gallium-germanium"}),
    "decoupling": ({"name": "real_income_change", "value": -1, "base": "2025-01-01"}, {"of": "decoupling"}),
}


@pytest.mark.parametrize(("quantity", "definition"), TWO_THINGS.values(), ids=TWO_THINGS)
def test_two_keys_that_say_different_things_are_refused(quantity, definition):
    with pytest.raises(InputError, match=r"two things|not compared with a base"):
        judged(quantity, **({"definition": definition} if definition else {}))


def test_nothing_was_under_control_before_the_notice():
    count = {"name": "count", "population": "controlled rare earths", "value": 7}
    before, after = (judged(count | {"as_of": day}) for day in ("2025-04-03", "2025-04-04"))
    assert (before.value, after.value) == (0.0, 7.0)


IDLE = {
    "sigma": ({"sigma": 4}, "substitution: ces"), "start": ({"start": "collected", "duty": "collected"}, "statutory"),
    "on": ({"on": "2025-04-10", "duty": "collected"}, "statutory"), "times": ({"of": "rise", "times_mean": 3}, "level"),
    "span": ({"span": 3}, "rise"), "stage": ({"of": "mines", "stage": "separation"}, "stage"),
    "group": ({"of": "elements", "group": "heavy"}, "controlled_elements"), "level": ({"level": "60%"}, "share_below"),
    "line": ({"of": "average", "line": "8517.13.00"}, "line"),
}  # fmt: skip
USERS = {
    "sigma": RISE | {"value": 20}, "start": RISE | {"value": 20}, "on": RISE | {"value": 20},
    "times": {"name": "rank_since", "value": 1930, "base": "2025-01-01"}, "span": {"name": "rank_since", "value": 1930},
    "stage": CHINA | {"population": "rare earths", "year": 2024, "value": 70},
    "group": {"name": "count", "value": 17, "population": "rare earths"},
    "level": {"name": "partner_additional_rate", "value": 145, "partner": "CHN"},
    "line": {"name": "partner_additional_rate", "value": 145, "partner": "CHN"},
}  # fmt: skip


@pytest.mark.parametrize("name", IDLE)
def test_a_key_of_a_definition_without_effect_is_refused(name):
    definition, words = IDLE[name]
    with pytest.raises(InputError, match="has no meaning with") as error:
        judged(USERS[name], definition=definition)
    assert words in str(error.value)


def test_an_average_of_which_the_words_leave_open_whose_it_is_asks():
    found = judged({"name": "average_tariff_level", "value": 23}, open=True)
    assert str(found.verdict) == "not checkable"
    assert "add population: US imports, or importer: CHN" in found.explanation


PHONE = "name: line_rate, value: 20, line: '8517.13.00', partner: CHN"
HEAD = "quote: q, kind: measurement, said"
FAULTY = f"""
- {{claim_id: good, {HEAD}: 2025-05-09, quantity: {{{PHONE}}}}}
- {{claim_id: three, quote: q, sai: 2025-05-09, kind: rumour, quantity: {{name: line_rat, value: 20}}}}
- {{claim_id: base, {HEAD}: 2025-05-09, quantity: {{{PHONE}, base: 2025-01-01}}}}
- {{claim_id: late, {HEAD}: 2027-05-09, quantity: {{{PHONE}}}}}
- {{claim_id: line, {HEAD}: 2025-05-09, quantity: {{{PHONE.replace("8517.13.00", "9999.99.99")}}}}}
- {{claim_id: good, quote: q, said: 2025-05-09, kind: evaluation}}
"""
PLACES = ("three", "three", "three", "base", "good", "late", "line")


def test_every_fault_of_a_file_is_named_and_stops_no_other_claim(detente, tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    found = json.loads(detente("check", str(path), "--as-of", "2026-07-23", "--draws", "0", "--json").out)
    assert [row["claim"] for row in found["tables"]["checks"]["rows"]] == ["good"]
    lines = [text for text in found["warnings"] if text.startswith("Not judged: ")]
    assert [re.search(r"claim (\w+)", line)[1] for line in lines] == list(PLACES)
    with pytest.raises(Faults) as error:
        check(path, as_of=AS_OF, draws=0)
    assert len(error.value.faults) == len(PLACES)


def test_where_no_claim_can_be_judged_every_fault_is_a_line(detente, tmp_path):
    path = tmp_path / "claims.yaml"
    path.write_text("\n".join(FAULTY.splitlines()[2:4]), encoding="utf-8")
    nothing = detente("check", str(path), "--as-of", "2026-07-23")
    assert (nothing.code, nothing.out, nothing.err.count("\n")) == (2, "", 4)


WRITTEN = {
    "dollars": (COST | {"value": "$2,700", "unit": "dollars"}, 2700.0),
    "points": (RISE | {"value": 20, "unit": "pp", "comparator": "over"}, 0.2),
    "per cent": ({"name": "line_rate", "line": "8517.13.00", "partner": "china", "value": "20%", "unit": "%"}, 0.2),
}


@pytest.mark.parametrize(("quantity", "value"), WRITTEN.values(), ids=WRITTEN)
def test_numbers_and_units_are_read_as_newspapers_write_them(quantity, value):
    row = {"claim_id": "c", "quote": "q", "said": "2025-05-09", "kind": "measurement", "quantity": quantity}
    (statement,) = ledger_of([row], "claims").statements
    assert statement.part.quantity.value == pytest.approx(value)


def test_python_keeps_what_cannot_be_judged_and_raises_where_nothing_can(tmp_path):
    import detente as dt

    path = tmp_path / "claims.yaml"
    path.write_text(FAULTY, encoding="utf-8")
    found = dt.check(str(path), as_of="2026-07-23", draws=0)
    assert (len(found), len(found.warnings)) == (1, len(PLACES))
    assert found.warnings[0].startswith("Not judged: ")
    path.write_text("\n".join(FAULTY.splitlines()[2:4]), encoding="utf-8")
    with pytest.raises(Faults):
        dt.check(str(path), as_of="2026-07-23", draws=0)


@pytest.mark.parametrize("name", quantities())
def test_the_example_of_a_quantity_says_all_it_needs(name):
    import yaml

    quantity = yaml.safe_load(example_of(name))
    row = {"claim_id": "e", "quote": "q", "said": AS_OF, "kind": "measurement", "quantity": quantity}
    (statement,) = ledger_of([row], "example").statements
    assert not statement.lacks
    assert statement.readings or quantities()[name].unmodelled
    assert all(set(key.split(" or ")) & set(quantity) for key in needed(name))


def test_the_page_of_claims_has_the_keys_of_every_quantity():
    assert keys_markdown() in DOCS.read_text(encoding="utf-8"), "run python tools/write_claim_keys.py"
