"""Questions to the world economy: columns, certificates, published rows, one world for all."""

import numpy as np
import pytest
from starlette.testclient import TestClient

import detente as dt
from detente.data.small_world import DEFAULT
from detente.data.worlds import load_economy
from detente.economy import Shock, attribution, nash, shock_of, solve
from detente.faces.ask.question import all_questions
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

SMALL = "icio-2022-small"
DUTY = {"importer": "USA", "exporter": "CHN", "tariff": 0.6}
COLUMNS = [
    "country", "welfare", "deficit", "exports_to_gdp", "imports_to_gdp", "employment", "prices", "real_wage",
    "revenue_to_expenditure", "real_gdp",
]  # fmt: skip


def test_the_answer_holds_the_certificate():
    answer = dt.economy_solve(tariffs=[DUTY], world="libday-2023", set={"trade_elasticity": 8})
    found = {row["what"]: row["value"] for row in answer.tables["certificate"].rows()}
    assert found["converged"] == "True"
    assert float(found["residual"]) < 1e-9
    assert abs(float(found["walras"])) < 1e-9
    assert len(answer) == 194
    for other in (
        dt.economy_optimal("US", world=SMALL), dt.economy_war("US,China", world=SMALL),
        dt.economy_decouple("US", "China", world=SMALL), dt.economy_concessions("US,China", world=SMALL),
        dt.economy_decompose("US", tariffs=[DUTY], world=SMALL),
    ):  # fmt: skip
        rows = list(other.tables["certificate"].rows())
        assert {row["value"] for row in rows if row["what"] == "converged"} == {"True"}


def test_rows_and_a_file_are_the_same_tariffs(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("importer,exporter,tariff\nUSA,CHN,60%\n", encoding="utf-8")
    by_file, by_rows = (dt.economy_solve(tariffs=given, world=SMALL) for given in (str(path), [DUTY]))
    assert by_file["welfare"].tolist() == by_rows["welfare"].tolist()
    economy = load_economy(SMALL)
    exact = solve(economy, shock_of(economy, [("USA", "CHN", None, 0.6)]))
    found = dict(zip(by_rows["country"], by_rows["welfare"], strict=True))
    assert found["CHN"] == pytest.approx(exact.change("welfare", "CHN"), abs=1e-12)


def test_rates_of_today_change_nothing_and_nothing_is_ordered_by_noise():
    answer = dt.economy_solve(tariffs=[{"importer": "USA", "exporter": "CHN", "added": 0}], world=SMALL)
    assert {float(value) for name in COLUMNS[1:5] for value in answer[name]} == {0.0}
    assert answer["country"].tolist() == list(load_economy(SMALL).countries)


def test_costs_and_productivity_come_from_tables(tmp_path):
    lift = tmp_path / "p.csv"
    lift.write_text("country,productivity,sector\nUSA,1.02,\nCHN,0.9,ELE\n", encoding="utf-8")

    def welfare(**given):
        answer = dt.economy_solve(world=SMALL, **given)
        return dict(zip(answer["country"], answer["welfare"], strict=True)), answer.notes

    dearer, notes = welfare(costs=[{"importer": "USA", "exporter": "CHN", "cost": 1.2}])
    assert dearer["USA"] < 0 > dearer["CHN"]
    assert any("trade costs of the table: 1 pair" in note for note in notes)
    better, _ = welfare(set={"productivity": str(lift)})
    assert better["USA"] > 0.02
    assert better["CHN"] < 0


def test_a_scenario_is_solved_as_its_run_has_it():
    answer, ran = dt.economy_solve("geneva"), dt.run("geneva", draws=0)
    found = dict(zip(answer["country"], answer["welfare"], strict=True))
    for row in ran.tables["world"].rows():
        assert found[row["country"]] == pytest.approx(row["real_income"], abs=1e-9)
    own = answer.table("sectors")
    sold = {row["sector"]: row["output"] for row in own.rows() if row["country"] == "USA"}
    for row in ran.tables["sectors"].rows():
        if row["country"] == "USA" and row["output"] == row["output"]:
            assert sold[row["sector"]] == pytest.approx(row["output"], abs=1e-9)


def test_tariffs_of_ones_own_are_attributed_as_below_and_their_parts_add_up():
    income = dt.economy_solve("geneva", country="US")["welfare"][0]
    parts = {row["part"]: row["exact"] for row in dt.economy_decompose("US", scenario="geneva")}
    whole = parts.pop("real_income")
    assert sum(parts.values()) == pytest.approx(whole, abs=1e-6)
    assert whole == pytest.approx(np.log1p(income), abs=1e-6)
    by_importer = dt.economy_decompose("US", scenario="geneva", by="importer")
    assert by_importer["effect"].sum() == pytest.approx(income, rel=0.02)
    economy = load_economy(SMALL)
    exact = attribution(solve(economy, shock_of(economy, [("USA", "CHN", None, 0.6)])), "USA")
    answer = dt.economy_decompose("US", tariffs=[DUTY], by="importer", world=SMALL)
    assert answer["effect"].tolist() == pytest.approx(exact["effect"].tolist(), abs=1e-12)


def test_rates_for_revenue_are_the_highest_and_every_question_has_one_world_by_default():
    best, revenue = (dt.economy_optimal("US", objective=aim, world=SMALL) for aim in ("real-income", "revenue"))
    assert revenue["rate"][0] > best["rate"][0]
    assert revenue.tables["laffer"]["revenue"].max() > 0
    asked = [question for question in all_questions() if question.name.startswith("economy")]
    assert {question.parameters["world"].default for question in asked} == {DEFAULT}


def test_a_war_and_an_agreement_are_those_of_the_functions_below():
    answer = dt.economy_war("US,China", outcome="both", world=SMALL)
    economy = load_economy(SMALL)
    exact = nash(economy, ("USA", "CHN"), shock=Shock())
    rates = [exact.rates[code][0] for code in answer["country"]]
    assert answer["rate_in_war"].tolist() == pytest.approx(rates, abs=1e-7)
    assert (answer["change_agreed"] > answer["change_in_war"]).all()
    assert (set(answer.table("rates")["importer"]), len(answer.table("by_formula"))) == ({"USA", "CHN"}, 2)
    alone = dt.economy_war("US,China", outcome="agreement", tariffs=[DUTY], world=SMALL)
    assert alone.tables["cooperative"]["gain"].min() > 0


def test_a_server_reads_no_file_of_its_own():
    client = TestClient(create_app(Settings()))
    for given in ({"set": "quotas=/etc/passwd"}, {"tariffs": "/etc/passwd"}, {"world": "/etc/passwd"}):
        assert client.get("/api/v1/economy/solve", params=given).status_code == 422
    told = client.post("/api/v1/economy/solve", json={"tariffs": [DUTY], "world": SMALL}).json()
    assert {row["country"] for row in told["tables"]["economy"]["rows"]} == set(load_economy(SMALL).countries)


@pytest.mark.parametrize("words", ["solve", "decompose US", "concessions US,China"])
def test_a_table_without_rows_is_refused_where_it_is_all_that_changes(detente, tmp_path, words):
    path = tmp_path / "t.csv"
    path.write_text("importer,exporter,tariff\n", encoding="utf-8")
    ran = detente("economy", *words.split(), "--tariffs", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert "has no rows" in ran.err


CLOSURES = {"fixed-transfers": "stay as they are", "proportional": "follow incomes", "zero": "all trade is in balance"}


@pytest.mark.parametrize("own", CLOSURES)
def test_a_solve_says_what_other_closures_give_and_they_are_what_it_gives_under_them(own):
    """Of laws, whose closure is the scenario's, and of rows, whose closure is the world's."""
    for asked in ({"scenario": "geneva"}, {"tariffs": [{"importer": "USA", "exporter": "CHN", "added": 0.5}]}):
        asked |= {"country": "CN", "world": "icio-2022-small"}
        answer = dt.economy_solve(**asked, closure=own)
        said = answer.headline.split("Real income in China changes by ")[1]
        assert f"if trade balances {CLOSURES[own]}" not in said
        for name in CLOSURES:
            income = dt.economy_solve(**asked, closure=name)["welfare"][0]
            assert (f"{100 * income:+.2f}%".replace("-", "\u2212") + " if " in said) or name == own, (name, said)
        assert said.count("%") == 2
