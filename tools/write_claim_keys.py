"""Write the keys of every claim quantity into docs/evidence.md.

python tools/write_claim_keys.py
"""

from __future__ import annotations

from pathlib import Path

from detente.lab.claims.words import keys_markdown

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
BEGIN, END = "<!-- keys of quantities:", "<!-- end of keys -->"


def main() -> None:
    """Put the table between its marks."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    mark, after = rest.split("\n", 1)[0], rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}{mark}\n{keys_markdown()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
