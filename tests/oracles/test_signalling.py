"""Signalling games against the extreme Nash equilibria that Gambit 16.7.0 (`enummixed_solve`) finds on five games.

Committed as numbers; Gambit is not needed to run this. Each row: probability of the second type, payoffs of the sender
and of the receiver by signal (types x replies), and Gambit's equilibria as (second signal by type, second reply by
signal). The tables were drawn at random. Gambit lists Nash equilibria; those resting on a reply that no belief
justifies are struck out here, as in the third game, where pooling needs a dominated reply.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.talks import SignallingGame, equilibria

GAMES = [
    (
        0.5,
        [[[-54, 24], [510, 900]], [[-930, -711], [646, 897]]],
        [[[-501, -376], [738, -153]], [[-453, 655], [-486, -182]]],
        [((0.0, 0.8597081930415266), (0.9923076923076916, 1.0))],
    ),
    (
        0.5,
        [[[889, 250], [368, 794]], [[157, 551], [667, -549]]],
        [[[-888, -399], [-430, 747]], [[825, -989], [0, 642]]],
        [((0.0, 0.0), (1.0, 0.0)), ((0.0, 0.0), (1.0, 0.23604060913705555))],
    ),
    (
        0.7,
        [[[439], [-346]], [[-531, 974], [-648, -362]]],
        [[[285], [577]], [[279, 739], [-903, -218]]],
        [((0.0, 0.0), (0.0, 0.0)), ((0.0, 0.0), (0.0, 0.6445182724252492)), ((1.0, 0.0), (0.0, 1.0))],
    ),
    (
        0.7,
        [[[-732, -742], [594, -1]], [[180, 203], [424, -942]]],
        [[[-29, -704], [-197, 856]], [[95, -859], [85, -740]]],
        [((1.0, 1.0), (0.28571428571428553, 0.0)), ((1.0, 1.0), (1.0, 0.0))],
    ),
    (
        0.5,
        [[[792, 729], [639, 710]], [[-861, 622], [883, -477]]],
        [[[-661, -845], [598, 892]], [[208, 227], [577, -994]]],
        [((0.0, 0.0), (1.0, 0.12720588235294136)), ((0.0, 0.0), (1.0, 1.0)), ((0.0, 1.0), (0.0, 0.0))],
    ),
]


def justified(receiver, signal, reply) -> bool:
    """Whether some belief makes this probability of the second reply best."""
    gains = [row[-1] - row[0] for row in receiver[signal]]
    return (reply == 0 or max(gains) >= 0) and (reply == 1 or min(gains) <= 0)


@pytest.mark.parametrize(("share", "sender", "receiver", "nash"), GAMES)
def test_sequential_equilibria_are_the_nash_equilibria_that_beliefs_justify(share, sender, receiver, nash):
    found = equilibria(SignallingGame(np.array([1 - share, share]), sender, receiver))
    kept = [one for one in nash if all(justified(receiver, s, one[1][s]) for s in (0, 1))]
    assert {tuple(np.round(one.second, 9)) for one in found} == {tuple(np.round(second, 9)) for second, _ in kept}
    for second, replies in kept:
        twin = next(one for one in found if np.allclose(one.second, second))
        for reply, (low, high) in zip(replies, twin.ranges, strict=True):
            assert low - 1e-9 <= reply <= high + 1e-9


def test_a_dominated_reply_supports_nothing():
    share, sender, receiver, nash = GAMES[2]
    found = equilibria(SignallingGame(np.array([1 - share, share]), sender, receiver))
    assert len(nash) > len(found) == 1
