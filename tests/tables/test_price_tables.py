"""Tables of prices reconcile with one another, with the US network of the supply chains, and with published totals."""

from pathlib import Path

import polars as pl
import pytest

TABLES = Path(__file__).resolve().parents[2] / "src" / "detente" / "data" / "tables"
LEVELS = ("detail", "summary")


def table(name, level=None):
    found = pl.read_parquet(TABLES / f"{name}.parquet")
    return found if level is None else found.filter(pl.col("level") == level)


@pytest.mark.parametrize("level", LEVELS)
def test_imported_use_has_the_sums_and_every_commodity_is_made(level):
    cells = table("price_imported_use", level)
    for key, name, column in (
        ("commodity", "price_commodities", "import_inputs"),
        ("industry", "price_industries", "imported_inputs"),
    ):
        sums = cells.group_by(key).agg(pl.col("value").sum())
        held = dict(sums.iter_rows())
        known = table(name, level)[column].to_list()
        assert [held.get(i, 0) for i in range(len(known))] == known
    total = table("price_requirements", level).group_by("commodity").agg(pl.col("value").cast(pl.Int64).sum())
    made = set(total.filter(pl.col("value") > 9_900_000)["commodity"])
    codes = table("price_commodities", level)["code"].to_list()
    missing = {code for i, code in enumerate(codes) if i not in made}
    assert missing <= {"S00300", "S00401", "S00402", "S00900", "Used", "Other"}


def test_consumption_is_that_of_the_bridge_at_purchasers_prices():
    """At detail, goods stand at producers' prices in both; trade and transport take the margins."""
    goods = table("price_commodities", "detail")
    made = table("price_bridge", "detail").group_by("commodity").agg(pl.col("producers").sum())
    joined = goods.join(made, left_on="code", right_on="commodity", how="left").fill_null(0)
    off = joined.filter((pl.col("consumption") - pl.col("producers")).abs() > 5)
    assert set(off["code"].str.slice(0, 2)) <= {"42", "44", "45", "4B", "48", "49", "S0"}
    margins = table("price_bridge", "detail").select((pl.col("purchasers") - pl.col("producers")).sum()).item()
    assert (off["consumption"] - off["producers"]).sum() == pytest.approx(margins, rel=1e-3)
    goods = table("price_commodities", "summary")
    bought = table("price_bridge", "summary").group_by("commodity").agg(pl.col("purchasers").sum())
    joined = goods.join(bought, left_on="code", right_on="commodity", how="left").fill_null(0)
    assert joined.filter((pl.col("consumption") - pl.col("purchasers")).abs() > 5).height == 0


def test_the_network_of_the_chains_has_the_same_imports():
    """Cleaned for the chains: chips and parts booked with drug wholesalers are gone there, and only they."""
    place = table("io_usa_industries")["code"].to_list()
    goods, makers = (table(f"price_{name}", "detail")["code"].to_list() for name in ("commodities", "industries"))
    chains = {
        (place[row["commodity"]], place[row["industry"]]): row["imported"]
        for row in table("io_usa_use").iter_rows(named=True)
        if row["imported"]
    }
    prices = {
        (goods[row["commodity"]], makers[row["industry"]]): row["value"]
        for row in table("price_imported_use", "detail").iter_rows(named=True)
    }
    inside = {key: value for key, value in prices.items() if key[0] in place and key[1] in place}
    differs = {key for key in inside if inside[key] != chains.get(key, 0)}
    assert set(chains) <= set(inside)
    assert {key[1] for key in differs} <= {"424200"}
