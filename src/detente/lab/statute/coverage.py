"""Coverage: what the folder of an importer holds, line by line and by section, and the trade it answers for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, table_of
from detente.codes.hs import SECTIONS, section
from detente.data.importer_flows import all_imports
from detente.data.importers import Importer
from detente.data.schedulefile import COUNTED
from detente.lab.statute.book import cases
from detente.trade.flows import Flows

ALL = "all"
LAST_CHAPTER = 97
RESERVED = "77"
"""Chapter that the Harmonized System keeps empty."""

TO_CONFIRM = "to confirm"

Floats = NDArray[np.float64]


def coverage_tables(where: Importer) -> list[Table]:
    """Lines by kind of duty and by section, with means and trade; what is missing stands in the notes.

    A line counts as it stands on the latest day of the schedule. Means are simple ones over lines whose duty is a share
    of value.
    """
    trade = all_imports(where)
    weight = np.bincount(trade.line_at, trade.value, minlength=len(where.lines))
    kinds, rate = _kinds(where), where.table["general"]
    counted = np.isin(kinds, COUNTED)
    names = [name for name in dict.fromkeys((*ORDER, *kinds.tolist())) if (kinds == name).any()]
    rows = [_row(name, kinds == name, counted, rate, weight) for name in names]
    rows.append(_row(ALL, np.ones(len(where.lines), dtype=bool), counted, rate, weight))
    return [
        table_of("law.coverage", rows, _notes(where, trade, counted, rate), importer=where.file.name),
        table_of("law.coverage_sections", _sections(where, counted, rate, weight), importer=where.file.name),
    ]


ORDER = ("free", "ad_valorem", "specific", "compound", "mixed", "other")


def _kinds(where: Importer) -> NDArray[np.str_]:
    if "kind" not in where.table:
        return np.full(len(where.lines), "ad_valorem")
    kinds = where.table["kind"]
    return np.where(kinds == "", "ad_valorem", kinds)


def _row(
    name: str, chosen: NDArray[np.bool_], counted: NDArray[np.bool_], rate: Floats, weight: Floats
) -> tuple[str, int, float, float, float]:
    lines, total = int(chosen.sum()), float(weight.sum())
    share = float(weight[chosen].sum()) / total if total else float("nan")
    return name, lines, lines / chosen.size, _mean(rate[chosen & counted]), share


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _sections(
    where: Importer, counted: NDArray[np.bool_], rate: Floats, weight: Floats
) -> list[tuple[str, str, int, float, float, float]]:
    chapters = where.lines.codes.astype("<U2")
    of = np.asarray([section(chapter) for chapter in chapters.tolist()])
    total = float(weight.sum())
    rows = []
    for roman, _, _, title in SECTIONS:
        inside = of == roman
        if inside.any():
            share = float(weight[inside].sum()) / total if total else float("nan")
            mean = _mean(rate[inside & counted])
            rows.append((roman, title, int(inside.sum()), float(counted[inside].mean()), mean, share))
    return rows


def missing_chapters(where: Importer) -> list[str]:
    """Chapters of the Harmonized System without a line."""
    present = set(where.lines.codes.astype("<U2").tolist())
    return [f"{n:02d}" for n in range(1, LAST_CHAPTER + 1) if f"{n:02d}" not in present and f"{n:02d}" != RESERVED]


def _notes(where: Importer, trade: Flows, counted: NDArray[np.bool_], rate: Floats) -> list[str]:
    missing = missing_chapters(where)
    notes = [f"chapters without a line: {spans(missing)}" if missing else "every chapter has lines"]
    six, place = np.unique(where.lines.codes[counted].astype("<U6"), return_inverse=True)
    if six.size:
        means = np.bincount(place, rate[counted]) / np.bincount(place)
        notes.append(f"mean over {six.size:,} subheadings, each the mean of its lines: {means.mean():.2%}")
    owed = float(trade.value[counted[trade.line_at]].sum()) / trade.total if trade.total else 0.0
    notes.append(f"trade of {trade.period} on lines whose duty is a share of value: {owed:.1%}")
    return [*notes, *trade.notes, *_cases_note(where)]


def spans(codes: Sequence[str]) -> str:
    """Numbers in a row as a span: 01, 03 to 05."""
    parts: list[list[str]] = []
    for code in codes:
        if parts and int(parts[-1][-1]) + 1 == int(code):
            parts[-1].append(code)
        else:
            parts.append([code])
    return ", ".join(part[0] if len(part) == 1 else f"{part[0]} to {part[-1]}" for part in parts)


def _cases_note(where: Importer) -> list[str]:
    if not (where.lawbook / "cases.yaml").is_file():
        return ["there is no cases.yaml; write two cases for every measure"]
    waiting = sum(case.status == TO_CONFIRM for case in cases(where.iso3))
    return [f"{waiting} cases are still to be held against the law itself"] if waiting else []
