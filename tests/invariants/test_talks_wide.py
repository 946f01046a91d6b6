"""Duties of any type between any parties: what each type is, against what it must equal; parts that sum; fits."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from detente.codes import InputError
from detente.data.casefile import parse_case
from detente.economy.frame import baseline_tariff
from detente.lab.talks.case import Case
from detente.lab.talks.gains import term_ends
from detente.lab.talks.world import STANDARD, economy_of, world_of
from detente.talks.fit import BLOCK, HIGHEST, DutyAxis, PayoffFit, Terms, checks_of, fitted, leja
from detente.talks.world import Surface, TalksWorld, group_of, surface_of
from rows import rows_of
from teaching import duty_on, world_between

LISTED = rows_of(__file__)

SMALL = "icio-2022-small"


def _case(*issues: dict[str, object], parties: tuple[str, ...] = ("USA", "JPN"), **more: object) -> Case:
    content = {
        "name": "trial", "title": "Trial", "on": "2025-07-21", "parties": list(parties), "world": {"name": SMALL},
        "issues": list(issues),
        "outcomes": {"now": {"levels": {}}, "past": {"levels": {}}},
        "threats": [
            {"name": "D0", "kind": "status-quo", "outcome": "now"},
            {"name": "DP", "kind": "past-law", "outcome": "past"},
        ],
        **more,
    }  # fmt: skip
    return Case(parse_case(content, "trial.yaml"))


def _duty(name: str, giver: str, kind: str, top: float = 0.3, **more: object) -> dict[str, object]:
    return {"name": name, "giver": giver, "type": kind, "levels": [0.0, top], "top": top, **more}


@lru_cache
def _three() -> tuple[Case, TalksWorld, Surface]:
    """Three parties with a duty each on another, the surface checked."""
    ends = [("USA", "CAN"), ("CAN", "USA"), ("USA", "MEX"), ("MEX", "USA")]
    rows = [_duty(f"{a}_{b}".lower(), a, "points", receiver=b) for a, b in ends]
    case = _case(*rows, parties=("USA", "CAN", "MEX"))
    space = world_of(case.file, case.economy())
    return case, space, surface_of(space)


def test_duties_of_one_country_and_floors_are_points_in_their_cells():
    economy = economy_of(SMALL)
    group, base = group_of(economy, ["MET", "VEH"]), np.array(baseline_tariff(economy))
    world = world_between(economy, ("USA", "JPN"), base, [duty_on(economy, "a", "USA", "JPN", group, 0.3)])
    moved = world.tariff(np.array([0.17])) - base
    cell = economy.country("USA"), economy.country("JPN")
    assert_allclose(moved[cell], 0.17 * group)
    moved[cell] = 0.0
    assert not moved.any()
    case = _case(_duty("floor", "USA", "floor"), _duty("points", "USA", "points"))
    economy, (floor, points) = case.economy(), world_of(case.file, case.economy()).duties
    base = np.array(baseline_tariff(economy)).reshape(len(economy.countries), len(economy.countries), -1)
    jpn, usa = economy.country("JPN"), economy.country("USA")
    covered = points.points[-1][jpn] / points.top
    # Each cell has one base duty here; between two steps of the table the bend is off by a part of a step.
    assert_allclose(floor.at(0.15)[jpn], covered * np.maximum(0.15 - base[usa, jpn], 0.0), atol=0.004)
    assert (np.diff(floor.points[:, jpn], axis=0) >= -1e-12).all()


def test_floors_and_cuts_are_averaged_line_by_line() -> None:
    law = {"base_law": [{"importer": "USA", "whole": "2025-01-01"}, {"importer": "JPN", "whole": "2025-01-01"}]}
    case = _case(
        _duty("floor", "USA", "floor"), _duty("cut", "JPN", "cut", 1.0), _duty("part", "JPN", "cut", 1.0, codes=["87"]),
        **law,
    )  # fmt: skip
    space = world_of(case.file, case.economy())
    economy, (floor, cut, part) = case.economy(), space.duties
    jpn, usa = economy.country("JPN"), economy.country("USA")
    cells = space.base.reshape(len(economy.countries), len(economy.countries), -1)
    traded = floor.points[-1][jpn] > 0.0
    # Convexity: the mean of what lines owe under a floor is never below the floor less the mean base duty.
    assert (floor.at(0.15)[jpn][traded] >= 0.15 - cells[usa, jpn][traded] - 1e-9).all()
    whole = cells.copy()
    whole[jpn] += cut.at(1.0)
    assert_allclose(whole[jpn, usa], 0.0, atol=1e-9)
    assert (part.points[-1][usa] >= cut.points[-1][usa] - 1e-12).all()
    assert (part.points[-1] < 0.0).sum() < (cut.points[-1] < 0.0).sum()


@pytest.mark.parametrize("type_", ["points", "floor", "ceiling", "cut", "sector"])
def test_a_level_of_zero_changes_nothing(type_: str) -> None:
    case = _case(_duty("x", "USA", type_, 0.3, **({"sectors": ["VEH"]} if type_ == "sector" else {})))
    space = world_of(case.file, case.economy())
    assert not space.duties[0].at(0.0).any()


def test_rent_moves_from_importer_to_exporter_and_parts_sum() -> None:
    quota = {"inside": 0.0, "outside": 0.3, "rent": 0.5}
    case = _case(
        _duty("steel", "USA", "quota", sectors=["MET"], quota=quota),
        {"name": "buys", "giver": "JPN", "type": "purchase", "amount": 8.0, "levels": [0.0, 1.0]},
        {"name": "builds", "giver": "JPN", "type": "investment", "amount": 550.0, "years": 4, "levels": [0.0, 1.0]},
    )  # fmt: skip
    payoffs = case.payoffs()
    X = np.array([[0.2, 0.0, 0.0], [0.2, 1.0, 1.0], [0.0, 0.0, 0.0]])
    parts = payoffs.breakdown(X)
    assert_allclose(sum(parts.values()), payoffs.value(X), atol=1e-9)
    rents = parts["quota rents"]
    assert_allclose(rents.sum(axis=1), 0.0, atol=1e-9)
    assert rents[0, 1] > 0.0 > rents[0, 0]
    assert_allclose(rents[2], 0.0, atol=0.05)
    more = STANDARD["delivered"] * STANDARD["additional"] * 8.0
    assert_allclose(parts["purchases"][1], [STANDARD["seller_margin"] * more, -STANDARD["buyer_premium"] * more])
    assert_allclose(parts["purchases"][0], 0.0)
    assert parts["investments"][1, 0] > 0.0
    low, now, high = (float(end.flow.of(np.ones(1))[0]) for end in term_ends(case)[1])
    assert (low, high) == (0.0, pytest.approx(0.3 * 0.6 * 1.0 * 8.0))
    assert now == pytest.approx(STANDARD["seller_margin"] * more)


def test_surfaces_are_close_to_exact_solves_of_the_countries_of_parties():
    _, space, surface = _three()
    assert surface.error.largest <= 0.02
    levels = np.array([0.21, 0.07, 0.02, 0.3])
    assert_allclose(surface.parts_at(levels[None])[0], space.parts_at(levels), atol=0.04)
    case, space, _ = _three()
    levels = np.array([0.1, 0.2, 0.0, 0.3])
    parts, others = space.measured_at(levels)
    rows = [case.economy().country(code) for code in case.parties]
    assert_allclose(parts[:, 0], others[rows], atol=1e-12)
    # Balances among the parties cancel.
    assert_allclose(parts[:, 2].sum(), 0.0, atol=1e-9)


def test_slopes_agree_with_differences_and_a_union_is_the_sum_of_its_members():
    case, _, _ = _three()
    payoffs, x = case.payoffs(), np.array([0.11, 0.06, 0.2, 0.15])
    value, slope = payoffs.local(x)
    step = 1e-5
    moved = [payoffs.value((x + step * e)[None])[0] for e in np.eye(4)]
    assert_allclose(slope, (np.array(moved) - value).T / step, rtol=1e-3, atol=1e-2)
    case = _case(_duty("eu", "USA", "points"), parties=("USA", "EU27"))
    space = world_of(case.file, economy_of("icio-2022"))
    assert len(space.members[1]) == 27
    parts, others = space.measured_at(np.array([0.2]))
    assert_allclose(parts[1, 0], others[list(space.members[1])].sum(), atol=1e-12)
    assert parts[1, 0] < 0.0


FORM = {"name": "form", "giver": "USA", "kind": "other", "unit": "on or off", "levels": [0.0, 1.0], "whole": True}


def test_where_the_base_duty_counts_in_a_level_is_a_floor() -> None:
    """Off, the level is on top; on, it is the whole duty, line by line: what an issue of type floor is."""
    case = _case(_duty("a", "USA", "points", in_all="form"), FORM)
    floor, top = (world_of(_case(_duty("a", "USA", kind)).file, case.economy()) for kind in ("floor", "points"))
    payoffs, levels = case.payoffs(), np.array([0.15])
    assert case.switch == "form"
    for on, space in ((1.0, floor), (0.0, top)):
        outcome = np.array([0.15, on])
        assert_allclose(case.space(switched=bool(on)).parts_at(levels), space.parts_at(levels), atol=1e-9)
        assert_allclose(payoffs.value(outcome[None])[0], space.parts_at(levels)[:, 0], atol=0.05)
        assert_allclose(payoffs.local(outcome)[0], payoffs.value(outcome[None])[0], atol=1e-12)
    assert payoffs.value(np.array([[0.15, 1.0], [0.15, 0.0]]))[:, 1].argmax() == 0, "on top costs the exporter more"
    assert case.outcome_space.reading(np.array([0.15, 1.0])) == "a 15.0 points, form on"


@pytest.mark.parametrize(("form", "more", "said"), LISTED["what_counts_the_base_duty_in_is_on_or_off"])
def test_what_counts_the_base_duty_in_is_on_or_off(form: dict[str, object], more: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        _case({**_duty("a", "USA", "points", in_all="form"), **more}, {**FORM, **form})


AXES = tuple(DutyAxis(name, (0.0, top), (0.0, top)) for name, top in zip("abc", (0.3, 1.35, 0.5), strict=True))
FLOOR = DutyAxis("floor", (0.0, 0.1, 0.2, 0.3), (0.0, 1e-9, 0.05, 0.15))


def payoff(levels):
    """A smooth function with a hump and products of two, as payoffs have, USD bn."""
    t = np.atleast_2d(levels)
    hump = 40.0 * t / (1.0 + t) ** 4
    both = (t[:, :-1] * t[:, 1:] / (1.0 + t[:, :-1] + t[:, 1:])).sum(axis=1)
    return np.stack([hump.sum(axis=1) - 12.0 * both, t.sum(axis=1)], axis=1)


def below(rng, size):
    """A set of degrees that holds everything below each of its members."""
    tops = rng.integers(0, 4, (size, 3))
    return np.unique([row for top in tops for row in np.ndindex(*(top + 1))], axis=0)


def test_a_degree_more_is_a_node_more():
    nodes = leja()
    assert len(nodes) == len(set(nodes.tolist())) == HIGHEST + 1
    assert nodes[:3].tolist() == [0.5, 1.0, 0.0]
    terms = Terms(AXES, below(np.random.default_rng(3), 4))
    assert len({tuple(node) for node in np.round(terms.nodes, 12)}) == len(terms.degrees)


@given(seed=st.integers(0, 200))
def test_polynomials_come_back_exactly_and_mix_as_their_values(seed):
    rng = np.random.default_rng(seed)
    terms, more = Terms(AXES, below(rng, 2)), Terms(AXES, below(rng, 3))
    weights, points = rng.normal(size=(len(terms.degrees), 2)), rng.random((5, 3)) * terms.tops
    fit = PayoffFit.through(terms, terms.values(terms.nodes) @ weights)
    assert fit.weights == pytest.approx(weights, abs=1e-8)
    assert fit.at(points) == pytest.approx(terms.values(points) @ weights, abs=1e-8)
    other = PayoffFit(more, rng.normal(size=(len(more.degrees), 2)))
    assert fit.blended(other, 0.3).at(points) == pytest.approx(0.7 * fit.at(points) + 0.3 * other.at(points), abs=1e-8)


@pytest.mark.parametrize("limit", [1.0, 0.02])
def test_a_fit_is_within_its_limit_of_what_was_never_a_node(limit):
    fit, error, values = fitted(AXES, payoff, limit, checks=checks_of(AXES))
    assert error.max() <= limit
    assert values == pytest.approx(fit.at(fit.terms.nodes), abs=1e-8)
    points = np.random.default_rng(2).random((200, 3)) * fit.terms.tops
    assert np.abs(fit.at(points) - payoff(points)).max() < 4.0 * limit


def test_a_fit_that_starts_from_another_asks_for_no_more_where_that_one_serves():
    first, _, _ = fitted(AXES, payoff, 0.02, checks=checks_of(AXES))
    asked = []
    fitted(AXES, lambda x: asked.append(len(x)) or 1.1 * payoff(x), 0.1, checks=checks_of(AXES),
           start=first.terms.degrees)  # fmt: skip
    assert sum(asked) == len(first.weights) + 40


def test_slopes_are_those_of_the_fit():
    axes = (*AXES[:2], FLOOR)
    fit = PayoffFit(Terms(axes, below(np.random.default_rng(5), 5)), np.random.default_rng(6).normal(size=(200, 2)))
    fit = PayoffFit(fit.terms, fit.weights[: len(fit.terms.degrees)])
    for x in (np.array([0.1, 0.7, 0.22]), np.array([0.0, 1.35, 0.17])):
        value, slopes = fit.local(x)
        assert value == pytest.approx(fit.at(x)[0])
        for k, top in enumerate(fit.terms.tops):
            step = 1e-6 * np.eye(3)[k]
            low, high = np.maximum(x - step, 0.0), np.minimum(x + step, [0.3, 1.35, 0.3])
            assert slopes[:, k] == pytest.approx((fit.at(high) - fit.at(low))[0] / (high - low)[k], rel=1e-3), top


def test_a_floor_bends_its_coordinate_alone_and_a_grid_reads_as_scattered_points():
    def owed(levels):
        return 10.0 * np.log1p(np.interp(levels, FLOOR.levels, FLOOR.mean))

    fit, error, _ = fitted((FLOOR,), owed, 1e-3, checks=np.linspace(0.0, 0.3, 31)[:, None])
    assert len(fit.weights) < 8
    assert error.max() <= 1e-3
    assert fit.at(np.array([[0.05]])) == pytest.approx(fit.at(np.array([[0.0]])), abs=1e-6)
    fit, _, _ = fitted(AXES, payoff, 0.5, checks=checks_of(AXES))
    levels = [np.linspace(0.0, axis.top, 7) for axis in AXES]
    grid = np.stack(np.meshgrid(*levels, np.arange(20.0), indexing="ij"), axis=-1).reshape(-1, 4)[:, :3]
    assert len(grid) > BLOCK
    apart = np.concatenate([fit.at(some) for some in np.array_split(grid, 4)])
    assert fit.at(grid) == pytest.approx(apart, abs=1e-12)


def test_levels_beyond_the_axes_are_refused():
    fit = PayoffFit(Terms(AXES, np.zeros((1, 3), dtype=np.int64)), np.ones((1, 1)))
    with pytest.raises(InputError, match=r"b: a level of 1\.4 lies outside 0 to 1\.35"):
        fit.at(np.array([[0.1, 1.4, 0.1]]))
    assert fit.within(np.array([[0.1, 1.4, 0.1], [0.3, 1.35, 0.5]])).tolist() == [False, True]
