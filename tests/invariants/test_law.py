"""What any law must do, whatever it says: hold on any date, line and partner."""

import sys
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.data.importers import importer
from detente.lab.averages.averages import average
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.statute.lookup import look_up
from detente.law import MeasureKind, Partners, Reading, Status, schedule_on
from detente.law.space import Painter, build_space

FIRST, LAST = date(2025, 1, 1), date(2026, 12, 31)
days = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(n))
lines = st.sampled_from(importer("USA").lines.codes.tolist())
partners = st.sampled_from(
    "CHN HKG MAC CAN MEX DEU ITA JPN KOR CHE GBR TWN VNM IND BRA RUS AUS SGP CRI NOR ZAF LSO".split()
)


@pytest.fixture(scope="module")
def ground():
    # At claims of one time: those of each month move the average on days without an act.
    return laid_law(importer("USA").law, claims="2025H2")


@pytest.fixture(scope="module")
def series(ground):
    return ground.daily(FIRST, LAST)


@given(lines, partners, days)
@settings(max_examples=60, deadline=None)
def test_terms_sum_to_the_total_less_the_base(line, partner, on):
    answer = look_up(line, partner, on)
    ladder = answer.main
    assert ladder.total == pytest.approx(ladder.base + sum(t.rate * t.share for t in ladder.terms), abs=1e-12)
    for term in ladder.terms:
        assert -1e-12 <= term.share <= 1 + 1e-12
        assert term.share + sum(term.displaced_by.values()) >= 1e-12 or term.share == 0


@given(lines, partners, days)
@settings(max_examples=25, deadline=None)
def test_one_line_and_the_whole_schedule_agree(ground, line, partner, on):
    """A look-up compiles one line alone, the averages compile all of them: the duty must be the same.

    The look-up is given the shares that trade as a whole uses.
    """
    schedule = ground.schedule(on)
    space = schedule.space
    names = [c.partner for c in space.columns]
    if partner not in names:
        return
    column = next(i for i, c in enumerate(space.columns) if c.partner == partner and not c.preference)
    whole = schedule.rate(columns=[column])[space.lines.index(line), 0]
    where = importer("USA").only([line])
    alone = where.space(ground.law, [space.columns[column]], context="trade")
    assert whole == pytest.approx(schedule_on(alone, on).rate()[0, 0], abs=1e-12)


def test_columns_sum_to_the_average_on_every_day(series):
    parts = sum(series[c.name] for c in series.columns if c.name not in ("date", "average"))
    assert np.allclose(parts, series["average"], atol=1e-12)


def test_no_rate_moves_on_a_day_without_an_act(ground, series):
    acts = {day.isoformat() for day in ground.law.dates}
    moved = np.flatnonzero(np.abs(np.diff(series["average"])) > 1e-9) + 1
    strange = [series["date"][i] for i in moved if series["date"][i] not in acts]
    assert strange == []


def test_the_daily_series_and_the_average_of_a_day_agree(ground, series):
    for day in ("2025-03-05", "2025-04-09", "2025-08-20", "2026-05-02"):
        row = int(np.flatnonzero(series["date"] == day)[0])
        table = average(ground, date.fromisoformat(day))
        for column in table.columns:
            if column.name in {c.name for c in series.columns}:
                assert table[column.name][0] == pytest.approx(series[column.name][row], abs=1e-12)


def test_partners_of_the_breakdown_add_up_to_the_whole(ground):
    whole = average(ground, date(2025, 9, 20))
    by = average(ground, date(2025, 9, 20), ["partner"])
    assert by["imports"].sum() == pytest.approx(whole["imports"][0], rel=1e-9)
    assert by["imports"] @ by["average"] == pytest.approx(whole["imports"][0] * whole["average"][0], rel=1e-9)


@given(days)
@settings(max_examples=15, deadline=None)
def test_floors_hold(on):
    """Floor partners owe at least the floor, or the base duty if that is higher, unless exempt."""
    answer = look_up("6109.10.00", "ITA", on)
    if date(2025, 8, 7) <= on <= date(2026, 2, 23):
        assert answer.total == pytest.approx(0.165)
    answer = look_up(
        "8504.40.95", "ITA", on, parameters={"steel_content": 0, "aluminum_content": 0, "copper_content": 0}
    )
    if date(2025, 9, 1) <= on <= date(2026, 2, 23):
        assert answer.total >= 0.15 - 1e-12 or any(
            "deal" in k or "exm" in k or "annex" in k for t in answer.main.terms for k in t.displaced_by
        )


def test_the_ruling_voids_the_emergency_duties_from_the_first_day(ground):
    table = ground.daily(FIRST, LAST, Reading.RULED)
    for name in ("fentanyl", "reciprocal", "country_orders"):
        assert np.abs(table[name]).max() == 0


def test_what_is_void_stands_in_the_rulings_of_the_lawbook(ground):
    law, day = ground.law, date(2025, 4, 15)
    assert {law.measure(name).authority for name in law.voided} == {"fentanyl", "reciprocal", "country_orders"}
    silent = replace(law, rulings=())
    duties = [look_up("9503.00.00", "CHN", day, law=book, reading=Reading.RULED).total for book in (law, silent)]
    assert duties[1] == look_up("9503.00.00", "CHN", day).total > duties[0]


def test_what_the_spec_says_is_never_in_force(ground, series):
    after_ruling = series["date"] > "2026-02-23"
    for name in ("fentanyl", "reciprocal", "country_orders"):
        assert np.abs(series[name][after_ruling]).max() == 0
    between_solar_and_quartz = (series["date"] > "2026-02-06") & (series["date"] < "2026-08-15")
    assert np.abs(series["section_201"][between_solar_and_quartz]).max() == 0
    assert ground.law.measure("s301_l4b").status is Status.ANNOUNCED


def test_every_duty_has_a_citation():
    bare = [
        m.id
        for m in importer("USA").law.measures
        if m.kind is MeasureKind.DUTY
        and not (m.citation or m.instrument or all(p.citation or p.instrument for p in m.periods))
    ]
    assert bare == []


REFORMS = [
    ("void", lambda law: law.without(["basis:IEEPA"])),
    ("lift", lambda law: law.without(["class:metal"], date(2025, 9, 1))),
    ("announced", lambda law: law.with_announced(["s122_15", "s301_l4b"])),
    ("switch", lambda law: law.with_switches(["copper_displaces_fentanyl"])),
]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("reform", [r[1] for r in REFORMS], ids=[r[0] for r in REFORMS])
@pytest.mark.parametrize("on", [date(2025, 5, 8), date(2025, 10, 20), date(2026, 5, 5)])
def test_a_reform_on_kept_cells_equals_one_compiled_anew(ground, reform, on):
    law = reform(ground.law)
    kept, anew = ground.under(law), LaidLaw(law, ground.trade, {})
    assert average(kept, on)["average"][0] == pytest.approx(average(anew, on)["average"][0], abs=1e-12)


def test_a_law_that_tells_members_of_a_block_apart_divides_the_block(ground):
    measure = ground.law.measure("s301_l4a")
    only_france = replace(measure, id="only_france", partners=(Partners(frozenset({"FRA"})),), replaces=())
    other = ground.under(ground.law + only_france)
    before = {r["partner"]: r["average"] for r in average(ground, date(2025, 5, 8), ["partner"]).rows()}
    after = {r["partner"]: r["average"] for r in average(other, date(2025, 5, 8), ["partner"]).rows()}
    moved = {p for p in after if abs(after[p] - before[p]) > 1e-12}
    assert moved == {"FRA"}


def test_cells_and_pairs_give_the_same_average(ground):
    """The whole from cells (no grouping) against the sum over pairs (grouped by chapter)."""
    whole = average(ground, date(2025, 8, 20))
    parts = average(ground, date(2025, 8, 20), ["chapter"])
    for column in ("average", "base", "section_232", "reciprocal"):
        assert parts["imports"] @ parts[column] / parts["imports"].sum() == pytest.approx(whole[column][0], abs=1e-12)


def test_what_two_periods_displace_is_the_union_of_their_goods(ground):
    """A whole schedule and a look-up name the same duty where a measure has two periods in force."""
    on = date(2025, 7, 15)
    for line, partner in (("7320109015", "VNM"), ("7320109015", "DEU"), ("8708995300", "CAN")):
        ladder = ground.schedule(on).explain(line, partner)
        space = ground.exposure.space
        column = next(i for i, c in enumerate(space.columns) if c.partner == partner and not c.preference)
        rate = ground.schedule(on).rate(columns=[column])[space.lines.index(line), 0]
        assert ladder.total - ladder.base == pytest.approx(rate, abs=1e-12)


def test_goods_no_condition_reaches_are_one_pattern():
    """A block whose condition no good of its lines meets tells no lines apart."""
    where = importer("USA")
    columns = where.trade_columns(["CHN"])
    law = where.law.select(["s301_l1", "s301_excl_l1"])
    plain = where.space(replace(where.law, measures=law), columns, overrides={"s301_exclusion": 0.0})
    alone = where.space(replace(where.law, measures=law), columns, overrides={"s301_exclusion": 1.0})
    assert plain.shape[0] < alone.shape[0]
    assert set(plain.atoms.asked) == {"s301_exclusion"}


def test_threads_that_compile_laws_at_once_get_the_cells_of_one_alone():
    """Servers warm several cases side by side; masks are kept for all of them."""
    where = importer("USA")
    goods = list(dict.fromkeys(block for measure in where.law.measures for block in measure.goods))
    alone, shared = Painter(where.lines), Painter(where.lines)
    expected = [alone.masks[alone.paint(block)] for block in goods]
    numbers: list[list[int]] = []
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [Thread(target=lambda: numbers.append([shared.paint(block) for block in goods])) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(numbers) == 4
    for found in numbers:
        assert found == numbers[0]
        assert all((shared.masks[number] == mask).all() for number, mask in zip(found, expected, strict=True))
    assert len({(tuple(m), shared.hashes[n]) for m, n in zip(map(bytes, expected), numbers[0], strict=True)}) > 100


def test_cells_do_not_hang_on_which_laws_were_compiled_before():
    where = importer("USA")
    columns = where.trade_columns(["CHN", "CAN", "DEU"])
    shares, base = where.shares(where.law, "trade"), where.space(where.law, columns).base
    first = build_space(where.law, where.lines, columns, shares, base, Painter(where.lines))
    painter = Painter(where.lines)
    for measure in reversed(where.law.measures):
        for block in measure.goods:
            painter.paint(block)
    second = build_space(where.law, where.lines, columns, shares, base, painter)
    assert (first.pattern == second.pattern).all()
