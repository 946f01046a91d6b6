"""The material ledger of a run: for every material, place and month all that comes in and all that goes out, in kg.

It is worked out again from what the run gives back, so that a flow that is credited and never debited shows. A material
is a grade, or the feed of an element that makers work up. The restrictor is a place too: it makes what it ships.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.chains.chain import Floats, SupplyChain, Whole, by_month
from detente.chains.months import Deliveries
from detente.chains.stocks import StockRun

INS = ("opening", "made", "received", "in_transit")
OUTS = ("used", "shipped", "passed_on", "process_loss", "unsold", "closing")
#: What the ledger holds, by material, place and month, kg: what comes in, then what goes out; `chains.balance`.
FLOWS = (
    "opening", "made", "received", "in_transit", "used", "shipped", "passed_on", "process_loss", "unsold", "closing",
)  # fmt: skip

#: What no source names, as a place.
NOBODY = "other origins"

#: Plants that come on during the run, and capacity that other grades leave idle, as a place.
NEW = "new plants"


#: Change of receipts that is no move, share of them.
ROUNDING = 1e-12

TINY = np.finfo(np.float64).tiny

#: A place with less than this share of a material is measured by the share, so that rounding does not count.
TRACE = 1e-6


@dataclass(frozen=True)
class Imbalance:
    """Where a ledger is off by most."""

    residual: float
    material: str
    place: str
    month: int

    def __str__(self) -> str:
        if not self.place:
            return "0"
        return f"{self.residual:.0e} ({self.material}, {self.place}, month {self.month})"


@dataclass(frozen=True)
class MaterialLedger:
    """All flows of a run.

    Attributes
    ----------
    materials : grades, then feed; `places` : countries, the restrictor, and other origins.
    kg : by flow, shape (material, place, month), kg in the month, never negative.
    content : kg of element per kg of each material, shape (element, material); `elements` their names.
    """

    materials: tuple[str, ...]
    places: tuple[str, ...]
    elements: tuple[str, ...]
    content: Floats = field(repr=False)
    kg: Mapping[str, Floats] = field(repr=False)

    @property
    def entered(self) -> Floats:
        """All that enters a place, shape (material, place, month)."""
        return np.sum([self.kg[name] for name in INS], axis=0)

    @property
    def gaps(self) -> Floats:
        """|in - out| of a place, and what lies below zero, over what entered it; shape (material, place, month)."""
        came, went = self.entered, np.sum([self.kg[name] for name in OUTS], axis=0)
        least = np.min([self.kg[name] for name in FLOWS], axis=0)
        off = np.maximum(np.abs(came - went), -least)
        scale = np.maximum(np.maximum(came, went), TRACE * came.sum(axis=1, keepdims=True))
        return np.divide(off, scale, out=np.zeros_like(off), where=scale > 0.0)

    @property
    def between(self) -> Floats:
        """What is received and not shipped, or in transit and not passed on, over what entered; (material, month)."""
        pairs = (("received", "shipped"), ("in_transit", "passed_on"))
        off = np.max([np.abs((self.kg[a] - self.kg[b]).sum(axis=1)) for a, b in pairs], axis=0)
        scale = self.entered.sum(axis=1)
        return np.divide(off, scale, out=np.zeros_like(off), where=scale > 0.0)

    def worst(self) -> Imbalance:
        """Largest residual of a place or between places, and where; 0 for an empty ledger."""
        largest = Imbalance(0.0, "", "", 0)
        for off, places in ((self.gaps, self.places), (self.between[:, None], ("between places",))):
            if off.size and off.max() > largest.residual:
                m, p, t = np.unravel_index(off.argmax(), off.shape)
                largest = Imbalance(float(off[m, p, t]), self.materials[m], places[p], int(t) + 1)
        return largest

    def of_element(self, element: str) -> dict[str, Floats]:
        """The same flows in kg of one element, all materials together, shape (place, month)."""
        weight = self.content[self.elements.index(element)]
        return {name: np.einsum("m,mpt->pt", weight, values) for name, values in self.kg.items()}


@dataclass(frozen=True)
class Book:
    """What a ledger is written from.

    Attributes
    ----------
    deliveries : of the run; `content` recipe over that of the base year, shape (element, step).
    receipts, need : after allocation, share of base need, shape (row, step); `row` of each pair, shape (pair,).
    run : stocks of users, by pair.
    """

    chain: SupplyChain
    deliveries: Deliveries
    content: Floats = field(repr=False)
    receipts: Floats = field(repr=False)
    need: Floats = field(repr=False)
    row: Whole = field(repr=False)
    run: StockRun = field(repr=False)


def ledger_of(book: Book) -> MaterialLedger:
    """The ledger of a run."""
    chain, layout = book.chain, book.chain.layout
    places = (*layout.places, chain.restrictor, NOBODY, NEW)
    materials = (*(grade.name for grade in chain.grades), *(f"{element} feed" for element in chain.elements))
    products, feed = _products(book), _feed(book)
    months = book.run.stock.shape[1]
    empty = np.zeros((len(materials), len(places), months))
    kg = {name: np.array(empty) for name in FLOWS}
    for name in FLOWS:
        for rows, flows in ((slice(len(chain.grades)), products), (slice(len(chain.grades), None), feed)):
            if name in flows:
                kg[name][rows] = flows[name] / 12.0
    content = np.concatenate([layout.recipe.T, np.eye(len(chain.elements))], axis=1)
    return MaterialLedger(materials, places, chain.elements, content, kg)


def _summed_at(first: Whole, place: Whole, values: Floats, shape: tuple[int, int]) -> Floats:
    """Sum of rows by two positions, shape (*shape, month)."""
    out = np.zeros((*shape, values.shape[1]))
    np.add.at(out, (first, place), values)
    return out


def _levels(run: StockRun, weight: Floats) -> Floats:
    """Stocks of rows at the ends of the months, first at the start of the run; kg times 12, shape (row, month + 1)."""
    return np.concatenate([run.stock_at_start[:, None], run.stock], axis=1) * weight[:, None]


def _reserves(run: StockRun) -> Floats:
    """National and trader stocks at the ends of the months, kg times 12, shape (reserve, month + 1)."""
    return np.concatenate([run.reserve_at_start[:, None], run.reserve], axis=1) * run.reserve_weight[:, None]


def _products(book: Book) -> dict[str, Floats]:
    """Flows of grades, kg a year, each of shape (grade, place, month)."""
    layout, delivered, run = book.chain.layout, book.deliveries, book.run
    n = len(layout.places)
    shape, weight = (len(book.chain.grades), n + 3), layout.kilograms[:, None]

    def of_cells(share: Floats) -> Floats:
        cells = delivered.cells
        return _summed_at(cells.grade, cells.country, by_month(share) * cells.kilograms[:, None], shape)

    def of_pairs(share: Floats) -> Floats:
        return _summed_at(layout.grade, layout.country, share * weight, shape)

    sent = _by_origin(book)
    home = np.einsum("giit->git", sent[:, :, :n])
    plants, past = (
        of_cells(delivered.plants),
        of_cells(delivered.licensed + delivered.smuggled) + of_pairs(run.restocked),
    )
    moved = _moved(of_cells(delivered.receipts), of_pairs(by_month(book.receipts)[book.row]))
    made, shipped, left = _made(book, sent, past, plants)
    received = past + plants
    received[:, :n] += sent.sum(axis=2) - home
    grades = [book.chain.grade(item) for _, item in run.reserve_keys]
    where = [layout.places.index(place) for place, _ in run.reserve_keys]
    stocks = _summed_at(layout.grade, layout.country, _levels(run, layout.kilograms), shape)
    stocks += _summed_at(np.array(grades, dtype=np.int64), np.array(where, dtype=np.int64), _reserves(run), shape)
    return {
        "opening": stocks[..., :-1],
        "made": made,
        "received": received,
        "shipped": shipped,
        "in_transit": of_cells(delivered.leaked) + moved.gained,
        "used": of_pairs(run.met_by_class.mean(axis=1) * by_month(book.need)[book.row]),
        "passed_on": of_cells(delivered.passed_on) + moved.passed,
        "unsold": left + moved.left,
        "closing": stocks[..., 1:],
    }


def _made(book: Book, sent: Floats, past: Floats, plants: Floats) -> tuple[Floats, Floats, Floats]:
    """What places make of each grade, what they ship, and what they do not; kg a year, each (grade, place, month).

    Parameters
    ----------
    sent : by buyer and origin; `past` from the restrictor, `plants` from new plants, by buyer.
    """
    n = sent.shape[1]
    made, shipped = np.zeros_like(past), np.zeros_like(past)
    made[:, :n] = by_month(book.deliveries.output.made).transpose(1, 0, 2)
    shipped[:, :n] = sent[:, :, :n].sum(axis=1)
    for place, flow in ((n, past), (n + 1, sent[:, :, n]), (n + 2, plants)):
        made[:, place] = shipped[:, place] = flow.sum(axis=1)
    layout, cells = (book.chain.layout, book.deliveries.cells)
    base = layout.licensed[cells.country, cells.grade] * cells.kilograms
    made[:, n] = np.maximum(
        made[:, n], (np.bincount(cells.grade, base, len(book.chain.grades)).astype(np.float64))[:, None]
    )
    left = made - shipped
    shipped[:, :n] -= np.einsum("giit->git", sent[:, :, :n])
    return made, shipped, left


@dataclass(frozen=True)
class Reallocated:
    """What an allocation moves between places, kg a year, (grade, place, month); `left` is taken by nobody."""

    gained: Floats
    passed: Floats
    left: Floats


def _moved(before: Floats, after: Floats) -> Reallocated:
    """What the allocation of receipts takes from some places and gives to others."""
    change = np.where(np.abs(after - before) > ROUNDING * before, after - before, 0.0)
    gained, gave = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    total = gave.sum(axis=1, keepdims=True)
    need = np.minimum(gained.sum(axis=1, keepdims=True), total)
    passed = gave * np.divide(need, total, out=np.zeros_like(total), where=total > 0.0)
    return Reallocated(gained, passed, gave - passed)


def _by_origin(book: Book) -> Floats:
    """What comes from other producers and from no source named, kg a year, (grade, place, origin, month).

    The last origin is that which no source names.
    """
    layout, delivered, cells = book.chain.layout, book.deliveries, book.deliveries.cells
    third, output = layout.third[cells.country, cells.grade], delivered.output
    n, base = len(layout.places), delivered.rows.output[:, :, None]
    ratio = np.divide(output.made, base, out=np.ones_like(output.made), where=base > 0.0)
    ruled = 1.0 - delivered.rule * (1.0 - np.minimum(delivered.flow, 1.0))
    unnamed = np.maximum(1.0 - layout.licensed[cells.country, cells.grade] - third.sum(axis=1), 0.0)
    parts: dict[int, Floats] = {n: np.repeat(unnamed[:, None], ruled.shape[1], axis=1)}
    for j in np.flatnonzero(third.any(axis=0)).tolist():
        abroad = (cells.country != j)[:, None]
        parts[j] = third[:, j, None] * ratio[j][cells.grade] * np.where(abroad, ruled, 1.0)
    offered = np.sum(list(parts.values()), axis=0)
    taken = np.divide(delivered.others, offered, out=np.zeros_like(offered), where=offered > 0.0)
    out = np.zeros((len(book.chain.grades), n, n + 1, book.run.stock.shape[1]))
    for j, part in parts.items():
        np.add.at(out[:, :, j], (cells.grade, cells.country), by_month(part * taken) * cells.kilograms[:, None])
    return out


def _feed(book: Book) -> dict[str, Floats]:
    """Flows of feed, kg of element a year, each of shape (element, place, month)."""
    chain, rows, run, output = book.chain, book.deliveries.rows, book.deliveries.feed_run, book.deliveries.output
    n = len(chain.layout.places)
    shape, bought = (len(chain.elements), n + 3), rows.bought[:, None]

    def placed(values: Floats) -> Floats:
        return _summed_at(rows.element, rows.country, values, shape)

    base = rows.outside[:, None] * np.ones_like(book.deliveries.feed_flow)
    share = base / np.maximum(base + (1.0 - base) * book.deliveries.feed_flow, TINY)
    first = book.deliveries.feed_arriving * bought - book.deliveries.pool.feed
    others, pool = placed(by_month(first * share)), placed(by_month(book.deliveries.pool.feed))
    sent = placed(by_month(first * (1.0 - share)) + run.restocked * bought)
    made = np.einsum("jgt,ge->ejt", output.made + output.extra, chain.layout.recipe) * book.content[:, None, :]
    out = {name: np.zeros((*shape, run.stock.shape[1])) for name in ("used", "made", "shipped")}
    out["used"][:, :n] = by_month(made)
    for place, flow in ((n, sent), (n + 1, others), (n + 2, pool)):
        out["made"][:, place] = out["shipped"][:, place] = flow.sum(axis=1)
    normal = np.bincount(rows.element, rows.bought * (1.0 - rows.outside), len(chain.elements))
    out["made"][:, n] = np.maximum(out["made"][:, n], normal[:, None])
    stocks = placed(_levels(run, rows.bought))
    elements = np.array([chain.elements.index(item) for _, item in run.reserve_keys], dtype=np.int64)
    where = np.array([chain.layout.places.index(place) for place, _ in run.reserve_keys], dtype=np.int64)
    stocks += _summed_at(elements, where, _reserves(run), shape)
    return out | {
        "opening": stocks[..., :-1],
        "received": others + pool + sent,
        "process_loss": placed(by_month(output.used)) - out["used"],
        "unsold": placed(by_month(output.left)) + out["made"] - out["shipped"],
        "closing": stocks[..., 1:],
    }
