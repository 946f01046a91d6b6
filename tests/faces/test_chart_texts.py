"""Words of charts: every number of a title, alternative text or note is in the tables, or a constant listed here."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import numpy as np
import pytest

from detente.codes.units import PRINTED
from detente.faces.charts import NARROW, charts
from detente.faces.charts.duties import rung
from detente.faces.report import rendered

MINUS = "\u2212"
NUMBER = re.compile(rf"(?<![\w.,])[+{MINUS}]?\d[\d,]*(?:\.\d+)?(?![\d,]*\d)")
NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
DAY = re.compile(rf"\b\d{{1,2}} (?:{NAMES}) \d{{4}}\b")
MONTH = re.compile(rf"\b(?:{NAMES}) \d{{4}}\b")
BESIDE = {
    "measures": ("headline",),
    "history": ("places",),
    "daily": ("events", "daily_chn", "headline", "deals"),
    "daily_chn": ("headline",),
    "sectors": (),
    "partner": (),
    "acceptable": ("deals",),
    "world": ("incomes",),
}
"""Table of a chart -> others that it draws beside it: totals of the steps, places, acts of the days, named points."""

CONSTANTS = {
    "weights of April 2025": "what each side counts has this name",
    "benchmark accounts of 2017": "the year of the accounts that say what is in a price",
    "imports of 2024": "the year whose imports are the weights",
    "5th to 95th percentile": "ends of every range",
}
"""Words with numbers that are definitions or names, and why no table holds them."""

COUNTS = (
    (r"The (\d+) whose duty on", lambda rows: len({row["label"] for row in rows})),
    (r"The (\d+) partners whose", lambda rows: len({row["label"] for row in rows})),
    (r"the (\d+) sectors that", lambda rows: len({row["label"] for row in rows})),
    (r"The (\d+) that lack most", lambda rows: len({row["label"] for row in rows})),
    (r"^Over (\d+) sets of trade", lambda rows: len({row["label"] for row in rows})),
)
"""Words that count what the picture shows -> how many of it there are."""


@pytest.fixture(scope="module", params=["geneva", "drawable"])
def drawn(request):
    """Charts of the run alone, and of the run with tables for every other chart there is; and their tables."""
    tables = request.getfixturevalue(request.param)
    tables = tables if isinstance(tables, dict) else tables.tables
    return charts(tables), tables


def values(table):
    """Absolute values of every number of a table, as they are and in the unit of readers."""
    found = [np.zeros(0)]
    for column in table.columns:
        data = table[column.name]
        if np.issubdtype(data.dtype, np.number):
            known = np.abs(data[np.isfinite(data)].astype(float))
            found.append(known * (PRINTED[column.unit].factor if column.unit in PRINTED else 1.0))
    return np.concatenate(found)


def words(tables):
    """Texts of some tables with a digit in them, the longest first; numbers alone are no words.

    Charts leave out the names that inputs have in files: "Let in without the duty of 125% (april_waiver)".
    """
    columns = [table[column.name] for table in tables for column in table.columns]
    cells = {str(cell) for data in columns if not np.issubdtype(data.dtype, np.number) for cell in np.unique(data)}
    cells |= {column.label for table in tables for column in table.columns}
    cells |= {note for table in tables for note in table.notes} | {table.title for table in tables}
    cells |= {re.sub(r" \([a-z_]+\)", "", cell) for cell in cells}
    cells |= {rung(cell) for cell in cells}
    found = {form for cell in cells for form in (cell, cell[:1].upper() + cell[1:], cell.rstrip("."))}
    return sorted((w for w in found if re.search(r"\d", w) and len(w) > 3), key=lambda w: (-len(w), w))


def drawn_rows(chart):
    return chart.spec(NARROW)["data"]["values"]


def marks(chart):
    """Numbers of the events at the foot of a chart."""
    layers = chart.spec(NARROW)["layer"]
    rows = [row for layer in layers for row in layer.get("data", {}).get("values", [])]
    return {row["number"] for row in rows if "number" in row}


def counted(text, chart):
    """The text without the numbers that count what is drawn; each must be that count."""
    for pattern, count in COUNTS:
        for match in re.finditer(pattern, text):
            assert int(match[1]) == count(drawn_rows(chart)), f"{chart.name}: {match[0]}"
        text = re.sub(pattern, "", text)
    return text


@dataclass(frozen=True)
class Ground:
    """What the tables of a chart hold: numbers, texts with digits in them, and days."""

    known: np.ndarray
    cells: list
    days: set


def ground_of(chart, tables):
    own = [tables[name] for name in (chart.table, *BESIDE.get(chart.table, ())) if name in tables]
    days = {str(cell) for table in own for column in table.columns for cell in np.unique(table[column.name]).tolist()}
    known = [values(table) for table in own]
    return Ground(np.concatenate(known), words(own), days)


def unfounded(text, chart, ground):
    """Numbers and days of a text of a chart that neither its tables nor the constants hold."""
    for constant in CONSTANTS:
        text = text.replace(constant, "")
    text = counted(text, chart)
    for cell in ground.cells:
        text = text.replace(cell, "")
    days = {day: datetime.strptime(day, "%d %B %Y").date().isoformat() for day in DAY.findall(text)}
    missing = [day for day, iso in days.items() if iso not in ground.days]
    text = DAY.sub("", text)
    months = {month: datetime.strptime(month, "%B %Y").strftime("%Y-%m") for month in MONTH.findall(text)}
    missing += [month for month, iso in months.items() if iso not in ground.days]
    text = MONTH.sub("", text)
    missing += [f"({number})" for number in re.findall(r"\((\d+)\)", text) if number not in marks(chart)]
    text = re.sub(r"\(\d+\)", "", text)
    for number in NUMBER.findall(text):
        value, digits = float(number.strip(f"+{MINUS}").replace(",", "")), len(number.partition(".")[2])
        if not np.any(np.abs(np.round(ground.known, digits) - value) < 1e-9):
            missing.append(number)
    return missing


def texts(chart):
    return [getattr(chart, name) for name in ("title", "subtitle", "alt", "note", "unit", "source")]


def test_every_number_in_the_words_of_a_chart_is_in_its_tables(drawn):
    found, tables = drawn
    seen = 0
    for chart in found:
        ground = ground_of(chart, tables)
        for text in texts(chart):
            seen += len(NUMBER.findall(text))
            assert not unfounded(text, chart, ground), f"{chart.name}: {text}"
    assert seen > 100


def test_a_wrong_number_in_the_words_of_any_chart_would_be_found(drawn):
    found, tables = drawn
    tried = 0
    for chart in found:
        ground = ground_of(chart, tables)
        for number in dict.fromkeys(re.findall(r"\d+\.\d+", chart.alt)):
            other = f"{float(number) + 777:.{len(number.split('.')[1])}f}"
            wrong = chart.alt.replace(number, other)
            assert unfounded(wrong, chart, ground), f"{chart.name}: {wrong}"
            tried += 1
    assert tried > 30


def test_a_wrong_day_and_a_wrong_count_would_be_found(drawable):
    by_name = {chart.name: chart for chart in charts(drawable)}
    steps, partners = by_name["waterfall"], by_name["partners"]
    ground = ground_of(steps, drawable)
    assert unfounded("The law of 3 June 1931.", steps, ground) == ["3 June 1931"]
    assert unfounded("imports of 2023", steps, ground) == ["2023"]
    with pytest.raises(AssertionError):
        counted("The 99 whose duty on", partners)


def test_every_constant_is_said_by_some_chart(drawable):
    said = " ".join(text for chart in charts(drawable) for text in texts(chart))
    unsaid = [words for words, why in CONSTANTS.items() if words not in said and why != "names of stock indices"]
    assert not unsaid


def test_the_page_shows_the_words_of_its_charts_and_no_others(everything):
    page = rendered(everything, ".html").decode()
    known = {chart.name: chart for chart in charts(everything.tables)}
    figures = list(re.finditer(r'<figure id="figure-([^"]+)".*?</figure>', page, flags=re.DOTALL))
    assert len(figures) > 15
    for figure in figures:
        bare = re.sub(r'<svg.*?</svg>|<p class="links">.*?</p>|<[^>]+>', " ", figure[0], flags=re.DOTALL)
        chart = known[figure[1]]
        said = f"{chart.title} {chart.subtitle} {chart.note} Unit: {chart.unit}. Source: {chart.source}."
        assert plain(bare) == plain(said)


def plain(text):
    """Words of a page as one line."""
    return " ".join(unescape(text).split())
