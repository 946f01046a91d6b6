"""Equilibria of small games as nashpy finds them; runs where nashpy is installed."""

from itertools import product

import numpy as np
import pytest

from detente.talks import SignallingGame, equilibria, tariff_war
from teaching import two_countries

nashpy = pytest.importorskip("nashpy")

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


def test_the_signalling_game_of_the_talks():
    rows, (sender, receiver) = normal_form()
    found = list(nashpy.Game(sender, receiver).support_enumeration())
    (mine,) = equilibria(SignallingGame(np.array(PRIOR), SENDER, RECEIVER))
    assert found
    for mix, replies in found:
        held = [sum(p for p, row in zip(mix, rows, strict=True) if row[kind]) for kind in (0, 1)]
        assert held == pytest.approx(mine.second, abs=1e-9)
        assert replies[1] == pytest.approx(mine.replies[1], abs=1e-9)
    assert found[0][1][0] == pytest.approx(4 / 7)


def test_the_war_lies_beside_the_pure_equilibria_of_the_grid():
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
    war = tariff_war(case.space, case.payoffs)
    assert pure
    assert np.abs(np.array(pure) - war.outcome).max() <= levels[0][1] - levels[0][0]


def test_no_mixed_equilibrium_of_the_grid_pays_more_than_the_war_says():
    """On a coarse game of two tariffs each, holding the war's level is the only equilibrium: a prisoners' dilemma."""
    case = two_countries(levels=9, last=0.6)
    war = tariff_war(case.space, case.payoffs)
    pair = np.array([0.0, float(war.outcome[0])])
    V = case.payoffs.value(np.array(list(product(pair, pair)))).reshape(2, 2, 2)
    found = list(nashpy.Game(V[:, :, 0], V[:, :, 1]).support_enumeration())
    assert len(found) == 1
    assert found[0][0].tolist() == found[0][1].tolist() == [0.0, 1.0]
    assert (V[0, 0] > V[1, 1]).all()
