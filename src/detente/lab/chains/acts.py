"""Export controls on record, as they stand on a day: in force, suspended, past their end, or open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from detente.codes import Table, declared_note, table_of
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.lab.chains.named import names_of
from detente.lab.chains.paths import scenario_words
from detente.lab.statute.standing import standing_of
from detente.law import Law, MeasureKind, Status
from detente.law.measure import Measure, names_partner

AUTHORITY = "export_controls"
SHOWN = ("title", "stands", "of", "partner", "from", "until")
STANDS = ("in force", "open", "suspended", "not yet", "ended")
"""How an act may stand; open: its suspension has run out since the law was read."""


def acts_tables(on: date, mineral: str = "", of: str = "", partner: str = "", line: str = "") -> list[Table]:
    """Export controls, those that bind first, and the paths of acts that a run takes by name.

    Parameters
    ----------
    mineral : an element or chain. of : code of the country that controls; all by default.
    partner : code of a country that the goods go to. line : digits of a code, or words that the title has.
    """
    rows = []
    for code in [of] if of else lawbooks():
        law = importer(code).law
        for measure in law.measures:
            if (measure.kind, measure.authority) == (MeasureKind.CONTROL, AUTHORITY) and (
                (not partner or names_partner(measure.partners, partner, on))
                and (not mineral or any(name in measure.title.lower() for name in names_of(mineral)))
                and (not line or _covers(measure, line))
            ):
                rows.append(_row(code, law, measure, on))
    rows.sort(key=lambda row: (STANDS.index(row[2]), row[5]))
    law = importer(of or "CHN").law
    acts = table_of("chains.acts", rows, day=on).standing_on(standing_of(law, on, on))
    return [
        acts.select(SHOWN),
        replace(acts, name="details", title=declared_note("record.in_full")),
        table_of("chains.paths", list(scenario_words().items())),
    ]


def _covers(measure: Measure, line: str) -> bool:
    code = line.replace(".", "").strip()
    if not code.isdigit():
        return all(word in measure.title.lower() for word in line.lower().split())
    prefixes = (prefix for goods in measure.goods for prefix in goods.prefixes)
    return any(prefix.startswith(code) or code.startswith(prefix) for prefix in prefixes)


def _row(code: str, law: Law, measure: Measure, on: date) -> tuple[Any, ...]:
    read = law.record.to if law.record is not None else date.max
    clauses = law.record.clauses if law.record is not None else ()
    hangs = any(measure.id in clause.begins for clause in clauses)
    begun = (
        "suspended" if measure.status is Status.ANNOUNCED else "open" if hangs and measure.start > read else "in force"
    )
    stands = "not yet" if on < measure.start else begun if on <= measure.end else "ended"
    towards = sorted({country for scope in measure.partners or () for country in scope.countries})
    until = "" if measure.end.year == date.max.year else str(measure.end)
    return (
        measure.id, measure.title, stands, code, ", ".join(towards), str(measure.start), until, measure.instrument,
        measure.citation, measure.note,
    )  # fmt: skip
