"""Schedules of importers that are folders of law: whole, apart, readable, with the means that their sources have."""

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from detente.codes import Axis, InputError
from detente.data.containers import read_csv
from detente.data.importerfile import lawbooks
from detente.data.importers import check_overrides, importer
from detente.data.lawbook import price_of, read_lawbook, read_layer, read_record
from detente.data.lawrows import PeriodRow
from detente.data.library import find, package_folder
from detente.data.tables import countries
from detente.data.yamlfile import read_yaml
from detente.lab.statute.book import cases
from detente.law import PartnerColumn, Shares, build_space, schedule_on
from detente.law.duty import flat_duty, parse_duty, with_flat_duty, with_minimum_prices
from detente.law.law import check_record
from detente.law.measure import PREFERENCE, MeasureKind, Status, prefix_shares

LAWBOOKS = Path(__file__).resolve().parents[2] / "src" / "detente" / "data" / "lawbooks"
AT_LINES = ("jpn", "eu27", "gbr", "bra", "aus", "bgd")
AT_HEADINGS = ("can", "che", "ind", "mex", "tur", "vnm")
KINDS = {"free", "ad_valorem", "specific", "compound", "mixed", "other"}


@lru_cache
def schedule(name: str) -> pl.DataFrame:
    return pl.read_parquet(LAWBOOKS / name / "schedule.parquet")


def card(name: str) -> dict:
    return yaml.safe_load((LAWBOOKS / name / "importer.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", AT_LINES)
def test_lines_hold_goods_once_and_texts_and_kinds_say_the_same(name):
    rows = schedule(name).select("code", "from", "until").rows()
    assert rows == sorted(set(rows))
    assert not [
        one
        for one, other in pairwise(rows)
        if other[0].startswith(one[0]) and not ((one[2] and one[2] < other[1]) or (other[2] and other[2] < one[1]))
    ]
    assert {len(code) for code, _, _ in rows} == {card(name)["nomenclature"]["digits"]}
    # Every text but those of kind other reads as a duty of its kind, with the share owed at least.
    money = {card(name)["currency"]["code"]: card(name)["currency"]["per_usd"]}
    rows = schedule(name).select("kind", "text", "general").unique().rows()
    assert {kind for kind, _, _ in rows} <= KINDS
    for kind, text, general in rows:
        duty = parse_duty(text, money)
        assert kind == "other" or (duty.kind, round(duty.minimum, 8)) == (kind, general), text
        if kind in ("specific", "compound", "mixed"):
            owed = duty.of(1000.0, dict.fromkeys(duty.measures, 100.0))
            assert owed > 0 or text.startswith("0 EUR/"), text  # cereals, whose duty was nothing in January 2021


@pytest.mark.parametrize("name", [name for name in AT_LINES if name != "bgd"])
def test_preferences_and_programmes_name_the_same_symbols(name):
    table = find(f"{name}_preferences").path
    rows = pl.read_parquet(table)
    programmes = importer(name.upper()).programmes.by_symbol
    assert set(rows["programme"]) == {symbol for symbol, programme in programmes.items() if not programme.free}
    assert rows.filter(pl.col("rate").is_null() & (pl.col("text") == "")).is_empty()
    assert rows["rate"].drop_nulls().is_between(0.0, 1.0).all()


def test_each_supplementary_duty_of_bangladesh_is_a_file():
    rates = pl.read_csv(LAWBOOKS / "bgd" / "supplementary_duty" / "lines.csv")["percent"]
    assert len([*(LAWBOOKS / "bgd" / "supplementary_duty").glob("at_*.yaml")]) == rates.n_unique()


@pytest.mark.parametrize("name", AT_HEADINGS)
def test_rates_known_by_heading_are_shares_with_a_source(name):
    table = pl.read_csv(LAWBOOKS / name / "known.csv", infer_schema=False, null_values=[])
    assert table.columns == ["prefix", "rate", "text", "from", "until", "source", "confidence"]
    assert card(name)["level"] == "sector"
    for prefix, rate, text, _, _, source, confidence in table.rows():
        assert len(prefix) in (2, 4, 6)
        assert not text or parse_duty(text).minimum == pytest.approx(float(rate)), prefix
        assert source
        assert confidence in "ABCD"


def test_every_other_country_of_the_world_table_is_at_sectors():
    union = countries().expand("EU27")
    with np.load(LAWBOOKS.parent / "worlds" / "icio-2022.npz") as content:
        own = [code for code in content["countries"].tolist() if code not in union and code != "ROW"]
    cards = {code: card(code.lower()) for code in own if code not in ("USA", "CHN")}
    assert {code for code, content in cards.items() if content["importer"] != code} == set()
    assert sum(content["level"] == "sector" for content in cards.values()) == 46
    assert {c for c, content in cards.items() if content["level"] == "line"} == {"JPN", "GBR", "BRA", "AUS", "BGD"}


BOOKS = package_folder() / "lawbooks"
OTHERS = sorted(path.parent.name for path in BOOKS.glob("*/stacking.yaml") if path.parent.name not in ("usa", "chn"))


def law_of(name):
    law = read_lawbook(BOOKS / name, name.upper())
    return replace(law, record=read_record(BOOKS / name))


def answer(law, case):
    """Ladder of a case on its line alone, with the base duty that the case says."""
    if "value" in case:
        amount, unit = str(case.get("quantity", "1 each")).split()
        amounts = {"kg": 1e3 * float(amount)} if unit == "t" else {"each": 1.0}
        value = case["value"]
        small = flat_duty(law, [case["line"]], case["partner"], case["on"], value, case.get("set") or {})
        law = with_flat_duty(law, *small, value, 1.0) if small else with_minimum_prices(law, value, amounts)
    lines = Axis.of("line", [case["line"]])
    given = check_overrides(law, case.get("set") or {})
    shares = {}
    for aspect in law.aspects.values():
        if aspect.id != PREFERENCE:
            default = prefix_shares(lines, aspect.line, aspect.line_by_prefix)
            shares[aspect.id] = np.full((1, 1), given[aspect.id]) if aspect.id in given else default[None, :]
    column = PartnerColumn(case["partner"], bool(case.get("claim")), "base")
    space = build_space(law, lines, [column], Shares(lines, shares), {"base": np.array([case["base"]])})
    return schedule_on(space, case["on"], record=True).ladder(0, 0)


@pytest.mark.parametrize("name", OTHERS)
def test_measures_give_what_the_cases_say_and_every_duty_in_force_has_one(name):
    law = law_of(name)
    check_record(law)
    written = read_yaml(BOOKS / name / "cases.yaml")
    assert len({case["id"] for case in written}) == len(written)
    for case in written:
        ladder = answer(law, case)
        owed = {authority: points for authority, points in ladder.by_authority().items() if points}
        assert owed == pytest.approx(case["authorities"]), (name, case["id"])
        assert ladder.total == pytest.approx(case["total"]), (name, case["id"])
    named = {
        law.by_id[term.measure].source
        for case in read_yaml(BOOKS / name / "cases.yaml")
        for term in answer(law, case).terms
        if term.points
    }
    # A file that has one duty for each rate of its list is one act.
    duties = {m.source for m in law.measures if m.kind is MeasureKind.DUTY and m.status is Status.IN_FORCE}
    assert duties <= named


HELD = [code for code, folder in lawbooks().items() if code not in ("USA", "CHN") and (folder / "cases.yaml").exists()]


@pytest.mark.parametrize("name", HELD)
def test_cases_hold_on_the_base_duties_at_hand(name):
    for case in cases(name):
        duty = case.answer(name)
        assert duty.total == pytest.approx(case.total), (name, case.id)
        assert duty.main.base == pytest.approx(case.base), (name, case.id)


def amount(keys, kind, *rates):
    return price_of(PeriodRow.model_validate({"from": "2026-01-01", **keys}), kind, "here", *rates)


def test_a_least_duty_stands_beside_a_rate():
    price = amount({"rate": "25%", "least": "6000 USD/each"}, MeasureKind.DUTY)
    assert price is not None
    assert price.duty(10000.0, 2.0) == 12000.0
    for keys, kind in (
        ({"least": "6000 USD/each"}, MeasureKind.DUTY),
        ({"rate": "25%", "least": "6000 EUR/each"}, MeasureKind.DUTY),
        ({"rate": "25%", "least": "6000 USD/each"}, MeasureKind.EXEMPTION),
    ):
        with pytest.raises(InputError, match="least amount of a duty"):
            amount(keys, kind)


def test_the_list_of_canada_has_the_items_that_the_orders_count():
    """P.C. 2026-0785 has 21, 172 and 142 items, P.C. 2026-0786 2 and 27 of aluminium, 21 and 244 of steel."""
    items = Counter()
    chapters = Counter()
    for row in read_csv(BOOKS / "can/surtax_usa/surtax_2026.csv", "list", ("code", "of", "rate", "items")):
        own = row["items"].split(";")
        assert all(item.startswith(row["code"]) and len(item) == 8 for item in own)
        items[row["of"], row["rate"]] += len(own)
        chapters[row["code"][:2]] += len(own) * (row["of"] != "other")
    orders = {("other", "15"): 21, ("other", "25"): 172, ("other", "50"): 142}
    metals = {("aluminum", "25"): 2, ("aluminum", "50"): 27, ("steel", "25"): 21, ("steel", "50"): 244}
    assert (items, sum(items.values())) == (orders | metals, 629)
    assert {chapter: n for chapter, n in chapters.items() if n} == {"72": 134, "73": 131, "76": 29}


def test_amounts_may_be_in_the_money_of_the_importer_by_any_unit():
    rates = {"USD": 1.0, "EUR": 0.924}
    price = amount({"minimum": "40 EUR/t", "whole": True}, MeasureKind.MINIMUM, rates)
    assert (price.unit, price.price) == ("kg", pytest.approx(40 / 0.924 / 1000))
    assert price.duty(4000.0, 10_000.0) == pytest.approx(400 / 0.924)
    flat = amount({"flat": "3 EUR/each"}, MeasureKind.REGIME, rates)
    assert flat is not None
    assert flat.duty(100.0, 2.0) == pytest.approx(6 / 0.924)
    with pytest.raises(InputError, match="has no minimum price"):
        amount({"minimum": "40 GBP/t"}, MeasureKind.MINIMUM, rates)
    with pytest.raises(InputError, match="regime for small parcels"):
        amount({"flat": "3 EUR/each"}, MeasureKind.DUTY, rates)


EACH = """
id: steps
title: Steps
authority: a
each: points
goods:
  - {list: rates.csv}
periods:
  - {rate: each, from: 2026-01-01}
"""


def test_a_list_with_a_rate_by_line_becomes_a_duty_for_each_rate(tmp_path):
    (tmp_path / "rates.csv").write_text("code,points\n010121,5\n010129,7.5\n0102,5\n")
    (tmp_path / "steps.yaml").write_text(EACH)
    law = read_layer(tmp_path, "USA")
    assert {m.id: (m.title, m.periods[0].rate.value, m.goods[0].prefixes) for m in law.measures} == {
        "steps_5": ("Steps: 5 per cent", 0.05, ("010121", "0102")),
        "steps_7_5": ("Steps: 7.5 per cent", 0.075, ("010129",)),
    }
    (tmp_path / "steps.yaml").write_text(EACH.replace("{list: rates.csv}", 'codes: ["0101"]'))
    with pytest.raises(InputError, match="'each' needs one block of goods with a list"):
        read_layer(tmp_path, "USA")
    (tmp_path / "steps.yaml").write_text(EACH.replace("each: points", "each: rate"))
    with pytest.raises(InputError, match="has no column 'rate'"):
        read_layer(tmp_path, "USA")
