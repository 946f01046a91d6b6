"""Write docs/tables.md: the parts of a run and the tables each brings, with the columns of those that Geneva has.

python tools/write_tables.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from detente.codes import Table
from detente.data.library import catalogue
from detente.lab.part import Part
from detente.lab.parts import PARTS
from detente.lab.run import run
from detente.lab.scenario import load_scenario

PAGE = Path(__file__).resolve().parents[1] / "docs" / "tables.md"
HEAD = """# Tables of a run

Written by `tools/write_tables.py` from the list of parts in `lab/parts.py`. A part is built where the scenario asks for
it; `detente run NAME --table TABLE` prints one of its tables. Columns are those of the run of `geneva`; tables without
columns here come with draws, or with another scenario.
"""


def page(tables: Mapping[str, Table]) -> str:
    """The page, from the tables of a run."""
    return "\n".join([HEAD, *(line for part in PARTS for line in section(part, tables))])


def section(part: Part, tables: Mapping[str, Table]) -> Iterator[str]:
    """One part with its tables."""
    yield f"## {part.name}\n"
    when = f"where `{part.key}` asks for it" if part.key else "in every run" if part.kept else "with `--draws`"
    takes = f" It takes what {' and '.join(part.needs)} bring." if part.needs else ""
    yield f"Built {when}.{takes}\n"
    yield f"Data: {'; '.join(sources(part)) or 'those of the other parts'}.\n"
    for name in part.tables:
        yield from described(name, tables.get(name))


def sources(part: Part) -> list[str]:
    """Publishers of what a part reads for Geneva."""
    names = part.rests_on(load_scenario("geneva")[0])
    publishers = (str(catalogue().get(name, {}).get("publisher", "")).split(";")[0].strip() for name in names)
    return list(dict.fromkeys(filter(None, publishers)))


def described(name: str, table: Table | None) -> Iterator[str]:
    """A table with its columns."""
    yield f"### {name}\n"
    if table is None:
        return
    yield f"{table.title}.\n"
    yield "| column | unit | meaning |\n| --- | --- | --- |"
    for column in table.columns:
        yield f"| `{column.name}` | {column.unit} | {column.description.replace('|', '/')} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(run("geneva", today=date(2025, 5, 14), draws=20).tables) + "\n", encoding="utf-8")
    print(f"{PAGE.name} written")
