"""Consumer prices: duties at the border, through imported inputs and margins, to what households buy.

Leontief price model, dollar for dollar: an industry passes on what its imported inputs cost more, and no buyer
substitutes. At `follow` = 0 every effect is linear in the shock, so contributions of measures and partners add up.

References
----------
Leontief (1941), The Structure of American Economy; Miller and Blair (2009), Input-Output Analysis, chapter 2.

Households: what dearer consumption costs each tenth of them, on two bases that are never mixed.

* *out of pocket*: rises of prices on what the survey of consumer expenditures says a household pays itself.
* *national accounts*: the loss on all consumption, which holds what others pay for households (health insurance of
  employers and government, the rent owners would pay themselves) and what surveys miss. It is about twice the first,
  and published costs per household are mostly on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.axis import Floats, Ints
from detente.draws import Input, sampled


@dataclass(frozen=True)
class PriceTables:
    """Input-output accounts and consumer spending of one year.

    Attributes
    ----------
    commodities, industries : codes.
    titles : title of each line of consumer spending; categories : budget category of each, "" for none.
    input_share : imported inputs over output, shape (commodities, industries).
    requirements : domestic output per dollar of final use, shape (industries, commodities).
    other_inputs : domestic inputs over output, shape (industries,).
    import_share : low, default and high share of imports in final purchases, shape (3, commodities).
    line_at, commodity_at : line and commodity of each cell of the bridge, shape (cells,).
    producers, margins : producers' value and trade and transport margins of each cell, USD, shape (cells,).
    base : value to which the import share applies, USD, shape (cells,): `producers`, or purchasers' values
        where the totals behind the share are at purchasers' prices.
    purchasers : purchasers' value of each line, USD, shape (lines,).
    year : year of the accounts.
    """

    commodities: tuple[str, ...] = field(repr=False)
    industries: tuple[str, ...] = field(repr=False)
    titles: tuple[str, ...] = field(repr=False)
    categories: tuple[str, ...] = field(repr=False)
    input_share: Floats = field(repr=False)
    requirements: Floats = field(repr=False)
    other_inputs: Floats = field(repr=False)
    import_share: Floats = field(repr=False)
    line_at: Ints = field(repr=False)
    commodity_at: Ints = field(repr=False)
    producers: Floats = field(repr=False)
    margins: Floats = field(repr=False)
    base: Floats = field(repr=False)
    purchasers: Floats = field(repr=False)
    year: int

    @cached_property
    def content(self) -> Floats:
        """Imported commodity in a dollar of each domestic commodity, shape (imported, domestic)."""
        return self.input_share @ self.requirements

    @cached_property
    def used_categories(self) -> tuple[str, ...]:
        """Budget categories in the order of the lines."""
        return tuple(dict.fromkeys(name for name in self.categories if name))

    @cached_property
    def category_at(self) -> Ints:
        """Budget category of each line by position, -1 for none, shape (lines,)."""
        position = {name: i for i, name in enumerate(self.used_categories)}
        return np.asarray([position.get(name, -1) for name in self.categories], dtype=np.int64)

    def in_categories(self, values: Floats) -> Floats:
        """Sums over the lines of each category, of an array whose first axis is the lines."""
        total = np.zeros((len(self.used_categories), *values.shape[1:]))
        known = self.category_at >= 0
        np.add.at(total, self.category_at[known], values[known])
        return total

    @property
    def total(self) -> float:
        """Consumer spending at purchasers' prices, USD."""
        return float(self.purchasers.sum())


@dataclass(frozen=True, slots=True)
class PassThrough:
    """What is assumed between the border and the shop.

    Attributes
    ----------
    border : share of a duty that buyers at the border pay (rho).
    follow : share of an import's rise to which competing domestic goods rise at least (phi).
    margin : share of trade and transport margins that rises in proportion to the goods (mu): 0 = fixed in dollars.
    import_share : -1 = low, 0 = default, 1 = high share of imports in consumers' purchases.
    """

    border: float = 1.0
    follow: float = 0.0
    margin: float = 0.0
    import_share: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise InputError(name.replace("_", " "), f"{value:g} is out of range", f"give {low:g} to {high:g}")


#: Values that make sense.
LIMITS = {"border": (0.0, 1.0), "follow": (0.0, 1.0), "margin": (0.0, 1.0), "import_share": (-1.0, 1.0)}

#: Bounds of the draws. The defaults of the first three lie at a bound.
DRAWN = {"border": (0.8, 1.0), "follow": (0.0, 0.3), "margin": (0.0, 0.5), "import_share": (-1.0, 1.0)}


def duty_shock(value: Floats, start: Floats, change: Floats, commodity: Ints, n: int) -> Floats:
    """Rise of the duty-inclusive price of imports by commodity, share, shape (n,).

    With weights ``E0 = value (1 + start)`` and rises ``d = change / (1 + start)`` of single flows, the mean is
    ``sum(value change) / sum(value (1 + start))``.

    Parameters
    ----------
    value : customs value of each flow, USD, shape (flows,).
    start : duty of the base law; change : duty less that of the base law, share of customs value, shape (flows,).
    commodity : commodity of each flow, -1 for none, shape (flows,).
    """
    known = commodity >= 0
    paid = np.bincount(commodity[known], (value * (1.0 + start))[known], minlength=n)
    more = np.bincount(commodity[known], (value * change)[known], minlength=n)
    return more / np.where(paid > 0, paid, 1.0)


@dataclass(frozen=True)
class PriceEffect:
    """Rise of prices under one shock, shares.

    Attributes
    ----------
    imported, domestic : rise of import and domestic producers' prices, shape (commodities,).
    direct, indirect : parts of the rise of each line of consumer spending, shape (lines,): imports bought as they are,
        and imported inputs of domestic goods (with what follows the imports).
    """

    tables: PriceTables = field(repr=False)
    imported: Floats = field(repr=False)
    domestic: Floats = field(repr=False)
    direct: Floats = field(repr=False)
    indirect: Floats = field(repr=False)

    @property
    def lines(self) -> Floats:
        """Rise of each line, shape (lines,)."""
        return self.direct + self.indirect

    @property
    def headline(self) -> float:
        """Rise of consumer prices, share of consumer spending at purchasers' prices."""
        return float(self.lines @ self.tables.purchasers) / self.tables.total

    @property
    def unallocated(self) -> float:
        """Part of the headline on lines without a budget category."""
        outside = self.tables.category_at < 0
        return float(self.lines[outside] @ self.tables.purchasers[outside]) / self.tables.total


def price_effect(tables: PriceTables, shock: Floats, assumed: PassThrough | None = None) -> PriceEffect:
    """Rise of consumer prices when duty-inclusive import prices rise by `shock`, shape (commodities,).

    Raises
    ------
    InputError
        when the shock is not one number for each commodity.
    """
    count = len(tables.commodities)
    if shock.shape != (count,):
        raise InputError("shock", f"has shape {shock.shape}", f"give one rise for each of {count} commodities")
    single = assumed or PassThrough()
    drawn = {f.name: np.asarray([getattr(single, f.name)], dtype=np.float64) for f in fields(single)}
    imported, domestic = _producers(tables, shock, drawn)
    return PriceEffect(tables, imported[0], domestic[0], *drawn_lines(tables, shock, drawn)[:, 0])


def _import_share(tables: PriceTables, points: Floats) -> Floats:
    """Share of imports in purchases at -1 (low) to 1 (high), shape (len(points), commodities)."""
    low, default, high = tables.import_share
    step = points[:, None]
    return default + np.where(step > 0, step * (high - default), step * (default - low))


def latin_hypercube(draws: int, seed: int, bounds: Mapping[str, tuple[float, float]] = DRAWN) -> dict[str, Floats]:
    """Draws in which every input takes one value from each of `draws` equal steps of its range, shape (draws,) each."""
    inputs = [Input(f"prices {name}", low, low, high, "uniform") for name, (low, high) in bounds.items()]
    values = sampled(inputs, draws, seed).values if draws else np.empty((0, len(inputs)))
    return {name: values[:, k] for k, name in enumerate(bounds)}


def drawn_lines(tables: PriceTables, shock: Floats, drawn: Mapping[str, Floats]) -> Floats:
    """Direct and indirect rise of each line in each draw, shape (2, draws, lines).

    Parameters
    ----------
    drawn : values of every field of `PassThrough`, each of shape (draws,).
    """
    imported, domestic = _producers(tables, shock, drawn)
    commodity = tables.commodity_at
    abroad, home = _drawn_cells(tables, drawn)
    rises = np.zeros((2, len(tables.titles), imported.shape[0]))
    for i, cost in enumerate((abroad * imported[:, commodity], home * domestic[:, commodity])):
        np.add.at(rises[i], tables.line_at, cost.T)
    return rises.transpose(0, 2, 1) / tables.purchasers


def _producers(tables: PriceTables, shock: Floats, drawn: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Rise of import and of domestic producers' prices in each draw, two arrays of shape (draws, commodities)."""
    imported = drawn["border"][:, None] * shock
    follows = _follows(tables, shock, drawn)
    return imported, np.where(follows, drawn["follow"][:, None] * imported, imported @ tables.content)


def drawn_weights(tables: PriceTables, shock: Floats, drawn: Mapping[str, Floats]) -> Floats:
    """Headline for a rise of 1 in the price of each import, at the goods that follow `shock`, (draws, commodities).

    These weights times the parts of the shock that sources make add up to the headline of each draw.
    """
    n = len(tables.commodities)
    follows, follow = _follows(tables, shock, drawn), drawn["follow"][:, None]
    direct, bought = np.zeros((n, follow.size)), np.zeros((n, follow.size))
    for into, cells in zip((direct, bought), _drawn_cells(tables, drawn), strict=True):
        np.add.at(into, tables.commodity_at, cells.T)
    home = bought.T
    weights = direct.T + (home * ~follows) @ tables.content.T + home * follows * follow
    return weights * drawn["border"][:, None] / tables.total


def _follows(tables: PriceTables, shock: Floats, drawn: Mapping[str, Floats]) -> NDArray[np.bool_]:
    """Domestic goods whose price follows the competing import, shape (draws, commodities)."""
    follow = drawn["follow"][:, None]
    return (follow > 0) & (follow * shock > shock @ tables.content)


def _drawn_cells(tables: PriceTables, drawn: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Dollars of each cell that move with import and with domestic prices, two arrays of shape (draws, cells)."""
    # Share of imports in the producers' value of each cell, shape (draws, cells).
    ratio = tables.base / np.where(tables.producers != 0, tables.producers, 1.0)
    share = _import_share(tables, drawn["import_share"])[:, tables.commodity_at]
    share = np.clip(share * np.where(tables.producers != 0, ratio, 1.0), 0.0, 1.0)
    moving = tables.producers + drawn["margin"][:, None] * tables.margins
    return share * moving, (1.0 - share) * moving


def ends(assumed: PassThrough, bounds: Mapping[str, tuple[float, float]] = DRAWN) -> dict[str, Floats]:
    """Each input alone at its two bounds, the others as assumed; first row as assumed, shape (1 + 2 inputs,) each."""
    names = [f.name for f in fields(PassThrough)]
    rows = [[getattr(assumed, name) for name in names]]
    for moved, both in bounds.items():
        rows += [[bound if name == moved else rows[0][i] for i, name in enumerate(names)] for bound in both]
    table = np.asarray(rows, dtype=np.float64)
    return {name: table[:, i] for i, name in enumerate(names)}


def import_share_bounds(final: Sequence[Floats], every: Sequence[Floats], consumption: Floats) -> Floats:
    """Low, default and high share of imports in consumers' purchases, shape (3, commodities).

    Default: imports over all final uses. Low: imports over all uses. High: all final imports go to consumers. No file
    says how imports divide between consumers and other final users.

    Parameters
    ----------
    final, every : imported and domestic final use (at least 0), and total use, USD, each of shape (commodities,).
    consumption : consumer spending at producers' prices, USD, shape (commodities,).
    """
    default = _ratio(final[0], final[0] + final[1])
    low = _ratio(np.maximum(every[0], 0.0), np.maximum(every[0], 0.0) + np.maximum(every[1], 0.0))
    high = _ratio(np.minimum(final[0], np.maximum(consumption, 0.0)), np.maximum(consumption, 0.0))
    return np.stack([np.minimum(low, default), default, np.maximum(high, default)])


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


@dataclass(frozen=True)
class Budgets:
    """What groups of equally many households earn and spend in a year.

    Attributes
    ----------
    categories : budget categories.
    share : share of a category in a group's spending, shape (categories, groups); sums below 1, the rest is on goods
        no category holds, and is never scaled up.
    expenditure, income : spending, and income after taxes, of a household, USD, shape (groups,).
    households : number of households in all groups.
    growth : consumer spending of the year the burden is told in over that of the price tables.
    """

    categories: tuple[str, ...]
    share: Floats = field(repr=False)
    expenditure: Floats = field(repr=False)
    income: Floats = field(repr=False)
    households: float
    growth: float

    def places(self, categories: Sequence[str]) -> NDArray[np.int64]:
        """Position of each category in the budgets, shape (len(categories),).

        Raises
        ------
        InputError
            for a category that the budgets do not have.
        """
        missing = [name for name in categories if name not in self.categories]
        if missing:
            raise InputError("households", f"budgets have no category '{missing[0]}'", "use the detailed accounts")
        return np.asarray([self.categories.index(name) for name in categories], dtype=np.int64)


@dataclass(frozen=True)
class Burden:
    """Cost of higher prices by group of households, in a year.

    Attributes
    ----------
    rate : rise of prices over a household's own spending, share of expenditure, shape (..., groups).
    out_of_pocket, national_accounts : cost to a household on the two bases, USD, shape (..., groups).
    """

    budgets: Budgets = field(repr=False)
    rate: Floats
    out_of_pocket: Floats
    national_accounts: Floats

    @property
    def share_of_income(self) -> Floats:
        """Cost out of pocket over income after taxes, share, shape (..., groups)."""
        return self.out_of_pocket / self.budgets.income

    @property
    def mean(self) -> Burden:
        """The average household; its rate is cost over spending, shape (..., 1)."""
        b = self.budgets
        whole = Budgets(
            b.categories,
            (b.share @ b.expenditure / b.expenditure.sum())[:, None],
            b.expenditure.mean(keepdims=True),
            b.income.mean(keepdims=True),
            b.households,
            b.growth,
        )
        pocket, accounts = (cost.mean(axis=-1, keepdims=True) for cost in (self.out_of_pocket, self.national_accounts))
        return Burden(whole, pocket / whole.expenditure, pocket, accounts)


def losses(tables: PriceTables, lines: Floats, budgets: Budgets) -> Floats:
    """Loss on each budget category at unchanged purchases, USD a year, shape (..., categories of the tables).

    ``L_g = pi_g RV_g growth`` with the rise of the category and its purchasers' value.

    Parameters
    ----------
    lines : rise of each line of consumer spending, share, shape (..., lines).
    """
    spent = lines * tables.purchasers
    return np.moveaxis(tables.in_categories(np.moveaxis(spent, -1, 0)), 0, -1) * budgets.growth


def burden(tables: PriceTables, lines: Floats, budgets: Budgets) -> Burden:
    """Cost of price rises by group of households.

    Out of pocket: ``rate_d = sum_g s_dg pi_g`` and ``cost_d = rate_d X_d``. National accounts: the loss of a category
    goes to groups as their spending on it, ``w_dg = s_dg X_d / sum_d s_dg X_d``.

    Parameters
    ----------
    lines : rise of each line of consumer spending, share, shape (..., lines).

    Raises
    ------
    InputError
        where the budgets lack a category of the tables.
    """
    places = budgets.places(tables.used_categories)
    lost = losses(tables, lines, budgets)
    rise = lost / (tables.in_categories(tables.purchasers) * budgets.growth)
    share = budgets.share[places]
    rate = rise @ share
    spent = share * budgets.expenditure
    whole = spent.sum(axis=1, keepdims=True)
    weight = np.where(whole > 0, spent / np.where(whole > 0, whole, 1.0), 0.0)
    per_household = budgets.households / budgets.expenditure.size
    return Burden(budgets, rate, rate * budgets.expenditure, lost @ weight / per_household)
