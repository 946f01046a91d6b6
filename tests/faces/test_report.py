"""Reports: every number is in a table, nothing outside is asked for, every format repeats, nothing is half-written."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pytest

from detente.codes import Column, InputError, Table
from detente.codes.units import PRINTED, Unit
from detente.data.store import write_bytes, write_folder
from detente.faces.ask.questions.run import of_result
from detente.faces.report import MODULES, rendered
from detente.faces.report.content import PLAN, content, verdict_in
from detente.faces.report.paper import laid_out, report_data
from detente.faces.report.readers import LONGEST, grid, readable
from detente.faces.report.replication import files, requirements
from detente.faces.report.saved import read_result, to_document
from detente.faces.words.cards import cards
from detente.faces.words.language import load
from detente.lab.claims.asked import mark_of
from detente.lab.run import run
from detente.lab.scenario import shipped
from rows import rows_of

LISTED = rows_of(__file__)

MINUS = "\u2212"


class Texts(HTMLParser):
    """Texts of a page by the class or tag they stand in."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "line", "path", "rect"):
            self.open.append((tag, dict(attrs).get("class", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip():
            self.found.append((tuple(self.open), data.strip()))


@pytest.fixture(scope="module")
def page(geneva):
    return rendered(geneva, ".html").decode()


@pytest.fixture(scope="module")
def brief(geneva):
    return rendered(geneva, ".html", brief=True).decode()


def numbers(result):
    """Absolute values of every number of every table, in the unit of readers, sorted, by the digits they have left."""
    found = []
    for table in result.tables.values():
        for column in table.columns:
            values = table[column.name]
            if column.name == "highest_since":
                found += [np.asarray([float(year) for text in values for year in re.findall(r"\d{4}", text)])]
            if np.issubdtype(values.dtype, np.number):
                factor = PRINTED[column.unit].factor if column.unit in PRINTED else 1.0
                found += [np.abs(values[np.isfinite(values)] * factor)]
    return np.sort(np.concatenate(found))


def in_tables(text, known):
    """Whether a printed number is a number of the tables at its own digits; a tie may be rounded either way."""
    number = float(text.strip(f"+-{MINUS}").replace(",", ""))
    half = 0.5 * 0.1 ** (len(text.split(".")[1]) if "." in text else 0) * (1.0 + 1e-9)
    place = int(np.searchsorted(known, number))
    return bool(np.any(np.abs(known[max(0, place - 1) : place + 1] - number) <= half))


PRINTED_NUMBER = re.compile(rf"(?<![\w.,-])[+{MINUS}-]?\d[\d,]*(?:\.\d+)?(?=%|bn| USD| points| billion dollars|$)")
NO_NUMBER = re.compile(r"90% of draws|5-95%|\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d{2}-\d{2}|imports of 2024")
"""The name of a range, days, and the year of the weights."""


@pytest.mark.parametrize("which", ["page", "brief"])
def test_a_page_asks_for_nothing_and_its_numbers_are_in_the_tables(geneva, request, which):
    texts = Texts()
    texts.feed(request.getfixturevalue(which))
    known, seen = numbers(geneva), 0
    for where, text in texts.found:
        kinds = {kind for _, kind in where}
        tags = {tag for tag, _ in where}
        if ("n" in kinds and "td" in tags) or "card" in kinds or "say" in kinds:
            text = NO_NUMBER.sub("", text)
            for number in PRINTED_NUMBER.findall(text):
                seen += 1
                assert in_tables(number, known), f"{number} in: {text}"
    assert seen > (100 if which == "page" else 12)
    text = request.getfixturevalue(which)
    assert not re.findall(r"<script|<link|<iframe|<img|<object|@import|\bsrc=|url\((?!#)", text)
    # An address may be read, as that of a source; none may be followed or fetched.
    assert not re.findall(r"=[\"']?\s*https?:|\bhref=\"(?!#|data:)", text)
    assert "default-src 'none'" in text
    assert len(text) < 2_000_000


def test_a_wrong_number_would_be_found(geneva):
    assert not in_tables("98.76", numbers(geneva))


def test_the_report_is_short_and_its_workbook_has_all_else(geneva, tmp_path):
    """Eight charts and 6,500 words at most; tables, assumptions and sources are in the workbook that it links to."""
    path = of_result(geneva, "geneva").save(tmp_path / "geneva.html")
    page = path.read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(svg|style).*?</\1>", "", page)).split()
    assert 2000 < len(words) < 6500
    assert page.count("<figure") == 8
    wide = page.count('class="picture wide"')
    assert page.count('role="img"') == 8 + wide > 8
    assert all(text in page for text in ("Range:", "What would change this:", "How to cite", geneva.key))
    assert 'href="geneva-tables.xlsx"' in page
    with ZipFile(tmp_path / "geneva-tables.xlsx") as book:
        sheets = set(re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode()))
        texts = set(re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode()))
    assert {name[:31] for name in geneva.tables} | {"assumptions", "sources", "notes"} == sheets
    assert {row["sha256"] for row in geneva.vintages.values()} | {row["id"] for row in geneva.assumptions} <= texts


def test_the_paper_has_at_most_thirteen_pages(geneva):
    pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    assert 5 < len(re.findall(rb"/Type\s*/Page[^s]", rendered(geneva, ".pdf"))) <= 13


@pytest.fixture(scope="module")
def whole(everything):
    """A page with a table for every chart there is."""
    return rendered(everything, ".html").decode()


def test_every_chapter_has_its_charts_and_every_number_of_claims_is_in_their_table(everything, whole):
    parts = content(everything).parts
    assert [part.chapter for part in parts] == [chapter for chapter in PLAN if chapter in [p.chapter for p in parts]]
    assert {part.chapter.name for part in parts} == {chapter.name for chapter in PLAN}
    assert {grid.name for part in parts for grid in part.grids} == set(everything.tables)
    assert all(len(part.charts) <= 2 for part in parts)
    assert all(part.table is None or len(part.table.rows) <= 10 for part in parts)
    assert whole.count('<li class="claim') == 3
    for verdict in everything.tables["claims"]["verdict"].tolist()[:3]:
        assert f">{verdict_in(verdict, load())}<" in whole
    texts = Texts()
    texts.feed(whole)
    known = " ".join(str(cell) for row in everything.tables["claims"].rows() for cell in row.values())
    seen = 0
    for where, text in texts.found:
        if any(kind.startswith("claim ") for _, kind in where):
            for number in re.findall(r"\d+\.\d+", text):
                seen += 1
                assert number in known, text
    assert seen > 5


VERDICTS = {
    "for": ("supported", "model agrees"), "against": ("not supported", "not borne out"),
    "between": ("depends on definition (uncertain)", "model agrees in sign only", "kept late"),
    "open": ("not checkable", "not distinguishable from an ordinary day", "open"),
}  # fmt: skip


def test_verdicts_are_marked_by_their_side():
    assert {side: tuple(v for v in named if mark_of(v) == side) for side, named in VERDICTS.items()} == VERDICTS


def test_a_table_of_a_known_name_without_its_columns_is_shown_and_not_drawn(geneva):
    strange = replace(geneva.tables["products"], name="months", title="Something else by month")
    found = content(replace(geneva, tables={"months": strange, "headline": geneva.tables["headline"]}))
    assert [chart.table for chart in found.charts] == []
    assert "Something else by month" in [one.title for one in found.grids]


def test_readers_see_days_in_words_minus_signs_and_no_idle_columns():
    assert readable("law of 2025-05-14: -1.1% [-2.0% to 5-95%]") == (
        f"law of 14 May 2025: {MINUS}1.1% [{MINUS}2.0% to 5-95%]"
    )
    heads = tuple(Column(name, unit, name) for name, unit in (("country", Unit.CODE), ("change", Unit.SHARE)))
    ends = tuple(Column(name, Unit.SHARE, name) for name in ("low", "high", "unknown"))
    data = {"country": np.array(["USA"]), "change": np.array([-0.01]), "unknown": np.array([np.nan])}
    table = Table("x", "X", (*heads, *ends), data | {"low": np.array([-0.01]), "high": np.array([-0.01])})
    found = grid(table)
    assert found.heads == ("country", "change, %")
    assert found.rows == (("United States", f"{MINUS}1.00"),)
    ranged = grid(Table("x", "X", table.columns, {**table.data, "high": np.array([0.01])}))
    assert ranged.heads == ("country", "change, %", "low, %", "high, %")


def test_a_long_table_shows_its_first_rows_and_says_so():
    table = Table("x", "X", (Column("row", Unit.COUNT, "row"),), {"row": np.arange(500)})
    found = grid(table)
    assert (len(found.rows), found.count) == (LONGEST, 500)
    assert "500" in found.notes[0]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", [name for name in shipped() if name != "today"])
def test_the_brief_of_every_shipped_scenario_prints_on_one_sheet(ran, name, chrome, tmp_path):
    path = tmp_path / "brief.html"
    path.write_bytes(rendered(ran(name), ".html", brief=True))
    chrome.open(path, 688)
    assert len(re.findall(rb"/Type\s*/Page[^s]", chrome.pdf())) == 1


def test_notebooks_show_findings_units_and_no_markup_of_others(geneva):
    shown = geneva._repr_html_()
    assert all(name in shown for name in geneva.tables)
    assert geneva.key in shown
    assert "before, %" in geneva.tables["headline"]._repr_html_()
    table = Table("x", "a < b", (Column("y", Unit.SHARE, 'say "y"'),), {"y": np.array([0.125, np.nan])}, ("<i>",))
    assert table._repr_html_().count("<i>") == 0
    assert "a &lt; b" in table._repr_html_()
    assert "12.50" in table._repr_html_()


def test_ids_of_the_page_are_its_own_and_its_links_lead_to_them(page):
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_cards_say_number_comparison_range_method_and_what_would_change_it(geneva):
    found = cards(geneva.tables)
    assert {card.label for card in found} >= {"Average US tariff on imports", "US real income", "China's real income"}
    for card in found:
        assert all((card.number, card.against, card.spread, card.method, card.changes)), card.label
        assert card.table in geneva.tables


def test_a_result_read_again_gives_the_same_bytes(geneva, tmp_path):
    path = write_bytes(tmp_path / "result.json", rendered(geneva, ".json"))
    again = read_result(path)
    assert (to_document(again), rendered(again, ".html")) == (to_document(geneva), rendered(geneva, ".html"))
    labels = {name: [column.label for column in table.columns] for name, table in geneva.tables.items()}
    assert any(map(any, labels.values()))
    assert labels == {name: [column.label for column in table.columns] for name, table in again.tables.items()}


@pytest.mark.parametrize("suffix", MODULES)
def test_every_format_is_written_twice_the_same(geneva, suffix):
    if suffix == ".pdf":
        pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    first = rendered(geneva, suffix, brief=True)
    assert first == rendered(geneva, suffix, brief=True)
    assert len(first) > 1000
    assert suffix != ".pdf" or len(re.findall(rb"/Type\s*/Page[^s]", first)) == 1


def test_a_folder_appears_whole_and_keeps_files_of_other_names(tmp_path):
    target = tmp_path / "report"
    with pytest.raises((OSError, InputError)):
        write_folder(target, {"a.txt": b"a", "a.txt/b.txt": b"b"})
    assert list(tmp_path.iterdir()) == []
    write_folder(tmp_path / "report", {"a.txt": b"a"})
    (tmp_path / "report" / "mine.txt").write_text("mine")
    write_folder(tmp_path / "report", {"a.txt": b"b"})
    assert (tmp_path / "report" / "a.txt").read_bytes() == b"b"
    assert (tmp_path / "report" / "mine.txt").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"report"}


@pytest.mark.parametrize(("text", "hint"), LISTED["a_file_that_is_no_result_is_refused"])
def test_a_file_that_is_no_result_is_refused(tmp_path, text, hint):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(InputError, match=hint):
        read_result(path)


def test_the_replication_package_is_complete_and_hashed(geneva, tmp_path):
    import hashlib

    found = files(geneva)
    for line in found["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(found[name]).hexdigest() == digest
    assert {f"tables/{name}.csv" for name in geneva.tables} <= set(found)
    readme = found["README.md"].decode()
    for head in ("Data availability", "Computational requirements", "Instructions to replicators", "References"):
        assert head in readme
    assert set(re.findall(r"`((?:tables|figures|output|data)/[\w./-]+)`", readme)) <= set(found)
    json.loads(found["output/result.json"])


def test_the_scenario_of_the_package_gives_the_same_key(ran, geneva, tmp_path):
    """Read again, the file stands for the run it was written from; the smallest scenario is run from it as well."""
    from detente.faces.report.replication import scenario_text
    from detente.lab.key import data_hashes, key_of
    from detente.lab.scenario import dated, load_scenario

    path = tmp_path / "scenario.yaml"
    path.write_text(scenario_text(geneva.scenario), encoding="utf-8")
    again = dated(load_scenario(str(path))[0], None)
    assert key_of(again, tmp_path, 4, data_hashes(again)) == geneva.key
    small = ran("status-quo-2025-05-08")
    path.write_text(scenario_text(small.scenario), encoding="utf-8")
    assert run(path, draws=0).key == small.key
    assert json.loads(files(geneva, draws=20)["proof.json"])["draws"] == 20


def test_requirements_name_the_program_and_what_it_needs():
    found = dict(line.split("==") for line in requirements().splitlines())
    assert {"detente", "numpy", "polars", "vl-convert-python"} <= set(found)
    assert "pytest" not in found


MARGIN, SLACK = 51.02, 1.0
"""Of a page, in points, and how much a letter may lean over it."""

FEW = 40
"""Letters of a page that would hold a stray heading alone; its footer has about twenty."""


def step(text):
    """A transform of a drawing as a matrix."""
    word, numbers = re.fullmatch(r"(\w+)\((.*)\)", text).groups()
    a = [float(x) for x in re.split(r"[ ,]+", numbers)]
    if word == "translate":
        return np.array([[1, 0, a[0]], [0, 1, a[1]], [0, 0, 1]])
    if word == "scale":
        return np.diag([a[0], a[-1], 1.0])
    return np.array([[a[0], a[2], a[4]], [a[1], a[3], a[5]], [0, 0, 1]])


def letters(node, where):
    """Where each letter begins, and where each picture begins and ends."""
    if node.get("transform"):
        where = where @ step(node.get("transform"))
    name = node.tag.rpartition("}")[2]
    if name == "use":
        yield (where @ [float(node.get("x", 0)), float(node.get("y", 0)), 1])[:2]
    if name == "image":
        yield (where @ [0, 0, 1])[:2]
        yield (where @ [float(node.get("width")), 0, 1])[:2]
    if name != "defs":
        for child in node:
            yield from letters(child, where)


@pytest.fixture(scope="module")
def pages(geneva):
    """Width and letters of every page."""
    typst = pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    source = (resources.files("detente.faces") / "templates" / "paper.typ").read_bytes()
    drawn = typst.compile(source, format="svg", sys_inputs={"report": report_data(content(geneva))})
    trees = [ElementTree.fromstring(page) for page in drawn]
    return [(float(tree.get("viewBox").split()[2]), np.array(list(letters(tree, np.eye(3))))) for tree in trees]


def test_no_page_is_blank_and_nothing_stands_outside_its_margin(pages):
    for number, (width, spots) in enumerate(pages, start=1):
        assert spots[:, 0].min() >= MARGIN - SLACK, number
        assert spots[:, 0].max() <= width - MARGIN + SLACK, number
    assert not [number for number, (_, spots) in enumerate(pages, start=1) if len(spots) < FEW]


def test_the_brief_of_a_report_has_one_page(geneva):
    typst = pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    facts = json.loads(report_data(content(geneva)))
    facts |= {"parts": [], "method": []}
    source = (resources.files("detente.faces") / "templates" / "paper.typ").read_bytes()
    drawn = typst.compile(source, format="svg", sys_inputs={"report": json.dumps(facts)})
    assert len(drawn) == 2  # the brief, and what is left of the rest


def test_a_long_name_for_machines_breaks_and_a_day_does_not():
    table = Table("x", "X", (Column("name", Unit.TEXT, ""), Column("date", Unit.DATE, "")),
                  {"name": np.array(["pass_through_of_duties"]), "date": np.array(["2025-05-12"])})  # fmt: skip
    name, day = laid_out(grid(table))["rows"][0]
    assert (name, day) == ("pass_\u200bthrough_\u200bof_\u200bduties", "12\u00a0May\u00a02025")
