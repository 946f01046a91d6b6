"""The audit, in `law check` and `law update`: what it names and no longer names, and files it refuses."""

import csv
import gzip
import json
import re
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from detente.codes import InputError, UnknownName, dotted
from detente.data.audit_gaps import read_gaps
from detente.data.hts_revision import (
    CSV_COLUMNS,
    embedded_revision,
    read_revision,
    revision_days,
    revision_name,
)
from detente.data.importers import importer
from detente.data.line_texts import line_words
from detente.faces.ask.questions.law_check import law_check
from detente.lab.statute.audit import audit_file, stated_rate

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 27)
AUDIT = ("law", "update", "--dry-run", "--only", "all")
NEW = {
    "htsno": "9903.99.01",
    "indent": "0",
    "description": "Articles of an act published tomorrow",
    "units": [],
    "general": "The duty provided in the applicable subheading + 10%",
    "special": "",
    "other": "",
    "footnotes": [],
}
MEASURE = """
id: tomorrow
title: An act published tomorrow
authority: section_232
instrument: invented
heading: "9903.99.01"
goods: [{codes: ["8712.00"]}]
periods: [{rate: 10%, from: 2026-06-08}]
"""


@pytest.fixture(scope="module")
def rows():
    """The embedded revision in the publisher's JSON form."""
    revision, words = embedded_revision(), line_words()
    entries = sorted((*revision.lines.values(), *revision.headings.values()), key=lambda entry: entry.code)
    return [
        {
            "htsno": dotted(entry.code),
            "indent": "0",
            "description": entry.text or words[entry.code][-1],
            "units": entry.unit.split("; ") if entry.unit else [],
            "general": entry.general,
            "special": "",
            "other": entry.other,
            "footnotes": [
                {"value": f"See {dotted(code)}. ", "columns": ["general"], "type": "endnote"}
                for code in entry.footnotes
            ],
        }
        for entry in entries
    ]


@pytest.fixture(scope="module")
def texts(rows):
    """Each row as it is written, by the identity of the row."""
    return {id(row): json.dumps(row) for row in rows}


@pytest.fixture
def written(tmp_path, rows, texts):
    """Write a revision, changed by a function that gives other rows; those that stay are not put in words again."""

    def write(change=lambda rows: rows, name="hts_2026_rev_10.json"):
        path = tmp_path / name
        path.write_text(f"[{','.join(texts.get(id(row)) or json.dumps(row) for row in change(rows))}]", "utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def america():
    """The cases and the audit of the United States."""
    return law_check(of="USA")


def unnamed(path, **options):
    report = audit_file("USA", importer("USA").law, path, None, today=TODAY, **options)
    return [(f.check, f.code, f.what) for f in report.unnamed]


# --- the audit of the embedded revision ------------------------------------------------------------------------------


def test_no_gap_of_the_newest_revision_is_unnamed(america):
    assert america.code == 0
    assert not america.tables["audit"]["unnamed"].any()
    assert all(america.tables["findings"]["why"])


def test_the_check_ends_with_6_where_a_heading_is_unnamed(detente, monkeypatch, america):
    monkeypatch.setattr(law_check, "work", lambda **given: replace(america, code=6))
    assert detente("law", "check", "--of", "USA").code == 6


def test_every_known_gap_has_a_reason_of_one_sentence():
    for gap in read_gaps(importer("USA").lawbook):
        assert gap.why.endswith("."), gap.written
        assert ". " not in gap.why.replace("U.S. ", ""), gap.written


def test_every_known_gap_meets_something_in_the_newest_revision():
    """An entry that names what is covered by now, has left the schedule or is misspelt is mended or left out."""
    report = audit_file("USA", importer("USA").law, None, None, today=TODAY)
    assert [(gap.source, name) for gap, name in report.stale] == []


def gaps_of(tmp_path, text):
    own = tmp_path / "own"
    own.mkdir(exist_ok=True)
    (own / "audit.yaml").write_text(text, encoding="utf-8")
    return own


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ('{headings: "9901; 9903.99.70", why: One.}', ["9903.99.70"]),
        ('{headings: "9903.88.15", why: A measure has it.}', ["9903.88.15"]),
        ('{footnotes: "9903.88.04", at: ["9401.71.0001", "8712.00"], why: One.}', ["8712.00"]),
        ('{lines: ["8712.00.15.10"], why: One.}', ["8712.00.15.10"]),
        ("{rates: [s301_l4a], why: One.}", ["s301_l4a"]),
        ('{headings: "9903.99.70", until: 2026-06-07, why: One.}', []),
        ('{headings: "9903.99.70", until: 2026-06-08, why: One.}', ["9903.99.70"]),
    ],
)
def test_a_known_gap_of_which_nothing_is_found_is_reported(tmp_path, entry, named):
    own = gaps_of(tmp_path, f"- {entry}\n")
    report = audit_file("USA", importer("USA").law, None, own, today=TODAY)
    assert [(gap.source, name) for gap, name in report.stale] == [("own/audit.yaml, entry 1", name) for name in named]


def test_an_unknown_measure_of_a_known_gap_is_refused(tmp_path):
    own = gaps_of(tmp_path, "- {rates: [s301_l4aa], why: One.}\n")
    with pytest.raises(UnknownName, match=r"own/audit.yaml, entry 1: unknown measure 's301_l4aa'; did you mean 's301_"):
        audit_file("USA", importer("USA").law, None, own, today=TODAY)


def test_a_gap_of_older_revisions_explains_nothing_later(written, tmp_path, detente):
    own = gaps_of(tmp_path, '- {headings: "9903.99.01", until: 2026-06-07, why: One.}\n')
    path = written(lambda rows: [*rows, NEW])
    assert detente(*AUDIT, str(path), "--lawbook", str(own)).code == 6
    gaps_of(tmp_path, '- {headings: "9903.99.01", until: 2026-06-08, why: One.}\n')
    assert detente(*AUDIT, str(path), "--lawbook", str(own)).code == 0


def test_the_page_of_gaps_is_current(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import write_law_gaps

    text = write_law_gaps.PAGE.read_text(encoding="utf-8")
    assert text == write_law_gaps.page(write_law_gaps.report()), "run python tools/write_law_gaps.py"
    sys.modules.pop("write_law_gaps")


def test_the_same_revision_from_a_file_says_the_same(written):
    assert unnamed(written()) == []
    packed = written().with_suffix(".json.gz")
    packed.write_bytes(gzip.compress(written().read_bytes()))
    assert unnamed(packed) == []


# --- what it finds ---------------------------------------------------------------------------------------------------


def test_a_new_heading_is_named_until_a_measure_has_it(written, tmp_path, detente):
    path = written(lambda rows: [*rows, NEW])
    ran = detente(*AUDIT, str(path))
    assert ran.code == 6
    assert "9903.99.01" in ran.out
    own = tmp_path / "own"
    own.mkdir()
    (own / "tomorrow.yaml").write_text(MEASURE, encoding="utf-8")
    ran = detente(*AUDIT, str(path), "--lawbook", str(own))
    assert (ran.code, "9903.99.01" in ran.out) == (0, False)


def test_a_new_heading_may_be_explained_in_ones_own_lawbook(written, tmp_path, detente):
    path = written(lambda rows: [*rows, NEW])
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "other.yaml").write_text(MEASURE.replace('heading: "9903.99.01"\n', ""), encoding="utf-8")
    gap = tmp_path / "own" / "audit.yaml"
    gap.write_text('- {headings: "9903.99", why: An act that this study leaves out.}\n', encoding="utf-8")
    ran = detente(*AUDIT, str(path), "--lawbook", str(tmp_path / "own"))
    assert ran.code == 0
    assert "An act that this study leaves out." in ran.out


def test_the_page_on_adding_a_measure_closes_the_gap_it_speaks_of(written, tmp_path, detente, monkeypatch):
    """Its files are written and its two audits run: the first names the heading of the act, the second does not."""
    page = (ROOT / "docs" / "add_a_measure.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"<!-- file: (mylaw/\S+) -->\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    numbers = ("9903.99.20", "9903.99.21", "9903.99.22")
    written(lambda rows: [*rows, *({**NEW, "htsno": number} for number in numbers)], name="hts_2026_rev_25.json")
    monkeypatch.chdir(tmp_path)
    commands = [
        line.split("#")[0].split()[1:]
        for line in re.findall(r"^detente law update hts_2026_rev_25.*$", page, re.MULTILINE)
    ]
    before, after = (detente(*command) for command in commands)
    assert (before.code, [number in before.out for number in numbers]) == (6, [True] * 3)
    assert (after.code, [number in after.out for number in numbers]) == (0, [False] * 3)


def test_a_measure_whose_heading_has_gone_is_named(written):
    gone = unnamed(written(lambda rows: [row for row in rows if row["htsno"] != "9903.78.01"]), only="measures")
    assert gone == []  # the measure of copper ended in April
    gone = unnamed(written(lambda rows: [row for row in rows if row["htsno"] != "9903.88.15"]), only="measures")
    assert gone == [("measures", "s301_l4a", "the schedule has no 9903.88.15")]


def test_a_measure_with_another_rate_than_its_heading_is_named(written):
    amended = "The duty provided in the applicable subheading + 12.5%"
    (finding,) = unnamed(written(changed("9903.88.15", general=amended)), only="rates")
    assert finding == ("rates", "s301_l4a", "7.5%, while its headings state 12.5%")


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("The duty provided in the applicable subheading + 7.5%", 0.075),
        ("The duty provided in the applicable subheading plus 25%", 0.25),
        ("The duty provided in the applicable subheading + a duty of 25% upon the value of the non-U.S. content", 0.25),
        ("15%", 0.15),
        ("The duty provided in the applicable subheading", None),
        ("Free", None),
        ("13.3¢/kg", None),
    ],
)
def test_the_rate_that_a_heading_states(text, rate):
    assert stated_rate(text) == rate


def changed(code, **values):
    return lambda rows: [{**row, **values} if row["htsno"] == code else row for row in rows]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (changed("8712.00.15.10", general="12%"), "rate '12%' was '11%'"),
        (changed("8712.00.15.10", units=["kg"]), "unit 'kg' was"),
        (changed("8712.00.15.10", description="Tricycles"), "words were"),
        (lambda rows: [row for row in rows if row["htsno"] != "8712.00.15.10"], "dropped"),
    ],
)
def test_a_line_that_changed_is_named(written, change, what):
    ((check, code, found),) = unnamed(written(change), only="lines")
    assert (check, code) == ("lines", "8712.00.15.10")
    assert found.startswith(what)


def test_a_new_line_is_named(written):
    new = {**NEW, "htsno": "8712.00.15.99", "general": "11%"}
    assert unnamed(written(lambda rows: [*rows, new]), only="lines") == [("lines", "8712.00.15.99", "added")]


def test_a_footnote_that_names_a_list_without_the_line_is_named(written):
    note = [{"value": "See 9903.88.01 and 9903.88.03.", "columns": ["general"], "type": "endnote"}]
    found = unnamed(written(changed("8712.00.15.10", footnotes=note)), only="footnotes")
    assert found == [("footnotes", "8712.00.15.10", "9903.88.01: not on the list of s301_l1")]


def test_a_footnote_that_names_no_heading_at_all_is_named(written):
    note = [{"value": "See 9903.99.77.", "columns": ["general"], "type": "endnote"}]
    (finding,) = unnamed(written(changed("8712.00.15.10", footnotes=note)), only="footnotes")
    assert finding[2] == "9903.99.77: neither measure nor heading"


# --- the CSV form ----------------------------------------------------------------------------------------------------


def as_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([*CSV_COLUMNS.values(), "Quota Quantity", "Additional Duties"])
        for row in rows:
            values = {**row, "units": json.dumps(row["units"]) if row["units"] else ""}
            writer.writerow([*(values[key] for key in CSV_COLUMNS), "", ""])
    return path


def test_the_csv_export_is_read_without_its_footnotes(rows, tmp_path, detente):
    path = as_csv(tmp_path / "hts_2026_rev_10.csv", [*rows, NEW])
    ran = detente(*AUDIT, str(path))
    assert ran.code == 6
    assert "9903.99.01" in ran.out
    assert "Footnotes were not compared" in ran.out
    ran = detente(*AUDIT, str(path), "--only", "footnotes")
    assert (ran.code, "has no footnotes" in ran.err) == (2, True)


# --- names and days of revisions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("hts_2026_rev_10.json.gz", "2026 rev 10"),
        ("hts_2025_revision_14_json.json", "2025 rev 14"),
        ("2026HTSRev21.csv", "2026 rev 21"),
        ("hts_2026_basic.json", "2026 basic"),
        ("schedule.json", ""),
    ],
)
def test_a_revision_is_named_by_its_file(file, name):
    assert revision_name(file) == name


def test_a_revision_without_a_day_on_record_is_held_against_today(written):
    report = audit_file("USA", importer("USA").law, written(name="x.json"), None, today=date(2026, 6, 20), only="lines")
    assert (report.on, report.revision) == (date(2026, 6, 20), "x.json")
    assert revision_days()["2026 rev 10"] == date(2026, 6, 8)
    (note,) = [note for note in report.notes if "x.json" in note]
    assert "it is held against today's law, of 2026-06-20. Another day may be named." in note


def test_the_day_of_a_revision_without_one_may_be_given(written, detente):
    path = written(name="hts_2026_rev_99.json")
    ran = detente(*AUDIT, str(path), "--only", "lines")
    assert (
        f"The first day of 2026 rev 99 is not on record: it is held against today's law, of {date.today()}" in ran.out
    )
    ran = detente(*AUDIT, str(path), "--only", "lines", "--on", "2026-06-08")
    assert "held against the law of 2026-06-08" in ran.out
    assert "is not on record" not in ran.out


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.json", "", "is empty"),
        ("blank.json", " \n", "is empty"),
        ("none.json", "[]", "holds no rows"),
        ("cut.json", '[{"htsno": "0101", "indent": "0", "descr', "cut off"),
        ("other.json", '[{"code": "0101"}]', "is not an export"),
        ("other.json", '{"a": 1}', "is not an export"),
        ("text.txt", "Dear reader,\nno schedule here.\n", "is not an export"),
        ("heads.csv", ",".join(f'"{c}"' for c in CSV_COLUMNS.values()) + "\n", "holds no rows"),
        ("hts_2019_rev_3.json", "[]", "is a revision of 2019"),
    ],
)
def test_a_file_that_is_no_revision_is_refused(tmp_path, detente, name, content, says):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    ran = detente(*AUDIT, str(path))
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace('"[""kg""]"', '"[""kg"', 1), "the unit of quantity reads"),
        (lambda text: text[: len(text) // 2 - 7], "cut off or damaged"),
        (lambda text: text[: text.index("\n", len(text) // 2) + 1], "it is not the whole schedule"),
        (lambda text: text.replace("HTS Number", "Number", 1), "no column 'HTS Number'"),
    ],
)
def test_a_damaged_csv_export_is_refused(rows, tmp_path, detente, change, says):
    path = as_csv(tmp_path / "hts_2026_rev_10.csv", rows)
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    ran = detente(*AUDIT, str(path))
    assert (ran.code, says in ran.err, len(ran.err.splitlines())) == (2, True, 1), ran.err


def test_a_row_of_another_form_is_refused(written, detente):
    path = written(lambda rows: [*rows[:9], {"htsno": "0101"}, *rows[9:]])
    ran = detente(*AUDIT, str(path))
    assert (ran.code, "is not an export" in ran.err) == (2, True)


def test_a_missing_file_and_a_damaged_archive_are_refused(tmp_path, detente):
    ran = detente(*AUDIT, str(tmp_path / "nowhere.json"))
    assert (ran.code, "there is no such file" in ran.err) == (2, True)
    path = tmp_path / "cut.json.gz"
    path.write_bytes(gzip.compress(b"[" + b'{"htsno": "0101"},' * 1000)[:-20])
    ran = detente(*AUDIT, str(path))
    assert (ran.code, "damaged" in ran.err) == (2, True)


def test_a_schedule_of_another_year_is_refused(written, detente):
    def older(rows):
        return [{**row, "htsno": row["htsno"][:-2] + "99"} if i % 4 == 0 else row for i, row in enumerate(rows)]

    ran = detente(*AUDIT, str(written(older, name="old.json")))
    assert (ran.code, "of another year" in ran.err) == (2, True)


def test_a_part_of_the_schedule_is_refused(written, detente):
    ran = detente(*AUDIT, str(written(lambda rows: rows[:9000], name="part.json")))
    assert (ran.code, "not the whole schedule" in ran.err) == (2, True)
    for rest in (lambda rows: [row for row in rows if row["htsno"] < "9801"], lambda rows: rows[:-3000]):
        ran = detente(*AUDIT, str(written(rest, name="part.json")))
        assert (ran.code, "it is not the whole schedule" in ran.err) == (2, True)
    ran = detente(*AUDIT, str(written(lambda rows: [NEW], name="part.json")))
    assert (ran.code, "no tariff lines" in ran.err) == (2, True)


def test_a_schedule_without_footnotes_is_refused(written, detente):
    path = written(lambda rows: [{**row, "footnotes": None} for row in rows])
    ran = detente(*AUDIT, str(path))
    assert (ran.code, "has no footnotes" in ran.err) == (2, True)
    assert detente(*AUDIT, str(path), "--only", "headings").code == 0


def test_other_importers_and_comparisons_are_refused(detente, written):
    ran = detente(*AUDIT, str(written()), "--of", "CHN")
    assert (ran.code, "schedule of the United States only" in ran.err) == (2, True)
    ran = detente(*AUDIT, str(written()), "--only", "lnes")
    assert (ran.code, "did you mean 'lines'" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('- {headings: "9903.99"}', "why"),
        ('- {why: "So it is."}', "exactly one"),
        ('- {headings: "9903.99", lines: ["8712"], why: "So."}', "exactly one"),
        ('- {headings: "8712", why: "So."}', "heading of chapter 99"),
        ('- {heading: "9903.99", why: "So."}', "did you mean 'headings'"),
    ],
)
def test_a_gap_that_cannot_be_read_is_refused(tmp_path, text, says):
    (tmp_path / "audit.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_gaps(tmp_path)


def test_reading_keeps_the_words_of_the_schedule(written):
    revision = read_revision(written(changed("8712.00.15.10", description="Cycles <i>new</i>&nbsp; 1/")))
    assert revision.lines["8712001510"].text == "Cycles new"


# --- a new revision in the library of the user -----------------------------------------------------------------------


def test_a_new_revision_is_kept_with_what_changed_and_headings_without_a_measure(
    written, tmp_path, detente, monkeypatch
):
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path / "library"))
    path = str(written(lambda rows: [*rows[1:], NEW], name="hts_2026_rev_11.json"))
    ran = detente("law", "update", path)
    assert ran.code == 6, "a heading without a measure"
    assert "9903.99.01" in ran.out
    added = next(line.split() for line in ran.out.splitlines() if line.startswith(" added "))
    assert added[1] == "1"
    assert "Your library has it as hts-2026-rev-11." in ran.out
    assert {path.name for path in (tmp_path / "library").iterdir()} == {
        "hts-2026-rev-11.json",
        "hts-2026-rev-11.parquet",
    }


def test_a_revision_that_is_cut_off_is_not_kept(written, tmp_path, detente, monkeypatch):
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path / "library"))
    path = written(name="hts_2026_rev_11.json")
    path.write_bytes(path.read_bytes()[:-100])
    ran = detente("law", "update", str(path))
    assert (ran.code, ran.out) == (2, "")
    assert not (tmp_path / "library").exists()


# --- lines of earlier versions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "now"),
    [
        ("law diff 2025-05-13 2025-05-14", "law changes --table net --from 2025-05-13 --to 2025-05-14"),
        ("law --changes-since 2026-09-01", "law changes --from 2026-09-01"),
        ("law record --of Canada", "law coverage Canada"),
        ("law cases --of IND", "law check --of IND"),
    ],
)
def test_a_line_of_an_earlier_version_runs(detente, line, now):
    ran = detente(*line.split())
    assert (ran.code, ran.err.splitlines()[0]) == (0, f"detente: this is now: detente {now}")
    assert ran.out


def test_what_is_gone_is_answered_with_what_to_write(detente):
    ran = detente("law", "audit", "--hts", "hts_2026_rev_11.json")
    assert (ran.code, "write detente law update FILE --dry-run --only all" in ran.err) == (2, True)
    ran = detente("law", "update", "hts_2026_rev_11.json", "--look")
    assert (ran.code, "write --dry-run" in ran.err) == (2, True)
