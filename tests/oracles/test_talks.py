"""The theory of the talks against analytic answers and printed digits."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BarycentricInterpolator
from scipy.optimize import minimize_scalar

from detente import talks as gaming
from detente.codes import InputError, SolveError, UnknownName
from detente.data.worlds import load_economy
from detente.draws import Input, band, columns_of, draw, drivers
from detente.economy import Shock, baseline_tariff, goods, nash, optimal_tariff, solve, sufficient_nash
from detente.economy.input_output.accounts import accounts
from detente.lab.talks.case import open_case
from detente.lab.talks.talk import open_talk
from detente.lab.talks.world import economy_of
from detente.talks import payoff as paying
from detente.talks.fit import DutyAxis, PayoffFit, Terms, leja
from detente.talks.inference import DutyChoice, Line, line_of, weight_sets
from detente.talks.search import search, weighted_sum
from detente.talks.world import BILLION, TEXTBOOK, group_of, identical_countries, surface_of
from teaching import TwoCountries, duty_on, two_countries, world_between


def pie(function, threats=((0.0, 0.0), (0.1, 0.1)), power=None) -> gaming.Negotiation:
    """One issue, the first party's payoff; the frontier is the whole space."""
    space = gaming.OutcomeSpace(("A", "B"), (gaming.Issue("share", "both", np.linspace(0.0, 1.0, 21), kind="other"),))
    payoffs = gaming.Formula(("A", "B"), lambda X: np.stack([X[:, 0], function(X[:, 0])], axis=1))
    points = tuple(gaming.Threat(f"T{i}", f"threat {i}", "", np.array(value)) for i, value in enumerate(threats))
    return gaming.Negotiation(space, payoffs, points, power=power or {})


def space_of(economy: TwoCountries, highest: float = 3.0, lowest: float = 0.0) -> gaming.OutcomeSpace:
    grid = np.linspace(lowest, highest, 61)
    return gaming.OutcomeSpace(
        economy.parties, (gaming.Issue("home_tariff", "home", grid), gaming.Issue("foreign_tariff", "foreign", grid))
    )


@pytest.mark.parametrize(("sigma", "printed"), [(2.5, 0.752534), (4.0, 0.372508), (6.0, 0.221276)])
def test_johnson_best_response_is_one_over_the_export_supply_elasticity(sigma, printed):
    economy = TwoCountries(sigma)
    found = gaming.combined_response(space_of(economy), economy, "home", np.array([0.0, 0.1]), [0])
    best = found[0]
    assert best == pytest.approx(printed, abs=6e-7)
    assert best == pytest.approx(1.0 / economy.supply_elasticity(found[None])[0, 0], abs=1e-8)
    searched = minimize_scalar(
        lambda t: -economy.value(np.array([[t, 0.1]]))[0, 0],
        bounds=(0.0, 3.0),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert best == pytest.approx(searched.x, abs=1e-6)


def test_the_formula_with_the_own_share_is_exact_only_without_a_foreign_tariff():
    economy = TwoCountries(4.0)

    def formula(foreign: float) -> tuple[float, float]:
        found = gaming.combined_response(space_of(economy), economy, "home", np.array([0.0, foreign]), [0])
        share, _, _ = economy._parts(economy.log_price(found[None]), found[None])
        return float(found[0]), float(1.0 / (3.0 * (1.0 - share[0, 1])))

    best, by_share = formula(0.0)
    assert (best, by_share) == pytest.approx((0.381699, 0.381699), abs=6e-7)
    best, by_share = formula(0.1)
    assert by_share == pytest.approx(0.376426, abs=6e-7)
    assert abs(best - by_share) > 3e-3


def test_a_small_economy_slopes_and_the_symmetric_war():
    economy = TwoCountries(4.0, (0.8, 0.9998), (1.0, 1000.0))
    assert gaming.combined_response(space_of(economy), economy, "home", np.zeros(2), [0])[0] == pytest.approx(
        0.3334, abs=5e-5
    )
    economy = TwoCountries(3.0, (0.7, 0.9), (1.0, 2.5))
    X = np.random.default_rng(1).uniform(-0.2, 1.0, (20, 2))
    differences = gaming.Formula(economy.parties, economy.value, step=1e-6).slope(X)
    assert economy.slope(X) == pytest.approx(differences, abs=1e-5)
    economy = TwoCountries(4.0)
    war = gaming.tariff_war(space_of(economy, 1.0), economy, np.array([0.9, 0.1]))
    assert war.outcome == pytest.approx(np.full(2, 0.35785), abs=5e-6)
    assert war.payoffs / economy.billions == pytest.approx(np.full(2, -0.018267), abs=5e-7)
    assert war.move < 1e-8
    assert war.gain < 1e-9 * economy.billions


def test_a_war_of_two_duties_each_meets_the_joint_conditions():
    target = np.array([[0.3, 0.1], [0.2, 0.4]])

    def value(X):
        a, b, c = X.T
        home = -((a - 0.3 + 0.1 * c) ** 2) - 2.0 * (b - 0.1) ** 2 - 1.9 * (a - 0.3 + 0.1 * c) * (b - 0.1) - c
        return np.stack([home, -((c - 0.2 + 0.2 * a) ** 2) - a - b], axis=1)

    names, levels = ("a", "b", "c"), np.linspace(0.0, 1.0, 21)
    issues = tuple(gaming.Issue(n, p, levels) for n, p in zip(names, ("home", "home", "foreign"), strict=True))
    space, payoffs = gaming.OutcomeSpace(("home", "foreign"), issues), gaming.Formula(("home", "foreign"), value)
    war = gaming.tariff_war(space, payoffs)
    c = (0.2 - 0.2 * 0.3) / (1.0 - 0.02)
    assert war.outcome == pytest.approx([0.3 - 0.1 * c, target[0, 1], c], abs=1e-6)


@pytest.mark.parametrize(("patience", "printed"), [(0.1, 0.2364), (0.2, 0.1510), (0.3, 0.0847), (0.4, 0.0300)])
def test_lowest_self_enforcing_tariff(patience, printed):
    case, lag = two_countries(), 52.0 * np.log(1.0 / patience) / 0.05
    assert gaming.truce(case, np.full(2, printed + 6e-5), case.threat("DN"), lag).holds
    assert not gaming.truce(case, np.full(2, printed - 6e-5), case.threat("DN"), lag).holds


def test_patience_and_nash_solutions_of_frontiers():
    case = two_countries()
    held = gaming.truce(case, np.zeros(2), case.threat("DN"))
    assert [side.least for side in held.sides] == pytest.approx([0.46241, 0.46241], abs=5e-6)
    assert held.holds
    lag = 52.0 * np.log(1.0 / 0.46) / 0.05
    assert not gaming.truce(case, np.zeros(2), case.threat("DN"), lag).holds
    assert held.sides[0].slack > 0.0
    power = (1 / 3, 2 / 3)
    case = pie(lambda u: 1.0 - u**2, ((0.0, 0.0), (0.2, 0.1)), dict(zip(("A", "B"), power, strict=True)))
    first, second = (gaming.solve_concept(case, threat, "asymmetric nash").payoffs for threat in case.threats)
    assert first[0] == pytest.approx(0.447214, abs=5e-7)
    best = minimize_scalar(lambda u: -(u - 0.2) * (0.9 - u**2) ** 2, bounds=(0.2, 0.9), method="bounded").x
    assert second == pytest.approx([best, 1 - best**2], abs=2e-4)
    case = pie(lambda u: 1.0 - u, threats=((0.1, 0.2), (0.0, 0.0)))
    assert gaming.solve_concept(case, case.threats[0]).payoffs[0] == pytest.approx(0.45, abs=1e-8)
    slopes = gaming.power_of_threats(case, gaming.solve_concept(case, case.threats[0]), case.threats[0].value)
    assert slopes == pytest.approx(np.array([[0.5, -0.5], [-0.5, 0.5]]), abs=1e-3)


def test_concepts_on_a_curved_frontier():
    case = pie(lambda u: 1.0 - u**2)
    found = gaming.solve_all(case, case.threats[0])
    assert found["kalai-smorodinsky"].payoffs[0] == pytest.approx(0.618034, abs=5e-7)
    assert found["nash"].payoffs[0] == pytest.approx(0.577350, abs=5e-7)
    assert found["egalitarian"].payoffs[0] == pytest.approx(0.618034, abs=5e-7)
    assert found["utilitarian"].payoffs[0] == pytest.approx(0.5, abs=1e-6)
    stretched = pie(lambda u: 3.0 * (1.0 - u**2))
    other = gaming.solve_all(stretched, stretched.threats[0])
    assert other["egalitarian"].payoffs[0] == pytest.approx(0.847127, abs=5e-7)
    assert other["nash"].payoffs[0] == pytest.approx(0.577350, abs=5e-7)
    assert other["kalai-smorodinsky"].payoffs[0] == pytest.approx(0.618034, abs=5e-7)


def test_signalling_games_of_the_case_and_of_beer_and_quiche():
    hold = ([[-1, 2], [-5, 2]], [[-3, 1], [2, 1]])
    game = gaming.SignallingGame([0.1, 0.9], ([[-4], [-2]], hold[0]), ([[4], [4]], hold[1]))
    (only,) = gaming.equilibria(game)
    assert (only.second, 1.0 - only.replies[1]) == (pytest.approx([1.0, 4 / 9]), pytest.approx(4 / 7))
    assert not only.pure
    # Cho and Kreps (1987): types wimp (0.1) and surly (0.9), signals quiche and beer, replies "do not" and "fight".
    sender = ([[3, 1], [2, 0]], [[2, 0], [3, 1]])
    receiver = ([[0, 1], [1, 0]], [[0, 1], [1, 0]])
    found = gaming.equilibria(gaming.SignallingGame([0.1, 0.9], sender, receiver))
    pooled = sorted(tuple(one.second) for one in found if one.pure)
    assert pooled == [(0.0, 0.0), (1.0, 1.0)]
    assert all(one.ranges[1 - int(one.second[0])] == pytest.approx((0.5, 1.0)) for one in found if one.pure)


def test_beliefs_follow_bayes():
    path = gaming.update({"strong": 0.1, "weak": 0.9}, [{"strong": 1.0, "weak": 4 / 9}, {"strong": 0.5, "weak": 0.5}])
    assert (path[0]["strong"], path[1]) == (pytest.approx(0.2), pytest.approx(path[0]))


@pytest.mark.parametrize(
    ("foreign", "home_tariff", "foreign_tariff"), [(0.0, 0.0, 0.0), (2.0, -0.0868, 0.0950), (-2.0, 0.0947, -0.0865)]
)
def test_mayer_efficient_pairs_lie_on_one_curve(foreign, home_tariff, foreign_tariff):
    economy = TwoCountries(4.0, billions=100.0)
    space = space_of(economy, 0.4, -0.3)
    zero = gaming.Threat("none", "free trade", "", np.zeros(2), np.zeros(2))
    held = gaming.Threat("held", "foreign welfare", "", np.array([-50.0, foreign]), None)
    case = gaming.Negotiation(space, economy, (zero, held))
    both, aim = np.ones(2, dtype=bool), weighted_sum(np.array([1.0, 0.0]))
    found = search(case, both, aim, np.array([-0.05, 0.05]), floor=np.array([-np.inf, foreign]))
    assert found.outcome == pytest.approx([home_tariff, foreign_tariff], abs=6e-5)
    assert np.prod(1.0 + found.outcome) == pytest.approx(1.0, abs=1e-8)


def test_the_traced_curve_is_mayers_and_the_break_even_law_as_good_as_the_deal():
    economy = TwoCountries(4.0)
    case = two_countries(economy, lowest=-0.3, highest=0.5, levels=33)
    curve = gaming.pair_curve(case, economy.parties, np.zeros(2), np.full(2, -np.inf), points=24)
    products = np.prod(1.0 + curve.outcomes[1:-1], axis=1)
    assert products == pytest.approx(np.ones(products.size), abs=1e-6)
    case = two_countries()
    value = case.value(case.space.outcome("half"))
    p = gaming.break_even(case, value)
    for i in (0, 1):
        mix = gaming.expected(case.threat("D0"), case.threat("DP"), float(p[i]))
        assert mix.value[i] == pytest.approx(value[i], abs=1e-9)


def test_a_week_costs_a_fifty_second_and_patience_is_the_ratio():
    weeks = 9
    trade = np.tile([-26.0, -104.0], (weeks, 1))
    stock = np.linspace(1.0, 0.0, weeks)
    materials = np.stack([-52.0 * (1.0 - stock), np.zeros(weeks)], axis=1)
    zero = np.zeros((weeks, 2))
    flows, signed, stocks = {"trade": trade, "materials": materials}, {"trade": zero, "materials": zero}, {"m": stock}
    # On a straight frontier of sum zero each gets half of what both fallbacks leave.
    ledger = gaming.delay_ledger(("USA", "CHN"), flows, signed, stocks=stocks, predict=lambda d: (d - d[::-1]) / 2.0)
    assert (ledger.total[0], ledger.total[-1]) == (pytest.approx([0.5, 2.0]), pytest.approx([1.5, 2.0]))
    assert (ledger.patience[0], ledger.cumulative[-1, 1]) == (pytest.approx([0.25, 4.0]), pytest.approx(2.0 * weeks))
    assert ledger.predicted[-1] - ledger.predicted[0] == pytest.approx([-26.0, 26.0], abs=1e-3)


def weighted(omega: float) -> gaming.Negotiation:
    """A duty hurts the other side; its owner values what it protects by omega."""

    def value(X):
        t = X[:, 0]
        return np.stack([omega * t - 5.0 * t**2, -2.0 * t], axis=1)

    space = gaming.OutcomeSpace(("A", "B"), (gaming.Issue("duty", "A", np.linspace(0, 1, 41)),), {"floor": (FLOOR,)})
    war = gaming.Threat("DN", "war", "", np.array([0.0, -4.0]), None, kind="war")
    return gaming.Negotiation(
        space, gaming.Formula(("A", "B"), value), (war, gaming.Threat("D0", "day", "", np.array([-9.0, -9.0])))
    )


FLOOR = gaming.linear("floor", ("duty",), {"duty": 1.0}, -0.1)


def test_terms_at_a_corner_bound_the_weight_from_one_side():
    terms = np.array([0.1])

    def verdict(weight):
        return gaming.rationalise(terms, [gaming.Candidate({}, weighted(weight), "D0", "floor")]).verdicts[0]

    # Within 2 billion of the Nash package, which stays at the floor as long as the product of gains falls there.
    held = [weight for weight in range(21) if verdict(float(weight)).holds]
    assert held == list(range(len(held)))
    assert 0 < len(held) < 21
    assert verdict(float(held[-1])).corners


def test_terms_that_nothing_explains_name_the_condition_in_dollars():
    case = two_countries()
    found = gaming.rationalise(
        np.array([0.3, 0.3]), [gaming.Candidate({"weights": "welfare"}, case, "DN", gaming.FREE)]
    )
    assert not found.region
    verdict = found.verdicts[0]
    assert verdict.left == pytest.approx(-case.value(np.array([0.3, 0.3])).sum(), abs=1e-4)
    assert "left on the table" in found.sentence
    bitter = gaming.rationalise(np.array([0.36, 0.0]), [gaming.Candidate({}, case, "DP", gaming.FREE)]).verdicts[0]
    assert not bitter.acceptable
    assert f"foreign would lose {-bitter.gains[1]:.2f} billion" in bitter.violated


def test_three_parties_are_settled_as_two_are():
    rng = np.random.default_rng(5)
    weights = rng.uniform(0.5, 1.5, (3, 3))

    def value(X):
        return (weights @ (X * (1.0 - X)).T - np.array([[1.0], [0.8], [1.2]]) * X.sum(axis=1) / 9.0).T

    issues = tuple(gaming.Issue(f"duty_{p}", p, np.linspace(0, 1, 11)) for p in ("A", "B", "C"))
    space = gaming.OutcomeSpace(("A", "B", "C"), issues, named={"half": np.full(3, 0.5)})
    payoffs = gaming.Formula(space.parties, value)
    threats = (
        gaming.Threat("D0", "day", "", value(np.ones((1, 3)))[0], np.ones(3)),
        gaming.Threat("DP", "past", "", np.zeros(3)),
    )
    found = gaming.settle(gaming.Negotiation(space, payoffs, threats))
    gains = found.cell("DP").solutions["nash"].gains
    grid = gaming.survey(found.negotiation)
    assert np.log(gains).sum() >= np.log(np.maximum(grid.V, 1e-9)).sum(axis=1).max() - 1e-9
    best = np.clip(0.5 - np.array([1.0, 0.8, 1.2]) / 18.0 / np.diag(weights), 0, 1)
    assert np.abs(gaming.tariff_war(space, payoffs).outcome - best).max() < 1e-6


def test_payoffs_of_the_world_economy_agree_with_the_closed_form():
    world, closed = identical_countries(("HOM", "FOR")), TwoCountries(4.0)
    t = np.array([0.25, 0.1])
    tariff = np.zeros((2, 2))
    tariff[0, 1], tariff[1, 0] = t
    change = solve(world, Shock(tariff=tariff)).changes["welfare"]
    assert 1000.0 * np.asarray(change) == pytest.approx(closed.value(t[None])[0], abs=1e-6)


@pytest.fixture(scope="module")
def space():
    return open_case("three-country", check=False).space()


def real_income(duty: float) -> float:
    """Real income of each of several countries alike, all with the same duty on all, USD bn a year."""
    bought = 0.2 * (1.0 + duty) ** -3.0
    share = bought / (0.8 + bought)
    return 1000.0 / (1.0 - share * duty / (1.0 + duty)) / (0.8 + bought) ** (-1.0 / 3.0)


@pytest.mark.parametrize("duty", [0.1, 0.5, 1.0])
def test_one_duty_of_all_on_all_is_the_closed_form(space, duty):
    income = space.parts_at(np.full(6, duty))[:, 0]
    assert income == pytest.approx(real_income(duty) - real_income(0.0), abs=1e-5)


def test_who_is_alike_fares_alike(space):
    outcome = open_case("three-country", check=False).outcome("pair")
    home, foreign, other = space.parts_at(outcome)[:, 0]
    assert home == pytest.approx(foreign, abs=1e-5)
    assert other < home


def test_two_alike_are_the_textbook_of_two():
    economy = identical_countries(("HOM", "FOR"))
    assert economy.arrays["flows"].sum(axis=0) == pytest.approx(economy.arrays["flows"].sum(axis=1))
    with pytest.raises(InputError):
        identical_countries(TEXTBOOK["three-country"], own=1.0)


PAIR = ("USA", "CHN")


def test_the_textbook_war_by_best_responses_and_by_formula():
    talk = open_talk("two-country", check=False)
    war = talk.negotiation(talk.settings[0]).threat("DN")
    formula = sufficient_nash(economy_of("two-country"), measured=())
    assert war.outcome == pytest.approx([formula.rates[code] for code in talk.parties], abs=1e-5)
    assert war.value == pytest.approx([1000.0 * formula.welfare[code] for code in talk.parties], abs=1e-3)


def test_the_war_of_two_large_countries_by_three_roads():
    """Best responses on a fit, best responses on the model itself, and the formula with its measured error."""
    economy = economy_of("icio-2022-small", "giri-yi")
    goods = [name for name in economy.sectors if name not in economy.parameters.get("services", ())]
    covered = group_of(economy, goods)
    base = np.array(baseline_tariff(economy))
    for importer, exporter in (PAIR, PAIR[::-1]):
        base[economy.country(importer), economy.country(exporter), covered > 0.0] = 0.0
    both = (PAIR, PAIR[::-1])
    duties = tuple(duty_on(economy, f"duty of {one}", one, other, covered, 0.3) for one, other in both)
    space = world_between(economy, PAIR, base, duties)
    surface = surface_of(space, 1e-4)
    issues = tuple(
        gaming.Issue(duty.issue, code, np.linspace(0.0, 0.3, 13)) for duty, code in zip(duties, PAIR, strict=True)
    )
    war = gaming.tariff_war(gaming.OutcomeSpace(PAIR, issues), paying.SurfacePayoffs(space.issues, surface))
    exact = nash(economy, list(PAIR))
    formula = sufficient_nash(economy, list(PAIR))
    assert war.outcome == pytest.approx([exact.rates[code][0] for code in PAIR], abs=2e-4)
    for code, level in zip(PAIR, war.outcome, strict=True):
        assert abs(level - formula.rates[code]) < abs(formula.departures[code].gap) + 2e-3
    assert formula.gain < 1e-5


GAMES = yaml.safe_load(Path(__file__).with_name("signalling_games.yaml").read_text(encoding="utf-8"))


def justified(receiver, signal, reply) -> bool:
    """Whether some belief makes this probability of the second reply best."""
    gains = [row[-1] - row[0] for row in receiver[signal]]
    return (reply == 0 or max(gains) >= 0) and (reply == 1 or min(gains) <= 0)


@pytest.mark.parametrize(("share", "sender", "receiver", "nash"), [tuple(game.values()) for game in GAMES])
def test_sequential_equilibria_are_the_nash_equilibria_that_beliefs_justify(share, sender, receiver, nash):
    found = gaming.equilibria(gaming.SignallingGame(np.array([1 - share, share]), sender, receiver))
    kept = [one for one in nash if all(justified(receiver, s, one[1][s]) for s in (0, 1))]
    assert {tuple(np.round(one.second, 9)) for one in found} == {tuple(np.round(second, 9)) for second, _ in kept}
    for second, replies in kept:
        twin = next(one for one in found if np.allclose(one.second, second))
        for reply, (low, high) in zip(replies, twin.ranges, strict=True):
            assert low - 1e-9 <= reply <= high + 1e-9


def test_a_dominated_reply_supports_nothing():
    share, sender, receiver, nash = GAMES[2].values()
    found = gaming.equilibria(gaming.SignallingGame(np.array([1 - share, share]), sender, receiver))
    assert len(nash) > len(found) == 1


@pytest.fixture(scope="module")
def nashpy():
    return pytest.importorskip("nashpy")


PRIOR = (0.1, 0.9)
SENDER = ([[-4], [-2]], [[-1, 2], [-5, 2]])
RECEIVER = ([[4], [4]], [[-3, 1], [2, 1]])


def normal_form():
    """Rows: what the strong and the weak type do (0 concedes, 1 holds); columns: keep or cut after a hold."""
    rows = list(product((0, 1), (0, 1)))
    games = []
    for tables in (SENDER, RECEIVER):
        payoff = [
            [
                sum(p * (tables[1][kind][reply] if row[kind] else tables[0][kind][0]) for kind, p in enumerate(PRIOR))
                for reply in (0, 1)
            ]
            for row in rows
        ]
        games.append(np.array(payoff))
    return rows, games


def test_the_signalling_game_of_the_talks(nashpy):
    rows, (sender, receiver) = normal_form()
    found = list(nashpy.Game(sender, receiver).support_enumeration())
    (mine,) = gaming.equilibria(gaming.SignallingGame(np.array(PRIOR), SENDER, RECEIVER))
    assert found
    for mix, replies in found:
        held = [sum(p for p, row in zip(mix, rows, strict=True) if row[kind]) for kind in (0, 1)]
        assert held == pytest.approx(mine.second, abs=1e-9)
        assert replies[1] == pytest.approx(mine.replies[1], abs=1e-9)
    assert found[0][1][0] == pytest.approx(4 / 7)


def test_the_grid_holds_the_war_and_no_mixed_equilibrium_pays_more(nashpy):
    case = two_countries(levels=9, last=0.6)
    levels = [issue.levels for issue in case.space.issues]
    X = np.array(list(product(*levels)))
    V = case.payoffs.value(X).reshape(9, 9, 2)
    game = nashpy.Game(V[:, :, 0], V[:, :, 1])
    pure = []
    for i, j in product(range(9), range(9)):
        row, column = np.eye(9)[i], np.eye(9)[j]
        if all(game.is_best_response(row, column)):
            pure.append((levels[0][i], levels[1][j]))
    war = gaming.tariff_war(case.space, case.payoffs)
    assert pure
    assert np.abs(np.array(pure) - war.outcome).max() <= levels[0][1] - levels[0][0]
    # On a coarse game of two tariffs each, holding the war's level is the only equilibrium: a prisoners' dilemma.
    pair = np.array([0.0, float(war.outcome[0])])
    V = case.payoffs.value(np.array(list(product(pair, pair)))).reshape(2, 2, 2)
    found = list(nashpy.Game(V[:, :, 0], V[:, :, 1]).support_enumeration())
    assert len(found) == 1
    assert found[0][0].tolist() == found[0][1].tolist() == [0.0, 1.0]
    assert (V[0, 0] > V[1, 1]).all()


TWO = TEXTBOOK["two-country"]
SOLVE = 1e-5
"""Accounts close to a residual of 1e-10 of an income of 27,000 USD bn."""


@pytest.mark.parametrize(("sigma", "best"), [(2.5, 0.752534), (4.0, 0.372508), (6.0, 0.221276)])
def test_the_best_reply_to_ten_points_is_johnsons(sigma, best):
    economy = identical_countries(TWO, sigma)
    tariff = baseline_tariff(economy).copy()
    tariff[1, 0] = 0.10
    found = optimal_tariff(economy, "HOM", shock=Shock(tariff=tariff))
    assert found.rates[1] == pytest.approx(best, abs=1e-6)


def test_the_best_duty_follows_the_own_share_and_is_one_over_sigma_less_one_in_a_small_country():
    """1 / ((sigma - 1) x foreign own-expenditure share), 0.381699 at sigma 4."""
    found = optimal_tariff(identical_countries(TWO), "HOM")
    share = found.equilibrium.levels["trade"][1, 1] / found.equilibrium.levels["trade"][1].sum()
    assert found.rates[1] == pytest.approx(1.0 / (3.0 * share), abs=1e-7)
    assert found.rates[1] == pytest.approx(0.381699, abs=1e-6)
    economy = identical_countries(TWO)
    flows = BILLION * np.array([[800.0, 200.0], [200.0, 1e6 - 200.0]])
    found = optimal_tariff(replace(economy, arrays={**economy.arrays, "flows": flows}), "HOM")
    assert found.rates[1] == pytest.approx(1.0 / 3.0, abs=2e-4)


@pytest.fixture(scope="module")
def two():
    economy, one = identical_countries(TWO), np.ones(1)
    duties = (
        duty_on(economy, "home", "HOM", "FOR", one, 1.0),
        duty_on(economy, "foreign", "FOR", "HOM", one, 1.0),
    )
    return world_between(economy, ("HOM", "FOR"), baseline_tariff(economy), duties)


def test_surfaces_are_read_off_few_solves_and_refined_where_off(two):
    found = surface_of(two, 1e-4)
    points = np.random.default_rng(1).random((50, 2))
    assert np.abs(found.parts_at(points) - two.solve(points).parts).max() < 4e-7 * two.level.income[0]
    assert found.solves < 150
    assert found.residual <= 1e-10
    coarse = surface_of(two, 0.5)
    found = surface_of(two, 0.01, start=coarse.degrees)
    assert coarse.error.largest > 0.01 >= found.error.largest
    assert found.solves > coarse.solves
    with pytest.raises(SolveError, match=r"most of all along (home|foreign); narrow its range"):
        surface_of(two, 1e-6, most=20)


def test_along_one_duty_the_fit_is_the_polynomial_through_its_nodes():
    """SciPy's in the part of the price that is duty."""
    axis = DutyAxis("a", (0.0, 1.35), (0.0, 0.9))
    fit = PayoffFit.through(Terms((axis,), np.arange(8)[:, None]), np.sin(3.0 * leja()[:8])[:, None])
    levels = np.linspace(0.0, 1.35, 40)
    place = levels * 0.9 / 1.35
    by_hand = BarycentricInterpolator(leja()[:8], np.sin(3.0 * leja()[:8]))(place / (1.0 + place) * 1.9 / 0.9)
    assert fit.at(levels[:, None])[:, 0] == pytest.approx(by_hand, abs=1e-10)


@pytest.fixture(scope="module")
def world():
    """The small world with ten points on third countries and two US duties that cover all goods."""
    economy = load_economy("icio-2022-small", elasticities="giri-yi")
    all_goods = group_of(economy, goods(economy))
    base = np.array(baseline_tariff(economy))
    usa = economy.country("USA")
    base[usa] += 0.10 * all_goods * (np.arange(len(economy.countries)) != usa)[:, None]
    base[usa, economy.country("CHN")] -= 0.10 * all_goods
    duties = (
        duty_on(economy, "first", "USA", "CHN", all_goods, 1.5),
        duty_on(economy, "second", "USA", "CHN", all_goods, 1.5),
        duty_on(economy, "answer", "CHN", "USA", all_goods, 1.5),
    )
    return world_between(economy, ("USA", "CHN"), base, duties)


@pytest.fixture(scope="module")
def rough(world):
    return surface_of(world, 1.0)


def solved(world, *levels):
    return solve(world.economy, world.shock(np.array(levels)), warm=world.reference)


def test_the_reference_is_worth_nothing_and_coverage_and_income_are_those_of_the_economy(world):
    assert np.abs(world.parts_at(np.zeros(3))).max() < 1e-8
    one, other, third = (
        world.parts_at(np.array(levels)) for levels in ((1.25, 0.2, 1.25), (1.45, 0, 1.25), (0, 1.45, 1.25))
    )
    assert np.abs(one - other).max() < 1e-8
    assert np.abs(one - third).max() < 1e-8
    found = solved(world, 0.3, 0.2, 0.1)
    parts, everyone = world.measured(found)
    hat = (1.0 + found.changes["welfare"]) / (1.0 + world.reference.changes["welfare"])
    by_welfare = world.level.income * (hat - 1.0)
    assert np.abs(everyone - by_welfare).max() < 1e-7
    assert parts[:, 0] == pytest.approx(everyone[[world.economy.country(c) for c in world.parties]], abs=0)


def test_income_is_value_added_revenue_and_the_deficit(world):
    found = solved(world, 0.3, 0.2, 0.1)
    parts, _ = world.measured(found)
    at = [world.economy.country(c) for c in world.parties]
    price = np.exp(np.log1p(found.changes["prices"]) - world.level.log_price)[at]
    deficit = accounts(world.economy).deficit[at] / BILLION
    assert parts[:, 0] == pytest.approx(parts[:, 1] + parts[:, 3:].sum(axis=1) + deficit / price - deficit, abs=SOLVE)
    assert parts[0, 2] == pytest.approx(-parts[1, 2], abs=1e-9)


def payoffs_of(surface, **given):
    return paying.SurfacePayoffs(("first", "second", "answer", "controls", "action"), surface, **given)


@pytest.fixture
def full(rough):
    omega = np.zeros(15)
    omega[3:14] = 0.7
    return payoffs_of(
        rough,
        weights={"USA": paying.PayoffWeights("x", 0.2, omega, 0.1), "CHN": paying.PayoffWeights("y", 0.3)},
        terms=(
            paying.PayoffTerm("materials", "USA", "controls", paying.Power(30.0, 2.0, 2.0, 4.0).flow().times(-1.0)),
            paying.PayoffTerm("materials", "CHN", "controls", paying.Power(2.0, 1.0).flow()),
            paying.PayoffTerm("fentanyl", "USA", "action", paying.Power(10.0, 1.0).flow()),
        ),
        commitments=(
            paying.Commitment("CHN", ("first", "second"), 0.10, "<=", 0.05),
            paying.Commitment("USA", ("first",), 1.0),
        ),
    )


X = np.array([[0.4, 0.13, 0.3, 0.9, 0.2], [1.2, 0.02, 0.01, 0.1, 1.0]])


def test_parts_of_a_payoff_sum_to_it_and_slopes_are_derivatives(full):
    after = (full.parts(X) * full.on_parts).sum(axis=2)
    assert full.trade(X) == pytest.approx(after, abs=1e-9)
    found = full.breakdown(X)
    assert sum(found.values()) == pytest.approx(full.value(X), abs=1e-9)
    assert found["materials"][0] == pytest.approx([-30 * 0.81, 1.8])
    assert found["audience"][0] == pytest.approx([0.0, -0.05 * 43.0])
    for at in range(5):
        step = np.zeros(5)
        step[at] = 1e-6
        by_difference = (full.value(X + step) - full.value(X - step)) / 2e-6
        assert full.slope(X)[:, :, at] == pytest.approx(by_difference, rel=1e-5, abs=1e-5)


def test_without_weights_a_payoff_is_real_income_and_threats_beyond_the_axes_are_solved(rough, world):
    plain = payoffs_of(rough)
    assert np.array_equal(plain.on_parts[:, 0], [1.0, 1.0])
    assert not plain.on_parts[:, 1:].any()
    assert plain.value(X) == pytest.approx(plain.parts(X)[:, :, 0], abs=1e-9)
    outcome = np.array([2.25, 0.0, 1.25, 0.0, 0.0])

    def exact(levels, extra):
        return world.parts_at(levels, extra)

    found = paying.threat_at(plain, exact, outcome, name="DE", kind="escalation")
    assert found.value == pytest.approx(world.parts_at(outcome[:3])[:, 0])
    assert np.isnan(plain.value(outcome[None])).all()
    with pytest.raises(InputError, match="lies outside"):
        plain.parts(outcome[None])


def test_a_switch_chooses_between_two_surfaces(world, rough):
    always = np.zeros_like(world.base)
    always[world.economy.country("CHN"), world.economy.country("USA"), 0] = 0.15
    on = surface_of(replace(world, always=always), 1.0)
    both = paying.SurfacePayoffs(("first", "second", "answer", "farm"), on, off=rough, switch="farm")
    point = np.array([[0.3, 0.1, 0.2, 1.0], [0.3, 0.1, 0.2, 0.0]])
    assert both.value(point)[0] == pytest.approx(on.parts_at(point[:1, :3])[0, :, 0], abs=1e-9)
    assert both.value(point)[1] == pytest.approx(rough.parts_at(point[1:, :3])[0, :, 0], abs=1e-9)
    assert both.slope(point)[0, :, 3] == pytest.approx(both.value(point)[0] - both.value(point)[1], abs=1e-9)
    with pytest.raises(InputError, match="a switch needs a surface"):
        paying.SurfacePayoffs(("first", "second", "answer", "farm"), on, switch="farm")


def test_unknown_names_are_refused_and_dropping_a_hurting_duty_leaves_nothing_to_buy(rough):
    with pytest.raises(UnknownName, match="unknown issue 'kontrols'"):
        payoffs_of(rough, terms=(paying.PayoffTerm("materials", "USA", "kontrols", paying.Power(1.0, 1.0).flow()),))
    with pytest.raises(UnknownName, match="unknown party 'US'"):
        payoffs_of(rough, weights={"US": paying.PayoffWeights()})
    plain = payoffs_of(rough)
    deal = np.array([0.1, 0.2, 0.1, 0.0, 1.0])
    price = paying.fentanyl_break_even(plain, "USA", deal, "second")
    without = np.where(np.arange(5) == 1, 0.0, deal)
    assert price == pytest.approx(plain.value(deal[None])[0, 0] - plain.value(without[None])[0, 0], abs=1e-9)
    assert price < 0.0


def test_a_beaten_weight_makes_the_chosen_duty_a_first_order_optimum(world):
    group = group_of(world.economy, ("TEX", "MET", "ELE", "EEQ", "MAC", "VEH", "OMF"))
    levels = np.array([0.2, 0.0, 0.1])
    choice = DutyChoice("c", "2025-03-04", "USA", world, levels, world.duties[0].points[-1] / 1.5)
    line = line_of(choice, group)
    omega = line.omega(mu=0.1)
    weights = np.concatenate([[1.0, 0.1, 0.0], omega * group])
    up, down = (world.parts_at(levels + np.array([h, 0.0, 0.0]))[0] @ weights for h in (2e-3, -2e-3))
    assert abs(up - down) < 1e-6
    assert line.omega(0.0) > omega or line.revenue < 0.0


def test_weights_that_cannot_be_are_said_and_left_out():
    falls = Line("a", "2025-04-02", "CHN", "long run", income=-1.0, revenue=-0.5, added=-0.2)
    sets, said = weight_sets([falls], np.ones(3))
    assert set(sets) == {"welfare"}
    assert "no weight on value added explains this choice of CHN" in said[0]
    assert "revenue alone cannot explain" in said[1]


@pytest.mark.parametrize("years", [1.0, 4.0])
def test_the_share_of_the_short_run_is_its_integral(years):
    rate, decay = 0.05, 24.0
    horizon = paying.Horizon("h", years, rate, decay)
    a, b = rate / 12.0, 1.0 / decay
    end = 12.0 * years
    exact = (1 - np.exp(-(a + b) * end)) / (a + b) / ((1 - np.exp(-a * end)) / a)
    assert horizon.short == pytest.approx(exact, rel=2e-4)
    assert (paying.Horizon("long", float("inf")).short, paying.Horizon("short", 0.0).short) == (0.0, 1.0)


def test_stocks_delay_the_loss_and_a_model_replaces_the_stand_in():
    loss = paying.Power(30.0, 2.0, 2.0, 4.0)
    assert loss.flow().of(np.array([0.9])) == pytest.approx(24.3)
    assert loss.part(8) == pytest.approx([0, 0, 0.125, 0.375, 0.625, 0.875, 1, 1])
    year = np.full(12, 1 / 12)
    assert loss.flow(year).of(np.array([1.0]))[0] == pytest.approx(30 * loss.part(12).mean())
    table = paying.Tabulated(np.array([0.0, 0.5, 1.0]), np.array([[0.0, 0.0], [1.0, 4.0], [2.0, 9.0]]), "model")
    assert table.flow().of(np.array([0.5]))[0] == pytest.approx(4.0)
    assert table.flow(np.array([1.0])).of(np.array([1.0]))[0] == pytest.approx(2.0)
    assert (np.diff(table.flow().of(np.linspace(0, 1, 50))) > 0).all()
    with pytest.raises(InputError, match="one row of months"):
        paying.Tabulated(np.array([0.0, 1.0]), np.zeros((3, 2)))


numbers = st.floats(-100, 100)


@settings(max_examples=50, deadline=None)
@given(numbers, numbers, st.floats(0.01, 100))
def test_at_p_star_a_deal_is_worth_the_expected_threat(deal, past, gap):
    now = past - gap
    pair = (("D0", now, "status-quo"), ("DP", past, "past-law"))
    threats = tuple(gaming.Threat(name, name, "", np.full(2, value), kind=kind) for name, value, kind in pair)
    space = gaming.OutcomeSpace(("A", "B"), (gaming.Issue("a", "A", np.array([0.0, 1.0])),))
    talks = gaming.Negotiation(space, gaming.Formula(("A", "B"), lambda X: np.hstack([X, X])), threats)
    p = float(gaming.break_even(talks, np.full(2, deal))[0])
    assert p * now + (1 - p) * past == pytest.approx(deal, abs=1e-9)
    if 0 <= p <= 1:
        assert gaming.expected(*threats, p).value[0] == pytest.approx(deal, abs=1e-9)
    even = replace(talks, threats=(threats[0], replace(threats[1], value=threats[0].value)))
    assert np.isnan(gaming.break_even(even, np.full(2, deal))).all()


def test_a_draw_depends_on_seed_and_number_alone():
    inputs = (
        Input("set", "a", shape="choice", choices=("a", "b", "c")),
        Input("loss", 30.0, 5.0, 200.0, "log-uniform"),
        Input("value", 2.0, -1.0, 10.0),
    )
    alone = draw(inputs, 1, 7)
    assert alone == [draw(inputs, 1, i) for i in range(9)][7]
    assert alone != draw(inputs, 2, 7)
    many = np.array([draw(inputs, 1, i)["loss"] for i in range(4000)])
    assert many.min() >= 5.0
    assert many.max() <= 200.0
    assert np.median(many) == pytest.approx(np.sqrt(5 * 200), rel=0.1)


def test_the_inputs_that_move_a_number_are_found():
    inputs = [Input(name, 0.5, 0.0, 1.0) for name in ("a", "b", "c")]
    inputs.append(Input("kind", "x", shape="choice", choices=("x", "y")))
    rows = [draw(inputs, 3, i) for i in range(300)]
    output = np.array([np.exp(3 * one["b"]) + 8.0 * (one["kind"] == "y") + 0.1 * one["a"] for one in rows])
    first, second = drivers(columns_of(rows), output)
    assert {first.name, second.name} == {"b", "kind"}
    assert 1.0 >= first.share >= second.share > 0.2
    low, high = band(np.arange(101.0))
    assert (low, high) == (5.0, 95.0)
