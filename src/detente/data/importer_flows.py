"""Trade that weighs the duties of an importer: of the package's tables, of its folder's own file, or modelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis
from detente.codes.axis import Floats, Ints
from detente.data.importer_lines import subheadings
from detente.data.importerfile import stamp
from detente.data.importers import Importer, importer
from detente.data.library import embedded, pl
from detente.data.limits import memoized
from detente.data.tables import arrays, countries, read
from detente.trade.flows import Flows

#: How far an average of the duty of all origins at modelled weights may be off; `modelled_flows` says how it is known.
ERROR = "weights are modelled, and averages may be 0.6 points off"

#: What the duties of an importer are of, by the level of its schedule.
BASES = {
    "line": "duties stand by line",
    "hs6": "duties stand by subheading",
    "sector": "duties are means of sectors but for single rates on record",
}


def imports_of(code: str) -> Flows:
    """Imports of an importer whose trade is in no table of the package, customs value, USD.

    Of goods open to a preference the share of its `utilisation` claims one. Lines that owe a duty by quantity, of which
    no equivalent is known, are left out; the notes say how much trade that is.
    """
    folder = importer(code).lawbook
    return _imports(code, folder, stamp(folder))


@memoized
def _imports(code: str, folder: Path, state: int) -> Flows:
    """The same, kept for a folder as it is: a user's own may come in the place of one of the package."""
    where = importer(code)
    flows = all_imports(where)
    if not flows.own_claims:
        flows = replace(flows, claim=np.full(flows.value.size, where.file.utilisation.share))
    # What the duties and the weights of an importer's averages are, in one line.
    parts = (BASES[where.file.level], ERROR if not where.file.flows else "")
    about = "; ".join(part for part in parts if part)
    others = (note for note in flows.notes if note not in NOTES)
    return _rated(replace(flows, notes=(*filter(None, (about,)), *others)), where)


def all_imports(where: Importer) -> Flows:
    """Imports of an importer on all of its lines: of its folder's own file, or modelled."""
    if not where.file.flows:
        return modelled_flows(where)
    from detente.data.readers import read_flows

    return read_flows(where.lawbook / where.file.flows, where.iso3)


def _rated(flows: Flows, where: Importer) -> Flows:
    """The flows without lines of which only a duty by quantity is known."""
    out = where.unrated[flows.line_at]
    if not out.any():
        return flows
    share = float(flows.value[out].sum()) / flows.total
    note = f"lines with a duty by quantity are left out: {where.unrated.mean():.1%} of lines, {share:.1%} of the trade"
    kept = flows.take(~out)
    return replace(kept, notes=(*kept.notes, note))


# --- imports of any importer by line and partner, modelled where no table has them -----------------------------------
# Of importer m, exporter o and subheading h in sector s the value is F(o,m,s) x(o,h|s): F the flow between the two in
# `icio-2022`, x the share of h in what o sells of the sector. Of the United States x is the mix of its exports in
# 2024, the importer's own where it is known, else that of five partners together; of other exporters the mix of what
# they sell to the United States; of those without either the mix of all exporters to the United States. Subheadings
# are divided among the lines of the day equally; a line of ten digits is a part of its eight.


WORLD, REST, AMERICA, UNION = "icio-2022", "ROW", "USA", "EU27"
#: The European Union in the trade of the United States, whose members' sales are known together.
BLOCK = "EUU"

#: Year of the flows between countries, and of what each sells by subheading.
YEAR, SOLD = 2022, 2024

#: Day whose lines the imports are laid on.
DAY = f"{SOLD}-07-01"

#: USD; smaller pairs are left out, and the partner's other pairs scaled up.
SMALLEST = 10_000.0

SPECIAL = ("98", "99")
#: What a reader is told of modelled weights; `tests/tables/test_modelled_flows.py` works the error out.
NOTES = (
    "weights are modelled from flows by sector and what each partner sells to the United States",
    "on US goods in five countries such averages were 0.58 points off, a fifth of the rate",
)


@dataclass(frozen=True)
class Mixes:
    """What exporters sell, by subheading.

    Attributes
    ----------
    six : subheadings of 2022.
    sector : position of the sector that takes most of each subheading, shape (six,).
    to_america : sales to the United States in 2024, USD, shape (six, exporters).
    exporters : of the columns.
    from_america : exports of the United States in 2024 by importer, USD, shape (six,).
    """

    six: Axis
    sector: Ints = field(repr=False)
    to_america: Floats = field(repr=False)
    exporters: tuple[str, ...]
    from_america: dict[str, Floats] = field(repr=False)

    def shares(self, values: Floats, sectors: int) -> Floats:
        """Shares of every subheading in its sector for columns of sales, NaN where it has none, shape (six, n)."""
        total = np.zeros((sectors, values.shape[1]))
        np.add.at(total, self.sector, values)
        return values / np.where(total > 0, total, np.nan)[self.sector]


@dataclass(frozen=True)
class CountryFlows:
    """Flows of goods between countries in 2022, USD, shape (importer, exporter, sector)."""

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: Floats = field(repr=False)


@memoized
def country_flows() -> CountryFlows:
    """The table of flows, sectors of goods alone."""
    with np.load(embedded(WORLD)) as content:
        sectors = content["sectors"].tolist()
        flows, unit = content["flows"][:, :, :-1], float(content["unit"])
        return CountryFlows(tuple(content["countries"].tolist()), tuple(sectors[:-1]), flows * unit)


@memoized
def mixes() -> Mixes:
    """Sales of every exporter by subheading of 2022."""
    six, sector = _sectors()
    exporters, sold = _to_america(six)
    return Mixes(six, sector, sold, exporters, _from_america(six))


def _sectors() -> tuple[Axis, Ints]:
    """Subheadings of goods, and the sector that takes most of each."""
    codes, targets = subheadings()
    place = {name: i for i, name in enumerate(country_flows().sectors)}
    sector = np.asarray([place.get(name, -1) for name in targets.tolist()], dtype=np.int64)
    goods = (sector >= 0) & ~np.isin(codes.astype("<U2"), SPECIAL)
    return Axis("hs6", codes[goods]), sector[goods]


def _to_america(six: Axis) -> tuple[tuple[str, ...], Floats]:
    """Exporters and their sales to the United States in 2024."""
    table = read("usa_imports_2024", ["code", "partner", "value"])
    table = table.group_by(pl.col("code").str.slice(0, 6).alias("hs6"), "partner").agg(pl.col("value").sum())
    names, column = np.unique(table["partner"].to_numpy().astype("<U3"), return_inverse=True)
    return tuple(names.tolist()), _filled(six, table["hs6"].to_numpy().astype("<U6"), column, table["value"].to_numpy())


def _from_america(six: Axis) -> dict[str, Floats]:
    """Exports of the United States in 2024 to each importer whose own are known."""
    table = arrays("usa_exports_2024")
    names, column = np.unique(table["importer"], return_inverse=True)
    sold = _filled(six, table["hs6"], column, table["value"])
    return {str(name): sold[:, i] for i, name in enumerate(names)}


def _filled(six: Axis, codes: NDArray[np.str_], column: Ints, value: Ints) -> Floats:
    """Values laid on subheadings and columns; those of no subheading are left out."""
    row = six.positions(codes)
    here = row >= 0
    table = np.zeros((len(six), int(column.max()) + 1))
    np.add.at(table, (row[here], column[here]), value[here].astype(np.float64))
    return table


def by_subheading(code: str, members: Iterable[str], partners: Sequence[str]) -> Floats:
    """Modelled imports of an importer by subheading of 2022 and partner, USD, shape (six, partners).

    Parameters
    ----------
    code : its id; the mix of US exports is its own where it is known.
    members : countries that import under its tariff.
    """
    known, table = mixes(), country_flows()
    rows = [table.countries.index(member) for member in members]
    columns = [table.countries.index(partner) for partner in partners]
    flow = table.flows[rows][:, columns].sum(axis=0).T
    return _shares(code, partners) * flow[known.sector]


def _shares(code: str, partners: Sequence[str]) -> Floats:
    """Share of each subheading in what a partner sells of the sector, by the nearest mix that is known; (six, n)."""
    known, sectors = mixes(), len(country_flows().sectors)
    sold = known.shares(_sales(code, partners), sectors)
    pooled = known.shares(known.to_america.sum(axis=1, keepdims=True), sectors)
    equal = known.shares(np.ones((len(known.six), 1)), sectors)
    return np.where(np.isnan(sold), np.where(np.isnan(pooled), equal, pooled), sold)


def _sales(code: str, partners: Sequence[str]) -> Floats:
    """What each partner sells, by subheading, as far as it is known; shape (six, n)."""
    known, union = mixes(), countries().expand(UNION)
    american = known.from_america.get(code)
    sold = np.zeros((len(known.six), len(partners)))
    for i, partner in enumerate(partners):
        name = BLOCK if partner in union else partner
        if partner == AMERICA:
            sold[:, i] = sum(known.from_america.values()) if american is None else american
        elif name in known.exporters:
            sold[:, i] = known.to_america[:, known.exporters.index(name)]
    return sold


def modelled_flows(where: Importer) -> Flows:
    """Imports of an importer from every country of the world table, on its lines of the day, USD of 2022.

    All pairs are estimated. Notes say what the values rest on, and how much of them found no line or no partner.
    """
    inside = _members(where.iso3)
    members = sorted(inside & set(country_flows().countries)) or [REST]
    partners = tuple(p for p in country_flows().countries if p not in inside and p != REST)
    six = Axis.of("hs6", np.concatenate([mixes().six.codes, where.lines.codes.astype("<U6")]))
    imports = np.zeros((len(six), len(partners)))
    imports[six.positions(mixes().six.codes)] = by_subheading(where.iso3, members, partners)
    places, share = _lines_of_day(where, six)
    laid, lost = _carried(imports, places[:, 0], six)
    value = _without_crumbs(laid[places[:, 0]] * share[:, None])
    row, column = np.nonzero(value)
    pairs = row.size
    # What stands for an importer that the table does not tell apart.
    note = "the table does not tell the importer apart: its weights are imports of the rest of the world; give flows"
    stand_in = (note,) if list(members) == [REST] else ()
    return Flows(
        importer=where.iso3,
        period=str(YEAR),
        lines=where.lines,
        partners=partners,
        line_at=places[row, 1],
        partner_at=column.astype(np.int64),
        value=value[row, column],
        claim=np.zeros(pairs),
        duty=np.zeros(pairs),
        estimated=np.ones(pairs, dtype=bool),
        valuation="basic prices of the world table",
        source=f"{WORLD}, usa_imports_2024, usa_exports_2024",
        notes=(*NOTES, *stand_in, *_left_out(lost, float(imports.sum()), members)),
    )


def _members(code: str) -> frozenset[str]:
    """Countries that import under an importer's tariff: itself, or the members of a union."""
    known = countries()
    return known.expand(code) if code in known.groups else frozenset({code})


def _lines_of_day(where: Importer, six: Axis) -> tuple[Ints, Floats]:
    """(subheading, line) of every line of the day, and its share of the subheading; shape (lines of the day, 2).

    Lines of ten digits share what their eight digits have, as they are parts of it.
    """
    codes, start, end = where.lines.codes, where.table["from"], where.table["until"]
    special = where.lines.mask(SPECIAL)
    now = np.flatnonzero(((start == "") | (start <= DAY)) & ((end == "") | (end >= DAY)) & ~special)
    subheading = six.positions(codes[now].astype("<U6"))
    eights, eight = np.unique(codes[now].astype("<U8"), return_inverse=True)
    parts = np.bincount(eight)
    heads = np.bincount(subheading[np.unique(eight, return_index=True)[1]], minlength=len(six))
    share = 1.0 / (parts[eight] * heads[subheading]) if eights.size else np.zeros(0)
    return np.stack([subheading, now], axis=1), share


def _carried(imports: Floats, listed: Ints, known: Axis) -> tuple[Floats, float]:
    """Imports on the subheadings that have lines, by their positions on an axis, and the value that finds none.

    What stands under a subheading that it has not goes to those of 2017 that held the goods, where it has them.
    """
    has = np.zeros(len(known), dtype=bool)
    has[listed] = True
    links = arrays("chn_hs6_map")
    chosen = (links["source_edition"] == "HS2022") & (links["target_edition"] == "HS2017") & (links["method"] != "same")
    source, goal = known.positions(links["hs6"][chosen]), known.positions(links["target_hs6"][chosen])
    usable = (source >= 0) & (goal >= 0)
    usable[usable] &= ~has[source[usable]] & has[goal[usable]]
    source, goal, weight = source[usable], goal[usable], links["weight"][chosen][usable]
    total = np.bincount(source, weight, minlength=len(known))
    laid = np.where(has[:, None], imports, 0.0)
    np.add.at(laid, goal, imports[source] * (weight / total[source])[:, None])
    return laid, float(imports.sum() - laid.sum())


def _without_crumbs(value: Floats) -> Floats:
    """Values without the pairs too small to matter; each partner's others are scaled up to its total."""
    kept = np.where(value >= SMALLEST, value, 0.0)
    total, left = value.sum(axis=0), kept.sum(axis=0)
    kept = np.where(left > 0, kept, value)
    return kept * np.where(left > 0, total / np.where(left > 0, left, 1.0), 1.0)


def _left_out(lost: float, total: float, members: Sequence[str]) -> tuple[str, ...]:
    """What found no line and no partner, in words."""
    table = country_flows()
    notes = []
    if lost > 0.0005 * total:
        notes.append(f"{lost / total:.1%} of the value finds no line in the schedule and is left out")
    rest = float(table.flows[[table.countries.index(m) for m in members], table.countries.index(REST)].sum())
    if rest > 0.0005 * (total + rest):
        notes.append(
            f"{rest / (total + rest):.1%} of imports, from countries that the table does not tell apart, are left out"
        )
    return tuple(notes)
