"""What a claim leaves out is asked for and never taken for granted: no verdict rests on a missing piece."""

from datetime import date

import numpy as np
import pytest

from detente.codes import InputError
from detente.evidence import Verdict
from detente.lab.claims.check import check
from detente.lab.claims.quantities import quantities

AS_OF = date(2026, 7, 23)
NOT_JUDGED = {Verdict.NOT_CHECKABLE, Verdict.NOT_MODELLED}
USUAL = {
    "value": "1", "base": "2025-01-01", "partner": "CHN", "line": '"8517.13.00"', "market": "S&P 500", "year": "2024",
}  # fmt: skip
"""What a claim says under each key, where its quantity has nothing of its own below."""

OWN = {
    "average_tariff_level": {"value": "23"},
    "average_tariff_rise": {"value": "20"},
    "partner_additional_rate": {"value": "145"},
    "partner_average_rate": {"value": "30"},
    "line_rate": {"value": "30"},
    "index_return": {"market": "HSI"},
    "index_ratio": {"value": '"1.00"', "base": "2025-04-02"},
    "share": {"value": "13", "population": "US imports"},
    "count": {"value": "7", "population": "controlled rare earths"},
    "rank_since": {"value": "1930"},
    "price_effect": {"value": "1.5"},
    "household_cost": {"value": "2700"},
    "real_income_change": {"value": "-0.4"},
    "months_of_shortage": {"value": "3", "population": "rare earths", "partner": "USA"},
    "category_price": {"value": "10", "category": "toys"},
    "material_share": {"value": "98", "population": "gallium"},
    "purchases": {"value": "12.8", "population": "soybeans"},
    "rank_in_time": {"of": "tariff_revenue"},
    "ratio_to": {"value": "9", "of": "average_tariff_level", "other": "{as_of: 2025-01-01}"},
}


def complete(name):
    """All that a quantity needs to be judged."""
    quantity = quantities()[name]
    usual = {**USUAL, "population": next(iter(quantity.populations), "")}
    return {key: OWN.get(name, {}).get(key) or usual[key] for key in quantity.needs}


COMPLETE = {name: complete(name) for name in quantities()}
LEFT_OUT = [
    (name, key)
    for name, quantity in quantities().items()
    for key in quantity.needs
    if key != "base" or "law" not in quantity.uses
]
"""All but the law that a change is counted from: that of 1 January 2025 is taken where a claim names none, and said."""


@pytest.fixture
def judged(tmp_path):
    """The check of one claim, or the sentence with which it is refused."""

    def one(name, keys, kind="measurement", more="", day="as_of: 2025-05-08", refused=None):
        quantity = ", ".join([f"name: {name}", *(f"{k}: {v}" for k, v in keys.items()), *filter(None, [day])])
        text = (
            f"- claim_id: mine\n  quote: words\n  said: 2025-05-09\n  kind: {kind}\n  quantity: {{{quantity}}}\n{more}"
        )
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        if refused is None:
            (found,) = check(path, as_of=AS_OF, draws=0)
            return found
        try:
            return check(path, as_of=AS_OF, draws=0, refused=refused)
        except InputError as error:
            refused.append(error)
            return ()

    return one


@pytest.mark.parametrize("kind", ["measurement", "causal"])
@pytest.mark.parametrize(("name", "key"), LEFT_OUT, ids=[f"{name}-{key}" for name, key in LEFT_OUT])
def test_what_is_left_out_never_gives_a_verdict(judged, name, key, kind):
    keys = {k: v for k, v in COMPLETE[name].items() if k != key}
    refused: list[InputError] = []
    found = judged(name, keys, kind, day="" if key == "year" else "as_of: 2025-05-08", refused=refused)
    for error in refused:
        assert "claim mine" in str(error)
        assert "\n" not in str(error)
    for one in found:
        assert {one.verdict, one.verdict_then} <= NOT_JUDGED
        assert all(np.isnan(reading.value) for reading in one.readings)
        asked = ("add ", "it can be", "claim one of", "say comparator", "no market is named")
        assert any(word in one.explanation for word in asked), one.explanation
    assert len(found) + len(refused) == 1


LEVELS = [name for name, quantity in quantities().items() if not quantity.effect]


@pytest.mark.parametrize("name", LEVELS)
def test_a_level_has_no_cause_that_can_be_checked(judged, name):
    found = judged(name, COMPLETE[name], "causal")
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert "compared with nothing" in found.explanation


BASED = [name for name, quantity in quantities().items() if "base" in quantity.needs and "law" in quantity.uses]


@pytest.mark.parametrize("name", BASED)
def test_a_change_without_a_base_is_counted_from_the_first_of_january_2025_and_says_so(judged, name):
    keys = COMPLETE[name]
    dated = judged(name, keys)
    plain = judged(name, {key: value for key, value in keys.items() if key != "base"})
    assert (plain.verdict, plain.value) == (dated.verdict, dated.value)
    assert "names no base; compared with the law of 2025-01-01" in plain.explanation
    assert "names no base" not in dated.explanation


def test_before_the_usual_base_a_change_asks_for_one(judged):
    found = judged("price_effect", {"value": "1"}, day="as_of: 2024-06-01")
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert "add base: 2025-01-01" in found.explanation


def test_real_income_without_a_partner_is_that_of_the_importer_under_duties(judged):
    keys = {"value": "-0.4", "base": "2025-01-01"}
    own = judged("real_income_change", keys)
    assert own.value == judged("real_income_change", keys | {"partner": "USA"}).value
    assert own.value == judged("real_income_change", keys | {"population": "US economy"}).value
    world = judged("real_income_change", keys | {"population": "the world economy"})
    assert world.value != own.value
    assert "United States " in world.explanation
    assert "United States -" not in own.explanation.replace("United States under", "")


def test_a_share_is_of_the_year_it_names(judged):
    of = {"value": "13", "population": "US imports", "partner": "CHN"}
    assert judged("share", of | {"year": "2024"}, day="").value == pytest.approx(0.132, abs=1e-3)
    assert judged("share", of, day="as_of: 2024-12-31").value == pytest.approx(0.132, abs=1e-3)
    assert judged("share", of, more="  definition: {year: 2024}\n", day="").value == pytest.approx(0.132, abs=1e-3)
    later = judged("share", of | {"year": "2025"}, day="")
    assert later.value != pytest.approx(0.132, abs=1e-3)
    assert all("2024" not in reading.label for reading in later.readings)


@pytest.mark.parametrize("population", ["rare earths", "rare earth magnets", "rare earth mining"])
def test_a_share_of_a_year_without_data_is_not_checkable(judged, population):
    of = {"value": "90", "population": population, "partner": "CHN", "year": "2031"}
    found = judged("share", of, day="")
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert "2031" in found.explanation or "2031" in found.definition


def test_a_year_has_no_meaning_for_other_quantities(judged):
    with pytest.raises(InputError, match="'year' has no meaning for count"):
        judged("count", COMPLETE["count"] | {"year": "2024"})


def test_the_direction_of_a_cause_is_that_of_its_number(judged):
    base = {"base": "2025-01-01"}
    verdicts = {
        ("value: -0.5", "price_effect"): Verdict.DISAGREES,
        ("value: 1.5", "price_effect"): Verdict.AGREES,
        ("value: 15", "price_effect"): Verdict.SIGN_ONLY,
        ("value: 9000", "household_cost"): Verdict.SIGN_ONLY,
    }
    for (value, name), verdict in verdicts.items():
        found = judged(name, {"value": value.removeprefix("value: ")} | base, "causal")
        assert found.verdict is verdict, (value, name, found.value)
    less = judged("price_effect", {"value": "2", "comparator": '"<"'} | base, "causal")
    assert less.verdict is Verdict.AGREES, "a rise of less than two per cent is a rise"
    nothing = judged("price_effect", {"value": "0"} | base, "causal")
    assert nothing.verdict is Verdict.NOT_CHECKABLE
    assert "no direction" in nothing.explanation


def test_a_shortage_is_of_the_material_named(judged):
    of = {"value": "0", "comparator": '">"', "partner": "USA"}
    rare, gallium = (judged("months_of_shortage", of | {"population": name}) for name in ("rare earths", "gallium"))
    assert "chain rare-earths" in rare.inputs[0]
    assert "chain gallium-germanium" in gallium.inputs[0]
    assert "nothing that chain gallium-germanium is made of" in gallium.explanation
    assert judged("months_of_shortage", of | {"population": "tin"}).verdict is Verdict.NOT_MODELLED
