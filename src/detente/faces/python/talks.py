"""A negotiation settled: what each side would accept, what deal could be struck, and whether it would hold."""

from __future__ import annotations

from typing import Any

from detente.codes import InputError, Parameter
from detente.lab.talks.talk import Talk
from detente.talks import Negotiation, Settlement
from detente.talks import settle as settled


def settle(negotiation: Negotiation | Talk, **options: Any) -> Settlement:
    """What each side would accept, what deal could be struck, and whether it would hold.

    Parameters
    ----------
    negotiation : a negotiation, or a case as `detente.open_talk` gives it, which is settled under its headline setting.
    options : of `detente.talks.settle`, for a negotiation.

    Raises
    ------
    InputError : options beside a case, or what is no negotiation. SolveError : a search does not converge.
    """
    if isinstance(negotiation, Talk):
        if options:
            name = next(iter(options))
            raise InputError(Parameter(name), "is for a negotiation alone", "leave it out: the case says it")
        return negotiation.settled(negotiation.headline)
    if not isinstance(negotiation, Negotiation):
        repair = "give dt.open_talk('us-china-2025-05') or a Negotiation"
        raise InputError(Parameter("negotiation"), f"{negotiation!r:.40} is no negotiation", repair)
    return settled(negotiation, **options)
