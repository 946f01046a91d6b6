"""Answers: tables as rows, numbers with units and ranges, and a size that a conversation can hold."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from detente.codes import Table, Unit
from detente.codes.units import readable
from detente.faces.formats import clean
from detente.faces.mcp.shapes import Cell, ToolAnswer, ToolColumn, ToolNumber

MOST_ROWS = 50
MOST_BYTES = 18_000
"""Bytes of an answer at most, words and values together."""

MOST_SOURCES = 20
FEWEST = 5
"""Notes and sources that stay however long the rows are."""


def plain(value: Any) -> Cell:
    """A value of a table as JSON has it: what is not known as null."""
    value = clean(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def columns_of(table: Table) -> list[ToolColumn]:
    """What the columns of a table are."""
    return [ToolColumn(name=c.name, unit=str(c.unit), meaning=c.description) for c in table.columns]


def rows_of(table: Table, offset: int = 0, most: int = MOST_ROWS) -> list[dict[str, Cell]]:
    """Some rows of a table as plain values."""
    part = table.take(np.arange(min(offset, len(table)), min(offset + most, len(table))))
    return [{name: plain(value) for name, value in row.items()} for row in part.rows()]


def page(table: Table, offset: int = 0, **other: Any) -> dict[str, Any]:
    """Rows of a table with their columns, notes and how far the law behind it was read, as fields of an answer.

    Parameters
    ----------
    other : fields that are to stand otherwise.
    """
    table = table.for_machines()
    rows = rows_of(table, offset)
    return {
        "columns": columns_of(table),
        "rows": rows,
        "offset": min(offset, len(table)),
        "total": len(table),
        "notes": list(table.notes),
        "law_read_to": None if table.standing is None else table.standing.to.isoformat(),
        **other,
    }


def rest(total: int, shown: int, repair: str) -> str:
    """How many rows were left out, and how to get them."""
    left = total - shown
    return f"{left:,} more row{'' if left == 1 else 's'}: {repair}" if left > 0 else ""


def number(
    name: str, value: float | None, unit: Unit, *, low: float = math.nan, high: float = math.nan, spread: str = "",
    base: str = "", before: float = math.nan,
) -> ToolNumber:  # fmt: skip
    """A number with its unit and range; NaN stands for what is not known."""
    value, low_, high_, before_ = (_finite(given) for given in (value, low, high, before))
    text = "" if value is None else readable(value, unit)
    return ToolNumber(
        name=name, value=value, unit=str(unit), text=text, low=low_, high=high_, range=spread, base=base,
        before=before_,
    )  # fmt: skip


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else clean(float(value))


def command(*words: object, **flags: object) -> str:
    """A command line of the program; flags without a value are left out."""
    parts = ["detente", *map(str, words)]
    for name, value in flags.items():
        several = value if isinstance(value, list | tuple) else [value]
        for single in several:
            if single is not None and single is not False and single != "":
                parts += [f"--{name.replace('_', '-')}", str(single)]
    return shlex.join(parts)


def cited(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Instruments and citations, each once."""
    texts = ["; ".join(part for part in pair if part) for pair in pairs]
    return list(dict.fromkeys(text for text in texts if text))


def fitted(answer: ToolAnswer, pages: bool = False) -> ToolAnswer:
    """The answer with as many rows, sources and notes as a conversation can hold; `more` says what was left out.

    Parameters
    ----------
    pages : whether the tool that gave it takes an offset.
    """
    answer = answer.model_copy(update={"sources": answer.sources[:MOST_SOURCES]})
    for name, least in (("rows", 1), ("sources", FEWEST), ("notes", FEWEST), ("sentences", 1), ("tables", 1)):
        entries = getattr(answer, name, None)
        if size(answer) <= MOST_BYTES or not entries:
            continue
        kept = _most(answer, name, least)
        answer = answer.model_copy(update={name: entries[:kept]})
    shown = answer.offset + len(answer.rows)
    repair = f"ask again with offset={shown}" if pages else "the command has them all"
    left = "" if answer.more else rest(answer.total, shown, repair)
    return answer.model_copy(update={"more": left}) if left else answer


def _most(answer: ToolAnswer, name: str, least: int) -> int:
    """How many entries of a field fit, found by halves."""
    low, high = least, len(getattr(answer, name))
    while low < high:
        middle = (low + high + 1) // 2
        tried = answer.model_copy(update={name: getattr(answer, name)[:middle]})
        low, high = (middle, high) if size(tried) <= MOST_BYTES else (low, middle - 1)
    return low


def size(answer: ToolAnswer) -> int:
    """Bytes of an answer as it travels: its words, and its values beside them."""
    return len(json.dumps([words(answer), values(answer)], ensure_ascii=False).encode("utf-8", "replace"))


def values(answer: ToolAnswer) -> dict[str, Any]:
    """The answer as plain values."""
    return answer.model_dump(mode="json", exclude_none=False)


def words(answer: ToolAnswer) -> str:
    """The answer for a reader: everything in it but the meaning of columns."""
    lines = [answer.sentence]
    hold = getattr(answer, "hold", "")
    lines += [f"hold: {hold}"] if hold else []
    for name in ("sentences", "brief", "advice", "limits", "assumed"):
        lines += [f"- {text.strip()}" for text in getattr(answer, name, [])]
    lines += [f"{card.label}: {card.number}, {card.against}. {card.range}" for card in getattr(answer, "cards", [])]
    lines += [_said(entry) for entry in answer.numbers]
    lines += [_open(question) for question in getattr(answer, "open", [])]
    lines += _grid(answer.rows)
    lines += [answer.more] if answer.more else []
    lines += answer.notes[:FEWEST]
    ends = (("law read to", answer.law_read_to), ("key", answer.key), ("reproduce", answer.command))
    return "\n".join([*lines, *(f"{name}: {text}" for name, text in ends if text)])


def _said(entry: ToolNumber) -> str:
    """A number in one line."""
    unit, ends = Unit(entry.unit), ""
    if entry.low is not None and entry.high is not None:
        ends = f" [{readable(entry.low, unit)} to {readable(entry.high, unit)}]"
    about = "; ".join(part for part in (entry.base, entry.range) if part)
    return f"{entry.name}: {entry.text or 'none'}{ends}{f' ({about})' if about else ''}"


def _open(question: Any) -> str:
    states = ", ".join(
        f"{state.state} {'may not be imported' if state.total is None else f'{state.total:.2%}'}"
        for state in question.states
    )
    return f"open: {question.title} [{question.fact}], taken {question.taken}: {states}"


def _grid(rows: Sequence[Mapping[str, Cell]]) -> list[str]:
    """Rows as lines, heads first."""
    if not rows:
        return []
    return [" | ".join(rows[0]), *(" | ".join(_cell(value) for value in row.values()) for row in rows)]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
