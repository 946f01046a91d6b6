"""The machine contract of `detente economy`: columns, certificate, published rows through the public commands."""

import csv
import inspect
import io
import json

import pytest
from starlette.testclient import TestClient

import detente as dt
from detente.data.small_world import REGION_NAMES
from detente.data.tables import countries
from detente.data.worlds import DEFAULT, VALIDATION, load_economy
from detente.faces.cli import economy, economy_effects
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

MODULES = (economy.__name__, economy_effects.__name__)
COLUMNS = [
    "country", "welfare", "deficit", "exports_to_gdp", "imports_to_gdp", "employment", "prices", "real_wage",
    "revenue_to_expenditure", "real_gdp",
]  # fmt: skip


@pytest.fixture(scope="module")
def announced(tmp_path_factory):
    """The rates announced on 2 April 2025, at least 10%, on every partner of the United States."""
    economy = load_economy("libday-2023")
    path = tmp_path_factory.mktemp("tariffs") / "t.csv"
    rows = zip(economy.countries, economy.arrays["announced"], strict=True)
    lines = [f"USA,{code},{max(0.10, rate)}" for code, rate in rows if code != "USA"]
    path.write_text("\n".join(["importer,exporter,tariff", *lines]) + "\n", encoding="utf-8")
    return path


TABLE_1 = {
    "tax-cut": (1.13, -18.1, -52.7, -43.6, 0.32, 12.8),
    "lump-sum": (-0.01, -18.4, -52.5, -43.3, -0.41, 13.1),
}
"""Welfare, deficit, exports and imports to GDP, employment and prices of the United States, per cent."""


@pytest.mark.parametrize(("rebate", "row"), TABLE_1.items(), ids=TABLE_1)
def test_published_rows_through_the_command(detente, announced, rebate, row):
    """Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), Table 1, the United States."""
    ran = detente(
        "economy", "solve", "--world", "libday-2023", "--tariffs", str(announced), "--rebate", rebate, "--format", "csv"
    )
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert list(rows[0]) == COLUMNS
    usa = next(r for r in rows if r["country"] == "USA")
    for name, wanted in zip(COLUMNS[1:7], row, strict=True):
        digits = 1 if abs(wanted) > 9 else 2
        assert round(100 * float(usa[name]), digits) == pytest.approx(wanted, abs=1e-9), name


def test_json_holds_the_certificate(detente, announced):
    named = ("--world", "libday-2023", "--tariffs", str(announced))
    ran = detente("economy", "solve", *named, "--set", "trade_elasticity=8", "--format", "json")
    content = json.loads(ran.out)
    assert content["certificate"]["converged"] is True
    assert content["certificate"]["residual"] < 1e-9
    assert abs(content["certificate"]["walras"]) < 1e-9
    assert len(content["countries"]) == 194


def test_a_solve_in_which_nothing_changes_asks_for_tariffs(detente):
    ran = detente("economy", "solve")
    assert ran.code == 2
    assert "give --tariffs FILE, a CSV with the columns importer,exporter,tariff" in ran.err


def test_rates_of_today_change_nothing_and_nothing_is_ordered_by_noise(detente, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("importer,exporter,added\nUSA,CHN,0\n", encoding="utf-8")
    ran = detente("economy", "solve", "--world", "icio-2022-small", "--tariffs", str(path), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {float(row[name]) for row in rows for name in COLUMNS[1:5]} == {0.0}
    assert "-0.0" not in ran.out
    text = detente("economy", "solve", "--world", "icio-2022-small", "--tariffs", str(path)).out
    names = {**countries().names, **REGION_NAMES}
    begins = [names[row["country"]][:20].rstrip() for row in rows]
    printed = [line[1:21].rstrip() for line in text.splitlines() if line[1:21].rstrip() in begins]
    assert printed[: len(rows)] == begins


def test_costs_and_productivity_come_from_tables(detente, tmp_path):
    costs, lift = tmp_path / "c.csv", tmp_path / "p.csv"
    costs.write_text("importer,exporter,cost\nUSA,CHN,1.2\n", encoding="utf-8")
    lift.write_text("country,productivity,sector\nUSA,1.02,\nCHN,0.9,ELE\n", encoding="utf-8")
    world = ("economy", "solve", "--world", "icio-2022-small", "--format", "json")
    dearer = json.loads(detente(*world, "--costs", str(costs)).out)
    welfare = {row["country"]: row["welfare"] for row in dearer["countries"]}
    assert welfare["USA"] < 0 > welfare["CHN"]
    assert any("trade costs of the table: 1 pair" in note for note in dearer["notes"])
    better = {
        row["country"]: row["welfare"]
        for row in json.loads(detente(*world, "--productivity", str(lift)).out)["countries"]
    }
    assert better["USA"] > 0.02
    assert better["CHN"] < 0
    costs.write_text("importer,exporter,cost\nUSA,CHN,-1\n", encoding="utf-8")
    assert "new over old" in detente(*world, "--costs", str(costs)).err


def test_the_text_of_a_solve_shows_its_certificate(detente, announced):
    ran = detente("economy", "solve", "--world", "libday-2023", "--tariffs", str(announced))
    assert "largest residual" in ran.out


def test_trade_of_a_world_is_balanced_into_a_file_that_solves(detente, tmp_path):
    out, rates = tmp_path / "level.npz", tmp_path / "t.csv"
    ran = detente("economy", "balance", "--world", "icio-2022-small", "--trade", "--out", str(out))
    assert ran.code == 0, ran.err
    level = load_economy(out)
    assert abs(level.arrays["flows"].sum(axis=(1, 2)) / level.arrays["flows"].sum(axis=(0, 2)) - 1).max() < 1e-8
    rates.write_text("importer,exporter,added\nUSA,CHN,0.1\n", encoding="utf-8")
    assert detente("economy", "solve", "--world", str(out), "--tariffs", str(rates)).code == 0
    assert ".npz" in detente("economy", "balance", "--out", str(tmp_path / "level.csv")).err


def test_the_optimum_beats_the_formula(detente):
    ran = detente("economy", "optimal", "--world", "libday-2023", "--over", "uniform", "--format", "json")
    content = json.loads(ran.out)
    assert content["welfare"] > 0.0179
    assert content["certificate"]["first_order"] < 1e-6
    assert content["certificate"]["solve"]["converged"] is True
    assert [(row["exporter"], row["sector"]) for row in content["rates"]] == [("all", "all")]


def test_every_face_has_one_default_world_and_one_best_tariff(detente):
    """The command, the interface, the page and Python name no world and give the same rate and gain."""
    client = TestClient(create_app(Settings()))
    told = client.get("/api/v1/world/optimal?country=USA").json()
    command = json.loads(detente("economy", "optimal", "--country", "USA", "--format", "json").out)
    assert command["rates"] == told["rates"]["rows"]
    assert command["welfare"] == told["welfare"]
    best = dt.world().optimal("US")
    assert best.world.equilibrium.economy.name == DEFAULT == "icio-2022"
    assert best.rates["rate"].tolist() == pytest.approx([row["rate"] for row in command["rates"]], rel=1e-11)
    page = client.get("/world?ask=optimal&first=USA").text
    assert f"is {100 * command['rates'][0]['rate']:.1f}%" in page


def test_every_command_and_function_that_names_no_world_takes_the_default():
    commands = [each for module in (economy, economy_effects) for each in vars(module).values()]
    own = [each for each in commands if inspect.isfunction(each) and each.__module__ in MODULES]
    defaults = [each.default for name in own for each in [inspect.signature(name).parameters.get("world")] if each]
    assert len(defaults) == 10
    assert set(defaults) == {DEFAULT}
    interface = create_app(Settings()).openapi()["paths"]
    given = {
        parameter["schema"].get("default")
        for path, operations in interface.items()
        for operation in operations.values()
        for parameter in operation.get("parameters", ())
        if parameter["name"] == "world" and path.startswith("/api/v1/world")
    }
    assert given == {DEFAULT}
    assert inspect.signature(dt.sweep_world).parameters["world"].default == DEFAULT


def test_worlds_that_repeat_published_results_are_listed_last():
    rows = list(dt.data_list("worlds").tables["worlds"])
    names = [row["world"] for row in rows]
    assert names[0] == DEFAULT
    assert names[-3:] == list(VALIDATION)
    assert [row["world"] for row in rows if "published results" in row["use"]] == list(VALIDATION)


def test_nobody_gains_alone_at_nash(detente):
    content = json.loads(detente("economy", "nash", "--players", "USA,CHN", "--format", "json").out)
    assert content["certificate"]["gain"] < 1e-8
    assert all(0 < content["rates"][code][0] < 1 for code in ("USA", "CHN"))


BAD = [
    ("USA,Chna,0.1", "China"),
    ("USA,CHN,-1.5", "above -1"),
    ("USA,CHN,many", "many"),
    ("USA,USA,0.1", "itself"),
    ("USA,CHN,0.1\nUSA,CHN,0.2", "twice"),
    ("USA,PRK,0.1", "PRK"),
]


@pytest.mark.parametrize(("rows", "hint"), BAD, ids=[b[1] for b in BAD])
def test_bad_tariffs_are_refused(detente, tmp_path, rows, hint):
    path = tmp_path / "t.csv"
    path.write_text(f"importer,exporter,tariff\n{rows}\n", encoding="utf-8")
    ran = detente("economy", "solve", "--tariffs", str(path))
    assert ran.code == 2
    assert hint in ran.err
    assert len(ran.err.strip().splitlines()) == 1


WRONG = [
    (("--world", "libday-2022"), "libday-2023"),
    (("--closure", "fixd-transfers"), "fixed-transfers"),
    (("--rebate", "lumpsum"), "lump-sum"),
    (("--set", "trade_elastcity=8"), "trade_elasticity"),
    (("--set", "trade_elasticity=0"), "trade_elasticity"),
    (("--tariffs", "no/such.csv"), "no such file"),
]


@pytest.mark.parametrize(("args", "hint"), WRONG, ids=[w[1] for w in WRONG])
def test_wrong_options_are_refused(detente, args, hint):
    ran = detente("economy", "solve", *args)
    assert ran.code == 2, ran.out[:200]
    assert hint in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("command", ["solve", "decompose", "attribute", "concessions"])
def test_a_table_without_rows_is_refused_where_it_is_all_that_changes(detente, tmp_path, command):
    path = tmp_path / "t.csv"
    path.write_text("importer,exporter,tariff\n", encoding="utf-8")
    ran = detente("economy", command, "--tariffs", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "has no rows" in ran.err
    told = TestClient(create_app(Settings())).post("/api/v1/world/solve", json={"tariffs": []})
    assert told.status_code == 422
