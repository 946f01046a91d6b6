"""How the other side answers an offer, by strategy, in a world of two countries."""

import pytest

from detente.lab.deal.offers import SPLIT, TOUGH, Answerer
from detente.lab.talks.talk import open_talk


@pytest.fixture(scope="module")
def talk():
    return open_talk("two-country", check=False)


def answered(talk, strategy, rounds=0, offer="free_trade"):
    accepts, proposal = Answerer(talk, talk.headline, 1, strategy, rounds).reply(talk.case.outcome(offer))
    return accepts, talk.negotiation(talk.headline).value(proposal)


def test_what_is_good_enough_is_accepted_and_a_tough_side_wants_more(talk):
    assert answered(talk, "nash")[0]
    accepts, (home, foreign) = answered(talk, TOUGH)
    assert not accepts
    assert (home, foreign) == pytest.approx((-28.8, 15.7), abs=0.05)


def test_a_side_that_splits_comes_nearer_every_round(talk):
    asked = [answered(talk, SPLIT, rounds, "high")[1][0] for rounds in range(3)]
    assert asked == sorted(set(asked))
    assert asked[0] == pytest.approx(answered(talk, TOUGH)[1][0])
