"""The quantity an industry can count on when a controlled material is short.

The material and everything else enter a CES: with all other inputs as they are, output over base is
z(q) = [(1 - s) + s q^h]^(1/h), h = (sigma - 1)/sigma, where q is the quantity received over the base need and s the
base cost share. Firms of a user, months of a quarter and grades of the material are short by different amounts. Because
z is concave, the network must be given the one quantity that yields their mean output, never their mean quantity.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.codes import InputError, Parameter
from detente.codes.axis import Floats

#: Months of a quarter; also the months during which a critical input has no substitute at all.
MONTHS = 3

#: A need is met when no more than this share of it is missing.
SHORT = 1e-9


def ces_log(x: ArrayLike, share: ArrayLike, h: ArrayLike) -> tuple[Floats, Floats]:
    """Log of a CES mean of one and exp(x), and its slope in x.

    Parameters
    ----------
    x : log of one input over the other.
    share : base share of that input, in [0, 1].
    h : exponent (sigma - 1)/sigma of quantities, or 1 - sigma of prices; zero is Cobb-Douglas.

    Returns
    -------
    log [1 - share + share e^(h x)] / h and share e^(h x) / [1 - share + share e^(h x)], in the common shape. Exact to
    rounding for h near zero, and without overflow for any h x.
    """
    with np.errstate(all="ignore"):
        value, t, total, log_share = _ces_value(x, share, h)
        slope = np.where(np.asarray(share) > 0.0, np.exp(log_share + t - total), 0.0)
    return value, slope


def ces_mean(x: ArrayLike, share: ArrayLike, h: ArrayLike) -> Floats:
    """The log of the mean of `ces_log` without its slope."""
    with np.errstate(all="ignore"):
        return _ces_value(x, share, h)[0]


def _ces_value(x: ArrayLike, share: ArrayLike, h: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Log of the mean; h x, the log of the mean's power h, and the log of the share."""
    x, share, h = (np.asarray(a, dtype=np.float64) for a in (x, share, h))
    t, log_share = h * x, np.log(share)
    near = np.log1p(share * np.expm1(np.minimum(np.maximum(t, -1.0), 1.0)))
    inside = np.abs(t) <= 1.0
    total = near if inside.all() else np.where(inside, near, np.logaddexp(log_share + t, np.log1p(-share)))
    value = total / h if h.all() else np.where(h == 0.0, share * x, total / np.where(h == 0.0, 1.0, h))
    return value, t, total, log_share


def substitution_exponent(sigma: ArrayLike) -> Floats:
    """Exponent h = (sigma - 1)/sigma of quantities; sigma above zero."""
    sigma = np.asarray(sigma, dtype=np.float64)
    return (sigma - 1.0) / sigma


def output(quantity: ArrayLike, share: ArrayLike, sigma: ArrayLike) -> Floats:
    """Output z(q) of a user over base, everything else as it is (spec of chains, step 11).

    Parameters
    ----------
    quantity : q, received over base need, at least 0; `share` : s, share of cost; `sigma` : elasticity above 0. They
        broadcast against one another.
    """
    with np.errstate(divide="ignore"):
        value = ces_mean(np.log(np.asarray(quantity, dtype=np.float64)), share, substitution_exponent(sigma))
    return np.exp(value)


def _log_quantity(log_z: ArrayLike, share: ArrayLike, h: ArrayLike) -> Floats:
    log_z, share, h = (np.asarray(a, dtype=np.float64) for a in (log_z, share, h))
    with np.errstate(all="ignore"):
        t = h * log_z
        near = np.log1p(np.maximum(np.expm1(np.minimum(t, 1.0)) / share, -1.0))
        total = np.where(t <= 1.0, near, t - np.log(share) + np.log1p(-(1.0 - share) * np.exp(-t)))
        log_q = np.where(h == 0.0, log_z / share, total / np.where(h == 0.0, 1.0, h))
    return np.where(log_z == 0.0, 0.0, log_q)


def sigma_at(sigma_0: ArrayLike, sigma_inf: ArrayLike, T: ArrayLike, month: ArrayLike) -> Floats:
    """Elasticity of substitution some months after the announcement (step 11).

    sigma(t) = sigma_inf - (sigma_inf - sigma_0) exp(-t/T), t in months from the announcement, T in months. For a period
    take its middle: 1.5 for the first quarter.
    """
    first, last, T, t = (np.asarray(a, dtype=np.float64) for a in (sigma_0, sigma_inf, T, month))
    if not ((first > 0).all() and (last > 0).all() and (T > 0).all()):
        raise InputError("sigma", "elasticities and their time constant must be above 0", "give positive numbers")
    return last - (last - first) * np.exp(-np.maximum(t, 0.0) / T)


@dataclass(frozen=True)
class RunQuarter:
    """One quarter of a run by months.

    Attributes
    ----------
    number : 0 for the first three months after the announcement.
    months : positions of its months, at most three.
    weight : its months over three; a period cut off by the horizon counts pro rata.
    """

    number: int
    months: slice
    weight: float

    @property
    def middle(self) -> float:
        """Months from the announcement to the middle of the whole quarter."""
        return MONTHS * (self.number + 0.5)


def quarters(months: int) -> tuple[RunQuarter, ...]:
    """The quarters of a run of so many months; `InputError` below one month."""
    if months < 1:
        raise InputError(Parameter("months"), f"a run of {months} months has no quarter", "ask for one month or more")
    starts = range(0, months, MONTHS)
    return tuple(
        RunQuarter(k, slice(start, min(start + MONTHS, months)), (min(start + MONTHS, months) - start) / MONTHS)
        for k, start in enumerate(starts)
    )


def first_short_months(quantity: Floats, months: int = MONTHS) -> NDArray[np.bool_]:
    """The first months in which a need is unmet, by row of `quantity` [..., month], same shape.

    Counted from the month in which a row is short for the first time, and only months in which it is (step 13).
    """
    short = np.asarray(quantity) < 1.0 - SHORT
    return short & (np.cumsum(short, axis=-1) <= months)


@dataclass(frozen=True)
class CertaintyEquivalent:
    """What users can count on in one quarter.

    Attributes
    ----------
    quantity : q_u for the network, shape (user,), hats.
    output : z_u behind it, shape (user,), hats.
    mean : mean of the quantities, shape (user,), hats; never below `quantity`.
    at_floor : weight of classes, months and grades where the floor was used, shape (user,), share.
    floor : the floor itself, share of base need.
    """

    quantity: Floats = field(repr=False)
    output: Floats = field(repr=False)
    mean: Floats = field(repr=False)
    at_floor: Floats = field(repr=False)
    floor: float


def certainty_equivalent(
    quantity: Floats,
    grade_weight: Floats,
    share: Floats,
    sigma: Floats,
    *,
    floor: float,
    leontief_share: float = 0.0,
    critical: NDArray[np.bool_] | None = None,
) -> CertaintyEquivalent:
    """The certainty-equivalent quantity of every user in one quarter (steps 12 and 13).

    z_u is the mean of z(q) over cover classes, months and grades; q_u = [(z_u^h - (1 - s))/s]^(1/h), at most 1. A
    quarter without any shortage gives exactly 1.

    Parameters
    ----------
    quantity : met share of need, shape (user, grade, class, month), hats.
    grade_weight : share of each grade in the user's spending, shape (user, grade), rows sum to one.
    share : s, spending on the material over output, shape (user,).
    sigma : elasticity in the middle of the quarter, shape (user,).
    floor : q_floor, what reaches a user whatever happens, share of base need.
    leontief_share : part of a user that cannot substitute at all (z = q) in the months marked `critical`.
    critical : shape of `quantity`; see `first_short_months`, taken over the whole run. By default no month.

    Raises
    ------
    InputError : a floor or share outside [0, 1]; a critical part that costs a user with sigma above 1 more than it
        could lose without any of the material.
    """
    for name, value in (("floor", floor), ("leontief_share", leontief_share)):
        if not 0.0 <= value <= 1.0:
            raise InputError(name, f"{value:g} is not between 0 and 1", "give a share")
    received = np.clip(quantity, floor, 1.0)
    lost = _lost(received, share, sigma)
    if leontief_share and critical is not None:
        lost = np.where(critical, (1.0 - leontief_share) * lost + leontief_share * (1.0 - received), lost)
    lost = np.where(share[:, None, None, None] > 0.0, lost, 0.0)
    weight = grade_weight[:, :, None, None] / quantity[0, 0].size * np.ones(quantity.shape[2:])
    loss = (weight * lost).sum(axis=(1, 2, 3))
    with np.errstate(divide="ignore"):
        certain = np.exp(_log_quantity(np.log1p(-loss), share, substitution_exponent(sigma)))
    mean = 1.0 - (weight * (1.0 - received)).sum(axis=(1, 2, 3))
    certain = np.where(loss > 0.0, np.minimum(certain, mean), 1.0)
    if not (certain > 0.0).all():
        raise InputError(
            f"user {int(np.argmin(certain > 0.0))}",
            "no quantity above zero gives this loss",
            "raise the floor, or leave leontief_share out where sigma is above 1",
        )
    at_floor = (weight * (quantity < floor)).sum(axis=(1, 2, 3))
    return CertaintyEquivalent(certain, 1.0 - loss, mean, at_floor, floor)


def _lost(received: Floats, share: Floats, sigma: Floats) -> Floats:
    """Output lost with each quantity, share, shape of `received`; nothing where the need is met, as most is."""
    short = np.nonzero(received < 1.0)
    lost, user = np.zeros_like(received), short[0]
    with np.errstate(divide="ignore"):
        logs = np.log(received[short])
        lost[short] = -np.expm1(ces_mean(logs, share[user], substitution_exponent(sigma)[user]))
    return lost
