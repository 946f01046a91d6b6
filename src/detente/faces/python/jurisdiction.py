"""Jurisdictions: importers with a law, where questions about duties begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.codes import dotted
from detente.codes.days import EARLIEST
from detente.codes.given import share
from detente.codes.kinds import checked
from detente.data.importers import importer
from detente.data.tables import partner_name, place
from detente.data.yamlfile import as_date
from detente.faces.python.draft import Day, Draft, draft
from detente.faces.python.rates import DutyRate, RateSeries, rate_series
from detente.lab.statute.lookup import look_up
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

    @checked
    def rate(
        self,
        line: str,
        partner: str,
        on: Day,
        *,
        claim: str = "",
        set: Mapping[str, float] | None = None,
        value: float | None = None,
        quantity: str | float | None = None,
        presume: bool = False,
    ) -> DutyRate:
        """The duty on one good from a partner on a day.

        Parameters
        ----------
        line : tariff code of 4 to 10 digits; partner : country of origin, by any code or name.
        claim : preference claimed, as "USMCA"; set : shares of the goods the code cannot tell, as {"us_content": 0.4}.
        value, quantity : of a shipment, in USD and in the unit of a base duty by the unit.
        presume : whether facts not stated are those of the average in trade; by default nothing is claimed.

        Raises
        ------
        UnknownName, InputError : a code, country, day or share that cannot be.
        """
        shares = {name: share(number, name, 0.0, 1.0) for name, number in (set or {}).items() if name != "base"}
        shares |= {name: share(number, name) for name, number in (set or {}).items() if name == "base"}
        day = as_date(on, "on")
        duty = look_up(
            line, partner, day, claim=claim, parameters=shares, of=self.code, value=value, quantity=quantity,
            presume=presume,
        )  # fmt: skip
        return DutyRate.of(duty)

    def rate_series(self, line: str, partner: str, from_: Day = EARLIEST, to: Day | None = None) -> RateSeries:
        """The duty on one good over time; see `detente.rate_series`."""
        return rate_series(line, partner, from_, to, of=self.code)

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
            f"  .rate('{line}', '{partner}', on='2025-05-14')   the duty on one good",
            *([f"  .on('2025-05-14').change('{name}', 0.30)   a scenario, call by call"] if name else ()),
        ]
        return "\n".join(lines)

    __repr__ = __str__


usa, china = Jurisdiction("USA"), Jurisdiction("CHN")
"""The two importers that most questions are of; `detente.importer` gives any other."""
