"""Answers that a reader would quote: baselines, scopes, names, whole numbers."""

import json
import re

import detente as dt

RATES_ALONE = "report: {world: false, prices: false, talks: false, by: []}\n"
"""Leaves out what these answers do not ask for."""


def test_a_headline_says_its_day_and_its_baseline(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(f"title: x\non: 2025-05-14\nagainst: {{on: 2025-05-13}}\n{RATES_ALONE}", encoding="utf-8")
    ran = detente("run", str(path), "--draws", "0", "--table", "headline")
    assert "Law of 14 May 2025, compared with that of 13 May 2025." in ran.out
    assert "average US duty goes from 24.9% to 15.0%" in " ".join(ran.out.split())


def test_a_variant_keeps_its_own_day(tmp_path):
    path = tmp_path / "mine.yaml"
    text = f"title: x\non: 2025-05-14\nvariants: {{autumn: {{on: 2025-11-15}}}}\n{RATES_ALONE}"
    path.write_text(text, encoding="utf-8")
    assert dt.run(path, draws=0).table("headline")["on"].tolist()[:1] == ["2025-11-15"]


def test_a_change_of_scope_is_a_change_of_law(detente):
    net = dt.law_changes("2025-08-17", "2025-08-18").tables["net"]
    steel = next(row for row in net if row["measure"] == "s232_steel")
    assert re.fullmatch(r"3\d\d codes join", steel["after"])
    assert any("codes join" in what for what in dt.law_changes("2025-06-23", "2025-06-23")["what"])


def test_numbers_are_whole_at_any_width(detente, monkeypatch):
    for width in ("60", "80", "140"):
        monkeypatch.setenv("COLUMNS", width)
        ran = detente("daily", "--from", "2025-04-01", "--to", "2025-05-30")
        # A narrow table stands in blocks of columns, each with the day before its numbers.
        rows = [line.split() for line in ran.out.splitlines() if "2025-04-09" in line]
        assert re.fullmatch(r"15\.\d\d", rows[-1][-1])
        assert all(re.fullmatch(r"\d+\.\d\d", number) for row in rows for number in row[1:])
        assert sum(len(row) - 1 for row in rows) == 7


def test_groups_have_names():
    rows = {}
    for by in ("chapter", "sector", "end_use", "icio28", "hs4"):
        rows[by] = {row[by]: row[f"{by}_name"] for row in dt.average("2025-05-08", by=by)}
    assert rows["chapter"]["87"] == "Vehicles"
    assert rows["sector"]["ele"] == "Computers, electronics, optics"
    assert rows["end_use"]["INT"] == "Intermediate goods"
    assert rows["hs4"]["8703"].startswith("Motor cars")


def test_one_partner_alone_equals_its_row():
    (alone,), every = dt.average("2025-05-08", partner="FRA", draws=0), dt.average("2025-05-08", by="country")
    row = next(r for r in every if r["partner"] == "FRA")
    assert abs(alone["average"] - row["average"]) < 1e-9
    assert abs(alone["imports"] - row["imports"]) < 1.0


def test_two_changes_of_one_measure_both_count(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: x\non: 2025-05-09\nusa:\n  change:\n"
        "    - {measure: rec_base, rate: 0%, partners: [JPN]}\n"
        "    - {measure: rec_base, rate: 20%, partners: [VNM]}\n"
        "report:\n  world: false\n  prices: false\n  talks: false\n  by: []\n  products:\n"
        '    - {line: "6403.99.60", partner: JPN}\n    - {line: "6403.99.60", partner: VNM}\n',
        encoding="utf-8",
    )
    assert [round(row["change"], 9) for row in dt.run(path, draws=0).table("products")] == [-0.1, 0.1]


def test_new_lines_take_the_trade_of_those_they_replace(detente):
    """Batteries other than for vehicles were renumbered in February 2026; an 8-digit code still weighs them."""
    content = json.loads(detente("rate", "8507.60.00", "CHN", "--on", "2026-03-15", "--format", "json").out)
    weights = {row["line"]: row["weight"] for row in content["tables"]["lines"]["rows"]}
    assert weights["8507.60.00.30"] == weights["8507.60.00.90"] > weights["8507.60.00.10"]
    assert abs(content["number"]["value"] - 0.407) < 0.005


def test_one_of_several_tables_goes_into_a_file_of_one(detente):
    command = ("average", "--on", "2025-11-20", "--draws", "5", "--format", "csv")
    first, second = (detente(*command, "--table", name) for name in ("average", "range"))
    assert (first.code, second.code) == (0, 0)
    assert first.out.startswith("imports,average,")
    assert second.out.startswith("input,low,average,high\n")
    ran = detente(*command, "--table", "ranges")
    assert (ran.code, "table: unknown table 'ranges'; did you mean 'range'" in ran.err) == (2, True)
