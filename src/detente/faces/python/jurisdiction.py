"""Jurisdictions: importers with a law, where questions about duties begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.codes import Parameter, Table, UnknownName, dotted
from detente.codes.days import BASE_DAY
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.data.importers import importer
from detente.data.tables import partner_name, place
from detente.data.yamlfile import as_date
from detente.faces.python.draft import COUNTRY, Day, Draft, draft
from detente.lab.ground import averages, yearly
from detente.lab.ground.definitions import average_table_as
from detente.lab.ground.ground import ground_of
from detente.law import Law, MeasureKind, Status
from detente.trade import Definition


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
    def average(
        self, on: Day | None = None, *, by: Several = (), partner: str = "", definition: str = "fixed", as_: str = "",
    ) -> Table:  # fmt: skip
        """Its average duty on a day, by "country", "section", "chapter" and so on, one or several.

        Parameters
        ----------
        on : the day, by default today. partner : on goods of a country or group alone.
        definition : "fixed", or "post" (weights after substitution).
        as_ : a publisher whose way of counting is taken, as "yale"; see `detente.average`.
        """
        groups = tuple("partner" if name == COUNTRY else name for name in several(by, "by"))
        day = date.today() if on is None else as_date(on, "on")
        if as_:
            changed = {"partner": partner} if partner else {}
            changed |= {} if self.code == "USA" else {"importer": self.code}
            answer = "post" if chosen(definition) is Definition.POST else ""
            return average_table_as(as_, day, groups, changed=changed, substitution=answer)
        return averages.average(self._ground(partner, day), day, groups, definition=chosen(definition))

    @checked
    def daily(self, from_: Day, to: Day, *, by: str = "authority", partner: str = "") -> Table:
        """Its average duty by day, with what each authority or measure adds."""
        start = as_date(from_, "from_")
        return averages.daily_averages(self._ground(partner, start), start, as_date(to, "to"), by=by)

    @checked
    def contributions(self, before: Day, after: Day, *, partner: str = "") -> Table:
        """Which of its measures moved its average between two days, on all goods or a partner's, and by how much."""
        last = as_date(after, "after")
        return averages.contributions(self._ground(partner, last), as_date(before, "before"), last)

    @checked
    def revenue(
        self, on: Day | None = None, *, from_: Day | None = None, to: Day | None = None, by: str = "",
        partner: str = "", elasticity: float = averages.ELASTICITY,
    ) -> Table:  # fmt: skip
        """Duty of a year at the law of a day, USD; with `from_` and `to` a row a month.

        Parameters
        ----------
        by : "partner", "section" or "authority"; elasticity : of import demand where it answers.
        """
        ground, kind = ground_of(self.law), "partner" if by == COUNTRY else by
        if from_ is None and to is None:
            day = date.today() if on is None else as_date(on, "on")
            return yearly.revenue(ground, day, kind, partner=partner, elasticity=elasticity)
        start = BASE_DAY if from_ is None else as_date(from_, "from_")
        end = date.today() if to is None else as_date(to, "to")
        return yearly.revenue_by_month(ground, start, end, partner=partner, elasticity=elasticity)

    def _ground(self, partner: str, on: date) -> averages.Ground:
        ground = ground_of(self.law)
        return ground.only(ground.where.countries.expand(partner, on, Parameter("partner"))) if partner else ground

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
            "  .average('2025-05-14', by='country'), .daily, .contributions, .revenue",
            *([f"  .on('2025-05-14').change('{name}', 0.30)   a scenario, call by call"] if name else ()),
        ]
        return "\n".join(lines)

    __repr__ = __str__


def chosen(definition: str) -> Definition:
    """A definition of averages by its name."""
    names = (Definition.FIXED.value, Definition.POST.value)
    if definition not in names:
        raise UnknownName("definition", definition, names, Parameter("definition"), "use fixed or post")
    return Definition(definition)


usa, china = Jurisdiction("USA"), Jurisdiction("CHN")
"""The two importers that most questions are of; `detente.importer` gives any other."""
