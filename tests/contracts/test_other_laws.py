"""What an importer's tariff says beside its measures: base duties by day, preferences, whose goods a note is about."""

import json
from datetime import date

import pytest

import detente as dt
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.lab.statute.book import last_act, net_table


def rows(ran):
    assert ran.code == 0, ran.err
    content = json.loads(ran.out)
    if "tables" in content:
        return next(iter(content["tables"].values()))["rows"]
    return content[0].get("rows", content)


def test_changes_and_last_acts_of_a_law_are_those_of_its_tariff_by_any_name():
    for name in ("EUU", "EU", "Germany", "european union", "eu27"):
        assert float(dt.rate("8703.23.19", "US", "2026-06-30", of=name)) == pytest.approx(0.10), name
    series = dt.rate_history("8703.23", "US", "2025-01-01", of="Vietnam")
    assert series["total"].tolist() == pytest.approx([0.64, 0.50])

    def net(of, first, last):
        table = net_table(dt.load_law(of), date.fromisoformat(first), date.fromisoformat(last))
        return {row["measure"]: (row["before"], row["after"]) for row in table}

    assert net("VNM", "2025-01-01", "2026-01-01")["8703.23"] == ("64%", "50%")
    assert net("VNM", "2026-01-01", "2025-01-01")["8703.23"] == ("50%", "64%")
    assert net("EU", "2026-06-01", "2026-07-01")["US26"] == ("not in force", "in force, on claim")
    feed = dt.law_changes("2025-02-01", "2025-03-01", of="IND")
    assert {row["measure"]: row["what"] for row in feed}["8711.50"] == "changes from 50% to 30%"
    assert {*feed["date"]} == {"2025-02-02", "2025-02-13"}
    assert (str(last_act("VNM")), str(last_act("MAR"))) == ("2025-03-31", "2025-01-01")


def test_an_average_of_one_partner_tells_what_is_lacking_of_its_goods_alone(detente):
    korean = detente("average", "--of", "EU", "--partner", "Korea", "--on", "2026-10-01", "--notes").out
    assert "Of trade remedies" in korean
    assert "Mercosur" not in korean
    assert "answer to the United States" not in korean
    assert "Mercosur" in detente("average", "--of", "EU", "--partner", "Brazil", "--on", "2026-10-01", "--notes").out


def test_contributions_of_one_partner_sum_to_the_change_of_its_average_and_say_their_level(detente):
    words = ("--of", "Canada", "--partner", "US")
    ends = ("average", "--by", "measure", "--against", "2025-01-01", "--on", "2025-10-01", *words)
    moved = rows(detente(*ends, "-f", "json"))
    days = [
        rows(detente("average", "--on", day, *words, "-f", "json"))[0]["average"]
        for day in ("2025-01-01", "2025-10-01")
    ]
    assert sum(row["change"] for row in moved) == pytest.approx(days[1] - days[0], abs=1e-6)
    told = detente(*ends, "--notes").out
    assert "imports from the United States" in " ".join(told.split())
    assert "means of sectors" in told


def test_entries_without_a_rate_on_record_are_not_rated(detente, tmp_path):
    path = tmp_path / "e.csv"
    path.write_text("entry,date,code,origin,value\n1,2026-10-01,1006.30,US,10000\n2,2026-10-01,8517.13,US,10000\n")
    told = detente("entries", str(path), "--of", "Korea").out
    assert told.startswith("None of the 2 rows of e.csv could be rated")
    assert "its base duty is not on record" in " ".join(told.split())


def test_an_answer_names_the_oldest_series_it_was_read_in(detente):
    """Base duty and measures apart: each to the day of the newest text of the series used."""
    plain = detente("rate", "8703.23", "China", "--of", "UK", "--on", "2026-06-01").out
    assert "our record of other tariffs runs to 25 June 2026" in " ".join(plain.split())
    steel = detente("rate", "7208.25", "Russia", "--of", "UK", "--on", "2026-06-01").out
    assert "our record of other tariffs runs to 4 December 2023" in " ".join(steel.split())
    known = detente("rate", "8703.23", "Germany", "--of", "Canada", "--on", "2026-06-01").out
    assert "Our tariff record runs to 7 September 2026" in known
    assert "base duty of" not in known


@pytest.mark.parametrize("name", [n for n in lawbooks() if n not in ("USA", "CHN")])
def test_no_law_claims_to_be_read_further_than_its_newest_text(name):
    record = importer(name).law.record
    if record is not None:
        assert record.to == max(source.day for source in record.sources)
        known = {authority.id for authority in importer(name).law.authorities}
        assert {a for source in record.sources for a in source.authorities} <= known


def test_a_schedule_of_one_year_makes_no_change_in_others():
    law = dt.load_law("Bangladesh")
    assert law.dates <= {day for day in law.dates if day.year <= 2018}


def test_pages_name_the_goods_of_a_base_duty_and_take_partners_by_name(client):
    page = client.get("/law/changes?of=VNM&from=2025-01-01&to=2025-12-31").text
    assert "8703.23" in page
    assert (
        "Base duty 8703.23: changes from 64% to 50%"
        in client.get("/law/changes.atom?of=VNM&from=2025-01-01&to=2025-12-31").text
    )
    page = client.get("/average?of=MAR&partner=South+Korea&from=2025-01-01&to=2025-01-02")
    assert page.status_code == 200
    assert "South Korea" in page.text
