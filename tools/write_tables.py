"""Write docs/tables.md: the parts of a run and the tables each brings, from the register of tables.

python tools/write_tables.py
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from detente.codes.declared import Declared, find_table
from detente.codes.units import Unit
from detente.data.library import catalogue
from detente.lab.part import Part
from detente.lab.parts import PARTS
from detente.lab.scenario import load_scenario

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tables.md"
HEAD = """# Tables of a run

Written by `tools/write_tables.py` from the list of parts in `lab/parts.py` and the register of tables, `codes/tables`.
A part is built where the scenario asks for it; `detente run NAME --table TABLE` prints one of its tables. Words in
braces are given by the run; a column with one in its name stands once for each.
"""
WORD = re.compile(r"\{(\w+)[^}]*\}")


def page() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for part in PARTS for line in section(part))]) + "\n"


def section(part: Part) -> Iterator[str]:
    """One part with its tables."""
    yield f"## {part.name}\n"
    when = f"where `{part.key}` asks for it" if part.key else "in every run" if part.kept else "with `--draws`"
    takes = f" It takes what {' and '.join(part.needs)} bring." if part.needs else ""
    yield f"Built {when}.{takes}\n"
    yield f"Data: {'; '.join(sources(part)) or 'those of the other parts'}.\n"
    for name in part.tables:
        yield from described(find_table(f"{part.name}.{name}"))


def sources(part: Part) -> list[str]:
    """Publishers of what a part reads for Geneva."""
    names = part.rests_on(load_scenario("geneva")[0])
    publishers = (str(catalogue().get(name, {}).get("publisher", "")).split(";")[0].strip() for name in names)
    return list(dict.fromkeys(filter(None, publishers)))


def described(table: Declared) -> Iterator[str]:
    """A table with its columns."""
    yield f"### {table.name}\n"
    yield f"{shown(table.title).rstrip('?.')}.\n"
    yield "| column | type | unit | meaning |\n| --- | --- | --- | --- |"
    for column in table.columns:
        known = column.unit in set(Unit)
        kind = column.type_of(Unit(column.unit)) if known else "as its unit"
        unit = (column.unit or "none") if known else "as its number"
        yield f"| `{shown(column.name)}` | {kind} | {unit} | {shown(column.description).replace('|', '/')} |"
    yield ""


def shown(text: str) -> str:
    """A text of the register for readers: words in braces without how they are written."""
    return WORD.sub(r"{\1}", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name} written")
