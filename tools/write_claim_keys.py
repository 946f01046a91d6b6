"""Write the keys of every claim quantity into docs/evidence.md.

python tools/write_claim_keys.py
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.lab.claims.measurand import quantities
from detente.lab.claims.words import example_of, needed, optional

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
BEGIN, END = "<!-- keys of quantities:", "<!-- end of keys -->"


def main() -> None:
    """Put the table between its marks."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    mark, after = rest.split("\n", 1)[0], rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}{mark}\n{keys_markdown()}\n{END}{after}", encoding="utf-8")


def keys_markdown() -> str:
    """The rows as the table of the documentation."""
    heads = ("quantity", "has to name", "may name", "example")
    ruled = (" | ".join(cells) for cells in (heads, ["---"] * len(heads)))
    rows = [(name, ", ".join(needed(name)), ", ".join(optional(name)), example_of(name)) for name in quantities()]
    return "\n".join((*(f"| {cells} |" for cells in ruled), *map(_line, rows)))


def _line(row: Sequence[str]) -> str:
    marked = (", ".join(f"`{key}`" for key in cell.split(", ")).replace(" or ", "` or `") for cell in row[:3])
    return f"| {' | '.join((*marked, f'`{row[3]}`'))} |"


if __name__ == "__main__":
    main()
