"""China's tariff as its sources give it, and the matrix of March 2025 taken apart into measures.

The matrix gives the sum of all retaliation on a line. What it adds to the lists of 2018-19 and of March 2025 is
list 4 part 1 (2.5 or 5 points) and the duty of February 2025 (10 or 15), of which no list is stored.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from _shared import digits, read_schedule

COLUMNS = "code name mfn steel may july list_1 list_2 list_3 november temporary vehicles list_3_rise".split()
CUTS = ("may", "july", "november", "temporary")
LAST_DAYS = ("2018-04-30", "2018-06-30", "2018-10-31", "2018-12-31")
"""Last days of the MFN rates before each of the cuts."""
AGREED = ("84", "85", "90")
"""Chapters with most goods of the expanded Information Technology Agreement."""
LEAST_STEP = 0.05
"""Smallest cut in points that is no rounding of the workbook."""

TIERS = {(5, 0): "at_5", (5, 5): "at_10", (10, 10): "at_20", (10, 15): "at_25"}
HALVED = {2.5: "at_2_5", 5.0: "at_5"}
"""List 4 part 1 by its points since 14 February 2020."""

COAL_LNG = "27011100 27011210 27011290 27011900 27012000 27021000 27022000 27111100".split()
FEBRUARY = (
    *("2709", "841933", "841934", "842441", "842449", "842482", "8432", "8433", "8434", "8436", "8437"),
    *("843860", "847920", "8701", "8703", "8704", "871620"),
)
"""Crude oil, farm machines, big cars and pick-ups: where the matrix may hold ten points of February 2025."""

SLIPS = {
    "03019100": "03019110",
    "03032100": "03032300",
    "03032200": "03032400",
    "03076100": "03076010",
    "03076900": "03076090",
    "03083110": "03083011",
    "03083190": "03083019",
    "03083900": "03083090",
    "03090010": "03091000",
    "03090020": "03099000",
    "16041991": "16041990",
}
"""Codes of the translated March list that no schedule has, and the line that carries the duty in the matrix."""
LOBSTER_TWICE, LOBSTER_MISSING = "03063210", "03063190"

KIN = {
    "2404": ("2403", "2106"),
    "3816": ("3816", "2518"),
    "3827": ("3824",),
    "8485": ("8463", "8465", "8475", "8477", "8479"),
    "8524": ("9013", "8529"),
    "85415": ("8541", "9026", "9031"),
    "8806": ("8802", "8525"),
    "8807": ("8803",),
}
"""Headings of HS 2022 whose goods came from elsewhere in HS 2017."""


@dataclass(frozen=True)
class Line:
    """An 8-digit line of the 2018 schedule: MFN rates (shares) and what 2018-19 put on it (points).

    `general` is the rate of 1 January 2019, the mean of the 10-digit numbers; `highest` the largest of them. `cuts` has
    the rates of 2018 by last day, `agreed` the rate once numbers under the Information Technology Agreement are free.
    """

    code: str
    general_2018: float | None
    general: float | None
    highest: float
    steel: int
    list_1: int
    list_2: int
    list_3: str
    suspended: bool
    cuts: tuple[tuple[str, float], ...] = ()
    agreed: float | None = None

    @cached_property
    def duty(self) -> int:
        """Points of June 2019, as if vehicles and parts were not suspended (so the matrix counts them)."""
        return self.steel + self.list_1 + self.list_2 + int(self.list_3.removeprefix("at_") or 0)


@dataclass(frozen=True)
class Parts:
    """What a line of the matrix is made of: the line whose 2018-19 lists it carries, list 4 part 1, duty of 2025."""

    like: Line
    list_4a: float = 0.0
    extra: int = 0


Matrix = Mapping[str, tuple[float, str]]


def read_2018(path: Path) -> dict[str, Line]:
    """Lines of the 2018 schedule by 8-digit code."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for values in book["China Tariff Rates"].iter_rows(min_row=2, values_only=True):
        row = dict(zip(COLUMNS, values, strict=False))
        by_code[str(row["code"]).strip()[:8]].append(row)
    return {code: line_of(code, rows) for code, rows in by_code.items()}


def line_of(code: str, rows: Sequence[Mapping[str, Any]]) -> Line:
    """One 8-digit line from its 10-digit numbers; the lists never differ between them."""
    first = rows[0]
    before = [row["mfn"] / 100 for row in rows if row["mfn"] is not None]
    after = [(row["mfn"] + sum(row[cut] or 0 for cut in CUTS)) / 100 for row in rows if row["mfn"] is not None]
    return Line(
        code,
        mean(before),
        mean(after),
        max(after, default=0.0),
        first["steel"],
        first["list_1"],
        first["list_2"],
        TIERS.get((first["list_3"], first["list_3_rise"]), ""),
        first["vehicles"] < 0,
        cuts_of(rows),
        agreed_of(code, rows, after),
    )


def cuts_of(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, float], ...]:
    """Rates (shares) of a line in 2018, each with its last day, as far as they differ from the rate that came next."""
    rated = [row for row in rows if row["mfn"] is not None]
    so_far = [mean([(r["mfn"] + sum(r[c] or 0 for c in CUTS[:n])) / 100 for r in rated]) for n in range(len(CUTS) + 1)]
    spans = zip(LAST_DAYS, so_far, so_far[1:], strict=False)
    return tuple((day, rate) for day, rate, after in spans if rate is not None and after is not None and rate != after)


def agreed_of(code: str, rows: Sequence[Mapping[str, Any]], after: Sequence[float]) -> float | None:
    """Mean rate with the 10-digit numbers under the expanded Information Technology Agreement at zero; None if none is.

    The list of the agreement by number is not stored. A number counts where its rate of 2019 (share) is not whole per
    cent, and either the line took a step in July 2018 or only some of its numbers did; whole rates are no such steps.
    """
    rates = [round(100 * rate, 3) for rate in after]
    stepped = all((row["july"] or 0) < -LEAST_STEP for row in rows)
    if code[:2] not in AGREED or not (stepped or len(set(rates)) > 1):
        return None
    left = [0.0 if rate % 1 else rate / 100 for rate in rates]
    return mean(left) if any(rate % 1 for rate in rates) else None


def mean(rates: Sequence[float]) -> float | None:
    return round(sum(rates) / len(rates), 5) if rates else None


def read_matrix(path: Path) -> dict[str, tuple[float, str]]:
    """8-digit line -> points of retaliation on 28 March 2025, description."""
    table = pl.read_csv(path, infer_schema=False).rename(str.strip)
    table = table.filter(pl.col("Country") == "China")
    rate, text = "Current Total Estimated Retaliatory Tariff", "Foreign Tariff Line Description"
    rows = table.select("Foreign National Tariff Line", rate, text).iter_rows()
    return {code: (float(points.strip("%")), words) for code, points, words in rows}


def read_march(folder: Path) -> dict[str, int]:
    """8-digit line -> 10 or 15 points from 10 March 2025, slips of the translation mended."""
    found: dict[str, int] = {}
    for points in (15, 10):
        with (folder / f"china-{points}-percent-030425.csv").open(encoding="utf-8-sig", newline="") as file:
            for _, number, _ in csv.reader(file):
                code = SLIPS.get(number.zfill(8), number.zfill(8))
                found[LOBSTER_MISSING if code == LOBSTER_TWICE and code in found else code] = points
    return found


def read_subheadings(data: Path) -> dict[str, str]:
    """Every heading and subheading of HS 2022, from the US schedule -> short description."""
    found: dict[str, str] = {}
    above: list[str] = []
    for row in read_schedule(data, "2025_basic"):
        code = digits(row["htsno"])
        above = [*above[: int(row["indent"])], re.sub(r"<[^>]*>", "", row["description"])]
        if len(code) >= 4 and code[:2] < "98":
            found.setdefault(code[:4], clip(above[0]))
            found.setdefault(code[:6], short(above[0], above[-1]))
    return found


def read_paths(data: Path) -> dict[str, tuple[str, ...]]:
    """Every heading and subheading of HS 2022, from the US schedule -> whole words, those of headings above first."""
    found: dict[str, tuple[str, ...]] = {}
    above: list[str] = []
    for row in read_schedule(data, "2025_basic"):
        code = digits(row["htsno"])
        above = [*above[: int(row["indent"])], tidy(row["description"])]
        if len(code) >= 4 and code[:2] < "98":
            found.setdefault(code[:4], (above[0],))
            found.setdefault(code[:6], tuple(part for part in above if part))
    return found


def tidy(text: str) -> str:
    """Words without tags, doubled blanks and the colon at the end."""
    return " ".join(re.sub(r"<[^>]*>", "", text).split()).strip(" :")


def whole_words(code: str, paths: Mapping[str, tuple[str, ...]], matrix: Matrix) -> tuple[str, ...]:
    """Whole words of a line: the international ones, then those of the matrix unless its file has cut them off."""
    heading, _, rest = matrix[code][1].partition(": -") if code in matrix else ("", "", "")
    own = tidy(rest.lstrip("-"))
    above = paths.get(code[:6]) or paths.get(code[:4]) or (tidy(heading) or f"Heading {code[:4]}",)
    cut = own.endswith(("...", "\u2026"))
    said = {letters(part) for part in above}
    return above if cut or letters(own) in {"", *said} else (*above, own)


def letters(text: str) -> str:
    """Letters and digits alone, to compare words of two translations."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def clip(text: str, length: int = 60) -> str:
    """First clause of a heading, cut at a word."""
    text = re.split(r"[;:(]", text)[0].strip(" -,.")
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].strip(" ,.") + " …"


def short(heading: str, leaf: str) -> str:
    """Heading and last words of a line, both clipped."""
    first, last = clip(heading), clip(leaf, 80)
    return first if last in ("", first) else f"{first}: {last}"


def matrix_text(text: str) -> str:
    """Short form of a description like "Live fish: ---Fry"."""
    heading, _, rest = text.partition(":")
    return short(heading, rest.split(": ")[-1])


def extras_of(code: str, march: Mapping[str, int], known: bool) -> tuple[int, ...]:
    """Duties of 2025 that a line may carry. Twenty items are missing from the March list, all on lines of 2018."""
    if code in march:
        return (march[code],)
    if code in COAL_LNG:
        return (15,)
    return (0, 10) if known or code.startswith(FEBRUARY) else (0,)


def solve(total: float, candidates: Iterable[Line], extras: Sequence[int]) -> Parts | None:
    """The first candidate whose lists, with list 4 part 1 and a duty of 2025, make up the total (points)."""
    for line in candidates:
        for extra in extras:
            for halved in (0.0, *HALVED):
                if line.duty + halved + extra == total:
                    return Parts(line, halved, extra)
    return None


def nearest_lines(code: str, pool: Sequence[Line], matrix: Matrix) -> list[Line]:
    """Lines that may have held the goods of a new line: kin first, then the longest common prefix, then lines gone."""
    kin = next((headings for prefix, headings in KIN.items() if code.startswith(prefix)), ())

    def distance(line: Line) -> tuple[bool, int, bool, int, int]:
        related = line.code.startswith(kin)
        common = next((i for i in range(8) if line.code[i] != code[i]), 8)
        headings = 0 if related else abs(int(line.code[:4]) - int(code[:4]))
        return not related, -common, line.code in matrix, headings, abs(int(line.code[4:]) - int(code[4:]))

    return sorted((line for line in pool if line.code[:2] == code[:2] or line.code.startswith(kin)), key=distance)


def take_apart(matrix: Matrix, lines: Mapping[str, Line], march: Mapping[str, int]) -> dict[str, Parts]:
    """Every line of the matrix in its parts. A line that 2018 did not know is like the nearest one that fits."""
    parts: dict[str, Parts] = {}
    pool = list(lines.values())
    for code, (total, _) in matrix.items():
        candidates = (lines[code],) if code in lines else nearest_lines(code, pool, matrix)
        found = solve(total, candidates, extras_of(code, march, code in lines))
        if found is None:
            raise RuntimeError(f"no parts make up the {total} points on {code}")
        parts[code] = found
    return parts


def halves_of_gone(parts: Mapping[str, Parts], lines: Mapping[str, Line]) -> dict[str, float]:
    """List 4 part 1 on lines that are gone by 2025: what most of their successors carry."""
    votes: dict[str, Counter[float]] = defaultdict(Counter)
    for code, part in parts.items():
        if code not in lines:
            votes[part.like.code][part.list_4a] += 1
    return {code: vote.most_common(1)[0][0] for code, vote in votes.items() if code not in parts}
