"""The public functions of the package, in the words of the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from detente.chains.disrupt import disrupt
from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.days import BASE_DAY
from detente.codes.given import Several, several
from detente.codes.kinds import checked, not_of
from detente.data.chain_build import load_chain
from detente.data.flows import STANDS_FOR, chn_imports, usa_imports
from detente.data.importerfile import importer_id
from detente.data.importers import importer as _importer
from detente.data.readers import read_flows
from detente.data.tables import concordance
from detente.data.trade_years import LINES_KNOWN
from detente.data.worlds import load_economy
from detente.data.yamlfile import as_date
from detente.economy import (
    Shock,
    aggregate,
    attribution,
    balance,
    concessions,
    cooperative,
    decompose,
    decouple,
    gradient,
    laffer,
    nash,
    optimal_tariff,
    solve,
)
from detente.faces.ask.answer import Answer
from detente.faces.formats import frame as _frame
from detente.faces.python.chain import chain, disrupt_chain
from detente.faces.python.country import CountryAnswer, brief_shown
from detente.faces.python.draft import COUNTRY, Draft, draft
from detente.faces.python.entries import entries
from detente.faces.python.files import read_data
from detente.faces.python.importers import importer
from detente.faces.python.jurisdiction import china, usa
from detente.faces.python.micro import micro
from detente.faces.python.rates import DutyRate, rate_series
from detente.faces.python.runs import run_shown
from detente.faces.python.talks import settle
from detente.faces.python.verdicts import check
from detente.faces.python.world import world
from detente.lab.compare import compare
from detente.lab.country.deal_world import TODAY
from detente.lab.duties.revenue import revenue_on as _revenue
from detente.lab.ground.averages import ELASTICITY
from detente.lab.ground.averages import average as _average
from detente.lab.ground.averages import daily_averages as _daily
from detente.lab.ground.averages import effective_rate as _effective_rate
from detente.lab.ground.definitions import average_table_as
from detente.lab.ground.facing import facing_tables
from detente.lab.ground.ground import Ground, ground_of
from detente.lab.ground.weights import check_meant
from detente.lab.result import Result
from detente.lab.scenario import Scenario, load_scenario
from detente.lab.statute.lookup import look_up
from detente.lab.sweep.design import Interval
from detente.lab.sweep.job import Sweep
from detente.lab.sweep.job import sweep as _sweep
from detente.lab.sweep.world import sweep_world
from detente.lab.talks.talk import open_talk
from detente.law import Law, Reading, Schedule
from detente.trade import Definition, Flows, expose

if TYPE_CHECKING:
    import polars as pl

Runnable = Scenario | Draft | Mapping[str, Any] | str | Path
"""What stands for a scenario: its name, file or content, or a draft."""

_Named = TypeVar("_Named", bound=StrEnum)

__all__ = [
    "Answer",
    "Draft",
    "Interval",
    "Shock",
    "Table",
    "aggregate",
    "attribution",
    "average",
    "balance",
    "brief",
    "chain",
    "check",
    "china",
    "compare",
    "concessions",
    "concordance",
    "cooperative",
    "daily",
    "decompose",
    "decouple",
    "disrupt",
    "disrupt_chain",
    "draft",
    "effective_rate",
    "entries",
    "explain",
    "facing",
    "frame",
    "gradient",
    "importer",
    "laffer",
    "load_chain",
    "load_economy",
    "load_flows",
    "load_law",
    "load_scenario",
    "micro",
    "nash",
    "open_talk",
    "optimal_tariff",
    "rate_series",
    "read_data",
    "revenue",
    "run",
    "schedule",
    "settle",
    "solve",
    "sweep",
    "sweep_world",
    "usa",
    "world",
]


def run(
    scenario: Runnable,
    *,
    today: date | str | None = None,
    on: date | str | None = None,
    draws: int | None = None,
) -> Result:
    """Run a scenario by name, path or value; `result.report("brief.html")` writes it up.

    Parameters
    ----------
    scenario : a name, a path, the content of a scenario file as a mapping, or what chained calls make
        (`detente.usa.on("2025-05-14").change("rec_chn", 0.30)`).
    today, on, draws : as in `detente.lab.run.run`, days as dates or as text.

    Raises
    ------
    InputError, UnknownName : draws, a day or a name that cannot be.
    """
    return run_shown(_scenario(scenario), today=today, on=on, draws=draws)


@checked
def brief(
    country: str,
    deal: Runnable = TODAY,
    *,
    today: date | str | None = None,
    on: date | str | None = None,
    world: str = "",
) -> CountryAnswer:
    """A deal as one country of the world sees it: `brief("Vietnam", deal="geneva")`.

    What it does to its income, wages and exports; the duty on its goods beside that on its rivals'; whom it displaces
    and who displaces it; its best replies; what it could offer. Tables `numbers`, `advantage`, `lines`, `displaced`,
    `displaced_lines`, `replies`, `offers`; `.page` is the same on a page.

    Parameters
    ----------
    country : by code or name; "ROW" for the rest of the world.
    deal : a scenario as for `run`; by default the law of a day, which `on` or `today` names.
    today, on : as in `run`.
    world : of single countries in place of the scenario's own, as "icio-2025"; "" for that.

    Raises
    ------
    InputError, UnknownName : a country or scenario that cannot be used.
    """
    return brief_shown(country, _scenario(deal), today=today, on=on, world=world)


def _scenario(given: Runnable) -> Scenario | str | Path:
    """A scenario from whatever stands for one; that of a file's folder stays the file."""
    if isinstance(given, Mapping):
        given = draft(given)
    if isinstance(given, Draft):
        return given.scenario
    if not isinstance(given, Scenario | str | Path):
        repair = "give a name, a path, a mapping as in a scenario file, or a draft"
        raise InputError(Parameter("scenario"), f"{given!r:.40} is no scenario", repair)
    return given


def sweep(
    scenario: Scenario | Draft | Mapping[str, Any] | str | Path, over: Mapping[str, Any], **options: Any
) -> Sweep:
    """Run a scenario at every combination of some of its fields; see `detente.lab.sweep.job.sweep`.

    Parameters
    ----------
    scenario : as for `run`.
    over : path of a field -> its values, as {"report.elasticity": [1, 2, 4]} or {"usa.change.0.rate": "10%..60%/6"}.
    options : further ones: `executor`, `workers`, `lhs`, `seed`, `tables`, `out`, `resume`, `draws`, `today`.

    Raises
    ------
    UnknownName, InputError : a path, value or point that cannot be used, a folder that holds something else.
    """
    if not isinstance(over, Mapping):
        raise InputError(
            Parameter("over"), f"{over!r:.40} maps no fields to values", "as in {'report.elasticity': [1, 2]}"
        )
    return _sweep(_scenario(scenario), over, **options)


@checked
def load_law(country: str = "USA") -> Law:
    """The law of an importer by code or name, as "USA", "EU27" or "Canada"; of a member that of its union."""
    return _importer(importer_id(country, Parameter("country"))).law


@checked
def load_flows(name: str = "usa-imports-2024") -> Flows:
    """Flows by name or from the user's CSV or Parquet file.

    Names are "usa-imports-2024", or another year of 2015 to 2025, and "chn-imports-from-usa", of 2024 or with a year,
    as in "chn-imports-from-usa-2017". A file has the columns `line, partner, value` (USD) and optionally `claim` (share
    of value); lines have 6, 8 or 10 digits.
    """
    for start, load in (("usa-imports-", _usa_year), ("chn-imports-from-usa-", chn_imports)):
        year = name.removeprefix(start)
        if year != name and year.isascii() and year.isdigit():
            return load(int(year))
    return chn_imports() if name == "chn-imports-from-usa" else read_flows(Path(name))


def _usa_year(year: int) -> Flows:
    return usa_imports(year=year)


@checked
def explain(
    line: str,
    partner: str,
    on: date | str,
    *,
    law: Law | None = None,
    claim: str = "",
    of: str = "USA",
    set: Mapping[str, float] | None = None,
    value: float | None = None,
    quantity: str | float | None = None,
    presume: bool = False,
) -> DutyRate:
    """The duty on one good, rung by rung; see `detente.lab.statute.lookup.look_up`.

    `of` is an importer by code or name; of a member of a union it is the union's law. With `value` (USD) and `quantity`
    a base duty by the unit is exact.
    """
    duty = look_up(
        line,
        partner,
        _day(on),
        law=law,
        claim=claim,
        parameters=set,
        of=importer_id(of, Parameter("of")),
        value=value,
        quantity=quantity,
        presume=presume,
    )
    return DutyRate.of(duty)


@checked
def schedule(law: Law, on: date | str, *, flows: Flows | None = None, reading: str = "effective") -> Schedule:
    """The law on a date, on all lines and all partners that trade.

    `rate(authority)` of the result has shape (lines, columns): two columns per partner, without and
    with a claim that lifts the base duty; `explain(line, partner)` lists every rung.
    """
    return _ground(law, flows).schedule(_day(on), _named(Reading, reading, "reading"))


@checked
def effective_rate(
    schedule: Schedule,
    flows: Flows | None = None,
    *,
    by: Several = (),
    definition: str = "fixed",
    before: Schedule | None = None,
    elasticity: float = ELASTICITY,
) -> Table:
    """Average duty of a schedule, by partner, section, chapter, sector and so on.

    `definition` is "fixed" (statutory at fixed weights) or "post" (statutory at weights after substitution
    from the schedule `before`, which must be of the same law).
    """
    ground = _ground(schedule.law, flows)
    exposure = expose(schedule.space, ground.flows, STANDS_FOR)
    return _effective_rate(
        schedule,
        exposure,
        _groups(by),
        definition=_named(Definition, definition, "definition"),
        before=before,
        elasticity=elasticity,
        where=ground.where,
    )


@checked
def average(
    law: Law | date | str | None = None,
    on: date | str | None = None,
    *,
    by: Several = (),
    flows: Flows | None = None,
    definition: str = "fixed",
    elasticity: float = ELASTICITY,
    set: Mapping[str, float] | None = None,
    weights: int | str | Path | None = None,
    claims: str = "",
    as_: str = "",
) -> Table:
    """Average duty of a law on a date, US law and today by default; a day alone is one of US law.

    See `effective_rate(schedule(law, on), ...)`.

    `as_` counts as a publisher does: "yale", "piie", "tax-foundation", "collected" and others of `data/definitions`.
    `weights`, `claims` and `set` beside it go before the publisher's choices; the first note says how it counts.

    `by` is "country", "section", "sector" and so on, one or several; `claims` are the shares of goods that claim the
    USMCA: "observed" in the month of the day (the default), "2025H2", "2024" or a month on record, as "2025-03".

    `weights` is the year of the trade (2015 to 2025), years as "2017-2019", or a file as in `load_flows`; 2024 by
    default. `flows`, where given, go before it.
    """
    if isinstance(law, date | str):
        if on is not None and not str(law)[:1].isdigit():
            raise not_of("law", law, ["Law"])
        if on is not None:
            raise InputError(Parameter("law"), f"'{law}' is a day, and another is given besides", "give the day alone")
        law, on = None, law
    day = date.today() if on is None else _day(on)
    kind = _named(Definition, definition, "definition")
    if as_:
        given = {
            "weights": weights and str(weights),
            "claims": claims,
            "given": tuple(sorted((set or {}).items())),
        }
        changed = {key: value for key, value in given.items() if value}
        answer = "post" if kind is Definition.POST else ""
        return average_table_as(as_, day, _groups(by), changed=changed, substitution=answer, law=law)
    of = _importer("USA").law if law is None else law
    ground = _ground(of, flows, set, weights or LINES_KNOWN, claims)
    return _average(ground, day, _groups(by), definition=kind, elasticity=elasticity)


@checked
def frame(table: Table) -> pl.DataFrame:
    """A table as a polars data frame; `.to_pandas()` of it gives a pandas one."""
    return _frame(table)


@checked
def daily(
    law: Law,
    from_: date | str,
    to: date | str,
    *,
    flows: Flows | None = None,
    by: str = "authority",
    weights: int | str | Path = LINES_KNOWN,
) -> Table:
    """Average duty by day at fixed weights; the columns of the authorities sum to the average.

    `weights` is the year of the trade (2015 to 2025) or a file as in `load_flows`; `flows`, where given, go before it.
    """
    return _daily(_ground(law, flows, None, weights), _day(from_), _day(to), by=by)


@checked
def revenue(
    law: Law,
    on: date | str,
    *,
    by: str = "",
    partner: str = "",
    elasticity: float = ELASTICITY,
    set: Mapping[str, float] | None = None,
    weights: int | str | Path = LINES_KNOWN,
) -> Table:
    """Duty of a year at a law of a day, with imports as they were and with demand that answers, USD.

    `by` is "partner", "section" or "authority"; US duty collected in the month stands beside it where it is on record.
    """
    ground = _ground(law, None, set, weights)
    kind = "partner" if by == COUNTRY else by
    return _revenue(ground, _day(on), kind, partner=partner, elasticity=elasticity)


@checked
def facing(exporter: str, on: date | str, *, against: date | str = BASE_DAY, by: str = "partner") -> list[Table]:
    """What goods of a country owe in every importer on record, and the days between on which one of them moved.

    `by` is "partner" (who sets the duty) or "section"; `against` the day of the law that is compared with.
    """
    return facing_tables(exporter, _day(on), _day(against), "partner" if by == COUNTRY else by)


def _ground(
    law: Law,
    flows: Flows | None,
    parameters: Mapping[str, float] | None = None,
    weights: int | str | Path = LINES_KNOWN,
    claims: str = "",
) -> Ground:
    if flows is None:
        check_meant(law.importer, str(weights), claims)
        return ground_of(law, parameters, claims=claims, weights=str(weights))
    return Ground(law, flows, dict(parameters or {}))


def _named(kind: type[_Named], text: str, what: str) -> _Named:
    """One of a few by its name."""
    names = [member.value for member in kind]
    if text not in names:
        raise UnknownName(what, text, names, repair=f"use {', '.join(names)}")
    return kind(text)


def _day(value: date | str) -> date:
    return as_date(value, "day")


def _groups(by: Several) -> Sequence[str]:
    """One grouping or several; a country stands for the partner."""
    return tuple("partner" if name == COUNTRY else name for name in several(by, "by"))
