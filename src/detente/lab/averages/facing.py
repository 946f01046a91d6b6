"""Facing: what goods of a country owe in every importer on record, before and after, and the acts that moved it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.days import BASE_DAY, check_day
from detente.codes.standing import LAPSED, Standing
from detente.data.embedded import EMBEDDED
from detente.data.importer_flows import ERROR, modelled_flows
from detente.data.importer_lines import WORLD, sector_tariffs
from detente.data.importerfile import importer_file, lawbooks
from detente.data.importers import importer
from detente.data.tables import countries, partner_name, place
from detente.lab.averages.averages import BASE, grouping
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.statute.standing import standing_of, with_fates
from detente.law import Reading
from detente.trade import Flows, measure_duties
from detente.trade.flows import Floats

BY = ("partner", "section")
"""What the duties that goods face are broken down by: who sets them, or the goods."""

SECTOR = "sector"
STILL = 5e-5
"""Change of an average up to which it stands still, share."""

LEAST = 0.02
"""Share of the exports from which on an importer's record is that of the whole."""

NAMED = 3
"""Acts of a day that are named."""


@dataclass(frozen=True)
class Faced:
    """Duties of one importer on an exporter's goods.

    Attributes
    ----------
    flows : what it imports of them; before, after : duty of every pair on the two days, shape (pairs,), share.
    fates : average on the second day under each fate of open clauses, by name; empty where they agree.
    ground : its law on these flows; None where average tariffs of sectors stand for its law.
    """

    code: str
    level: str
    flows: Flows = field(repr=False)
    before: Floats = field(repr=False)
    after: Floats = field(repr=False)
    fates: Mapping[str, float] = field(default_factory=dict)
    standing: Standing | None = None
    ground: LaidLaw | None = field(repr=False, default=None)

    @property
    def read(self) -> str:
        """Last day for which its law was read, "" where no law stands behind its duties."""
        return "" if self.standing is None else self.standing.to.isoformat()

    def average(self, rates: Floats) -> float:
        """Average of duties of pairs, share."""
        return float(self.flows.value @ rates) / self.flows.total


def facing(
    exporter: str, on: date, against: date = BASE_DAY, reading: Reading = Reading.EFFECTIVE
) -> tuple[str, list[Faced]]:
    """Name of an exporter, and what its goods owe in every importer on record, the largest buyer first.

    Parameters
    ----------
    exporter : country or group, by any name or code; against : day of the law that is compared with.

    Raises
    ------
    UnknownName : an exporter nobody knows; InputError : nobody on record buys of it.
    """
    known = countries()
    members = known.expand(exporter, on, Parameter("partner"))
    group = known.group(exporter)
    name = place(min(members) if group is None else group.id)
    each = (
        _faced(code, members, on, against, reading)
        for code, book in lawbooks().items()
        if not members <= importer_file(book).members
    )
    rows = [faced for faced in each if faced is not None]
    if not rows:
        raise InputError(Parameter("partner"), f"no importer on record buys of {name}", "name another country")
    return name, sorted(rows, key=lambda faced: -faced.flows.total)


def _faced(code: str, members: frozenset[str], on: date, against: date, reading: Reading) -> Faced | None:
    where = importer(code)
    table = EMBEDDED.get(where.file.schedule.table)
    if table is not None and table.bought_of and members != {table.bought_of}:
        # Average applied tariffs of sectors of the world table on modelled trade, where the law is not on record.
        flows = modelled_flows(where).only(members)
        rates = np.zeros(flows.value.size)
        for i, partner in enumerate(flows.partners):
            own = flows.partner_at == i
            rates[own] = sector_tariffs(code, partner, flows.lines.codes)[flows.line_at[own]]
        return Faced(code, SECTOR, flows, rates, rates) if flows.total else None
    ground = laid_law(where.law)
    if not members & set(ground.flows.expanded()[0].partners):
        return None
    ground = ground.only(members).reaching(min(on, against))
    if not ground.flows.total:
        return None
    standing = standing_of(where.law, on, on, lambda law: ground.under(law).whole(on, reading), partners=members)
    fates = {} if standing is None else {b.name: b.value or 0.0 for b in standing.branches if b.name != LAPSED}
    before, after = (ground.rates(day, reading).total for day in (against, on))
    return Faced(code, where.file.level, ground.flows, before, after, fates, standing, ground)


def facing_tables(
    exporter: str,
    on: date,
    against: date = BASE_DAY,
    by: str = BY[0],
    reading: Reading = Reading.EFFECTIVE,
) -> list[Table]:
    """What an exporter's goods face by importer or section, and the days between on which an importer moved it."""
    if by not in BY:
        raise UnknownName("breakdown", by, BY, Parameter("by"), f"use {' or '.join(BY)}")
    check_day(on)
    check_day(against, Parameter("against"))
    if against > on:
        raise InputError(Parameter("against"), f"{against} is after {on}", "give an earlier day")
    name, faced = facing(exporter, on, against, reading)
    standing = _whole(faced)
    words = {"exporter": name, "before_day": str(against), "after_day": str(on)}
    notes = tuple(_notes(faced, against, on))
    if by == "section":
        table = table_of("averages.facing_sections", list(_sections(faced)), notes, **words)
    else:
        ends = [(row.average(row.before), row.average(row.after)) for row in faced]
        rows = [
            (row.code, partner_name(row.code), row.flows.total, before, after, after - before, row.level, row.read)
            for row, (before, after) in zip(faced, ends, strict=True)
        ]
        table = table_of("averages.facing", rows, notes, **words)
        known = [row.standing for row in faced if row.standing is not None]
        texts = {name: text for each in known for name, text in each.fates.items()}
        pairs = [(row.fates, after) for row, (_, after) in zip(faced, ends, strict=True)]
        under = {name: {"after": np.asarray([fates.get(name, own) for fates, own in pairs])} for name in texts}
        table = with_fates(table, under, texts)
    steps = sorted(row for each in faced for row in _steps(each, against, on, reading))
    moved = table_of("averages.facing_steps", steps, exporter=name)
    return [table.standing_on(standing), moved.standing_on(standing)]


def _notes(faced: Sequence[Faced], against: date, on: date) -> Iterator[str]:
    """What a reader must know of the whole: its average, and what stands on sectors and on modelled trade."""
    total = sum(row.flows.total for row in faced)
    before, after = (sum(float(row.flows.value @ each) for row, each in pairs) / total for pairs in (
        [(row, row.before) for row in faced], [(row, row.after) for row in faced],
    ))  # fmt: skip
    yield declared_note("averages.all_importers", before=before, after=after)
    sectors = [row for row in faced if row.level == SECTOR]
    if sectors:
        part = sum(row.flows.total for row in sectors) / total
        yield declared_note("averages.level_sector", world=WORLD, part=part)
    if any(row.flows.estimated.all() for row in faced):
        yield ERROR
    for row in faced:
        name = partner_name(row.code)
        if row.standing is not None and row.standing.beyond:
            yield f"{name}: {row.standing.line}"
        record = row.ground.law.record if row.ground is not None else None
        yield from (f"{name}: {gap.says}" for gap in (record.gaps if record else ()) if against <= gap.end < on)


def _whole(faced: Sequence[Faced]) -> Standing | None:
    """The standing of the whole: the day to which all that matter were read, with what the largest of them hangs on.

    Importers matter from a share of the exports on, if measures of theirs are on record; None on days on record.
    """
    total = sum(row.flows.total for row in faced)
    large = [row for row in faced if row.flows.total > LEAST * total and row.ground and row.ground.law.measures]
    beyond = [(row.standing, row.code) for row in large if row.standing is not None and row.standing.beyond]
    if not beyond:
        return None
    standing, code = next((pair for pair in beyond if pair[0].branches), beyond[0])
    read, of = min(each.to for each, _ in beyond), f"{place(code)}: an average duty of "
    return replace(standing, to=read, of=of, gaps=(), base_of=None, measures_to=None)


def _sections(faced: Sequence[Faced]) -> Iterator[tuple[str | float, ...]]:
    sums: dict[str, list[float]] = {}
    titles: dict[str, str] = {}
    for row in faced:
        groups = grouping(importer(row.code), row.flows, "section")
        titles |= dict(zip(groups.codes, groups.labels, strict=True))
        parts = [np.bincount(groups.group, row.flows.value * rate, minlength=len(groups.codes))
                 for rate in (np.ones(row.flows.value.size), row.before, row.after)]  # fmt: skip
        for code, *amounts in zip(groups.codes, *(part.tolist() for part in parts), strict=True):
            sums[code] = [a + b for a, b in zip(sums.get(code, [0.0] * 3), amounts, strict=True)]
    for code, (value, before, after) in sorted(sums.items(), key=lambda item: -item[1][0]):
        safe = value or 1.0
        yield code, titles[code], value, before / safe, after / safe, (after - before) / safe


def _steps(faced: Faced, first: date, last: date, reading: Reading) -> Iterator[tuple[str | float, ...]]:
    """Days on which an importer's average moved, with what moved it, the largest first."""
    if faced.ground is None or last == first:
        return
    ground, total = faced.ground, faced.flows.total
    titles = {BASE: "base duty and preferences"} | {m.id: m.title for m in ground.law.measures}
    averages = ground.daily(first, last, reading)["average"]
    for n in np.flatnonzero(np.abs(np.diff(averages)) > STILL).tolist():
        day, before, after = first + timedelta(n + 1), float(averages[n]), float(averages[n + 1])
        old, new = (_duties(ground, on, reading) for on in (day - timedelta(1), day))
        moves = {name: abs(new.get(name, 0.0) - old.get(name, 0.0)) for name in (*old, *new)}
        acts = sorted((name for name, by in moves.items() if by > STILL * total), key=lambda name: -moves[name])
        more = [f"{len(acts) - NAMED} more"] if len(acts) > NAMED else []
        what = "; ".join([*(titles[name] for name in acts[:NAMED]), *more])
        yield str(day), faced.code, partner_name(faced.code), before, after, after - before, faced.read, what


def _duties(ground: LaidLaw, on: date, reading: Reading) -> dict[str, float]:
    """Duty by measure on a day, the base duty among them, USD."""
    exposure = ground.reaching(on).at(on).exposure
    return measure_duties(exposure, [on], reading)[0] | {BASE: exposure.base_duty}
