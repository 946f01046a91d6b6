"""Write docs/formats.md: the publishers' formats that are read, from what the formats declare.

python tools/write_readers.py
"""

from __future__ import annotations

from pathlib import Path

from detente.data.formats.known import known_formats

PAGE = Path(__file__).resolve().parents[1] / "docs" / "formats.md"
HEAD = """# Formats that are read

This page is written by `tools/write_readers.py` from the files of `data/formats/`. [Publishers' files](readers.md) says
how a file is read and kept, and what the words under "becomes" mean.

| publisher | format | how to get it | becomes | licence |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page, with a row for each format."""
    lines = (
        f"| {entry.publisher} | `{entry.name}`: {entry.title} | {entry.how} | {entry.becomes} | {entry.licence} |\n"
        for entry in known_formats().values()
    )
    return HEAD + "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
