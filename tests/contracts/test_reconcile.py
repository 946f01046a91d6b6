"""From our number to one in print: steps sum to the difference in every order, our end is what other commands print."""

import math
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.codes.days import spelled_day
from detente.codes.errors import InputError, UnknownName
from detente.data.definitions import PublishedFigure, other_counts, published_steps
from detente.data.importers import importer
from detente.faces.words.brief import brief
from detente.faces.words.evidence import MOST_WORDS, reach_in_words, verdict_in_words
from detente.faces.words.language import MINUS, load
from detente.lab.averages.definitions import average_as
from detente.lab.averages.revenue import RevenueView, revenue_options
from detente.lab.averages.waterfall import REST, Option, averaged, in_order, made, walk
from detente.lab.prices.asked import ACCOUNTS, PriceView, counted_as, price_options
from detente.lab.prices.prices import days_apart, price_changes
from detente.lab.record import history as published
from detente.lab.record import reconcile as reconciling
from detente.lab.record.modelled import MODELLED, ModelView, model_options, modelled
from detente.lab.record.reconcile import printed, reconcile, reconciliation_tables
from detente.law import Reading
from rows import rows_of
from write_published_steps import steps_to

LISTED = rows_of(__file__)

DAY = date(2025, 5, 14)
EXACT = 1e-9


@dataclass(frozen=True)
class Recipe:
    """A view whose choices interact, so that steps hang on the order."""

    base: float = 2.0
    factor: float = 1.0
    power: float = 1.0


def taken(recipe):
    return (recipe.base * recipe.factor) ** recipe.power


TURNS = (
    Option("base", "another base", lambda v: replace(v, base=3.0)),
    Option("factor", "another factor", lambda v: replace(v, factor=1.7)),
    Option("power", "another power", lambda v: replace(v, power=0.6)),
    Option("given", "as they say themselves", points=-0.25),
)
NAMES = [turn.name for turn in TURNS]


@given(st.permutations(NAMES), st.floats(-1e3, 1e3))
def test_steps_sum_to_the_difference_in_every_order(order, theirs):
    walked = walk(Recipe(), in_order(TURNS, order), taken, theirs, "data")
    assert [bar.name for bar in walked.bars] == [*order, REST]
    assert sum(bar.points for bar in walked.bars) == pytest.approx(theirs - taken(Recipe()), abs=EXACT)
    usual = walk(Recipe(), TURNS, taken, theirs, "data")
    assert walked.rest == pytest.approx(usual.rest, abs=EXACT)


def test_a_step_hangs_on_what_stands_before_it():
    first, last = (
        next(bar.points for bar in walk(Recipe(), in_order(TURNS, order), taken, 0.0, "").bars if bar.name == "base")
        for order in (["base"], ["factor", "power", "base"])
    )
    assert abs(first - last) > 0.1


def test_the_mean_over_orders_is_that_of_all_permutations():
    from itertools import permutations

    mean = averaged(Recipe(), TURNS, taken, 1.0, "data")
    every = [walk(Recipe(), in_order(TURNS, order), taken, 1.0, "data") for order in permutations(NAMES)]
    for bar in mean.bars:
        points = [other.points for walked in every for other in walked.bars if other.name == bar.name]
        assert bar.points == pytest.approx(sum(points) / len(points), abs=EXACT)
    many = [replace(TURNS[0], name=f"t{i}") for i in range(9)]
    with pytest.raises(InputError, match="9 choices are too many"):
        averaged(Recipe(), many, taken, 1.0, "data")


def test_orders_name_known_choices_once():
    assert [turn.name for turn in in_order(TURNS, ["power"])] == ["power", "base", "factor", "given"]
    with pytest.raises(UnknownName, match="did you mean 'factor'"):
        in_order(TURNS, ["facter"])
    with pytest.raises(InputError, match="'base' stands twice"):
        in_order(TURNS, ["base", "base"])


REAL = LISTED["real"]


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("number", "words", "order"), REAL, ids=[number for number, _, _ in REAL])
def test_real_steps_sum_to_the_difference_and_the_sentence_is_short(number, words, order):
    answers = [reconcile(number, DAY, order=o, **words) for o in ((), order)]
    assert 3 < len(verdict_in_words(answers[0], load()).split()) <= MOST_WORDS
    plain, other = (reconciliation_tables(answer, everything=True)[0] for answer in answers)
    for bridge in (plain, other):
        rows = list(bridge)
        moves = sum(row["moves"] for row in rows[1:-1])
        assert moves == pytest.approx(rows[-1]["level"] - rows[0]["level"], abs=EXACT * max(1.0, rows[-1]["level"]))
    names = [row["step"] for row in other]
    assert (names[1 : 1 + len(order)], sorted(names)) == (order, sorted(row["step"] for row in plain))


def ours(number, **words):
    return reconcile(number, DAY, **words).waterfall.ours


def test_our_end_is_what_other_questions_print():
    assert ours(10, by="yale") == pytest.approx(dt.average(DAY).number.value, abs=1e-11)
    partner = dt.average(DAY, partner="Canada").number.value
    assert ours(10, partner="Canada", chosen=("scope",)) == pytest.approx(partner, abs=1e-11)
    assert ours(10, of="CHN", by="piie-china") == pytest.approx(dt.average(DAY, of="China").number.value, abs=1e-11)
    assert ours("300bn", by="treasury") == pytest.approx(dt.revenue(DAY)["static"][0], rel=1e-11)
    asked = dt.prices(on=DAY, draws=0)
    prices, households = asked.tables["prices"], asked.tables["households"]
    assert ours("2%", what="prices", by="yale") == pytest.approx(prices["change"][0], abs=1e-11)
    assert ours("$900", by="yale") == pytest.approx(households["pocket"][-1], abs=1e-7)
    assert counted_as(PriceView(DAY, what=ACCOUNTS)) == pytest.approx(households["accounts"][-1], abs=1e-7)


DEFINED = [("yale", "2025-05-12"), ("piie", "2025-05-05"), ("tax-foundation", "2025-06-15")]


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("name", "on"), DEFINED)
def test_a_definition_gives_here_what_its_average_is(name, on):
    day = date.fromisoformat(on)
    counting = reconcile(20, day, by=name).counting
    assert counting.value == pytest.approx(average_as(name, day), abs=1e-12)


def test_choices_move_what_they_say():
    view = PriceView(DAY, what="prices")
    made = {turn.name: counted_as(turn.apply(view)) for turn in price_options(view)}
    plain = counted_as(view)
    assert made["border"] == pytest.approx(0.8 * plain)
    assert made["imports_low"] < plain < made["imports_high"]
    assert made["margin"] > plain
    assert made["answers"] < plain < made["claims"]
    (change,) = price_changes([days_apart(importer("USA").law, (view.since, DAY), Reading.EFFECTIVE, {})], draws=0)
    assert plain == pytest.approx(change.effects[1].headline - change.effects[0].headline, abs=1e-12)


def test_definitions_name_known_choices_and_the_one_whose_publisher_printed_it_comes_first():
    for row in other_counts():
        palettes = {"revenue": revenue_options(RevenueView(DAY)), "prices": price_options(PriceView(DAY))}
        palettes |= dict.fromkeys(MODELLED, model_options())
        known = palettes.get(row.what) or price_options(PriceView(DAY, what="pocket"))
        made = {*row.choices}.union(*(figure.choices for figure in row.figures))
        assert made <= {turn.name for turn in known}, row
    answer = reconcile("$2,800", date(2025, 5, 12))
    first = answer.nearest[0]
    assert (first.name, first.report) == ("yale", date(2025, 5, 12))
    assert answer.meets
    assert answer.whose == "Yale Budget Lab"
    assert first.turns[0].name == "law"  # the report counts the law of two days later


def test_a_number_that_nothing_gives_is_said_to_be_one_and_days_off_the_record_are_left_out():
    answer = dt.reconcile(99, DAY)
    assert "No definition on record gives 99.0%" in answer.headline
    assert "theirs" in answer["step"].tolist()
    assert answer.title.endswith(f" to the number given, {spelled_day(DAY)}")
    assert answer["what"].tolist()[-1] == "the number given"
    elsewhere = dt.reconcile(99, DAY, of="Canada")
    assert "Nothing on record gives 99.0%" in elsewhere.headline
    names = [counting.name for counting in reconcile(12.1, date(2026, 11, 20)).nearest]
    assert names
    assert "collected" not in names
    with pytest.raises(InputError, match="months run from"):
        reconcile(12.1, date(2026, 11, 20), by="collected")


def test_both_ends_say_whose_they_are_and_what_ours_stands_on(detente):
    answer = reconcile("27", date(2025, 4, 15), by="gopinath-neiman")
    (bridge,) = reconciliation_tables(answer)
    assert bridge.title == "From our average duty on US imports to that of Gopinath and Neiman, 15 April 2025"
    first, *_, last = bridge.rows()
    assert (first["what"], last["what"]) == ("ours (weights: 2024; USMCA claims of April 2025)", "Gopinath and Neiman")
    told = " ".join(detente("average", "--on", "2025-04-15", "--notes").out.split())
    assert all(part[0].upper() + part[1:] in told for part in first["what"][6:-1].split("; "))
    assert reconcile("21.3", date(2025, 4, 15), chosen=("scope",)).whose == "the number given"


def test_a_set_of_choices_is_proposed_where_no_definition_gives_the_number():
    ground = reconcile(10, DAY, of="CAN", chosen=("reading",)).counting.value
    rise = reconcile(10, DAY, of="CAN", chosen=("rise",)).counting.value
    assert ground != rise
    found = reconcile(f"{100 * rise:.2f}", DAY, of="CAN")
    assert found.meets
    assert "rise" in [turn.name for turn in found.counting.turns]
    answer = dt.reconcile(f"{100 * rise:.2f}", DAY, of="Canada")
    assert answer.tables["nearest"]["who"][0] == "nobody on record"


MODELS = [(row, figure) for row in other_counts() if row.what in MODELLED for figure in row.figures]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("row", "figure"), MODELS, ids=[f"{r.name}-{r.what}-{f.law}-{f.value}" for r, f in MODELS])
def test_every_number_of_a_model_in_print_is_told_by_steps_that_sum_to_the_difference(row, figure, monkeypatch):
    # What other choices would give is looked at below.
    monkeypatch.setattr(reconciling, "_in_reach", lambda quantity, best, others: (others, None))
    answer = reconcile(100 * figure.value, figure.law, what=row.what, by=row.name, of=figure.of)
    walked, counting = answer.waterfall, answer.counting
    same = [each.report for each in row.figures if (each.law, each.value) == (figure.law, figure.value)]
    assert counting.name == row.name
    assert counting.report in same
    chosen = [turn.name for turn in counting.turns]
    assert chosen == [*(["law"] if figure.announced else []), *(t.name for t in model_options() if t.name in
                      (*row.choices, *figure.choices))]  # fmt: skip
    assert walked.averaged
    assert walked.ours + sum(bar.points for bar in walked.bars) == pytest.approx(figure.value, abs=EXACT)
    assert walked.reached == pytest.approx(counting.value, abs=EXACT)


def of_model(day, *names, **words):
    view = ModelView(day, **words)
    return modelled(made(view, [turn for turn in model_options() if turn.name in names]))


def test_our_end_of_a_model_is_that_of_the_world_economy_and_each_choice_is_its_mean_over_all_orders():
    solved = dt.economy_solve(on="2025-05-14", country="USA")
    for what, column in (("gdp", "real_gdp"), ("income", "welfare")):
        assert of_model(DAY, what=what) == pytest.approx(solved[column][0], abs=1e-9)
    answer = reconcile(
        100 * of_model(DAY, "labour", "steady_state"), DAY, what="gdp", chosen=("labour", "steady_state")
    )
    plain, labour, capital, both = (
        of_model(DAY, *names) for names in ((), ("labour",), ("steady_state",), ("labour", "steady_state"))
    )
    steps = {bar.name: bar.points for bar in answer.waterfall.steps}
    assert steps["labour"] == pytest.approx((labour - plain + both - capital) / 2, abs=EXACT)
    assert steps["steady_state"] == pytest.approx((capital - plain + both - labour) / 2, abs=EXACT)
    assert abs(answer.waterfall.rest) < 1e-4


def test_choices_of_models_move_what_they_say():
    plain = of_model(DAY)
    assert of_model(DAY, what="jobs") == 0.0
    assert of_model(DAY, "labour", what="jobs") < 0.0
    assert of_model(DAY, "steady_state") < plain < of_model(DAY, "elasticity_low")
    none, kind = (of_model(DAY, f"answers_{who}", what="income") for who in ("none", "kind"))
    assert kind < of_model(DAY, what="income") < none
    # Canada's duties of March 2025 are on record, and China's alone are ours.
    assert of_model(DAY, "answers_none", country="CAN") != of_model(DAY, "answers_all", country="CAN")


def test_a_number_that_our_own_model_gives_under_known_choices_leaves_nothing():
    number = 100 * of_model(DAY, "elasticity_low", "labour", "balances")
    found = reconcile(f"{number:.6f}", DAY, what="gdp", chosen=("elasticity_low", "labour", "balances"))
    assert found.meets
    assert found.waterfall.rest == pytest.approx(0.0, abs=1e-8)
    told = dt.reconcile(f"{number:.6f}", DAY, what="gdp")
    assert any(abs(100 * gives - number) < 0.1 for gives in told.tables["nearest"]["gives"])


def test_a_number_that_no_combination_gives_is_said_to_be_one(monkeypatch):
    few = [turn for turn in model_options() if turn.name in ("labour", "steady_state", "first_year")]
    monkeypatch.setattr(reconciling, "model_options", lambda law=None: tuple(few))
    answer = reconcile(-50, DAY, what="gdp", chosen=("labour",))
    ends = [of_model(DAY, *names) for names in ((), ("labour",), ("labour", "steady_state"))]
    assert answer.span == pytest.approx((min(ends), of_model(DAY, "first_year")), abs=EXACT)
    assert reach_in_words(answer).startswith(f"No combination of our choices gives {MINUS}50.00%")
    met = reconcile(100 * ends[-1], DAY, what="gdp", chosen=("labour",))
    assert (met.span, met.meets) == (None, False)
    assert "labour" not in reach_in_words(met)
    assert "hours worked respond to real wages and capital adjusts" in reach_in_words(met)


def test_without_a_day_a_number_of_a_model_is_set_beside_the_tariffs_that_it_counts(detente, monkeypatch):
    monkeypatch.setattr(reconciling, "_in_reach", lambda quantity, best, others: (others, None))
    done = detente("reconcile", "-1.3", "--what", "gdp", "--publisher", "kiel")
    assert "GDP of the United States to that of Kiel Institute, 14 May 2025" in done.out
    assert "With the choices of Kiel Institute our model gives" in done.out
    assert reconciling.printed_on("-0.3", "gdp", "kiel", "Germany") == date(2025, 4, 9)
    assert reconciling.printed_on("17.8", "average") is None


PRINTED = LISTED["printed"]


@pytest.mark.parametrize(("text", "what", "value", "tolerance"), PRINTED)
def test_a_number_is_read_as_it_is_printed(text, what, value, tolerance):
    number = printed(text)
    assert (number.what, number.value) == (what, pytest.approx(value))
    assert number.tolerance == pytest.approx(tolerance)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_refused(text):
    with suppress(InputError):
        assert math.isfinite(printed(text).value)


def test_a_line_of_an_earlier_version_runs_and_says_that_of_now(detente):
    ran = detente("reconcile", "17.8", "--on", "2025-05-12", "--by", "yale")
    assert ran.code == 0
    assert "this is now: detente reconcile 17.8 --on 2025-05-12 --publisher yale" in ran.err
    assert ran.out == detente("reconcile", "17.8", "--on", "2025-05-12", "--publisher", "yale").out
    with pytest.warns(DeprecationWarning, match="by= is now publisher="):
        dt.reconcile(17.8, "2025-05-12", by="yale")


ON = date(2025, 4, 10)


def figure(who, day, rate):
    return PublishedFigure(
        who=who, definition="", report=day, law=day, value=rate, tolerance=0.01, says="imports of 2024"
    )


def test_figures_stand_by_their_nearest_and_once_a_publisher(monkeypatch):
    far, near = figure("A", date(2025, 4, 14), 0.21), figure("A", ON, 0.22)
    between = figure("B", date(2025, 4, 12), 0.23)
    monkeypatch.setattr(published, "published_averages", lambda: (far, between, near))
    ground = SimpleNamespace(whole=lambda on, reading: 0.2)
    side = SimpleNamespace(
        shipped=True, on=ON, reading=None, average=0.2, ground=ground, law=SimpleNamespace(importer="USA")
    )
    table = published.published_table(side)
    assert (table["who"].tolist(), table["rate"].tolist()) == (["A", "B"], [0.22, 0.23])


FRESH = 5e-4
"""Share of value that a stored step may lie from the computed one."""


@pytest.mark.parametrize(("name", "report"), [("yale", "2025-05-12"), ("tax-foundation", "2025-05-15")])
def test_stored_steps_are_fresh(name, report):
    figure = next(f for f in published.published_averages() if (f.definition, str(f.report)) == (name, report))
    ours, every = steps_to(figure)
    steps, stored = dict(every), published_steps()[name, figure.report, figure.law]
    assert stored.ours == pytest.approx(ours, abs=FRESH), "run tools/write_published_steps.py"
    assert ours + sum(points for _, points in every) == pytest.approx(figure.value, abs=1e-9)
    largest = sorted(map(abs, steps.values()), reverse=True)[:2]
    assert [abs(points) for _, points in stored.steps] == pytest.approx(largest, abs=FRESH)
    for words, points in stored.steps:
        assert points == pytest.approx(steps[words], abs=FRESH), "run tools/write_published_steps.py"


def test_every_average_in_print_has_its_steps_and_ours_stands_where_they_take_it():
    figures = {(f.definition, f.report, f.law) for f in published.published_averages()}
    assert set(published_steps()) == figures
    figure = next(f for f in published.published_averages() if f.definition == "yale" and str(f.report) == "2025-05-12")
    ours = published_steps()["yale", figure.report, figure.law].ours
    (first, _), (second, points) = published.steps_from(figure, ours)
    assert "method of that spring" in first
    assert (second, round(points, 3)) == ("not explained", -0.007)
    assert published.steps_from(figure, ours + 0.01) == [published.NO_STEP] * 2


def test_the_brief_says_why_we_differ(ran):
    result = ran("geneva")
    told = brief(result)
    yale = next(other for other in told.others if other.who.startswith("Yale"))
    assert "method of that spring +3.1" in yale.steps
    assert f"not explained {MINUS}0.7" in yale.steps
    assert len(yale.steps.split()) <= 20
    assert "detente reconcile" in told.walk
