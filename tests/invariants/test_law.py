"""What any law must do, whatever it says: hold on any date, line and partner."""

import gc
import os
import subprocess
import sys
import weakref
from dataclasses import replace
from datetime import date, timedelta
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import InputError
from detente.data.flows import usa_imports
from detente.data.importers import importer
from detente.lab.averages.averages import average
from detente.lab.averages.laid_law import KEPT, LaidLaw, laid_law
from detente.lab.statute.audit import headings_of
from detente.lab.statute.consignment import CLAIM
from detente.lab.statute.lookup import look_up
from detente.law import MeasureKind, Partners, Reading, Status, schedule_on
from detente.law.headings import covers, read_headings
from detente.law.space import Painter, build_space
from detente.trade import pair_rates
from rows import rows_of

LISTED = rows_of(__file__)

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


def test_no_rate_moves_without_an_act_and_the_daily_series_is_the_average_of_the_day(ground, series):
    acts = {day.isoformat() for day in ground.law.dates}
    moved = np.flatnonzero(np.abs(np.diff(series["average"])) > 1e-9) + 1
    strange = [series["date"][i] for i in moved if series["date"][i] not in acts]
    assert strange == []
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


def test_the_ruling_voids_from_the_first_day_what_stands_in_the_rulings(ground):
    table = ground.daily(FIRST, LAST, Reading.RULED)
    for name in ("fentanyl", "reciprocal", "country_orders"):
        assert np.abs(table[name]).max() == 0
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


@pytest.mark.sampled(5)
@pytest.mark.parametrize("reform", [r[1] for r in REFORMS], ids=[r[0] for r in REFORMS])
@pytest.mark.parametrize("on", [date(2025, 5, 8), date(2025, 10, 20), date(2026, 5, 5)])
def test_a_reform_on_kept_cells_equals_one_compiled_anew(ground, reform, on):
    law = reform(ground.law)
    kept, anew = ground.under(law), LaidLaw(law, ground.trade, {})
    assert average(kept, on)["average"][0] == pytest.approx(average(anew, on)["average"][0], abs=1e-12)


def test_a_law_that_tells_members_of_a_block_apart_divides_it_and_pairs_give_the_same_average(ground):
    measure = ground.law.measure("s301_l4a")
    only_france = replace(measure, id="only_france", partners=(Partners(frozenset({"FRA"})),), replaces=())
    other = ground.under(ground.law + only_france)
    before = {r["partner"]: r["average"] for r in average(ground, date(2025, 5, 8), ["partner"]).rows()}
    after = {r["partner"]: r["average"] for r in average(other, date(2025, 5, 8), ["partner"]).rows()}
    moved = {p for p in after if abs(after[p] - before[p]) > 1e-12}
    assert moved == {"FRA"}
    # The whole from cells (no grouping) against the sum over pairs (grouped by chapter).
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


def test_no_pattern_is_missed_and_cells_hang_on_no_order_of_compiling():
    """A block whose condition no good of its lines meets tells no lines apart."""
    where = importer("USA")
    columns = where.trade_columns(["CHN"])
    law = where.law.select(["s301_l1", "s301_excl_l1"])
    plain = where.space(replace(where.law, measures=law), columns, overrides={"s301_exclusion": 0.0})
    alone = where.space(replace(where.law, measures=law), columns, overrides={"s301_exclusion": 1.0})
    assert plain.shape[0] < alone.shape[0]
    assert set(plain.atoms.asked) == {"s301_exclusion"}
    columns = where.trade_columns(["CHN", "CAN", "DEU"])
    shares, base = where.shares(where.law, "trade"), where.space(where.law, columns).base
    first = build_space(where.law, where.lines, columns, shares, base, Painter(where.lines))
    painter = Painter(where.lines)
    for measure in reversed(where.law.measures):
        for block in measure.goods:
            painter.paint(block)
    second = build_space(where.law, where.lines, columns, shares, base, painter)
    assert (first.pattern == second.pattern).all()


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


MONTHS = [date(2025, month, 14) for month in range(1, 7)]


def test_a_ground_goes_when_nothing_uses_it_and_keeps_few_days_until_then():
    ground = laid_law(importer("USA").law).only(frozenset(["CAN"]))
    averages = [ground.whole(on) for on in MONTHS]
    assert averages == [ground.whole(on) for on in MONTHS]
    assert len(ground._laid) == len(ground._trades) == KEPT
    used = ground.rates(MONTHS[0]), ground.schedule(MONTHS[0])
    assert [ground.whole(on) for on in MONTHS] == averages
    assert used[0] is ground.rates(MONTHS[0])
    assert used[1] is ground.schedule(MONTHS[0])
    assert len(ground._laid) == KEPT + len(used)
    del used
    assert len(ground._laid) == KEPT
    ground.reaching(date(2019, 1, 1))
    gone, trade = weakref.ref(ground), weakref.ref(ground.at(MONTHS[0]).flows)
    enabled = gc.isenabled()
    gc.disable()
    try:
        del ground
        assert gone() is None
        assert trade() is None
    finally:
        if enabled:
            gc.enable()


@pytest.mark.parametrize(("text", "spans"), LISTED["expressions_of_headings_are_read"])
def test_expressions_of_headings_are_read(text, spans):
    assert [str(span) for span in read_headings(text)] == spans


@pytest.mark.parametrize("text", ["8507.60", ".04", "9903.8.1", "9903.88.15-.03", "9903.88.01-.02-.03", "note 52"])
def test_what_is_no_heading_is_refused_with_an_example(text):
    with pytest.raises(InputError, match=r"heading.*9903\.88\.03"):
        read_headings(text)


def test_ranges_headings_lapsed_programmes_and_contents_are_read_as_they_stand():
    spans = read_headings("9903.01.43-.76; 9902")
    assert covers(spans, "99030150")
    assert covers(spans, "99020501")
    assert not covers(spans, "99030177")
    assert all(headings_of(measure) or not measure.heading for measure in importer("USA").law.measures)
    claim = {"claim": "AGOA", "reading": Reading.PUBLISHED}
    for day in (date(2025, 9, 30), date(2026, 2, 3)):
        assert look_up("6109.10.00", "KEN", day, **claim).main.base == 0.0
    for day in (date(2025, 10, 1), date(2026, 2, 2)):
        with pytest.raises(InputError, match="lapsed"):
            look_up("6109.10.00", "KEN", day, **claim)
    usa = importer("USA").only(["7326908688"])
    metals = [usa.shares(usa.law, context, given).by_aspect["metal"][:, 0] for context, given in CONTENTS]
    assert np.allclose(metals, [(1, 0, 0), (1, 0, 0), (0.6, 0, 0), (0.7, 0.3, 0), (0.5, 0.3, 0)])


CONTENTS = (
    ("line", {}), ("trade", {}), ("line", {"steel_content": 0.6}), ("line", {"aluminum_content": 0.3}),
    ("line", {"steel_content": 0.5, "aluminum_content": 0.3}),
)  # fmt: skip


@pytest.mark.parametrize(("share", "total"), [(0.0, 0.25), (0.2, 0.2), (0.4, 0.15), (0.6, 0.15), (1.0, 0.15)])
def test_mobile_machinery_never_owes_less_than_its_least_duty(share: float, total: float):
    answer = look_up("8429.51", "MEX", date(2026, 7, 1), claim="USMCA", parameters={"us_content": share})
    assert answer.total == pytest.approx(total)


def test_a_state_that_follows_is_not_set_by_itself():
    with pytest.raises(InputError, match="us_content_high"):
        look_up("8429.51", "MEX", date(2026, 7, 1), parameters={"us_content_high": 1})


LISTS_TERMS = """
from datetime import date
from detente.lab.statute.lookup import look_up
print(*(term.measure for term in look_up("0810.90.90", "USA", date(2026, 11, 27), of="CHN").main.terms))
"""


def test_terms_come_in_one_order_whatever_the_hash_seed():
    def terms(seed: int) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        return subprocess.run(
            [sys.executable, "-c", LISTS_TERMS], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first, second = terms(5), terms(6)
    assert len(first.split()) > 2
    assert first == second


def test_averages_put_russia_and_belarus_under_column_2_from_its_day():
    ground = laid_law(importer("USA").law)
    days = (date(2022, 4, 8), date(2022, 4, 9), date(2022, 7, 27), date(2023, 4, 1), date(2024, 1, 1))
    parts = {
        code: [float(ground.only(frozenset({code})).rates(day).base.mean()) for day in days]
        for code in ("RUS", "BLR", "CUB")
    }
    russia, belarus, cuba = parts["RUS"], parts["BLR"], parts["CUB"]
    assert russia[0] < russia[1] < russia[2] < russia[3] == russia[4]
    assert belarus[0] < belarus[1] == belarus[2] == belarus[4]
    assert cuba[0] == cuba[1] == cuba[4]


WHERE = importer("USA")
LIVE = WHERE.lines.codes[(WHERE.table["until"] == "") & (WHERE.table["from"] == "")].tolist()
DAYS = st.integers(0, (date(2026, 12, 20) - date(2018, 2, 1)).days).map(lambda n: date(2018, 2, 1) + timedelta(n))
PARTNERS = st.sampled_from(["CHN", "DEU", "CAN", "MEX", "JPN", "KOR", "GBR", "BRA", "IND", "VNM", "RUS", "KEN", "GTM"])
CASES = [
    ("8802.40.01.40", "FRA", "2026-03-15", "aircraft_use", {"no": 0.10, "yes": 0.0}),
    ("3004.90.92.60", "IND", "2026-11-27", "patented", {"no": 0.0, "yes": 1.0}),
    ("8471.80.40.00", "TWN", "2026-03-01", "chip_window", {"no": 0.0, "yes": 0.25}),
    ("8703.23.01.40", "MEX", "2025-06-15", CLAIM, {"none": 0.275, "USMCA": 0.25}),
]


@pytest.mark.parametrize(("line", "partner", "on", "name", "states"), CASES, ids=[case[3] for case in CASES])
def test_facts_of_known_goods(line, partner, on, name, states):
    fact = {fact.id: fact for fact in look_up(line, partner, date.fromisoformat(on)).facts}[name]
    assert {state.name: state.total for state in fact.states} == pytest.approx(states)


def test_a_fact_may_matter_under_another_alone():
    facts = {fact.id: fact for fact in look_up("3004.90.92.60", "IND", date(2026, 11, 27)).facts}
    assert facts["pharma_agreement"].given == ("patented", "yes")
    car = {fact.id: fact for fact in look_up("8703.23.01.40", "MEX", date(2025, 6, 15)).facts}
    assert car["us_content"].given == (CLAIM, "USMCA")


@settings(max_examples=60, deadline=None)
@given(line=st.sampled_from(LIVE), partner=PARTNERS, on=DAYS)
def test_facts_and_claims_give_the_duty_that_was_listed(line, partner, on):
    answer = look_up(line, partner, on)
    for fact in answer.facts:
        if fact.given[0] or fact.id in (CLAIM, "us_content", "metal"):
            continue
        for state, share in zip(fact.states, (0.0, 1.0), strict=True):
            other = look_up(line, partner, on, parameters={fact.id: share})
            total = None if other.banned else other.total
            assert total == pytest.approx(state.total, abs=1e-9), (fact.id, state.name)
    for fact in look_up(line, partner, on).facts:
        for state in fact.states if fact.id == CLAIM else ():
            claim = "" if state.name == "none" else state.name
            other = look_up(line, partner, on, claim=claim)
            assert (None if other.banned else other.total) == pytest.approx(state.total, abs=1e-9), state.name


def test_one_good_and_trade_have_one_default():
    """Where nothing of a line is a mixture, the duty of one good without a claim is that of its trade without one."""
    day, law = date(2026, 3, 15), WHERE.law
    ground = laid_law(law)
    flows, rates = ground.flows, pair_rates(ground.schedule(day), ground.exposure)
    atoms = ground.exposure.space.atoms
    pure = np.bincount(atoms.line[atoms.weight > 0], minlength=len(flows.lines)) == 1
    block = np.asarray([partner == "EUU" for partner in flows.partners])
    chosen = np.flatnonzero(pure[flows.line_at] & (flows.claim == 0) & ~block[flows.partner_at])
    sample = np.random.default_rng(7).choice(chosen, 120, replace=False)
    for at in sample.tolist():
        line, partner = str(flows.lines.codes[flows.line_at[at]]), flows.partners[flows.partner_at[at]]
        answer = look_up(line, partner, day)
        if len(answer.ladders) == 1 and not answer.stands_in and answer.main.line == line:
            assert answer.total == pytest.approx(rates.total[at], abs=1e-9), (line, partner)


def test_an_airliner_owes_the_same_in_both():
    flows, day = usa_imports(), date(2026, 3, 15)
    ground = laid_law(WHERE.law)
    rates = pair_rates(ground.schedule(day), ground.exposure)
    line = flows.lines.index("8802400140", "line")
    pairs = (ground.flows.line_at == line) & (ground.flows.partner_at == ground.flows.partners.index("EUU"))
    assert rates.total[pairs].tolist() == [look_up("8802.40.01.40", "FRA", day).total] == [0.0]
