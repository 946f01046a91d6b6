"""Every importer in every face: commands, Python, program interface, pages, assistants; a folder of one's own."""

import json
from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.data.importerfile import lawbooks
from detente.data.tables import place
from detente.faces.cli.completion import known
from detente.faces.words.language import load
from detente.lab.averages import averages as faced
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.revenue import revenue

FOUR = ("CAN", "EU27", "JPN", "CHN")
MODELLED = ("CAN", "EU27", "JPN")
LEVEL = {"CAN": "means of sectors", "EU27": "stand by line", "JPN": "stand by line"}
GOOD = {"CAN": "8703.23", "EU27": "8703.23", "JPN": "8703.23", "CHN": "8703.23.61"}
SPAN = ("--from", "2025-04-01", "--to", "2025-04-10")
COMMANDS = {
    "average": ("average", "--on", "2025-10-01"), "by section": ("average", "--on", "2025-10-01", "--by", "section"),
    "partner": ("average", "--on", "2025-10-01", "--partner", "US"), "daily": ("average", *SPAN),
    "contributions": ("average", "--by", "measure", "--against", "2025-04-01", "--on", "2025-04-10"),
    "revenue": ("revenue", "--on", "2025-10-01", "--by", "authority"), "months": ("revenue", *SPAN),
    "law": ("law", "list"), "search": ("law", "search", "cars"),
    "changes": ("law", "changes", "--from", "2025-03-01", "--to", "2025-04-01"), "assumptions": ("assumptions",),
}  # fmt: skip
"""Commands that take an importer."""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("code", FOUR)
def test_commands_take_any_importer_and_say_whose_law_it_is(detente, code):
    for name, words in COMMANDS.items():
        asked = words[0] in ("average", "revenue")
        ran = detente(*words, "--of", code, *(("--notes",) if asked else ()))
        assert ran.code == 0, (name, ran.err)
        if asked:
            assert load().country(code, "imports") in " ".join(ran.out.split()), name
        elif name != "search":
            assert place(code) in " ".join(ran.out.split()), name
        if code in MODELLED and name in ("average", "by section", "partner", "daily", "revenue", "months"):
            told = " ".join(ran.out.split())
            assert "weights are modelled" in told, name
            assert LEVEL[code] in told, name
            assert "0.6 points" in told
    partner = "China" if code != "CHN" else "US"
    told = detente("rate", GOOD[code], partner, "--of", code, "--on", "2026-07-01")
    assert told.code == 0, told.err
    assert "base duty" in told.out
    past = dt.rate_history(GOOD[code], partner, "2025-01-01", "2025-06-01", of=code)
    assert past["total"].size


def test_members_of_a_union_have_its_law_and_are_no_partners_of_it(detente):
    ran = detente("average", "--of", "Germany", "--on", "2025-10-01")
    assert "Germany applies the tariff of the European Union." in ran.out


def test_names_of_all_importers_are_completed_and_us_trade_is_no_assumption_of_others():
    names = {value for value, _ in known("average", "of")}
    assert set(lawbooks()) <= names
    assert {"Germany", "Japan", "EU", "US"} <= names
    ids = {code: set(dt_register(code)) for code in ("USA", "JPN")}
    assert "weights_2024" in ids["USA"] - ids["JPN"]
    assert "weights_modelled" in ids["JPN"] - ids["USA"]
    assert "elasticity" in ids["USA"] & ids["JPN"]


def dt_register(code):
    from detente.data.assumptions import assumptions_table

    return assumptions_table(dt.load_law(code))["id"].tolist()


def test_the_table_of_importers_has_lines_first_and_what_each_lacks():
    answer = dt.law_coverage()
    rows = list(answer)
    levels = [row["level"] for row in rows]
    assert (levels, {row["importer"] for row in rows}) == (sorted(levels), set(lawbooks()))
    japan = next(row for row in rows if row["importer"] == "JPN")
    assert (japan["vintage"], japan["read_to"]) == ("2026-07-12", "2026-07-12")
    assert japan["lines"] > 9000
    lacks = " ".join(row["says"] for row in answer.tables["not_covered"] if row["importer"] == "JPN")
    assert "safeguards" in lacks.lower()


def test_a_year_of_duty_is_the_average_of_its_imports_and_its_parts_sum_to_it():
    ground, on = laid_law(dt.load_law("Canada")), date(2025, 4, 9)
    whole = revenue(ground, on)
    assert whole["static"][0] == pytest.approx(ground.whole(on) * ground.flows.total)
    assert whole["elastic"][0] < whole["static"][0]
    for by in ("partner", "section", "authority"):
        parts = revenue(ground, on, by)
        assert parts["static"].sum() == pytest.approx(whole["static"][0])
        assert parts["elastic"].sum() == pytest.approx(whole["elastic"][0])
    inelastic = revenue(ground, on, elasticity=0.0)
    assert inelastic["elastic"][0] == pytest.approx(whole["static"][0])


@pytest.fixture
def few(monkeypatch):
    """Some importers alone, so that every one of them is looked at in little time."""
    some = {code: lawbooks()[code] for code in ("CAN", "CHN", "EU27", "NOR", "USA")}
    monkeypatch.setattr(faced, "lawbooks", lambda: some)


def test_what_goods_face_is_what_each_importer_asks_and_its_steps_lead_from_one_day_to_the_other(few, detente):
    table, steps = dt.average("2025-10-01", partner="US", by="importer", against="2025-01-01").tables.values()
    rows = {row["importer"]: row for row in table.rows()}
    assert set(rows) == {"CAN", "CHN", "EU27", "NOR"}
    assert rows["CAN"]["after"] == pytest.approx(float(dt.average("2025-10-01", of="CAN", partner="US", draws=0)))
    for code, row in rows.items():
        moves = [step for step in steps.rows() if step["importer"] == code]
        assert sum(step["change"] for step in moves) == pytest.approx(row["change"], abs=3e-4)
    days = {step["day"]: step["what"] for step in steps.rows() if step["importer"] == "CAN"}
    assert days["2025-03-04"] == "Surtax of March 2025 on goods of the United States"
    assert (rows["NOR"]["level"], rows["EU27"]["level"]) == ("sector", "line")
    sections = dt.average("2025-10-01", partner="US", by="importer,section", against="2025-01-01").main
    for kind in ("before", "after"):
        assert sections[kind] @ sections["exports"] == pytest.approx(table[kind] @ table["exports"])
    words = ("average", "--by", "importer", "--partner", "US", "--on", "2027-01-15")
    for row in json.loads(detente(*words, "--format", "json").out)["tables"]["facing"]["rows"]:
        totals = [branch["total"] for branch in row["branches"]]
        assert bool(totals) == (row["importer"] == "CHN"), row
        assert not totals or (totals[0] == row["after"] and min(totals) < totals[0])
    assert "tariff record runs to 7 october 2026" in " ".join(detente(*words, "--notes").out.split()).lower()


def test_what_many_importers_ask_says_of_each_how_far_its_law_was_read_and_which_fate_is_likely(monkeypatch, detente):
    some = {code: lawbooks()[code] for code in ("CHN", "KOR", "MEX", "NOR")}
    monkeypatch.setattr(faced, "lawbooks", lambda: some)
    answer = dt.average("2026-12-01", partner="US", by="importer")
    table, steps = answer.tables.values()
    read = {row["importer"]: row["record_to"] for row in table.rows()}
    assert read == {c: str(dt.load_law(c).record.to) for c in ("CHN", "KOR", "MEX")} | {"NOR": ""}
    assert {row["record_to"] for row in steps.rows() if row["importer"] == "CHN"} == {read["CHN"]}
    # Korea has base duties alone on record, read to 2022: the whole is on record as far as measures are
    assert read["KOR"] < read["MEX"] == table.standing.to.isoformat()
    rows = answer.to_dict()["tables"]["facing"]["rows"]
    branches = {row["importer"]: row["branches"] for row in rows}
    average = dt.average("2026-12-01", of="CHN", partner="US", draws=0).to_dict()["tables"]["average"]["rows"]
    assert [(b["branch"], b["words"], b["likely"]) for b in branches["CHN"]] == [
        (b["branch"], b["words"], b["likely"]) for b in average[0]["branches"]
    ]
    assert [b["branch"] for b in branches["CHN"] if b["likely"]] == ["prolonged"]
    assert not branches["MEX"]
    assert not branches["KOR"]


def test_laws_on_record_for_us_goods_alone_stand_at_sectors_for_others(few):
    rows = {row["importer"]: row for row in dt.average("2025-10-01", partner="Vietnam", by="importer")}
    assert (rows["CHN"]["level"], rows["CHN"]["change"], rows["USA"]["level"]) == ("sector", 0.0, "line")
    assert rows["USA"]["change"] > 0.05
    assert "EU27" not in dt.average("2025-10-01", partner="Germany", by="importer")["importer"].tolist()


def test_a_folder_of_ones_own_answers_in_the_same_commands(detente, tmp_path, monkeypatch):
    folder = tmp_path / "nor"
    folder.mkdir()
    (folder / "importer.yaml").write_text(
        "importer: NOR\nname: Norway\nlevel: hs6\nnomenclature: {digits: 6}\n"
        "schedule: {file: schedule.csv, vintage: 2026-01-01, source: own}\nnot_covered: [quotas]\n"
    )
    (folder / "schedule.csv").write_text("code,general\n870323,0.1\n020230,0.5\n850760,0\n")
    monkeypatch.setenv("DETENTE_LAWBOOKS", str(folder))
    assert "10.00% of customs value, by its subheading" in " ".join(
        detente("rate", "8703.23", "US", "--of", "Norway").out.split()
    )
    assert "10.00%" in detente("rate", "8703.23", "US", "--of", "NOR").out
    average = detente("average", "--of", "NOR", "--on", "2026-10-01", "--notes")
    assert average.code == 0, average.err
    assert "Duties stand by subheading; weights are modelled" in " ".join(average.out.split())
    answer = dt.law_coverage("Norway")
    assert (answer["level"].tolist(), answer.tables["not_covered"]["says"].tolist()) == (["hs6"], ["Quotas."])


def test_lines_with_their_own_rates_are_spread_over_partners_alike():
    """What is kept of columns does not mix partners: rows of a breakdown are those asked for one by one."""
    shares = {row["partner"]: row["average"] for row in dt.average("2026-10-01", of="JPN", by="country")}
    for partner in ("USA", "AUS", "DEU"):
        alone = dt.average("2026-10-01", of="JPN", partner=partner, draws=0)
        assert np.isclose(float(alone), shares[partner])
