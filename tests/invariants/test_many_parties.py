"""Three parties and more: cores, fair shares and pairwise talks on games whose answers are known."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import InputError, UnknownName
from detente.talks import coalitions, nondominated
from detente.talks.frontier import directions, harms, left_on_table, many_frontier, pair_curve
from detente.talks.search import moved_by
from detente.talks.solutions import common_ground, fair_share, largest_sum, nash_deals, power_of_threats
from detente.talks.space import Formula, Issue, Negotiation, OutcomeSpace, Threat, linear

ABC = ("A", "B", "C")
NINE = np.linspace(0.0, 1.0, 9)


def negotiation(issues, function, parties=ABC, base=None):
    """A game of payoffs by a formula, at whose threat every issue stands at its lowest level unless said otherwise."""
    space = OutcomeSpace(parties, tuple(issues))
    payoffs = Formula(parties, function)
    outcome = space.lower if base is None else np.asarray(base, dtype=float)
    value = payoffs.value(outcome[None])[0]
    threats = (Threat("fails", "failure", "", value, outcome), Threat("other", "other", "", value - 1.0))
    return Negotiation(space, payoffs, threats)


def issue(name, party, *receivers, levels=NINE):
    return Issue(name, party, levels, receivers=receivers)


def values(function, parties=ABC):
    return {some: float(function(set(some))) for some in coalitions.coalitions(parties, proper=False)}


def test_a_majority_of_three_has_no_core_and_the_only_left_glove_gets_everything():
    core = coalitions.least_core(values(lambda s: len(s) >= 2), ABC)
    assert core.empty
    assert (core.excess, core.payoffs) == (pytest.approx(1 / 3), pytest.approx([1 / 3] * 3))
    core = coalitions.least_core(values(lambda s: min(len(s & {"A"}), len(s & {"B", "C"}))), ABC)
    assert not core.empty
    assert core.payoffs == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)


def test_the_core_agrees_with_a_second_programme():
    """Excess by bisection over plain feasibility."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(3)
    for _ in range(20):
        game = {
            some: float(len(some) ** 1.3 * rng.uniform(0.5, 1.5)) for some in coalitions.coalitions(ABC, proper=False)
        }
        core = coalitions.least_core(game, ABC)
        rows = np.array([[-(code in some) for code in ABC] for some in coalitions.coalitions(ABC)], dtype=float)

        def feasible(e, game=game, rows=rows):
            bounds = np.array([e - game[some] for some in coalitions.coalitions(ABC)])
            done = linprog(np.zeros(3), A_ub=rows, b_ub=bounds, A_eq=np.ones((1, 3)), b_eq=[game[ABC]],
                           bounds=[(None, None)] * 3)  # fmt: skip
            return done.status == 0

        assert feasible(core.excess + 1e-6)
        assert not feasible(core.excess - 1e-6)
        assert core.payoffs.sum() == pytest.approx(game[ABC])
    with pytest.raises(InputError, match="A and B"):
        coalitions.least_core(
            {some: 0.0 for some in coalitions.coalitions(ABC, proper=False) if some != ("A", "B")}, ABC
        )


def test_an_issue_is_moved_by_giver_and_receivers():
    game = negotiation(
        [issue("ab", "A", "B"), issue("ac", "A", "C"), issue("all", "B")], lambda X: np.zeros((len(X), 3))
    )
    assert moved_by(game.space, ("A", "B")).tolist() == [True, False, False]
    assert moved_by(game.space, ("B", "C")).tolist() == [False, False, False]
    assert moved_by(game.space, ABC).tolist() == [True, True, True]
    assert coalitions.pairs_of(game) == (("A", "B"), ("A", "C"))
    with pytest.raises(UnknownName, match="D"):
        negotiation([issue("ad", "A", "D")], lambda X: np.zeros((len(X), 3)))


def test_two_spokes_with_nothing_between_them_have_their_threat():
    game = negotiation([issue("ab", "A", "B"), issue("ac", "A", "C")], lambda X: np.c_[X.sum(axis=1), X])
    deal = coalitions.coalition_deal(game, ("B", "C"), game.space.lower)
    assert deal.issues == ()
    assert deal.value == 0.0
    worth = coalitions.coalition_values(game, game.space.lower)
    assert (worth["A", "B"].value, worth[ABC].value) == (pytest.approx(2.0), pytest.approx(4.0))


def test_outsiders_answer_where_they_are_said_to():
    """C sets its own duty against whatever A and B agree: best at half of it, and it costs them."""

    def payoffs(X):
        shared, own = X[:, 0], X[:, 1]
        return np.c_[shared - own, shared - own, -((own - 0.5 * shared) ** 2)]

    game = negotiation([issue("ab", "A", "B"), issue("c", "C", "A")], payoffs)
    stand, answer = (coalitions.coalition_deal(game, ("A", "B"), game.space.lower, way) for way in ("stand", "answer"))
    assert stand.value == pytest.approx(2.0)
    assert (answer.outcome, answer.value) == (pytest.approx([1.0, 0.5], abs=1e-6), pytest.approx(1.0, abs=1e-5))
    with pytest.raises(UnknownName, match="conjecture"):
        coalitions.coalition_deal(game, ("A", "B"), game.space.lower, "sulk")


def test_outsiders_sign_with_each_other_where_they_are_said_to():
    """B and C share what is between them by Nash, half of it, at a cost to A; a pair alone has nobody left to sign."""

    def payoffs(X):
        bc, ab = X[:, 1], X[:, 0]
        return np.c_[ab - bc, ab + bc, bc * (1.0 - bc)]

    game = negotiation([issue("ab", "A", "B"), issue("bc", "B", "C")], payoffs)
    stand, pairs = (coalitions.coalition_deal(game, ("A",), game.space.lower, way) for way in ("stand", "pairs"))
    best = max(np.linspace(0.0, 1.0, 2001), key=lambda x: x * x * (1.0 - x))
    assert stand.value == 0.0
    assert (pairs.outcome, pairs.value) == (pytest.approx([0.0, best], abs=1e-3), pytest.approx(-best, abs=1e-3))
    for some in (("A", "B"), ABC):
        ways = [coalitions.coalition_deal(game, some, game.space.lower, way) for way in ("stand", "pairs")]
        assert ways[1].outcome == pytest.approx(ways[0].outcome)


def test_a_deal_that_leaves_a_pair_worse_than_alone_is_blocked():
    game = negotiation(
        [issue("ab", "A", "B"), issue("c", "C")], lambda X: np.c_[10 * X[:, 0], 10 * X[:, 0], 10 * X[:, 1]]
    )
    worst = coalitions.blocks(game, game.space.lower, np.array([2.0, 4.0, 10.0]))[0]
    assert worst.members == ("A", "B")
    assert worst.gain == pytest.approx(6.0, abs=1e-4)
    assert worst.blocks
    assert not any(row.blocks for row in coalitions.blocks(game, game.space.lower, np.array([10.0, 10.0, 10.0])))


def test_the_plain_rule_is_dominated_and_the_lexicographic_is_not():
    """Payoffs a, b with a + b <= 1, and c up to a + b: one half, one half, and everything for the third."""

    def payoffs(X):
        a, b = X[:, 0], X[:, 1] * (1.0 - X[:, 0])
        return np.c_[a, b, X[:, 2] * (a + b)]

    game = negotiation([issue("a", "A"), issue("b", "B"), issue("c", "C")], payoffs)
    share = fair_share(game, game.space.lower, np.zeros(3))
    assert share.payoffs == pytest.approx([0.5, 0.5, 1.0], abs=2e-3)


def test_leximin_is_the_best_of_the_grid():
    """Concave games of three issues: no outcome of a fine grid has a larger smallest gain."""
    rng = np.random.default_rng(11)
    grid = np.array(list(product(NINE, repeat=3)))
    for _ in range(3):
        a, b = rng.uniform(0.2, 1.0, (3, 3)), rng.uniform(0.2, 0.9, (3, 3))

        def payoffs(X, a=a, b=b):
            return 1.0 - ((X[:, None, :] - b) ** 2 * a).sum(axis=2)

        game = negotiation([issue(name.lower(), name) for name in ABC], payoffs)
        origin = np.full(3, -2.0)
        share = fair_share(game, game.space.lower, origin, dollars=True)
        best = (game.payoffs.value(grid) - origin).min(axis=1).max()
        assert share.gains.min() >= best - 1e-4


def hub(second):
    """A hub worth 1 with the first spoke and `second` with both, cut by fees that each pair sets; costs nothing."""

    def payoffs(X):
        signed = X[:, :2]
        one = signed.sum(axis=1) - signed.prod(axis=1)
        worth = one + (second - 1.0) * signed.prod(axis=1)
        fees = X[:, 2:] * signed
        return np.c_[worth - fees.sum(axis=1), fees]

    levels = np.linspace(0.0, 2.0, 9)
    issues = [issue("ab", "A", "B"), issue("ac", "A", "C"), issue("fee b", "B", "A", levels=levels),
              issue("fee c", "C", "A", levels=levels)]  # fmt: skip
    return negotiation(issues, payoffs)


@pytest.mark.parametrize(("second", "fee"), [(1.5, 0.25), (2.0, 0.5)])
def test_fees_share_what_each_spoke_adds(second, fee):
    game = hub(second)
    deals = coalitions.nash_in_nash(game, game.space.lower, [np.array([1.0, 1.0, 0.1, 0.1])])
    assert any(deal.gains == pytest.approx([second - 2 * fee, fee, fee], abs=2e-3) for deal in deals)


def test_being_first_is_worth_something_and_no_pair_betters_a_fixed_point():
    game = hub(1.5)
    turns = {turn.order: turn.gains for turn in coalitions.in_turn(game, "A", game.space.lower)}
    assert (set(turns), turns["B", "C"][1]) == ({("B", "C"), ("C", "B")}, pytest.approx(0.5, abs=2e-3))
    assert turns["B", "C"][2] == pytest.approx(0.25, abs=2e-3)
    assert turns["C", "B"][[0, 2, 1]] == pytest.approx(turns["B", "C"], abs=2e-3)
    game = negotiation([issue("all", "A")], lambda X: np.repeat(X, 3, axis=1))
    with pytest.raises(InputError, match="on whom"):
        coalitions.nash_in_nash(game, game.space.lower)
    with pytest.raises(InputError, match="hub"):
        coalitions.in_turn(game, "A", game.space.lower)
    game = hub(1.5)
    (deal, *_) = coalitions.nash_in_nash(game, game.space.lower, [np.array([1.0, 1.0, 0.1, 0.1])])
    terms = np.array([*product((deal.outcome[0],), np.linspace(0.0, 2.0, 401)), *product(NINE, np.linspace(0, 2, 9))])
    for column, pair in ((2, (0, 1)), (3, (0, 2))):
        failed, moved = deal.outcome.copy(), np.tile(deal.outcome, (len(terms), 1))
        failed[[column - 2, column]] = 0.0
        moved[:, [column - 2, column]] = terms
        origin = game.value(failed)[list(pair)]
        gains = game.payoffs.value(moved)[:, pair] - origin
        here = np.prod(game.value(deal.outcome)[list(pair)] - origin)
        products = np.where((gains >= 0).all(axis=1), gains.prod(axis=1), 0.0)
        assert products[:401].max() <= here + 1e-8
        assert products[401:].max() <= here + 1e-3


def rippled(seed, ripple, parties=ABC):
    """A game of three issues, two between A and B and one between C and A, minded by all: concave, with a ripple."""
    rng = np.random.default_rng(seed)
    steep, best = rng.uniform(0.2, 1.0, (3, 3)), rng.uniform(0.1, 0.9, (3, 3))

    def payoffs(X):
        flat = 1.0 - ((X[:, None, :] - best) ** 2 * steep).sum(axis=2)
        return 10.0 * (flat + ripple * np.sin(7.0 * X @ steep.T))

    a, b, c = parties
    game = negotiation([issue("a", a, b), issue("b", b, a), issue("c", c, a)], payoffs, parties)
    return game, payoffs, payoffs(GRID).min(axis=0)


GRID = np.array(list(product(np.linspace(0.0, 1.0, 13), repeat=3)))


@pytest.mark.parametrize("ripple", [0.0, 0.03])
def test_packages_are_no_worse_than_any_outcome_of_a_grid(ripple):
    """Product, smallest gain, sum and blocking of random games against enumeration."""
    for seed in range(3):
        game, payoffs, origin = rippled(seed, ripple)
        base = game.space.lower
        V = payoffs(GRID)
        gains = V - origin
        (best, *_) = nash_deals(game, base, origin)
        assert np.prod(best.gains) >= np.where((gains > 0).all(axis=1), gains.prod(axis=1), 0).max() - 1e-6
        assert largest_sum(game, base, origin).gains.sum() >= gains.sum(axis=1).max() - 1e-6
        ground = common_ground(game, base, origin)
        assert ground.empty == ""
        assert ground.smallest >= gains.min(axis=1).max() - 1e-6
        assert (ground.room >= np.where((gains >= 0).all(axis=1)[:, None], gains, 0.0).max(axis=0) - 1e-6).all()
        alone = V[GRID[:, 2] == 0.0]
        pair = next(row for row in coalitions.blocks(game, base, best.payoffs) if row.members == ("A", "B"))
        assert pair.gain >= (alone - best.payoffs)[:, :2].min(axis=1).max() - 1e-6


def test_permuting_the_parties_permutes_every_answer():
    game, payoffs, origin = rippled(3, 0.0)
    (first, *_) = nash_deals(game, game.space.lower, origin)
    room = common_ground(game, game.space.lower, origin).room
    for order in list(permutations(range(3)))[3:5]:
        names, places = tuple(ABC[k] for k in order), list(order)
        back = np.argsort(places)

        def turned(X, places=places, back=back):
            return payoffs(X[:, back])[:, places]

        other = negotiation([issue(name.lower(), name) for name in names], turned, names)
        (second, *_) = nash_deals(other, other.space.lower, origin[places])
        assert second.gains == pytest.approx(first.gains[places], abs=1e-4)
        assert common_ground(other, other.space.lower, origin[places]).room == pytest.approx(room[places], abs=1e-4)
        shares = [fair_share(some, some.space.lower, d) for some, d in ((game, origin), (other, origin[places]))]
        assert shares[1].gains == pytest.approx(shares[0].gains[places], abs=1e-3)


def test_a_party_that_nothing_touches_changes_nothing():
    """D sets nothing and minds nothing: packages and shares of the others are as without it."""
    game, payoffs, origin = rippled(5, 0.0)
    four = (*ABC, "D")
    issues = [issue(name.lower(), name, *(code for code in ABC if code != name)) for name in ABC]
    wide = negotiation(issues, lambda X: np.c_[payoffs(X), np.zeros(len(X))], four)
    with_one = np.append(origin, 0.0)
    (first, *_), (second, *_) = nash_deals(game, game.space.lower, origin), nash_deals(wide, wide.space.lower, with_one)
    assert second.gains == pytest.approx([*first.gains, 0.0], abs=1e-4)
    for dollars in (False, True):
        shares = [
            fair_share(some, some.space.lower, d, dollars=dollars) for some, d in ((game, origin), (wide, with_one))
        ]
        assert shares[1].gains == pytest.approx([*shares[0].gains, 0.0], abs=1e-3)


def test_a_threat_that_breaks_an_equality_is_no_obstacle_and_who_closes_opens():
    """The second issue is not for sale: the threat stands elsewhere, and no scattered outcome meets the equality."""
    rule = linear("fixed", ("x", "y"), {"x": 1.0, "y": 1.0}, -0.55, kind="equal")
    space = OutcomeSpace(("A", "B"), (issue("x", "A", "B"), issue("y", "B", "A")), {"tied": (rule,)})
    payoffs = Formula(("A", "B"), lambda X: np.stack([3.0 * X[:, 1] - X[:, 0], 3.0 * X[:, 0] - X[:, 1]], axis=1))
    threats = tuple(Threat(name, name, "", np.zeros(2), np.zeros(2)) for name in ("D0", "DP"))
    talks = Negotiation(space, payoffs, threats)
    (deal,) = nash_deals(talks, np.zeros(2), np.zeros(2), "tied")
    assert deal.outcome == pytest.approx([0.275, 0.275], abs=1e-4)
    # A and B gain by a level that C pays for.
    game = negotiation([issue("a", "A"), issue("b", "B")], lambda X: np.c_[X[:, 0], X[:, 1], -X.sum(axis=1)])
    ground = common_ground(game, game.space.lower, np.array([0.0, 0.0, 0.5]))
    assert ground.empty == "conflict"
    assert ground.closes == ("C",)
    assert nash_deals(game, game.space.lower, np.array([0.0, 0.0, 0.5])) == []


def test_every_peak_near_the_best_is_listed_and_what_leaks_is_lost():
    """Two hills as high as one another: both are packages of Nash."""

    def payoffs(X):
        hill = 1.0 - 16.0 * ((X[:, 0] - 0.2) * (X[:, 0] - 0.8)) ** 2
        return np.repeat(hill[:, None], 3, axis=1)

    game = negotiation([issue("a", "A")], payoffs)
    deals = nash_deals(game, game.space.lower, np.zeros(3))
    assert sorted(round(float(deal.outcome[0]), 3) for deal in deals) == [0.2, 0.8]
    # The larger the leak, the less is moved: A gains 3 a unit and B loses 2.
    game = negotiation([issue("ab", "A", "B")], lambda X: np.c_[3.0 * X[:, 0], -2.0 * X[:, 0], np.zeros(len(X))])
    worth = [coalitions.coalition_deal(game, ("A", "B"), game.space.lower, leak=leak).value for leak in (0.0, 0.2, 0.5)]
    assert worth == pytest.approx([1.0, 0.5, 0.0], abs=0.02)
    with pytest.raises(InputError, match="leak"):
        coalitions.coalition_deal(game, ("A", "B"), game.space.lower, leak=1.0)


def test_the_frontier_holds_what_no_outcome_betters():
    game, payoffs, origin = rippled(2, 0.0)
    ground = common_ground(game, game.space.lower, origin)
    frontier = many_frontier(game, ground, origin, ways=24)
    assert len(frontier.payoffs) >= 15
    assert nondominated(frontier.payoffs).all()
    V = payoffs(GRID)
    beaten = (V[:, None, :] >= frontier.payoffs[None] + 1e-3).all(axis=2)
    assert not beaten.any()
    assert directions(3, 50).sum(axis=1) == pytest.approx(np.ones(50))
    (deal, *_) = nash_deals(game, game.space.lower, origin, ground=ground)
    curve = pair_curve(game, ("A", "B"), deal.outcome, origin)
    assert (np.diff(curve.payoffs[:, 0]) > -1e-6).all()
    assert (np.diff(curve.payoffs[:, 1]) < 1e-6).all()
    assert (curve.payoffs[:, 2] >= deal.payoffs[2] - 1e-6).all()


def test_what_is_left_hurts_nobody_and_the_package_leaves_nothing():
    game, _, origin = rippled(4, 0.0)
    left = left_on_table(game, game.space.lower)
    assert left.total > 0.0
    assert left.gains.min() >= -1e-6
    assert all(step.gains.min() >= -1e-9 for step in left.issues)
    (deal, *_) = nash_deals(game, game.space.lower, origin)
    assert left_on_table(game, deal.outcome).total < 1e-2


def test_harm_is_done_with_what_falls_on_the_other():
    game = negotiation(
        [issue("ab", "A", "B"), issue("ac", "A", "C")],
        lambda X: np.c_[-0.1 * X.sum(axis=1), -X[:, 0], -2.0 * X[:, 1]],
    )
    rows = {(row.party, row.other): row for row in harms(game, np.zeros(2))}
    assert set(rows) == {("A", "B"), ("A", "C")}
    assert rows["A", "C"].issues == ("ac",)
    assert (rows["A", "C"].loss, rows["A", "C"].cost) == (pytest.approx(2.0), pytest.approx(0.1))
    assert rows["A", "B"].value == pytest.approx(0.9)


def test_a_better_fallback_gets_a_party_more():
    """A cake in three: a dollar more of fallback gives two thirds of it to the one and takes a third from each."""

    def payoffs(X):
        first, second = X[:, 0], X[:, 1] * (1.0 - X[:, 0])
        return 9.0 * np.c_[first, second, 1.0 - first - second]

    game = negotiation([issue("a", "A"), issue("b", "B")], payoffs)
    (deal, *_) = nash_deals(game, game.space.lower, np.zeros(3))
    assert deal.gains == pytest.approx([3.0, 3.0, 3.0], abs=1e-3)
    slopes = power_of_threats(game, deal, np.zeros(3))
    assert slopes == pytest.approx(np.eye(3) - 1.0 / 3.0, abs=0.02)


def test_issues_that_are_on_or_off_end_on_or_off():
    """A switch between A and B that only pays where it is on, and a duty between A and C."""
    space = OutcomeSpace(
        ABC, (Issue("switch", "A", np.array([0.0, 1.0]), whole=True, receivers=("B",)), issue("ac", "A", "C"))
    )

    def worth(X):
        return np.c_[2.0 * X[:, 0] - X[:, 1] ** 2, X[:, 0], 2.0 * X[:, 1]]

    payoffs = Formula(ABC, worth)
    game = Negotiation(space, payoffs, tuple(Threat(name, name, "", np.zeros(3), space.lower) for name in ("x", "y")))
    for deal in coalitions.nash_in_nash(game, space.lower):
        assert deal.outcome[0] in (0.0, 1.0)
    (deal, *_) = nash_deals(game, space.lower, np.zeros(3))
    assert deal.outcome[0] == 1.0


def brute(V):
    return np.array([not ((v <= V).all(axis=1) & (v < V).any(axis=1)).any() for v in V])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(1, 120), st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_the_frontier_is_that_of_brute_force(parties, rows, levels, seed):
    V = np.random.default_rng(seed).integers(0, levels, (rows, parties)).astype(float)
    assert (nondominated(V) == brute(V)).all()


def test_the_frontier_of_a_million_outcomes_has_those_that_no_other_beats():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0.0, np.pi / 2, 1_000_000)
    whole = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    assert nondominated(whole).all()  # On a circle nobody gains without loss to the other.
    V = rng.standard_normal((1_000_000, 2))
    kept = nondominated(V)
    edge = V[kept][np.argsort(V[kept, 0])]
    assert (np.diff(edge[:, 1]) < 0.0).all()
    # The best second payoff among the edge at or above each outcome's first is at least its own; only the edge ties.
    above = edge[np.minimum(np.searchsorted(edge[:, 0], V[:, 0]), len(edge) - 1), 1]
    assert (above >= V[:, 1]).all()
    assert ((above == V[:, 1]) == kept).all()
