"""One meaning of a table of tariffs: goods unless a sector is named, groups, levels or points; the narrower wins."""

import numpy as np
import pytest

import detente as dt
from detente.data.tariff_tables import read_tariffs
from detente.economy import baseline_tariff, goods, shock_of, solve

SMALL = dt.load_economy("icio-2022-small")
LARGE = dt.load_economy("icio-2022")


def read(tmp_path, text, economy=SMALL):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_tariffs(path, economy.countries, economy.sectors)


def moved(economy, shock):
    """Cells (importer, exporter, sector) whose rate the shock changed, as codes."""
    cells = np.argwhere(shock.tariff != baseline_tariff(economy))
    return {(economy.countries[i], economy.countries[j], economy.sectors[k]) for i, j, k in cells}


def test_a_row_without_a_sector_speaks_of_goods_and_the_sign_is_that_of_goods():
    """On services too Canada would gain 0.149 per cent from its own tariff; on goods it loses 0.046."""
    shock = shock_of(LARGE, [("CAN", "USA", None, 0.25)])
    assert {sector for *_, sector in moved(LARGE, shock)} == set(goods(LARGE))
    found = solve(LARGE, shock)
    assert found.change("welfare", "CAN") == pytest.approx(-0.00046, abs=5e-6)
    assert "left out" in found.notes[0]
    assert "Services (aggregate)" in found.notes[0]


def test_a_named_sector_may_be_a_service_and_all_takes_both(tmp_path):
    named = read(tmp_path, "importer,exporter,sector,tariff\nCAN,USA,SVC,0.1\n")
    assert moved(SMALL, shock_of(SMALL, named)) == {("CAN", "USA", "SVC")}
    both = shock_of(SMALL, read(tmp_path, "importer,exporter,sector,tariff\nCAN,USA,all,0.11\n"))
    assert {sector for *_, sector in moved(SMALL, both)} == set(SMALL.sectors)
    assert "left out" not in both.notes[0]


def test_groups_stand_for_their_members_on_their_day(tmp_path):
    rows = read(tmp_path, "importer,exporter,added\nEU27@2012-12-31,USA,0.1\n", LARGE)
    importers = {i for i, *_ in moved(LARGE, shock_of(LARGE, rows))}
    assert "HRV" not in importers
    assert "DEU" in importers
    later = read(tmp_path, "importer,exporter,added\nEU27,USA,0.1\n", LARGE)
    assert {i for i, *_ in moved(LARGE, shock_of(LARGE, later))} == importers | {"HRV"}


def test_a_group_is_the_region_that_stands_for_it(tmp_path):
    rows = read(tmp_path, "importer,exporter,added\nUSA,EU27,0.1\nall,CHN,0.2\n")
    cells = moved(SMALL, shock_of(SMALL, rows))
    assert {j for i, j, _ in cells if i == "USA"} == {"EUN", "CHN"}
    assert {i for i, j, _ in cells if j == "CHN"} == set(SMALL.countries) - {"CHN"}


def test_points_are_added_and_the_narrower_row_wins(tmp_path):
    rows = read(tmp_path, "importer,exporter,sector,tariff,added\nUSA,CHN,ELE,30%,\nUSA,CHN,,,0.10\nUSA,all,,0.05,\n")
    tariff, old = shock_of(SMALL, rows).tariff, baseline_tariff(SMALL)
    usa, china, ele, met = (*map(SMALL.country, ("USA", "CHN")), *map(SMALL.sector, ("ELE", "MET")))
    assert tariff[usa, china, ele] == 0.3
    assert tariff[usa, china, met] == pytest.approx(old[usa, china, met] + 0.1)
    assert tariff[usa, SMALL.country("JPN"), met] == 0.05


def test_a_rate_above_200_per_cent_is_taken_when_written_so(tmp_path):
    rows = read(tmp_path, "importer,exporter,tariff\nUSA,CHN,245%\n")
    assert shock_of(SMALL, rows).tariff[SMALL.country("USA"), SMALL.country("CHN"), 0] == 2.45
