"""The machine contract of `detente chain`: fields, ranges, refusals, the same bytes again."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

import detente as dt
from detente.data.chain_build import load_chain
from detente.data.chain_world import BLOCS
from detente.lab.chains.levers import come_into_effect

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data" / "chains"
MEASURES = {"gdp", "income", "real_income"}


def run(detente, *args):
    ran = detente("chain", "run", *args, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.fixture
def rare(detente):
    return run(detente, "rare-earths", "--cut", "0.8", "--months", "12")


def test_every_loss_has_its_period_scope_and_measure(rare):
    rows = {(r["country"], r["scope"], r["measure_id"], r["period_id"]): r for r in rare["losses"]}
    assert len(rows) == len(rare["losses"])
    for country in BLOCS:
        scopes = ("requirement",) if country == "CHN" else ("direct", "requirement")
        for scope in scopes:
            for measure in MEASURES:
                for period in ("peak_quarter", "year_1"):
                    assert rows[country, scope, measure, period]["median"] is not None
    usa = rows["USA", "direct", "gdp", "peak_quarter"]
    assert (usa["measure"], usa["period"]) == ("GDP at base prices", "peak quarter, annual rate")
    assert usa["p05"] is None
    assert any("take draws" in note for note in rare["notes"]), "a missing range says why"


def test_the_year_is_below_the_peak_and_parts_add_to_the_loss(rare):
    rows = {(r["country"], r["scope"], r["measure_id"], r["period_id"]): r["central"] for r in rare["losses"]}
    for country in BLOCS:
        if country != "CHN":
            for scope in ("direct", "requirement"):
                assert 0 < rows[country, scope, "gdp", "year_1"] < rows[country, scope, "gdp", "peak_quarter"]
            assert (
                rows[country, "requirement", "real_income", "year_1"] > rows[country, "direct", "real_income", "year_1"]
            )


def test_users_prices_certificate_and_figures_are_there(rare):
    users = {(r["country"], r["user"], r["defence"]): r for r in rare["first_short"]}
    assert 0 < users["USA", "336320", False]["first_short"] < 60
    assert {r["element"] for r in rare["prices"]} >= {"Dy", "Tb", "Y"}
    assert all(r["outside"] >= r["inside"] for r in rare["prices"])
    assert len([r for r in rare["prices"] if r["element"] == "Dy"]) == 12
    certificate = rare["certificate"]
    assert certificate["converged"] is True
    assert max(certificate["residual"], abs(certificate["walras"]), certificate["balance"]) < 1e-9
    assert certificate["lowest_stock"] >= 0
    assert abs(certificate["small_network"]) < 0.005
    assert 0 < certificate["second_pass"] < 0.05
    sigma = rare["parameters"]["sigma_start_B"]
    assert sigma["low"] <= sigma["central"] <= sigma["high"]
    assert sigma["source"]
    assert rare["marginal_value"]["buyer"]["USA"] > 0


def test_the_second_chain_needs_no_code(detente):
    found = run(detente, "gallium-germanium", "--cut", "0.8")
    rows = {(r["country"], r["scope"], r["measure_id"], r["period_id"]): r["central"] for r in found["losses"]}
    assert rows["USA", "requirement", "gdp", "year_1"] > rows["USA", "direct", "gdp", "year_1"] > 0
    need = {(r["country"], r["scope"]): r["users"] for r in found["need"]}
    assert need["USA", "requirement"] - need["USA", "direct"] == pytest.approx(139_990_206)
    assert {r["element"] for r in found["prices"]} == {"Ga", "Ge"}


def test_draws_give_ranges_and_the_same_bytes(detente, tmp_path):
    words = ("gallium-germanium", "--cut", "0.8", "--country", "USA", "--draws", "21", "--seed", "4")
    first = detente("chain", "run", *words, "--format", "json", "--checkpoint", str(tmp_path))
    assert "21 of 21 draws" in first.err
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2
    kept[0].unlink()
    again = detente("chain", "run", *words, "--format", "json", "--checkpoint", str(tmp_path))
    plain = detente("chain", "run", *words, "--format", "json")
    assert first.out == again.out == plain.out
    found = json.loads(first.out)
    assert (found["draws"], found["seed"]) == (21, 4)
    for row in found["losses"]:
        if row["measure_id"] in ("gdp", "income", "real_income"):
            assert row["p05"] <= row["median"] <= row["p95"]
    assert found["movers"] == [], "21 draws of more than fifty figures tell none of them from noise"
    other = detente("chain", "run", *words[:-1], "5", "--format", "json")
    assert other.out != first.out


def test_text_names_measure_period_scope_and_range(detente):
    ran = detente("chain", "run", "--cut", "0.8", "--months", "6", "--country", "USA")
    for words in (
        "% of annual GDP",
        "worst quarter at annual rate",
        "direct",
        "requirement",
        "take draws, 200 as a rule",
        "Walras",
    ):
        assert words in ran.out
    assert "EU27" not in ran.out.split("First day short")[0]


def test_tables_come_one_by_one_as_csv(detente):
    ran = detente("chain", "run", "--cut", "0.5", "--months", "3", "--country", "JPN", "--table", "months", "-f", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {r["country"] for r in rows} == {"JPN"}
    assert {int(r["month"]) for r in rows} == {1, 2, 3}


def test_chains_and_scenarios_are_listed(detente):
    ran = detente("chain", "--list")
    assert ran.code == 0
    for name in ("rare-earths", "gallium-germanium", "april-2025", "full-stop", "general-licence", "snap-back", "2010"):
        assert name in ran.out


SCENARIOS = ("april-2025", "full-stop", "general-licence", "october-2025", "snap-back", "2010", "licences")


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_runs(detente, name):
    words = ("--scenario", name, "--months", "24", "--country", "EU27", "--scope", "direct")
    found = run(detente, "rare-earths", *words)
    peak = next(r for r in found["losses"] if (r["measure_id"], r["period_id"]) == ("gdp", "peak_quarter"))
    assert peak["central"] > 0


def test_the_two_readings_of_april_differ(detente):
    words = ("rare-earths", "--scenario", "april-2025", "--country", "USA", "--scope", "direct")
    queue, seen = run(detente, *words), run(detente, *words, "--reading", "observed")
    assert queue["losses"][0]["central"] != seen["losses"][0]["central"]
    assert seen["question"]["licences"].endswith("as observed")


def test_a_path_of_ones_own(detente, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[[act]]\nname = "stop"\napproved = 0\ncountries = ["USA"]\n', encoding="utf-8")
    found = run(detente, "rare-earths", "--scenario", str(path), "--scope", "direct")
    rows = {
        r["country"]: r["central"] for r in found["losses"] if (r["measure_id"], r["period_id"]) == ("gdp", "year_1")
    }
    assert rows["USA"] > 1e-6
    assert abs(rows["KOR"]) < 1e-12


def test_show_says_who_supplies_whom(detente):
    ran = detente("chain", "show", "rare-earths", "--table", "dependency", "--format", "csv")
    rows = {(r["country"], r["grade"]): r for r in csv.DictReader(io.StringIO(ran.out))}
    japan = rows["JPN", "NdFeB-H"]
    assert float(japan["restrictor"]) < 0.2 < 0.7 < float(japan["through"])
    ran = detente("chain", "show", "rare-earths", "--table", "concentration", "--format", "csv")
    index = {(r["stage"], r["material"]): r for r in csv.DictReader(io.StringIO(ran.out))}
    assert float(index["magnet", "ndfeb"]["hhi"]) == pytest.approx(0.93**2 + 0.06**2 + 0.005**2)
    assert float(index["magnet", "ndfeb"]["hhi_governance"]) > float(index["magnet", "ndfeb"]["hhi"])
    ran = detente("chain", "show", "rare-earths")
    assert "nothing is adjusted to it" in ran.out


def test_levers_have_worth_share_cost_and_break_even(detente):
    ran = detente("chain", "levers", "gallium-germanium", "--cut", "0.8", "--months", "12", "--format", "json")
    found = json.loads(ran.out)
    rows = {r["lever"]: r for r in found["levers"]}
    assert set(rows) == {"stockpile", "recycling", "plants"}
    assert found["measure"] == "exact real income, rent at home"
    assert 0 < sum(r["share"] for r in rows.values()) <= found["loss_without"] * (1 + 1e-9)
    stock = rows["stockpile"]
    assert stock["break_even"] == pytest.approx(stock["cost"] / stock["alone"])


def test_a_user_sets_figures(detente):
    words = ("rare-earths", "--cut", "0.8", "--country", "USA", "--scope", "direct")
    base, easy = run(detente, *words), run(detente, *words, "--set", "sigma_start_B=0.15")
    assert easy["parameters"]["sigma_start_B"]["central"] == 0.15
    assert easy["losses"][0]["central"] < base["losses"][0]["central"]


NOTHING_LEFT = [part for name in ("q_floor", "smuggle_cap", "leak_cap") for part in ("--set", f"{name}=0")]
BAD = [
    (("run",), "give a share, as 0.8, or name a scenario", 2),
    (("run", "--cut", "1.2"), "--cut: 1.2 is out of range", 2),
    (("run", "--cut", "0.5", "--scenario", "full-stop"), "beside a scenario", 2),
    (("run", "rare-earth", "--cut", "0.5"), "did you mean 'rare-earths'", 2),
    (("run", "--cut", "0.5", "--elements", "Xx"), "unknown element 'Xx'", 2),
    (("run", "--cut", "0.5", "--country", "DEU"), "Germany is counted in EU27", 2),
    (("run", "--cut", "0.5", "--to", "UKX"), "unknown country", 2),
    (("run", "--cut", "0.5", "--scope", "embedded"), "unknown scope", 2),
    (("run", "--cut", "0.5", "--cut-basis", "all"), "use flow or supply", 2),
    (("run", "--cut", "0.5", "--months", "0"), "months", 2),
    (("run", "--cut", "0.5", "--stock-days", "-3"), "days of at least 0", 2),
    (("run", "--cut", "0.5", "--stock-days", "many"), "'many' is no number", 2),
    (("run", "--cut", "0.5", "--stock-days", "firms=3"), "unknown holder 'firms'", 2),
    (("run", "--cut", "0.5", "--stock-days", "users=3,4"), "'4' says not whose stock it is", 2),
    (("run", "--cut", "0.5", "--elements", "Nd"), "name NdPr; it has Dy, Tb, NdPr", 2),
    (("run", "--cut", "0.5", "--draws", "-1"), "--draws", 2),
    (("run", "--cut", "0.5", "--set", "sigma=1"), "unknown figure 'sigma'", 2),
    (("run", "--cut", "0.5", "--table", "loss"), "unknown table", 2),
    (("run", "--cut", "0.5", "--start", "April"), "write it as 2025-04", 2),
    (("run", "--scenario", "april"), "did you mean 'april-2025'", 2),
    (("run", "--scenario", "april-2025", "--reading", "seen"), "queue or observed", 2),
    (("run", "--cut", "1", *NOTHING_LEFT, "--scope", "direct"), "floor", 2),
    (("levers", "--cut", "0.5", "--levers", "hope"), "unknown lever 'hope'", 2),
    (("show", "--table", "who"), "unknown table", 2),
]


@pytest.mark.parametrize(("args", "hint", "code"), BAD, ids=[" ".join(args) for args, _, _ in BAD])
def test_mistakes_are_refused_in_one_sentence(detente, args, hint, code):
    ran = detente("chain", *args)
    assert ran.code == code, ran.out
    assert hint in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert "Traceback" not in ran.err


ROWS = [
    ('after = ["metal"]', 'after = ["wafer"]', "in a circle"),
    ("content = { central = 0.482, low = 0.48, high = 0.484", "content = { central = 1.5, high = 1.5", "1.5 is over 1"),
    ("content = { central = 0.482, low = 0.48", "content = { central = 1.5, low = 0.48", "out of order"),
    ('months = "cover_gallium_USA"', "months = -2", "is negative"),
    ('grade = "GaAs-wafer"\nelement', 'grade = "Ge-metal"\nelement', "no recipe"),
]


@pytest.mark.parametrize(("old", "new", "hint"), ROWS, ids=[hint for *_, hint in ROWS])
def test_a_file_with_a_bad_row_is_refused(detente, tmp_path, old, new, hint):
    text = (DATA / "gallium_germanium.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    ran = detente("chain", "run", str(path), "--cut", "0.5")
    assert ran.code == 2, ran.out
    assert hint in ran.err
    assert len(ran.err.strip().splitlines()) == 1


@pytest.mark.parametrize(("scheme", "country"), [("bea", "ROW"), ("icio28", "USA")])
def test_need_that_reaches_no_industry_is_refused_naming_the_row(detente, tmp_path, scheme, country):
    """Users of one classification alone would leave out everybody who buys in the other."""
    text = (DATA / "rare_earths.toml").read_text(encoding="utf-8")
    old = 'user = { table = "chain_users", where = { product'
    assert old in text
    new = old.replace("{ product", f'{{ scheme = ["{scheme}"], product')
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    ran = detente("chain", "run", str(path), "--cut", "0.5", "--scope", "direct")
    assert ran.code == 2, ran.out
    assert f"spending of {country} on" in ran.err
    other = {"bea": "icio28", "icio28": "bea"}[scheme]
    assert f"scheme = '{other}'" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_the_second_line_of_the_certificate_compares_need_in_the_file_and_in_the_run(detente):
    ran = detente("chain", "run", "gallium-germanium", "--cut", "0.5", "--country", "USA")
    told = ("networks solved", "need in the file")
    lines = [line.strip() for line in ran.out.splitlines() if any(words in line for words in told)]
    assert lines[1].startswith("need in the file is need in the run, product by product, within ")
    found = dt.disrupt_chain("gallium-germanium", cut=0.5, to="US", country="US", scope="direct", months=3)
    assert found.certificate.need < 1e-9
    chain = load_chain("gallium-germanium")
    lost = replace(chain, users=tuple(user for user in chain.users if user.country == "USA"))
    product, apart = lost.unplaced
    assert product in chain.asked
    assert apart > 0.3


def test_a_scenario_that_touches_no_grade_of_the_chain_is_refused(detente):
    ran = detente("chain", "run", "gallium-germanium", "--scenario", "april-2025")
    assert (ran.code, ran.out) == (2, "")
    assert "controls Sm, Gd, Tb, Dy, Lu, Sc, Y: nothing that chain gallium-germanium is made of" in ran.err


def test_where_figures_are_drawn_the_headline_says_that_it_is_the_median(detente):
    args = ("chain", "run", "gallium-germanium", "--cut", "0.5", "--country", "USA", "--scope", "direct")
    drawn = " ".join(detente(*args, "--draws", "5").out.split())
    assert "losses are medians of 5 draws; with central figures the loss of GDP of USA in year 1" in drawn
    assert "are medians of" not in detente(*args).out


def test_a_lever_counts_as_far_as_its_lag_lets_it_come():
    assert come_into_effect(24.0, 12) == 0.25
    assert come_into_effect(24.0, 24) == 0.5
    assert come_into_effect(12.0, 24) == 0.75
    assert come_into_effect(0.0, 12) == 1.0


def test_no_rent_is_shown_where_none_is_counted_and_the_rule_is_said(detente):
    args = ("chain", "run", "rare-earths", "--scenario", "april-2025", "--months", "3", "--country", "USA",
            "--scope", "direct", "--table", "marginal")  # fmt: skip
    text = " ".join(detente(*args).out.split())
    assert "no rent of CHN is counted" in text
    assert "CHN change in rent less sales lost" in text
    assert "no rent of CHN is counted" not in detente(*args, "--set", "rent_share=0.5").out
