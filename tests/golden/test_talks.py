"""The talks of May 2025: what is known of Geneva in the model, the section of a run, losses from the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.faces.words.cards import cards
from detente.faces.words.talks import chances, talk_sentences
from detente.lab.averages.sides import pairings_of
from detente.lab.deal.levers import Deal
from detente.lab.deal.numbers import case_of, gain_numbers
from detente.lab.ranges.numbers import gain_range
from detente.lab.scenario import dated, load_scenario, parse_scenario
from detente.lab.talks.assumed import assumed_losses, assumed_sentences
from detente.lab.talks.gains import gain_range_table, term_ends
from detente.lab.talks.losses import LEVELS
from detente.lab.talks.materials import chain_losses
from detente.lab.talks.near import case_for
from detente.lab.talks.power import inverse_table
from detente.lab.talks.report import builders
from detente.lab.talks.talk import Setting, open_talk
from detente.lab.talks.words import threat_phrase, words_of
from detente.talks.payoff import LONG_RUN, SHORT_RUN, Tabulated
from teaching import run_tables

BILLION = 1e9


@pytest.fixture(scope="module")
def talk():
    threats, weights = ["D0", "DP", "DN", "DX"], ["welfare", "april-2025"]
    return open_talk("us-china-2025-05:happened", threats=threats, weights=weights, horizons=["long"])


def pairings(name, today=date(2026, 11, 26)):
    scenario, path = load_scenario(name)
    scenario = dated(scenario, today)
    return scenario, *(list(pairings_of(scenario, code, path.parent)) for code in ("USA", "CHN"))


@pytest.fixture(scope="module")
def geneva():
    scenario, usa, chn = pairings("geneva")
    tables = {table.name: table for table in run_tables(scenario, usa, chn)[0]}
    return tables, talk_sentences(tables, scenario.on)


def by_deal(table, **where):
    rows = [row for row in table.rows() if all(row[key] == value for key, value in where.items())]
    return {row.get("deal", row.get("label")): row for row in rows}


def test_levels_are_read_off_laws_and_tables_are_what_the_charts_draw(geneva):
    tables, _ = geneva
    rows = {row["label"]: row for row in tables["deals"].rows()}
    assert rows["Geneva"]["kind"] == "offer"
    assert [row["label"] for row in tables["deals"].rows()].count("Geneva") == 1
    assert rows["tariffs of 8 May 2025"]["usa"] == pytest.approx(0.0, abs=1e3)
    assert {"deal", "offer", "threat"} <= {row["kind"] for row in rows.values()}
    assert [c.name for c in tables["acceptable"].columns] == ["usa", "chn"]
    assert [c.name for c in tables["frontier"].columns][:2] == ["usa", "chn"]
    assert [c.name for c in tables["deals"].columns][:4] == ["label", "usa", "chn", "kind"]
    assert {"track", "usa_gain", "chn_gain"} <= {c.name for c in tables["linkage"].columns}
    assert {"month", "usa", "chn", "stock"} <= {c.name for c in tables["clocks"].columns}
    assert len(tables["acceptable"]) <= 400
    edge = tables["frontier"]
    assert (np.diff(edge["usa"]) > 0.0).all()
    assert (np.diff(edge["chn"]) < 0.0).all()


def test_a_gain_has_one_range_in_the_brief_the_talks_and_the_deal_page(geneva, talk):
    """Over weights and the bounds of what the case assumes, in the long run, to the cent."""
    tables, _ = geneva
    of_run = {(row["threat"], row["party"]): (row["low"], row["high"]) for row in tables["gain_ranges"].rows()}
    for whose in (talk, open_talk("us-china-2025-05:happened")):
        table = gain_range_table(whose)
        of_talks = {(row["threat"], row["party"]): (row["low"], row["high"]) for row in table.rows()}
        assert [of_talks[key] for key in of_run] == [pytest.approx(ends, abs=1.0) for ends in of_run.values()]
        assert "the weights and the bounds of materials and fentanyl" in table.title
    page = {n.name: (n.low, n.high) for n in gain_numbers(case_of(talk, Deal(talk.case.file.name, date(2025, 5, 14))))}
    for (threat, party), ends in of_run.items():
        assert page[f"gain_{party}_{threat}"] == pytest.approx(ends, abs=1.0)
    low, high = (end / BILLION for end in of_run["D0", "USA"])
    assert low < tables["signing"]["usa_over_D0"].min() / BILLION < high
    assert f"United States {low:+.1f} to {high:+.1f}," in cards(tables)[0].against
    usa = [gain_range(tables, "USA", name, [0.0]) for name, party in of_run if party == "USA"]
    assert [(span.low, span.high) for span in usa] == [ends for (_, party), ends in of_run.items() if party == "USA"]


def test_a_loss_that_is_set_by_hand_has_no_bounds_and_that_of_the_chain_its_own(talk):
    case = replace(talk.case, inputs={"us_materials_loss": 20.0}, materials={})
    for low, now, high in term_ends(case)[:1]:
        assert low.flow.of(np.ones(1)) == now.flow.of(np.ones(1)) == high.flow.of(np.ones(1)) == -20.0
    low, _, high = term_ends(replace(talk.case, materials={}))[0]
    assert (low.flow.of(np.ones(1)), high.flow.of(np.ones(1))) == (-5.0, -200.0)
    chain = [float(end.flow.of(np.ones(1))[0]) for end in term_ends(talk.case, np.full(12, 1.0 / 12.0))[0]]
    assert chain == pytest.approx([-2.6, -13.4, -17.6], abs=0.1)


def test_the_section_of_a_run_agrees_with_the_talks_themselves(geneva, talk):
    """The coarser surface of a run is within 0.1 bn of the fine one."""
    tables, said = geneva
    fine = by_deal(builders(talk)["deals"](talk))
    for row in tables["deals"].rows():
        if row["label"] in fine:
            for side in ("usa", "chn"):
                assert row[side] == pytest.approx(fine[row["label"]][side], abs=0.1 * BILLION)
    gains, where = builders(talk)["gains"](talk), {"weights": "april-2025", "horizon": "long run", "party": "USA"}
    day, past = (by_deal(gains, threat=threat, **where)["Geneva"] for threat in ("D0", "DP"))
    run = next(row for row in tables["deals"].rows() if row["label"] == "Geneva")
    assert run["usa"] == pytest.approx(day["gain"], abs=0.1 * BILLION)
    assert run["usa_over_DP"] == pytest.approx(past["gain"], abs=0.1 * BILLION)
    assert run["usa_p_star"] == pytest.approx(day["p_star"], abs=2e-3)
    assert 3 <= len(said) <= 8
    assert any("compared with the status quo" in one for one in said)
    assert not any("D0" in one for one in said)


def test_variants_are_deals_of_their_own_and_the_status_quo_is_none():
    scenario, usa, chn = pairings("thirty-four")
    tables, _ = run_tables(scenario, usa, chn)
    deals = {row["label"]: row["kind"] for row in tables[0].rows()}
    assert (deals["thirty-four alone"], deals["US at 54, China at 34"]) == ("offer", "offer")
    assert talk_sentences({table.name: table for table in tables}, scenario.on)
    assert run_tables(*pairings("status-quo-2025-05-08")) == ([], [])


@pytest.mark.parametrize(
    ("on", "name"),
    [
        (date(2025, 5, 14), "us-china-2025-05"),
        (date(2025, 10, 30), "us-china-2025-10"),
        (date(2026, 11, 26), "us-china-today"),
        (date(2019, 1, 1), None),
        ("today", None),
    ],
)
def test_a_case_speaks_for_days_near_it(on, name):
    found = case_for(on)
    assert (found.name if found else None) == name


def test_geneva_beats_the_status_quo_not_the_past_law_and_below_sixty_was_worth_less(talk):
    for row in builders(talk)["gains"](talk).rows():
        if row["deal"] == "Geneva":
            assert row["threat"] != "D0" or row["gain"] > 25 * BILLION
            assert row["threat"] != "DP" or row["gain"] < -7 * BILLION
            assert 0.05 < row["p_star"] < 0.35
    gains, where = builders(talk)["gains"](talk), {"horizon": "long run", "threat": "D0"}
    for weights in talk.weights:
        china = by_deal(gains, weights=weights, party="CHN", **where)
        for other in ("US below 60, China at 10", "US below 60, China at 40"):
            assert china[other]["gain"] < china["Geneva"]["gain"]
    welfare = by_deal(gains, weights="welfare", party="USA", **where)
    assert welfare["US below 60, China at 40"]["gain"] < welfare["Geneva"]["gain"] - 30 * BILLION


def test_what_rationalises_geneva(talk):
    """Without constraints nothing does; as tabled an earlier choice's weights make it efficient; welfare never does."""
    table = inverse_table(talk)
    rows = [row for row in table.rows() if row["horizon"] == "long run"]
    free = [row for row in rows if row["constraints"] == "free"]
    assert all(row["efficient"] == "no" for row in free)
    assert all("left on the table" in row["verdict"] for row in free)
    tabled = [row for row in rows if row["constraints"] == "as tabled" and row["weights"] == "april-2025"]
    assert all(row["efficient"] == "yes" for row in tabled)
    assert all(row["verdict"] != "rationalised" for row in rows if row["weights"] == "welfare")


def test_every_table_has_rows_and_no_answer_stands_for_one_threat_alone():
    asked = {"threats": ["D0", "DP"], "weights": ["april-2025"], "horizons": ["long"]}
    few = open_talk("us-china-2025-05:happened", **asked)
    for name, build in builders(few).items():
        table = build(few)
        assert len(table), name
        if "threat" in {column.name for column in table.columns} and name != "rates":
            assert len(set(table["threat"].tolist())) > 1, name


def test_losses_from_the_chain_rise_with_what_is_withheld_and_fall_with_time(talk):
    for everyone in (False, True):
        found, label = chain_losses(talk.case, everyone=everyone)
        flow, rents = found["us_materials_loss"], found["cn_control_value"]
        assert isinstance(rents, Tabulated)
        assert (rents.flows >= 0.0).all()
        assert isinstance(flow, Tabulated)
        assert "rare-earths" in label
        assert flow.flows.shape == (len(LEVELS), 36)
        first, last = flow.flows[:, 1], flow.flows[:, -1]
        assert (np.diff(first) >= 0.0).all()
        assert first[-1] > 10.0
        assert last[-1] < 0.5 * flow.flows[-1].max()


def test_losses_from_the_chain_take_the_place_of_the_stand_in_and_a_duty_names_its_authority():
    asked = {"weights": ["welfare"], "threats": ["D0", "DP"], "constraints": ["free"], "check": False}
    plain, chained = (open_talk("us-china-2025-05:happened", materials=one, **asked) for one in ("stand-in", "chains"))
    gap = [one.negotiation(one.settings[0]).threat("D0").value for one in (chained, plain)]
    # The chain has no rents of a control, where the case takes one to be worth 2 billion.
    assert gap[0][1] - gap[1][1] == pytest.approx(-0.9 * 2.0, abs=1e-6)
    assert gap[0][0] - gap[1][0] == pytest.approx(24.3, abs=0.5)
    assert "chain" in chained.materials
    for name in ("us-china-2025-05", "us-china-2025-10", "us-china-today"):
        assert all(row.authority for row in load_case(name).issues if row.kind == "duty")


WELFARE, APRIL = Setting("welfare", LONG_RUN), Setting("april-2025", LONG_RUN)


def said_of(scenario, chain=None):
    scenario = dated(scenario, date(2026, 11, 25))
    usa, chn = (list(pairings_of(scenario, code, None)) for code in ("USA", "CHN"))
    built, remarks = run_tables(scenario, usa, chn, chain=chain)
    tables = {table.name: table for table in built}
    beside = {} if chain is None else {chain.name: chain}
    signing = [card.spread and f"{card.number} {card.against}. {card.spread}" for card in cards(tables)]
    return tables, [*signing, *talk_sentences({**tables, **beside}, scenario.on), *remarks]


def written(**content):
    return parse_scenario({"title": "Mine", **content}, "mine.yaml", "mine")


@pytest.fixture(scope="module")
def void():
    return said_of(load_scenario("ieepa-void")[0])


def test_labels_of_every_shipped_case_stand_within_a_sentence():
    for name, variant in [(n, v) for n in case_names() for v in ({*variant_names(n)} - {HAPPENED} or [""])]:
        file = load_case(name, variant)
        by_kind = {row.kind: threat_phrase(file, row) for row in file.threats}
        assert by_kind["war"] == "the tariff war"
        assert not any(phrase.startswith("the what") for phrase in by_kind.values())


def test_chances_outside_zero_to_one_are_words():
    assert chances([WELFARE, APRIL], np.array([0.13, 0.18])) == "above 0.13 to 0.18"
    assert chances([WELFARE, APRIL], np.array([-0.19, -0.19])) == "at any chance"
    assert chances([WELFARE, APRIL], np.array([1.0, 2.0])) == "at no chance"
    assert chances([WELFARE, APRIL], np.array([0.14, 2.0])) == (
        "above 0.14 (weights welfare) or at no chance (weights april-2025)"
    )
    short = Setting("welfare", SHORT_RUN)
    assert chances([WELFARE, short], np.array([-1.0, 0.3])) == (
        "at any chance (weights welfare, long run) or above 0.30 (weights welfare, short run)"
    )
    assert chances([WELFARE, APRIL], np.array([np.nan, 0.5])) == "above 0.50"


def test_nobody_signs_a_ruling_and_its_title_stands_in_sentences(void):
    tables, said = void
    assert not any("signing" in one or "hold by itself" in one or "ieepa-void" in one for one in said)
    assert any("voids duties from their first day, as a court does" in one for one in said)
    assert said[0].startswith("Weights decide compared with the status quo: United States ")
    assert "Compared with the past law not both gain: United States" in said[0]
    assert "stability" not in tables
    assert not [column.name for column in tables["signing"].columns if column.name.endswith("p_star")]
    offers = [row for row in tables["deals"].rows() if row["kind"] == "offer"]
    assert [row["label"] for row in offers] == ["All emergency duties void"]
    assert np.isnan([row["usa_p_star"] for row in offers]).all()


def test_a_scenario_that_starts_from_another_law_has_no_talks_and_what_it_is_told_to_do_brings_them_back():
    rise = written(
        on="2025-06-10", against={"on": "2025-06-01"}, usa={"change": [{"measure": "rec_chn", "rate": "60%"}]}
    )
    tables, said = said_of(rise)
    assert not tables
    (sentence,) = said
    assert sentence.startswith(
        "Talks are left out: the case us-china-2025-05 starts from the status quo (tariffs of 8 May"
    )
    assert "the tariffs of 1 June 2025" in sentence
    assert "US reciprocal tariff 10% in place of 125%" in sentence
    assert "against: {on: 2025-05-08}" in sentence
    cut = written(
        on="2025-06-10", against={"on": "2025-05-08"}, usa={"change": [{"measure": "rec_chn", "rate": "60%"}]}
    )
    assert any(one.startswith("US at 80, China at 10 is worth signing") for one in said_of(cut)[1])


def test_duties_on_third_countries_are_no_matter_and_talks_start_from_the_truce_in_force():
    other = written(on="2025-06-10", usa={"lift": ["authority:section_232"]})
    assert said_of(other) == ({}, [])
    # The status quo of October is what starts by itself; the law of the day is the truce.
    busan = written(
        on="2025-11-10", against={"on": "2025-11-08"}, usa={"change": [{"measure": "fent_chn", "rate": "10%"}]}
    )
    _, said = said_of(busan)
    assert " compared with what starts by itself: United States " in said[0]
    assert any("the truce of Geneva renewed" in one for one in said)
    assert not any("the what" in one for one in said)


def test_what_the_chain_adds_to_a_gain_is_told_beside_it():
    tables, said = said_of(load_scenario("geneva")[0])
    assert "Compared with the past law both sides lose: " in said[0]
    told = next(one for one in said if one.startswith("Licences make up"))
    assert (
        "compared with the status quo, by our supply-chain model: a full stop costs 13.4 in its first year and 0.2"
        in told
    )
    for name in ("deals", "signing", "acceptable", "clocks"):
        assert told in tables[name].notes
    assert "answered after 1 week;" in " ".join(tables["stability"].notes)
    assert set(tables["stability"]["punishment"].tolist()) == {"status quo", "past law", "tariff war"}


def test_an_assumed_loss_is_told_with_what_the_chain_says():
    columns = [("country", Unit.CODE), ("scope", Unit.CODE), ("measure", Unit.TEXT), ("period", Unit.TEXT)]
    rows = [("USA", "requirement", "GDP at base prices", f"year {k}") for k in (1, 2)]
    data = {name: np.array([row[i] for row in rows]) for i, (name, _) in enumerate(columns)}
    data["avoided"] = np.array([6.769e9, 0.26e9])
    chain = Table("materials", "t", tuple(Column(n, u, n) for n, u in [*columns, ("avoided", Unit.USD)]), data)
    talk = open_talk("us-china-2025-05:happened", materials="stand-in", threats=["D0", "DP"], check=False)
    told = assumed_sentences(assumed_losses(talk), words_of(talk), "Geneva", chain)["D0"]
    assert "against the status quo, +24.3 $bn a year is an assumption" in told
    assert "0% with Geneva and 90% under the status quo, at $30bn a year" in told
    assert "avoid 6.8 in year 1 and 0.3 in year 2 ($bn of GDP at base prices, with imported parts)" in told
    assert "no supply chain is followed" in assumed_sentences(assumed_losses(talk), words_of(talk), "Geneva")["D0"]
