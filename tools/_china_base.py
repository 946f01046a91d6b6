"""China's MFN rates by date: the cuts of 2018, the last step of the Information Technology Agreement, rates of 2026.

The schedule of 1 January 2019 is the base duty; here is where it was another before, or is known to be another since.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from _china_sources import Line

LAST_STEP = "2023-07-01"
TARIFF_2026 = "2026-01-01"
SOURCES = {
    "2018-04-30": "MFN schedule of 2018 before the cuts of 1 May, Ministry of Finance",
    "2018-06-30": "MFN schedule of 2018 before the cuts of 1 July, Ministry of Finance",
    "2018-10-31": "MFN schedule of 2018 before the cuts of 1 November, Ministry of Finance",
    "2018-12-31": "MFN schedule of 2018, Ministry of Finance",
    LAST_STEP: "last step of the expanded Information Technology Agreement, 1 July 2023",
    TARIFF_2026: "tariff of 2026, Customs Tariff Commission; the day of the change is not known",
}
Known = Mapping[str, tuple[str, float, str]]


@dataclass(frozen=True)
class Step:
    """A base duty (share) other than that of 2019 on a span of days; "" = open."""

    code: str
    start: str
    end: str
    rate: float
    source: str
    confidence: str


def cuts(code: str, line: Line) -> Iterator[Step]:
    """What a line of 2018 owed before each cut of that year."""
    start = ""
    for end, rate in line.cuts:
        yield Step(code, start, end, rate, SOURCES[end], "B")
        start = str(date.fromisoformat(end) + timedelta(1))


def read_2026(path: Path) -> Known:
    """8-digit line -> first day, rate (share) and confidence of the part of the tariff of 2026 that is on record."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["hs8"]: (row["from"][:10], float(row["pct_2026"]) / 100, row["confidence"]) for row in rows}


def later(code: str, line: Line, known: Known) -> Iterator[Step]:
    """What is known of a line since 2019: the tariff of 2026 where it is on record, else the agreement's last step."""
    if code in known:
        start, rate, confidence = known[code]
        yield Step(code, start, "", rate, SOURCES[start], confidence)
    elif line.agreed is not None:
        doubtful = line.agreed > 0 or line.code != code
        yield Step(code, LAST_STEP, "", line.agreed, SOURCES[LAST_STEP], "C" if doubtful else "B")


def base_steps(steps: Iterable[Step]) -> pl.DataFrame:
    """The table chn_base_steps."""
    rows = [(s.code, s.start or None, s.end or None, s.rate, s.source, s.confidence) for s in steps]
    schema = ["code", "from", "until", "rate", "source", "confidence"]
    return pl.DataFrame(rows, schema=schema, orient="row", infer_schema_length=None).sort(
        "code", "from", nulls_last=False
    )
