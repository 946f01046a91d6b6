"""Revenue: the duty of a year at a day's law, duty collected by month, and the duty of a year as others count it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.codes.days import BASE_DAY, check_span
from detente.codes.standing import Standing
from detente.data.importers import importer
from detente.data.tables import arrays, countries, place
from detente.lab.averages.averages import ELASTICITY, grouping
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.waterfall import Option, of_law
from detente.lab.averages.weights import AMERICAN, DEFAULT, weighed_note
from detente.lab.statute.standing import beside, fates_of, standing_of
from detente.law import Reading
from detente.trade import PairRates, post_value
from detente.trade.flows import Floats

UNION_GROUP = {"EUU": "EU27"}
"""Code of the European Union in the monthly table, and its group."""


def collected_table(first: str, last: str = "", partner: str = "all") -> Table:
    """Duty collected over US imports for consumption by month, an observation; to the last on record without `last`."""
    table = arrays("usa_collected_monthly")
    code = collected_partner(partner)
    chosen = (table["month"] >= first) & (table["month"] <= (last or "9")) & (table["partner"] == code)
    if not chosen.any():
        known = sorted(table["month"][table["partner"] == code].tolist())
        span = f"{known[0]} to {known[-1]}"
        raise InputError(
            "months", f"there is nothing from {first}{f' to {last}' if last else ''}", f"months run from {span}"
        )
    imports, duty = table["imports"][chosen].astype(float), table["duty"][chosen].astype(float)
    data = {"month": table["month"][chosen], "imports": imports, "duty": duty, "rate": duty / imports}
    newest = max(table["month"][table["partner"] == code].tolist())
    ends = f"on record to {newest}{'' if code == 'all' else ' for this partner'}"
    whose = "" if code == "all" else f" from {place(UNION_GROUP.get(code, code))}"
    return table_with("averages.collected", data, (ends,), whose=whose)


def collected_rate(month: str, partner: str = "all") -> float:
    """Duty collected over imports in a month ("2025-04"), share; NaN where the month is not on record.

    Parameters
    ----------
    partner : a code of the monthly table, as `collected_partner` gives it.
    """
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == partner))
    return float(table["duty"][row[0]] / table["imports"][row[0]]) if row.size else float("nan")


def collected_beside(month: str, partner: str) -> tuple[float, float]:
    """Duty collected over imports from a partner and from all others in a month, shares; NaN where not on record."""
    table = arrays("usa_collected_monthly")
    here = table["month"] == month
    chosen = [here & (table["partner"] == code) for code in ("all", partner)]
    (duty, imports), (own, value) = (
        [float(table[name][mask].sum()) for name in ("duty", "imports")] for mask in chosen
    )
    return (own / value, (duty - own) / (imports - value)) if value and imports else (float("nan"), float("nan"))


def paid_table(month: str, partner: str = "all") -> Table:
    """Duty paid on imports of a month: collected on its entries, or the receipts of the month after.

    Raises
    ------
    InputError : a month of which neither is on record.
    """
    if partner == "all" and np.isnan(collected_rate(month)) and not np.isnan(receipts_rate(month)):
        table = arrays("evidence_tariff_months")
        row = int(np.flatnonzero(table["month"] == month)[0])
        imports, duty = (table[name][[index]].astype(float) for name, index in (("imports", row), ("duties", row + 1)))
        data = {"month": np.asarray([month]), "imports": imports, "duty": duty, "rate": duty / imports}
        return table_with("averages.collected", data, (declared_note("averages.receipts"),), whose="")
    return collected_table(month, month, partner)


def collected_in(month: str) -> float:
    """Duty collected in a month ("2025-04"), USD; NaN where the month is not on record."""
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == "all"))
    return float(table["duty"][row[0]]) if row.size else float("nan")


def receipts_rate(month: str) -> float:
    """Customs receipts of the month after over the imports of a month ("2026-01"), share; NaN where not on record.

    Most duty falls due in the middle of the month after entry, on a statement of the month.
    """
    table = arrays("evidence_tariff_months")
    row = np.flatnonzero(table["month"] == month)
    if not row.size or row[0] + 1 >= table["month"].size:
        return float("nan")
    return float(table["duties"][row[0] + 1] / table["imports"][row[0]])


def collected_partner(text: str) -> str:
    """Code of a partner that the monthly table has: a country, "EU" or "all"."""
    known = np.unique(arrays("usa_collected_monthly")["partner"]).tolist()
    if text in known:
        return text
    group = countries().group(text)
    code = "EUU" if group is not None and group.id == "EU27" else countries().resolve(text, Parameter("partner"))
    if code not in known:
        raise UnknownName("partner", text, known, Parameter("partner"), f"months are known for {', '.join(known)}")
    return code


BY = ("", "partner", "section", "authority")
"""What the duty of a year is broken down by; "" for the whole."""

MONTHS = 12
BASE = "base"
"""Id of the base duty among authorities."""

UNION = ("EU27", "EUU")
"""The European Union as a group, and in the record of duty collected."""

LONGEST = 10 * 366
"""Days of a span by month at most."""


def revenue(
    ground: LaidLaw,
    on: date,
    by: str = "",
    *,
    partner: str = "",
    elasticity: float = ELASTICITY,
    against: date = BASE_DAY,
    reading: Reading = Reading.EFFECTIVE,
    settled: float = float("nan"),
) -> Table:
    """Duty of a year at the law of a day, whole or by partner, section or authority, USD.

    Parameters
    ----------
    partner : on goods of a country or group alone; "" = of all.
    elasticity : of import demand; demand answers what a duty adds to that of the law `against`.
    settled : the same duty in the world economy, USD, which then stands in front with the way to it from the others.

    Raises
    ------
    UnknownName : a breakdown that is none of `BY`.
    """
    if by not in BY:
        raise UnknownName("breakdown", by, BY[1:], Parameter("by"), f"use {', '.join(BY[1:])}")
    ground, payer = _narrowed(ground.reaching(min(on, against)), partner, on)
    standing = standing_of(ground.law, on, on, lambda law: ground.under(law).whole(on, reading), partners=ground.chosen)
    given = (on, by, payer, elasticity, against, reading, settled)
    table = _on_day(ground, *given)
    laws = fates_of(ground.law, standing, on)
    made = {id(law): _on_day(ground.under(law), *given) for law in laws.values()}
    table = beside(table, {name: made[id(law)] for name, law in laws.items()}, ("static", "elastic"), standing)
    return table.standing_on(_of_average(standing))


def _narrowed(ground: LaidLaw, partner: str, on: date) -> tuple[LaidLaw, str]:
    """The ground of some partners only, and what the record of duty collected calls them; "" where it does not."""
    if not partner:
        return ground, "all"
    known = ground.where.countries
    members = known.expand(partner, on, Parameter("partner"))
    group = known.group(partner)
    union = group is not None and group.id == UNION[0]
    return ground.only(members), UNION[1] if union else min(members) if len(members) == 1 else ""


def _of_average(standing: Standing | None) -> Standing | None:
    return None if standing is None else replace(standing, of="an average duty of ")


def whose_imports(ground: LaidLaw) -> str:
    """Whose imports a ground is of: "US imports", "Canada's imports"."""
    code = ground.law.importer
    return "US imports" if code == "USA" else f"imports of {place(code)}"


def _on_day(
    ground: LaidLaw, on: date, by: str, payer: str, elasticity: float, against: date, reading: Reading, settled: float
) -> Table:
    flows, start, rates = ground.flows, ground.rates(against, reading), ground.rates(on, reading)
    moved = post_value(flows.value, start.total, rates.total, elasticity)
    month = _month_on_record(ground, on, payer)
    data, groups = _rows(ground, by, rates, moved, _collected(month, payer), month)
    left = (*(() if month else ("collected",)), *(() if np.isfinite(settled) else ("settled",)))
    if np.isfinite(settled):
        data["settled"] = np.asarray([settled])
    notes = (
        weighed_note(flows),
        declared_note("averages.answers", elasticity=elasticity, law=against),
        *((declared_note("averages.collected_in", month=month),) if month else ()),
        *((_bridge(data),) if np.isfinite(settled) else ()),
        *ground.notes_of(on, on),
    )
    data = {name: column for name, column in data.items() if name not in left}
    return table_with("averages.revenue", data, notes, left, group=groups, whose=whose_imports(ground), on=on)


def _bridge(data: Mapping[str, Any]) -> str:
    """The way from the duty with imports unchanged to that in front."""
    static, elastic, settled = (float(data[name][0]) / 1e9 for name in ("static", "elastic", "settled"))
    return declared_note(
        "averages.bridge", static=static, answers=elastic - static, elastic=elastic, rest=settled - elastic,
        settled=settled,
    )  # fmt: skip


Columns = tuple[dict[str, Any], list[Any]]
"""Columns of a table by name, and what its groups are."""


def _rows(ground: LaidLaw, by: str, rates: PairRates, moved: Floats, paid: float, month: str) -> Columns:
    """Columns of a day, and what its groups are."""
    value = ground.flows.value
    if not by:
        duty, total = float(value @ rates.total), ground.flows.total
        whole = {"imports": total, "average": duty / total, "static": duty, "elastic": float(moved @ rates.total)}
        return {k: np.asarray([v]) for k, v in (whole | {"collected": paid}).items()}, []
    if by == "authority":
        return _authorities(ground, rates, moved)
    return _groups(ground, by, rates, moved, month)


def _authorities(ground: LaidLaw, rates: PairRates, moved: Floats) -> Columns:
    value, total = ground.flows.value, ground.flows.total
    titles = {BASE: "Base duty"} | {a.id: a.name for a in ground.law.authorities}
    parts = {BASE: rates.base} | rates.by_authority
    parts = {name: rate for name, rate in parts.items() if name == BASE or rate.any()}
    static = np.asarray([float(value @ rate) for rate in parts.values()])
    order = np.argsort(-static, kind="stable")
    data = {
        "authority": np.asarray(list(parts))[order],
        "authority_name": np.asarray([titles.get(name, name) for name in parts])[order],
        "imports": np.full(static.size, total),
        "average": (static / total)[order],
        "static": static[order],
        "elastic": np.asarray([float(moved @ rate) for rate in parts.values()])[order],
        "collected": np.full(static.size, np.nan),
    }
    return data, _named("authority", "authority")


def _groups(ground: LaidLaw, by: str, rates: PairRates, moved: Floats, month: str) -> Columns:
    flows, total, whole = ground.flows, rates.total, ground.flows.value
    if by == "partner":
        flows, source = flows.expanded()
        moved = moved[source] * flows.value / np.where(whole[source] > 0, whole[source], 1.0)
        total = total[source]
    groups = grouping(ground.where, flows, by)
    size = len(groups.codes)
    amounts = (flows.value, flows.value * total, moved * total)
    imports, static, elastic = (np.bincount(groups.group, amount, minlength=size) for amount in amounts)
    own = [_collected(month, code) if by == "partner" else np.nan for code in groups.codes]
    data = {
        by: np.asarray(groups.codes), f"{by}_name": np.asarray(groups.labels), "imports": imports,
        "average": static / np.where(imports > 0, imports, 1.0), "static": static, "elastic": elastic,
        "collected": np.asarray(own),
    }  # fmt: skip
    order = np.argsort(-static, kind="stable")
    return {name: column[order] for name, column in data.items()}, _named(by, by)


def _named(name: str, head: str) -> list[dict[str, str]]:
    """Two columns that say which group a row is of."""
    return [
        {"group": name, "unit": "code", "title": head, "label": head},
        {"group": f"{name}_name", "unit": "text", "title": f"name of the {head}", "label": f"{head} name"},
    ]


def _month_on_record(ground: LaidLaw, on: date, payer: str) -> str:
    """Month of a day if duty of US imports collected in it is on record; "" else."""
    month = on.strftime("%Y-%m")
    american = ground.where.file.schedule.table == AMERICAN and not ground.trade.own_claims
    return month if american and np.isfinite(_collected(month, payer)) else ""


def _collected(month: str, partner: str) -> float:
    """Duty collected in a month from a partner at annual rate, USD; NaN where it is not on record."""
    if not month:
        return float("nan")
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == partner))
    return MONTHS * float(table["duty"][row[0]]) if row.size else float("nan")


def revenue_by_month(
    ground: LaidLaw,
    first: date,
    last: date,
    *,
    partner: str = "",
    elasticity: float = ELASTICITY,
    against: date = BASE_DAY,
    reading: Reading = Reading.EFFECTIVE,
) -> Table:
    """Duty of a year at the law of each month, the mean over its days, with duty collected beside it, USD.

    Raises
    ------
    InputError : a span that runs backwards or is too long.
    """
    check_span(first, last, LONGEST)
    ground, payer = _narrowed(ground.reaching(min(first, against)), partner, last)
    rows = list(_months(ground, first, last, payer, elasticity, against, reading))
    known = any(np.isfinite(row["collected"]) for row in rows)
    left = () if known else ("collected", "collected_rate")
    data = {name: np.asarray([row[name] for row in rows]) for name in rows[0] if name not in left}
    notes = (
        weighed_note(ground.flows),
        declared_note("averages.answers", elasticity=elasticity, law=against),
        *ground.notes_of(first, last),
    )
    table = table_with("averages.revenue_months", data, notes, left, whose=whose_imports(ground))
    standing = standing_of(
        ground.law, first, last, lambda law: ground.under(law).whole(last, reading), partners=ground.chosen
    )
    return table.standing_on(_of_average(standing))


def _months(
    ground: LaidLaw, first: date, last: date, payer: str, elasticity: float, against: date, reading: Reading
) -> Iterator[dict[str, Any]]:
    averages = ground.daily(first, last, reading)["average"]
    start, flows = ground.rates(against, reading).total, ground.flows
    level, elastic = float("nan"), 0.0
    kept: dict[str, list[tuple[float, float]]] = {}
    for n, average in enumerate(averages.tolist()):
        day = first + timedelta(n)
        if not abs(average - level) < 1e-12:
            level, now = average, ground.rates(day, reading).total
            elastic = float(post_value(flows.value, start, now, elasticity) @ now)
        kept.setdefault(day.strftime("%Y-%m"), []).append((level, elastic))
    for month, days in kept.items():
        mean = np.asarray(days).mean(axis=0)
        known = _month_on_record(ground, date.fromisoformat(f"{month}-01"), payer)
        yield {
            "month": month, "average": float(mean[0]), "static": float(mean[0]) * flows.total,
            "elastic": float(mean[1]), "collected": _collected(known, payer),
            "collected_rate": collected_rate(known, payer),
        }  # fmt: skip


OFFSET = 0.25
"""Part of a duty that the budget loses in income and payroll taxes; the Congressional Budget Office says 21 to 25%."""

Amounts = tuple[float, float, float]
"""Duty of a year with imports as they were, with demand that answers, as collected (NaN = not on record), USD."""


@dataclass(frozen=True)
class RevenueView:
    """How the duty of a year is counted; the defaults are those of our first number.

    Attributes
    ----------
    on : day of the law; `partner` : on whose goods, "" = all; scope, claims, weights : as in `laid_law`.
    answers : demand answers what was added since 1 January 2025. added : only what was added since then.
    paid : duty collected in the month, at annual rate. net : less the income and payroll taxes it costs.
    """

    on: date
    importer: str = "USA"
    partner: str = ""
    scope: str = "tariff-lines"
    claims: str = ""
    weights: str = DEFAULT
    reading: Reading = Reading.EFFECTIVE
    answers: bool = False
    added: bool = False
    paid: bool = False
    net: bool = False


def duty_of_year(view: RevenueView) -> float:
    """Duty of a year under a view, USD.

    Raises
    ------
    InputError : duty collected in a month that is not on record.
    """
    duty = _duty(view)
    if view.added:
        duty -= _duty(replace(view, on=BASE_DAY, paid=False))
    return duty * (1.0 - OFFSET if view.net else 1.0)


def _duty(view: RevenueView) -> float:
    static, elastic, paid = _amounts(replace(view, answers=False, added=False, paid=False, net=False))
    if view.paid and np.isnan(paid):
        what = f"the duty collected in {view.on:%Y-%m} is not on record"
        raise InputError(Parameter("choices"), what, "leave out the choice paid")
    return paid if view.paid else elastic if view.answers else static


@lru_cache(maxsize=128)
def _amounts(view: RevenueView) -> Amounts:
    law = importer(view.importer).law
    ground = laid_law(law, scope=view.scope, claims=view.claims, weights=view.weights)
    (row,) = revenue(ground, view.on, partner=view.partner, elasticity=ELASTICITY, reading=view.reading).rows()
    return row["static"], row["elastic"], row.get("collected", float("nan"))


def revenue_options(view: RevenueView, law: date | None = None) -> tuple[Option[RevenueView], ...]:
    """What others may choose otherwise about the duty of a year, in the order of a waterfall.

    Parameters
    ----------
    law : day of the law that they mean, where it is another.
    """
    return tuple(_options(view, law))


def _options(view: RevenueView, law: date | None) -> Iterator[Option[RevenueView]]:
    american = view.importer == "USA"
    if law is not None:
        yield of_law(law)
    yield Option("reading", declared_note("choices.published"), lambda v: replace(v, reading=Reading.PUBLISHED))
    if american:
        yield Option("scope", declared_note("choices.all"), lambda v: replace(v, scope="all"))
        yield Option("claims", declared_note("choices.claims_2024"), lambda v: replace(v, claims="2024"))
    yield Option("answers", declared_note("choices.demand"), lambda v: replace(v, answers=True))
    yield Option("added", declared_note("choices.added"), lambda v: replace(v, added=True))
    if american:
        if np.isfinite(_amounts(view)[2]):
            words = declared_note("choices.collected", month=f"{view.on:%Y-%m}")
            yield Option("paid", words, lambda v: replace(v, paid=True))
        yield Option("net", declared_note("choices.net"), lambda v: replace(v, net=True))
