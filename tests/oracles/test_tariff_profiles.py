"""Averages of most-favoured-nation duties beside those of the WTO's tariff profiles."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_tariff_profiles as profiles  # noqa: E402


@pytest.mark.parametrize(
    ("code", "group", "weighted", "published", "tolerance"),
    [
        ("EU27", "total", False, 5.0, 0.5),
        ("EU27", "other", False, 4.1, 0.5),
        ("EU27", "farm", False, 10.5, 1.0),
        ("EU27", "other", True, 2.4, 0.5),
        ("GBR", "total", False, 3.7, 0.5),
        ("GBR", "farm", False, 8.6, 0.5),
        ("GBR", "other", False, 2.9, 0.5),
        ("GBR", "other", True, 2.4, 0.5),
        ("BGD", "total", False, 14.0, 0.5),
        ("BGD", "farm", False, 17.6, 0.5),
        ("BGD", "other", False, 13.4, 0.5),
        ("JPN", "total", False, 4.0, 0.5),
        ("JPN", "other", False, 2.5, 0.5),
        ("AUS", "total", False, 2.1, 0.5),
        ("AUS", "farm", False, 1.1, 0.5),
        ("AUS", "other", False, 2.3, 0.5),
        ("AUS", "total", True, 2.5, 0.5),
    ],
)
def test_averages_are_those_of_the_profiles(code, group, weighted, published, tolerance):
    """Farm goods of the European Union lack the agricultural components and entry prices, which have no equivalent."""
    assert profiles.averages(code)[group][weighted] == pytest.approx(published, abs=tolerance)


def test_the_page_is_what_is_computed():
    page = profiles.PAGE.read_text(encoding="utf-8")
    assert all(row in page for row in profiles.rows())
