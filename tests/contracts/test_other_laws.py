"""What an importer's tariff says beside its measures: base duties by day, preferences, whose goods a note is about."""

import json

import pytest

import detente as dt
from detente.lab.statute.line_history import last_act


def rows(ran):
    assert ran.code == 0, ran.err
    content = json.loads(ran.out)
    return content[0].get("rows", content)


def test_python_takes_any_name_of_an_importer():
    for name in ("EUU", "EU", "Germany", "european union", "eu27"):
        assert dt.explain("8703.23.19", "US", "2026-06-30", of=name).total == pytest.approx(0.10), name
    series = dt.rate_series("8703.23", "US", "2025-01-01", of="Vietnam")
    assert series.levels["total"].tolist() == pytest.approx([0.64, 0.50])


def test_base_duties_that_change_and_preferences_that_begin_are_changes_of_the_law(detente):
    vietnam = {
        row["measure"]: row
        for row in rows(detente("law", "diff", "2025-01-01", "2026-01-01", "--of", "VNM", "-f", "json"))
    }
    assert vietnam["8703.23"]["on_2025-01-01"] == "64%"
    assert vietnam["8703.23"]["on_2026-01-01"] == "50%"
    back = {
        row["measure"]: row
        for row in rows(detente("law", "diff", "2026-01-01", "2025-01-01", "--of", "VNM", "-f", "json"))
    }
    assert (back["8703.23"]["on_2026-01-01"], back["8703.23"]["on_2025-01-01"]) == ("50%", "64%")
    union = {
        row["measure"]: row
        for row in rows(detente("law", "diff", "2026-06-01", "2026-07-01", "--of", "EU", "-f", "json"))
    }
    assert (union["US26"]["on_2026-06-01"], union["US26"]["on_2026-07-01"]) == ("not in force", "in force, on claim")
    feed = rows(detente("law", "--of", "IND", "--changes-since", "2025-02-01", "--to", "2025-03-01", "-f", "json"))
    assert {row["measure"]: row["what"] for row in feed}["8711.50"] == "changes from 50% to 30%"
    assert {row["date"] for row in feed} == {"2025-02-02", "2025-02-13"}


def test_the_last_act_of_a_law_without_measures_is_that_of_its_tariff():
    assert str(last_act("VNM")) == "2025-03-31"
    assert str(last_act("MAR")) == "2025-01-01"


def test_an_average_of_one_partner_tells_what_is_lacking_of_its_goods_alone(detente):
    korean = detente("average", "--of", "EU", "--partner", "Korea", "--on", "2026-10-01").out
    assert "Of trade remedies" in korean
    assert "Mercosur" not in korean
    assert "answer to the United States" not in korean
    assert "Mercosur" in detente("average", "--of", "EU", "--partner", "Brazil", "--on", "2026-10-01").out


def test_contributions_of_one_partner_sum_to_the_change_of_its_average_and_say_their_level(detente):
    words = ("--of", "Canada", "--partner", "US")
    moved = rows(detente("contributions", "--from", "2025-01-01", "--to", "2025-10-01", *words, "-f", "json"))
    days = [
        rows(detente("average", "--on", day, *words, "-f", "json"))[0]["average"]
        for day in ("2025-01-01", "2025-10-01")
    ]
    assert sum(row["change"] for row in moved) == pytest.approx(days[1] - days[0], abs=1e-6)
    told = detente("contributions", "--from", "2025-01-01", "--to", "2025-10-01", *words).out
    assert "imports from the United States" in " ".join(told.split())
    assert "means of sectors" in told


def test_a_sentence_says_its_level_after_what_is_owed(detente):
    assert (
        "owes about 0.00% of customs value, by the mean of its sector."
        in detente("explain", "8703.23", "Germany", "--of", "Morocco", "--on", "2026-10-01").out
    )


def test_a_schedule_of_one_year_makes_no_change_in_others():
    law = dt.load_law("Bangladesh")
    assert law.dates <= {day for day in law.dates if day.year <= 2018}


def test_a_country_without_a_law_is_not_taken_for_another(detente):
    ran = detente("rate", "6109.10", "China", "--of", "Lesotho")
    assert "no law of Lesotho is here: make its folder with `detente law new`" in ran.err
    assert "LAO" not in ran.err


def test_pages_name_the_goods_of_a_base_duty_and_take_partners_by_name(tmp_path):
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from detente.faces.web.app import create_app
    from detente.faces.web.settings import Settings

    client = TestClient(
        create_app(Settings(data_folder=tmp_path, rate=0.0, case="", ahead=False)), base_url="http://127.0.0.1"
    )
    page = client.get("/law/changes?of=VNM&from=2025-01-01&to=2025-12-31").text
    assert "Base duty 8703.23" in page
    assert "/law/measure?id=8703.23" not in page
    assert "Base duty 8703.23: changes from 64% to 50%" in client.get("/law/changes.atom?of=VNM").text
    duty = client.get("/duty?of=MAR&partner=South+Korea&from=2025-01-01&to=2025-01-02").text
    assert "is not known" not in duty
    assert "South Korea" in duty


def test_who_names_an_importer_for_a_law_is_told_what_makes_one():
    with pytest.raises(dt.InputError, match=r'not a value of the class Law; give .* as load_law\("Canada"\) makes'):
        dt.average("EU", "2026-01-01")
