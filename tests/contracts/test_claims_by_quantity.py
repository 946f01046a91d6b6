"""Rates of preferences that are no share of value, and duties in the place of an excise: told in words."""

import pytest

import detente as dt

TARIFF = """code,description,rate,EU
0201.10.00,Beef,NOK 32.28 per kg,NOK 30 per kg
0406.90.80,Cheese,277%,Free within quota of 8400 t
0406.90.90,Other cheese,200%,see the annex
6109.10.00,T-shirts,10.7%,Free
"""


@pytest.fixture
def folder(detente, tmp_path):
    (tmp_path / "tariff.csv").write_text(TARIFF, encoding="utf-8")
    assert made(detente, tmp_path, "--on", "2026-01-01", "--out", str(tmp_path / "nor")).code == 0
    return tmp_path


def made(detente, folder, *more):
    words = ("law", "new", "Norway", "--schedule", str(folder / "tariff.csv"), "--currency", "NOK", "--per-usd", "10")
    return detente(*words, *more)


def told(detente, folder, code, *more):
    words = ("rate", code, "Germany", "--of", "Norway", "--lawbooks", str(folder), "--on", "2026-06-01")
    return detente(*words, "--preference", "EU", *more).out


def test_a_claim_of_a_rate_by_quantity_is_told_in_its_words_and_worked_out(detente, folder):
    words = told(detente, folder, "0201.10")
    assert "owes 30 NOK/kg on 1 June 2026" in " ".join(words.split())
    assert "no effect" not in words
    exact = told(detente, folder, "0201.10", "--value", "10000", "--quantity", "2000 kg")
    assert "60.00%" in exact
    assert "Free within quota of 8400 t" in told(detente, folder, "0406.90.80")
    assert "no effect" not in told(detente, folder, "0406.90.80")


def test_preferences_that_nobody_understands_are_listed_when_the_folder_is_made(detente, folder):
    told = " ".join(made(detente, folder, "--dry-run").out.split())
    assert "rates of preferences that are not understood, left out: 1, as in row 4: 'see the annex'" in told


def test_shipped_preferences_kept_as_text_are_no_claims_without_effect():
    whale = " ".join(dt.rate("0210.92", "Thailand", "2026-06-01", of="Japan", preference="ASEAN").warnings)
    assert "by product or quota" in whale
    assert "no effect" not in whale


def test_a_duty_in_the_place_of_an_excise_is_never_nothing(detente):
    beer = ("rate", "2203.00.69", "Germany", "--of", "Australia", "--on", "2026-06-01")
    assert "owes 63.75 AUD/liter of alcohol above 1.15% on 1 June 2026" in " ".join(detente(*beer).out.split())
    assert "420.79%" in detente(*beer, "--value", "1000", "--quantity", "100 l of alcohol above 1.15%").out
    assert "5% is 0.05" in detente("rate", "6109.10", "China", "--set", "base=5").err
