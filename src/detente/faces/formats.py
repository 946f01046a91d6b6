"""Formats: a Table as text, JSON, CSV, Parquet or LaTeX."""

from __future__ import annotations

import csv
import io
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Column, Table
from detente.codes.names import as_sentence
from detente.codes.standing import LAPSED, Standing, fate_columns
from detente.codes.table import shown_cell
from detente.codes.units import PRINTED, TEXTS, Unit
from detente.faces.text_tables import head_of

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
            from detente.data.small_world import REGION_NAMES
            from detente.data.tables import GROUPS, countries

            known: dict[str, str] = {**countries().names, **REGION_NAMES, **GROUPS}
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

    from detente.faces.text_tables import TextColumn, set_out

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


def frame(table: Table) -> Any:
    """The table as a polars data frame."""
    import polars as pl

    return pl.DataFrame({column.name: list(table.data[column.name].tolist()) for column in table.columns})


def to_parquet(table: Table) -> bytes:
    """A table as a Parquet file."""
    out = io.BytesIO()
    frame(table.for_machines()).write_parquet(out)
    return out.getvalue()
