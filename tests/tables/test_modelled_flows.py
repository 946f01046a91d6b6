"""Modelled imports: what they add up to, and how far off they are where the trade is known."""

from time import process_time

import numpy as np
import polars as pl
import pytest

from detente.data.importer_flows import by_subheading, country_flows, mixes, modelled_flows
from detente.data.importers import importer
from detente.data.library import find
from detente.data.tables import countries

SCHEDULES = ("eu27", "jpn", "gbr", "bra", "bgd")


def mfn(name: str) -> np.ndarray:
    """Mean duty of today by subheading, of the lines whose duty is a share of the value; shape (six,)."""
    shares = pl.col("kind").is_in(["free", "ad_valorem"]) & (pl.col("until") == "")
    table = pl.read_parquet(find(f"{name}_schedule").path).filter(shares)
    table = table.group_by(pl.col("code").str.slice(0, 6).alias("hs6")).agg(pl.col("general").mean())
    six = mixes().six
    rate, row = np.full(len(six), np.nan), six.positions(table["hs6"].to_numpy().astype("<U6"))
    rate[row[row >= 0]] = table["general"].to_numpy()[row >= 0]
    return rate


def average(value: np.ndarray, rate: np.ndarray) -> float:
    counted = ~np.isnan(rate)
    return 100.0 * float(value[counted] @ rate[counted] / value[counted].sum())


def spread(mix: np.ndarray, sales: np.ndarray) -> np.ndarray:
    """Sales of each sector divided among its subheadings as in a mix, equally where the mix has none."""
    known, sectors = mixes(), len(country_flows().sectors)
    share, equal = (known.shares(column[:, None], sectors)[:, 0] for column in (mix, np.ones(mix.size)))
    flow = np.bincount(known.sector, sales, minlength=sectors)
    return np.where(np.isnan(share), equal, share) * flow[known.sector]


def test_left_out_one_by_one_the_average_is_off_by_what_the_notes_say():
    """The duty on US goods in five countries, each by the mix of the other four, under five schedules."""
    known = mixes()
    off, equal, simple = [], [], []
    for name in SCHEDULES:
        rate = mfn(name)
        for code, sales in known.from_america.items():
            true = average(spread(sales, sales), rate)
            others = sum(other for partner, other in known.from_america.items() if partner != code)
            off.append((abs(average(spread(others, sales), rate) - true), true))
            equal.append(abs(average(spread(np.ones(sales.size), sales), rate) - true))
            simple.append(abs(100.0 * np.nanmean(rate) - true))
    assert np.mean([error for error, _ in off]) == pytest.approx(0.58, abs=0.005)
    assert np.mean([error / true for error, true in off]) == pytest.approx(0.235, abs=0.02)
    assert (np.mean(equal), np.mean(simple)) == (pytest.approx(1.67, abs=0.02), pytest.approx(3.9, abs=0.05))


def test_goods_of_exporters_without_a_mix_are_nearer_to_the_mix_of_all_than_to_equal_shares():
    known, rate = mixes(), mfn("eu27")
    pooled = known.to_america.sum(axis=1)
    near, equal = [], []
    for sales in known.to_america.T:
        true = average(spread(sales, sales), rate)
        near.append(abs(average(spread(pooled - sales, sales), rate) - true))
        equal.append(abs(average(spread(np.ones(sales.size), sales), rate) - true))
    assert np.mean(near) < 0.75 * np.mean(equal)


@pytest.mark.parametrize("code", ["JPN", "EU27", "CAN"])
def test_imports_by_subheading_add_up_to_the_flows_of_the_world_table(code):
    known = countries()
    members = sorted(known.expand(code)) if code in known.groups else [code]
    partners = tuple(p for p in country_flows().countries if p not in members and p != "ROW")
    imports = by_subheading(code, members, partners)
    rows, columns = ([country_flows().countries.index(name) for name in names] for names in (members, partners))
    flows = country_flows().flows[rows][:, columns].sum(axis=(0, 2))
    assert imports.sum(axis=0) == pytest.approx(flows)
    assert (imports >= 0).all()


def test_us_goods_of_an_importer_whose_own_trade_is_known_have_its_mix():
    own, pooled = mixes().from_america["VNM"], sum(mixes().from_america.values())
    apples, nuts = mixes().six.positions(["080810", "080212"])
    vietnam, canada = (by_subheading(code, [code], ("USA",))[:, 0] for code in ("VNM", "CAN"))
    assert vietnam[apples] / vietnam[nuts] == pytest.approx(own[apples] / own[nuts])
    assert canada[apples] / canada[nuts] == pytest.approx(pooled[apples] / pooled[nuts])


def test_modelled_flows_of_china():
    """Every pair is estimated, tiny ones are left out, all lines are of the day, and it takes no time."""
    where = importer("CHN")
    modelled_flows(where)
    start = process_time()
    flows = modelled_flows(where)
    assert process_time() - start < 2.0
    assert flows.estimated.all()
    assert flows.partners == tuple(p for p in country_flows().countries if p not in ("CHN", "ROW"))
    assert flows.value.size < 300_000
    assert 1.7e12 < flows.total < 2.1e12
    until = where.table["until"][flows.line_at]
    assert ((until == "") | (until >= "2024-07-01")).all()
    assert "0.58 points" in flows.notes[1]
