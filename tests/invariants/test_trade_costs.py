"""Trade costs that are no duties: one reader for file and scenario, laid on the world beside duties, named in words."""

from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.codes import InputError
from detente.data.tariff_tables import in_force, parse_costs, read_costs, read_tariffs
from detente.economy import Shock, baseline_tariff, goods, shock_of, solve
from detente.lab.averages.axes import WORLD
from detente.lab.key import key_of, own_files
from detente.lab.prepared import prepared
from detente.lab.run import run
from detente.lab.scenario import parse_scenario
from detente.lab.world.chosen import laid_on

ON = date(2026, 6, 1)
ROWS = (
    {"exporter": "EU27", "importer": "MERCOSUR", "change": "-5%", "from": "2026-05-01", "note": "checks"},
    {"exporter": "China", "importer": "USA", "sector": "electronics", "change": 0.4, "until": date(2026, 12, 31)},
)
FILES = {
    "costs.csv": "exporter,importer,sector,change,from,until,note\n"
    "EU27,MERCOSUR,,-5%,2026-05-01,,checks\nChina,USA,electronics,0.4,,2026-12-31,\n",
    "costs.yaml": "- {exporter: EU27, importer: MERCOSUR, change: -5%, from: 2026-05-01, note: checks}\n"
    "- {exporter: China, importer: USA, sector: electronics, cost: 1.4, until: 2026-12-31}\n",
}


def scenario(**keys):
    quiet = {"report": {"prices": False, "talks": False, "daily": False, "draws": 0}, "record": {"history": False}}
    return parse_scenario({"on": "2026-06-01", "against": {"on": "2026-06-01"}, **quiet, **keys}, "test", "test")


@pytest.mark.parametrize("name", FILES)
def test_a_file_and_a_scenario_say_the_same(name, tmp_path):
    path = tmp_path / name
    path.write_text(FILES[name], encoding="utf-8")
    mine, given = read_costs(path), parse_costs(list(ROWS), "here")
    assert [(r.exporter, r.importer, r.sector, r.from_, r.until, r.note) for r in mine] == [
        (r.exporter, r.importer, r.sector, r.from_, r.until, r.note) for r in given
    ]
    assert [r.hat for r in mine] == pytest.approx([0.95, 1.4])
    assert [r.hat for r in given] == pytest.approx([0.95, 1.4])


def test_rows_count_on_their_days():
    rows = parse_costs(list(ROWS), "here")
    assert [row.exporter for row in in_force(rows, date(2026, 4, 30))] == ["China"]
    assert [row.exporter for row in in_force(rows, date(2027, 1, 1))] == ["EU27"]
    assert in_force(rows, None) == rows


@pytest.mark.parametrize("world", ["icio-2022", "icio-2022-small"])
def test_a_row_lies_on_its_cells_in_both_worlds(world):
    economy = dt.load_economy(world)
    hat = laid_on(economy, parse_costs(list(ROWS), "here"), ON).hat
    usa, china, brazil = map(economy.country, ("USA", "CHN", "BRA"))
    chips = economy.sector("C26" if world == WORLD else "ELE")
    union = economy.country("DEU" if world == WORLD else "EUN")
    assert (hat[usa, china, chips], hat[brazil, union, 0]) == (pytest.approx(1.4), pytest.approx(0.95))
    assert (hat[usa, china] != 1.0).sum() == 1
    assert (hat[brazil, union, -1], hat[union, brazil, 0]) == (1.0, 1.0)


def test_a_column_that_is_misspelt_and_a_file_that_is_not_there_are_named(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("exporter,importer,chnge\nEU27,BRA,1%\n", encoding="utf-8")
    with pytest.raises(InputError, match="unknown column 'chnge'; did you mean 'change'"):
        read_costs(path)
    with pytest.raises(InputError, match=r"none\.csv: there is no such file"):
        prepared(scenario(costs="none.csv"), folder=tmp_path)
    with pytest.raises(InputError, match="costs: should be rows"):
        prepared(scenario(costs=5))


@pytest.fixture(scope="module")
def ran():
    return run(scenario(title="EU and Mercosur", costs=list(ROWS), report={"prices": False, "talks": False,
                        "daily": False, "draws": 0}))  # fmt: skip


def test_a_run_solves_costs_with_its_duties_and_names_them(ran):
    from detente.faces.words.brief import brief

    incomes = {row["country"]: row["real_income"] for row in ran.table("incomes").rows()}
    assert incomes["BRA"] > 0.001
    assert incomes["USA"] < -0.0001
    costs = list(ran.table("costs").rows())
    assert [(row["before"], round(row["after"], 6)) for row in costs] == [(0.0, -0.05), (0.0, 0.4)]
    assert all(row["trade"] > 1e10 for row in costs)
    words = brief(ran)
    assert "Trade costs other than tariffs rise 40.0% for goods from China to the United States." in words.deal
    assert "They also change on one more route." in words.deal
    assert "Brazil" in words.does[0]


def test_the_run_is_the_solve_of_its_shock(ran):
    economy = dt.load_economy(WORLD)
    costs = laid_on(economy, parse_costs(list(ROWS), "here"), ON)
    from detente.lab.world.incidence import laws

    ready = prepared(scenario())
    shock = laws(ready.pairings, economy)[0].after
    alone = solve(economy, Shock(tariff=shock.tariff)).changes["welfare"]
    both = solve(economy, Shock(tariff=shock.tariff, cost_hat=costs.hat)).changes["welfare"]
    incomes = ran.table("incomes")["real_income"]
    np.testing.assert_allclose(incomes, (1.0 + both) / (1.0 + alone) - 1.0, atol=1e-9)


def test_costs_belong_to_the_key_and_their_file_to_the_files(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text(FILES["costs.csv"], encoding="utf-8")
    bare, filed = scenario(), scenario(costs="costs.csv")
    assert own_files(filed, tmp_path) == [path]
    first = key_of(filed, tmp_path, None, {})
    assert first != key_of(bare, tmp_path, None, {})
    path.write_text(FILES["costs.csv"].replace("-5%", "-6%"), encoding="utf-8")
    assert key_of(filed, tmp_path, None, {}) != first


def test_an_upload_names_no_file():
    from detente.faces.web.work.uploads import scenario_of

    with pytest.raises(InputError, match="costs: names a file of the server"):
        scenario_of({"on": "2026-06-01", "costs": "costs.csv"})


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


def test_sectors_and_groups_stand_for_their_members_and_regions(tmp_path):
    named = read(tmp_path, "importer,exporter,sector,tariff\nCAN,USA,SVC,0.1\n")
    assert moved(SMALL, shock_of(SMALL, named)) == {("CAN", "USA", "SVC")}
    both = shock_of(SMALL, read(tmp_path, "importer,exporter,sector,tariff\nCAN,USA,all,0.11\n"))
    assert {sector for *_, sector in moved(SMALL, both)} == set(SMALL.sectors)
    assert "left out" not in both.notes[0]
    rows = read(tmp_path, "importer,exporter,added\nEU27@2012-12-31,USA,0.1\n", LARGE)
    importers = {i for i, *_ in moved(LARGE, shock_of(LARGE, rows))}
    assert "HRV" not in importers
    assert "DEU" in importers
    later = read(tmp_path, "importer,exporter,added\nEU27,USA,0.1\n", LARGE)
    assert {i for i, *_ in moved(LARGE, shock_of(LARGE, later))} == importers | {"HRV"}
    rows = read(tmp_path, "importer,exporter,added\nUSA,EU27,0.1\nall,CHN,0.2\n")
    cells = moved(SMALL, shock_of(SMALL, rows))
    assert {j for i, j, _ in cells if i == "USA"} == {"EUN", "CHN"}
    assert {i for i, j, _ in cells if j == "CHN"} == set(SMALL.countries) - {"CHN"}


def test_points_are_added_the_narrower_row_wins_and_high_rates_are_written_so(tmp_path):
    rows = read(tmp_path, "importer,exporter,sector,tariff,added\nUSA,CHN,ELE,30%,\nUSA,CHN,,,0.10\nUSA,all,,0.05,\n")
    tariff, old = shock_of(SMALL, rows).tariff, baseline_tariff(SMALL)
    usa, china, ele, met = (*map(SMALL.country, ("USA", "CHN")), *map(SMALL.sector, ("ELE", "MET")))
    assert (tariff[usa, china, ele], tariff[usa, china, met]) == (0.3, pytest.approx(old[usa, china, met] + 0.1))
    assert tariff[usa, SMALL.country("JPN"), met] == 0.05
    rows = read(tmp_path, "importer,exporter,tariff\nUSA,CHN,245%\n")
    assert shock_of(SMALL, rows).tariff[SMALL.country("USA"), SMALL.country("CHN"), 0] == 2.45
