"""Formats: a Table as text, JSON, CSV, Parquet or LaTeX."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import Any

from detente.codes import Column, Table
from detente.codes.days import LAPSED, Standing, fate_columns
from detente.codes.names import as_sentence, vocabulary
from detente.codes.table import shown_cell
from detente.codes.units import PRINTED, TEXTS, Unit
from detente.data.tables import countries

# --- columns side by side for a terminal or a file, without a lost character -----------------------------------------
#
# Numbers, codes and dates are never broken, texts only between words. A table too wide for its place is set with
# narrower gaps and texts, then in blocks of columns, each beginning with the columns that name the rows.

GAP = 3
#: Gaps, and letters a broken text keeps at least, from roomy to tight.
TRIES = ((GAP, 24), (2, 24), (2, 14))

#: Letters of a text on one line where nothing else limits it.
WIDEST = 60

#: Letters that the columns which name the rows may take in every block.
KEYS = 40


#: Letters of a line of prose in a file, which no terminal limits.
FILED = 120


@dataclass(frozen=True)
class TextColumn:
    """One column as text.

    Attributes
    ----------
    unit : printed under the head; right : numbers stand at the right; wraps : may be broken between words.
    """

    head: str
    unit: str
    right: bool
    wraps: bool
    cells: Sequence[str]

    @property
    def words(self) -> int:
        """Letters of the longest piece that is never broken."""
        pieces = [word for cell in self.cells for word in (cell.split() if self.wraps else [cell])]
        return max(map(len, [*pieces, *self.head.split(), self.unit]), default=0)

    @property
    def whole(self) -> int:
        """Letters of the longest cell, or of the head."""
        return max(map(len, [*self.cells, self.head, self.unit]), default=0)

    def least(self, short: int) -> int:
        """Letters the column needs where its texts keep `short` of them."""
        longest = max(map(len, self.cells), default=0) if self.wraps else 0
        return max(self.words, min(longest, short))


def set_out(title: str, columns: Sequence[TextColumn], notes: Sequence[str], width: int | None) -> str:
    """A title, a table and notes beneath it, one under the other.

    Parameters
    ----------
    width : letters of a line; None does not limit it, as in a file.
    """
    lines = [f"  {line}" for note in map(as_sentence, notes) for line in wrapped(note, (width or FILED) - 2)]
    titles = wrapped(title, width) if width else [title]
    return "\n".join([*titles, "", *lay_out(columns, width), *(["", *lines] if lines else [])])


def lay_out(columns: Sequence[TextColumn], width: int | None) -> list[str]:
    """Lines of a table.

    Parameters
    ----------
    width : letters of a line; None does not limit it. A piece that is longer than the line stays whole.
    """
    if width is None:
        sizes = [max(column.least(WIDEST), min(column.whole, WIDEST)) for column in columns]
        return _block(columns, sizes, GAP)
    for gap, short in TRIES:
        sizes = _sizes(columns, width, gap, short)
        if sizes is not None:
            return _block(columns, sizes, gap)
    return _blocks(columns, width)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines broken between words alone; a word longer than a line stays whole."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        words = " ".join(paragraph.split())
        lines += wrap(words, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    return lines


#: Blanks at the beginning of a line, and a number in per cent that stands before its words.
BEGINNING = re.compile(r"\s*(?:[-+]?\d+\.\d+%\s+)?")


def hanging(text: str, width: int) -> str:
    """A text whose lines are broken between words, each under its own first word."""
    lines: list[str] = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(BEGINNING.sub("", line, count=1)))
        lines += wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(lines)


def _sizes(columns: Sequence[TextColumn], width: int, gap: int, short: int) -> list[int] | None:
    """Letters of each column in a line; None where they do not fit."""
    room = width - 1 - gap * (len(columns) - 1)
    least = [column.least(short) for column in columns]
    spare = room - sum(least)
    if spare < 0:
        return None
    wanted = [max(0, column.whole - size) for column, size in zip(columns, least, strict=True)]
    if sum(wanted) <= spare:
        return [size + more for size, more in zip(least, wanted, strict=True)]
    return [size + more for size, more in zip(least, _shared(wanted, spare), strict=True)]


def _shared(wanted: Sequence[int], spare: int) -> list[int]:
    """The spare letters, the smallest wishes first and the rest in equal parts."""
    given = [0] * len(wanted)
    order = sorted((n for n in range(len(wanted)) if wanted[n]), key=lambda n: wanted[n])
    for place, n in enumerate(order):
        given[n] = min(wanted[n], spare // (len(order) - place))
        spare -= given[n]
    return given


def _blocks(columns: Sequence[TextColumn], width: int) -> list[str]:
    """The columns in blocks that fit, each behind the columns that name the rows."""
    keys = _keys(columns)
    gap, short = TRIES[0]
    lines: list[str] = []
    block = list(keys)
    for column in columns[len(keys) :]:
        more = [*block, column]
        if len(block) > len(keys) and _sizes(more, width, gap, short) is None:
            lines += [*_fitted(block, width, gap, short), ""]
            more = [*keys, column]
        block = more
    return [*lines, *_fitted(block, width, gap, short)]


def _fitted(columns: Sequence[TextColumn], width: int, gap: int, short: int) -> list[str]:
    sizes = _sizes(columns, width, gap, short) or [column.least(short) for column in columns]
    return _block(columns, sizes, gap)


def _keys(columns: Sequence[TextColumn]) -> Sequence[TextColumn]:
    """The first columns that tell the rows apart, where they are short; else the first."""
    for count in range(1, len(columns)):
        chosen = columns[:count]
        if sum(column.least(TRIES[0][1]) for column in chosen) > KEYS:
            break
        rows = list(zip(*(column.cells for column in chosen), strict=True))
        if len(set(rows)) == len(rows):
            return chosen
    return columns[:1]


def _block(columns: Sequence[TextColumn], sizes: Sequence[int], gap: int) -> list[str]:
    """Heads, a rule and the rows."""
    heads = [[*wrapped(c.head, size), *([c.unit] if c.unit else [])] for c, size in zip(columns, sizes, strict=True)]
    deep = max(map(len, heads), default=0)
    raised = [[*[""] * (deep - len(head)), *head] for head in heads]
    rule = " " + "─" * (sum(sizes) + gap * (len(sizes) - 1))
    lines = [*_lines(raised, columns, sizes, gap), rule]
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = [
            wrapped(cell, size) if column.wraps else [cell]
            for cell, column, size in zip(row, columns, sizes, strict=True)
        ]
        lines += _lines(cells, columns, sizes, gap)
    return lines


def _lines(cells: Sequence[Sequence[str]], columns: Sequence[TextColumn], sizes: Sequence[int], gap: int) -> list[str]:
    """Cells of several lines, side by side."""
    lines = []
    for n in range(max(map(len, cells), default=0)):
        parts = [cell[n] if n < len(cell) else "" for cell in cells]
        set_ = [f"{p:{'>' if c.right else '<'}{s}}" for p, c, s in zip(parts, columns, sizes, strict=True)]
        lines.append((" " + (" " * gap).join(set_)).rstrip())
    return lines


CODE = r"([a-z]{2}[a-z0-9]{1,2})"
#: Names of columns that begin with a country's code: alone, with what is counted, over a threat, or on another.
SIDE = re.compile(
    rf"{CODE}(?:_(gain|p_star|payoff|room|most|alone|week)|_over_([A-Za-z0-9_]+)|_on_{CODE})?",
)

#: Names of countries that columns have no room for.
SHORT = {"USA": "US", "EU27": "EU", "GBR": "UK"}

#: What follows if talks fail, by its name in the files of cases.
THREATS = {"D0": "status quo", "DP": "past law", "DN": "tariff war"}

#: Whose the issue is that a column is named after, by the word it begins with.
OWNERS = {"us": "US", "cn": "Chinese", "eu": "EU"}


def spoken(name: str) -> str:
    """A column's name in words: "chn_p_star" -> "China p*", "usa_over_DP" -> "US over past law"."""
    side = SIDE.fullmatch(name)
    country = _country(side[1]) if side is not None else ""
    if side is None or not country:
        first, *rest = name.replace("p_star", "p*").split("_")
        return " ".join([OWNERS.get(first, first) if rest else first, *rest])
    counted, threat, other = side[2], side[3], side[4]
    if threat:
        return f"{country} over {THREATS.get(threat, threat.replace('_', ' '))}"
    if other:
        return f"{country} on {_country(other) or other}"
    return f"{country} {counted.replace('p_star', 'p*')}" if counted else country


def _country(code: str) -> str:
    """The short name of a country or bloc by its code in small letters, "" where it is none."""
    return SHORT.get(code.upper()) or countries().names.get(code.upper(), "")


def head_of(column: Column) -> str:
    """What readers see above a column, without its unit."""
    return column.label or spoken(column.name)


def html_grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A small table for a notebook or a page, what its rows are called at the left; a narrow page scrolls it alone."""
    lines = ((f"<th scope='row' align='left'>{escape(name)}</th>", *(f"<td>{escape(cell)}</td>" for cell in cells))
             for name, *cells in rows)  # fmt: skip
    body = "".join(f"<tr>{''.join(line)}</tr>" for line in lines)
    head = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


#: The trade that weighs duties unless another is named.
USUAL = "2024"


def clean(value: Any, digits: int = 12) -> Any:
    """Floats rounded to `digits` decimals, so that 1.734 is not printed as 1.7340000000000002.

    What is no number, or infinite, becomes None: JSON has neither.
    """
    if isinstance(value, float):
        return round(value, digits) + 0.0 if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: clean(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, digits) for item in value]
    return value


def to_json(content: Any) -> str:
    """JSON text with clean numbers."""
    return json.dumps(clean(content), ensure_ascii=False, indent=1, allow_nan=False)


def to_bytes(content: Any, exact: bool = False) -> bytes:
    """Content as JSON: numbers without noise, or exact as what is kept has them; what is not known as null."""
    text = json.dumps(
        _plain(content if exact else clean(content)), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    # Half a pair of UTF-16 may stand in what a stranger sent and is shown again.
    return text.encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """What is no number, or infinite, as null, days as texts."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def to_csv(table: Table) -> str:
    """CSV text with a header; shares stay shares."""
    table = table.for_machines()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows():
        writer.writerow([csv_cell(row[column.name]) for column in table.columns])
    return out.getvalue()


def csv_cell(value: Any) -> Any:
    """A value as a cell of CSV: numbers clean and finite, else blank; texts no formulas."""
    from detente.codes.escaping import csv_text

    return csv_text(value) if isinstance(value, str) else clean(value)


def to_latex(table: Table) -> str:
    """A LaTeX tabular with booktabs rules and the notes beneath."""
    printed = cells(table)
    widest = [max((len(row[j]) for row in printed), default=0) for j in range(len(table.columns))]
    align = "".join(
        "r" if column.unit not in TEXTS else "p{5cm}" if widest[j] > WRAPPED else "l"
        for j, column in enumerate(table.columns)
    )
    from detente.codes.escaping import latex

    head = " & ".join(latex(heading(column)) for column in table.columns)
    signed = [column.unit not in TEXTS for column in table.columns]
    body = [" & ".join(map(_latex_cell, row, signed)) + r" \\" for row in printed]
    notes = [r"\par\footnotesize " + latex(" ".join(map(as_sentence, table.notes)))] if table.notes else []
    return "\n".join(
        [
            r"\begin{table}\centering",
            rf"\caption{{{latex(table.title)}}}",
            rf"\begin{{tabular}}{{{align}}}\toprule",
            head + r" \\ \midrule",
            *body,
            r"\bottomrule\end{tabular}",
            *notes,
            r"\end{table}",
        ]
    )


def _latex_cell(cell: str, signed: bool) -> str:
    """A cell; a number below zero has a minus sign, not a hyphen."""
    from detente.codes.escaping import latex

    return f"$-${latex(cell[1:])}" if signed and cell.startswith("-") else latex(cell)


#: Longest text of a column that is not broken into lines.
WRAPPED = 40


def heading(column: Column) -> str:
    """Column heading with its unit."""
    how, label = PRINTED.get(column.unit), head_of(column)
    return f"{label}, {how.suffix}" if how is not None and how.suffix else label


def cells(table: Table) -> list[list[str]]:
    """Every cell as a reader sees it: shares in per cent, USD in billions."""
    return [[shown_cell(row[c.name], c, table.names) for c in table.columns] for row in table.rows()]


#: Columns that stand whatever they hold.
KEPT = ("average", "after_substitution", "base", "before", "after", "low", "high")

#: Columns from which on a table is wide.
WIDE = 8


def shortened(table: Table) -> Table:
    """A wide table without columns of shares that are zero throughout, as of authorities that add nothing."""
    import numpy as np

    if len(table.columns) < WIDE or not len(table):
        return table
    return table.select([
        c.name for c in table.columns
        if c.name in KEPT or c.unit is not Unit.SHARE or not np.all(np.abs(table[c.name]) == 0)
    ])  # fmt: skip


def for_readers(table: Table) -> Table:
    """The table without a column of variants that has one variant only, or of weights that are the usual ones.

    Codes whose names stand beside them under the same head are left out too. Machines get it whole.
    """
    names = [column.name for column in table.columns]
    named = {column.label for column in table.columns if column.name == f"{column.label}_name"}
    names = [name for name in names if name not in named]
    if "weights" in names and set(table["weights"].tolist()) <= {"", USUAL}:
        names.remove("weights")
    if names[:1] == ["variant"] and len(set(table["variant"].tolist())) == 1 and len(names) > 1:
        names = names[1:]
    return table if len(names) == len(table.columns) else table.select(names)


#: Columns whose codes of countries readers get as names.
PLACES = ("country", "restrictor", "exporter", "importer", "player", "actor", "by")


def for_terminal(table: Table, places: Sequence[str] = PLACES) -> Table:
    """The table for readers with countries by name, without columns that say nothing of any row.

    Parameters
    ----------
    places : columns whose codes of countries become names.
    """
    table = for_readers(table)
    names = [column.name for column in table.columns]
    if len(table):
        names = [name for name in names if any(map(_said, table[name].tolist()))] or names
    return _named(table if len(names) == len(table.columns) else table.select(names), places)


def _said(value: Any) -> bool:
    """Whether a cell says anything: a text, or a number that is one."""
    return value not in ("", None) and value == value


#: Columns whose codes are words with dashes below.
WORDS = ("status", "authority", "track")


def _named(table: Table, places: Sequence[str]) -> Table:
    """The table with countries by name and no dashes below."""
    data = {}
    for name in (column.name for column in table.columns if column.unit in TEXTS):
        if name in places and f"{name}_name" not in table.data and "name" not in table.data:
            from detente.data.tables import GROUPS, countries

            known: dict[str, str] = {**countries().names, **vocabulary("region"), **GROUPS}
            # Countries joined by a plus, by name.
            texts = map(str, table[name].tolist())
            data[name] = [" and ".join(known.get(code, code) for code in text.split("+")) for text in texts]
        elif name in WORDS:
            data[name] = [text.replace("_", " ") for text in table[name].tolist()]
    if not data:
        return table
    import numpy as np

    named = {name: np.asarray(values, dtype=np.str_) for name, values in data.items()}
    columns = tuple(replace(c, unit=Unit.TEXT) if c.name in named and c.name in places else c for c in table.columns)
    return replace(table, columns=columns, data={**table.data, **named})


def to_text(
    table: Table, limit: int = 60, *, width: int | None = 0, more: str = "use --format csv", total: int = 0
) -> str:
    """A table in characters; units stand under the names, no character is lost.

    Parameters
    ----------
    width : letters of a line; 0 is the terminal's, None does not limit it, as in a file. more : how to get all rows.
    total : how many those are, where the table has the first of them alone.
    """
    import numpy as np

    if width == 0:
        width = terminal_width()
    table = for_terminal(table)
    total = max(total, len(table))
    table = table.take(np.arange(min(len(table), limit)))
    rows = cells(table)
    columns = []
    for j, column in enumerate(table.columns):
        how, own = PRINTED.get(column.unit), [row[j] for row in rows]
        unit = how.suffix if how is not None else ""
        name, left = head_of(column), column.unit in TEXTS
        columns.append(TextColumn(name, unit, not left, column.unit is Unit.TEXT, own))
    notes = list(table.notes)
    if total > limit:
        notes.insert(0, f"{total - limit:,} more rows: {more}")
    return set_out(table.title, columns, notes, width)


def terminal_width() -> int:
    """Columns of the terminal (or COLUMNS); 120 where the output goes elsewhere."""
    return max(60, shutil.get_terminal_size((120, 40)).columns)


#: Names of a file that mean standard output.
STDOUT = ("-", "/dev/stdout")


def is_stdout(out: Path | None) -> bool:
    """Whether output goes where the program prints: no file is named, or standard output is."""
    return out is None or str(out) in STDOUT


def texts(tables: Sequence[Table]) -> str:
    """Tables in characters, one beneath the other."""
    return "\n\n".join(to_text(table) for table in tables)


def json_rows(table: Table) -> list[dict[str, Any]]:
    """Rows of a table; beyond the record each says how far that goes, and its numbers under every fate."""
    rows = list(table.for_machines().rows())
    if table.standing is not None and table.standing.beyond and "branches" not in table.data:
        fates = fate_columns(column.name for column in table.columns)
        for row in rows:
            row["branches"] = _branches(row, fates, table.standing)
    return rows


def _branches(row: dict[str, Any], columns: dict[str, dict[str, str]], standing: Standing) -> list[dict[str, Any]]:
    """Every fate of a row's numbers, the first number of each as `total`; none where they agree."""
    if not any(_apart(row[name], row[other]) for own in columns.values() for name, other in own.items()):
        return []
    of = next(iter(columns.values()))
    fates = {LAPSED: {name: row[name] for name in of}}
    fates |= {fate: {name: row[other] for name, other in own.items()} for fate, own in columns.items()}
    first, several = next(iter(of)), len(of) > 1
    rows = [{"branch": name, "total": own[first], **(own if several else {})} for name, own in fates.items()]
    words, likely = standing.fates, standing.likely
    return [{**e, "words": words.get(e["branch"], e["branch"]), "likely": e["branch"] == likely} for e in rows]


def _apart(first: Any, second: Any) -> bool:
    """Whether two numbers differ; one that is not known differs from any other."""
    if first != first or second != second:
        return (first != first) != (second != second)
    return abs(first - second) > 1e-12


def polars_frame(table: Table) -> Any:
    """The table as a polars data frame."""
    import polars as pl

    return pl.DataFrame({column.name: list(table.data[column.name].tolist()) for column in table.columns})


def to_parquet(table: Table) -> bytes:
    """A table as a Parquet file."""
    out = io.BytesIO()
    polars_frame(table.for_machines()).write_parquet(out)
    return out.getvalue()
