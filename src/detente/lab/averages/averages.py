"""Averages: the law of an importer laid on its trade, by day, partner, sector, product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of, table_with
from detente.codes.days import BASE_DAY
from detente.codes.hs import SECTIONS, section
from detente.codes.standing import of_fate
from detente.codes.vocabulary import vocabulary
from detente.data.importers import Importer
from detente.data.line_texts import names_of_groups
from detente.data.tables import arrays, concordance, countries
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.averages.weights import weighed_note
from detente.lab.statute.standing import branched, fates_of, with_fates
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

BY = ("partner", "section", "chapter", "hs4", "hs6", "line", "sector", "naics", "bea", "end_use", "isic4", "icio28")
BASE = "base"
"""Name of the base duty among measures."""

ELASTICITY = 2.0
"""Default import-demand elasticity of post-shock weights; see the assumptions register."""


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


DAYS, NOTHING = 4, 5e-5
"""Days that stand beside one another for readers, and what a measure adds at least on one of them, share."""


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
    about = (f"law of {schedule.on}, reading: {schedule.reading}", *flows.notes)
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
        whole = flows.value
        flows, source = flows.expanded()
        part = flows.value / np.where(whole[source] > 0, whole[source], 1.0)
        rates, weights = rates.take(source), weights[source] * part
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
WIDE = ("section", "end_use", "isic4", "icio28")
"""Groupings known for any importer, since they start from HS6."""


CLASSIFIED = {
    "sector": "gtap",
    "naics": "naics",
    "bea": "bea_summary",
    "end_use": "bec",
    "isic4": "isic4",
    "icio28": "icio28",
}
"""Groupings by a classification: a line counts in the class that takes most of it."""


def sector_names() -> dict[str, str]:
    """Names of the sectors of the world `icio-2022` by code."""
    table = arrays("icio28_sectors")
    code, name = list(table)[:2]
    return dict(zip(table[code].tolist(), table[name].tolist(), strict=True))


def industry_names() -> dict[str, str]:
    """Names of the industries of the world `icio-2025` by code."""
    table = arrays("icio50_sectors")
    return dict(zip(table["sector"].tolist(), table["name"].tolist(), strict=True))
