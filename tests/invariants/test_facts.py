"""What an answer hangs on: the duty under each state is what the program says when the state is set."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.data.flows import usa_imports
from detente.data.importers import importer
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.consignment import CLAIM
from detente.lab.statute.lookup import look_up
from detente.trade import pair_rates

WHERE = importer("USA")
LIVE = WHERE.lines.codes[(WHERE.table["until"] == "") & (WHERE.table["from"] == "")].tolist()
DAYS = st.integers(0, (date(2026, 12, 20) - date(2018, 2, 1)).days).map(lambda n: date(2018, 2, 1) + timedelta(n))
PARTNERS = st.sampled_from(["CHN", "DEU", "CAN", "MEX", "JPN", "KOR", "GBR", "BRA", "IND", "VNM", "RUS", "KEN", "GTM"])
CASES = [
    ("8802.40.01.40", "FRA", "2026-03-15", "aircraft_use", {"no": 0.10, "yes": 0.0}),
    ("3004.90.92.60", "IND", "2026-11-27", "patented", {"no": 0.0, "yes": 1.0}),
    ("8471.80.40.00", "TWN", "2026-03-01", "chip_window", {"no": 0.0, "yes": 0.25}),
    ("8703.23.01.40", "MEX", "2025-06-15", CLAIM, {"none": 0.275, "USMCA": 0.25}),
]


@pytest.mark.parametrize(("line", "partner", "on", "name", "states"), CASES, ids=[case[3] for case in CASES])
def test_facts_of_known_goods(line, partner, on, name, states):
    fact = {fact.id: fact for fact in look_up(line, partner, date.fromisoformat(on)).facts}[name]
    assert {state.name: state.total for state in fact.states} == pytest.approx(states)


def test_a_fact_may_matter_under_another_alone():
    facts = {fact.id: fact for fact in look_up("3004.90.92.60", "IND", date(2026, 11, 27)).facts}
    assert facts["pharma_agreement"].given == ("patented", "yes")
    car = {fact.id: fact for fact in look_up("8703.23.01.40", "MEX", date(2025, 6, 15)).facts}
    assert car["us_content"].given == (CLAIM, "USMCA")


@settings(max_examples=60, deadline=None)
@given(line=st.sampled_from(LIVE), partner=PARTNERS, on=DAYS)
def test_setting_a_fact_gives_the_duty_that_was_listed(line, partner, on):
    answer = look_up(line, partner, on)
    for fact in answer.facts:
        if fact.given[0] or fact.id in (CLAIM, "us_content", "metal"):
            continue
        for state, share in zip(fact.states, (0.0, 1.0), strict=True):
            other = look_up(line, partner, on, parameters={fact.id: share})
            total = None if other.banned else other.total
            assert total == pytest.approx(state.total, abs=1e-9), (fact.id, state.name)


@settings(max_examples=60, deadline=None)
@given(line=st.sampled_from(LIVE), partner=PARTNERS, on=DAYS)
def test_claims_give_the_duty_that_was_listed(line, partner, on):
    for fact in look_up(line, partner, on).facts:
        for state in fact.states if fact.id == CLAIM else ():
            claim = "" if state.name == "none" else state.name
            other = look_up(line, partner, on, claim=claim)
            assert (None if other.banned else other.total) == pytest.approx(state.total, abs=1e-9), state.name


def test_one_good_and_trade_have_one_default():
    """Where nothing of a line is a mixture, the duty of one good without a claim is that of its trade without one."""
    day, law = date(2026, 3, 15), WHERE.law
    ground = laid_law(law)
    flows, rates = ground.flows, pair_rates(ground.schedule(day), ground.exposure)
    atoms = ground.exposure.space.atoms
    pure = np.bincount(atoms.line[atoms.weight > 0], minlength=len(flows.lines)) == 1
    block = np.asarray([partner == "EUU" for partner in flows.partners])
    chosen = np.flatnonzero(pure[flows.line_at] & (flows.claim == 0) & ~block[flows.partner_at])
    sample = np.random.default_rng(7).choice(chosen, 120, replace=False)
    for at in sample.tolist():
        line, partner = str(flows.lines.codes[flows.line_at[at]]), flows.partners[flows.partner_at[at]]
        answer = look_up(line, partner, day)
        if len(answer.ladders) == 1 and not answer.stands_in and answer.main.line == line:
            assert answer.total == pytest.approx(rates.total[at], abs=1e-9), (line, partner)


def test_an_airliner_owes_the_same_in_both():
    flows, day = usa_imports(), date(2026, 3, 15)
    ground = laid_law(WHERE.law)
    rates = pair_rates(ground.schedule(day), ground.exposure)
    line = flows.lines.index("8802400140", "line")
    pairs = (ground.flows.line_at == line) & (ground.flows.partner_at == ground.flows.partners.index("EUU"))
    assert rates.total[pairs].tolist() == [look_up("8802.40.01.40", "FRA", day).total] == [0.0]
