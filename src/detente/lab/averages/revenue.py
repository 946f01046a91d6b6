"""Revenue: the duty of a year at a day's law, duty collected by month, and the duty of a year as others count it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.codes.days import BASE_DAY, check_span
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.tables import arrays, countries, place
from detente.lab.averages.averages import ELASTICITY, group_sums
from detente.lab.averages.laid_law import AMERICAN, DEFAULT, LaidLaw, laid_law, weighed_note
from detente.lab.averages.waterfall import Option, of_law, setting
from detente.lab.statute.standing import beside, fates_of
from detente.law import Law, Reading
from detente.law.law import for_each
from detente.trade import post_value

#: Code of the European Union in the monthly table, and its group.
UNION_GROUP = {"EUU": "EU27"}


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


def collected(month: str, partner: str = "all") -> tuple[float, float]:
    """Imports of a month ("2025-04") and the duty collected on them, USD; NaN where the month is not on record.

    Parameters
    ----------
    partner : a code of the monthly table, as `collected_partner` gives it.
    """
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == partner))
    return (float(table["imports"][row[0]]), float(table["duty"][row[0]])) if row.size else (np.nan, np.nan)


def collected_rate(month: str, partner: str = "all") -> float:
    """Duty collected over imports in a month, share; as `collected`."""
    imports, duty = collected(month, partner)
    return duty / imports


def collected_beside(month: str, partner: str) -> tuple[float, float]:
    """Duty collected over imports from a partner and from all others in a month, shares; NaN where not on record."""
    (imports, duty), (value, own) = collected(month), collected(month, partner)
    return (own / value, (duty - own) / (imports - value)) if value and imports else (np.nan, np.nan)


def paid_table(month: str, partner: str = "all") -> Table:
    """Duty paid on imports of a month: collected on its entries, or the receipts of the month after.

    Most duty falls due in the middle of the month after entry, on a statement of the month.

    Raises
    ------
    InputError : a month of which neither is on record.
    """
    table = arrays("evidence_tariff_months")
    row = np.flatnonzero(table["month"] == month)
    if partner == "all" and np.isnan(collected_rate(month)) and row.size and row[0] + 1 < table["month"].size:
        imports, duty = table["imports"][row].astype(float), table["duties"][row + 1].astype(float)
        data = {"month": np.asarray([month]), "imports": imports, "duty": duty, "rate": duty / imports}
        return table_with("averages.collected", data, (declared_note("averages.receipts"),), whose="")
    return collected_table(month, month, partner)


def collected_in(month: str, partner: str = "all") -> float:
    """Duty collected in a month, USD; as `collected`."""
    return collected(month, partner)[1]


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


#: What the duty of a year is broken down by; "" for the whole.
BY = ("", "partner", "section", "authority")

MONTHS = 12
#: Id of the base duty among authorities.
BASE = "base"

#: The European Union as a group, and in the record of duty collected.
UNION = ("EU27", "EUU")

#: Days of a span by month at most.
LONGEST = 10 * 366


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
    standing = ground.standing(on, on, reading)

    def made(law: Law) -> Table:
        return _on_day(ground.under(law), on, by, payer, elasticity, against, reading, settled)

    others = for_each(fates_of(ground.law, standing, on), made)
    return beside(made(ground.law), others, ("static", "elastic"), standing).standing_on(standing)


def _narrowed(ground: LaidLaw, partner: str, on: date) -> tuple[LaidLaw, str]:
    """The ground of some partners only, and what the record of duty collected calls them; "" where it does not."""
    if not partner:
        return ground, "all"
    known = ground.where.countries
    members = known.expand(partner, on, Parameter("partner"))
    group = known.group(partner)
    union = group is not None and group.id == UNION[0]
    return ground.only(members), UNION[1] if union else min(members) if len(members) == 1 else ""


def whose_imports(ground: LaidLaw) -> str:
    """Whose imports a ground is of: "US imports", "Canada's imports"."""
    code = ground.law.importer
    return "US imports" if code == "USA" else f"imports of {place(code)}"


def _on_day(
    ground: LaidLaw, on: date, by: str, payer: str, elasticity: float, against: date, reading: Reading, settled: float
) -> Table:
    flows, start, rates = ground.flows, ground.rates(against, reading), ground.rates(on, reading)
    moved = post_value(flows.value, start.total, rates.total, elasticity)
    month = _collected_of(ground, on, payer)[0]
    head: tuple[Any, ...] = ()
    if by == "authority":
        titles = {BASE: "Base duty"} | {a.id: a.name for a in ground.law.authorities}
        parts = {n: rate for n, rate in ({BASE: rates.base} | rates.by_authority).items() if n == BASE or rate.any()}
        head = (list(parts), [titles.get(name, name) for name in parts])
        static, elastic = (np.asarray([float(v @ rate) for rate in parts.values()]) for v in (flows.value, moved))
        imports, paid = np.full(static.size, flows.total), np.full(static.size, np.nan)
    elif by:
        amounts = (flows.value, flows.value * rates.total, moved * rates.total)
        groups, (imports, static, elastic) = group_sums(ground.where, flows, by, *amounts)
        head = (groups.codes, groups.labels)
        paid = np.asarray([MONTHS * collected_in(month, code) if by == "partner" else np.nan for code in groups.codes])
    else:
        whole = (flows.total, float(flows.value @ rates.total), float(moved @ rates.total))
        imports, static, elastic = (np.asarray([number]) for number in whole)
        paid = np.asarray([MONTHS * collected_in(month, payer)])
    order = np.argsort(-static, kind="stable")
    data = {name: np.asarray(column) for name, column in zip((by, f"{by}_name"), head, strict=False)}
    data |= {"imports": imports, "average": static / np.where(imports > 0, imports, 1.0), "static": static}
    data = {name: column[order] for name, column in (data | {"elastic": elastic, "collected": paid}).items()}
    notes = [weighed_note(ground.flows), declared_note("averages.answers", elasticity=elasticity, law=against)]
    notes += [declared_note("averages.collected_in", month=month)] if month else []
    if np.isfinite(settled):
        # The way from the duty with imports unchanged to that in front.
        data["settled"] = np.asarray([settled])
        first, second, last = (float(data[name][0]) / 1e9 for name in ("static", "elastic", "settled"))
        notes.append(declared_note(
            "averages.bridge", static=first, answers=second - first, elastic=second, rest=last - second, settled=last,
        ))  # fmt: skip
    left = (*(() if month else ("collected",)), *(() if np.isfinite(settled) else ("settled",)))
    # Two columns that say which group a row is of.
    about = [
        {"group": by, "unit": "code", "title": by, "label": by},
        {"group": f"{by}_name", "unit": "text", "title": f"name of the {by}", "label": f"{by} name"},
    ]
    return table_with(
        "averages.revenue", {name: column for name, column in data.items() if name not in left},
        (*notes, *ground.notes_of(on, on)), left, group=about if by else [], whose=whose_imports(ground), on=on,
    )  # fmt: skip


def _collected_of(ground: LaidLaw, on: date, payer: str) -> tuple[str, float, float]:
    """Month of a day, duty of US imports collected in it at annual rate, USD, and its rate; blank where not known."""
    month = on.strftime("%Y-%m")
    american = ground.where.file.schedule.table == AMERICAN and not ground.trade.own_claims
    imports, duty = collected(month, payer) if american else (np.nan, np.nan)
    return (month, MONTHS * duty, duty / imports) if np.isfinite(duty) else ("", np.nan, np.nan)


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
    start, flows, level, elastic = ground.rates(against, reading).total, ground.flows, np.nan, 0.0
    months: dict[str, list[tuple[float, float]]] = {}
    for n, average in enumerate(ground.daily(first, last, reading)["average"].tolist()):
        day = first + timedelta(n)
        if not abs(average - level) < 1e-12:
            level, now = average, ground.rates(day, reading).total
            elastic = float(post_value(flows.value, start, now, elasticity) @ now)
        months.setdefault(day.strftime("%Y-%m"), []).append((level, elastic))
    means = np.stack([np.asarray(days).mean(axis=0) for days in months.values()])
    known = [_collected_of(ground, date.fromisoformat(f"{month}-01"), payer) for month in months]
    paid, rate = (np.asarray([row[i] for row in known]) for i in (1, 2))
    data = {
        "month": np.asarray(list(months)), "average": means[:, 0], "static": means[:, 0] * flows.total,
        "elastic": means[:, 1],
    }  # fmt: skip
    data |= {"collected": paid, "collected_rate": rate} if np.isfinite(paid).any() else {}
    left = tuple(name for name in ("collected", "collected_rate") if name not in data)
    answers = declared_note("averages.answers", elasticity=elasticity, law=against)
    notes = (weighed_note(ground.flows), answers, *ground.notes_of(first, last))
    table = table_with("averages.revenue_months", data, notes, left, whose=whose_imports(ground))
    return table.standing_on(ground.standing(first, last, reading))


#: Part of a duty that the budget loses in income and payroll taxes; the Congressional Budget Office says 21 to 25%.
OFFSET = 0.25


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


@memoized
def _amounts(view: RevenueView) -> tuple[float, float, float]:
    """Duty of a year with imports as they were, with demand that answers, as collected (NaN = not on record), USD."""
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
    american = view.importer == "USA"
    options = [of_law(law)] if law is not None else []
    options.append(setting("reading", declared_note("choices.published"), reading=Reading.PUBLISHED))
    if american:
        options.append(setting("scope", declared_note("choices.all"), scope="all"))
        options.append(setting("claims", declared_note("choices.claims_2024"), claims="2024"))
    options.append(setting("answers", declared_note("choices.demand"), answers=True))
    options.append(setting("added", declared_note("choices.added"), added=True))
    if american and np.isfinite(_amounts(view)[2]):
        options.append(setting("paid", declared_note("choices.collected", month=f"{view.on:%Y-%m}"), paid=True))
    return (*options, *([setting("net", declared_note("choices.net"), net=True)] if american else []))
