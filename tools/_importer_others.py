"""The tariffs of Brazil and of Bangladesh, whose files give shares of the value but for a few amounts."""

from __future__ import annotations

import csv
import lzma
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from _importer_editions import carried
from _importer_grants import brazil as brazil_grants
from _importer_rows import Folder, Line, Rate, number, share, shortened, stated, unstated
from _shared import LAWBOOKS

BRAZIL, BANGLADESH = "importers/bra_tec2025.csv.xz", "importers/bgd_fy2026.csv.xz"

BRAZIL_DIGITS = 8

DOUBTFUL = ("#", "§", "(*)", "**")
"""Marks of lines on a list of exceptions, whose applied rate may differ."""

ETHANOL = ("22071010", "22072011")
"""Ethyl alcohol with a hundredth of water or less, the codes of Brazil's acts on fuel ethanol."""

OF_ETHANOL = (("", "2022-03-22", "20"), ("2022-03-23", "2023-01-31", "0"), ("2023-02-01", "2023-12-31", "16"),
              ("2024-01-01", "", "18"))  # fmt: skip
"""Its duty by first and last day, per cent: the common tariff, free against inflation, then with two cuts of a tenth
and, once the second had ended, with one. Quotas free of duty of September 2017 to December 2020 are not in it.
"""

PER_TONNE = ("1701", "2713")
BAGGAGE = "9801"
"""Goods in the baggage of travellers, whose duty is by piece."""


def _rows(path: Path) -> list[dict[str, str]]:
    with lzma.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def brazil(data: Path) -> Folder:
    """The common external tariff of Mercosur, as Brazil applies it but for its exceptions.

    Its codes are those of the edition of 2017 and its rates whole numbers: it is the tariff before April 2022, and
    before the general cut by a tenth of that year, whatever the day of the copy. Hence no line is surer than B.
    """
    lines = [
        Line(row["line"], share(row["mfn_pct"]), confidence="C" if row["mark"] in DOUBTFUL else "B")
        for row in _rows(data / BRAZIL)
    ]
    return Folder("bra", [*_dated(carried(lines, data, BRAZIL_DIGITS))], brazil_grants())


def _dated(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those of fuel ethanol by the days on which their duty moved."""
    for line in lines:
        if line.code in ETHANOL:
            yield from (replace(line, rate=share(pct), start=first, end=last) for first, last, pct in OF_ETHANOL)
        else:
            yield line


def bangladesh(data: Path) -> Folder:
    """Customs duties of Bangladesh; its regulatory and supplementary duties are lists of measures."""
    rows = _rows(data / BANGLADESH)
    lines = [Line(row["line"], _taka(row), shortened(row["description"]), confidence="B") for row in rows]
    unread = [(line.code, line.rate.text) for line in lines if line.rate.kind == "other"]
    return Folder("bgd", lines, unread=unread)


def _taka(row: Mapping[str, str]) -> Rate:
    if row["mfn_pct"]:
        return share(row["mfn_pct"])
    amount = float(row["mfn_text"])
    if row["line"].startswith(PER_TONNE):
        return stated(f"{number(amount / 1000.0)} BDT/kg")
    if row["line"].startswith(BAGGAGE):
        return stated(f"{number(amount)} BDT each")
    return unstated(f"{number(amount)} BDT by quantity, the unit is not on record")


def extra_duties(data: Path) -> dict[str, list[tuple[str, float]]]:
    """Lines and rates (share of the value) of Bangladesh's regulatory and supplementary duties.

    The supplementary duty is owed on the value with customs and regulatory duty; its rate here is on the value alone.
    """
    lists: dict[str, list[tuple[str, float]]] = {"regulatory_duty": [], "supplementary_duty": []}
    for row in _rows(data / BANGLADESH):
        regulatory, supplementary = float(row["regulatory_duty"]) / 100, float(row["supplementary_duty"]) / 100
        if regulatory:
            lists["regulatory_duty"].append((row["line"], regulatory))
        if supplementary:
            above = 1.0 + float(row["mfn_pct"] or 0.0) / 100 + regulatory
            lists["supplementary_duty"].append((row["line"], round(supplementary * above, 6)))
    return lists


def write_extra_duties(data: Path) -> None:
    """One list a duty and one measure a rate, in the folder of Bangladesh's law."""
    for name, rows in extra_duties(data).items():
        folder = LAWBOOKS / "bgd" / name
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("at_*.yaml"):
            path.unlink()
        listed = [f"{code},{number(rate * 100)}" for code, rate in sorted(rows)]
        (folder / "lines.csv").write_text("\n".join(("code,percent", *listed)) + "\n", encoding="utf-8")
        for rate in sorted({rate for _, rate in rows}):
            text = "".join(f"{line}\n" for line in _measure(name, rate))
            (folder / f"at_{_slug(rate)}.yaml").write_text(text, encoding="utf-8")
        print(f"bgd/{name}: {len(rows):,} lines, {len({rate for _, rate in rows})} rates")


def _slug(rate: float) -> str:
    return re.sub(r"\W", "_", number(rate * 100))


def _measure(name: str, rate: float) -> Iterator[str]:
    title = name.replace("_", " ").capitalize()
    on = " of the customs value, levied on the value with customs and regulatory duty" if name[0] == "s" else ""
    yield f"id: bd_{name}_{_slug(rate)}"
    yield f"title: {title} at {number(rate * 100)}%{on}"
    yield f"authority: {name}"
    yield "confidence: B"
    yield f'goods:\n  - {{list: lines.csv, rows: {{percent: "{number(rate * 100)}"}}}}'
    yield "periods:"
    yield f"  - {{rate: {number(rate * 100)}%, from: 2018-01-01, instrument: Finance Act 2025, citation: {CITATION}}}"


CITATION = "Bangladesh Customs Tariff 2025-2026"
