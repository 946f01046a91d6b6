"""The base duty of a line as the law states it: its text, its column, and where an equivalent of it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.importer_lines import SECTOR
from detente.data.importers import GENERAL, SPECIAL, Importer
from detente.data.library import ROWS, pl
from detente.data.limits import memoized
from detente.data.tables import COUNTED, EMBEDDED, read, row_of
from detente.law import ZERO
from detente.law.duty import RAW_SUGAR, Duty, parse_duty
from detente.law.law import COLUMN_2

#: Year of the trade that ad valorem equivalents rest on, and of the tariffs of sectors.
AMERICAN, CHINESE, SECTORS = 2024, 2018, 2022

#: Source of the equivalent that a folder's schedule gives for a duty by quantity.
UNIT_VALUE = "usa_unit_value"

#: Source of a duty by quantity that no share of value stands for.
OPEN = "open"

#: Kind of a text that states no amount.
OTHER = "other"

#: Equivalents are cut off here: no unit value can be read from one that high.
LARGEST = 3.5


@dataclass(frozen=True, slots=True)
class BaseLaw:
    """The base duty of a line for a partner.

    Attributes
    ----------
    text : the rate as printed; "" where the package does not have it.
    column : "general", "column_2", "special:SYMBOL", or a heading of chapter 99.
    kind : free, ad_valorem, specific, compound, other.
    share : the duty used, share of customs value.
    source : where an equivalent comes from, a word of the table's `ave_source`; "" for a rate that is a share.
    year : year of the trade the equivalent rests on; None for a rate that is a share.
    duty : the text as amounts; None where there is none.
    provision : where the rate stands, if not in the line itself; or, with the general rate, provisions that its special
        rate points to; "" = none.
    """

    text: str
    column: str
    kind: str
    share: float
    source: str = ""
    year: int | None = None
    duty: Duty | None = None
    provision: str = ""

    @property
    def equivalent(self) -> bool:
        """Whether the share stands for a duty that is no share of value alone."""
        return self.kind not in ("free", "ad_valorem")

    @property
    def unit_value(self) -> tuple[float, str] | None:
        """USD per unit that the equivalent implies, and the unit; None for duties on several units or parts."""
        part = self.duty.single_unit if self.duty else None
        if part is None or not self.duty or not self.equivalent or not self.duty.minimum < self.share < LARGEST:
            return None
        amount = part.rate(RAW_SUGAR) if part.per_degree else part.amount
        return amount / (self.share - self.duty.minimum), part.measure


def base_law(where: Importer, column: str, on: date) -> BaseLaw | None:
    """The base duty of an importer's lines under one code, where one text holds for all of them; else None.

    `where` has only the lines asked about, `column` names the column of base duties.
    """
    shares = where.base([column], on)[column].tolist()
    table = EMBEDDED.get(where.file.schedule.table)
    reader = _filed if table is None else _in_words if table.texts else _by_kind
    laws = (reader(where, i, column, on, share) for i, share in enumerate(shares))
    first = next(laws)
    # Lines seldom have one text: the first that differs ends the search.
    if first is None:
        return None
    words = (first.text, first.column, first.kind)
    return first if all(law is not None and (law.text, law.column, law.kind) == words for law in laws) else None


def averaged(where: Importer, column: str, on: date) -> NDArray[np.bool_]:
    """Lines whose base duty in a column is no rate of theirs but the mean of their sector, shape (lines,)."""
    if column == ZERO or not column.startswith(SPECIAL):
        return where.unlisted_on(on) & (column != ZERO)
    nothing = np.full(len(where.lines), np.nan)
    return where.unlisted_on(on) & np.isnan(
        where.programmes.base(column.removeprefix(SPECIAL), where.lines, nothing, on)
    )


def _in_words(where: Importer, position: int, column: str, on: date, share: float) -> BaseLaw | None:
    """The base duty as the schedule of the United States words it."""
    code = str(where.lines.codes[position])
    if column.startswith(COLUMN_2) and (heading := where.column_2.heading(code, column.partition(":")[2], on)):
        return BaseLaw(f"{share:.0%}", heading, "ad_valorem", share)
    row = dict(zip(ROWS["usa_lines"], row_of("usa_lines", code) or (), strict=True))
    provision = ""
    if column.startswith(SPECIAL):
        freed = where.programmes.freed_under(column.removeprefix(SPECIAL), code)
        column = column.split("/")[0]
        if freed:
            return replace(BaseLaw("Free", column, "free", share), provision=freed)
        special = _special(where, code, column.removeprefix(SPECIAL), on)
        provision = str(special["reference"] or "") if special is not None else ""
        if special is not None and (special["rate"] is not None or special["text"]):
            source = row["ave_source"] if special["rate"] is None else "ratio_to_general"
            printed = special["text"] or (f"{share * 100:.6g}%" if share else "Free")
            law = _law(printed, column, share, source)
            return replace(law, provision=provision) if law is not None else None
    elif column.startswith(COLUMN_2):
        return _law(row["other_text"] or row["general_text"], COLUMN_2, share, row["other_source"])
    elif column != GENERAL:
        return _law("Free", column, share, "")
    general = _law(row["general_text"], GENERAL, share, row["ave_source"])
    return replace(general, provision=provision) if general is not None else None


def _law(text: str | None, column: str, share: float, source: str) -> BaseLaw | None:
    duty = parse_duty(text)
    if duty is None:
        return None
    if duty.ad_valorem:
        return BaseLaw(duty.text, column, duty.kind, share, duty=duty)
    return BaseLaw(duty.text, column, duty.kind, share, source, AMERICAN, duty)


def _by_kind(where: Importer, position: int, column: str, on: date, share: float) -> BaseLaw | None:
    """China's schedule is in the package as shares; of its specific duties only the kind is known."""
    kind = str(_chinese_kinds()[str(where.lines.codes[position])])
    if kind not in ("specific", "equivalent"):
        return BaseLaw("", column, "ad_valorem", share)
    return BaseLaw("", column, "specific", share, "schedule" if kind == "equivalent" else "none", CHINESE)


def _filed(where: Importer, position: int, column: str, on: date, share: float) -> BaseLaw | None:
    """The base duty as a folder's schedule, its preferences or its known rates say it."""
    kind, text = (str(where.table[name][position]) for name in ("kind", "text"))
    if column.startswith(SPECIAL):
        return _granted(where, position, column.removeprefix(SPECIAL), on, share)
    if where.unlisted_on(on)[position]:
        return BaseLaw("", GENERAL, kind, share, SECTOR, SECTORS)
    if kind in (*COUNTED, SECTOR):
        return BaseLaw("", GENERAL, "ad_valorem" if share else "free", share)
    duty = parse_duty(text, {where.file.currency: where.file.per_usd})
    # An equivalent may leave out the whole part by quantity, as that of a duty in the place of an excise.
    nothing = duty is not None and duty.kind in ("specific", "compound") and share <= duty.minimum
    if where.unrated[position] or nothing:
        return BaseLaw(text, GENERAL, kind, share, OPEN, None, duty)
    return BaseLaw(text, GENERAL, kind, share, UNIT_VALUE, AMERICAN, duty)


def _granted(where: Importer, position: int, column: str, on: date, share: float) -> BaseLaw:
    """The special rate of a programme; one that is no share of value is told in its words, as nothing stands for it.

    Where no amount can be read from its words the general rate stands in its place.
    """
    symbol, code = column.split("/")[0], str(where.lines.codes[position])
    words, duty = _granted_words(where, column, code, on)
    if not words:
        return BaseLaw("", f"{SPECIAL}{symbol}", "ad_valorem" if share else "free", share)
    if duty is None or duty.kind == OTHER:
        return _filed(where, position, GENERAL, on, share)  # type: ignore[return-value]
    return BaseLaw(words, f"{SPECIAL}{symbol}", duty.kind, share, OPEN, None, duty)


def _granted_words(where: Importer, column: str, code: str, on: date) -> tuple[str, Duty | None]:
    """What the special rate of a line says where it is no share of value, "" where it is one, and as amounts."""
    if where.programmes.freed_under(column, code):
        return "", None
    words = where.programmes.text(column.split("/")[0], code, on)
    return words, parse_duty(words, {where.file.currency: where.file.per_usd}) if words else None


def unstated(where: Importer, symbol: str, code: str, on: date) -> str:
    """What the special rate of a line says where no amount can be read from it; "" for any other rate, or no claim."""
    words, duty = _granted_words(where, symbol, code, on) if symbol else ("", None)
    return words if duty is None or duty.kind == OTHER else ""


@memoized
def _specials() -> pl.DataFrame:
    return read("usa_special", ["code", "programme", "rate", "from", "until", "reference", "text"])


def _special(where: Importer, code: str, symbol: str, on: date) -> Mapping[str, Any] | None:
    """The row of a programme on a line and day, one with a rate first; None where the line does not name it."""
    day, symbols = on.isoformat(), [symbol, *where.programmes.by_symbol[symbol].also]
    rows = _specials().filter(
        (pl.col("code") == code[:8])
        & pl.col("programme").is_in(symbols)
        & (pl.col("from").fill_null("") <= day)
        & (pl.col("until").fill_null("9999") >= day)
    )
    return next(rows.sort("rate", nulls_last=True).iter_rows(named=True), None)


@memoized
def _chinese_kinds() -> dict[str, str]:
    return dict(read("chn_lines", ["code", "general_kind"]).iter_rows())
