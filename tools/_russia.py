"""Rates in place of column 2 for goods of Russia: what U.S. note 30 lists today, and what it listed before April 2023.

The list of 27 July 2022 (Proc. 10420, 87 FR 38875: 576 lines) is read back from the note of today and from what
Proc. 10523 (88 FR 13277) changed. Its annex moved 44 lines from 35 to 70 per cent, which CSMS 55688476 prints. It also
put lines on the list of 35; those are not printed in any source at hand. Today's list and the 44 are 21 lines more
than the 576, and 21 lines fit what was written then: ores, carbon black, platinum metals and nickel were not on the
list of 2022.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from _schedule import Line

RAISED, RAISED_AGAIN = "2022-07-27", "2023-04-01"
EVE = "2023-03-31"
HEADINGS = (
    ("9903.90.08", 0.35, "\n(c) For the purposes"),
    ("9903.90.09", 0.70, "\n31. (a)"),
)

MOVED = """
    72021150 72022110 72022900 72023000 72024100 72024910 72027000 72042100 72042900 72044900 72052900 72071200 72169100
    72249000 73042910 73042920 73042931 73042941 73042950 73062920 73062960 73079910 73089060 73101000 73102900 73110000
    73144100 73181520 73181540 73181600 73182200 73251000 74081160 74081900 74092100 74102200 76042930 76042950 76051100
    76061230 76061260 76130000 78011000 78019990
""".split()
"""Lines at 35 per cent from July 2022 that went to 70 in April 2023 (CSMS 55688476, annex of Proc. 10523)."""

ADDED = """
    25309080 26011200 26151000 28030000 28049000 28051200 71069110 71069210 71081355 71101100 71101900 71102900 71103100
    71103900 71104100 71104900 71159005 75021000 75022000 75040000 75062030
""".split()
"""Lines taken to have joined the list of 35 per cent in April 2023 only."""


def listed(data: Path, lines: Mapping[str, Line]) -> dict[str, str]:
    """8-digit line -> heading, from U.S. note 30 and from the footnotes of the lines."""
    with gzip.open(data / "hts" / "chapter99_notes_2026_rev_6.txt.gz", "rt", encoding="utf-8") as file:
        text = file.read()
    found: dict[str, str] = {}
    for heading, _, end in HEADINGS:
        start = text.index(f"Heading {heading} applies to all products of the Russian Federation")
        for code in re.findall(r"\b(\d{4}[.,;]\d{2}[.,;]\d{2})\b", text[start : text.index(end, start)]):
            found[re.sub(r"\D", "", code)] = heading
        for code, line in lines.items():
            if any(heading in note for note in line.notes):
                found.setdefault(code[:8], heading)
    return {code: heading for code, heading in found.items() if code < "98"}


def spells(listed_now: Mapping[str, str]) -> Iterator[tuple[str, str, str, str | None]]:
    """(line, heading, first day, last day) of each rate."""
    for code, heading in listed_now.items():
        if code in MOVED:
            yield code, HEADINGS[0][0], RAISED, EVE
        fresh = heading == HEADINGS[1][0] or code in ADDED
        yield code, heading, RAISED_AGAIN if fresh else RAISED, None


def russia_table(data: Path, lines: Mapping[str, Line]) -> pl.DataFrame:
    """code, heading, rate, from, until of every line at a rate in place of column 2."""
    rate = {heading: share for heading, share, _ in HEADINGS}
    rows = [
        {"code": code, "heading": heading, "rate": rate[heading], "from": start, "until": end}
        for code, heading, start, end in spells(listed(data, lines))
    ]
    return pl.DataFrame(rows, infer_schema_length=None).sort("code", "from")
