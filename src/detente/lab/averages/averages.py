"""Averages: the law of an importer laid on its trade, by day, partner, sector, product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of, table_with
from detente.codes.days import BASE_DAY, LAPSED, Standing, check_day, of_fate
from detente.codes.hs import SECTIONS, section
from detente.codes.names import vocabulary
from detente.data.importer_flows import ERROR, modelled_flows
from detente.data.importer_lines import WORLD, names_of_groups, sector_tariffs
from detente.data.importerfile import importer_file, lawbooks
from detente.data.importers import Importer, importer
from detente.data.tables import EMBEDDED, arrays, concordance, countries, partner_name, place
from detente.lab.averages.laid_law import READ, LaidLaw, laid_law, weighed_note
from detente.lab.statute.standing import branched, fates_of, standing_of, with_fates
from detente.law import Law, Reading, Schedule
from detente.law.law import for_each
from detente.trade import (
    Definition,
    Exposure,
    Flows,
    Grouping,
    average_table,
    grouped,
    measure_duties,
    pair_rates,
    post_value,
    whole_table,
)
from detente.trade.flows import Floats, Ints

BY = ("partner", "section", "chapter", "hs4", "hs6", "line", "sector", "naics", "bea", "end_use", "isic4", "icio28")
#: Name of the base duty among measures.
BASE = "base"

#: Default import-demand elasticity of post-shock weights; see the assumptions register.
ELASTICITY = 2.0


def average(
    ground: LaidLaw,
    on: date,
    by: Sequence[str] = (),
    *,
    definition: Definition = Definition.FIXED,
    reading: Reading = Reading.EFFECTIVE,
    elasticity: float = ELASTICITY,
    against: date | None = None,
) -> Table:
    """Average duty of a ground's law on a day, by any of `BY`, with its standing; see `effective_rate`."""
    start = against or BASE_DAY
    ground = ground.reaching(min(on, start))

    def under(law: Law, _: date) -> Table:
        here = ground.under(law)
        return effective_rate(
            here.schedule(on, reading),
            here.at(on).exposure,
            by,
            definition=definition,
            before=here.schedule(start, reading) if definition is Definition.POST else None,
            elasticity=elasticity,
            where=here.where,
            exposure_before=here.at(start).exposure,
        )

    return branched(under, lambda law: ground.under(law).whole(on, reading), ground.law, on, on, ground.chosen)


def daily_averages(
    ground: LaidLaw, first: date, last: date, reading: Reading = Reading.EFFECTIVE, by: str = "authority"
) -> Table:
    """Average duty of a ground's law by day, with its standing; see `LaidLaw.daily`."""
    return branched(
        lambda law, start: ground.under(law).daily(start, last, reading, by),
        lambda law: ground.under(law).whole(last, reading),
        ground.law,
        first,
        last,
        ground.chosen,
    )


#: Days that stand beside one another for readers, and what a measure adds at least on one of them, share.
DAYS, NOTHING = 4, 5e-5


def by_measure(daily: Table) -> Table:
    """A table of days with a column a measure, turned for readers: a row a measure, by title, the largest first.

    Of many days on which the average moved the first, the highest and the last are shown.
    """
    average = np.asarray(daily["average"])
    moved = np.flatnonzero(np.concatenate([[True], np.abs(np.diff(average)) > 5e-7]))
    shown = moved if len(moved) <= DAYS else np.unique([0, int(average.argmax()), len(average) - 1])
    whole = {"average": "average of all imports", BASE: "base duty"}
    parts = {c.name: c for c in daily.columns if c.name != "date" and not of_fate(c.name)[1]}
    adds = {name: np.asarray(daily[name])[shown] for name in parts}
    named = [name for name in parts if np.abs(adds[name]).max() >= NOTHING]
    named.sort(key=lambda name: (name not in whole, -adds[name][-1]))
    days = [str(daily["date"][n]) for n in shown]
    data = {
        "measure": np.asarray(["" if name in whole else name for name in named]),
        "title": np.asarray([whole.get(name, parts[name].description) for name in named]),
        **{day: np.asarray([adds[name][n] for name in named]) for n, day in enumerate(days)},
    }
    turned = table_with("averages.daily_measures", data, daily.notes, day=[{"day": day} for day in days])
    return replace(turned, standing=daily.standing)


def effective_rate(
    schedule: Schedule,
    exposure: Exposure,
    by: Sequence[str] = (),
    *,
    definition: Definition = Definition.FIXED,
    before: Schedule | None = None,
    elasticity: float = ELASTICITY,
    where: Importer,
    exposure_before: Exposure | None = None,
) -> Table:
    """Average duty of a schedule, by any of `BY`.

    Parameters
    ----------
    definition : FIXED weights of the flows' year, or POST: weights after substitution from the schedule
        `before`, with the import-demand `elasticity`.
    exposure_before : the same flows under the base duties of `before`, where these are others.
    """
    flows, weights = exposure.flows, exposure.flows.value
    note = f"{weighed_note(flows)}, no substitution"
    about = (declared_note(READ[schedule.reading], on=schedule.on), *flows.notes)
    if not by and definition is Definition.FIXED:
        return whole_table(schedule, exposure, (note, *about))
    rates = pair_rates(schedule, exposure)
    if definition is Definition.COLLECTED:
        raise InputError("definition", "'collected' is an observation by month", "see table collected of revenue")
    if definition is Definition.POST:
        if before is None:
            raise InputError("definition", "'post' needs a schedule to start from", "give the law before the change")
        old = pair_rates(before, exposure_before or exposure).total
        weights = post_value(flows.value, old, rates.total, elasticity)
        note = declared_note("averages.moved", flows=flows.period, law=before.on, elasticity=elasticity)
    if "partner" in by:
        flows, source, (weights,) = by_member(flows, weights)
        rates = rates.take(source)
    groupings = [grouping(where, flows, name) for name in by]
    return average_table(schedule.law, rates, weights, groupings, (note, *about))


def contributions(ground: LaidLaw, before: date, after: date, reading: Reading = Reading.EFFECTIVE) -> Table:
    """What each measure adds to the average on two days, and its part in the change; the parts sum to it.

    Beyond the record of the law with the change under each fate of open clauses.
    """
    law, last = ground.law, max(before, after)
    standing = ground.standing(min(before, after), last, reading)

    def steps_under(other: Law) -> dict[str, tuple[float, float, float]]:
        """What each measure adds on the two days, and the change, shares, by id."""
        here = ground.under(other)
        old, new = (duty_by_measure(here, day, reading) for day in (before, after))
        total = here.flows.total
        pairs = {name: (old.get(name, 0.0) / total, new.get(name, 0.0) / total) for name in dict.fromkeys((*old, *new))}
        return {name: (first, then, then - first) for name, (first, then) in pairs.items()}

    steps, fates = steps_under(law), for_each(fates_of(law, standing, last), steps_under)
    titles, none = {BASE: "Base duty"} | {m.id: m.title for m in law.measures}, (0.0, 0.0, 0.0)
    all_steps = (steps, *fates.values())
    moved = {name: [each.get(name, none)[2] for each in all_steps] for each in all_steps for name in each}
    names = [name for name, changes in moved.items() if any(abs(change) > 1e-9 for change in changes)]
    names.sort(key=lambda name: (*(-abs(change) for change in moved[name]), name))
    points = sum(step[2] for step in steps.values()) * 100
    note = declared_note("averages.sum", points=points, before=before, after=after)
    for name, words in standing.fates.items() if standing is not None else ():
        own = round(sum(step[2] for step in fates[name].values()) * 100, 2) + 0.0
        note += declared_note("averages.sum_if", points=own, fate=words)
    by_claims = moved_by_claims(ground, before, after, reading)
    further = [] if by_claims is None else [of_claims(by_claims)]
    notes = (weighed_note(ground.flows), note, *ground.notes_of(before, after), *further)
    rows = [(name, titles[name], *steps.get(name, none)) for name in names]
    table = table_of("averages.contributions", rows, notes, before=before, after=after)
    changes = {fate: {"change": np.asarray([own.get(n, none)[2] for n in names])} for fate, own in fates.items()}
    return with_fates(table, changes, standing).standing_on(standing)


def duty_by_measure(ground: LaidLaw, on: date, reading: Reading) -> dict[str, float]:
    """Duty by measure on a day, USD; the base duty among them where it has days."""
    exposure = ground.reaching(on).at(on).exposure
    duties = measure_duties(exposure, [on], reading)[0]
    return duties | ({BASE: exposure.base_duty} if ground.where.base_days else {})


def of_claims(moved: float) -> str:
    """What is said of `moved_by_claims`, share, in points."""
    return declared_note("averages.of_claims", points=f"{moved * 100:+.2f}")


def points_of_claims(note: str) -> str:
    """The points that a note says of claims, as it writes them; "" where it speaks of something else."""
    rest = declared_note("averages.of_claims", points="")
    return note.removesuffix(rest) if note.endswith(rest) else ""


def moved_by_claims(ground: LaidLaw, before: date, after: date, reading: Reading) -> float | None:
    """What of a change of the average comes from claims that are others on the second day, share; None where none are.

    Parameters
    ----------
    ground : the law of the second day on its trade.
    """
    at_first = ground.pinned(before)
    if ground.as_of(after).trade.claims == at_first.trade.claims:
        return None
    return ground.whole(after, reading) - at_first.reaching(after).whole(after, reading)


def by_member(flows: Flows, *amounts: Floats) -> tuple[Flows, Ints, list[Floats]]:
    """The trade with its block divided, the pair of each part before, and amounts of pairs that go with its value."""
    divided, source = flows.expanded()
    part = divided.value / np.where(flows.value[source] > 0, flows.value[source], 1.0)
    return divided, source, [amount[source] * part for amount in amounts]


def group_sums(where: Importer, flows: Flows, by: str, *amounts: Floats) -> tuple[Grouping, list[Floats]]:
    """Groups of the trade, and sums of amounts of its pairs by group, each of shape (groups,)."""
    if by == "partner":
        flows, _, divided = by_member(flows, *amounts)
        amounts = tuple(divided)
    groups = grouping(where, flows, by)
    return groups, [np.bincount(groups.group, each, len(groups.codes)).astype(np.float64) for each in amounts]


def grouping(where: Importer, flows: Flows, by: str) -> Grouping:
    """Sort the pairs of the flows by partner, HS level or sector."""
    codes = where.lines.codes
    if by == "partner":
        return grouped("partner", np.asarray(flows.partners), flows.partner_at, dict(countries().names))
    if by in LEVELS:
        keys = codes.astype(f"<U{LEVELS[by]}")
        # Goods under each code in words: of the headings that all its lines share.
        labels = vocabulary("chapter") if by == "chapter" else names_of_groups(where.words(), keys.tolist())
    elif by == "section":
        labels = {roman: title for roman, _, _, title in SECTIONS}
        chapters, chapter = np.unique(codes.astype("<U2"), return_inverse=True)
        keys = np.asarray([section(code) for code in chapters.tolist()])[chapter]
    elif by not in CLASSIFIED:
        raise UnknownName("grouping", by, BY, Parameter("by"), f"use {', '.join(BY)}")
    elif "gtap" not in where.table and by not in WIDE:
        repair = f"use {', '.join((*LEVELS, *WIDE))}"
        raise InputError(Parameter("by"), f"'{by}' is known for US lines only", repair)
    else:
        keys = class_of_lines(where, CLASSIFIED[by])
        words = {"end_use": "end_use", "sector": "gtap"}.get(by)
        labels = sector_names() if by == "icio28" else vocabulary(words) if words else {}
    return grouped(by, keys, flows.line_at, labels)


def class_of_lines(where: Importer, classification: str) -> NDArray[np.str_]:
    """Class that takes most of each line, "unknown" where none is on record, shape (lines,)."""
    usa, codes = "gtap" in where.table, where.lines.codes
    link = concordance("line" if usa else "hs6", classification)
    main = link.target.codes[link.main()]
    positions = link.source.positions(codes if usa else codes.astype("<U6"))
    return np.where(positions >= 0, main[np.maximum(positions, 0)], "unknown")


LEVELS = {"chapter": 2, "hs4": 4, "hs6": 6, "line": 10}
#: Groupings known for any importer, since they start from HS6.
WIDE = ("section", "end_use", "isic4", "icio28")


#: Groupings by a classification: a line counts in the class that takes most of it.
CLASSIFIED = {
    "sector": "gtap",
    "naics": "naics",
    "bea": "bea_summary",
    "end_use": "bec",
    "isic4": "isic4",
    "icio28": "icio28",
}


def sector_names() -> dict[str, str]:
    """Names of the sectors of the world `icio-2022` by code."""
    table = arrays("icio28_sectors")
    code, name = list(table)[:2]
    return dict(zip(table[code].tolist(), table[name].tolist(), strict=True))


def industry_names() -> dict[str, str]:
    """Names of the industries of the world `icio-2025` by code."""
    table = arrays("icio50_sectors")
    return dict(zip(table["sector"].tolist(), table["name"].tolist(), strict=True))


# --- facing -----------------------------------------------------------------------------------------------------------

#: What the duties that goods face are broken down by: who sets them, or the goods.
FACED_BY = ("partner", "section")

SECTOR = "sector"
#: Change of an average up to which it stands still, share.
STILL = 5e-5

#: Share of the exports from which on an importer's record is that of the whole.
LEAST = 0.02

#: Acts of a day that are named.
NAMED = 3


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
    by: str = FACED_BY[0],
    reading: Reading = Reading.EFFECTIVE,
) -> list[Table]:
    """What an exporter's goods face by importer or section, and the days between on which an importer moved it."""
    if by not in FACED_BY:
        raise UnknownName("breakdown", by, FACED_BY, Parameter("by"), f"use {' or '.join(FACED_BY)}")
    check_day(on)
    check_day(against, Parameter("against"))
    if against > on:
        raise InputError(Parameter("against"), f"{against} is after {on}", "give an earlier day")
    name, faced = facing(exporter, on, against, reading)
    standing = _whole_standing(faced)
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


def _whole_standing(faced: Sequence[Faced]) -> Standing | None:
    """The standing of the whole: the day to which all that matter were read, with what the largest of them hangs on.

    Importers matter from a share of the exports on, if measures of theirs are on record; None on days on record.
    """
    total = sum(row.flows.total for row in faced)
    large = [row for row in faced if row.flows.total > LEAST * total and row.ground and row.ground.law.measures]
    beyond = [(row.standing, row.code) for row in large if row.standing is not None and row.standing.beyond]
    if not beyond:
        return None
    standing, code = next((pair for pair in beyond if pair[0].branches), beyond[0])
    read, of = min(each.to for each, _ in beyond), f"{place(code)}: an average tariff of "
    return replace(standing, to=read, of=of, gaps=(), base_of=None, measures_to=None)


def _sections(faced: Sequence[Faced]) -> Iterator[tuple[str | float, ...]]:
    sums: dict[str, list[float]] = {}
    titles: dict[str, str] = {}
    for row in faced:
        value = row.flows.value
        amounts = (value, value * row.before, value * row.after)
        groups, parts = group_sums(importer(row.code), row.flows, "section", *amounts)
        titles |= dict(zip(groups.codes, groups.labels, strict=True))
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
