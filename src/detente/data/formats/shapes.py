"""What no column and no verb can say of a format: matrices, fixed widths, answers in JSON, years side by side.

Functions are named by the formats that use them: those that recognise a file, those that cut it into cells, and those
that do the rest of the way.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, check_none, did_you_mean
from detente.codes.countries import fold
from detente.codes.errors import DetenteError
from detente.data.containers import AGAIN, FIRST_LINES, SHOWN, Original, check_header, ragged
from detente.data.formats.declared import PublishedFormat, grid_of, has_columns, head_row, json_grid
from detente.data.hts_revision import CSV_COLUMNS, JSON_KEYS, plain, rows_of, units
from detente.data.library import pl
from detente.data.tables import countries
from detente.data.usertable import MISSING, NUMBER, Faulty, FileColumn, checked, fold_head, period_of

if TYPE_CHECKING:
    #: Cells as text, and the row of the file of the first.
    Grid = tuple[pl.DataFrame, int]


def _number(cell: str) -> float | None:
    try:
        return float(cell.replace(",", ""))
    except ValueError:
        return None


def _none(cells: pl.Series, values: pl.Series, faults: Faulty, but: pl.Series | None = None) -> None:
    """Note cells that are no number, those with a sign of a missing figure apart."""
    missing = cells.is_in(list(MISSING))
    wrong = ~(missing if but is None else missing | but) & (~values.is_finite()).fill_null(True)
    faults.add(wrong, cells.name, "is not a number", "give a number")


# --- US Census Bureau ------------------------------------------------------------------------------------------------


def is_census_answer(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is an answer of the interface with the codes of goods of a flow."""
    content = original.json
    if not (isinstance(content, list) and content and isinstance(content[0], list)):
        return False
    return entry.columns[0].heads[0] in map(str, content[0])


def census_answer(original: Original, entry: PublishedFormat) -> Grid:
    """Rows of an answer: a list of lists, the heads first; a head that stands twice has the same cells."""
    heads, *rows = original.json
    wrong = [number for number, row in enumerate(rows, 2) if not isinstance(row, list) or len(row) != len(heads)]
    check_none(
        [InputError(f"{original.name}, row {n}", "has not as many cells as the heads", AGAIN) for n in wrong[:SHOWN]]
    )
    return json_grid([dict(zip(heads, row, strict=True)) for row in rows], entry.columns, original.name), 2


def census_totals(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Rows that say whether they are of the year so far."""
    monthly = {"CON_VAL_MO", "GEN_VAL_MO", "ALL_VAL_MO"} & set(map(str, original.json[0]))
    return frame.with_columns(pl.lit("" if monthly else "year to date").alias("total"))


def is_fixed(original: Original, entry: PublishedFormat) -> bool:
    """Whether rows have a width, and begin as a monthly file of the bureau does."""
    first = original.lines[0] if original.lines else ""
    wide = len(first) >= entry.wide and len(first) != entry.not_wide
    return wide and re.match(entry.begins, first) is not None


def fixed_rows(original: Original, entry: PublishedFormat) -> Grid:
    """Rows cut at the places of a layout."""
    original.check_end()
    rows = pl.read_csv(
        io.BytesIO(original.text.encode()),
        has_header=False, infer_schema=False, separator="\x01", quote_char=None, new_columns=["row"],
    )["row"].fill_null("")  # fmt: skip
    wide = max(len(rows[0]), entry.wide)
    short = (rows.str.len_chars() != wide).arg_true().to_list()
    check_none([
        InputError(f"{original.name}, row {n + 1}", f"has {len(rows[n])} characters of {wide}", AGAIN)
        for n in short[:SHOWN]
    ])  # fmt: skip
    cut = {name: rows.str.slice(start, width).str.strip_chars() for name, (start, width) in entry.layout.items()}
    return pl.DataFrame(cut), 1


# --- UN Comtrade, DataWeb, WITS --------------------------------------------------------------------------------------


def is_comtrade_answer(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is an answer of the interface."""
    rows = original.json.get("data") if isinstance(original.json, dict) else None
    return isinstance(rows, list) and any(isinstance(r, dict) and {"cmdCode", "flowCode"} & r.keys() for r in rows[:1])


def comtrade_answer(original: Original, entry: PublishedFormat) -> Grid:
    """Rows of an answer of the interface, which counts them itself."""
    content = original.json
    if content.get("error"):
        raise InputError(original.name, f"is an answer of an error: {str(content['error'])[:80]}", "ask for less")
    count, rows = content.get("count"), content["data"]
    if isinstance(count, int) and count != len(rows):
        raise InputError(original.name, f"says it has {count:,} rows and has {len(rows):,}", AGAIN)
    return json_grid(rows, entry.columns, original.name), 1


YEAR_HEAD = re.compile(r"^(?:Year )?((?:19|20)\d\d)$")
MONTHS = [*map(str, "january february march april may june july august september october november december".split())]


def _spread(original: Original, entry: PublishedFormat) -> list[tuple[str, str]]:
    """Heads of columns that are each a year or a month, with the period; none where rows are of a period each."""
    line, partner, period = entry.columns[:3]
    row, heads = head_row(original, (line, partner))
    if line.place(heads) is None or partner.place(heads) is None:
        return []
    cells = original.first_rows[row]
    years = [(cell, match[1]) for cell in cells if (match := YEAR_HEAD.match(cell))]
    months = [(cell, f"{MONTHS.index(cell.lower()) + 1:02d}") for cell in cells if cell.lower() in MONTHS]
    return months if months and period.place(heads) is not None else years


def is_query(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is a query of DataWeb, long or wide."""
    return has_columns(original, entry.columns) or bool(_spread(original, entry))


def query_rows(original: Original, entry: PublishedFormat) -> Grid:
    """Rows of a period each; where years or months stand side by side, one below another, blank cells left out."""
    spread = _spread(original, entry)
    if not spread or has_columns(original, entry.columns):
        return grid_of(original, entry.columns)
    of_months = spread[0][0].lower() in MONTHS
    left = ("value", "month", *(() if of_months else ("period",)))
    kept = [column for column in entry.columns if column.name not in left]
    places = [FileColumn(period, (head,), NUMBER, blank=True) for head, period in spread]
    frame, first = grid_of(original, (*kept, *places))
    checked(frame, first, (*kept, *places), original.name, ("line", "partner"))  # while rows are those of the file
    names = [name for name in frame.columns if name not in [column.name for column in places]]
    long = frame.unpivot(index=names, variable_name="month" if of_months else "period", value_name="value")
    if "detail" in long.columns:
        # Rows of quantities stand beside those of values; a column of values holds no pieces.
        long = long.filter(~pl.col("detail").str.contains("(?i)quantity"))
    return long.filter(pl.col("value") != ""), first


def query_flow(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Rows with their flow: the heads say whether they are exports."""
    number, _ = head_row(original, entry.columns)
    export = re.search(r"Schedule B|FAS Value|Export", " ".join(original.first_rows[number])) is not None
    return frame.with_columns(pl.lit("export" if export else "import").alias("flow"))


def wits_rates(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Rows with the kind of rate: a file without a column of it is of one kind, which its columns tell."""
    _, heads = head_row(original, entry.columns)
    kind = "applied" if "nbrpreflines" in heads else "MFN"
    areas = {code: area for code, area in entry.columns[0].areas.items() if area != "EUU" or code != "918"}
    partner = pl.col("partner").replace(areas) if "partner" in frame.columns else pl.lit("WLD")
    named = pl.col("kind") if "kind" in frame.columns else pl.lit(kind)
    text = (pl.col("rate") * 100).round(6).cast(pl.String) + "%"
    frame = frame.with_columns(pl.col("rate").round(12))
    return frame.with_columns(partner.alias("partner"), named.alias("kind"), text.fill_null("").alias("text"))


# --- schedules and duties --------------------------------------------------------------------------------------------

SCHEDULE_HEADS = tuple(FileColumn(key, (head,)) for key, head in CSV_COLUMNS.items())


def is_schedule(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is an export of the schedule."""
    if original.container == "json":
        content = original.json
        first = content[0] if isinstance(content, list) and content else None
        return isinstance(first, dict) and first.keys() >= JSON_KEYS
    _, heads = head_row(original, SCHEDULE_HEADS)
    return sum(column.place(heads) is not None for column in SCHEDULE_HEADS) >= len(SCHEDULE_HEADS) - 1


def schedule_lines(original: Original, entry: PublishedFormat) -> Grid:
    """Every row with a number of eight or ten digits."""
    original.check_end()
    faults: list[DetenteError] = []
    lines: list[tuple[str, ...]] = []
    rows = rows_of(original)
    for number, row in enumerate(rows, start=1 if original.container == "json" else 2):
        code = str(row["htsno"] or "").replace(".", "").strip()
        if code and not (code.isascii() and code.isdigit() and 2 <= len(code) <= 10):
            what = f"'{str(row['htsno'])[:30]}' is no number of the schedule"
            faults.append(InputError(f"{original.name}, row {number}", what, "numbers have 4 to 10 digits"))
        elif len(code) >= 8:
            rates = (plain(row.get(key)) for key in ("general", "special", "other"))
            lines.append((code, plain(row["description"]), units(map(str, row.get("units") or ())), *rates))
    check_none(faults[:SHOWN])
    if not lines:
        raise InputError(original.name, "has no line of eight or ten digits", "export the whole schedule")
    names = ["line", "description", "quantity_unit", "general", "special", "other"]
    return pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row"), 2


def taric_duties(original: Original, entry: PublishedFormat) -> Grid:
    """Cells of the workbook; the suffix of goods codes, which tells headings from lines, is taken off."""
    frame, first = grid_of(original, entry.columns)
    frame = frame.with_columns(pl.col("line").str.replace(r"\s+\d\d$", ""))
    faults = Faulty(original.name, first, frame, ("line", "partner", "kind"))
    for name in ("period", "end"):
        if name in frame.columns:
            wrong = ~frame[name].str.contains(r"^(\d{4}-\d\d-\d\d|\d\d[-/.]\d\d[-/.]\d{4}|)")
            faults.add(wrong, name, "is no day", "write it as 2025-01-31")
    faults.add(~frame["text"].str.contains(r"(?i)%|EUR|NAR|free|cond|^$|\d"), "text", "is no duty", "give a duty")
    faults.refuse()
    return frame, first


def taric_rates(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Rows with the rate in shares where it is of value alone."""
    rate = pl.col("text").str.extract(r"^(\d+(?:\.\d+)?)\s*%$", 1).cast(pl.Float64, strict=False) / 100
    return frame.with_columns(rate.round(12).alias("rate"))


# --- minerals --------------------------------------------------------------------------------------------------------

MINERAL = tuple(
    FileColumn(name, (head,), blank=name in ("what", "unit"))
    for name, head in (("commodity", "COMMODITY"), ("country", "COUNTRY"), ("what", "TYPE"), ("unit", "UNIT_MEAS"))
)
FIGURE = re.compile(r"^(PROD|CAP|RESERVES)_(?:EST_)?\s*(\d{4})$")
FIGURES = {"PROD": "production", "CAP": "capacity", "RESERVES": "reserves"}


def _figures(original: Original) -> list[tuple[str, str, str]]:
    """Head, kind and year of each column of figures."""
    row, _ = head_row(original, MINERAL)
    matches = [(head, FIGURE.match(head)) for head in original.first_rows[row]]
    return [(head, FIGURES[match[1]], match[2]) for head, match in matches if match]


def is_world(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is a table of the world's minerals."""
    return has_columns(original, MINERAL) and bool(_figures(original))


def world_figures(original: Original, entry: PublishedFormat) -> Grid:
    """A row for each figure; bounds (>1,000) count as their number."""
    extra = [(FileColumn(f"{kind} {year}", (h,), blank=True), kind, year) for h, kind, year in _figures(original)]
    if not extra:
        raise InputError(original.name, "has no column of a year, as PROD_2023", "get the file again")
    frame, first = grid_of(original, (*MINERAL, *(column for column, *_ in extra)))
    faults = Faulty(original.name, first, frame, ("commodity", "country", "what"))
    for name in ("commodity", "country"):
        faults.add(frame[name] == "", name, "is blank", "fill it in, or leave the row out")
    names = {text: countries().aliases.get(fold(text), text) for text in frame["country"].unique().to_list()}
    parts = []
    for column, kind, year in extra:
        cells = frame[column.name].str.replace(r"^[<>~≈]\s*", "").str.replace_all(",", "", literal=True)
        values = cells.cast(pl.Float64, strict=False)
        words = cells.str.to_lowercase().str.contains(r"^(large|small|none|moderate|—|–)")
        _none(cells, values, faults, words)
        statistic = (pl.lit(f"{kind}: ") + pl.col("what")).str.strip_chars(": ").alias("statistic")
        part = frame.select(
            "commodity", pl.col("country").replace(names), statistic, "unit", pl.lit(year).alias("period"),
            values.alias("value"),
        )  # fmt: skip
        parts.append(part.filter(pl.col("value").is_not_null()))
    faults.refuse()
    return pl.concat(parts), first


# --- series ----------------------------------------------------------------------------------------------------------

#: Columns, folded, that say something of an observation and do not name it.
NO_DIMENSIONS = frozenset(
    "structure structurename action obsstatus obsflag confstatus lastupdate decimals refyearprice baseper timeformat "
    "currency commentobs commentts title titlecompl obsprebreak obscom pricebasenote".split()
)


def observations(original: Original, entry: PublishedFormat) -> Grid:
    """Observation and its dimensions joined: every column before the value that is no attribute."""
    columns = [column for column in entry.columns if column.name != "series"]
    row, heads = head_row(original, columns)
    order = [fold_head(cell) for cell in original.first_rows[row]]
    known = {fold_head(head) for column in columns for head in column.heads}
    last = order.index("obsvalue") if "obsvalue" in order else len(order)
    names = [head for head in order[:last] if head and head not in NO_DIMENSIONS and head not in known]
    extra = [FileColumn(f"dimension {head}", (head,), blank=True) for head in names if head in heads]
    frame, first = grid_of(original, (*columns, *extra))
    parts = [pl.concat_str([column.name for column in extra], separator=".")] if extra else []
    return frame.with_columns(pl.concat_str([pl.col("flow"), *parts], separator=":").alias("series")), first


def observed(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Values in the unit itself, where a column says that they are in thousands or millions of it."""
    if frame["value"].null_count() == frame.height:
        raise InputError(original.name, "has no value in any row", "ask for other dimensions or periods")
    return _multiplied(frame)


def _multiplied(frame: pl.DataFrame) -> pl.DataFrame:
    if "times" not in frame.columns:
        return frame
    return frame.with_columns(pl.col("value") * pl.lit(10.0).pow(pl.col("times").fill_null(0.0)))


def is_bea_answer(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is an answer of the bureau's interface."""
    return isinstance(original.json, dict) and "BEAAPI" in original.json


def bea_answer(original: Original, entry: PublishedFormat) -> Grid:
    """Rows of an answer; one that tells an error is refused with its words."""
    content = original.json["BEAAPI"]
    results: Any = content.get("Results", {}) if isinstance(content, Mapping) else {}
    results = results[0] if isinstance(results, list) and results else results
    results = results if isinstance(results, Mapping) else {}
    error = content.get("Error") or results.get("Error")
    if error:
        words = error.get("APIErrorDescription", error) if isinstance(error, Mapping) else error
        raise InputError(original.name, f"is an answer of an error: {str(words)[:100]}", "ask again")
    rows = results.get("Data")
    return json_grid(rows if isinstance(rows, list) else [rows] if rows else [], entry.columns, original.name), 1


def bea_series(frame: pl.DataFrame, original: Original, entry: PublishedFormat) -> pl.DataFrame:
    """Series by table, code and line; values in the unit itself."""
    names = [pl.col(name) for name in ("table", "code", "line") if name in frame.columns]
    periods = {text: _bea_period(text) for text in frame["period"].unique().to_list()}
    series = pl.concat_str(names, separator=" ").alias("series")
    return _multiplied(frame).with_columns(series, pl.col("period").replace(periods))


def _bea_period(text: str) -> str:
    if match := re.match(r"^(\d{4})(?:(Q[1-4])|M(\d\d))$", text):
        return f"{match[1]}-{match[2] or match[3]}"
    return period_of(text)


def _bea_head(original: Original) -> int:
    """The row of heads of a table in CSV: Line, a blank, and years."""
    year = re.compile(r"^(\d{4})(?:\s*-?\s*Q([1-4]))?$")
    for number, cells in enumerate(original.first_rows):
        if cells[:1] == ["Line"] and len(cells) > 2 and any(year.match(cell) for cell in cells[2:4]):
            return number
    return -1


def is_bea_table(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is a table of the bureau's pages."""
    return _bea_head(original) >= 0


def bea_table(original: Original, entry: PublishedFormat) -> Grid:
    """A row for each line and period; notes beneath the table are left out."""
    original.check_end()
    head = _bea_head(original)
    heads = original.first_rows[head]
    faults: list[InputError] = []
    cells: list[tuple[str, str, str, float | None]] = []
    unit = next((row[0] for row in original.first_rows[:head] if row and row[0].startswith("[")), "")
    for number, row in enumerate(csv.reader(io.StringIO(original.text, newline="")), start=1):
        if number <= head + 1 or not row or not row[0].strip().isdigit():
            continue
        if len(row) != len(heads):
            faults.append(InputError(f"{original.name}, row {number}", f"has {len(row)} cells of {len(heads)}", AGAIN))
            continue
        for period, cell in zip(heads[2:], row[2:], strict=True):
            value = _number(cell)
            if value is None and cell.strip() not in MISSING and not re.fullmatch(r"\.+", cell.strip()):
                where = f"{original.name}, row {number} (line {row[0]} {period})"
                faults.append(InputError(where, f"'{cell[:40]}' is not a number", "give a number"))
            cells.append((f"{row[0].strip()} {row[1].strip()}", _bea_period(period.replace(" ", "")), unit, value))
    check_none(faults[:SHOWN])
    if not cells:
        raise InputError(original.name, "has no numbered line under its head", AGAIN)
    kinds = {"series": pl.String, "period": pl.String, "unit": pl.String, "value": pl.Float64}
    return pl.DataFrame(cells, schema=kinds, orient="row"), head + 2


# --- input and output ------------------------------------------------------------------------------------------------

LABEL = re.compile(r"^([A-Z][A-Z0-9]{2})_([A-Z][A-Z0-9_]*)$")
#: Kinds of final use.
FINAL = frozenset(("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR", "NONRES", "P33"))

#: The rest of the world, and parts of Mexico and China by kind of firm.
SPLIT = re.compile(r"^(ROW|(MX|CN)[1-3])$")

#: Rows and columns that sum others.
TOTALS = ("OUT", "TOT", "GO", "OUTPUT", "TOTAL")

#: Columns that are made long together: zeros go before the next.
AT_ONCE = 200

YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20[0-4]\d)(?!\d)")
MILLION = 1e6


def _is_icio(original: Original, older: bool) -> bool:
    heads = original.first_rows[0] if original.first_rows else []
    labels = [cell for cell in heads if LABEL.match(cell)]
    # Editions before that of 2025 have agriculture in one industry.
    split = any(label.endswith("_A01_02") for label in labels)
    return len(labels) >= max(4, len(heads) - 3) and split is older


def is_older_icio(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is a table of an edition before that of 2025."""
    return _is_icio(original, older=True)


def is_newer_icio(original: Original, entry: PublishedFormat) -> bool:
    """Whether it is a table of the edition of 2025."""
    return _is_icio(original, older=False)


def icio_uses(original: Original, entry: PublishedFormat) -> Grid:
    """Uses other than zero; rows of value added and taxes have no country."""
    frame, heads = _matrix(original)
    columns = {head for head in heads if (match := LABEL.match(head)) and match[2] not in FINAL}
    rows = frame["label"].fill_null("").to_list()
    book = countries()
    codes = [label[:3] for label in (*sorted(columns), *rows) if LABEL.match(label)]
    known = {*book.names, *(name.upper() for name in book.aliases)}
    wrong = [code for code in dict.fromkeys(codes) if code not in known and not SPLIT.match(code)]
    check_none([InputError(original.name, f"'{code}' is no country", AGAIN) for code in wrong[:SHOWN]])
    lacking = sorted(columns - set(rows))
    if lacking:
        shown = ", ".join(lacking[:4])
        what = f"lacks {len(lacking):,} rows of the {len(columns):,} industries of its columns, as {shown}"
        raise InputError(original.name, what, AGAIN)
    long = _long(original, frame, heads)
    long = long.filter(~pl.col("label").is_in(TOTALS) & ~pl.col("column").is_in(TOTALS))
    labels = {label: LABEL.match(label) for label in {*rows, *heads}}
    iso3 = {m[1]: m[1] if m[1] in book.names else book.aliases.get(m[1].lower(), m[1]) for m in labels.values() if m}
    areas = {label: iso3[match[1]] if match else "" for label, match in labels.items()}
    items = {label: match[2] if match else label for label, match in labels.items()}
    years = YEAR.findall(original.name.rpartition("/")[2])
    made = long.select(
        pl.col("label").replace_strict(areas, default="").alias("seller"),
        pl.col("label").replace_strict(items, default="").alias("product"),
        pl.col("column").replace_strict(areas, default="").alias("user"),
        pl.col("column").replace_strict(items, default="").alias("use"),
        pl.lit(original.words.get("year", "") or (years[-1] if years else "")).alias("period"),
        (pl.col("value") * MILLION).alias("value"),
    )
    return made, 2


def _matrix(original: Original) -> tuple[pl.DataFrame, list[str]]:
    """Cells as text, `label` of the row and a column for each use by its place; and heads of the uses in order."""
    original.check_end()
    heads = original.first_rows[0]
    try:
        frame = pl.read_csv(
            io.BytesIO(original.text.encode()), has_header=False, infer_schema=False, skip_lines=1,
            separator=original.separator, new_columns=["label", *(str(k) for k in range(1, len(heads)))],
        )  # fmt: skip
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        ragged(original, 1, len(heads))
        raise InputError(original.name, f"is no table ({type(error).__name__})", AGAIN) from None
    frame = frame.filter(pl.any_horizontal(pl.all().is_not_null() & (pl.all() != "")))
    uses = [k for k in range(1, len(heads)) if heads[k]]
    if not frame.height or not uses:
        raise InputError(original.name, "has no rows under its head", AGAIN)
    names = [heads[k] for k in uses]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(uses) < 500 else []
    check_none([InputError(original.name, f"column '{name}' is there twice", "keep one") for name in twice[:SHOWN]])
    return frame.select("label", *map(str, uses)), names


def _long(original: Original, frame: pl.DataFrame, heads: Sequence[str]) -> pl.DataFrame:
    """Cells other than zero, one a row: `label`, `column` and `value`; what is no number is refused, all at once."""
    faults: list[InputError] = []
    parts: list[pl.DataFrame] = []
    places = frame.columns[1:]
    for start in range(0, len(places), AT_ONCE):
        named = dict(zip(places[start : start + AT_ONCE], heads[start : start + AT_ONCE], strict=True))
        values = {}
        for place, head in named.items():
            cells = frame[place]
            values[place] = cells.str.strip_chars().cast(pl.Float64, strict=False)
            wrong = (~values[place].is_finite()).fill_null(True)
            for row in wrong.arg_true().to_list()[: SHOWN - len(faults)]:
                where = f"{original.name}, row {row + 2} ({frame['label'][row]}), column {head}"
                what = f"'{str(cells[row] or '')[:40]}' is not a number"
                faults.append(InputError(where, what, f"give a number, or {AGAIN}"))
        wide = pl.DataFrame({"label": frame["label"], **values})
        long = wide.unpivot(index="label", variable_name="column", value_name="value").filter(pl.col("value") != 0.0)
        parts.append(long.with_columns(pl.col("column").replace(named)))
    check_none(faults)
    return pl.concat(parts)


# --- tables of nobody's format ---------------------------------------------------------------------------------------

#: Share of filled cells that are numbers from which on a column is one of numbers.
MOSTLY = 0.8

#: Share of the widest row that a head fills; a title above it fills less.
HALF = 0.5

#: What a workbook shows where it could not calculate.
ERRORS = ("#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!")


def any_file(original: Original, entry: PublishedFormat) -> bool:
    """Whether a file holds anything."""
    return bool(original.content)


def typed_rows(original: Original, entry: PublishedFormat) -> Grid:
    """Columns of a file that says itself what they are."""
    check_header(original.frame.columns, original.name)
    if not original.frame.height:
        raise InputError(original.name, "has no rows", AGAIN)
    return _plain(original.frame), 1


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns of numbers and text alone: decimals as numbers, days and all else as text."""

    def kind(series: pl.Series) -> pl.Series:
        if series.dtype.is_decimal():
            return series.cast(pl.Float64)
        known = series.dtype.is_numeric() or series.dtype == pl.String
        return series if known else series.cast(pl.String, strict=False)

    return frame.select(kind(series) for series in frame.get_columns())


def sheet_rows(original: Original, entry: PublishedFormat) -> Grid:
    """Columns of a sheet under the first row that fills it; text among numbers and errors of formulas are refused."""
    rows = original.rows()
    wide = max((sum(map(bool, row)) for row in rows[:FIRST_LINES]), default=0)
    first = next((number for number, row in enumerate(rows) if sum(map(bool, row)) >= max(HALF * wide, 1)), len(rows))
    body = rows[first + 1 :]
    while body and not any(body[-1]):
        body.pop()
    if not body:
        raise InputError(original.name, "has no rows under a head", "give a sheet with names in its first row")
    heads = rows[first]
    while heads and not heads[-1]:
        heads.pop()
    check_header(heads, original.name)
    beyond = next((number for number, row in enumerate(body) if any(row[len(heads) :])), None)
    if beyond is not None:
        where = f"{original.name}, row {first + beyond + 2}"
        raise InputError(where, "has a cell in a column without a name", "name every column in the first row")
    data = {name: [row[k] if k < len(row) else "" for row in body] for k, name in enumerate(heads)}
    frame = pl.DataFrame(data, schema=dict.fromkeys(heads, pl.String))
    faults = Faulty(original.name, first + 2, frame, heads[:1])
    columns = [_of_kind(frame[name], faults) for name in heads]
    faults.refuse()
    return pl.DataFrame(columns), first + 2


def _of_kind(cells: pl.Series, faults: Faulty) -> pl.Series:
    """Numbers where most cells are, else text."""
    faults.add(cells.is_in(ERRORS), cells.name, "is an error of a formula", "mend it, or write the value")
    filled = ~cells.is_in(list(MISSING))
    values = cells.cast(pl.Float64, strict=False)
    share = float((filled & values.is_not_null()).sum()) / max(float(filled.sum()), 1.0)
    if cells.str.contains(r"^0\d").any() or share < MOSTLY:
        return cells
    _none(cells, values, faults, cells.is_in(ERRORS))
    return values.alias(cells.name)


def database_rows(original: Original, entry: PublishedFormat) -> Grid:
    """The one table of a database, or the one that a user names."""
    try:
        duckdb: Any = import_module("duckdb")
    except ImportError:
        raise InputError(
            original.name, "is a DuckDB database, which needs duckdb", "install detente[duckdb], or write it as Parquet"
        ) from None
    try:
        with duckdb.connect(str(original.path), read_only=True) as base:
            names = [str(row[0]) for row in base.execute("select table_name from duckdb_tables()").fetchall()]
            rows = base.execute(f'select * from "{_chosen(original, names)}"')
            heads = [str(column[0]) for column in rows.description or ()]
            frame = pl.DataFrame(rows.fetchall(), schema=heads, orient="row", infer_schema_length=None)
    except duckdb.Error as error:
        raise InputError(original.name, f"is cut off or damaged ({type(error).__name__})", AGAIN) from None
    if not frame.height:
        raise InputError(original.name, "has no rows", AGAIN)
    return _plain(frame), 1


def _chosen(original: Original, names: list[str]) -> str:
    named = original.words.get("table", "")
    if named in names or (not named and len(names) == 1):
        return named or names[0]
    if named:
        near = did_you_mean(named, names)
        repair = f"did you mean {near}?" if near else ", ".join(names)
        raise InputError(original.name, f"has no table '{named}'", repair)
    what = f"holds {len(names)} tables: {', '.join(names[:8])}" if names else "holds no table"
    raise InputError(original.name, what, "name one of them, `table=`")
