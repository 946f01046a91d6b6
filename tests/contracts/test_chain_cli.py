"""Questions about a material: fields, ranges, refusals, the same bytes again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import detente as dt
from detente.data.chain_build import load_chain
from detente.data.chain_world import BLOCS
from detente.lab.chains.answer import disrupt_chain
from detente.lab.chains.draws import spread
from detente.lab.chains.levers import come_into_effect

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data" / "chains"
MEASURES = {"gdp", "income", "real_income"}


def run(mineral, **words):
    return dt.chain_run(mineral, **{"draws": 0} | words)


def losses(answer):
    return {(r["country"], r["scope"], r["measure_id"], r["period_id"]): r for r in answer.tables["losses"]}


@pytest.fixture(scope="module")
def rare():
    return run("rare-earths", cut=0.8, months=12)


def test_every_loss_has_its_period_scope_and_measure(rare):
    rows = losses(rare)
    assert len(rows) == len(rare.tables["losses"])
    for country in BLOCS:
        scopes = ("requirement",) if country == "CHN" else ("direct", "requirement")
        for scope in scopes:
            for measure in MEASURES:
                for period in ("peak_quarter", "year_1"):
                    assert np.isfinite(rows[country, scope, measure, period]["median"])
    usa = rows["USA", "direct", "gdp", "peak_quarter"]
    assert (usa["measure"], usa["period"]) == ("GDP at base prices", "peak quarter, annual rate")
    assert np.isnan(usa["p05"])
    assert any("take draws" in note for note in rare.tables["losses"].notes), "a missing range says why"


def test_a_year_is_below_the_peak_and_costs_are_its_losses_with_who_is_short_first(rare):
    rows = {key: row["central"] for key, row in losses(rare).items()}
    for country in BLOCS:
        if country != "CHN":
            for scope in ("direct", "requirement"):
                assert 0 < rows[country, scope, "gdp", "year_1"] < rows[country, scope, "gdp", "peak_quarter"]
            whole, direct = (rows[country, scope, "real_income", "year_1"] for scope in ("requirement", "direct"))
            assert whole > direct
    rows, users = losses(rare), list(rare.tables["first-short"])
    assert rare["lost"].tolist() == sorted(rare["lost"].tolist(), reverse=True)
    for row in rare:
        whole = rows[row["country"], "requirement", "gdp", "year_1"]
        assert (row["share"], row["lost"]) == (whole["median"], pytest.approx(whole["usd"]))
        first = [user["first_short"] for user in users if user["country"] == row["country"]]
        assert not first or row["first_short"] == pytest.approx(min(first), nan_ok=True)
    assert float(rare) == pytest.approx(rare["share"][0])
    assert "China, 80% cut: " in rare.headline
    assert rare.charts[0] == "months"


def test_a_certificate_is_behind_every_answer():
    certificate = disrupt_chain(cut=0.8, months=12).certificate
    assert certificate.converged is True
    assert max(certificate.residual, abs(certificate.walras), certificate.balance) < 1e-9
    assert certificate.lowest_stock >= 0
    assert 0 < certificate.second_pass < 0.05


@pytest.mark.parametrize("name", ["gallium", "Ga", "GALLIUM"])
def test_an_element_is_its_part_of_its_chain(name):
    one, whole = run(name, cut=1.0, months=6, country="USA"), run("gallium-germanium", cut=1.0, months=6, country="USA")
    assert 0 < one["lost"][0] < whole["lost"][0]
    assert dt.chain_show(name)["material"].tolist() == ["Ga"] * len(dt.chain_show(name))


def test_draws_give_ranges_and_the_same_bytes(tmp_path):
    words = {"cut": 0.8, "country": "USA", "months": 12, "draws": 21, "seed": 4}
    first, again = (run("gallium-germanium", **words) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    for row in first.tables["losses"]:
        if row["measure_id"] in MEASURES:
            assert row["p05"] <= row["median"] <= row["p95"]
    assert first.number.low < first.number.value < first.number.high
    assert "drivers" not in first.tables, "21 draws of more than fifty figures tell none of them from noise"
    assert run("gallium-germanium", **words | {"seed": 5}).to_dict() != first.to_dict()
    question = disrupt_chain("gallium-germanium", cut=0.8, countries=("USA",)).ran.question
    drawn = spread(question, 21, 4, folder=tmp_path)
    kept = sorted(tmp_path.iterdir())
    assert len(kept) == 2
    kept[0].unlink()
    assert np.array_equal(spread(question, 21, 4, folder=tmp_path).losses, drawn.losses)


SCENARIOS = ("april-2025", "full-stop", "general-licence", "october-2025", "snap-back", "2010", "licences")


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_path_of_acts_runs(name):
    found = losses(run("rare-earths", acts=name, country="Germany"))
    assert found["EU27", "direct", "gdp", "peak_quarter"]["central"] > 0


def test_two_paths_are_compared():
    found = run("rare-earths", acts=["april-2025", "general-licence"], country="USA,JPN")
    rows = [row for row in found if (row["scope"], row["period"]) == ("direct", "year 1")]
    assert {row["country"] for row in rows} == {"USA", "JPN"}
    assert all(row["deal"] <= row["without"] for row in rows)
    assert {"months", "lost"} <= set(found.charts)
    alone = losses(run("rare-earths", acts="april-2025", country="USA"))
    (usa,) = (row for row in rows if row["country"] == "USA" and row["measure"] == "GDP at base prices")
    assert usa["without"] == alone["USA", "direct", "gdp", "year_1"]["central"]
    with pytest.raises(dt.InputError, match="names 3 paths"):
        run("rare-earths", acts=["april-2025", "general-licence", "full-stop"])


def test_without_a_cut_the_usual_acts_of_a_material_are_meant():
    plain, named = (run("rare-earths", country="USA", **more) for more in ({}, {"acts": "april-2025"}))
    assert plain.to_dict()["tables"] == named.to_dict()["tables"]


def test_a_path_of_ones_own(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[[act]]\nname = "stop"\napproved = 0\ncountries = ["USA"]\n', encoding="utf-8")
    rows = losses(run("rare-earths", acts=str(path), months=12))
    assert rows["USA", "direct", "gdp", "year_1"]["central"] > 1e-6
    assert abs(rows["KOR", "direct", "gdp", "year_1"]["central"]) < 1e-12


def test_levers_have_worth_share_cost_and_break_even():
    found = dt.chain_levers("gallium-germanium", cut=0.8, months=12)
    rows = {r["lever"]: r for r in found}
    assert set(rows) == {"stockpile", "recycling", "plants"}
    assert "exact real income" in found.main.title
    stock = rows["stockpile"]
    assert stock["break_even"] == pytest.approx(stock["cost"] / stock["alone"])
    months = [row["avoided"] for row in found.tables["levers-by-month"] if row["lever"] == "stockpile"]
    assert sum(months) == pytest.approx(stock["alone"])
    named = dt.chain_levers("gallium-germanium", cut=0.8, months=12, set={"levers": "plants", "plants_cost": 1e6})
    assert (named["lever"].tolist(), named["cost"].tolist()) == (["plants"], [1e6])


@pytest.mark.parametrize(("scheme", "country"), [("bea", "ROW"), ("icio28", "USA")])
def test_need_that_reaches_no_industry_is_refused_naming_the_row(detente, tmp_path, scheme, country):
    """Users of one classification alone would leave out everybody who buys in the other."""
    text = (DATA / "rare_earths.toml").read_text(encoding="utf-8")
    old = 'user = { table = "chain_users", where = { product'
    assert old in text
    new = old.replace("{ product", f'{{ scheme = ["{scheme}"], product')
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    ran = detente("chain", "run", str(path), "--cut", "0.5", "--draws", "0")
    assert ran.code == 2, ran.out
    assert f"spending of {country} on" in ran.err
    other = {"bea": "icio28", "icio28": "bea"}[scheme]
    assert f"scheme = '{other}'" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_the_need_of_the_file_is_the_need_of_the_run():
    notes = run("gallium-germanium", cut=0.5, country="USA").main.notes
    assert any(
        note.startswith("demand in the file is demand in the run, product by product, within ") for note in notes
    )
    found = disrupt_chain("gallium-germanium", cut=0.5, to="USA", countries="USA", scope="direct", months=3)
    assert found.certificate.need < 1e-9
    chain = load_chain("gallium-germanium")
    lost = replace(chain, users=tuple(user for user in chain.users if user.country == "USA"))
    product, apart = lost.unplaced
    assert product in chain.asked
    assert apart > 0.3


def test_a_lever_counts_as_far_as_its_lag_lets_it_come():
    pairs = ((24.0, 12), (24.0, 24), (12.0, 24), (0.0, 12))
    assert [come_into_effect(*each) for each in pairs] == [0.25, 0.5, 0.75, 1.0]
