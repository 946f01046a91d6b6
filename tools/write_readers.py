"""Write the table of formats in docs/readers.md from what the formats declare.

python tools/write_readers.py
"""

from __future__ import annotations

from pathlib import Path

from detente.data.formats.known import known_formats

PAGE = Path(__file__).resolve().parents[1] / "docs" / "readers.md"
HEAD = "| publisher | format | how to get it | becomes | licence |\n| --- | --- | --- | --- | --- |\n"


def rows() -> str:
    """A row for each format."""
    lines = (
        f"| {entry.publisher} | `{entry.name}`: {entry.title} | {entry.how} | {entry.becomes} | {entry.licence} |"
        for entry in known_formats().values()
    )
    return "\n".join(lines) + "\n"


def page(text: str) -> str:
    """The page with its table as the formats are now."""
    before, _, after = text.partition(HEAD)
    rest = after[after.find("\n\n") :] if "\n\n" in after else "\n"
    return before + HEAD + rows().rstrip("\n") + rest


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
