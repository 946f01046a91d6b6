"""A contact sheet: every chart of the shipped scenarios, wide and narrow, light and dark.

    python tools/chart_sheet.py [FOLDER] [SCENARIO ...]

Writes one page and one picture a scenario and width into FOLDER (out/charts), and names what touches what;
the status is 1 where anything does. `make charts` runs it.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import detente as dt
from detente.codes import Table
from detente.data.importers import importer
from detente.faces.charts import NARROW, WIDE, Chart, charts
from detente.faces.charts.drawing import svg
from detente.faces.charts.theme import DARK, INK, PAPER, QUIET
from detente.lab.averages.averages import daily_averages
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.sides import pairings_of
from detente.lab.duties.tables import by_side
from detente.lab.scenario import dated, load_scenario
from touching import touching

TODAY, FIRST, LAST = date(2026, 7, 1), date(2025, 1, 1), date(2026, 11, 1)
"""Day of the scenario about today; first and last day of the averages by day, the last beyond the record."""

SIDES = {"USA": "daily", "CHN": "daily_chn"}
SCENARIOS = ("geneva", "ieepa-void", "today")
WIDTHS = {"page": 900, "half": WIDE, "column": NARROW}
"""A whole page, half of one at 1280 pixels and in print, and a telephone of 390 pixels."""

COLUMNS = {"page": 2, "half": 3, "column": 5}
GAP = 26


def tables_of(name: str) -> dict[str, Table]:
    """Tables of a scenario, and those of both sides that a run does not hold."""
    scenario = dated(load_scenario(name)[0], TODAY)
    china = by_side(list(pairings_of(scenario, "CHN", Path())))
    days = {side: daily_averages(laid_law(importer(code).law), FIRST, LAST) for code, side in SIDES.items()}
    return {**days, china.name: china, **dt.run(name).tables}


def sheet(drawn: list[Chart], width: int, columns: int, dark: bool) -> str:
    """One drawing with all of the charts, each under its title, in columns of even height."""
    paper, ink, quiet = (DARK[c] if dark else c for c in (PAPER, INK, QUIET))
    ends, parts = [float(GAP)] * columns, []
    step = width + 40
    for chart in drawn:
        column = ends.index(min(ends))
        x, y = column * step + GAP, ends[column]
        for text, size, weight, colour in ((chart.title, 14, "bold", ink), (chart.subtitle, 11.5, "normal", quiet)):
            for line in textwrap.wrap(text, int(width / (size * 0.53))):
                y += size + 3
                look = f'font-family="Liberation Sans" font-size="{size}" font-weight="{weight}" fill="{colour}"'
                parts.append(f'<text x="{x}" y="{y}" {look}>{escape(line)}</text>')
        picture = svg(chart, width, dark)
        high = float(re.search(r'height="([\d.]+)"', picture)[1])  # type: ignore[index]
        parts.append(re.sub(r"^<svg ", f'<svg x="{x}" y="{y + 8}" ', picture))
        ends[column] = y + high + 8 + GAP
    wide, high = columns * step + GAP, max(ends)
    ground = f'<rect width="{wide}" height="{high}" fill="{paper}"/>'
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{ground}{"".join(parts)}</svg>'


def problems(drawn: list[Chart], name: str) -> Iterator[str]:
    """What touches what, chart by chart and width by width."""
    for chart in drawn:
        for width in WIDTHS.values():
            yield from (f"{name}: {chart.name} at {width}: {pair}" for pair in touching(svg(chart, width)))


def main(folder: Path, names: list[str]) -> int:
    """Write the sheets; the number of pairs that touch, at most 1."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    page, found = ["<!doctype html><meta charset=utf-8><title>Charts</title>"], 0
    for name in names:
        tables = tables_of(name)
        drawn = charts(tables)
        for key, width in WIDTHS.items():
            for dark in (False, True):
                file, made = f"{name}-{key}{'-dark' * dark}.png", sheet(drawn, width, COLUMNS[key], dark)
                (folder / file).write_bytes(vl_convert.svg_to_png(made, scale=1.0))
                page.append(f'<h2>{file}</h2><img src="{file}" style="max-width:100%">')
        for problem in problems(drawn, name):
            found += 1
            print(problem)
        print(f"{name}: {len(drawn)} charts")
    (folder / "index.html").write_text("\n".join(page), encoding="utf-8")
    print(f"{folder / 'index.html'}: {found} pairs touch")
    return min(found, 1)


if __name__ == "__main__":
    target, *chosen = sys.argv[1:] or ["out/charts"]
    sys.exit(main(Path(target), chosen or list(SCENARIOS)))
