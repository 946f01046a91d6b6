"""The brief of a country: the words of its page in every face, what is owed beside what is paid."""

import pytest

import detente as dt
from detente.data.tables import arrays
from detente.faces.words.country import country_page
from detente.lab.country.brief import country_brief


def test_the_answer_has_the_words_and_the_numbers_of_the_page(detente):
    study = country_brief("VNM", "geneva")
    page = country_page(study)
    answer = dt.brief("Vietnam", scenario="geneva")
    assert answer.headline == f"{page.does[0]} {page.stands[0]}"
    assert [*answer.tables] == [*study.tables]
    assert float(answer) == pytest.approx(study.tables["numbers"]["after"][0])
    shown = " ".join(detente("brief", "Vietnam", "--scenario", "geneva").out.split())
    for sentence in page.sentences:
        assert " ".join(sentence.replace("\u2212", "-").split()) in shown
    assert str(answer).count("\n") < 30


def test_a_country_of_before_is_a_brief_now(detente):
    ran = detente("country", "Germany", "geneva", "--table", "country_duties")
    assert ran.code == 0
    assert "this is now: detente brief Germany --scenario geneva" in ran.err
    assert "duties it faces and levies" in ran.out


def test_another_earlier_day_closure_and_costs_are_taken():
    base = dt.brief("Vietnam", "2025-05-14", against="2025-05-13")
    assert base.number.against == "the tariffs of 13 May 2025"
    assert float(base) == pytest.approx(float(dt.brief("Vietnam", scenario="geneva")), abs=1e-3)
    dearer = dt.brief("Vietnam", scenario="geneva", costs=[{"exporter": "Vietnam", "importer": "USA", "change": "10%"}])
    assert float(dearer) < float(dt.brief("Vietnam", scenario="geneva"))
    zero = dt.brief("Vietnam", scenario="geneva", closure="zero")
    assert float(zero) != float(dt.brief("Vietnam", scenario="geneva"))


def test_what_is_owed_and_what_is_paid_stand_side_by_side(detente):
    rows = {row["measure"]: row for row in dt.brief("Mexico", "2025-05-14")}
    month = arrays("usa_collected_monthly")
    chosen = (month["month"] == "2025-05") & (month["partner"] == "MEX")
    paid = float(month["duty"][chosen][0] / month["imports"][chosen][0])
    assert rows["duty paid on its goods"]["after"] == pytest.approx(paid)
    assert paid < 0.05 < rows["duty on its goods"]["after"]
    gap = rows["duty paid on its goods"]["after"] - rows["duty paid on goods of all others"]["after"]
    assert rows["difference paid"]["after"] == pytest.approx(gap)
    told = " ".join(detente("brief", "Mexico", "--on", "2025-05-14").out.split())
    assert f"importers paid {paid:.1%} on its goods" in told
    assert f"It is {-100 * gap:.1f} points ahead of its rivals" in told
    assert "USMCA claims of May 2025" in told


def test_what_nobody_has_paid_yet_is_not_said_to_be_paid(detente):
    told = " ".join(detente("brief", "Mexico", "--on", "2026-10-01").out.split())
    assert "importers paid" not in told
    assert "points ahead of its rivals" in told or "points behind its rivals" in told
