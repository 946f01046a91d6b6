"""Specific duties on the command line: the legal text, the equivalent and its source, the exact duty of a shipment."""

from datetime import date

import pytest

import detente as dt
from detente.faces.ladder import column_words, source_words
from detente.lab.statute.lookup import asked_law


def rate(line, partner, on, of="USA", preference="", **shipment):
    return asked_law(of, None, date.fromisoformat(on), preference).duty(line, partner, **shipment)


def law_of(*asked, **more):
    law = rate(*asked, **more).base_law
    return law.text, column_words(law), law.kind, law.equivalent


def test_a_share_of_value_is_its_own_law():
    assert law_of("8507.60.00.10", "CHN", "2025-04-15") == ("3.4%", "general", "ad_valorem", False)


def test_a_specific_duty_says_text_source_and_year():
    found = rate("0405.10.20", "FRA", "2025-01-02")
    assert law_of("0405.10.20", "FRA", "2025-01-02") == ("$1.541/kg", "general", "specific", True)
    said = "duty over value of 2024 imports from partners that pay the general rate, statistical number"
    assert (source_words(found.base_law), found.base_law.year) == (said, 2024)
    assert any(said in text for text in dt.rate("0405.10.20", "FRA", "2025-01-02").warnings)
    assert found.main.base == pytest.approx(0.17869)


def test_sugar_beyond_the_quota_has_the_equivalent_of_its_own_price(detente):
    found = rate("1701.14.50", "BRA", "2025-01-02")
    assert 0.5 < found.main.base < 0.8
    assert "beside this one" in source_words(found.base_law)
    shown = detente("rate", "1701.14.50", "BRA", "--on", "2025-01-02").out
    words = " ".join(shown.split())
    assert "33.87 cents/kg" in words
    assert "unit value" in words


def test_the_columns_are_named():
    assert law_of("2401.20.85.10", "CUB", "2025-01-02")[1] == "column 2"
    korean = law_of("0202.30.80", "KOR", "2025-06-02", preference="KORUS")
    assert korean == ("1.7%", "special rate KR", "ad_valorem", False)
    assert law_of("1701.99.50.25", "SGP", "2025-06-02", preference="FTA")[2] == "free"
    assert law_of("7601.10.30", "RUS", "2025-01-02")[2] == "ad_valorem"


def test_a_shipment_owes_what_the_text_says():
    """Two tonnes at 500 USD: 677.40 by the text, and the additional duties on the value."""
    answer = dt.rate("1701.14.50", "BRA", "2025-08-15", value=1000, quantity="2 t")
    found = rate("1701.14.50", "BRA", "2025-08-15", value=1000.0, quantity="2 t")
    assert found.main.base == pytest.approx(0.6774)
    assert (found.shipment.quantity, found.shipment.base) == ({"kg": 2000.0}, pytest.approx(0.6774))
    parts = dict(zip(answer.tables["shipment"]["part"], answer.tables["shipment"]["duty"], strict=True))
    assert parts["base duty"] == pytest.approx(677.40)
    assert parts["total"] == pytest.approx(1177.40)
    assert float(answer) == pytest.approx(1.1774)


def test_without_a_quantity_the_equivalent_is_used_and_said():
    answer = dt.rate("0405.10.20", "FRA", "2025-01-02", value=1000)
    assert answer.tables["shipment"]["duty"][0] == pytest.approx(178.69)
    assert any("used for want of a quantity (N kg)" in text for text in answer.warnings)


def test_a_floor_meets_the_duty_by_the_text():
    """15 all-in from the Union: butter at 20 USD/kg owes 7.705% by the text, so the floor adds 7.295 points."""
    answer = rate("0405.10.20", "FRA", "2025-09-15", value=20_000, quantity=1000)
    assert answer.main.base == pytest.approx(0.07705)
    assert answer.total == pytest.approx(0.15)
    cheap = dt.rate("0405.10.20", "FRA", "2025-09-15", value=8_000, quantity="1000 kg")
    assert float(cheap) == pytest.approx(0.192625)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("1701.14.50", "BRA", "--value", "1000", "--quantity", "5 liters"), "give N kg"),
        (("1701.14.50", "BRA", "--quantity", "5"), "needs the customs value"),
        (("1701.14.50", "BRA", "--value", "-1"), "out of range"),
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


def test_of_chinas_specific_duties_only_the_kind_is_known():
    law = rate("02071200", "USA", "2025-01-02", of="CHN").base_law
    assert (law.text, law.kind, law.equivalent) == ("", "specific", True)
    assert "not in the package" in source_words(law)


def test_a_minimum_price_is_told_until_value_and_quantity_are_given():
    told = dt.rate("2804.61", "KOR", "2026-12-04", value=15000)
    assert (float(told), told.tables["orders"]["measure"][-1]) == (0.0, "s232_polysilicon_prices")
    owed = dt.rate("2804.61", "KOR", "2026-12-04", value=15000, quantity="1000 kg")
    assert owed.tables["shipment"]["duty"][-1] == pytest.approx(6000)
    assert "s232_polysilicon_prices" not in owed.tables["orders"]["measure"]
    shown = " ".join(dt.rate("2804.61", "KOR", "2026-12-04").warnings)
    assert "inimum price of 21 USD/kg" in shown
    assert "give value and quantity (N kg)" in shown


def test_a_minimum_price_refuses_another_unit(detente):
    ran = detente("rate", "2804.61", "KOR", "--on", "2026-12-04", "--value", "15000", "--quantity", "10 W")
    assert ran.code == 2
    assert "give N kg" in ran.err


def test_a_special_rate_that_stands_elsewhere_is_said_to():
    assert rate("0405.10.20", "CAN", "2025-06-02", preference="USMCA").base_law.provision == "9823.03.07"
    facts = dt.rate("0405.10.20", "CAN", "2025-06-02", preference="USMCA").tables["facts"].rows()
    claims = {row["state"]: row["total"] for row in facts if row["fact"] == "claim"}
    assert claims["USMCA within the quota"] == 0
    assert claims["USMCA"] == pytest.approx(0.17869)
    shown = " ".join(dt.rate("0406.10.38", "AUS", "2025-06-02", preference="AUSFTA").warnings)
    assert "he special rate of this line is in 9822.04.50" in shown


def test_a_quota_is_claimed_for_its_goods_alone(detente):
    ran = detente("rate", "8703.23.01", "CAN", "--on", "2025-06-02", "--preference", "USMCA within the quota")
    assert ran.code == 2
    assert "is not for these goods" in ran.err
    other = dt.rate("8703.23.01", "CAN", "2025-06-02")
    assert "quota" not in str(list(other.tables["facts"].rows()))
