"""Averages of most-favoured-nation duties beside those of the WTO's tariff profiles."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import write_tariff_profiles as profiles  # noqa: E402
from rows import rows_of  # noqa: E402

LISTED = rows_of(__file__)


@pytest.mark.parametrize(
    ("code", "group", "weighted", "published", "tolerance"), LISTED["averages_are_those_of_the_profiles"]
)
def test_averages_are_those_of_the_profiles(code, group, weighted, published, tolerance):
    """Farm goods of the European Union lack the agricultural components and entry prices, which have no equivalent."""
    assert profiles.averages(code)[group][weighted] == pytest.approx(published, abs=tolerance)


def test_the_page_is_what_is_computed():
    page = profiles.PAGE.read_text(encoding="utf-8")
    assert all(row in page for row in profiles.rows())
