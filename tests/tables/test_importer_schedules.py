"""Schedules of importers that are folders of law: whole, apart, readable, with the means that their sources have."""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
import yaml

from detente.data.library import find
from detente.data.programmes import read_programmes
from detente.data.tables import countries
from detente.law.duty_text import parse_duty

LAWBOOKS = Path(__file__).resolve().parents[2] / "src" / "detente" / "data" / "lawbooks"
AT_LINES = ("jpn", "eu27", "gbr")
KINDS = {"free", "ad_valorem", "specific", "compound", "mixed", "other"}


@lru_cache
def schedule(name: str) -> pl.DataFrame:
    return pl.read_parquet(LAWBOOKS / name / "schedule.parquet")


def card(name: str) -> dict:
    return yaml.safe_load((LAWBOOKS / name / "importer.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "lines", "ad_valorem", "mean", "mean_hs6"),
    [("jpn", 9_646, 8_950, 4.62, 3.05), ("eu27", 11_793, 10_482, 4.89, 4.35), ("gbr", 11_793, 10_668, 3.88, 3.20)],
)
def test_means_are_those_of_the_sources(name, lines, ad_valorem, mean, mean_hs6):
    """In per cent, of the duties that are a share of the value, over lines and over subheadings."""
    assert schedule(name).height == lines
    shares = schedule(name).filter(pl.col("kind").is_in(["free", "ad_valorem"]))
    by_six = shares.group_by(pl.col("code").str.slice(0, 6)).agg(pl.col("general").mean())
    assert shares.height == ad_valorem
    assert shares["general"].mean() * 100 == pytest.approx(mean, abs=0.01)
    assert by_six["general"].mean() * 100 == pytest.approx(mean_hs6, abs=0.01)


@pytest.mark.parametrize("name", AT_LINES)
def test_lines_hold_goods_once(name):
    codes = schedule(name)["code"].to_list()
    assert codes == sorted(set(codes))
    assert not [one for one, other in pairwise(codes) if other.startswith(one)]
    assert {len(code) for code in codes} == {card(name)["nomenclature"]["digits"]}


@pytest.mark.parametrize("name", AT_LINES)
def test_texts_and_kinds_say_the_same(name):
    """Every text but those of kind other reads as a duty of its kind, with the share owed at least."""
    money = {card(name)["currency"]["code"]: card(name)["currency"]["per_usd"]}
    rows = schedule(name).select("kind", "text", "general").unique().rows()
    assert {kind for kind, _, _ in rows} <= KINDS
    for kind, text, general in rows:
        duty = parse_duty(text, money)
        assert kind == "other" or (duty.kind, round(duty.minimum, 8)) == (kind, general), text
        if kind in ("specific", "compound", "mixed"):
            owed = duty.of(1000.0, dict.fromkeys(duty.measures, 100.0))
            assert owed > 0 or text.startswith("0 EUR/"), text  # cereals, whose duty was nothing in January 2021


@pytest.mark.parametrize("name", AT_LINES)
def test_preferences_and_programmes_name_the_same_symbols(name):
    table = find(f"{name}_preferences").path
    rows = pl.read_parquet(table)
    assert set(rows["programme"]) == set(read_programmes(name, countries()).by_symbol)
    assert rows.filter(pl.col("rate").is_null() & (pl.col("text") == "")).is_empty()
    assert rows["rate"].drop_nulls().is_between(0.0, 1.0).all()


@pytest.mark.parametrize("name", AT_LINES)
def test_texts_are_in_plain_letters(name):
    for text in schedule(name)["text"].unique():
        assert not re.search(r"[\u3040-\u30ff\u3400-\u9fff]", text), text


def test_a_gate_price_and_a_season_are_kept_as_text():
    japan, union = schedule("jpn"), schedule("eu27")
    pork = japan.row(by_predicate=pl.col("code") == "020312024", named=True)
    assert pork["kind"] == "other"
    assert "import price" in pork["text"]
    tomatoes = union.row(by_predicate=pl.col("code") == "0702000000", named=True)
    assert (tomatoes["kind"], tomatoes["text"]) == ("other", "Entry Price")


def test_rates_of_japan_under_its_agreements():
    table = pl.read_parquet(find("jpn_preferences").path)
    rates = {(code, programme): rate for code, programme, rate in table.select("code", "programme", "rate").rows()}
    assert rates["020230010", "USA"] == pytest.approx(0.208)
    assert rates["610910010", "RCEP_CHN"] == pytest.approx(0.068)
    assert ("020230010", "EU") in rates
    assert ("020230010", "RCEP_CHN") not in rates
