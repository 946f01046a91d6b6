"""Charts: what is drawn and said is what is in the table, nothing is cut or touches, grey and colour both read."""

import json
import re
from datetime import datetime
from html import unescape
from importlib.resources import files
from itertools import pairwise

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import Column, InputError, Table, Unit, UnknownName
from detente.codes.declared import subject_tables
from detente.codes.units import PRINTED
from detente.data.tables import countries
from detente.faces.charts import ENTRIES, NARROW, WIDE, Chart, brief_charts, charts
from detente.faces.charts.course import Course, Notice, Trace, course, day_ticks
from detente.faces.charts.drawing import METRICS, _vega, svg, tidy
from detente.faces.charts.duties import rung
from detente.faces.charts.frame import FACTS, lowered, whose, worded
from detente.faces.charts.layout import Box, Canvas, Tag, place, shorter, text_box, text_width, ticks
from detente.faces.charts.theme import DARK, FONT, GAIN, GAINS, HEAT, LOSS, LOSSES, both_styles
from detente.faces.charts.world_map import Globe, class_bounds, classes, round_below, shapes
from detente.faces.report import rendered
from detente.faces.words.language import load
from rows import rows_of
from touching import read, touching

LISTED = rows_of(__file__)

MINUS = "\u2212"
NUMBER = re.compile(rf"(?<![\w.,])[+{MINUS}]?\d[\d,]*(?:\.\d+)?(?![\d,]*\d)")
NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
DAYS = (
    (rf"\b\d{{1,2}} (?:{NAMES}) \d{{4}}\b", "%d %B %Y", "%Y-%m-%d"),
    (rf"\b(?:{NAMES}) \d{{4}}\b", "%B %Y", "%Y-%m"),
)
PAGE = 900
"""Width of a whole page, pixels."""

BESIDE = LISTED["beside"]
"""Table of a chart -> others that it draws beside it: totals of the steps, places, acts of the days, named points."""

CONSTANTS = ("weights of April 2025", "spending of 2017", "imports of 2024", "5th to 95th percentile")
"""Words with numbers that are definitions or names, which no table holds."""

COUNTS = (
    r"The (\d+) whose tariff on|The (\d+) partners whose|"
    r"the (\d+) sectors that|The (\d+) that lack most|^Over (\d+) sets"
)
"""Words that count what the picture shows."""

ELSEWHERE = {"country_exports", "country_imports", "makers", "verdicts", "laffer", "decoupling", "decomposed", "path"}
"""Charts of questions, drawn where every question is asked."""


@pytest.fixture(scope="module")
def drawn(drawable):
    """Every chart there is."""
    return charts(drawable)


def table(name, columns, rows):
    heads = tuple(Column(key, unit, key) for key, unit in columns)
    return Table(name, name, heads, {key: np.asarray([row[i] for row in rows]) for i, (key, _) in enumerate(columns)})


def svg_of(spec):
    return tidy(_vega(json.dumps(spec)), "test", "test")


def numbers_of(tables):
    """Absolute values of every number of some tables, as they are and in the unit of readers."""
    found = [np.zeros(0)]
    for column, data in ((column, t[column.name]) for t in tables for column in t.columns):
        if np.issubdtype(data.dtype, np.number):
            known = np.abs(data[np.isfinite(data)].astype(float))
            found += [known, known * (PRINTED[column.unit].factor if column.unit in PRINTED else 1.0)]
    return np.concatenate(found)


def labels(picture):
    """Texts of a picture, those of axes and legends left out."""
    for role in ("role-axis", "role-legend"):
        while (start := picture.find(f'class="{role}"')) >= 0:
            start = end = picture.rfind("<g", 0, start)
            depth = 0
            for match in re.finditer(r"<g[ >]|</g>", picture[start:]):
                depth += -1 if match[0] == "</g>" else 1
                end = start + match.end()
                if not depth:
                    break
            picture = picture[:start] + picture[end:]
    return [re.sub(r"<[^>]*>", " ", text) for text in re.findall(r"<text[^>]*>(.*?)</text>", picture)]


def test_every_chart_of_the_gallery_is_drawn_somewhere(drawn):
    names = {chart.name.split("-")[0] for chart in drawn}
    assert {"ladder" if name == "ladders" else name for name in ENTRIES} - ELSEWHERE <= names
    both = {f"{what}-{side}" for what in ("authorities", "sectors") for side in ("usa", "chn")}
    assert both | {"sections-chn"} <= {chart.name for chart in drawn}


def test_charts_of_the_world_draw_the_tables_of_their_questions():
    share = Unit.SHARE
    curve = table("laffer", [("rate", share), ("revenue", Unit.USD)], [(0.1, 5e10), (0.3, 9e10), (0.5, 8e10)])
    blocs = ["trade_left", "first", "second", "others"]
    path = table("decoupling", [(key, share) for key in blocs], [(1.0, 0.0, 0.0, 0.0), (0.0, -0.01, -0.02, 0.001)])
    parts = [("terms_of_trade", 0.001), ("volume_of_trade", 0.002), ("real_income", 0.003)]
    whole = table("decomposition_first_order", [("part", Unit.TEXT), ("exact", share)], parts)
    lines = [(length, "USA", q, start / q) for length, start in (("90 days", -0.004), ("permanent", -0.006))
             for q in range(1, 9)]  # fmt: skip
    names = [("length", Unit.TEXT), ("country", Unit.CODE), ("quarter", Unit.COUNT), ("real_income", share)]
    made = charts({t.name: t for t in (curve, path, table("path", names, lines), whole)})
    assert [chart.name for chart in made] == ["laffer", "decoupling", "path", "decomposed"]
    assert "0.40%" in made[2].title
    steps = made[3].spec(WIDE)["data"]["values"]
    assert steps[-2]["end"] == pytest.approx(steps[-1]["end"]) == pytest.approx(0.3)
    assert not [pair for chart in made for width in (NARROW, WIDE, PAGE) for pair in touching(svg(chart, width))]


def test_columns_that_charts_want_are_in_the_register_of_tables():
    declared = {}
    for subject in sorted({path.stem for path in (files("detente.codes") / "tables").iterdir()} - {"shared"}):
        for each in subject_tables(subject).values():
            declared.setdefault(each.name, set()).update(column.name for column in each.columns)
    wanted = {entry.needs[0]: set(entry.columns) for entry in ENTRIES.values() if entry.needs}
    assert len(wanted.keys() & declared.keys()) > 15
    assert not {name: columns - declared[name] for name, columns in wanted.items()
                if name in declared and columns - declared[name]}  # fmt: skip


def test_charts_say_unit_note_source_and_what_they_show(drawn):
    for chart in drawn:
        assert chart.unit
        assert chart.note.endswith(".")
        assert chart.alt.endswith(".")
        assert any(ch.isdigit() for ch in chart.alt)
        # On fewer than ten cases a title claims nothing.
        few = chart.name == "survival" and chart.title == load()("chart.survival_few")
        assert few or any(ch.isdigit() for ch in chart.title), chart.title
        assert chart.subtitle
        assert "Détente" in chart.source


@pytest.mark.parametrize("field", [name for name in FACTS if name not in ("name", "table")])
def test_a_chart_without_one_of_them_is_refused(field):
    with pytest.raises(InputError, match=f"has no {field}"):
        Chart(**{**dict.fromkeys(FACTS, "x"), field: " "}, digits=1, spec=lambda width: {})


@pytest.mark.sampled(5)
@pytest.mark.parametrize("width", [NARROW, WIDE, PAGE])
def test_pictures_are_valid_ask_for_nothing_cut_no_text_and_nothing_touches(drawable, geneva, width):
    made = {chart.name: chart for tables in (geneva.tables, drawable) for chart in charts(tables)}
    assert len(made) > 25
    for chart in made.values():
        spec, picture = chart.spec(width), svg(chart, width)
        (altair.VConcatChart if "vconcat" in spec else altair.LayerChart).validate(spec)
        assert float(picture.split('width="', 1)[1].split('"', 1)[0]) <= width + 12
        assert not re.search(r"\u2026|undefined|NaN", picture)
        assert not re.findall(r"https?:|href|<script|<image|@import|url\((?!#)", picture)
        assert not touching(picture), chart.name
        colours = set(re.findall(r'(?:fill|stroke)="(#[^"]+|rgb[^"]+|[a-z]+)"', picture))
        assert colours - {"none", "transparent"} <= set(DARK), chart.name
        assert not set(re.findall(r"#[0-9a-f]{6}", svg(chart, width, dark=True))) - set(DARK.values())


def test_same_chart_same_bytes_and_ids_of_one_page_do_not_meet(drawn, drawable):
    assert [svg(c) for c in drawn] == [svg(c) for c in charts(drawable)]
    ids = [i for chart in drawn for width in (WIDE, NARROW) for i in re.findall(r' id="([^"]+)"', svg(chart, width))]
    assert len(ids) == len(set(ids))


def test_every_number_on_a_chart_of_the_run_is_in_its_table(geneva):
    for chart in charts(geneva.tables):
        if chart.name == "map":  # Bounds of its classes are no data; its numbers are in its table too.
            continue
        beside = [t for name, t in geneva.tables.items() if name.startswith(chart.table) or name == "headline"]
        known = numbers_of(beside)
        for label in labels(svg(chart)):
            for text in re.findall(r"\d[\d,]*\.\d+", label):
                digits = len(text.split(".")[1])
                near = np.abs(np.round(known, digits) - float(text.replace(",", ""))) < 1e-9
                assert near.any(), f"{chart.name}: {label}"


def ground_of(chart, tables):
    """Numbers, texts with a digit in them (the longest first) and days of the tables of a chart."""
    own = [tables[name] for name in (chart.table, *BESIDE.get(chart.table, ())) if name in tables]
    columns = [each[column.name] for each in own for column in each.columns]
    days = {str(cell) for data in columns for cell in np.unique(data).tolist()}
    cells = {str(cell) for data in columns if not np.issubdtype(data.dtype, np.number) for cell in np.unique(data)}
    cells |= {text for each in own for text in (each.title, *each.notes, *(column.label for column in each.columns))}
    # Charts leave out the names that inputs have in files: "Let in without the duty of 125% (april_waiver)".
    cells |= {re.sub(r" \([a-z_]+\)", "", cell) for cell in cells}
    cells |= {rung(cell) for cell in cells}
    found = {form for cell in cells for form in (cell, cell[:1].upper() + cell[1:], cell.rstrip("."))}
    return numbers_of(own), sorted((w for w in found if re.search(r"\d", w) and len(w) > 3), key=len)[::-1], days


def unfounded(text, chart, ground):
    """Numbers and days of a text of a chart that neither its tables nor the constants hold."""
    known, cells, days = ground
    for constant in CONSTANTS:
        text = text.replace(constant, "")
    missing = []
    for match in re.finditer(COUNTS, text):
        rows = chart.spec(NARROW)["data"]["values"]
        assert int(next(filter(None, match.groups()))) == len({row["label"] for row in rows}), match[0]
    text = re.sub(COUNTS, "", text)
    for cell in cells:
        text = text.replace(cell, "")
    for pattern, form, iso in DAYS:
        missing += [day for day in re.findall(pattern, text) if datetime.strptime(day, form).strftime(iso) not in days]
        text = re.sub(pattern, "", text)
    for number in NUMBER.findall(text):
        value, digits = float(number.strip(f"+{MINUS}").replace(",", "")), len(number.partition(".")[2])
        if not np.any(np.abs(np.round(known, digits) - value) < 1e-9):
            missing.append(number)
    return missing


@pytest.mark.parametrize("source", ["geneva", "drawable"])
def test_every_number_in_the_words_of_a_chart_is_in_its_tables_and_a_wrong_one_would_be_found(source, request):
    tables = request.getfixturevalue(source)
    tables = tables if isinstance(tables, dict) else tables.tables
    seen = tried = 0
    for chart in charts(tables):
        ground = ground_of(chart, tables)
        for name in ("title", "subtitle", "alt", "note", "unit", "source"):
            text = getattr(chart, name)
            seen += len(NUMBER.findall(text))
            assert not unfounded(text, chart, ground), f"{chart.name}: {text}"
        for number in dict.fromkeys(re.findall(r"\d+\.\d+", chart.alt)):
            other = f"{float(number) + 777:.{len(number.split('.')[1])}f}"
            assert unfounded(chart.alt.replace(number, other), chart, ground), f"{chart.name}: {other}"
            tried += 1
    assert seen > 100
    assert tried > 30


def test_a_wrong_day_and_a_wrong_count_would_be_found(drawable):
    by_name = {chart.name: chart for chart in charts(drawable)}
    steps, partners = by_name["waterfall"], by_name["partners"]
    assert unfounded("The tariffs of 3 June 1931.", steps, ground_of(steps, drawable)) == ["3 June 1931"]
    with pytest.raises(AssertionError, match="The 99 whose tariff on"):
        unfounded("The 99 whose tariff on imports changes most.", partners, ground_of(partners, drawable))


def test_the_page_shows_the_words_of_its_charts_and_no_others(everything):
    page = rendered(everything, ".html").decode()
    known = {chart.name: chart for chart in charts(everything.tables)}
    figures = list(re.finditer(r'<figure id="figure-([^"]+)".*?</figure>', page, flags=re.DOTALL))
    assert len(figures) == 6  # and two in the brief
    for figure in figures:
        bare = re.sub(r'<svg.*?</svg>|<p class="links">.*?</p>|<[^>]+>', " ", figure[0], flags=re.DOTALL)
        chart = known[figure[1]]
        said = f"{chart.title} {chart.subtitle} {chart.note} Unit: {chart.unit}. Source: {chart.source}."
        assert unescape(bare).split() == unescape(said).split()


def test_steps_of_the_waterfall_sum_to_the_change_and_one_bar_is_no_chart(geneva, drawable):
    (chart,) = charts(drawable, ("waterfall",))
    rows, head = chart.spec(WIDE)["data"]["values"], next(geneva.tables["headline"].rows())
    inner = [row["end"] - row["start"] for row in rows if row["kind"] != "total"]
    assert sum(inner) == pytest.approx(100 * head["change"], abs=2e-3)
    assert [rows[0]["end"], rows[-1]["end"]] == pytest.approx([100 * head["before"], 100 * head["after"]])
    # In Geneva one measure and one partner move: a sentence says it.
    assert charts(geneva.tables, ("waterfall", "partners")) == []
    single = {name: each.take(np.arange(1)) for name, each in drawable.items() if name != "ladders"}
    assert charts(single, ("waterfall", "partners", "sections", "products", "households", "clocks")) == []


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_plane_of_gains_has_one_scale(constructed, width):
    spec = charts(constructed, ("acceptable",))[0].spec(width)
    domain = {key: spec["layer"][0]["encoding"][key]["scale"]["domain"] for key in ("x", "y")}
    spans = {key: high - low for key, (low, high) in domain.items()}
    assert spans["x"] / spec["width"] == pytest.approx(spans["y"] / spec["height"], rel=1e-9)


def test_only_deals_from_which_both_gain_stand_behind_the_words_that_say_so(constructed):
    rows = [
        ("A ruling", -67.5e9, 64.4e9, "offer"), ("The law before", 0.0, 0.0, "threat"), ("A war", 7e9, 3e9, "threat"),
        ("A deal, ten each", 6.1e9, 5.2e9, "deal"), ("One that gives nothing", 0.01e9, 5.0e9, "deal"),
        ("Another", 4.0e9, 5.5e9, "deal"),
    ]  # fmt: skip
    heads = [("label", Unit.TEXT), ("usa", Unit.USD), ("chn", Unit.USD), ("kind", Unit.TEXT)]
    (chart,) = charts({**constructed, "deals": table("deals", heads, rows)}, ("acceptable",))
    assert chart.alt.endswith(
        "This run does not. Named deals that do: A deal, ten each (United States +6.1, China +5.2); "
        "Another (United States +4.0, China +5.5)."
    )
    assert chart.title == "A ruling costs the United States $67.5bn a year and gives China $64.4bn"
    (alone,) = charts({**constructed, "deals": table("deals", heads, rows[:3])}, ("acceptable",))
    assert alone.alt.endswith(" No named deal does.")


def test_the_history_names_no_file(geneva):
    (chart,) = charts(geneva.tables, ("history",))
    assert "this scenario is at 15.0%" in chart.alt
    assert "geneva" not in svg(chart) + chart.alt


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_few_packages_that_lie_apart_have_names(geneva, width):
    (chart,) = charts(geneva.tables, ("acceptable",))
    written = " ".join(" ".join(labels(svg(chart, width))).split())
    assert all(name in written for name in ("Geneva", "tariffs of 8 May 2025", "tariffs of 1 April 2025"))
    packages = [row["label"] for row in geneva.tables["deals"].rows()]
    named = [label for label in packages if label.split(", ")[0] in written and "tariffs of" not in label]
    assert 3 <= len(named) + ("Even bargain" in written) <= 6
    assert "weights of April 2025" in chart.subtitle
    assert chart.title.startswith("Geneva gives the United States")


def test_the_brief_has_the_acceptable_set_and_the_days_or_what_comes_next(geneva, drawable):
    def without(tables, *names):
        left = {name: each for name, each in tables.items() if not name.startswith(names)}
        return [chart.name for chart in brief_charts(left)]

    assert without(drawable, "-") == ["acceptable", "daily"]
    assert without(geneva.tables, "daily") == ["acceptable", "map"]
    assert without(drawable, "daily", "acceptable") == ["partners", "map"]
    with pytest.raises(UnknownName, match="waterfall"):
        charts(geneva.tables, ("waterfal",))


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40))
def test_every_value_falls_into_one_class_of_the_map(values):
    ends = class_bounds(values)
    assert 0.0002 <= ends[0] < ends[1] < ends[2]
    assert all(sum(low <= value < high for low, high, _ in classes(ends)) == 1 for value in values)


@given(st.floats(1e-8, 1e3))
def test_class_bounds_are_round_and_not_above(value):
    found = round_below(value)
    assert found <= value * (1 + 1e-9) < found * 2.5 * (1 + 1e-6)
    assert f"{found:.0e}"[0] in "125"


def test_shapes_have_area_and_known_codes():
    found = shapes()
    assert len(found) == 176
    assert {iso3 for iso3, _, _ in found if iso3} <= set(countries().names)
    assert {name for iso3, name, _ in found if not iso3} == {"N. Cyprus", "Somaliland"}
    for _, name, polygons in found:
        for outer, *_ in polygons:
            x, y = np.asarray(outer).T
            x = np.unwrap(x, period=360)
            # On the sphere a ring the other way round is the rest of the world.
            assert np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]) < 0, name
            assert outer[0] == outer[-1]


def test_a_map_names_countries_on_a_telephone_too_and_says_what_changes_lie_between():
    values = {"CHN": 0.004, "USA": -0.002, "BRA": 0.0001, "AUS": -0.0003}
    incomes = table("incomes", [("country", Unit.CODE), ("real_income", Unit.SHARE)], list(values.items()))
    plain, told = (charts({"world": incomes, "incomes": incomes}, ("map",), between=words)[0]
                   for words in ("", "against the tariffs of 2022"))  # fmt: skip
    for width in (360, PAGE):
        rows = [row for layer in plain.spec(width)["layer"] for row in layer["data"]["values"]]
        named = {row["text"].replace("\n", " ") for row in rows if "text" in row}
        assert "China +0.40%" in named
        assert named & {f"{name} {MINUS}0.20%" for name in ("United States", "USA")}
    assert "compared with the tariffs before" in plain.alt
    assert "compared with the tariffs before" not in told.alt + told.note
    assert "against the tariffs of 2022" in told.alt


def test_places_lie_where_the_renderer_puts_them_and_land_is_where_it_is():
    """Lead lines of the map end at towns: the projection here is the one that draws."""
    globe = Globe.of(592)
    towns = [{"lon": lon, "lat": lat} for lon, lat in ((-77.0, 38.9), (116.4, 39.9), (151.2, -33.9), (0.0, 0.0))]
    at = {key: {"field": name, "type": "quantitative"} for key, name in (("longitude", "lon"), ("latitude", "lat"))}
    spec = {"width": globe.wide, "height": globe.high, "padding": 0, "data": {"values": towns}, "encoding": at}
    spec |= {"projection": {"type": "equalEarth", "scale": globe.scale, "translate": list(globe.origin)}}
    for town, dot in zip(towns, read(svg_of(spec | {"mark": {"type": "circle", "size": 9}})).points, strict=True):
        middle = (dot.left + dot.right) / 2, (dot.top + dot.bottom) / 2
        assert middle == pytest.approx(globe.at(town["lon"], town["lat"]), abs=0.2)
    for lon, lat, dry in ((-100, 40, True), (100, 30, True), (-30, 30, False), (-140, 0, False), (20, 5, True)):
        x, y = globe.at(lon, lat)
        assert globe.has_land(Box(x - 2, y - 2, x + 2, y + 2)) is dry


def lightness(colour):
    """CIE L* of a colour: what is left of it on a grey printer."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    y = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_colours_differ_in_grey_and_labels_keep_sign_unit_and_digits():
    assert abs(lightness(GAIN) - lightness(LOSS)) > 25
    assert abs(lightness(DARK[GAIN]) - lightness(DARK["#ffffff"])) > 50
    for ramp in (LOSSES, GAINS[::-1]):
        assert all(later - earlier > 12 for earlier, later in pairwise(map(lightness, ramp)))
    for ramp in (LOSSES, GAINS[::-1], HEAT[::-1]):
        assert all(later - earlier < -5 for earlier, later in pairwise(lightness(DARK[c]) for c in ramp))
    assert f'[fill="{GAIN}"]{{fill:light-dark({GAIN},{DARK[GAIN]})}}' in both_styles()
    assert worded(0.1284, Unit.SHARE, 1) == "12.8%"
    assert worded(-0.0991, Unit.POINTS, 1, sign=True) == f"{MINUS}9.9"
    assert worded(1.489e11, Unit.USD, 1, sign=True) == "+148.9"
    assert worded(-0.00001, Unit.SHARE, 1, sign=True) == "0.0%"
    assert worded(float("nan"), Unit.SHARE, 1) == "not known"
    assert [whose(name) for name in ("United States", "China")] == ["the US", "China's"]
    assert [lowered(name) for name in ("Base metals", "China and others", "US content")] == [
        "base metals", "China and others", "US content",
    ]  # fmt: skip


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", ["Steel", "Yttrium oxide, 99.9%", f"{MINUS}12.6 points \u2192 34%", "España 0123"])
def test_words_are_as_wide_as_the_renderer_takes_them_for(words, weight):
    """What a plot makes room for beside it tells; the picture names the typeface and not what it was measured on."""
    wide = []
    for text in (f"{words}{words}", words):
        axis = {"labelLimit": 0, "labelFontWeight": weight, "title": None}
        spec = {"data": {"values": [{"label": text}]}, "mark": {"type": "bar", "clip": True},
                "encoding": {"y": {"field": "label", "axis": axis}},
                "config": {"font": FONT, "axis": {"labelFontSize": 100}}}  # fmt: skip
        picture = _vega(json.dumps(spec))
        assert METRICS not in picture
        assert FONT in picture
        wide.append(float(re.search(r'<svg [^>]*width="([\d.]+)"', picture)[1]))
    assert wide[0] - wide[1] == pytest.approx(text_width(words, 100.0, weight == "bold"), abs=1)
    assert text_width("WWWWWWWW") > 2.5 * text_width("iiiiiiii")


def test_a_label_moves_then_shortens_then_takes_a_lead_line():
    long, tag = "a long label here", ("a long label here", "short")
    (beside,) = place([Tag(20, 50, tag)], Canvas(Box(0, 0, 400, 100)))
    assert (beside.align, beside.lead) == ("left", None)
    (moved,) = place([Tag(390, 50, tag)], Canvas(Box(0, 0, 400, 100)))
    assert (moved.text, moved.align == "left") == (long, False)
    (cut,) = place([Tag(30, 20, tag)], Canvas(Box(0, 0, 75, 40)))
    assert cut.text == "short"
    walled = Canvas(Box(0, 0, 400, 200), boxes=[Box(60, 60, 92, 140), Box(108, 60, 140, 140), Box(60, 104, 140, 150)])
    (led,) = place([Tag(100, 100, (long,))], walled)
    assert led.lead is not None
    assert place([Tag(20, 20, ("far too long for so small a frame",))], Canvas(Box(0, 0, 30, 30))) == [None]
    box = text_box("one\ntwo", 10, 50, "left", 12)
    assert ((box.top + box.bottom) / 2, box.left) == (pytest.approx(50, abs=1.5), 10)


def test_a_line_beside_a_box_is_told_as_by_the_part_of_it_within():
    box, steps = Box(10, 20, 30, 40), np.random.default_rng(7).integers(0, 12, (2000, 2, 2)) * 5.0
    crossed = [(box.crossed(line), box.within(line) is not None) for line in map(tuple, steps.tolist())]
    assert ({a == b for a, b in crossed}, {a for a, _ in crossed}) == ({True}, {True, False})


def test_short_forms_end_at_words_and_ticks_are_round():
    assert shorter("China's demand, all unilateral duties off", 110) == "China's demand"
    assert shorter("12 Apr: 125 points in place of 84", 110) == "12 Apr: 125 points"
    assert text_width(shorter("one two three four", 50)) <= 50
    for low, high in ((0.0, 41.3), (-153.0, 0.0), (0.0, 0.0037)):
        steps = ticks(low, high, 5)
        assert steps[0] <= low <= high <= steps[-1]
        assert np.allclose(np.diff(steps), steps[1] - steps[0])
    names = day_ticks(739251.0, 739900.0, 5)
    assert 2 <= len(names) <= 5
    assert all(name[:3].isalpha() or name.isdigit() for name in names.values())


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_acts_stand_in_lanes_and_a_veil_lies_where_no_law_is(width):
    line = Trace(("United States 12.0%",), ((739251.0, 3.0), (739380.0, 23.0), (739500.0, 12.0)), "#12436d")
    acts = tuple(
        Notice(739370.0 + 3 * k, f"{k} Apr: something long happens to all duties", weight=1.0) for k in range(6)
    )
    picture = svg_of(course(Course((line,), "%", stepped=True, acts=acts, veil=(739450.0, ("read to 1 July",))), width))
    assert not touching(picture)
    assert "read to 1 July" in picture
    assert width == NARROW or picture.count("Apr") >= 3


WORD = '<text text-anchor="start" transform="translate({x},24)" font-size="12px">{text}</text>'


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        (WORD.format(x=32, text="a ward"), "meets 'a ward'"),
        ('<g fill="none"><circle cx="35" cy="20" r="4" fill="#12436d"/></g>', "meets a point"),
        ('<line transform="translate(35,0)" x2="0" y2="40" stroke="#12436d"/>', "meets a line"),
        ('<path transform="translate(35,0)" d="M0,0h60v40h-60Z" fill="#12436d"/>', "meets the edge of a bar"),
        (WORD.format(x=120, text="a word that runs on beyond the edge"), "leaves the frame"),
    ],
)
def test_what_touches_is_found(mark, problem):
    """Each kind of fault by itself, in a drawing as the program writes it."""
    found = touching(f'<svg width="200" height="40">{WORD.format(x=30, text="a word")}{mark}</svg>')
    assert len(found) == 1
    assert found[0].endswith(problem)
