"""Jurisdictions: importers with a law, where questions about duties begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.codes import dotted
from detente.codes.kinds import checked
from detente.data.importers import importer
from detente.data.tables import partner_name, place
from detente.data.yamlfile import as_date
from detente.faces.python.draft import Day, Draft, draft
from detente.law import Law, MeasureKind, Status


@dataclass(frozen=True, repr=False)
class Jurisdiction:
    """An importer with a law: where questions about duties begin.

    Attributes
    ----------
    code : its id, as "USA" or "EU27".
    """

    code: str

    @property
    def name(self) -> str:
        """Its name."""
        return partner_name(self.code)

    @checked
    def on(self, day: Day, **keys: Any) -> Draft:
        """A draft on the law of a day; further keys as in a scenario file."""
        return draft({"on": as_date(day, "on").isoformat(), **keys}, self.code)

    @property
    def law(self) -> Law:
        """Its law, with every measure on record."""
        return importer(self.code).law

    def __str__(self) -> str:
        """What may be asked of it."""
        where = importer(self.code)
        level = "" if where.file.level == "line" else f", duties by {where.file.level}"
        partner = "United States" if self.code != "USA" else "China"
        line = dotted(str(where.lines.codes[where.lines.slice("850760")][0]))
        rated = [m.id for m in where.law.measures if m.status is Status.IN_FORCE and m.kind is MeasureKind.DUTY]
        name = "rec_chn" if "rec_chn" in rated else rated[-1] if rated else ""
        lines = [
            f"Law of {place(self.code)}: {len(where.law.measures)} measures{level}",
            f"  dt.rate('{line}', '{partner}', '2025-05-14', of='{self.code}')   the duty on one good",
            *([f"  .on('2025-05-14').change('{name}', 0.30)   a scenario, call by call"] if name else ()),
        ]
        return "\n".join(lines)

    __repr__ = __str__


usa, china = Jurisdiction("USA"), Jurisdiction("CHN")
"""The two importers that most questions are of; `detente.importer` gives any other."""
