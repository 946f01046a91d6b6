"""Write docs/case_keys.md: every key of a case file, from its rows and their register.

python tools/write_case_keys.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detente.data.caserows import CaseRow, case_rows

PAGE = Path(__file__).resolve().parents[1] / "docs" / "case_keys.md"
HEAD = """# Keys of a case file

Written by `tools/write_case_keys.py` from `data/caserows.py` and `data/casekeys.toml`. `detente data show
case.schema` prints the same.

`detente run FILE --dry-run` checks a file and tells all of its mistakes at once. [Your own talks](howto/own_talks.md)
shows how to write one. Levels of duties are shares: 0.10 is ten points. Days are written as 2025-05-08.
"""


def page() -> str:
    """The page."""
    return "\n".join([HEAD, *(line for row in case_rows() for line in section(row))])


def section(row: CaseRow) -> Iterator[str]:
    """A row with its keys."""
    yield f"## {row.title}: {row.kind.__name__}\n"
    if row.place:
        yield f"Stands at {', '.join(f'`{place.strip()}`' for place in row.place.split(','))}.\n"
    yield "| key | type | unit | default | meaning | example |\n| --- | --- | --- | --- | --- | --- |"
    for key in row.keys:
        cells = (f"`{key.name}`", key.type, key.unit, key.default, key.means, f"`{key.shown}`")
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
