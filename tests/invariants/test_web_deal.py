"""A deal read off warm state is the deal that the slow ways give, and says of each number what it is."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.codes import InputError, Table, UnknownName
from detente.data.importers import importer
from detente.lab.averages.averages import average
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.plane import plane
from detente.lab.averages.reform import reformed
from detente.lab.deal.answer import DealEngine, as_document
from detente.lab.deal.economy import LEVELS, shortages
from detente.lab.deal.file import result_of, scenario_of
from detente.lab.deal.levers import Deal, merged_ticks
from detente.lab.deal.offers import SPLIT, TOUGH, Answerer, acceptable_set, counter, improve, nearest, offer_row
from detente.lab.scenario import Change, LawChange
from detente.lab.talks.talk import open_talk
from detente.lab.talks.words import held_sentence, words_of
from detente.talks import truce

CASE = "us-china-2025-05"
GENEVA = {"us": "10", "fentanyl": "20", "cn": "10", "licences": "1", "action": "0", "date": "2025-05-14"}
STATUS = {"us": "125", "fentanyl": "20", "cn": "125", "licences": "0.1", "action": "0"}


def exact_average(code: str, on: date, changes: dict[str, float]) -> float:
    """The average by way of a reformed law, compiled and laid on trade."""
    where = importer(code)
    change = LawChange(change=[Change(measure=name, rate=rate) for name, rate in changes.items()])
    ground = laid_law(reformed(where, where.law, change, on, Path(), "test"))
    rates = ground.rates(on)
    return float(ground.flows.value @ rates.total) / ground.flows.total


@pytest.mark.sampled(8)
@pytest.mark.parametrize(("us", "fentanyl"), [(0.0, 0.0), (0.1, 0.2), (0.34, 0.07), (1.25, 0.0), (0.0, 0.2)])
def test_the_plane_of_the_law_is_the_law(engine, us, fentanyl):
    on = date(2025, 5, 14)
    law = engine.planes(on)["USA"]
    found = law.average(law.owed({"us": us, "fentanyl": fentanyl}))
    assert found == pytest.approx(exact_average("USA", on, {"rec_chn": us, "fent_chn": fentanyl}), abs=1e-12)
    chinese, exact = engine.planes(on)["CHN"], exact_average("CHN", on, {"cn_reciprocal": us})
    assert chinese.average(chinese.owed({"cn": us})) == pytest.approx(exact, abs=1e-12)


def test_exempt_sectors_and_the_status_quo_owe_what_they_owe_without_a_deal(engine):
    law = engine.planes(date(2025, 5, 14))["USA"]
    levels = {"us": 0.5, "fentanyl": 0.2}
    none, all_, some = law.owed({}), law.owed(levels), law.owed(levels, ("ELE",))
    at = law.sectors.index("ELE")
    assert np.array_equal(some[:, at], none[:, at])
    rest = [k for k in range(len(law.sectors)) if k != at]
    assert np.array_equal(some[:, rest], all_[:, rest])
    assert all_[:, at].sum() > none[:, at].sum()
    found = engine.deal(STATUS)
    assert found.number("gain_USA_D0").value == pytest.approx(0.0, abs=1e3)
    assert found.number("gain_CHN_D0").value == pytest.approx(0.0, abs=1e3)
    assert found.number("income_USA").value == pytest.approx(0.0, abs=1e-9)
    assert not found.moves
    assert found.number("us_average").value > 0.2


def test_gains_are_those_of_the_talks(engine):
    """Where an address names no weights, those of the brief and the report: the last choice of the case."""
    talk = engine.warm.talk
    negotiation = talk.negotiation(talk.headline)
    value = negotiation.value(engine.warm.case.outcome("geneva"))
    found = engine.deal(GENEVA)
    for threat in negotiation.threats:
        gains = 1e9 * (value - threat.value)
        assert found.number(f"gain_USA_{threat.name}").value == pytest.approx(gains[0], rel=1e-12)
        assert found.number(f"gain_CHN_{threat.name}").value == pytest.approx(gains[1], rel=1e-12)
        walk = next(walk for walk in found.walks if walk.threat == threat.name)
        assert walk.away == {"USA": bool(gains[0] < -1e3), "CHN": bool(gains[1] < -1e3)}
    drawn = acceptable_set(engine)
    assert drawn["setting"]["weights"] == talk.headline.weights != "welfare"
    assert "weights" not in found.deal.address()
    assert engine.deal({**GENEVA, "weights": "welfare"}).deal.address()["weights"] == "welfare"


@pytest.mark.parametrize("address", [GENEVA, STATUS, {"us": "60", "cn": "0", "partner": "MEX", "rate": "25"}])
def test_every_number_stands_in_a_table_with_its_unit_and_lies_in_its_range(engine, address):
    found = engine.deal(address)
    assert len({one.name for one in found.numbers}) == len(found.numbers)
    for one in found.numbers:
        table = found.tables[one.table]
        row = table["number"].tolist().index(one.name)
        assert table["value"][row] == one.value or (np.isnan(one.value) and np.isnan(table["value"][row]))
        assert next(c.unit for c in table.columns if c.name == "value") is one.unit
        assert one.definition
        assert one.spread
        if np.isfinite(one.low):
            assert one.low <= one.value + 1e-9 * abs(one.value) + 1e-15
            assert one.value <= one.high + 1e-9 * abs(one.value) + 1e-15


def test_the_key_names_the_numbers_and_an_address_reads_as_it_is_written(engine):
    first, again = engine.deal(GENEVA), DealEngine(CASE)
    assert again.key(engine.read(GENEVA)[0]) == first.key
    assert engine.deal({**GENEVA, "us": "10.5"}).key != first.key
    assert engine.deal({**GENEVA, "us": "10.0", "foo": "1"}).key == first.key
    levers, said = engine.read(
        {**GENEVA, "partner": "MEX", "rate": "25", "except": "electronics,VEH", "duration": "120"}
    )
    assert not said
    assert levers.exempt == ("ELE", "VEH")
    assert engine.read(levers.address()) == (levers, ())
    assert dict(part.split("=") for part in levers.query().split("&")) == levers.address()


@pytest.mark.parametrize(
    ("address", "attribute", "value", "words"),
    [
        ({"us": "900"}, "us", 125.0, "out of range"), ({"us": "-5"}, "us", 0.0, "out of range"),
        ({"us": "nan"}, "us", 10.0, "not a number"), ({"us": "1e999"}, "us", 10.0, "not a number"),
        ({"licences": "2"}, "licences", 1.0, "out of range"),
        ({"date": "2031-01-01"}, "on", date(2025, 7, 7), "speaks for"),
        ({"date": "yesterday"}, "on", date(2025, 5, 8), "is not a day"),
        ({"partner": "Narnia", "rate": "5"}, "partner", "", "is not known"),
        ({"partner": "CHN", "rate": "5"}, "partner", "", "side of the talks"),
        ({"partner": "MEX", "rate": "500"}, "rate", 1.0, "is not 0 to 100"),
        ({"except": "unicorns"}, "exempt", (), "is not known"),
        ({"weights": "love"}, "weights", "april-2025", "is not known"), ({"v": "9"}, "us", 10.0, "version"),
        ({"closure": "zeros"}, "closure", "fixed-transfers", "did you mean 'zero'"),
        ({"closure": "zero", "horizon": "short"}, "closure", "fixed-transfers", "long run alone"),
        ({"year": "1999"}, "year", "2024", "is not known"),
        ({"licenses": "1"}, "licences", 1.0, "did you mean 'licences'"),
    ],
)  # fmt: skip
def test_a_bad_key_gives_the_nearest_valid_state_and_one_message(engine, address, attribute, value, words):
    levers, said = engine.read(address)
    assert (levers.levels.get(attribute, getattr(levers, attribute, None)), len(said)) == (value, 1)
    assert words in said[0]


def test_a_layer_on_a_partner_or_on_one_country_of_a_region_moves_its_duty_alone(engine):
    plain, more = engine.deal(GENEVA), engine.deal({**GENEVA, "partner": "MEX", "rate": "25"})
    assert more.number("us_average").value > plain.number("us_average").value
    assert more.number("us_on_china").value == plain.number("us_on_china").value
    mexico = more.number("us_on_partner")
    # A country order rests on an act that leaves out books and other informational materials.
    assert 0.2495 < mexico.value - mexico.before < 0.25
    assert more.number("income_MEX").value < plain.number("income_MEX").value - 1e-4
    whole, part, plain = (
        engine.deal({**GENEVA, **layer})
        for layer in ({"partner": "EUN", "rate": "25"}, {"partner": "FRA", "rate": "25"}, {})
    )
    income = {name: deal.number("income_DEU").value for name, deal in (("EUN", whole), ("FRA", part), ("", plain))}
    assert income["EUN"] < min(income[""], income["FRA"])


def test_exceptions_lower_the_average_and_a_lever_without_effect_says_why(engine):
    address = {**GENEVA, "us": "60"}
    plain, less = engine.deal(address), engine.deal({**address, "except": "electronics"})
    assert less.number("us_average").value < plain.number("us_average").value
    assert less.number("imports_USA").value > plain.number("imports_USA").value
    zero = engine.deal({**GENEVA, "partner": "MEX", "rate": "0"})
    # A control has no rents in the chain, so that China does not mind what becomes of its licences.
    assert [one.lever for one in zero.flat if one.kind == "flat"] == ["licences", "partner"]
    free = engine.deal({**GENEVA, "us": "0", "fentanyl": "0", "except": "electronics"})
    assert any(one.reason == "zero_exceptions" for one in free.flat if one.lever == "except")
    some = engine.deal({**GENEVA, "licences": "0.8"})
    assert any(one.lever == "licences" and one.reason == "no_shortage" for one in some.flat)
    assert some.number("months_short").value == 0.0


def test_a_duty_outside_the_law_and_a_deal_outside_the_table_are_called_out(engine):
    axes = (("CHN", "ROW"), ("ELE",))
    held = plane(importer("USA").law, date(2026, 6, 1), {"us": "reciprocal"}, "CHN", axes).held[0]
    assert held.measure is None
    assert "ended on 23 February 2026" in held.why
    broken = [one.rule for one in engine.deal({**GENEVA, "us": "5"}).flat if one.kind == "constraint"]
    assert "floor" in broken
    assert "mirror" in broken
    assert not [one for one in engine.deal(GENEVA).flat if one.kind == "constraint"]


def test_months_of_shortage_rise_with_what_is_withheld():
    held = shortages("USA")
    assert held.months[0] == 0.0
    assert (np.diff(held.unmet) >= -1e-12).all()
    assert (np.diff(held.months) >= 0.0).all()
    assert held.at(LEVELS[3])[1] == pytest.approx(held.unmet[3])


def test_ticks_hold_law_before_2025_offers_and_optimum(engine):
    labels = " | ".join(tick.label for tick in engine.levers["us"].ticks)
    for word in ("tariffs of 8 May 2025", "before 2025", "Geneva", "optimum"):
        assert word in labels
    for lever in engine.levers.values():
        assert all(lever.least <= tick.value <= lever.most for tick in lever.ticks)


def test_ticks_of_one_value_share_a_label():
    ticks = merged_ticks([(10.0, "a"), (0.0, "b"), (10.0, "c"), (10.0, "a")])
    assert [(tick.value, tick.label) for tick in ticks] == [(0.0, "b"), (10.0, "a; c")]


def test_every_named_deal_of_the_chart_is_a_setting_of_the_levers(engine):
    chart = acceptable_set(engine)
    cloud, edge = np.array(chart["cloud"]), np.array([[row["USA"], row["CHN"]] for row in chart["frontier"]])
    assert cloud[:, 0].max() <= edge[:, 0].max() * 1.01 + 1e6
    assert chart["walks"][0]["USA"] == 0.0
    assert next(row for row in chart["deals"] if row["name"] == "geneva")["date"] == "2025-05-12"
    for row in chart["deals"]:
        levers = engine.deal_of(engine.warm.case.outcome(row["name"]), engine.scale.standard)
        point = engine.deal(levers).point
        assert point["USA"] == pytest.approx(row["USA"], rel=1e-9, abs=1e3), row["name"]
        assert point["CHN"] == pytest.approx(row["CHN"], rel=1e-9, abs=1e3), row["name"]
        assert {name: float(levers.address()[name]) for name in row["levers"]} == pytest.approx(row["levers"])


def test_what_no_lever_moves_is_as_a_deal_promises_it():
    """Once a duty is cut; the lever of what is promised says it where it is to be otherwise."""
    engine = DealEngine("us-china-2025-10")
    column = engine.warm.case.issues.index("cn_farm_energy")
    status = engine.deal_of(engine.warm.status, engine.scale.standard)
    assert "cn_farm_energy" in engine.levers
    assert "cn_farm_energy" not in status.levels
    assert engine.outcome_of(status)[column] == engine.warm.status[column] == 1.0
    assert engine.outcome_of(engine.scale.standard)[column] == 0.0
    assert engine.outcome_of(engine.read({"cn_farm_energy": "1"})[0])[column] == 1.0


def test_the_deal_in_hand_is_the_nearest_to_its_own_point(engine):
    """Also between the steps of the grid, and with exceptions or another partner, which move its point."""
    for more in ({"licences": "0.55", "action": "0.31"}, {"except": "electronics"}, {"partner": "MEX", "rate": "25"}):
        hand = engine.read({**GENEVA, "us": "33", **more})[0]
        point = engine.deal(hand).point
        assert nearest(engine, (point["USA"], point["CHN"]), hand).deal == hand
        near = nearest(engine, (point["USA"] + 3e9, point["CHN"] + 1e9), hand).deal
        assert near.on == hand.on
        moved = engine.deal(near).point
        assert abs(moved["USA"] - point["USA"] - 3e9) < 1e9
        assert abs(moved["CHN"] - point["CHN"] - 1e9) < 1e9
    with pytest.raises(InputError, match="pair of numbers"):
        nearest(engine, (float("nan"), 0.0), hand)


def test_of_deals_with_one_point_the_nearest_is_the_one_that_moves_the_levers_least(engine):
    first, second = (engine.read({**GENEVA, "us": us, "fentanyl": fentanyl})[0]
                     for us, fentanyl in (("20", "10"), ("10", "20")))  # fmt: skip
    for hand in (first, second):
        point = engine.deal(hand).point
        found = nearest(engine, (point["USA"], point["CHN"]), hand).deal
        assert found.levels == hand.levels


def test_a_deal_says_whether_it_holds_and_what_of_its_gain_is_assumed_in_the_words_of_a_run(engine):
    """One place makes the words: those of the tables of a run, for the deal in hand."""
    deal = engine.deal({**GENEVA, "date": "2025-05-08"})
    talk = engine.warm.brief
    geneva = engine.warm.case.outcome("geneva")
    truces = {(s, t.name): truce(talk.negotiation(s), geneva, t)
              for s in talk.settings for t in talk.negotiation(s).threats}  # fmt: skip
    assert deal.hold == held_sentence("Geneva", truces, words_of(talk))
    assert deal.assumed[0].startswith("Licences make up +0.1 $bn a year of what the United States gains from Geneva")
    content = as_document(deal, engine)
    assert (content["hold"], content["assumed"]) == (deal.hold, list(deal.assumed))
    assert set(content["assumed"]) <= set(result_of(engine, deal).sentences)


def test_a_chance_is_said_in_words_improving_hurts_nobody_and_the_other_takes_its_own(engine):
    rows = {one.name: one for one in engine.deal(GENEVA).numbers}
    one = rows["p_star_USA"]
    assert replace(one, value=-0.02).text == "any: it signs anyway"
    assert (replace(one, value=1.3).text, replace(one, value=0.4).text) == ("none: it signs at no chance", "0.40")
    found = improve(engine, engine.read({**GENEVA, "us": "60", "cn": "60"})[0])
    assert min(found.better.values()) > -1e6
    assert sum(found.better.values()) > 1e9
    again = improve(engine, found.deal)
    assert sum(again.better.values()) < 0.02 * sum(found.better.values())
    like = engine.read(GENEVA)[0]
    offer = counter(engine, like, "nash")
    assert counter(engine, offer.deal, "nash").accepts
    with pytest.raises(UnknownName, match="strategy"):
        counter(engine, like, "shout")


def test_sentences_sign_changes_alone_and_a_document_holds_every_number_once(engine):
    deal = engine.deal({**GENEVA, "partner": "PHL", "rate": "0"})
    rows = {row["id"]: row for row in as_document(deal, engine)["numbers"]}
    assert rows["income_USA"]["label"] == "Real income of the United States"
    assert rows["us_on_partner"]["label"] == "Duty of the United States on the Philippines"
    assert not any(rows["revenue_USA"][key].startswith("+") for key in ("text", "low_text", "high_text"))
    assert rows["gain_USA_D0"]["high_text"].startswith("+")
    assert rows["us_average"]["baseline"] == "tariffs of 14 May 2025 with the duties of 8 May 2025"
    assert counter(engine, deal.deal).words.startswith("China ")
    assert acceptable_set(engine)["axes"][0]["label"].startswith("gain of the United States over")
    deal = engine.deal(GENEVA)
    content = as_document(deal, engine)
    assert [row["id"] for row in content["numbers"]] == [one.name for one in deal.numbers]
    assert content["levers"]["us"]["value"] == 10.0
    assert content["sides"]["USA"]["gains"]["D0"]["value"] == deal.number("gain_USA_D0").value
    assert all(row["text"] or row["value"] is None for row in content["numbers"])


def test_a_case_of_other_sides_is_refused_and_nameless_levers_are_left_out():
    with pytest.raises(UnknownName, match="case"):
        DealEngine("two-country")
    engine = DealEngine("us-china-today")
    levers, said = engine.read({"fentanyl": "10", "us": "20"})
    assert levers.levels["us"] == 20.0
    assert "no lever 'fentanyl'" in said[0]
    assert "fentanyl" not in engine.levers


@pytest.mark.sampled(3)
def test_a_case_of_three_sides_has_levers_gains_and_verdicts_of_each(opened_case):
    """Its duties are no measures of two laws: numbers are those of its talks and of exact solves of its world."""
    engine = opened_case("usmca-review-2026")
    talk, case = engine.warm.talk, engine.warm.case
    assert list(engine.levers) == [*case.issues, "duration"]
    found = engine.deal({"us_metals_can": "10", "mex_duty_us": "5"})
    assert found.parties == ("USA", "CAN", "MEX")
    negotiation = talk.negotiation(talk.headline)
    value = negotiation.value(engine.outcome_of(found.deal))
    for k, code in enumerate(found.parties):
        for threat in negotiation.threats:
            gain = 1e9 * (value[k] - threat.value[k])
            assert found.number(f"gain_{code}_{threat.name}").value == pytest.approx(gain, rel=1e-9)
    assert found.number("us_on_canada").value < found.number("us_on_canada").before
    assert acceptable_set(engine, pair=("CAN", "MEX"))["sides"] == ["CAN", "MEX"]
    assert min(improve(engine, found.deal).better.values()) > -1e6
    near = nearest(engine, (found.point["CAN"], found.point["MEX"]), found.deal, ("CAN", "MEX"))
    assert near.deal == found.deal
    with pytest.raises(InputError, match="3 sides"):
        counter(engine, found.deal)
    deal, said = engine.read({"partner": "CHN", "rate": "5", "us_cars_mex": "7"})
    assert (deal.levels["us_cars_mex"], len(said)) == (7.0, 2)
    document = as_document(found, engine)
    assert [pair["what"] for pair in document["pairs"]] == ["income", "revenue", "days", "p_star"]
    assert all(set(found.parties) <= set(walk) for walk in document["walks"])


TODAY = "us-china-today"
RENEWED_TODAY = {"us": "12.5", "cn": "10", "licences": "0.9", "action": "0"}


def command_average(of: str, on: date, partner: str = "") -> Table:
    """The average as `detente average` has it."""
    ground = laid_law(importer(of).law)
    return average(ground.only(frozenset([partner])) if partner else ground, on)


@pytest.mark.parametrize(
    ("case", "outcome", "days"),
    [
        (CASE, "status_quo", ["2025-05-08"]),
        ("us-china-2025-10", "past_law", ["2025-10-29"]),
        (TODAY, "status_quo", ["2026-11-25", "2026-12-15", "2027-01-15"]),
    ],
)
def test_the_law_before_a_deal_is_that_of_the_command_line(request, case, outcome, days):
    """One number in every face: the averages of the day, to the last digits, and the duties the levers stand at."""
    kept = {CASE: "engine", TODAY: "later"}
    engine = request.getfixturevalue(kept[case]) if case in kept else DealEngine(case)
    status = engine.deal_of(engine.warm.case.outcome(outcome), Deal(case, engine.warm.file.on))
    for day in map(date.fromisoformat, days):
        planes, values = engine.planes(day), status.levels
        levels = {name: lever.level(values[name]) for name, lever in engine.warm.duties.items()}
        usa, chn = planes["USA"], planes["CHN"]
        owed = usa.owed(levels)
        for found, table in (
            (usa.average(owed), command_average("USA", day)),
            (usa.average(owed, "CHN"), command_average("USA", day, "CHN")),
            (chn.average(chn.owed(levels)), command_average("CHN", day)),
        ):
            assert found == pytest.approx(table["average"][0], abs=1e-12), (case, day)


def test_beyond_the_record_a_deal_has_every_fate_of_each_number(later):
    """The law as written, and beside it the number of each variant in which the clauses met another fate."""
    deal, other = later.deal(RENEWED_TODAY), DealEngine(TODAY, variant="renewed").deal(RENEWED_TODAY)
    assert deal.numbers
    for one in deal.numbers:
        assert set(one.others) == {"prolonged", "renewed"}, one.name
        for number in one.others.values():
            assert number.value == pytest.approx(other.number(one.name).value, rel=1e-9, nan_ok=True), one.name
    chinese = deal.number("china_on_us")
    assert chinese.before == pytest.approx(command_average("CHN", date(2026, 11, 25))["average"][0], abs=1e-12)
    assert chinese.others["renewed"].before == pytest.approx(
        command_average("CHN", date(2026, 11, 25))["if_renewed"][0], abs=1e-12
    )
    assert chinese.value == pytest.approx(chinese.before - 0.24, abs=1e-9)
    american, table = deal.number("us_average"), command_average("USA", date(2026, 11, 25))
    assert (american.before, american.others["renewed"].before) == pytest.approx(
        (table["average"][0], table["if_renewed"][0]), abs=1e-12
    )
    assert deal.number("gain_USA_D0").value > 1e9
    assert deal.number("gain_USA_D0").others["prolonged"].value == pytest.approx(0.0, abs=1e3)


def test_the_document_of_a_later_deal_says_how_far_the_record_goes(later):
    content = as_document(later.deal(RENEWED_TODAY), later)
    record = importer("USA").law.record
    assert content["record_to"] == record.to.isoformat()
    assert content["beyond_record"]
    assert {code for code, row in content["record"].items() if row["branches"]} == {"USA", "CHN"}
    assert all(
        f"ur tariff record runs to {record.to.day} {record.to:%B %Y}" in line for line in content["record_lines"]
    )
    assert len(content["record_lines"]) == 2
    rows = {row["id"]: row for row in content["numbers"]}
    for name in ("us_average", "us_on_china", "china_on_us", "income_USA", "income_CHN", "revenue_USA", "gain_USA_D0"):
        lapsed, short, again = rows[name]["branches"]
        assert [branch["branch"] for branch in (lapsed, short, again)] == ["lapsed", "prolonged", "renewed"]
        assert short["words"] == "prolonged to 9 January 2027 (likely)"
        assert (lapsed["total"], lapsed["text"]) == (rows[name]["value"], rows[name]["text"])
        assert again["text"]
    assert rows["income_USA"]["baseline"] == "lapse of the suspensions of November 2025"
    assert rows["income_USA"]["branches"][1]["baseline"] == "terms of November 2025 in force"
    assert rows["gain_USA_DP"]["branches"] == []
    result = result_of(later, later.deal(RENEWED_TODAY))
    assert set(result.standings) == {"USA", "CHN"}
    assert {"value_if_prolonged", "value_if_renewed", "before_if_renewed"} <= set(result.tables["deal_duties"].data)
    assert any("tariff record runs to" in sentence for sentence in result.sentences)
    for found in (acceptable_set(later), offer_row(later, improve(later, later.read(RENEWED_TODAY)[0]))):
        assert found["record_to"] == record.to.isoformat()
        assert found["record_lines"]


def test_within_the_record_a_deal_has_one_fate(engine):
    content = as_document(engine.deal(GENEVA), engine)
    assert not content["beyond_record"]
    assert content["record_lines"] == []
    assert all(row["branches"] == [] for row in content["numbers"])
    assert "value_if_renewed" not in engine.deal(GENEVA).tables["deal_duties"].data


def test_a_later_deal_is_a_scenario_that_runs_to_the_same_averages(later):
    """The 24 points that came back are part of what the Chinese lever says: they owe nothing beside it."""
    from detente.lab.averages.sides import pairings_of

    deal = later.deal({"us": "5", "cn": "20"})
    scenario = scenario_of(later, deal)
    for code, name in (("USA", "us_average"), ("CHN", "china_on_us")):
        (pair,) = pairings_of(scenario, code, Path())
        assert pair.after.average == pytest.approx(deal.number(name).value, abs=1e-12)
        assert pair.before.average == pytest.approx(deal.number(name).before, abs=1e-12)


@pytest.fixture(scope="module")
def talk():
    return open_talk("two-country", check=False)


def answered(talk, strategy, rounds=0, offer="free_trade"):
    accepts, proposal = Answerer(talk, talk.headline, 1, strategy, rounds).reply(talk.case.outcome(offer))
    return accepts, talk.negotiation(talk.headline).value(proposal)


def test_what_is_good_enough_is_accepted_and_a_side_that_splits_comes_nearer(talk):
    assert answered(talk, "nash")[0]
    accepts, (home, foreign) = answered(talk, TOUGH)
    assert not accepts
    assert (home, foreign) == pytest.approx((-28.8, 15.7), abs=0.05)
    asked = [answered(talk, SPLIT, rounds, "high")[1][0] for rounds in range(3)]
    assert (asked, asked[0]) == (sorted(set(asked)), pytest.approx(answered(talk, TOUGH)[1][0]))
