"""Specific duties on the command line: the legal text, the equivalent and its source, the exact duty of a shipment."""

import json

import pytest

import detente as dt


def rate(run, *args):
    ran = run("rate", *args, "--format", "json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_a_share_of_value_is_its_own_law(detente):
    law = rate(detente, "8507.60.00.10", "CHN", "--on", "2025-04-15")["base_law"]
    assert law == {
        "text": "3.4%", "column": "general", "provision": None, "kind": "ad_valorem",
        "ad_valorem_equivalent": False, "source": None, "year": None,
    }  # fmt: skip


def test_a_specific_duty_says_text_source_and_year(detente):
    found = rate(detente, "0405.10.20", "FRA", "--on", "2025-01-02")
    assert found["base_law"] == {
        "text": "$1.541/kg", "column": "general", "provision": None, "kind": "specific",
        "ad_valorem_equivalent": True,
        "source": "duty over value of 2024 imports from partners that pay the general rate, statistical number",
        "year": 2024,
    }  # fmt: skip
    assert found["base"] == pytest.approx(0.17869)


def test_sugar_beyond_the_quota_has_the_equivalent_of_its_own_price(detente):
    found = rate(detente, "1701.14.50", "BRA", "--on", "2025-01-02")
    assert 0.5 < found["base"] < 0.8
    assert "beside this one" in found["base_law"]["source"]
    shown = detente("rate", "1701.14.50", "BRA", "--on", "2025-01-02").out
    words = " ".join(shown.split())
    assert "33.87 cents/kg" in words
    assert "unit value" in words


def test_the_columns_are_named(detente):
    assert rate(detente, "2401.20.85.10", "CUB", "--on", "2025-01-02")["base_law"]["column"] == "column 2"
    korean = rate(detente, "0202.30.80", "KOR", "--on", "2025-06-02", "--claim", "KORUS")["base_law"]
    assert (korean["text"], korean["column"], korean["kind"]) == ("1.7%", "special rate KR", "ad_valorem")
    free = rate(detente, "1701.99.50.25", "SGP", "--on", "2025-06-02", "--claim", "FTA")["base_law"]
    assert free["kind"] == "free"
    russian = rate(detente, "7601.10.30", "RUS", "--on", "2025-01-02")["base_law"]
    assert russian["kind"] == "ad_valorem"


def test_a_shipment_owes_what_the_text_says(detente):
    """Two tonnes at 500 USD: 677.40 by the text, and the additional duties on the value."""
    found = rate(detente, "1701.14.50", "BRA", "--on", "2025-08-15", "--value", "1000", "--quantity", "2 t")
    assert found["base"] == pytest.approx(0.6774)
    assert found["base_law"]["ad_valorem_equivalent"] is False
    assert found["shipment"] == {
        "value": 1000.0, "quantity": {"kg": 2000.0}, "base_exact": True,
        "base": pytest.approx(677.40), "additional": pytest.approx(500.0), "total": pytest.approx(1177.40),
    }  # fmt: skip


def test_without_a_quantity_the_equivalent_is_used_and_said(detente):
    found = rate(detente, "0405.10.20", "FRA", "--on", "2025-01-02", "--value", "1000")
    assert found["shipment"]["base"] == pytest.approx(178.69)
    assert found["shipment"]["base_exact"] is False
    said = " ".join(detente("explain", "0405.10.20", "FRA", "--on", "2025-01-02", "--value", "1000").out.split())
    assert "used for want of a quantity (N kg)" in said


def test_a_floor_meets_the_duty_by_the_text():
    """15 all-in from the Union: butter at 20 USD/kg owes 7.705% by the text, so the floor adds 7.295 points."""
    answer = dt.explain("0405.10.20", "FRA", "2025-09-15", value=20_000, quantity=1000)
    assert answer.main.base == pytest.approx(0.07705)
    assert answer.total == pytest.approx(0.15)
    cheap = dt.explain("0405.10.20", "FRA", "2025-09-15", value=8_000, quantity="1000 kg")
    assert cheap.total == pytest.approx(0.192625)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("1701.14.50", "BRA", "--value", "1000", "--quantity", "5 liters"), "give N kg"),
        (("1701.14.50", "BRA", "--quantity", "5"), "needs the customs value"),
        (("1701.14.50", "BRA", "--value", "-1"), "not a customs value"),
        (("1701.14.50", "BRA", "--value", "9", "--quantity", "5", "--set", "base=0.1"), "set as a share already"),
        (("0406.90", "FRA", "--value", "9", "--quantity", "5"), "give ten digits"),
        (("6109.10.00", "BGD", "--value", "9", "--quantity", "5"), "on value alone"),
        (("02071200", "USA", "--of", "CHN", "--value", "9", "--quantity", "5"), "as a share only"),
    ],
)
def test_what_does_not_fit_is_refused(detente, args, said):
    ran = detente("rate", *args, "--on", "2025-01-02")
    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_of_chinas_specific_duties_only_the_kind_is_known(detente):
    law = rate(detente, "02071200", "USA", "--of", "CHN", "--on", "2025-01-02")["base_law"]
    assert (law["text"], law["kind"], law["ad_valorem_equivalent"]) == (None, "specific", True)
    assert "not in the package" in law["source"]


def test_a_minimum_price_is_told_until_value_and_quantity_are_given(detente):
    told = rate(detente, "2804.61", "KOR", "--on", "2026-12-04", "--value", "15000")
    assert (told["total"], told["controls"]) == (0.0, ["s232_polysilicon_prices"])
    owed = rate(detente, "2804.61", "KOR", "--on", "2026-12-04", "--value", "15000", "--quantity", "1000 kg")
    assert owed["shipment"]["total"] == pytest.approx(6000)
    assert owed["shipment"]["quantity"] == {"kg": 1000.0}
    assert owed["controls"] == []
    shown = " ".join(detente("rate", "2804.61", "KOR", "--on", "2026-12-04").out.split())
    assert "minimum price of 21 USD/kg" in shown
    assert "give value and quantity (N kg)" in shown


def test_a_minimum_price_refuses_another_unit(detente):
    ran = detente("rate", "2804.61", "KOR", "--on", "2026-12-04", "--value", "15000", "--quantity", "10 W")
    assert ran.code == 2
    assert "give N kg" in ran.err


def test_a_special_rate_that_stands_elsewhere_is_said_to(detente):
    canadian = rate(detente, "0405.10.20", "CAN", "--on", "2025-06-02", "--claim", "USMCA")
    assert canadian["base_law"]["provision"] == "9823.03.07"
    claims = {s["state"]: s["total"] for f in canadian["facts"] if f["fact"] == "claim" for s in f["states"]}
    assert claims["USMCA within the quota"] == 0
    assert claims["USMCA"] == pytest.approx(0.17869)
    shown = " ".join(detente("rate", "0406.10.38", "AUS", "--on", "2025-06-02", "--claim", "AUSFTA").out.split())
    assert "the special rate of this line is in 9822.04.50" in shown


def test_a_quota_is_claimed_for_its_goods_alone(detente):
    ran = detente("rate", "8703.23.01", "CAN", "--on", "2025-06-02", "--claim", "USMCA within the quota")
    assert ran.code == 2
    assert "is not for these goods" in ran.err
    other = rate(detente, "8703.23.01", "CAN", "--on", "2025-06-02")
    assert "quota" not in str(other["facts"])
