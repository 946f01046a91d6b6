"""Paths of quarters: their beginning, their end, what must add up, and dated tariffs as quarters."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.codes import InputError
from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.economy.frame import flows_of
from detente.economy.paths.chain import Pace, path
from detente.lab.deal.dated import EVER, by_quarter, lasting, paid, quarter_days
from rows import rows_of
from small_worlds import war

LISTED = rows_of(__file__)

STILL = Pace(depreciation=0.0)
SKETCH = {"MAC": 0.9, "EEQ": 0.45, "ELE": 0.5, "VEH": 0.5, "OMF": 0.3, "C28": 0.9, "C27": 0.45, "C26": 0.5, "C29": 0.5,
          "C25": 0.3, "C31T33": 0.0}  # fmt: skip
"""Part of final use that is taken to be investment where the sketch of paths was worked out."""


@pytest.fixture(scope="module")
def small():
    return load_economy("icio-2022-small").with_parameters(capital_share=0.36)


@pytest.fixture(scope="module")
def harsh(small):
    return war(small).tariff


@pytest.fixture(scope="module")
def year(small, harsh):
    """The war of a year, for ten years after it."""
    base = small.arrays["tariff"]
    return path(small, [harsh if q < 4 else base for q in range(44)])


def test_no_change_is_no_path(small):
    still = path(small, [small.arrays["tariff"]] * 6)
    assert all(np.abs(values).max() < 1e-12 for values in still.columns.values())
    assert np.abs(still.worth()).max() < 1e-12


def test_every_quarter_or_its_far_end_is_the_static_answer(small, harsh):
    static = solve(small, Shock(harsh))
    own = path(small, [harsh] * 3, pace=replace(STILL, short_ratio=1.0))
    assert own.columns["real_income"] == pytest.approx(np.tile(static.changes["welfare"], (3, 1)), abs=1e-10)
    own = path(small, [harsh] * 160, pace=STILL)
    assert own.columns["real_income"][-1] == pytest.approx(static.changes["welfare"], abs=1e-7)
    assert own.end["real_income"] == pytest.approx(static.changes["welfare"], abs=1e-10)
    assert np.abs(own.columns["real_income"][0] - static.changes["welfare"]).max() > 1e-4
    steady = solve(small, Shock(harsh, options={"horizon": "steady"}))
    own = path(small, [harsh] * 250, pace=Pace(depreciation=0.1, adoption=0.2))
    assert own.columns["real_income"][-1] == pytest.approx(steady.changes["welfare"], abs=1e-7)
    assert own.columns["capital"][-1] == pytest.approx(own.end["capital"], abs=1e-7)
    assert np.abs(own.end["capital"]).max() > 1e-3


@pytest.mark.parametrize(("quarters", "real_income"), LISTED["three_lengths_as_in_the_sketch"])
def test_three_lengths_as_in_the_sketch(quarters, real_income):
    """145 and 125 points on goods for a quarter, a year and for ever: three numbers, the longer the larger."""
    world = load_economy("icio-2022").with_parameters(capital_share=0.36)
    final = np.asarray(world.arrays["final_share"])
    mix = final * [SKETCH.get(code, 0.0) / 0.22 for code in world.sectors]
    services = world.sector("Services (aggregate)")
    mix[:, services] = 1.0 - mix.sum(axis=1)
    # Small enough to be a part of final spending: the composition counts, not its size.
    world = replace(world, arrays={**world.arrays, "investment_share": 0.05 * mix})
    harsh, base, usa = war(world).tariff, world.arrays["tariff"], world.country("USA")
    own = path(world, [harsh if q < quarters else base for q in range(16)])
    assert 100 * own.columns["real_income"][[0, 1, 4, 15], usa] == pytest.approx(real_income, abs=1e-3)


def test_path_costs_less_than_twenty_static_solves():
    world = load_economy("icio-2022")
    harsh, base = war(world).tariff, world.arrays["tariff"]
    static = solve(world, Shock(harsh)).certificate.iterations
    own = path(world, [harsh if q < 4 else base for q in range(16)])
    assert sum(each.iterations for each in (*own.certificates, own.ended)) <= 16 * static
    assert all(each.converged and each.residual < 1e-10 for each in (*own.certificates, own.ended))


def test_the_real_wage_comes_back_and_trade_balances_stay(year, small):
    usa, chn = small.country("USA"), small.country("CHN")
    assert (np.abs(year.columns["real_wage"][3, [usa, chn]]) > 2e-3).all()
    assert np.abs(year.columns["real_wage"][-1]).max() < 5e-4
    # Under fixed transfers imports less exports are those of the world's own year in every quarter.
    own = flows_of(small).sum(axis=2)
    deficit = own.sum(axis=1) - own.sum(axis=0)
    for trade in year.trade:
        assert trade.sum(axis=1) - trade.sum(axis=0) == pytest.approx(deficit, abs=1e-7 * own.sum())


def test_shelf_prices_follow_and_feed_nothing(small, harsh):
    usa = small.country("USA")
    slow, fast = (path(small, [harsh] * 12, pace=Pace(shelf_goods=m, shelf_services=m)) for m in (0.1, 1.0))
    assert np.array_equal(slow.columns["real_income"], fast.columns["real_income"])
    assert fast.columns["shelf"][1:, usa] == pytest.approx(fast.columns["prices"][:-1, usa], abs=1e-12)
    assert slow.columns["shelf"][0, usa] == 0.0
    assert 0.0 < slow.columns["shelf"][4, usa] < fast.columns["shelf"][4, usa]


def test_countries_in_another_order(small, harsh):
    order = np.random.default_rng(3).permutation(len(small.countries))
    cut = {"flows": np.ix_(order, order), "tariff": np.ix_(order, order)}
    arrays = {
        name: values[cut.get(name, order)] if name != "elasticity" else values for name, values in small.arrays.items()
    }
    other = replace(small, countries=tuple(small.countries[k] for k in order), arrays=arrays)
    own, turned = path(small, [harsh] * 3), path(other, [harsh[cut["tariff"]]] * 3)
    for name, values in own.columns.items():
        assert turned.columns[name] == pytest.approx(values[:, order], abs=1e-8), name


def test_worth_goes_beyond_the_last_quarter(small, harsh):
    """The worth of a path is that of a longer one, to what its tail is taken for."""
    near, far = (path(small, [harsh if q < 4 else small.arrays["tariff"] for q in range(n)]) for n in (40, 300))
    assert near.worth() == pytest.approx(far.worth(), rel=0.005, abs=1e-4)
    before = path(small, [small.arrays["tariff"]] * 40)
    assert near.worth(before) == pytest.approx(near.worth(), abs=1e-10)


def test_days_weigh_a_quarter():
    start = date(2025, 5, 14)
    edges = quarter_days(start, 3)
    assert edges[1:] == [date(2025, 8, 14), date(2025, 11, 14), date(2026, 2, 14)]
    low, high = np.zeros((1, 2)), np.array([[0.5, 0.0]])
    spells = lasting([(EVER, low)], high, start, 90)
    first, second, third = by_quarter(spells, edges)
    assert np.log1p(first[0, 0]) == pytest.approx(90 / 92 * np.log(1.5))
    assert second is third
    assert not second.any()
    assert first[0, 1] == 0.0
    assert by_quarter(lasting([(EVER, low)], high, start, None), edges)[2][0, 0] == pytest.approx(0.5)


def test_goods_on_the_way_owe_the_law_of_the_month_before_also_of_a_short_one():
    start = date(2025, 1, 1)
    low, high = np.zeros((2, 2)), np.full((2, 2), 0.5)
    late = np.array([0.4, 0.0])
    first, second = by_quarter(lasting([(EVER, low)], high, start, None), quarter_days(start, 2), late)
    assert np.log1p(first[0, 0]) == pytest.approx((1 - 0.4 * 30 / 90) * np.log(1.5))
    assert (first[1, 0], second) == (pytest.approx(0.5), pytest.approx(0.5))
    assert quarter_days(date(2025, 11, 30), 1) == [date(2025, 11, 30), date(2026, 2, 28)]


def test_collected_lowers_us_duties_alone(small):
    owed, usa = paid(small), small.country("USA")
    tariff = np.full((len(small.countries),) * 2, 0.4)
    of = owed.of(tariff)
    assert (of[usa] <= 0.4).all()
    assert of[usa, small.country("CHN")] < 0.4
    assert np.array_equal(np.delete(of, usa, axis=0), np.delete(tariff, usa, axis=0))
    assert 0.0 < owed.late[usa] < 1.0
    assert not np.delete(owed.late, usa).any()


ROWS = [{"importer": "USA", "exporter": "CHN", "added": 0.3}]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"quarters": 0}, "quarters: 0 is out of range"),
        ({"quarters": 10_000}, "quarters: 10000 is out of range"),
        ({"set": {"short_ratio": 0.1}}, "short_ratio.*from 0.2 to 1"),
        ({"set": {"short_ratio": 1.2}}, "short_ratio.*from 0.2 to 1"),
        ({"set": {"short_ratio": "half"}}, "'half' is not a number"),
        ({"set": {"adoption": 0}}, "adoption.*above 0"),
        ({"lasts": "0"}, "'0' is no number of days"),
        ({"lasts": "soon"}, "'soon' is no number of days"),
        ({"world": "libday-2023"}, "has no path of quarters"),
        ({"scenario": "geneva"}, "are given beside 'scenario'"),
        ({"lapse": "1.5"}, "lapse: '1.5' is no chance; give a number from 0 to 1"),
        ({"lapse": "-0.1"}, "'-0.1' is no chance"),
        ({"lapse": "nan"}, "'nan' is no chance"),
        ({"lapse": "record", "tariffs": [{"importer": "MEX", "exporter": "CHN", "added": 0.3}]}, "no deal with the"),
        ({"lapse": "0.5", "tariffs": [{**ROWS[0], "from": "2025-05-01"}]}, "the tariffs are dated; leave it out"),
        ({"tariffs": [{**ROWS[0], "from": "2025-05-01", "until": "2025-04-01"}]}, "before it begins"),
        ({"tariffs": [{**ROWS[0], "from": "2025-02-01", "until": "2025-06-01"}, {**ROWS[0], "from": "2025-05-01"}]},
         "on 2025-05-01.*given twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused_in_a_sentence(given, said):
    asked = {"tariffs": ROWS, "world": "icio-2022-small", **given}
    with pytest.raises(InputError, match=said) as refused:
        dt.economy_path(**asked)
    assert "\n" not in str(refused.value)


def test_dated_rows_are_one_path():
    rows = [{**ROWS[0], "from": "2025-04-01", "until": "2025-06-30"}, {**ROWS[0], "added": 0.1, "from": "2025-07-01"}]
    answer = dt.economy_path(tariffs=rows, world="icio-2022-small", country="US", quarters=4)
    assert answer["length"].tolist() == ["as dated"]
    trade = answer.table("path_trade")
    assert trade["from"].tolist()[:2] == ["2025-04-01", "2025-07-01"]
    income = answer.table("path")["real_income"]
    assert income[0] != income[1]
    once = dt.economy_path(tariffs=rows, world="icio-2022-small", country="US", quarters=4)
    for name in ("path_lengths", "path", "path_trade", "path_certificate"):
        first, second = answer.table(name), once.table(name)
        assert all(first[c.name].tobytes() == second[c.name].tobytes() for c in first.columns), name


def test_a_deal_is_worth_more_the_longer_it_lasts():
    answer = dt.economy_path("geneva", world="icio-2022-small", country="US", rates="statutory")
    assert answer["length"].tolist() == ["90 days", "365 days", "permanent"]
    short, middle, ever = answer["present_usd"]
    assert 0 < short < middle < ever
    assert answer["fourth_year"][0] < answer["fourth_year"][1] < answer["fourth_year"][2]
    assert all(name in answer.headline for name in ("United States", "13 May 2025", "90 days", "permanent"))


@pytest.mark.parametrize(("lapse", "like"), [("0", "permanent"), ("1", "90 days"), ("100%", "90 days")])
def test_a_truce_that_never_or_surely_lapses_is_the_path_of_that_length(lapse, like):
    answer = dt.economy_path(tariffs=ROWS, world="icio-2022-small", country="US,CN", quarters=3, lapse=lapse)
    for table in (answer.table("path_lengths"), answer.table("path")):
        rows = list(table.rows())
        expected = [list(row.values())[1:] for row in rows if row["length"] == "expected"]
        assert expected == [list(row.values())[1:] for row in rows if row["length"] == like]
        assert expected


def test_what_is_expected_weighs_lengths_by_their_chance_and_the_record_has_one():
    asked = {"world": "icio-2022-small", "country": "US", "rates": "statutory"}
    for lapse, chances in (("0.5", [0.5, 0.25, 0.25]), ("record", None)):
        answer = dt.economy_path("geneva", lapse=lapse, **asked)
        branches = list(answer.table("path_branches").rows())
        own = [row["chance"] for row in branches]
        assert sum(own) == pytest.approx(1.0, abs=1e-9)
        assert chances is None or own == pytest.approx(chances)
        *worth, expected = answer["present_usd"]
        assert expected == pytest.approx(sum(np.multiply(own, worth)), rel=1e-6)
        assert min(worth) < expected < max(worth)
    assert own[0] == pytest.approx(0.5, abs=0.1)  # as the brief of Geneva says of 90 days


def test_first_quarters_of_2025_come_nearer_than_the_static_model():
    """US imports from China on the year before, beside the months on record: 7, -37 and -40 per cent."""
    from detente.lab.deal.dated import on_record

    world = load_economy("icio-2022")
    usa, chn = world.country("USA"), world.country("CHN")
    edges, owed = quarter_days(date(2025, 1, 1), 3), paid(world)
    spells = [(day, owed.of(tariff)) for day, tariff in on_record(world, edges[0], edges[-1])]
    laid, first = by_quarter(spells, edges, owed.late), spells[0][1]
    came = np.array([0.07, -0.37, -0.40])
    start = solve(world, Shock(first)).levels["trade"][usa, chn].sum()
    static = np.array([solve(world, Shock(tariff)).levels["trade"][usa, chn].sum() / start - 1 for tariff in laid])
    ours = path(world, laid).trade[:, usa, chn] / path(world, [first] * 3).trade[:, usa, chn] - 1
    assert np.abs(ours - came).mean() < np.abs(static - came).mean()
    assert abs(ours[1] + 0.37) < 0.1
