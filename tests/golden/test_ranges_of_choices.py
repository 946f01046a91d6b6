"""Ranges hold the choices of a model: closures, claims and the year of weights, the same in every face."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import UnknownName
from detente.data.flows import usa_imports
from detente.data.worlds import load_economy
from detente.draws import moved_by
from detente.economy import Shock, solve
from detente.economy.frame import baseline_tariff
from detente.economy.solver import under_closure
from detente.faces.charts import charts
from detente.faces.words.brief import brief
from detente.faces.words.cards import cards
from detente.faces.words.number import agreeing
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.ranges import (
    YEAR,
    at_claims,
    claims_between,
    of_other_year,
    other_year_drawn,
    uncertain_duties,
    years_of,
)
from detente.lab.ranges.joint import BALANCE
from detente.lab.scenario import CLOSURES, Scenario, parse_scenario, with_closure
from detente.lab.world import incidence
from detente.lab.world.tables import FLOOR, headline_table, sign_of
from detente.trade.ranges import CLAIMS

SMALL = "icio-2022-small"


@pytest.fixture(scope="module")
def geneva(ran):
    return ran("geneva", None)


@pytest.fixture(scope="module")
def world():
    return load_economy(SMALL)


@pytest.fixture(scope="module")
def laws(world):
    """A duty of ten points of each of the two on the other, lifted."""
    tariff = np.array(baseline_tariff(world))
    usa, chn = world.country("USA"), world.country("CHN")
    tariff[usa, chn] += 0.10
    tariff[chn, usa] += 0.10
    return [incidence.Laws("one", Shock(tariff=tariff), Shock(), {})]


def test_the_sign_of_norway_hangs_on_the_closure_and_is_open_on_map_and_in_table(geneva):
    row = next(r for r in geneva.tables["incomes"].rows() if r["country"] == "NOR")
    assert row["real_income"] < -FLOOR < 0.0 < row["real_income_high"]
    assert row["sign"] == "open"
    picture = next(chart for chart in charts(geneva.tables) if chart.name == "map")
    assert "sign open" in str(picture.spec(900))
    assert "Hatched" in picture.note
    assert next(r for r in geneva.tables["incomes"].rows() if r["country"] == "USA")["sign"] == "gain"


def test_a_worlds_own_sign_needs_all_of_its_range():
    assert sign_of(-5e-4, -6e-4, 3e-5) == "open"
    assert sign_of(-5e-4, -6e-4, -1e-5) == "loss"
    assert sign_of(5e-4, 1e-4, 6e-4) == "gain"
    assert sign_of(1e-5, -1e-5, 1e-4) == ""
    assert sign_of(1e-5, -3e-4, 3e-4) == "open"


@pytest.mark.parametrize("closure", CLOSURES)
def test_a_range_holds_the_central_value_of_every_closure(world, laws, closure):
    """At no other spread: one set of elasticities, whichever closure is shown."""
    main = incidence.shown(laws, world, closure)
    by = {incidence.set_in_use(world): main}
    by |= {name: incidence.shown(laws, world, name, main) for name in CLOSURES}
    spread = incidence.Spread(by, (incidence.set_in_use(world),), closure)
    for row in headline_table(spread).rows():
        if row["measure"] != "real_income":
            continue
        for name in CLOSURES:
            own = incidence.shown(laws, world, name)[0].number("welfare", row["country"])
            assert row["low"] - 1e-9 <= own <= row["high"] + 1e-9


@pytest.mark.parametrize("closure", CLOSURES)
def test_a_world_near_by_has_the_answer_of_the_closure(world, laws, closure):
    other, options = under_closure(world, closure)
    near = solve(other, Shock(tariff=laws[0].before.tariff, options=options))
    alone = solve(
        load_economy(SMALL).with_parameters(), Shock(tariff=laws[0].before.tariff, options={"closure": closure})
    )
    np.testing.assert_allclose(near.changes["welfare"], alone.changes["welfare"], atol=1e-9)
    assert near.certificate.converged


@given(
    st.floats(-1.0, 1.0),
    st.lists(st.floats(0.0, 2.0), min_size=1, max_size=4),
    st.floats(0.01, 1.0),
    st.floats(0.0, 0.05),
)
def test_an_edge_names_an_input_that_moves_one_way_only(central, moves, width, inside):
    low = central - inside * width
    found = moved_by(
        central, low, low + width, {"a": [central + move for move in moves], "b": [central - 9.0, central + 9.0]}
    )
    assert found == ("a" if max(moves) > 0.1 * width else "")
    assert moved_by(low + 0.5 * width, low, low + width, {"a": [central + 1.0]}) == ""


def test_trade_of_another_year_lies_on_the_pairs_of_this_one():
    flows = usa_imports("2024")
    assert years_of(flows) == ("2024", "2023")
    other = of_other_year(flows)
    whole = usa_imports("2024", year=2023)
    assert other.sum() == pytest.approx(whole.total, rel=1e-4)
    for partner in ("CHN", "MEX", "NOR"):
        place, there = flows.partners.index(partner), whole.partners.index(partner)
        assert other[flows.partner_at == place].sum() == pytest.approx(
            whole.value[whole.partner_at == there].sum(), rel=2e-2
        )


def test_claims_of_another_time_give_the_duties_of_that_time():
    from datetime import date

    from detente.data.importers import importer
    from detente.lab.averages.sides import Side
    from detente.law import Reading

    on, law = date(2025, 5, 14), importer("USA").law
    now, then = (laid_law(law, claims=claims) for claims in ("2025H2", "2024"))
    side = Side("x", on, Reading.EFFECTIVE, law, now)
    np.testing.assert_allclose(at_claims(side), then.rates(on).total, atol=1e-12)


def test_choices_have_the_same_draws_in_every_face(geneva_drawn):
    draws, seed, joint = geneva_drawn
    rows = joint.sample.rows
    years = next(each.choices for each in joint.sample.inputs if each.name == YEAR)
    assert [float(row[YEAR] != years[0]) for row in rows] == other_year_drawn(years, draws, seed)
    np.testing.assert_array_equal([max(0.0, row[f"USA {CLAIMS}"]) for row in rows], claims_between("USA", draws, seed))
    assert {row[BALANCE] for row in rows} == set(CLOSURES)


def test_an_average_is_drawn_with_both_years():
    from datetime import date

    from detente.data.importers import importer
    from detente.lab.averages.ranges import range_of

    ground, on = laid_law(importer("USA").law, claims="2024"), date(2025, 5, 14)
    found = range_of(ground, on, draws=40)
    other = of_other_year(ground.flows)
    rates = uncertain_duties(ground, on).at({})
    assert found.swings[YEAR] == pytest.approx((found.value, float(other @ rates) / float(other.sum())), rel=1e-9)


def test_one_revenue_stands_in_front_with_one_range(geneva):
    row = next(r for r in geneva.tables["parties"].rows() if r["importer"] == "USA")
    first = next(iter(geneva.tables["revenue"].rows()))
    assert (first["before"], first["after"]) == (row["duty_before"], row["duty_after"])
    line = next(each for each in brief(geneva).lines if (each.name, each.country) == ("collected", "USA"))
    assert [line.as_dict()[key] for key in ("value", "low", "high")] == pytest.approx(
        [row[k] / 1e9 for k in ("duty_after", "duty_low", "duty_high")]
    )
    card = next(each for each in cards(geneva.tables) if each.table == "revenue")
    front = next(each for each in brief(geneva).cards if each.table == "parties")
    digits = agreeing(row["duty_before"] / 1e9, row["duty_after"] / 1e9, 0)
    assert card.number == f"{row['duty_after'] / 1e9:.{digits}f} bn USD"
    assert f"{row['duty_after'] / 1e9:.0f}" in front.number
    for end in ("duty_low", "duty_high"):
        assert f"{row[end] / 1e9:.0f}" in card.spread
        assert f"{row[end] / 1e9:.0f}" in front.spread
    assert all(str(each["holds"]) for each in geneva.tables["revenue"].rows())
    claims = {each["demand"]: each["claims"] for each in geneva.tables["revenue"].rows()}
    assert claims["static"] == claims["general equilibrium"] == "May 2025"


def test_a_number_near_an_end_says_what_moves_it(geneva):
    lines = {(each.name, each.country): each for each in brief(geneva).lines}
    line, prices = lines["prices", "USA"], next(iter(geneva.tables["prices"].rows()))
    assert prices["moved_by"] == "margin"
    assert prices["low"] < prices["change"] < prices["high"]
    assert "margins in per cent" in line.edge
    assert len(line.edge.split()) <= 20
    assert "high end" in line.edge
    # At the claims of its own month the average lies further from both ends of its range than a tenth of it.
    head = next(iter(geneva.tables["headline"].rows()))
    place = (head["after"] - head["low"]) / (head["high"] - head["low"])
    assert 0.1 < place < 0.9
    assert (head["moved_by"], lines["average", "USA"].edge) == ("", "")


def test_a_closure_is_named_spelled_out_and_refused():
    scenario = parse_scenario({"title": "x", "on": "2025-05-14", "closure": "gdp"}, "here", "x")
    assert scenario.closure == "proportional"
    with pytest.raises(Exception, match="did you mean 'zero'"):
        parse_scenario({"title": "x", "on": "2025-05-14", "closure": "zeroo"}, "here", "x")
    assert with_closure(scenario, "fixed").closure == "fixed-transfers"
    with pytest.raises(UnknownName, match="proportional"):
        with_closure(scenario, "propotional")
    assert set(incidence.CLOSURES) == set(CLOSURES)
    assert Scenario.model_json_schema()["properties"]["closure"]["enum"] == list(CLOSURES)
