"""Dollars of rows: base duties by their quantities, headings in the order of filing, fees, and duties by the parcel.

Rounded as Customs does it: values to whole dollars, duties to the cent, a half always up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.axis import Floats, Ints, Mask
from detente.data.base_law import base_law
from detente.data.fees import INFORMAL, OTHER, UNKNOWN, VESSEL, Fees, fees, provisions
from detente.data.importer_lines import SECTOR
from detente.data.importers import GENERAL, HOME, SPECIAL, Importer
from detente.data.limits import memoized
from detente.data.tables import COUNTED, EMBEDDED, read
from detente.lab.entries.calendar import Calendar
from detente.lab.entries.rating import LEAST, Rated
from detente.lab.entries.rows import EntryRows, distinct
from detente.law import Law, MeasureKind, Status
from detente.law.duty import DEGREE, Duty, DutyPart, parse_duty, read_quantity
from detente.law.measure import Measure, names_partner

#: Decimals to which a product is exact: what lies closer to a half is a half.
SLACK = 6


def whole(amounts: Floats) -> Floats:
    """Amounts rounded to whole ones, a half up."""
    return np.floor(np.round(amounts, SLACK) + 0.5)


def cents(dollars: Floats) -> Floats:
    """USD rounded to the cent, half a cent up."""
    return whole(dollars * 100.0) / 100.0


# --- base duties by the unit ------------------------------------------------------------------------------------------

#: USD per unit up to which quantities are taken in whole units, and above which in hundredths.
DEAR = 1.0

#: Measures of alcoholic beverages, whose quantities are not rounded.
SPIRITS = ("pf.liter", "liter")

#: A quantity that is one number and perhaps its unit.
PLAIN = r"^(\d+(?:\.\d+)?|\.\d+)\s*(.*)$"


@dataclass(frozen=True)
class BaseDuties:
    """Base duties of rows, arrays of shape (rows,).

    Attributes
    ----------
    dollars : USD, to the cent. `share` : share of customs value.
    duty : place in `duties` of the duty by the unit, -1 where the base duty is on value alone.
    exact : whether it is by the text of the law, and not by an equivalent as a share of value.
    """

    dollars: Floats = field(repr=False)
    share: Floats = field(repr=False)
    duty: Ints = field(repr=False)
    exact: NDArray[np.bool_] = field(repr=False)
    duties: tuple[Duty, ...] = ()


def base_duties(
    calendar: Calendar, rows: EntryRows, value: Floats, dutiable: Floats, lines: Ints, columns: Ints, share: Floats
) -> BaseDuties:
    """Base duties of rated rows; of goods that owe none now, and of parcels, none but the duty by the parcel.

    Parameters
    ----------
    value, dutiable : customs value in whole dollars, and what of it owes duty. `lines` : positions.
    columns : numbers of columns of base duties. `share` : base duty as a share of value.
    """
    where = calendar.where
    # Base duties are read on one day of each span.
    numbers, day = np.unique(calendar.span_of[rows.segment], return_inverse=True)
    days = [calendar.first_of(number) for number in numbers.tolist()]
    place = np.full(value.size, -1, dtype=np.int64)
    dollars, exact, ratio = cents(dutiable * share), np.ones(value.size, dtype=bool), share.copy()
    key = ["line", "column", "day"]
    able_at = np.flatnonzero(_candidates(where)[lines])
    keys = {"line": lines, "column": columns, "day": day, "share": share}
    able = pl.DataFrame({"at": able_at, **{name: numbers[able_at] for name, numbers in keys.items()}})
    cases, names = able.unique(key, keep="first", maintain_order=True), list(calendar.columns)
    owed = [_duty(where, line, names[column], days[on], own) for _, line, column, on, own in cases.iter_rows()]
    known = {duty: i for i, duty in enumerate(dict.fromkeys(duty for duty in owed if duty is not None))}
    number = pl.Series("duty", [None if duty is None else known[duty] for duty in owed], dtype=pl.Int64)
    mine = able.join(cases.select(key).with_columns(number), on=key, maintain_order="left").drop_nulls("duty")
    written = list(_written_quantities(rows.frame[mine["at"].to_numpy()])) if mine.height else []
    of, chosen = mine["duty"].to_numpy(), mine["at"].to_numpy()
    place[chosen] = of
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(len(known) + 1))
    for k, duty in enumerate(known):
        own = order[ends[k] : ends[k + 1]]
        spots = chosen[own]
        due = owed_by_quantity(duty, value[spots], _amounts(duty, written, own))
        exact[spots] = ~np.isnan(due)
        spots, due = spots[exact[spots]], due[exact[spots]]
        # Of goods that owe on part of their value, the duty by the unit is that part of it.
        dollars[spots] = cents(due * dutiable[spots] / np.maximum(value[spots], 1.0))
        ratio[spots] = dollars[spots] / np.maximum(dutiable[spots], 1.0)
    parcels = parcel_duties(rows, calendar.law)
    dollars, ratio = dollars + parcels, np.where(parcels > 0.0, 0.0, ratio)
    return BaseDuties(dollars, ratio, place, exact | rows.free, tuple(known))


def _duty(where: Importer, line: int, column: str, on: date, share: float) -> Duty | None:
    """The duty on a line as its text states it, where that is by the unit and a quantity settles it."""
    code = str(where.lines.codes[line])
    if column.startswith(SPECIAL) and not share:
        return None
    if column == GENERAL and where.file.schedule.table == "usa_lines":
        duty = _parsed(_us_texts()[0][code])
    else:
        law = base_law(where.only([code]), column, on)
        duty = law.duty if law is not None else None
    return None if duty is None or duty.ad_valorem or duty.kind == "other" or duty.limit else duty


@lru_cache(maxsize=4096)
def _parsed(text: str | None) -> Duty | None:
    return parse_duty(text)


def _candidates(where: Importer) -> NDArray[np.bool_]:
    """Lines on which some base duty may be by the unit, shape (lines,)."""
    table = EMBEDDED.get(where.file.schedule.table)
    if table is None:
        return ~np.isin(where.table["kind"], ("", "free", "ad_valorem", SECTOR, *COUNTED))
    if not table.texts:
        return np.zeros(len(where.lines), dtype=bool)
    _, lines, eight = _us_texts()
    return np.asarray([code in lines or code[:8] in eight for code in where.lines.codes.tolist()], dtype=bool)


@memoized
def _us_texts() -> tuple[Mapping[str, str | None], frozenset[str], frozenset[str]]:
    """General rates of US lines as they are written, lines with a rate by the unit, general or of column 2, and eight
    digits of those with such a special rate.
    """
    rows = read("usa_lines", ["code", "general_text", "other_text"]).rows()
    special = read("usa_special", ["code", "text"]).drop_nulls("text")["code"].to_list()
    duties = ((code, duty) for code, *texts in rows for duty in map(_parsed, texts))
    by_unit = frozenset(code for code, duty in duties if duty is not None and not duty.ad_valorem)
    return {code: general for code, general, _ in rows}, by_unit, frozenset(special)


def _written_quantities(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """What rows write as their first and their second quantity: number and unit of plain ones, and the whole text."""
    for name, unit in (("quantity", "unit"), ("quantity_2", "unit_2")):
        if name in frame.columns:
            text = pl.col(name).fill_null("").str.strip_chars()
            if unit in frame.columns:
                own = pl.col(unit).fill_null("").str.strip_chars()
                text = pl.when(text.str.contains(r"^[\d.]+$")).then(text + " " + own).otherwise(text).str.strip_chars()
            number = pl.col("text").str.extract(PLAIN, 1).cast(pl.Float64, strict=False).alias("number")
            units = pl.col("text").str.extract(PLAIN, 2).fill_null("").alias("unit")
            yield frame.select(text.alias("text")).with_columns(number, units)


def _amounts(duty: Duty, written: Sequence[pl.DataFrame], rows: Ints) -> dict[str, Floats]:
    """Amounts of a duty's measures in rows, NaN where a row does not say; shape (rows,) each."""
    amounts = {measure: np.full(rows.size, np.nan) for measure in duty.measures}
    for quantities in written:
        mine = quantities[rows]
        number, left = mine["number"].to_numpy(), mine["text"].to_numpy() != ""
        units, of = distinct(mine["unit"])
        for k, unit in enumerate(units):
            factors = _read(duty, f"1 {unit}".strip())
            if len(factors) == 1:
                ((measure, factor),) = factors.items()
                plain = (of == k) & ~np.isnan(number)
                amounts[measure] = np.where(plain & np.isnan(amounts[measure]), factor * number, amounts[measure])
                left &= ~plain
        for i in np.flatnonzero(left).tolist():
            for measure, amount in _read(duty, mine["text"][i]).items():
                if np.isnan(amounts[measure][i]):
                    amounts[measure][i] = amount
    return amounts


#: Amounts by the measures of a duty and the text that names them: many duties have the same measures.
_READ: dict[tuple[tuple[str, ...], str], Mapping[str, float]] = {}


def _read(duty: Duty, text: str) -> Mapping[str, float]:
    """Amounts that a text names; none where it is not in units of the duty."""
    key = (tuple(duty.measures), text)
    if key not in _READ:
        if len(_READ) > MOST_READ:
            _READ.clear()
        try:
            _READ[key] = read_quantity(text, duty)
        except InputError:
            _READ[key] = {}
    return _READ[key]


MOST_READ = 1 << 16


def owed_by_quantity(duty: Duty, value: Floats, amounts: Mapping[str, Floats]) -> Floats:
    """The duty on rows, USD; NaN where a measure is missing. Quantities are rounded as 19 CFR 159.3(b) says."""
    owed = _sum(duty.parts, value, amounts)
    if duty.least:
        owed = np.maximum(owed, _sum(duty.least, value, amounts))
    return np.minimum(owed, _sum(duty.most, value, amounts)) if duty.most else owed


def _sum(parts: Sequence[DutyPart], value: Floats, amounts: Mapping[str, Floats]) -> Floats:
    degrees = amounts.get(DEGREE, np.full(value.size, 100.0))
    owed = np.zeros(value.size)
    for part in parts:
        if not part.measure:
            owed = owed + part.amount * value
            continue
        amount = amounts[part.measure]
        if part.measure.endswith(", if any"):
            amount = np.nan_to_num(amount)
        rate = np.maximum(part.amount - part.per_degree * (100.0 - degrees), part.least)
        owed = owed + rate * (amount if part.is_share else _rounded(amount, part))
    return owed


def _rounded(amount: Floats, part: DutyPart) -> Floats:
    """Quantities as duty is taken on them: whole units of what is charged up to a dollar a unit, else hundredths."""
    if part.unit in SPIRITS:
        return amount
    return whole(amount) if part.amount <= DEAR else whole(amount * 100.0) / 100.0


# --- headings in the order of filing ----------------------------------------------------------------------------------

#: Authority of the line itself, under which the base duty is owed.
BASE = "base"
#: Stands in its place for a number of chapter 98.
PROVISION = "chapter_98"


def filing(rated: Rated, calendar: Calendar, rows: pl.DataFrame) -> pl.DataFrame:
    """Headings of rows with the dollars owed under each, chapter 99 first, the line itself last.

    Columns are `place` of the row, `order` of the heading on it from 1, `heading`, `authority`, `measure`, `title`,
    `value` that it falls on, USD, `rate`, a share of that value, and `duty`, USD.

    Parameters
    ----------
    rows : `place`, `combo`, `line`, its position; `value` that owes duty in whole dollars, `share`, the base duty as a
        share of it, and `base`, the same in USD; `full`, the customs value, and `provision` of chapter 98, -1 for none.
    """
    owner = np.repeat(np.arange(rated.base.size), np.diff(rated.start))
    known = calendar.terms.frame()
    terms = pl.DataFrame({"combo": owner, "term": rated.term, "weight": rated.weight})
    terms = terms.join(known.select("term", "rank", "points", "floor", "levied", "ban", "authority"), on="term").filter(
        ~pl.col("ban")
    )
    filed = rows.join(terms, on="combo")
    filed = _by_provision(filed) if (filed["provision"] >= 0).any() else filed
    value, points, weight = (filed[name].to_numpy() for name in ("value", "points", "weight"))
    floor, all_of_it = filed["floor"].to_numpy(), weight > 1.0 - LEAST
    rate = np.where(floor, np.maximum(points - filed["share"].to_numpy(), 0.0), points) * filed["levied"].to_numpy()
    part = np.where(all_of_it, value, whole(weight * value))
    # What a floor adds is what the base duty lacks of it, cent by cent.
    lacking = np.maximum(cents(value * points) - filed["base"].to_numpy(), 0.0)
    dollars = np.where(floor & all_of_it, lacking, cents(part * rate))
    numbers = (pl.Series(name, values) for name, values in (("value", part), ("rate", rate), ("duty", dollars)))
    last = pl.lit(len(calendar.terms.terms), pl.Int64).alias("rank")
    lines = rows.with_columns(last, pl.lit(None, pl.Int64).alias("term"), rate="share", duty="base")
    names = ("place", "rank", "term", "line", "value", "rate", "duty", "provision")
    # A number of chapter 98 stands before all others, with what of the value owes nothing.
    first = rows.filter(pl.col("provision") >= 0).with_columns(
        term=pl.lit(None, pl.Int64),
        rank=pl.lit(-1, pl.Int64),
        value=pl.col("full") - pl.col("value"),
        rate=0.0,
        duty=0.0,
    )
    parts = (filed.with_columns(*numbers), lines, first)
    every = pl.concat([part.select(names) for part in parts]).sort("place", "rank")
    words = known.select("term", "heading", "authority", "measure", "title")
    every = every.join(words, on="term", how="left", maintain_order="left")
    number = pl.Series([each.codes[0] for each in provisions()]).gather(every["provision"] % len(provisions()))
    code = pl.when(pl.col("rank") < 0).then(number).otherwise(pl.Series(calendar.written).gather(every["line"]))
    order = pl.int_range(1, pl.len() + 1).over("place").cast(pl.Int64).alias("order")
    heading = pl.when(pl.col("term").is_null()).then(code).otherwise("heading").alias("heading")
    every = every.with_columns(
        pl.when(pl.col("rank") < 0).then(pl.lit(text)).otherwise(name).alias(name)
        for name, text in (("authority", PROVISION), ("title", "chapter 98"))
    )
    others = (
        pl.col(name).fill_null(text) for name, text in (("authority", BASE), ("measure", ""), ("title", "base duty"))
    )
    return every.select("place", order, heading, *others, "value", "rate", "duty")


def _by_provision(filed: pl.DataFrame) -> pl.DataFrame:
    """Terms with the value that they fall on where goods are under chapter 98; those that fall on none left out."""
    under = pl.col("provision") >= 0
    whole_for = [pl.lit(False)]
    for number, each in enumerate(provisions()):
        if each.whole:
            whole_for.append((pl.col("provision") == number) & pl.col("authority").is_in(each.whole))
    value = pl.when(pl.any_horizontal(whole_for)).then("full").otherwise("value")
    return filed.with_columns(value.alias("value")).filter(~under | (pl.col("value") > 0))


def by_row(filed: pl.DataFrame, rows: int) -> Floats:
    """Dollars of each row, USD, shape (rows,)."""
    return cents(np.bincount(filed["place"], filed["duty"], rows).astype(np.float64))


# --- fees -------------------------------------------------------------------------------------------------------------

#: Lines of chapter 98 that owe the processing fee all the same.
NOT_FREE = ("98020060", "98020080")


@dataclass(frozen=True)
class Charges:
    """Fees of rows, arrays of shape (rows,).

    Attributes
    ----------
    processing : merchandise processing fee at its rate, before the limits of the entry, USD.
    harbor : harbor maintenance fee, USD. `mode` : vessel, other or "" for a row that does not say.
    informal : whether the row is of an informal entry.
    """

    processing: Floats = field(repr=False)
    harbor: Floats = field(repr=False)
    mode: NDArray[np.str_] = field(repr=False)
    informal: Mask = field(repr=False)


def charges(where: Importer, rows: EntryRows, value: Floats, dutiable: Floats, lines: Ints) -> Charges:
    """Fees of rated rows; none of importers other than the United States.

    Parameters
    ----------
    value, dutiable : customs value in whole dollars, and what of it owes duty; `lines` : positions of the lines.
    """
    known, size = fees(), value.size
    mode = np.full(size, UNKNOWN)
    if "mode" in rows.frame.columns:
        texts, place = distinct(rows.frame["mode"])
        mode = np.asarray([known.mode(text) for text in texts] or [UNKNOWN])[place]
    if where.iso3 != HOME:
        return Charges(np.zeros(size), np.zeros(size), mode, np.zeros(size, dtype=bool))
    free = _free(where, rows, lines, known)
    how = np.asarray([kind.processing for kind in rows.kinds])[rows.kind]
    once = np.asarray([kind.harbor for kind in rows.kinds])[rows.kind]
    processing = np.where(free | rows.free | (how == ""), 0.0, cents(dutiable * known.rate))
    harbor = np.where((mode == VESSEL) & once, cents(value * known.harbor), 0.0)
    return Charges(processing, harbor, np.where(once, mode, OTHER), how == INFORMAL)


def _free(where: Importer, rows: EntryRows, lines: Ints, known: Fees) -> Mask:
    """Rows whose goods are free of the processing fee."""
    by_symbol = where.programmes.by_symbol
    origins = known.origins.union(
        *(scope.countries for name in known.origins_of if name in by_symbol for scope in by_symbol[name].partners or ())
    )
    claimed = np.asarray([claim in known.claims for claim in rows.claims])[rows.claim]
    born = np.asarray([*(partner in origins for partner in rows.partners), False])[rows.partner]
    codes = where.lines.codes
    odd = np.char.startswith(codes, known.chapters[0])
    for prefix in NOT_FREE:
        odd &= ~np.char.startswith(codes, prefix)
    special = np.asarray([*(not each.fee for each in provisions()), False])[rows.provision]
    return claimed | born | odd[lines] | special


def limited(processing: Floats, informal: Mask, day: Ints) -> Floats:
    """The merchandise processing fee of entries within the limits of their fiscal year, USD, shape (entries,).

    Parameters
    ----------
    processing : sum over the rows of an entry at the rate; nothing is owed where that is nothing.
    informal : entries that are filed as such. `day` : proleptic ordinals.
    """
    years = fees().years
    year = np.searchsorted(np.asarray([y.start.toordinal() for y in years]), day, side="right") - 1
    least, most, fixed = (
        np.asarray([getattr(y, name) for y in years])[np.maximum(year, 0)] for name in ("least", "most", "informal")
    )
    owed = np.where(informal, fixed, np.clip(processing, least, most))
    return np.where(processing > 0, owed, 0.0)


# --- postal parcels ---------------------------------------------------------------------------------------------------

BASIS = "IEEPA"


def emergency_rate(law: Law, partner: str, on: date) -> float:
    """Sum of the emergency duties on all goods of a country on a day, share of value; of a floor, the least total."""
    rates: dict[str, float] = {}
    for measure in law.measures:
        if _general(law, measure) and names_partner(measure.partners, partner, on):
            rate = next((period.rate for period in measure.periods_on(on)), None)
            own = None if rate is None else rate.by_partner.get(partner, rate.value)
            if own is not None:
                rates[measure.id] = own
    replaced = {name for name in rates for name in law.by_id[name].replaces}
    return round(sum(rate for name, rate in rates.items() if name not in replaced), 6)


def _general(law: Law, measure: Measure) -> bool:
    """Whether it is an emergency duty in force on goods of every kind."""
    levied = measure.kind is MeasureKind.DUTY and measure.status is Status.IN_FORCE
    return levied and law.basis.get(measure.authority) == BASIS and any("" in g.prefixes for g in measure.goods)


def parcel_duties(rows: EntryRows, law: Law) -> NDArray[np.float64]:
    """Duty of rated rows by the parcel, USD, shape (rows,); 0 where its type of entry is not by the parcel."""
    owed = np.zeros(rows.day.size)
    for k in np.unique(rows.kind).tolist():
        kind = rows.kinds[k]
        if kind.parcel:
            mine = np.flatnonzero(rows.kind == k)
            pairs, pair_of = np.unique(np.stack([rows.partner[mine], rows.day[mine]]), axis=1, return_inverse=True)
            rates = [emergency_rate(law, rows.partners[p], date.fromordinal(day)) for p, day in pairs.T.tolist()]
            owed[mine] = np.asarray([kind.parcel_duty(rate) for rate in rates])[pair_of.reshape(-1)]
    return owed
