"""Rows: what each row of a file of entries says, column by column, with a reason where one cannot be rated."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import DetenteError, InputError, digits, dotted
from detente.codes.axis import Floats, Ints, Mask
from detente.codes.days import EARLIEST, LATEST
from detente.data.fees import EntryType, entry_type, entry_types, provisions
from detente.data.importerfile import importer_id
from detente.data.importers import HOME, METALS, SET_ALIASES, Importer, parameter_names
from detente.lab.entries.calendar import Calendar
from detente.lab.entries.rating import Given
from detente.lab.statute.lookup import RETURNED, lines_under, own_goods, substitute
from detente.law.measure import ALWAYS

#: Customs value of a row, USD, above which it is no value but a slip.
LARGEST = 1e12


@dataclass
class Reasons:
    """Why rows cannot be rated, in the order in which columns were looked at.

    Attributes
    ----------
    count : of the rows.
    """

    count: int
    texts: dict[int, list[str]] = field(default_factory=dict)

    def add(self, row: int, text: str) -> None:
        """One more reason of a row."""
        texts = self.texts.setdefault(row, [])
        if text not in texts:
            texts.append(text)

    def of(self, rows: Mask | Ints, error: DetenteError | Callable[[int], DetenteError]) -> None:
        """The same reason for several rows, by a mask of shape (rows,) or by their places, or one of each."""
        for row in (np.flatnonzero(rows) if rows.dtype == np.bool_ else rows).tolist():
            self.add(row, str(error(row) if callable(error) else error))

    def of_places(self, place: Ints, errors: Mapping[int, DetenteError]) -> None:
        """A reason for all rows at some places, shape (rows,), by place."""
        if errors:
            order = np.argsort(place, kind="stable")
            ends = np.searchsorted(place[order], [[k, k + 1] for k in errors])
            for (start, end), error in zip(ends.tolist(), errors.values(), strict=True):
                self.of(order[start:end], error)

    def good(self) -> NDArray[np.bool_]:
        """Rows without a reason, shape (rows,)."""
        mask = np.ones(self.count, dtype=bool)
        mask[list(self.texts)] = False
        return mask

    def words(self) -> list[str]:
        """The reasons of each row as one text, "" for none."""
        words = [""] * self.count
        for row, texts in self.texts.items():
            words[row] = " ".join(texts)
        return words


@dataclass(frozen=True)
class EntryRows:
    """Rows understood, arrays of shape (rows,).

    Attributes
    ----------
    day : of entry, proleptic ordinal; `law_day` : the day whose rates are owed; `segment` : of the calendar on it.
    value : customs value, USD. `kind` : type of entry of each row, a place in `kinds`. `free` : rows without duty now.
    silent : rows from a zone that do not say their status.
    provision : of chapter 98, a place in `provisions()`, -1 for none. `part` : USD of the value that owe duty.
    pair : of code and segment of each row, -1 for none. `line` : of each pair, the first where there are several.
    several : all lines of the pairs whose code stands for several, or for none.
    rated_as : what each was rated as, where its code is not of the day: a place in `others`, of which "" is the first.
    partner, claim, contents : places in `partners`, `claims` and the sets of `given`.
    """

    frame: pl.DataFrame = field(repr=False)
    reasons: Reasons = field(repr=False)
    day: Ints = field(repr=False)
    segment: Ints = field(repr=False)
    value: Floats = field(repr=False)
    law_day: Ints = field(repr=False)
    kind: Ints = field(repr=False)
    kinds: tuple[EntryType, ...] = field(repr=False)
    free: Mask = field(repr=False)
    silent: Mask = field(repr=False)
    provision: Ints = field(repr=False)
    part: Floats = field(repr=False)
    pair: Ints = field(repr=False)
    line: Ints = field(repr=False)
    several: Mapping[int, Sequence[int]] = field(repr=False)
    rated_as: Ints = field(repr=False)
    others: list[str] = field(repr=False)
    partner: Ints = field(repr=False)
    partners: tuple[str, ...] = ()
    claim: Ints = field(repr=False, default_factory=lambda: np.zeros(0, dtype=np.int64))
    claims: tuple[str, ...] = ()
    contents: Ints = field(repr=False, default_factory=lambda: np.zeros(0, dtype=np.int64))
    given: Given = field(repr=False, default_factory=Given)

    def take(self, chosen: Ints) -> EntryRows:
        """Some of the rows; reasons are those of all."""
        names = ("frame", "day", "segment", "value", "law_day", "kind", "free", "silent", "provision", "part",
                 "rated_as", "pair", "partner", "claim", "contents")  # fmt: skip
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


def read_rows(frame: pl.DataFrame, calendar: Calendar) -> EntryRows:
    """Rows of a piece of a file, every cell as text under the names of the program."""
    reasons = Reasons(frame.height)
    day = _each(frame["date"], _day, reasons)
    value = _values(frame["value"], reasons)
    partner, partners = _partners(frame["partner"], calendar.where, reasons)
    kind, kinds, law_day, free, silent = _types(frame, day, value, partner, partners, calendar.where, reasons)
    segment = calendar.segments(np.maximum(law_day, EARLIEST.toordinal()))
    lines = _lines(frame["line"], segment, law_day, calendar, reasons)
    provision, part = _provisions(frame, value, calendar.where, reasons)
    _check_own(frame["line"], provision < 0, partner, partners, calendar.where, reasons)
    claim, claims = _claims(frame, partner, partners, segment, calendar, reasons)
    contents, given = _contents(frame, calendar, reasons)
    if "importer" in frame.columns:
        # One that nobody knows is refused; rows of others are under their own law.
        _each(frame["importer"], lambda text: int(not text or bool(importer_id(text, "importer"))), reasons)
    return EntryRows(
        frame, reasons, day, segment, value, law_day, kind, kinds, free, silent, provision, part, *lines, partner,
        partners, claim, claims, contents, given,
    )  # fmt: skip


def _types(
    frame: pl.DataFrame, day: Ints, value: Floats, partner: Ints, partners: tuple[str, ...], where: Importer,
    reasons: Reasons,
) -> tuple[Ints, tuple[EntryType, ...], Ints, Mask, Mask]:  # fmt: skip
    """Type of entry of each row, the day whose rates it owes, which owe no duty now, which leave their status out."""
    known = entry_types()
    codes = list(known)
    if "entry_type" in frame.columns and where.iso3 == HOME:
        kind = _each(frame["entry_type"], lambda text: codes.index(entry_type(text).code), reasons)
    else:
        kind = np.full(frame.height, codes.index("01"), dtype=np.int64)
    kinds = tuple(known.values())
    for k in np.unique(kind[kind >= 0]).tolist():
        own = kinds[k]
        if own.duty != "apart" and not own.most and own.start == ALWAYS:
            continue
        last = min((own.until, *own.until_of.values())).toordinal()
        fits = (own.duty != "apart") & (day >= own.start.toordinal()) & (day <= last) & (value <= (own.most or LARGEST))
        for row in np.flatnonzero((kind == k) & (partner >= 0) & (day > 0) & ~fits).tolist():
            try:
                own.check(date.fromordinal(int(day[row])), partners[partner[row]], float(value[row]))
            except InputError as error:
                reasons.add(row, str(error))
    duty = np.asarray([k.duty for k in kinds])[kind]
    status = _each(_text_column(frame, "zone_status"), _zone_status, reasons)
    free = np.isin(duty, ("none", "parcel", "flat")) | ((duty == "zone") & (status == ZONE_STATUSES.index("D")))
    law_day = day.copy()
    names = ("zone_date", "transit_date", "loaded")
    granted, moved, loaded = (
        _each(_text_column(frame, name), lambda text: _day(text) if text else 0, reasons) for name in names
    )
    privileged = (duty == "zone") & (status == ZONE_STATUSES.index("P"))
    quota = np.asarray([k.quota for k in kinds])[kind]
    for then, here in ((granted, privileged), (moved, (duty == "day") & ~quota)):
        law_day = np.where(here & (then > 0), then, law_day)
    lacking = "privileged goods owe the rate of the day on which the status was granted"
    reasons.of(privileged & (granted == 0), InputError("zone_status", lacking, "give that day as zone_date"))
    outside = InputError("zone_status", "is for goods from a zone", "give the type of entry 06")
    reasons.of((status > 0) & (duty != "zone"), outside)
    late = InputError(", ".join(names), "is after the day of entry", "give the earlier day")
    reasons.of((np.maximum(np.maximum(granted, moved), loaded) > day) & (day > 0), late)
    return kind, kinds, law_day, free, (duty == "zone") & (status == 0)


#: Status of goods in a zone: not said, privileged foreign, non-privileged foreign, domestic.
ZONE_STATUSES = ("", "P", "N", "D")


def _zone_status(text: str) -> int:
    plain = text.upper().replace("PF", "P").replace("NPF", "N").replace("NP", "N")[:1]
    if plain not in ZONE_STATUSES:
        raise InputError("zone_status", f"'{text[:20]}' is no status of goods in a zone", "give P, N or D")
    return ZONE_STATUSES.index(plain)


def _text_column(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column of the file; blank where it has none."""
    return (
        frame[name] if name in frame.columns else pl.Series(name, [""], dtype=pl.String).new_from_index(0, frame.height)
    )


def _provisions(frame: pl.DataFrame, value: Floats, where: Importer, reasons: Reasons) -> tuple[Ints, Floats]:
    """Provision of chapter 98 of each row, and the USD of its value that owe duty."""
    known = provisions() if where.iso3 == HOME else ()
    codes = {re.sub(r"\D", "", each.codes[0]): k for k, each in enumerate(known)}

    def read(text: str) -> int:
        plain = re.sub(r"\D", "", text)
        if not text or not known:
            return len(known)
        if plain[:8] not in codes:
            numbers = ", ".join(each.codes[0] for each in known)
            raise InputError(
                "chapter_98", f"'{text[:20]}' does not stand beside another number",
                f"give one of {numbers}, or name it as the line",
            )  # fmt: skip
        return codes[plain[:8]]

    provision = _each(_text_column(frame, "chapter_98"), read, reasons)
    stated = _text_column(frame, "dutiable_value").fill_null("").str.strip_chars()
    dollars = stated.str.replace_all(r"[$,\s]", "").cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    owes = np.asarray([*(each.owes for each in known), "", ""])[provision]
    with np.errstate(invalid="ignore"):
        wrong = np.isin(owes, ("work", "rest")) & ~((dollars >= 0.0) & (dollars <= value))
    lacking = InputError(
        "dutiable_value", "is needed, at most the customs value",
        "give the work abroad in USD, or the value less its American products",
    )  # fmt: skip
    reasons.of(wrong, lacking)
    alone = InputError("dutiable_value", "is for goods under chapter 98", "give their number as chapter_98")
    reasons.of((owes == "") & (stated != "").to_numpy(), alone)
    part = np.where(owes == "nothing", 0.0, np.where(np.isin(owes, ("work", "rest")), np.nan_to_num(dollars), value))
    return np.where(provision == len(known), -1, provision), part


def _check_own(
    series: pl.Series, plain: Mask, partner: Ints, partners: tuple[str, ...], where: Importer, reasons: Reasons
) -> None:
    """Give a reason to rows of the importer's own goods that do not come back under chapter 98."""
    own = np.isin(partner, [i for i, code in enumerate(partners) if code in where.members])
    for row in np.flatnonzero(own & plain).tolist():
        if not _plain(str(series[row] or "").strip(), where).startswith(RETURNED):
            reasons.add(row, str(own_goods(partners[partner[row]], where)))


def distinct(series: pl.Series) -> tuple[list[str], Ints]:
    """Distinct texts of a column, blank ones as "", and the place of each row among them."""
    plain = series.fill_null("").str.strip_chars().alias("text")
    texts = plain.unique(maintain_order=True)
    places = pl.DataFrame({"text": texts, "place": np.arange(len(texts), dtype=np.int64)})
    joined = plain.to_frame().join(places, on="text", how="left", maintain_order="left")
    return texts.to_list(), joined["place"].to_numpy().astype(np.int64)


def _each(series: pl.Series, read: Callable[[str], int], reasons: Reasons) -> Ints:
    """A number for each row, read once from each distinct text; -1 and a reason where it cannot be."""
    texts, place = distinct(series)
    numbers, errors = np.full(len(texts), -1, dtype=np.int64), dict[int, DetenteError]()
    for i, text in enumerate(texts):
        try:
            numbers[i] = read(text)
        except DetenteError as error:
            errors[i] = error
    reasons.of_places(place, errors)
    return numbers[place]


def _day(text: str) -> int:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise InputError("date", f"'{text[:40]}' is not a date", "write it as 2025-04-15") from None
    if not EARLIEST <= day <= LATEST:
        raise InputError("date", f"{day} is outside of the law on record", f"give a day from {EARLIEST} on")
    return day.toordinal()


def _values(series: pl.Series, reasons: Reasons) -> Floats:
    value = series.str.strip_chars().cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy().copy()
    with np.errstate(invalid="ignore"):
        wrong = ~((value > 0) & (value <= LARGEST))

    def error(row: int) -> InputError:
        what = f"'{str(series[row] or '')[:40]}' is not a customs value"
        return InputError("value", what, "give a positive number of USD, as 1234.50")

    reasons.of(wrong, error)
    value[wrong] = 1.0
    return value


def _partners(series: pl.Series, where: Importer, reasons: Reasons) -> tuple[Ints, tuple[str, ...]]:
    partners: dict[str, int] = {}

    def read(text: str) -> int:
        group = where.countries.group(text)
        if group is not None and text.strip().upper() not in where.countries.names:
            raise InputError("partner", f"{text} is a group of countries", "give the country of origin")
        code = where.countries.resolve(text, "partner")
        return partners.setdefault(code, len(partners))

    return _each(series, read, reasons), tuple(partners)


def _lines(
    series: pl.Series, segment: Ints, day: Ints, calendar: Calendar, reasons: Reasons
) -> tuple[Ints, Ints, dict[int, list[int]], Ints, list[str]]:
    """`pair`, `line`, `several`, `rated_as` and `others` of the rows."""
    texts, code = distinct(series)
    _, first, pair = np.unique(code * (len(calendar.edges) + 1) + segment, return_index=True, return_inverse=True)
    pair = pair.reshape(-1).astype(np.int64)
    where, good = calendar.where, day > 0
    plain = [_plain(text, where) for text in texts]
    line = _exact(plain, code[first], segment[first], calendar)
    several, others, errors = dict[int, list[int]](), {"": 0}, dict[int, DetenteError]()
    rated_as = np.zeros(line.size, dtype=np.int64)
    for k in np.flatnonzero((line < 0) & good[first]).tolist():
        try:
            several[k], other = _under(texts[code[first[k]]], calendar, int(segment[first[k]]))
            rated_as[k] = others.setdefault(other, len(others))
            line[k] = next(iter(several[k]), -1)
        except DetenteError as error:
            errors[k] = error
    reasons.of_places(pair, errors)
    return np.where(line[pair] < 0, -1, pair), line, several, rated_as[pair], list(others)


def _plain(text: str, where: Importer) -> str:
    try:
        return digits(text, "line", where.file.lengths)
    except InputError:
        return ""


def _exact(plain: Sequence[str], code: Ints, segment: Ints, calendar: Calendar) -> Ints:
    """Line of each pair whose code is a whole number of the schedule on its days; -1 for all others."""
    where = calendar.where
    codes = where.lines.codes
    place = np.searchsorted(codes, np.asarray(plain, dtype=codes.dtype)) if plain else np.zeros(0, dtype=np.int64)
    place = np.minimum(place, len(codes) - 1)
    known = codes[place] == np.asarray(plain)
    known &= np.asarray([len(text) == where.file.digits for text in plain], dtype=bool)
    line = np.where(known, place, -1)[code]
    if "from" in where.table:
        days = np.asarray([_on(calendar, s).isoformat() for s in range(len(calendar.edges) + 1)])[segment]
        start, end = where.table["from"][line], where.table["until"][line]
        live = ((start == "") | (start <= days)) & ((end == "") | (days <= end))
        live &= ~where.table["trade_only"][line] if "trade_only" in where.table else True
        line = np.where(live, line, -1)
    return line


def _on(calendar: Calendar, segment: int) -> date:
    return max(calendar.first_day(segment), EARLIEST)


def _under(text: str, calendar: Calendar, segment: int) -> tuple[list[int], str]:
    """Lines under a code on the days of a segment, looked up once, and the codes that stand in for it, "" for none.

    Raises
    ------
    UnknownName : a code that nobody knows.
    """
    where, on = calendar.where, _on(calendar, segment)
    code = digits(text, "line", where.file.lengths)
    if (code, segment) not in calendar.under:
        others = substitute(where, code, on)
        codes = [line for prefix in others or (code,) for line in lines_under(where, prefix, on)]
        calendar.under[code, segment] = where.lines.positions(codes).tolist(), " and ".join(map(dotted, others))
    return calendar.under[code, segment]


def _claims(
    frame: pl.DataFrame, partner: Ints, partners: tuple[str, ...], segment: Ints, calendar: Calendar, reasons: Reasons
) -> tuple[Ints, tuple[str, ...]]:
    """Claim of each row, as the symbol of its programme."""
    if "claim" not in frame.columns:
        return np.zeros(frame.height, dtype=np.int64), ("",)
    texts, claim = distinct(frame["claim"])
    width = len(calendar.edges) + 1
    key = (claim * (len(partners) + 1) + partner + 1) * width + segment
    keys, first, place = np.unique(key, return_index=True, return_inverse=True)
    symbols: dict[str, int] = {"": 0}
    known, errors = np.zeros(keys.size, dtype=np.int64), dict[int, DetenteError]()
    place = place.reshape(-1)
    for k, row in enumerate(first.tolist()):
        text = texts[claim[row]]
        if text.lower() in ("", "none", "no", "-") or partner[row] < 0:
            continue
        try:
            on = _on(calendar, int(segment[row]))
            symbol = calendar.where.programmes.claimed(text, partners[partner[row]], on)
            known[k] = symbols.setdefault(symbol, len(symbols))
        except DetenteError as error:
            errors[k] = error
    reasons.of_places(place, errors)
    return known[place], tuple(symbols)


def _contents(frame: pl.DataFrame, calendar: Calendar, reasons: Reasons) -> tuple[Ints, Given]:
    """Set of contents of each row, and the shares of each set."""
    stated = {name for name in parameter_names(calendar.law) if name != "base"}
    columns = {own: frame[n] for n in frame.columns if (own := SET_ALIASES.get(n, n)) in stated}
    if not columns:
        return np.zeros(frame.height, dtype=np.int64), Given({})
    shares = pl.DataFrame({name: _shares(series, name, reasons) for name, series in columns.items()})
    _check_metals(shares, reasons)
    sets = shares.unique(maintain_order=True).with_row_index("set")
    joined = shares.join(sets, on=list(columns), how="left", nulls_equal=True, maintain_order="left")
    known = {name: sets[name].fill_null(np.nan).to_numpy() for name in columns}
    return joined["set"].to_numpy().astype(np.int64), Given(known)


def _shares(series: pl.Series, name: str, reasons: Reasons) -> pl.Series:
    """A column of shares: 0.4, 40%, yes or no; blank where nothing is said."""
    plain = series.fill_null("").str.strip_chars().str.to_lowercase()
    plain = plain.replace({"yes": "1", "no": "0", "y": "1", "n": "0", "true": "1", "false": "0", "": None})
    per_cent = plain.str.ends_with("%").fill_null(False)
    number = plain.str.strip_suffix("%").str.strip_chars().cast(pl.Float64, strict=False)
    share = pl.select(pl.when(per_cent).then(number / 100).otherwise(number)).to_series()
    wrong = plain.is_not_null() & ~share.is_between(0.0, 1.0).fill_null(False)
    for row in wrong.arg_true().to_list():
        text = str(series[row])[:40]
        reasons.add(row, str(InputError(name, f"'{text}' is not a share", "give a share as 0.4 or 40%, or yes or no")))
    return pl.select(pl.when(~wrong).then(share).otherwise(None)).to_series().alias(name)


def _check_metals(shares: pl.DataFrame, reasons: Reasons) -> None:
    names = [f"{metal}_content" for metal in METALS if f"{metal}_content" in shares.columns]
    if len(names) > 1:
        over = shares.select(pl.sum_horizontal(pl.col(n).fill_null(0.0) for n in names) > 1.0 + 1e-9).to_series()
        error = InputError("contents", "the metals sum to more than the whole", "lower one of them")
        reasons.of(over.to_numpy(), error)
