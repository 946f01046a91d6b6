"""Collection: from the duty of a law to the duty collected. Delay, shares not collected, payment, take-up of claims.

Every estimate is by least squares on the months given, its error by leaving out one month after another: what happens
in a month is common to all partners, so that pairs of month and partner are not independent.

Substitution between suppliers within a product (rule V7): an average tariff after buyers have moved.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.codes import InputError
from detente.codes.axis import Floats, Ints

#: Months without which nothing is estimated.
FEWEST = 5

ROUNDS, CLOSE = 500, 1e-12
#: Errors from the middle to the ends of a range of 5 to 95%.
NORMAL = 1.6449


@dataclass(frozen=True)
class Estimate:
    """A number with its error; `low` and `high` are its range of 5 to 95%."""

    value: float
    error: float

    @property
    def low(self) -> float:
        """Low end."""
        return self.value - NORMAL * self.error

    @property
    def high(self) -> float:
        """High end."""
        return self.value + NORMAL * self.error


@dataclass(frozen=True)
class Collection:
    """How the duty of a law becomes duty collected.

    Attributes
    ----------
    late : share of a month's imports that still paid the law of the month before: goods that were on the way.
    kept : share of the duty of the law that was collected, by partner, shape (partners,).
    """

    late: Estimate
    kept: tuple[Estimate, ...]

    def of(self, now: Floats, before: Floats) -> Floats:
        """Duty collected where the law gives `now`, and `before` in the month before; shares, shape (..., partners)."""
        kept = np.asarray([share.value for share in self.kept])
        return kept * ((1.0 - self.late.value) * now + self.late.value * before)


@dataclass(frozen=True)
class Collected:
    """Months of duty by partner, each of shape (months, partners).

    Attributes
    ----------
    rate : duty collected over imports; now, before : duty of the law in the month and in the one before it, shares.
    weight : imports, USD; a pair of which anything is unknown counts nothing.
    """

    rate: Floats
    now: Floats
    before: Floats
    weight: Floats = field(repr=False)

    def without(self, month: int) -> Collected:
        """The other months."""
        return Collected(*(np.delete(values, month, axis=0) for values in self._arrays))

    @property
    def known(self) -> Collected:
        """The same with nothing unknown: such pairs weigh nothing."""
        known = np.isfinite(sum(self._arrays, start=np.zeros(self.rate.shape)))
        return Collected(*(np.where(known, values, 0.0) for values in self._arrays))

    @property
    def _arrays(self) -> tuple[Floats, ...]:
        return self.rate, self.now, self.before, self.weight


def collection(months: Collected) -> Collection:
    """Delay and shares collected by weighted least squares: rate = kept [(1 - late) now + late before].

    Raises
    ------
    InputError : fewer months than `FEWEST`.
    """
    n = months.rate.shape[0]
    if n < FEWEST:
        raise InputError("score", f"{n} months are too few to estimate delay", f"take at least {FEWEST} months")
    known = months.known
    late, kept = _fit(known)
    others = [_fit(known.without(month)) for month in range(n)]
    lates = np.asarray([other for other, _ in others])
    shares = np.asarray([other for _, other in others])
    errors = left_out_error(shares)
    return Collection(
        Estimate(late, float(left_out_error(lates))),
        tuple(Estimate(float(k), float(e)) for k, e in zip(kept, errors, strict=True)),
    )


def _fit(months: Collected) -> tuple[float, Floats]:
    """Delay and shares in turn, each given the other, until they stand still."""
    late, kept = 0.0, np.ones(months.rate.shape[1])
    for _ in range(ROUNDS):
        law = (1.0 - late) * months.now + late * months.before
        kept = _ratio((months.weight * law * months.rate).sum(axis=0), (months.weight * law**2).sum(axis=0))
        step = kept * (months.before - months.now)
        rest = months.rate - kept * months.now
        whole = float((months.weight * step**2).sum())
        old, late = late, float(np.clip((months.weight * step * rest).sum() / whole, 0.0, 1.0)) if whole else 0.0
        if abs(late - old) < CLOSE:
            break
    return late, kept


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 1.0)


def left_out_error(values: Floats) -> Floats:
    """Error of an estimate from its values with one month left out each (jackknife), shape (...)."""
    n = values.shape[0]
    return np.sqrt((n - 1) / n * ((values - values.mean(axis=0)) ** 2).sum(axis=0))


def paid_later(receipts: Floats, duty: Floats, duty_before: Floats) -> Estimate:
    """Share of the duty of a month that is paid in the month after, by least squares of receipts on both months.

    Parameters
    ----------
    receipts : of a month; duty, duty_before : duty on the entries of the month and of the one before; USD, (months,).
    """
    n, step = receipts.size, duty_before - duty
    if n < FEWEST:
        raise InputError("score", f"{n} months are too few", f"take at least {FEWEST} months")
    # All months first, then without one after another.
    kept = np.vstack([np.ones(n, dtype=bool), ~np.eye(n, dtype=bool)])
    wholes = kept @ step**2
    values = np.where(wholes > 0.0, (kept @ (step * (receipts - duty))) / np.where(wholes > 0.0, wholes, 1.0), np.nan)
    return Estimate(float(values[0]), float(left_out_error(values[1:])))


@dataclass(frozen=True)
class TakeUp:
    """How claims approach a level.

    Attributes
    ----------
    level : share of imports that claims in the end; speed : part of the way to it that is gone in a month.
    months : it rests on.
    """

    level: Estimate
    speed: Estimate
    months: int

    def after(self, share: float, months: int) -> float:
        """Share that claims some months after it was `share`."""
        return self.level.value + (share - self.level.value) * (1.0 - self.speed.value) ** months


def take_up(shares: Floats) -> TakeUp:
    """Level and speed of claims by least squares of each month's share on that of the month before.

    Raises
    ------
    InputError : fewer months than `FEWEST`.
    """
    if shares.size < FEWEST:
        raise InputError("score", f"{shares.size} months are too few for claims", f"take at least {FEWEST} months")
    now, before = shares[1:], shares[:-1]
    values = [_approach(now, before), *(_approach(np.delete(now, k), np.delete(before, k)) for k in range(now.size))]
    errors = left_out_error(np.asarray(values[1:]))
    level, speed = (Estimate(float(v), float(e)) for v, e in zip(values[0], errors, strict=True))
    return TakeUp(level, speed, shares.size)


def _approach(now: Floats, before: Floats) -> Floats:
    """Level and speed; the level is the mean of the months where shares do not approach any."""
    spread = before - before.mean()
    whole = float((spread**2).sum())
    slope = float(np.clip((spread * now).sum() / whole, 0.0, 1.0)) if whole else 0.0
    if slope >= 1.0 - 1e-9:
        return np.asarray([float(now.mean()), 0.0])
    return np.asarray([(float(now.mean()) - slope * float(before.mean())) / (1.0 - slope), 1.0 - slope])


SIGMA = 3.0


@dataclass(frozen=True)
class Substitution:
    """Imports after substitution.

    Attributes
    ----------
    value : customs value of each flow, USD, shape (flows,); rate : average duty over it, share.
    """

    value: Floats = field(repr=False)
    rate: float


def moved(value: Floats, before: Floats, after: Floats, product: Ints, sigma: float = SIGMA) -> Substitution:
    """CES between the partners of each product, spending on the product constant.

    E0 = v (1 + t0); shares go with E0 [(1 + t1)/(1 + t0)]^(1 - sigma); customs value w1 = E1/(1 + t1); the rate is
    the sum of t1 w1 over the sum of w1. Very high rates pull the average down, since their imports vanish.

    Parameters
    ----------
    value : customs value, USD; before, after : duty, share; product : group within which buyers move; each (flows,).

    Raises
    ------
    InputError : an elasticity of one or less, or a duty of minus one.
    """
    if not sigma > 1.0:
        raise InputError("substitution", f"sigma of {sigma:g} is not above 1", "give a number from 2 to 5")
    if (after <= -1.0).any() or (before <= -1.0).any():
        raise InputError("substitution", "a duty of -100% or less has no price", "check the rates")
    spent = value * (1.0 + before)
    # A whole power of the inverse is a product where sigma is 3.
    pull = spent * ((1.0 + before) / (1.0 + after)) ** (sigma - 1.0)
    groups = int(product.max()) + 1 if product.size else 0
    total, pulls = (np.bincount(product, weights, minlength=groups) for weights in (spent, pull))
    scale = total / np.where(pulls > 0, pulls, 1.0)
    worth = pull * scale[product] / (1.0 + after)
    whole = float(worth.sum())
    return Substitution(worth, float(after @ worth) / whole if whole > 0 else float("nan"))
