"""What a run says of talks: who gains against which law, who would sign, what is no deal, what is assumed."""

from datetime import date

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.faces.words.cards import cards
from detente.faces.words.talks import chances, talk_sentences
from detente.lab.averages.sides import pairings_of
from detente.lab.scenario import dated, load_scenario, parse_scenario
from detente.lab.talks.assumed import assumed_losses, assumed_sentences
from detente.lab.talks.talk import Setting, open_talk
from detente.lab.talks.words import threat_phrase, words_of
from detente.talks.horizon import LONG_RUN, SHORT_RUN
from teaching import run_tables

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
    assert said[0].startswith("Weights decide over the status quo: United States ")
    assert "Over the past law not both gain: United States" in said[0]
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
    assert sentence.startswith("Talks are left out: the case us-china-2025-05 starts from the status quo (law of 8 May")
    assert "the law of 1 June 2025" in sentence
    assert "US reciprocal duty 10% in place of 125%" in sentence
    assert "against: {on: 2025-05-08}" in sentence
    cut = written(
        on="2025-06-10", against={"on": "2025-05-08"}, usa={"change": [{"measure": "rec_chn", "rate": "60%"}]}
    )
    assert any(one.startswith("US at 80, China at 10 is worth signing") for one in said_of(cut)[1])


def test_duties_on_third_countries_alone_are_no_matter_of_these_talks():
    other = written(on="2025-06-10", usa={"lift": ["authority:section_232"]})
    assert said_of(other) == ({}, [])


def test_before_busan_the_truce_in_force_is_where_talks_start():
    """The status quo of October is what starts by itself; the law of the day is the truce."""
    busan = written(
        on="2025-11-10", against={"on": "2025-11-08"}, usa={"change": [{"measure": "fent_chn", "rate": "10%"}]}
    )
    _, said = said_of(busan)
    assert " over what starts by itself: United States " in said[0]
    assert any("the truce of Geneva renewed" in one for one in said)
    assert not any("the what" in one for one in said)


def test_what_the_chain_adds_to_a_gain_is_told_beside_it():
    tables, said = said_of(load_scenario("geneva")[0])
    assert "Over the past law both sides lose: " in said[0]
    told = next(one for one in said if one.startswith("Licences are"))
    assert "against the status quo, by the supply chain: a full stop costs 13.4 in its first year and 0.2" in told
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
    assert "against the status quo, +24.3 USD bn a year is an assumption" in told
    assert "0% with Geneva and 90% under the status quo, at 30 USD bn a year" in told
    assert "avoid 6.8 in year 1 and 0.3 in year 2 (USD bn of GDP at base prices, with imported parts)" in told
    assert "no supply chain is followed" in assumed_sentences(assumed_losses(talk), words_of(talk), "Geneva")["D0"]
