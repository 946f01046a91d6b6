"""Charts: what is drawn is what is in the table, nothing is cut, nothing points outside, grey and colour both read."""

import re

import altair
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import Column, InputError, Table, Unit, UnknownName
from detente.codes.units import PRINTED
from detente.data.tables import countries
from detente.faces.charts import ENTRIES, NARROW, WIDE, Chart, brief_charts, charts
from detente.faces.charts.drawing import svg
from detente.faces.charts.frame import worded
from detente.faces.charts.theme import DARK, GAIN, GAINS, HEAT, LOSS, LOSSES, dark_style
from detente.faces.charts.world_map import bounds, class_of, classes, round_below, shapes
from detente.faces.words.language import load

MINUS = "\u2212"
NUMBER = re.compile(rf"[+{MINUS}]?\d[\d,]*(?:\.\d+)?")


@pytest.fixture(scope="module")
def drawn(drawable):
    """Every chart there is."""
    return charts(drawable)


def printed(table):
    """Every number of a table in the unit of readers."""
    found = set()
    for column in table.columns:
        values = table[column.name]
        if np.issubdtype(values.dtype, np.number):
            factor = PRINTED[column.unit].factor if column.unit in PRINTED else 1.0
            found |= {abs(float(v) * factor) for v in values if np.isfinite(v)}
    return found


def labels(picture):
    """Texts of a picture, those of axes and legends left out."""
    for role in ("role-axis", "role-legend"):
        while (start := picture.find(f'class="{role}"')) >= 0:
            start = picture.rfind("<g", 0, start)
            depth, end = 0, start
            for match in re.finditer(r"<g[ >]|</g>", picture[start:]):
                depth += -1 if match[0] == "</g>" else 1
                end = start + match.end()
                if not depth:
                    break
            picture = picture[:start] + picture[end:]
    return [re.sub(r"<[^>]*>", " ", text) for text in re.findall(r"<text[^>]*>(.*?)</text>", picture)]


def test_every_chart_of_the_gallery_is_drawn_somewhere(drawn):
    names = {chart.name.split("-")[0] for chart in drawn}
    of_briefs = {"country_exports", "country_imports", "makers", "verdicts"}  # drawn where every question is
    assert {"ladder" if name == "ladders" else name for name in ENTRIES} - of_briefs <= names
    both = {f"{what}-{side}" for what in ("authorities", "sectors") for side in ("usa", "chn")}
    assert both | {"sections-chn"} <= {chart.name for chart in drawn}


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


@pytest.mark.parametrize("field", ["title", "alt", "unit", "note", "source"])
def test_a_chart_without_one_of_them_is_refused(field):
    facts = {key: "x" for key in ("name", "table", "title", "alt", "unit", "note", "source")}
    with pytest.raises(InputError, match=f"has no {field}"):
        Chart(**{**facts, field: " "}, digits=1, spec=lambda width: {})


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_specifications_are_valid_vega_lite(drawn, width):
    for chart in drawn:
        spec = chart.spec(width)
        (altair.VConcatChart if "vconcat" in spec else altair.LayerChart).validate(spec)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_pictures_ask_for_nothing_and_cut_no_text(drawn, width):
    for chart in drawn:
        picture = svg(chart, width)
        size = float(picture.split('width="', 1)[1].split('"', 1)[0])
        assert size <= width + 12
        assert "\u2026" not in picture
        assert "undefined" not in picture
        assert "NaN" not in picture
        assert not re.findall(r"https?:|href|<script|<image|@import|url\((?!#)", picture)


def test_same_chart_same_bytes(drawn, drawable):
    again = charts(drawable)
    assert [svg(c) for c in drawn] == [svg(c) for c in again]


def test_ids_of_one_page_do_not_meet(drawn):
    ids = [i for chart in drawn for width in (WIDE, NARROW) for i in re.findall(r' id="([^"]+)"', svg(chart, width))]
    assert len(ids) == len(set(ids))


def test_every_number_on_a_chart_of_the_run_is_in_its_table(geneva):
    for chart in charts(geneva.tables):
        if chart.name == "map":  # Bounds of its classes are no data; its numbers are in its table too.
            continue
        beside = [name for name in geneva.tables if name.startswith(chart.table)]
        known = set().union(*(printed(geneva.tables[name]) for name in (*beside, "headline")))
        for label in labels(svg(chart)):
            for text in re.findall(rf"[+{MINUS}]?\d[\d,]*\.\d+", label):
                number = float(text.strip(f"+{MINUS}").replace(",", ""))
                digits = len(text.split(".")[1])
                assert any(abs(round(v, digits) - number) < 1e-9 for v in known), f"{chart.name}: {label}"


def test_steps_of_the_waterfall_sum_to_the_change(geneva, drawable):
    (chart,) = charts(drawable, ("waterfall",))
    rows = chart.spec(WIDE)["data"]["values"]
    inner = [row["end"] - row["start"] for row in rows if row["kind"] != "total"]
    head = next(geneva.tables["headline"].rows())
    assert sum(inner) == pytest.approx(100 * head["change"], abs=2e-3)
    assert rows[0]["end"] == pytest.approx(100 * head["before"])
    assert rows[-1]["end"] == pytest.approx(100 * head["after"])


def test_one_bar_is_no_chart(geneva, drawable):
    """In Geneva one measure and one partner move: a sentence says it."""
    assert charts(geneva.tables, ("waterfall", "partners")) == []
    single = {name: table.take(np.arange(1)) for name, table in drawable.items() if name != "ladders"}
    assert charts(single, ("waterfall", "partners", "sections", "products", "households", "clocks")) == []


def test_the_plane_of_gains_has_one_scale(constructed):
    (chart,) = charts(constructed, ("acceptable",))
    for width in (WIDE, NARROW):
        spec = chart.spec(width)
        domain = {key: spec["layer"][0]["encoding"][key]["scale"]["domain"] for key in ("x", "y")}
        spans = {key: high - low for key, (low, high) in domain.items()}
        assert spans["x"] / spec["width"] == pytest.approx(spans["y"] / spec["height"], rel=1e-9)


def test_only_deals_from_which_both_gain_stand_behind_the_words_that_say_so(constructed):
    rows = [
        ("A ruling", -67.5e9, 64.4e9, "offer"),
        ("The law before", 0.0, 0.0, "threat"),
        ("A war", 7e9, 3e9, "threat"),
        ("A deal, ten each", 6.1e9, 5.2e9, "deal"),
        ("One that gives nothing", 0.01e9, 5.0e9, "deal"),
        ("Another", 4.0e9, 5.5e9, "deal"),
    ]
    heads = (("label", Unit.TEXT), ("usa", Unit.USD), ("chn", Unit.USD), ("kind", Unit.TEXT))
    columns = tuple(Column(name, unit, name) for name, unit in heads)
    data = {name: np.asarray([row[i] for row in rows]) for i, (name, _) in enumerate(heads)}
    deals = Table("deals", "deals", columns, data)
    (chart,) = charts({**constructed, "deals": deals}, ("acceptable",))
    assert chart.alt.endswith(
        "What this run is about does not. Named deals that do: A deal, ten each (United States +6.1, China +5.2); "
        "Another (United States +4.0, China +5.5)."
    )
    assert chart.title == "A ruling costs the United States 67.5 billion dollars a year and gives China 64.4"
    (alone,) = charts({**constructed, "deals": deals.take(np.arange(3))}, ("acceptable",))
    assert alone.alt.endswith(" No named deal does.")


def test_the_history_names_no_file(geneva):
    (chart,) = charts(geneva.tables, ("history",))
    assert "this scenario is at 15.0%" in chart.alt
    assert "geneva" not in svg(chart) + chart.alt


def test_few_packages_that_lie_apart_have_names(geneva):
    packages = [row["label"] for row in geneva.tables["deals"].rows()]
    for width in (WIDE, NARROW):
        (chart,) = charts(geneva.tables, ("acceptable",))
        written = " ".join(" ".join(labels(svg(chart, width))).split())
        assert "Geneva" in written
        assert "law of 8 May 2025" in written
        assert "law of 1 April 2025" in written
        named = [label for label in packages if label.split(", ")[0] in written and "law of" not in label]
        assert 3 <= len(named) + ("Even bargain" in written) <= 6
    assert "weights of April 2025" in chart.subtitle


def test_the_brief_has_the_acceptable_set_and_the_days_or_what_comes_next(geneva, drawable):
    assert [chart.name for chart in brief_charts(drawable)] == ["acceptable", "daily"]

    def without(tables, *names):
        left = {name: table for name, table in tables.items() if not name.startswith(names)}
        return [chart.name for chart in brief_charts(left)]

    assert without(geneva.tables, "daily") == ["acceptable", "map"]
    assert without(drawable, "daily", "acceptable") == ["partners", "map"]


def test_an_unknown_chart_is_refused_with_the_nearest(geneva):
    with pytest.raises(UnknownName, match="waterfall"):
        charts(geneva.tables, ("waterfal",))


@given(st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40))
def test_every_value_falls_into_one_class_of_the_map(values):
    ends = bounds(values)
    assert 0.0002 <= ends[0] < ends[1] < ends[2]
    found = classes(ends)
    for value in values:
        (label,) = [name for name, low, high, _ in found if low <= value < high]
        assert class_of(value, ends) == label


@given(st.floats(1e-8, 1e3))
def test_class_bounds_are_round_and_not_above(value):
    found = round_below(value)
    assert found <= value * (1 + 1e-9) < found * 2.5 * (1 + 1e-6)
    assert f"{found:.0e}"[0] in "125"


def test_shapes_have_area_and_known_codes():
    names = countries().names
    found = shapes()
    assert len(found) == 176
    assert {iso3 for iso3, _, _ in found if iso3} <= set(names)
    assert {name for iso3, name, _ in found if not iso3} == {"N. Cyprus", "Somaliland"}
    for _, name, polygons in found:
        for outer, *_ in polygons:
            x, y = np.asarray(outer).T
            x = np.unwrap(x, period=360)
            area = 0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
            # On the sphere a ring the other way round is the rest of the world.
            assert area < 0, name
            assert outer[0] == outer[-1]


def lightness(colour):
    """CIE L* of a colour: what is left of it on a grey printer."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    y = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_colours_differ_in_grey():
    assert abs(lightness(GAIN) - lightness(LOSS)) > 25
    for ramp in (LOSSES, GAINS[::-1]):
        steps = np.diff([lightness(c) for c in ramp])
        assert (steps > 12).all()


def test_every_colour_of_a_chart_has_its_counterpart_on_a_dark_page(drawn):
    for chart in drawn:
        colours = set(re.findall(r'(?:fill|stroke)="(#[^"]+|rgb[^"]+|[a-z]+)"', svg(chart)))
        assert colours - {"none", "transparent"} <= set(DARK), chart.name
        assert not set(re.findall(r"#[0-9a-f]{6}", svg(chart, dark=True))) - set(DARK.values())
    assert f'[fill="{GAIN}"]{{fill:{DARK[GAIN]}}}' in dark_style()


def test_colours_differ_in_grey_on_a_dark_page():
    assert abs(lightness(DARK[GAIN]) - lightness(DARK["#ffffff"])) > 50
    for ramp in (LOSSES, GAINS[::-1], HEAT[::-1]):
        steps = np.diff([lightness(DARK[c]) for c in ramp])
        assert (steps < -5).all()


def test_labels_keep_sign_unit_and_digits():
    assert worded(0.1284, Unit.SHARE, 1) == "12.8%"
    assert worded(-0.0991, Unit.POINTS, 1, sign=True) == f"{MINUS}9.9"
    assert worded(1.489e11, Unit.USD, 1, sign=True) == "+148.9"
    assert worded(-0.00001, Unit.SHARE, 1, sign=True) == "0.0%"
    assert worded(float("nan"), Unit.SHARE, 1) == "not known"
