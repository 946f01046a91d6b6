"""Tables of consumer prices and of what they cost households, and the findings in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.vocabulary import words
from detente.data.price_tables import budgets
from detente.data.tables import countries
from detente.draws import band
from detente.lab.averages.sides import START, Pairing, Row
from detente.lab.prices.prices import BASE, DRAWS, SEED, PriceChange, Shocks, price_changes
from detente.lab.statute.standing import beside, by_fate, with_fates
from detente.law import Reading

Floats = NDArray[np.float64]

MOST_SOURCES = 40
"""Sources of a table; the others are summed."""


def price_tables(pairings: Sequence[Pairing], draws: int = DRAWS, seed: int = SEED) -> list[Table]:
    """Tables `prices` and `households` of a run."""
    changes = price_changes(pairings, draws=draws, seed=seed)
    return [category_table(changes), household_table(changes)]


def notes(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    """What the numbers rest on, for readers."""
    change = changes[0]
    a, flows = change.assumed, change.after.flows
    ranges = "; ".join(f"{words('input', k)} {low:g} to {high:g}" for k, (low, high) in change.bounds.items())
    assumed = {"border": a.border, "follow": a.follow, "margin": a.margin, "imports": a.import_share}
    spread = (
        declared_note("prices.drawn", **assumed, draws=change.draws, ranges=ranges)
        if change.draws and ranges
        else "; ".join((declared_note("prices.assumed", **assumed), declared_note("prices.not_drawn")))
    )
    weighed = declared_note("prices.accounts_used", flows=flows.period, year=change.tables.year)
    return (
        *compared_laws(changes),
        "; ".join((declared_note("prices.first_round", start=START), weighed)),
        spread,
        declared_note("prices.no_commodity", share=change.after.unmapped),
    )


def compared_laws(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    """Which laws of the United States are compared, once for variants that compare the same ones."""
    by_words: dict[str, list[str]] = {}
    for change in changes:
        old, new = change.before.side, change.after.side
        key = "prices.laws" if old.law is new.law else "prices.laws_changed"
        words = declared_note(key, before=old.on, after=new.on)
        words += "" if new.reading is Reading.EFFECTIVE else f", {new.reading.value} reading"
        by_words.setdefault(words, []).append(change.variant)
    if len(by_words) == 1:
        return tuple(by_words)
    return tuple(f"{', '.join(variants)}: {words}" for words, variants in by_words.items())


def _moved(old: Any, new: Any, spread: Floats) -> tuple[float, float, float, float, float]:
    """Before, after, change and the range of the change."""
    return float(old), float(new), float(new - old), *_quantiles(spread)


Build = Callable[[Sequence[PriceChange]], Table]


def fated(*names: str) -> Callable[[Build], Build]:
    """A builder of a table with some of its numbers under each fate of open clauses, where they matter."""

    def around(build: Build) -> Build:
        @wraps(build)
        def built(changes: Sequence[PriceChange]) -> Table:
            made, words = build(changes), {n: w for change in changes for n, w in change.fate_words.items()}
            return beside(made, by_fate(build, changes, words, lambda change: (change,)), names, words)

        return built

    return around


@fated("change")
def category_table(changes: Sequence[PriceChange]) -> Table:
    """Rise of consumer prices: all, its direct and indirect part, and each budget category."""
    rows = [row for change in changes for row in _category_rows(change)]
    whose = {change.variant: f"{change.variant}: " if len(changes) > 1 else "" for change in changes}
    moved = [whose[c.variant] + declared_note("prices.movers", inputs=c.movers) for c in changes if c.movers]
    return table_of("prices.prices", rows, (*notes(changes), *moved))


ALL = "all"
"""Id of the first row of consumer prices."""


def _category_rows(change: PriceChange) -> list[Row]:
    t, (old, new) = change.tables, change.effects
    weight = t.purchasers / t.total
    whole = [
        (change.variant, name, spent, *_moved(o @ weight, n @ weight, part @ weight), (n - o) @ weight, way)
        for name, spent, o, n, part, way in (
            (ALL, t.total, old.lines, new.lines, change.spread.sum(axis=0), change.moved_by),
            ("direct", np.nan, old.direct, new.direct, change.spread[0], ""),
            ("indirect", np.nan, old.indirect, new.indirect, change.spread[1], ""),
        )
    ]
    groups = [(name, t.category_at == i) for i, name in enumerate(t.used_categories)]
    rows = []
    for name, lines in [*groups, (declared_note("prices.outside"), t.category_at < 0)]:
        spent = t.purchasers * lines
        o, n, part = (x @ spent / spent.sum() for x in (old.lines, new.lines, change.spread.sum(axis=0)))
        part_of_all = (n - o) * spent.sum() / t.total
        rows.append((change.variant, name, float(spent.sum()), *_moved(o, n, part), part_of_all, ""))
    return whole + sorted(rows, key=lambda row: -abs(row[-2]))


@fated("change")
def line_table(changes: Sequence[PriceChange]) -> Table:
    """Rise of each line of consumer spending, the largest parts of the change first."""
    rows = []
    for change in changes:
        t, (old, new), lines = change.tables, change.effects, change.spread.sum(axis=0)
        part = (new.lines - old.lines) * t.purchasers / t.total
        for i in np.argsort(-np.abs(part), kind="stable"):
            moved = _moved(old.lines[i], new.lines[i], lines[:, i])
            rows.append((change.variant, t.titles[i], t.categories[i], t.purchasers[i], *moved, part[i]))
    return table_of("prices.price_lines", rows, notes(changes))


def source_table(changes: Sequence[PriceChange], by: str = "authority") -> Table:
    """What each authority, measure or partner adds to consumer prices; rows add up to the whole.

    Raises
    ------
    UnknownName
        for another way of splitting.
    """
    if by not in SPLITS:
        raise UnknownName("source of prices", by, SPLITS, Parameter("by"), f"use {', '.join(SPLITS)}")
    words = {name: text for change in changes for name, text in change.fate_words.items()}
    pairs = [pair for change in changes for pair in _source_rows(change, by, tuple(words))]
    rows = [row for row, _ in pairs]
    rows = rows or [(changes[0].variant, "none", "no duty moved", *(0.0,) * 6)]
    made = table_of("prices.prices_by", rows, notes(changes), by=by)
    fates = {name: {"change": np.asarray([own[k] for _, own in pairs] or [0.0])} for k, name in enumerate(words)}
    return with_fates(made, fates, words)


def _source_rows(change: PriceChange, by: str, fates: Sequence[str]) -> Iterator[tuple[Row, list[float]]]:
    """The largest sources of a change and the sum of the others, each with the change under each fate."""
    parts = change.contributions(SPLITS[by])
    again = [change.fates[name].contributions(SPLITS[by]) if name in change.fates else parts for name in fates]
    ranked = sorted(parts, key=lambda name: (-abs(parts[name][1][0] - parts[name][0][0]), name))
    first = [(name, _title(change, by, name), [name]) for name in ranked[:MOST_SOURCES]]
    for name, title, members in (*first, ("others", "all others", ranked[MOST_SOURCES:])):
        if not members:
            continue
        old, new = np.sum([parts[member] for member in members], axis=0)
        if old.any() or new.any():
            row = (change.variant, name, title, *_moved(old[0], new[0], (new - old)[1:]))
            yield row, [float(sum(o[m][1][0] - o[m][0][0] for m in members if m in o)) for o in again]


SPLITS: dict[str, Callable[[Shocks], dict[str, Floats]]] = {
    "authority": Shocks.by_authority,
    "measure": Shocks.by_measure,
    "partner": Shocks.by_partner,
}


def _title(change: PriceChange, by: str, name: str) -> str:
    """What a source is called for readers."""
    laws = (change.before.start.ground.law, change.before.side.law, change.after.side.law)
    if by == "partner":
        return countries().names.get(name, name)
    if by == "measure":
        titles = {m.id: m.title for law in laws for m in law.measures}
    else:
        titles = {a.id: a.name for law in laws for a in law.authorities}
    return titles.get(name, "Base duty" if name == BASE else name)


@fated("change")
def input_table(changes: Sequence[PriceChange]) -> Table:
    """What each assumption alone does to the change of consumer prices, the strongest first."""
    rows = []
    for change in changes:
        main, bounds = change.change, change.bounds
        for name in sorted(change.swings, key=lambda n: -abs(change.swings[n][1] - change.swings[n][0])):
            both = change.swings[name]
            rows.append((change.variant, name, *bounds.get(name, (0.0, 1.0)), min(both), main, max(both)))
    rows = rows or [(changes[0].variant, declared_note("prices.all_set"), np.nan, np.nan, np.nan, np.nan, np.nan)]
    return table_of("prices.inputs", rows, notes(changes))


@fated("pocket", "accounts")
def household_table(changes: Sequence[PriceChange]) -> Table:
    """Cost of the change to a household by decile of income, on both bases."""
    rows = [row for change in changes for row in _household_rows(change)]
    return table_of("prices.households", rows, (*_household_notes(changes), *notes(changes)[:-1]))


def _household_rows(change: PriceChange) -> list[Row]:
    rows: list[Row] = []
    main, drawn = change.burden
    for label, a, b in (("", main, drawn), ("all", main.mean, drawn.mean)):
        for i in range(a.rate.shape[-1]):
            cells = [float(a.rate[i])]
            for name in COSTS:
                cells += [float(getattr(a, name)[i]), *_quantiles(getattr(b, name)[:, i])]
            head = (change.variant, label or str(i + 1), a.budgets.income[i], a.budgets.expenditure[i])
            rows.append((*head, *cells, float(a.share_of_income[i])))
    return rows


COSTS = ("out_of_pocket", "national_accounts")


def _quantiles(spread: Floats) -> tuple[float, float]:
    if not spread.size:
        return float("nan"), float("nan")
    low, high = band(spread)
    return float(low), float(high)


def _household_notes(changes: Sequence[PriceChange]) -> tuple[str, ...]:
    outside = max(_outside(change) for change in changes)
    accounts = declared_note("prices.accounts", year=2024, households=budgets().households / 1e6)
    return (
        "; ".join((declared_note("prices.pocket"), accounts, declared_note("prices.published_basis"))),
        declared_note("prices.no_outlay", share=outside),
        declared_note("prices.first_decile"),
    )


def _outside(change: PriceChange) -> float:
    """Share of the change that no budget category holds."""
    old, new = change.effects
    whole = new.headline - old.headline
    return (new.unallocated - old.unallocated) / whole if whole else 0.0
