"""Three parties and more: cores, fair shares and pairwise talks on games whose answers are known."""

from itertools import product

import numpy as np
import pytest

from detente.codes import InputError, UnknownName
from detente.talks.coalitions import (
    blocks,
    coalition_deal,
    coalition_values,
    coalitions,
    least_core,
    moved_by,
)
from detente.talks.lexicographic import fair_share
from detente.talks.pairwise import in_turn, nash_in_nash, pairs_of
from detente.talks.space import Formula, Issue, Negotiation, OutcomeSpace, Threat

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


# ------------------------------------------------------------------------------------------------ with transfers


def values(function, parties=ABC):
    return {some: float(function(set(some))) for some in coalitions(parties, proper=False)}


def test_a_majority_of_three_has_no_core():
    core = least_core(values(lambda s: len(s) >= 2), ABC)
    assert core.empty
    assert core.excess == pytest.approx(1 / 3)
    assert core.payoffs == pytest.approx([1 / 3] * 3)


def test_the_only_left_glove_gets_everything():
    core = least_core(values(lambda s: min(len(s & {"A"}), len(s & {"B", "C"}))), ABC)
    assert not core.empty
    assert core.payoffs == pytest.approx([1.0, 0.0, 0.0], abs=1e-9)


def test_the_core_agrees_with_a_second_programme():
    """Excess by bisection over plain feasibility."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(3)
    for _ in range(20):
        game = {some: float(len(some) ** 1.3 * rng.uniform(0.5, 1.5)) for some in coalitions(ABC, proper=False)}
        core = least_core(game, ABC)
        rows = np.array([[-(code in some) for code in ABC] for some in coalitions(ABC)], dtype=float)

        def feasible(e, game=game, rows=rows):
            bounds = np.array([e - game[some] for some in coalitions(ABC)])
            done = linprog(np.zeros(3), A_ub=rows, b_ub=bounds, A_eq=np.ones((1, 3)), b_eq=[game[ABC]],
                           bounds=[(None, None)] * 3)  # fmt: skip
            return done.status == 0

        assert feasible(core.excess + 1e-6)
        assert not feasible(core.excess - 1e-6)
        assert core.payoffs.sum() == pytest.approx(game[ABC])
    with pytest.raises(InputError, match="A and B"):
        least_core({some: 0.0 for some in coalitions(ABC, proper=False) if some != ("A", "B")}, ABC)


# --------------------------------------------------------------------------------------------- without transfers


def test_an_issue_is_moved_by_giver_and_receivers():
    game = negotiation(
        [issue("ab", "A", "B"), issue("ac", "A", "C"), issue("all", "B")], lambda X: np.zeros((len(X), 3))
    )
    assert moved_by(game.space, ("A", "B")).tolist() == [True, False, False]
    assert moved_by(game.space, ("B", "C")).tolist() == [False, False, False]
    assert moved_by(game.space, ABC).tolist() == [True, True, True]
    assert pairs_of(game) == (("A", "B"), ("A", "C"))
    with pytest.raises(UnknownName, match="D"):
        negotiation([issue("ad", "A", "D")], lambda X: np.zeros((len(X), 3)))


def test_two_spokes_with_nothing_between_them_have_their_threat():
    game = negotiation([issue("ab", "A", "B"), issue("ac", "A", "C")], lambda X: np.c_[X.sum(axis=1), X])
    deal = coalition_deal(game, ("B", "C"), game.space.lower)
    assert deal.issues == ()
    assert deal.value == 0.0
    worth = coalition_values(game, game.space.lower)
    assert worth["A", "B"].value == pytest.approx(2.0)
    assert worth[ABC].value == pytest.approx(4.0)


def test_outsiders_answer_where_they_are_said_to():
    """C sets its own duty against whatever A and B agree: best at half of it, and it costs them."""

    def payoffs(X):
        shared, own = X[:, 0], X[:, 1]
        return np.c_[shared - own, shared - own, -((own - 0.5 * shared) ** 2)]

    game = negotiation([issue("ab", "A", "B"), issue("c", "C", "A")], payoffs)
    stand, answer = (coalition_deal(game, ("A", "B"), game.space.lower, way) for way in ("stand", "answer"))
    assert stand.value == pytest.approx(2.0)
    assert answer.outcome == pytest.approx([1.0, 0.5], abs=1e-6)
    assert answer.value == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(UnknownName, match="conjecture"):
        coalition_deal(game, ("A", "B"), game.space.lower, "sulk")


def test_a_deal_that_leaves_a_pair_worse_than_alone_is_blocked():
    game = negotiation(
        [issue("ab", "A", "B"), issue("c", "C")], lambda X: np.c_[10 * X[:, 0], 10 * X[:, 0], 10 * X[:, 1]]
    )
    worst = blocks(game, game.space.lower, np.array([2.0, 4.0, 10.0]))[0]
    assert worst.members == ("A", "B")
    assert worst.gain == pytest.approx(6.0, abs=1e-4)
    assert worst.blocks
    assert not any(row.blocks for row in blocks(game, game.space.lower, np.array([10.0, 10.0, 10.0])))


# ------------------------------------------------------------------------------------------------------- fair shares


def test_the_plain_rule_is_dominated_and_the_lexicographic_is_not():
    """Payoffs a, b with a + b <= 1, and c up to a + b: one half, one half, and everything for the third."""

    def payoffs(X):
        a, b = X[:, 0], X[:, 1] * (1.0 - X[:, 0])
        return np.c_[a, b, X[:, 2] * (a + b)]

    game = negotiation([issue("a", "A"), issue("b", "B"), issue("c", "C")], payoffs)
    share = fair_share(game, game.space.lower, np.zeros(3))
    assert share.payoffs == pytest.approx([0.5, 0.5, 1.0], abs=2e-3)
    assert share.rounds >= 2


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


# --------------------------------------------------------------------------------------------------- pairwise talks


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
    deals = nash_in_nash(game, game.space.lower, [np.array([1.0, 1.0, 0.1, 0.1])])
    assert any(deal.gains == pytest.approx([second - 2 * fee, fee, fee], abs=2e-3) for deal in deals)


def test_no_pair_would_change_its_own_terms():
    game = hub(1.5)
    (deal, *_) = nash_in_nash(game, game.space.lower, [np.array([1.0, 1.0, 0.1, 0.1])])
    for pair, columns in ((("A", "B"), (0, 2)), (("A", "C"), (1, 3))):
        sides = [ABC.index(code) for code in pair]
        failed = deal.outcome.copy()
        failed[list(columns)] = 0.0
        origin = game.value(failed)[sides]
        here = np.prod(game.value(deal.outcome)[sides] - origin)
        moved = np.tile(deal.outcome, (81, 1))
        moved[:, columns] = list(product(NINE, np.linspace(0.0, 2.0, 9)))
        there = game.payoffs.value(moved)[:, sides] - origin
        assert np.where((there >= 0).all(axis=1), there.prod(axis=1), 0.0).max() <= here + 1e-3


def test_being_first_is_worth_something_where_later_talks_take_it_as_law():
    game = hub(1.5)
    turns = {turn.order: turn.gains for turn in in_turn(game, "A", game.space.lower)}
    assert set(turns) == {("B", "C"), ("C", "B")}
    assert turns["B", "C"][1] == pytest.approx(0.5, abs=2e-3)
    assert turns["B", "C"][2] == pytest.approx(0.25, abs=2e-3)
    assert turns["C", "B"][[0, 2, 1]] == pytest.approx(turns["B", "C"], abs=2e-3)


def test_renaming_the_parties_renames_the_answer():
    def payoffs(X):
        return np.c_[X[:, 0] - X[:, 1] ** 2, X[:, 1] - 0.5 * X[:, 0] ** 2, 0.3 * X[:, 0] + 0.2 * X[:, 1]]

    game = negotiation([issue("a", "A"), issue("b", "B")], payoffs)
    turned = negotiation([issue("b", "B"), issue("a", "A")], lambda X: payoffs(X[:, ::-1])[:, ::-1], ABC[::-1])
    first = fair_share(game, game.space.lower, np.zeros(3))
    second = fair_share(turned, turned.space.lower, np.zeros(3))
    assert first.gains == pytest.approx(second.gains[::-1], abs=1e-3)


def test_hubs_and_pairs_that_cannot_be_are_refused():
    game = negotiation([issue("all", "A")], lambda X: np.repeat(X, 3, axis=1))
    with pytest.raises(InputError, match="on whom"):
        nash_in_nash(game, game.space.lower)
    with pytest.raises(InputError, match="hub"):
        in_turn(game, "A", game.space.lower)
