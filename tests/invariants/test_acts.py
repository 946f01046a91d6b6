"""Acts as data: what stands on a day is what a search by hand of the rows gives, and the lawbook agrees."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import yaml

import detente as dt
from detente.data.actfile import acts
from detente.data.importers import importer
from detente.data.library import package_folder
from detente.law import Status

DAYS = ("2018-01-01", "2019-01-01", "2020-01-01", "2022-07-01", "2023-08-01", "2024-12-03", "2025-02-04", "2025-06-01",
        "2025-12-01", "2026-03-10", "2026-06-30", "2026-12-01")  # fmt: skip
CODES = ("850511", "811292", "284180", "280429", "260500", "280700")


def by_hand(code: str, on: date) -> dict[str, str]:
    """Acts on a code as they stand, read off the rows of the file without the program."""
    found = {}
    for row in yaml.safe_load((package_folder() / "acts.yaml").read_text(encoding="utf-8"))["acts"]:
        first, last = row.get("from"), row.get("until", date.max)
        if code not in row.get("hs", []) or row["announced"] > on:
            continue
        spans = row.get("suspended", [])
        if first is None:
            found[row["id"]] = "announced"
        elif on > last:
            found[row["id"]] = "ended"
        elif on < first:
            found[row["id"]] = "not yet"
        elif "open" in row and on >= row["open"]["day"]:
            found[row["id"]] = "open"
        elif any(span["from"] <= on <= span.get("until", date.max) for span in spans):
            found[row["id"]] = "suspended"
        else:
            found[row["id"]] = "in force"
    return found


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("day", DAYS)
def test_a_search_by_hand_finds_the_same(code: str, day: str) -> None:
    on = date.fromisoformat(day)
    table = dt.chain_acts(on, line=code).tables["details"]
    assert dict(zip(table["act"].tolist(), table["stands"].tolist(), strict=True)) == by_hand(code, on)


def test_the_record_has_magnets_gallium_tungsten_and_helium() -> None:
    assert by_hand("850511", date(2025, 6, 1)).keys() >= {"chn_2025_04_rare_earths"}
    assert by_hand("811292", date(2024, 12, 3)).keys() == {"chn_2023_08_gallium_germanium", "chn_2024_12_ban_usa"}
    assert by_hand("284180", date(2025, 2, 4))["chn_2025_02_tungsten_others"] == "in force"
    assert by_hand("280429", date(2026, 3, 10))["hormuz_2026_02"] == "in force"


@pytest.mark.parametrize("act", [act for act in acts().acts if act.law], ids=lambda act: act.id)
def test_the_lawbook_of_china_agrees_on_every_day(act) -> None:
    """An act is in force by the lawbook on the days on which it is by the table, day by day around each edge."""
    measures = [m for m in importer("CHN").law.measures if m.id in act.law]
    assert {m.id for m in measures} == set(act.law)
    spans = [(span.start, span.until) for span in act.suspended]
    edges = [act.start, act.until, *(day for span in spans for day in span), act.open.day if act.open else None]
    for edge in filter(None, edges):
        for shift in (-1, 0, 1):
            on = edge + timedelta(days=shift)
            held = [m for m in measures if m.status is not Status.ANNOUNCED and m.start <= on <= m.end]
            stands = act.stands(on)
            assert stands == "open" or bool(held) == (stands == "in force"), (on, stands)


@pytest.mark.parametrize("act", [act for act in acts().acts if act.open], ids=lambda act: act.id)
def test_an_open_act_is_shown_in_each_branch_and_not_a_day_before(act) -> None:
    before = act.open.day - timedelta(days=1)
    assert act.stands(before) != "open"
    assert act.stands(act.open.day) == "open"
    ways = [act.stands(act.open.day, branch) for branch in act.open.branches]
    assert "in force" in ways
    assert len(ways) == len(set(ways)) == 2
    rows = list(dt.chain_acts(act.open.day).tables["branches"].rows())
    assert {(r["branch"], r["stands"]) for r in rows if r["title"] == act.title} == set(
        zip(act.open.branches, ways, strict=True)
    )
    assert act.title not in {r["title"] for r in dt.chain_acts(before).tables.get("branches", ())}


def test_an_act_is_not_told_before_it_is_announced() -> None:
    for act in acts().acts:
        if act.announced > date(2018, 1, 1):
            early = dt.chain_acts(act.announced - timedelta(days=1)).tables["details"]
            assert act.id not in early["act"].tolist()
