"""Who uses how much in the base year: spending, users, grades, elements and scopes (steps 1 to 5).

Everything is arithmetic on arrays; application and user shares are assumptions inside found bounds, so they can be
drawn (`draw_weights`) and are renormalised to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.chains.rows import Floats
from detente.codes import InputError, declared_note
from detente.draws import triangular


@dataclass(frozen=True)
class Applications:
    """Shares by application and who stands behind each.

    Attributes
    ----------
    names : applications.
    weight : central share of the material by application, sums to 1, shape (application,); `low`, `high` its range.
    users : industry codes.
    split : share of each application by user, rows sum to 1, shape (application, user).
    heavy : share of each application that needs a heavy-bearing grade, shape (application,).
    """

    names: tuple[str, ...]
    weight: Floats
    low: Floats
    high: Floats
    users: tuple[str, ...]
    split: Floats
    heavy: Floats

    def __post_init__(self) -> None:
        where = "applications"
        _sums_to_one(where, "shares of applications", self.weight, self.names)
        for name, row in zip(self.names, self.split, strict=True):
            _sums_to_one(f"{where}, {name}", "shares of its users", row, self.users)
        for name, share in zip(self.names, self.heavy, strict=True):
            if not 0.0 <= share <= 1.0:
                raise InputError(f"{where}, {name}", f"a heavy-bearing share of {share:g}", "give a share, 0 to 1")
        if not ((self.low <= self.weight) & (self.weight <= self.high)).all():
            bad = self.names[int(np.argmax((self.low > self.weight) | (self.weight > self.high)))]
            raise InputError(f"{where}, {bad}", "the share lies outside its range", "order low <= share <= high")


def _sums_to_one(where: str, what: str, shares: Floats, names: Sequence[str]) -> None:
    for name, share in zip(names, shares, strict=True):
        if not 0.0 <= share <= 1.0 + 1e-9:
            raise InputError(f"{where}, {name}", f"a share of {share:g}", "give shares between 0 and 1")
    if abs(float(shares.sum()) - 1.0) > 1e-6:
        raise InputError(where, f"the {what} add up to {float(shares.sum()):g}", "bring them to 1")


@dataclass(frozen=True)
class Need:
    """What the users of one country spend in the base year.

    Attributes
    ----------
    country, scope : whose need and in which scope ("direct" or "requirement").
    users, grades : codes of the axes.
    spending : USD a year, shape (user, grade).
    notes : rules used, printed with the numbers.
    """

    country: str
    scope: str
    users: tuple[str, ...]
    grades: tuple[str, ...]
    spending: Floats = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        """Spending of all users on all grades, USD a year."""
        return float(self.spending.sum())

    def kilograms(self, price: Floats) -> Floats:
        """Kg a year, shape (user, grade), at prices in USD per kg of shape (grade,)."""
        return self.spending / price

    def by_user(self, code: str) -> dict[str, float]:
        """Spending of one user by grade, USD a year, zeros left out."""
        row = self.spending[self.users.index(code)]
        return {grade: float(usd) for grade, usd in zip(self.grades, row, strict=True) if usd > 0.0}


def spending_of(usd: Floats, kilograms: Floats, price: float) -> Floats:
    """Spending by country: the customs value, or kg times the average price where it is missing (NaN); USD a year."""
    return np.where(np.isnan(usd), kilograms * price, usd)


def draw_weights(low: Floats, central: Floats, high: Floats, uniform: Floats) -> Floats:
    """Shares drawn from triangular ranges and brought back to a sum of 1.

    Parameters
    ----------
    uniform : numbers in (0, 1), shape (..., share).

    Returns
    -------
    Shares of the shape of `uniform`.
    """
    drawn = triangular(uniform, low, central, high)
    return drawn / drawn.sum(axis=-1, keepdims=True)


def user_spending(total: float, applications: Applications, weights: Floats | None = None) -> Floats:
    """Spending by user, R_u = R Σ_a w_a m_au (step 2); USD a year, shape (user,)."""
    used = applications.weight if weights is None else weights
    return total * (used @ applications.split)


def heavy_share(applications: Applications, weights: Floats | None = None) -> Floats:
    """Heavy-bearing share of each user's magnets, weighted by its spending over applications; shape (user,).

    A user without spending has 0.
    """
    used = applications.weight if weights is None else weights
    spent = used @ applications.split
    heavy = (used * applications.heavy) @ applications.split
    return np.divide(heavy, spent, out=np.zeros_like(heavy), where=spent > 0.0)


def magnet_need(
    country: str,
    total: float,
    applications: Applications,
    *,
    grades: tuple[str, str],
    scope: str = "direct",
    weights: Floats | None = None,
) -> Need:
    """Need of heavy-bearing and other magnets by user (steps 1 to 3).

    Parameters
    ----------
    total : spending of the country on these magnets, USD a year.
    grades : names of the heavy-bearing and of the other grade.
    """
    spent = user_spending(total, applications, weights)
    heavy = heavy_share(applications, weights)
    spending = np.stack([spent * heavy, spent * (1.0 - heavy)], axis=1)
    note = declared_note("chains.shares_assumed")
    return Need(country, scope, applications.users, grades, spending, (note,))


def material_need(
    country: str, total: float, shares: Mapping[str, float], grade: Mapping[str, float], scope: str = "direct"
) -> Need:
    """Need of compounds, metals or a single grade from shares of value by user.

    Parameters
    ----------
    total : spending, USD a year; it is split by value, not by tonnes.
    shares : share of value by user code, sums to 1.
    grade : share of value by grade, sums to 1, the same for each user.
    """
    by_user = np.array(list(shares.values()), dtype=np.float64)
    by_grade = np.array(list(grade.values()), dtype=np.float64)
    _sums_to_one(f"need of {country}", "shares of users", by_user, tuple(shares))
    _sums_to_one(f"need of {country}", "shares of grades", by_grade, tuple(grade))
    return Need(country, scope, tuple(shares), tuple(grade), total * np.outer(by_user, by_grade))


def added(needs: Sequence[Need]) -> Need:
    """The needs of one country and scope on common axes, added up; `InputError` where they do not belong together."""
    first = needs[0]
    for other in needs[1:]:
        if (other.country, other.scope) != (first.country, first.scope):
            what = f"{other.scope} need of {other.country} beside {first.scope} need of {first.country}"
            raise InputError("needs", what, "add up needs of one country in one scope")
    users = tuple(dict.fromkeys(code for need in needs for code in need.users))
    grades = tuple(dict.fromkeys(name for need in needs for name in need.grades))
    spending = np.zeros((len(users), len(grades)))
    for need in needs:
        cells = np.ix_([users.index(code) for code in need.users], [grades.index(name) for name in need.grades])
        spending[cells] += need.spending
    notes = tuple(dict.fromkeys(note for need in needs for note in need.notes))
    return Need(first.country, first.scope, users, grades, spending, notes)


def requirement(direct: Need, total: float) -> Need:
    """The same users with the magnets inside imported parts: spending scaled to a total, USD a year (step 4)."""
    if not total >= direct.total * (1.0 - 1e-9):
        what = f"a requirement of {total:g} USD is below the direct need of {direct.total:g} USD"
        raise InputError(f"need of {direct.country}", what, "give the need with what imported parts hold")
    note = declared_note("chains.inside_parts")
    spending = direct.spending * (total / direct.total)
    return Need(direct.country, "requirement", direct.users, direct.grades, spending, (*direct.notes, note))


def in_dollars_of(spending: Floats, growth: float) -> Floats:
    """Spending in dollars of the year of a table: divided by the growth of nominal GDP since that year."""
    if not growth > 0.0:
        raise InputError("dollar year", f"a growth factor of {growth:g} cannot be", "give GDP of 2024 over that year's")
    return spending / growth


def element_need(kilograms: Floats, recipe: Floats, yields: Floats) -> Floats:
    """Kg of element that must be fed to make grades, recipe times product over yield (step 5).

    Parameters
    ----------
    kilograms : product, shape (..., grade); recipe : kg per kg, shape (grade, element).
    yields : kg of element in the product per kg fed, shape (grade, element).

    Returns
    -------
    Kg a year, shape (..., element).
    """
    return kilograms @ (recipe / yields)


def against_mines(need: Floats, output: Floats) -> Floats:
    """World need over mine output by element, shape (element,); NaN where no output is known.

    Far above 1 the contents per product are too high or the output too low; published contents vary threefold.
    """
    return np.divide(need, output, out=np.full_like(need, np.nan), where=output > 0.0)
