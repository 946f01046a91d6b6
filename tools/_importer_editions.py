"""A schedule of the edition of 2017 carried into that of 2022, by the correlations of the UN Statistics Division.

Subheadings that left on 1 January 2022 end on the eve. Those that came have one line each, of the older lines whose
goods they took over: their duty where it is one, else the mean of those that are a share of the value (confidence C),
else text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from _importer_rows import SHARES, Line, Rate, number, share, unstated
from _shared import read_text_csv

LAST, FIRST = "2021-12-31", "2022-01-01"
STEP = "2022 to 2017"
NAMED = 4
"""Older subheadings that a text names."""


def before(data: Path) -> dict[str, set[str]]:
    """Subheading of 2022 -> those of 2017 whose goods it has."""
    goods: dict[str, set[str]] = defaultdict(set)
    for new, old, _, step in read_text_csv(data / "concordances" / "hs_revisions_un.csv").iter_rows():
        if step == STEP:
            goods[new.zfill(6)].add(old.zfill(6))
    return goods


def carried(lines: Sequence[Line], data: Path, length: int) -> list[Line]:
    """The lines of both editions; those that stay have no dates."""
    goods = before(data)
    by_six: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_six[line.code[:6]].append(line)
    kept = [line if line.code[:6] in goods else replace(line, end=LAST) for line in lines]
    new = [_new(six, [line for code in sorted(old) for line in by_six[code]], length) for six, old in goods.items()
           if six not in by_six and any(code in by_six for code in old)]  # fmt: skip
    lost = [six for six, old in goods.items() if six not in by_six and not any(code in by_six for code in old)]
    print(f"  {len(new)} subheadings of 2022 stand on older ones, {len(lost)} on none {lost}")
    return [*kept, *new]


def _new(six: str, old: Sequence[Line], length: int) -> Line:
    texts = {line.rate.text for line in old}
    codes = sorted({line.code[:6] for line in old})
    rate = old[0].rate if len(texts) == 1 else _mean(old, codes)
    return Line(six.ljust(length, "0"), rate, "", FIRST, "", "B" if len(texts) == 1 else "C")


def _mean(old: Iterable[Line], codes: Sequence[str]) -> Rate:
    """The mean share of older lines, each subheading of them alike; text where a line has an amount besides."""
    by_six: dict[str, list[Rate]] = {code: [] for code in codes}
    for line in old:
        by_six[line.code[:6]].append(line.rate)
    rates = [rate for group in by_six.values() for rate in group]
    if any(rate.kind not in SHARES for rate in rates):
        more = f" and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
        older = f"as under {', '.join(codes[:NAMED])}{more} in the edition of 2017"
        return unstated(older, min(rate.least for rate in rates))
    means = [sum(rate.least for rate in group) / len(group) for group in by_six.values()]
    return share(number(round(100.0 * sum(means) / len(means), 2)))
