"""Would a deal hold, and how much of its gain is an assumption: for any outcome of a case, in the words of a run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.codes.names import with_article
from detente.lab.talks.assumed import assumed_losses, assumed_sentences, chain_sentences
from detente.lab.talks.talk import Setting, Talk
from detente.lab.talks.words import held_sentence, words_of
from detente.talks import Truce

Floats = NDArray[np.float64]
Truces = dict[tuple[Setting, str], Truce]
"""What holds a deal, by setting and by the threat that answers a breach."""


def truces_of(talk: Talk, deal: Floats) -> Truces:
    """Whether each side keeps a deal, shape (issues,), under every set of weights and every answer to a breach."""
    every = ((setting, talk.truces(setting, deal)) for setting in talk.settings)
    return {(setting, name): pacts[name] for setting, pacts in every for name in talk.threats if name in pacts}


def kept_under(truces: Truces) -> dict[str, bool]:
    """By threat that answers a breach, whether both sides keep the deal by themselves under every set of weights."""
    kept: dict[str, bool] = {}
    for (_, threat), truce_of_both in truces.items():
        kept[threat] = kept.get(threat, True) and truce_of_both.holds
    return kept


def hold_sentence(talk: Talk, truces: Truces, name: str) -> str:
    """By what answer to a breach a deal holds by itself; `name` : of the deal, for the reader."""
    return held_sentence(name, truces, words_of(talk))


def assumption_sentences(talk: Talk, deal: Floats, name: str, chain: str) -> list[str]:
    """How much of the gains of a deal is a loss that the case assumes, by threat.

    Parameters
    ----------
    chain : what to say of the supply chain.
    """
    losses, names = assumed_losses(talk, deal), words_of(talk)
    if talk.case.materials:
        return chain_sentences(talk, deal, with_article(name))
    return list(assumed_sentences(losses, names, with_article(name), without=chain).values())
