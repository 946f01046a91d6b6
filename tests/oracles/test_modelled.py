"""What the model said of shipped cases: complete, as it is solved again, and scored without a look at what came."""

import re

import numpy as np
import pytest

from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.data.dealrecord import agreements, bargains, deals, read_through, threats
from detente.evidence.chances import OUTCOMES, covariates_by_threat, tilted_without
from detente.lab.score.track import (
    Threats,
    model_forecasts,
    model_rates_table,
    model_rules_table,
    model_terms_table,
    rate_rules_table,
    rules_table,
    survival_skill_table,
    survival_table,
    tilt_table,
)
from detente.lab.talks.primary import Primary, forecast_of


def test_every_case_of_two_with_an_outcome_is_forecast():
    known = {n for n in case_names() if HAPPENED in variant_names(n) and len(load_case(n).parties) == 2}
    assert {each.case for each in model_forecasts()} == known


def test_a_forecast_is_what_the_case_gives_today():
    (stored,) = [each for each in model_forecasts() if each.case == "us-vietnam-2025-07"]
    again = forecast_of(stored.case, 1)
    for name in ("p", "before", "rate", "room", "asymmetry", "credibility"):
        assert getattr(again, name) == pytest.approx(getattr(stored, name), rel=1e-4), name
    assert again.sample == pytest.approx(stored.sample[:1], rel=1e-4)
    assert (again.threat, again.terms) == (stored.threat, stored.terms)


def test_the_rate_of_the_day_is_that_of_the_record():
    """General duties are told apart from those of sectors: they sum to the rate that the record has of the day."""
    table = model_rates_table(agreements(), read_through())
    before = {each.case: each.before for each in model_forecasts()}
    same = [abs(row["before"] - before[row["case"]]) < 1e-9 for row in table.rows()]
    # Before Busan the law that goes on is that of the snap-back.
    assert [row["case"] for row, fits in zip(table.rows(), same, strict=True) if not fits] == ["us-china-2025-10"]


def test_the_error_of_one_rate_is_its_distance_and_few_episodes_are_said_to_be_few():
    table = model_rates_table(agreements(), read_through())
    (row,) = [row for row in table.rows() if row["case"] == "us-brazil-2025-07"]
    assert row["error"] == pytest.approx(abs(row["median"] - row["agreed"]), abs=1e-12)
    rules = model_rules_table(agreements(), read_through())
    assert len(rules) == 10
    assert any("too few to rank" in note for note in rules.notes)
    assert rules["error_rows"][0] == pytest.approx(table["error"].mean(), abs=1e-12)


def test_a_bargain_of_later_is_not_scored_on_an_earlier_day():
    day = load_case("us-eu-2025-07").on
    earlier = model_rates_table([each for each in agreements() if each.announced < day], day)
    assert "us-eu-2025-07" not in earlier["case"].tolist()
    assert "us-vietnam-2025-07" in earlier["case"].tolist()


def test_what_partners_give_is_counted_where_it_lay_on_the_table():
    table = model_terms_table(deals(), read_through())
    for row in table.rows():
        assert row["right"] <= row["count"]
        assert row["brier"] == pytest.approx(1.0 - row["right"] / row["count"])


def test_no_threat_moves_the_slopes_that_move_it():
    numbers = covariates_by_threat(model_forecasts())
    values = np.array(list(numbers.values()))
    rng = np.random.default_rng(3)
    bases = rng.dirichlet(np.ones(len(OUTCOMES)), len(values))
    outcome, alone = rng.integers(0, 4, len(values)), np.arange(len(values))
    made = tilted_without(bases, values, outcome, alone)
    assert made.sum(axis=1) == pytest.approx(1.0)
    for k in range(len(values)):
        other = outcome.copy()
        other[k] = (other[k] + 1) % 4
        assert tilted_without(bases, values, other, alone)[k] == pytest.approx(made[k], abs=1e-12)
    assert tilted_without(bases, 0.0 * values, outcome, alone) == pytest.approx(bases)


def test_the_tilt_is_scored_on_the_threats_with_a_case_and_is_not_in_use():
    table = tilt_table(Threats(threats(), read_through()))
    assert "11 threats" in table.title
    assert table["skill"][0] == 0.0
    assert any("take no tilt" in note for note in table.notes)


def test_a_threat_that_stood_is_known_before_its_outcome():
    primary = Primary.of("us-vietnam-2025-07")
    assert primary.threat.id == "X58"
    assert primary.threat.deadline > primary.file.on
    assert 0.0 < primary.p < 1.0


def test_what_the_rule_in_use_saves_stands_beside_every_rule():
    """One less its error over that of the other, good or bad, with a range."""
    for table, error in (
        (rules_table(Threats(threats(), read_through())), "brier"),
        (rate_rules_table(agreements()), "error"),
    ):
        scores = table[error]
        assert table["saved"] == pytest.approx(1.0 - scores[0] / scores, abs=1e-9)
        assert (table["saved_low"] <= table["saved"] + 1e-12).all()
        assert (table["saved_high"] >= table["saved"] - 1e-12).all()
    table = survival_skill_table(bargains(), read_through())
    assert sorted({(row["days"], row["count"]) for row in table.rows()}) == [(90, 37), (180, 36), (365, 18)]
    scored = survival_table(bargains(), read_through())
    (ever,) = [row for row in table.rows() if row["rule"] == "for ever" and row["days"] == 365]
    errors = dict(zip(scored["rule"].tolist(), scored["day_365"].tolist(), strict=True))
    assert ever["saved"] == pytest.approx(1.0 - scored["day_365"][0] / errors["for ever"], abs=1e-9)
    assert ever["saved"] < 0.0 < ever["saved_high"]
    assert len(table) == 3 * (len(scored) - 1)


def test_sections_of_the_law_are_spelled_out():
    measures = {each.measure for each in threats()}
    assert {"section 338 on 554 lines", "section 301", "ship fees, section 301"} <= measures
    assert not [measure for measure in measures if re.search(r"\bs\d{3}\b", measure)]
