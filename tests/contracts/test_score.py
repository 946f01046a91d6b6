"""`score`: forecasts made with the data of one month, beside what came; no later figure is in them."""

import re
from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.codes import InputError
from detente.data.library import package_folder
from detente.data.tables import arrays
from detente.data.yamlfile import read_yaml
from detente.faces.formats import for_readers
from detente.faces.words.evidence import world_score_in_words
from detente.lab.country import imports as world
from detente.lab.score import forecast
from detente.lab.score import score as scores
from detente.lab.score.forecast import CLAIMS, EVERYONE, LAW, PUBLISHED, SHORT, estimates
from detente.lab.score.score import score


@pytest.fixture(scope="module")
def tables():
    return {table.name: table for table in score(date(2025, 3, 31), date(2025, 6, 30))}


def rows(table, **wanted):
    return [row for row in table.rows() if all(row[name] == value for name, value in wanted.items())]


def on_record(partner, month):
    table = arrays("usa_collected_monthly")
    at = np.flatnonzero((table["partner"] == partner) & (table["month"] == month))[0]
    return float(table["imports"][at]), float(table["duty"][at])


def test_months_by_hand():
    assert forecast.months_after("2024-11", "2025-02") == ("2024-12", "2025-01", "2025-02")
    assert (forecast.moved("2025-01", -12), str(forecast.last_day("2024-02"))) == ("2024-01", "2024-02-29")


def test_what_came_and_the_naive_rules_by_hand(tables):
    for partner in ("all", "CHN", "EUU"):
        row = rows(tables["score_rates"], partner=partner, month="2025-05")[0]
        (imports, duty), (made, paid), (before, owed) = (
            on_record(partner, month) for month in ("2025-05", "2025-03", "2024-05")
        )
        assert (row["came"], row["persists"], row["last_year"]) == pytest.approx(
            (duty / imports, paid / made, owed / before)
        )
        values = rows(tables["score_values"], partner=partner, month="2025-05", quantity="duty")[0]
        assert (values["came"], values["persists"], values["last_year"]) == (duty, paid, owed)
        if partner != "all":
            assert values["fixed"] == pytest.approx(row["fixed"] * before)


def test_imports_the_law_of_a_quiet_month_and_the_surprises_sum_to_what_came(tables):
    row = rows(tables["score_values"], partner="VNM", month="2025-05", quantity="imports")[0]
    years = [sum(on_record("VNM", f"{year}-{m:02d}")[0] for m in range(1, 13)) for year in (2023, 2024)]
    left = forecast.trade_known("2025-03").month("2025-05")[0].left[SHORT][EVERYONE.index("VNM") - 1]
    assert row["forecast"] == pytest.approx(on_record("VNM", "2024-05")[0] * years[1] / years[0] * left)
    assert 0.9 < left < 1.0
    row = rows(tables["score_rates"], partner="all", month="2025-06")[0]
    day = forecast.first_day("2025-06")
    assert row["fixed"] == pytest.approx(forecast.trade_known("2025-03").ground.whole(day), rel=1e-9)
    assert row["low"] < row["forecast"] < row["high"]
    for row in tables["score_surprises"].rows():
        assert row["forecast"] + row["acts"] + row["claims"] + row["rest"] == pytest.approx(row["came"], abs=1e-12)
    april = tables["score_surprises"].rows()
    assert next(iter(april))["acts"] > 0.05


def test_errors_are_those_of_the_months(tables):
    own = rows(tables["score_rates"], partner="CHN")
    row = rows(tables["scores"], quantity="duty over imports", partner="CHN")[0]
    miss = np.array([r["forecast"] - r["came"] for r in own])
    rule = np.array([r[{"as in that month": "persists", "as a year before": "last_year"}.get(row["rule"], "fixed")]
                     - r["came"] for r in own])  # fmt: skip
    assert (row["error"], row["bias"]) == pytest.approx((np.abs(miss).mean(), miss.mean()))
    assert row["ratio"] == pytest.approx(np.abs(miss).sum() / np.abs(rule).sum())
    assert rows(tables["score_horizons"], quantity="duty over imports")[0]["ahead"] == "1 to 3"


def test_no_later_figure_is_in_a_forecast(tables, monkeypatch):
    """Whatever came after the month of a forecast, the forecast is the same: only what it is set beside moves."""

    def other(name):
        table = dict(arrays(name))
        later = table["month"] > "2025-03" if "month" in table else False
        for column in ("imports", "duty", "duties", "share"):
            if column in table:
                table[column] = np.where(later, table[column] * 0.5, table[column])
        return table

    monkeypatch.setattr(forecast, "arrays", other)
    again = forecast.forecast("2025-03", "2025-06")
    rates = [row["forecast"] for row in tables["score_rates"].rows()]
    imports = [row["forecast"] for row in rows(tables["score_values"], quantity="imports")]
    assert again.paths[PUBLISHED].rate.T.ravel() == pytest.approx(rates, rel=1e-12)
    assert again.paths[PUBLISHED].imports.T.ravel() == pytest.approx(imports, rel=1e-12)
    monkeypatch.undo()
    assert forecast.imports_and_duty(["2025-05"])[0][0, 0] == on_record("all", "2025-05")[0]


def test_law_and_claims_that_came_move_the_other_readings_and_receipts_stand_in():
    made = forecast.forecast("2025-06", "2025-07")
    canada = EVERYONE.index("CAN")
    law, claims = made.paths[LAW].rate[0], made.paths[CLAIMS].rate[0]
    assert law[canada] - claims[canada] > 0.04
    others = [k for k, code in enumerate(EVERYONE) if code not in ("all", "CAN", "MEX")]
    assert law[others] == pytest.approx(claims[others], rel=1e-9)
    rates, sources = forecast.world_rates(["2025-12", "2026-01", "2026-03"])
    cash, imports = forecast.receipts(["2026-01", "2026-02"])
    assert sources == ["calculated duty", "customs receipts", ""]
    assert rates[1] == pytest.approx(cash[1] / imports[0])
    assert np.isnan(rates[2])


def test_collected_is_asked_for_and_lies_nearer_on_months_after_the_estimate():
    span = date(2025, 8, 31), date(2025, 11, 30)
    plain = score(*span)
    taken = {table.name: table for table in score(*span, rates="collected")}
    assert "score_parameters" not in {table.name for table in plain}
    whole = [rows(t, quantity="duty over imports", partner="all")[0] for t in (plain[0], taken["scores"])]
    assert whole[1]["error"] < 0.6 * whole[0]["error"]
    assert any("delay and shares not collected" in note for note in taken["scores"].notes)
    claims = rows(taken["score_claims"], partner="MEX", month="2026-02")[0]
    assert claims["claimed"] == pytest.approx(0.9, abs=1e-3)
    trial = rows(taken["score_tests"], partner="all", what="duty over imports")[0]
    assert (trial["months"], trial["error"] < 0.5 * trial["without"]) == (3, True)


def test_the_register_says_what_the_months_say():
    made = estimates("2025-11")
    entries = {e["id"]: e["statement"] for e in read_yaml(package_folder() / "assumptions.yaml", "assumptions.yaml")}
    late = int(re.findall(r"(\d+)%", entries["duty_late"])[0])
    assert late == round(made.collection.late.value * 100)
    shares = [int(text) for text in re.findall(r"(\d+)%", entries["duty_not_collected"])]
    kept = dict(zip(EVERYONE[1:], (round(100 * (1 - k.value)) for k in made.collection.kept), strict=True))
    assert shares == [kept[code] for code in ("CHN", "CAN", "MEX", "EUU", "VNM", "TWN", "rest")]
    assert kept["JPN"] <= 0
    assert int(re.findall(r"(\d+)%", entries["duty_paid_later"])[0]) == round(100 * made.paid.value)


def test_forecasts_of_every_month_are_those_of_each(monkeypatch, tables):
    known, shares = forecast.claimed("CAN")
    few = known.index("2025-04") + 1
    monkeypatch.setattr(scores, "claimed", lambda _: (known[:few], shares[:few]))
    ahead, origins = scores.every_table(seed=1)
    assert (list(origins["made"]), list(origins["months"])) == (["2025-01", "2025-02", "2025-03"], [3, 2, 1])
    april = rows(tables["score_rates"], partner="all", month="2025-04")[0]
    assert origins["error"][2] == pytest.approx(abs(april["forecast"] - april["came"]))
    one_ahead = rows(ahead, quantity="duty over imports", ahead=1)[0]
    assert one_ahead["forecasts"] == 3
    rates = [on_record("all", f"2025-0{m}") for m in (1, 2, 3, 4)]
    steps = np.abs(np.diff([duty / imports for imports, duty in rates]))
    assert one_ahead["persists"] == pytest.approx(steps.mean())
    named = scores.every_named(1, False)
    assert list(named["score_ahead"]()["error"]) == list(ahead["error"])
    assert named["score_origins"]().name == "score_origins"


def test_people_get_names_programs_codes_and_all_the_same_answer(tables):
    shown = [for_readers(table) for table in tables.values()]
    named = [table for table in shown if "partner_name" in table.data]
    assert len(named) > 3
    assert not any("partner" in table.data for table in named)
    assert all("partner" in table.data for table in tables.values() if "partner_name" in table.data)
    answer = dt.score(as_of="2025-03", to="2025-06")
    assert list(answer.tables["score_rates"]["forecast"]) == list(tables["score_rates"]["forecast"])
    first = next(tables["scores"].rows())
    assert float(answer) == first["error"]
    assert f"missed by {100 * first['error']:.2f} points on average over 3 months" in answer.headline
    assert "We forecast 10.1% for June 2025" in str(answer.plot("score"))
    assert any("goods at sea" in words for words in answer.tables["score_misses"]["words"])


@pytest.mark.parametrize(("what", "shown"), [
    ("average", {"duty over imports"}), ("revenue", {"duty"}), ("imports", {"imports"}),
    ("prices", {"prices of imports before duty", "consumer prices"}),
])  # fmt: skip
def test_one_quantity_is_shown_alone(what, shown):
    answer = dt.score(what, as_of="2025-03", to="2025-06")
    assert set(answer["quantity"]) == set(answer.tables["score_horizons"]["quantity"]) == shown


def test_prices_before_duty_are_left_alone_and_consumer_prices_bear_it(tables):
    borne = rows(tables["score_prices"], series="consumer prices", month="2025-06")[0]
    before = rows(tables["score_prices"], series="prices of imports before duty", month="2025-06")[0]
    assert before["effect"] == 0.0
    assert borne["with_law"] > borne["forecast"] > borne["fixed"] > 0
    level = forecast.price_level("consumer-prices", ["2024-03", "2025-03", "2025-06"])
    assert borne["came"] == pytest.approx(level[2] / level[1] - 1)
    assert borne["fixed"] == pytest.approx((level[1] / level[0]) ** 0.25 - 1)


def test_an_old_address_keeps_what_it_asked(client):
    for old, now in (
        ("/claims/score?made=2025-06&as=law", "/score?as_of=2025-06&rates=statutory"),
        ("/api/v1/rates/score?through=2025-06&as=collected", "/api/v1/score?to=2025-06&rates=collected"),
    ):
        assert client.get(old).headers["location"] == now


@pytest.fixture(scope="module")
def quarters():
    return world.quarter_score(collected=True)


def test_quarters_that_came_are_the_months_on_record(quarters):
    q = quarters.days.index(date(2025, 4, 1))
    now, before = (sum(on_record("CHN", f"{year}-0{month}")[0] for month in (4, 5, 6)) for year in (2025, 2024))
    k = world.EVERYONE.index("CHN")
    assert quarters.imports[q, k] == now
    assert quarters.came[q, k] == pytest.approx(now / before - 1.0)
    assert np.isnan(quarters.came[quarters.days.index(date(2025, 10, 1)), k])
    # The boom in computers is that of Taiwan, and not that of China.
    taiwan = world.EVERYONE.index("TWN")
    assert quarters.came[q, taiwan] > 0.5
    assert abs(quarters.others[q, taiwan]) < 0.1


def test_models_know_the_tariffs_of_each_quarter_and_the_static_one_goes_further(quarters):
    q, k = quarters.days.index(date(2025, 4, 1)), world.EVERYONE.index("CHN")
    assert quarters.models["static"][q, k] < quarters.models["path"][q, k] < -0.2
    assert quarters.changes[q] > 0
    quiet = quarters.days.index(date(2023, 10, 1))
    assert np.abs([quarters.models[name][quiet] for name in ("path", "static")]).max() < 0.02
    assert not quarters.models["no change"].any()


def test_errors_of_models_are_means_by_hand_and_what_is_worse_than_no_change_says_so(quarters, monkeypatch):
    monkeypatch.setattr(world, "quarter_score", lambda collected: quarters)
    table, _, published = world.world_scores(True, 1)
    inside, k = quarters.span("2025"), world.EVERYONE.index("CHN")
    (row,) = rows(table, span="2025", partner="CHN", model="path")
    misses = np.abs(quarters.models["path"] - quarters.came)[inside, k]
    assert row["error"] == pytest.approx(np.nanmean(misses))
    assert row["quarters"] == 3
    came = np.abs(quarters.came[inside, k])
    assert row["ratio"] == pytest.approx(np.nansum(misses) / np.nansum(came))
    assert row["ratio"] < 0.5
    sentence, _ = world_score_in_words(table)
    (whole,) = rows(table, span="2025", partner="all", model="path")
    assert ("worse than" if whole["ratio"] > 1.0 else "better than") in sentence
    assert whole["others"] < rows(table, span="2025", partner="all", model="no change")[0]["others"]
    kiel = rows(published, who="Kiel Institute")[0]
    assert (kiel["forecast"], kiel["quarters"]) == (-0.19, 1)
    assert kiel["came"] == pytest.approx(quarters.came[quarters.days.index(date(2025, 7, 1)), k])


def test_the_world_is_scored_over_all_quarters_so_that_months_are_refused():
    with pytest.raises(InputError, match="does not go with the world economy"):
        dt.score("world", as_of="2025-03")
