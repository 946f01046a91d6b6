"""Delay, shares not collected, payment, take-up of claims: estimated on months up to a cut, tested on later ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter
from detente.evidence.collection import (
    FEWEST,
    Collected,
    Collection,
    Estimate,
    TakeUp,
    collection,
    paid_later,
    take_up,
)
from detente.lab.score.duties import GROUPS, SHORT, after, moved
from detente.lab.score.duties import checked_month as month_of
from detente.lab.score.forecast import CLAIMING, as_it_came, claimed, imports_and_duty, receipts, trade_of_month

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Trial:
    """An estimate tried on the months after it was made.

    Attributes
    ----------
    what : what was forecast; months : tried; error, without : mean absolute error with the estimate and without, share.
    """

    what: str
    months: int
    error: float
    without: float


@dataclass(frozen=True)
class Estimates:
    """What months up to a cut say of the way from law to collection.

    Attributes
    ----------
    cut : last month used; months : with duty by partner; collection : delay and shares collected.
    paid : share of duty that is paid in the month after; claims : take-up by partner.
    trials : on the months after the cut.
    """

    cut: str
    months: int
    collection: Collection
    paid: Estimate
    claims: dict[str, TakeUp]
    trials: tuple[Trial, ...]


@lru_cache(maxsize=2)
def _panel() -> tuple[tuple[str, ...], Collected]:
    """Every month with duty by partner on record: what came, and what law and claims of the month made of it."""
    months = tuple(m for m in claimed(CLAIMING[0])[0] if np.isfinite(imports_and_duty([m])[1][0, 1:]).all())
    imports, duty = imports_and_duty(months)
    law = np.stack([law_of(month) for month in (moved(months[0], -1), *months)])
    return months, Collected(duty[:, 1:] / imports[:, 1:], law[1:], law[:-1], imports[:, 1:])


def law_of(month: str) -> Floats:
    """Duty of a month's law and claims by group at the weights of 2024, after the answer of buyers, share."""
    return as_it_came(trade_of_month(first_month()), month, first_month())[1].moved[SHORT]


def first_month() -> str:
    """First month with claims by month, and so the first of every estimate."""
    return claimed(CLAIMING[0])[0][0]


@lru_cache(maxsize=8)
def estimates(cut: str, name: str = "as_of") -> Estimates:
    """Everything that months up to a cut say, tried on the months after it.

    Parameters
    ----------
    name : what the cut is called where it was given.

    Raises
    ------
    InputError : a cut that leaves too few months.
    """
    cut = month_of(cut, name)
    months, panel = _panel()
    used = sum(month <= cut for month in months)
    if used < FEWEST:
        least = months[FEWEST - 1]
        raise InputError(Parameter(name), f"{cut} leaves {used} months to estimate from", f"name {least} or later")
    early = Collected(panel.rate[:used], panel.now[:used], panel.before[:used], panel.weight[:used])
    made = collection(early)
    claims = {code: take_up(shares_to(code, cut)) for code in CLAIMING}
    paid = _paid(cut)
    trials = (*_trials(panel, used, made), *_claim_trials(cut, claims), *_paid_trial(cut, paid))
    return Estimates(cut, used, made, paid, claims, trials)


def shares_to(partner: str, cut: str) -> Floats:
    """Share that claims in each month up to a cut."""
    months, shares = claimed(partner)
    return shares[: sum(month <= cut for month in months)]


def _paid(cut: str) -> Estimate:
    return paid_later(*_cash(after(moved(first_month(), -1), cut)))


def _cash(months: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Receipts, duty on the entries of the month and of the one before, where all three are on record, USD."""
    cash = receipts(months)[0]
    duty, before = (imports_and_duty(span)[1][:, 0] for span in (months, [moved(m, -1) for m in months]))
    known = np.isfinite(cash + duty + before)
    return cash[known], duty[known], before[known]


def _trials(panel: Collected, used: int, made: Collection) -> list[Trial]:
    """Every partner alone and all together, over the months after the cut."""
    late = Collected(panel.rate[used:], panel.now[used:], panel.before[used:], panel.weight[used:])
    n = late.rate.shape[0]
    if not n:
        return []
    forecast = made.of(late.now, late.before)
    each = [Trial(code, n, *_errors(forecast[:, k], late.now[:, k], late.rate[:, k])) for k, code in enumerate(GROUPS)]
    share = late.weight / late.weight.sum(axis=1, keepdims=True)
    whole = ((share * values).sum(axis=1) for values in (forecast, late.now, late.rate))
    return [Trial("all", n, *_errors(*whole)), *each]


def _errors(forecast: Floats, without: Floats, came: Floats) -> tuple[float, float]:
    return float(np.abs(forecast - came).mean()), float(np.abs(without - came).mean())


def _claim_trials(cut: str, claims: dict[str, TakeUp]) -> list[Trial]:
    """Claims after the cut: by the estimate, and as they stood at the cut."""
    trials: list[Trial] = []
    for code, made in claims.items():
        came = claimed(code)[1][shares_to(code, cut).size :]
        last = float(shares_to(code, cut)[-1])
        if came.size:
            forecast = np.asarray([made.after(last, k + 1) for k in range(came.size)])
            trials.append(Trial(f"claims {code}", came.size, *_errors(forecast, np.full(came.size, last), came)))
    return trials


def _paid_trial(cut: str, paid: Estimate) -> list[Trial]:
    """Receipts after the cut, over what was paid, with the estimate and with all duty paid at once."""
    cash, duty, before = _cash(after(cut, moved(cut, 12)))
    if not cash.size:
        return []
    forecast = (1.0 - paid.value) * duty + paid.value * before
    return [Trial("receipts", cash.size, *_errors(forecast / cash, duty / cash, np.ones(cash.size)))]
