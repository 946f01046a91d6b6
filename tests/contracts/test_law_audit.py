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
from detente.codes.days import spelled_day
from detente.data import hts_revision as hts
from detente.data.importer_lines import line_words
from detente.data.importers import importer
from detente.lab.statute import audit, coverage
from detente.lab.statute.audit import audit_file, read_gaps, stated_rate
from rows import rows_of

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 27)
AUDIT = ("law", "update", "--dry-run", "--only", "all")
ADDED = "The duty provided in the applicable subheading"
NEW = {
    "htsno": "9903.99.01", "indent": "0", "description": "Articles of an act published tomorrow", "units": [],
    "general": f"{ADDED} + 10%", "special": "", "other": "", "footnotes": [],
}  # fmt: skip
MEASURE = """
{id: tomorrow, title: An act published tomorrow, authority: section_232, instrument: invented, heading: "9903.99.01",
goods: [{codes: ["8712.00"]}], periods: [{rate: 10%, from: 2026-06-08}]}
"""
BICYCLE = "8712001510"


@pytest.fixture(scope="module")
def rows():
    """The embedded revision in the publisher's JSON form."""
    revision, words = hts.embedded_revision(), line_words()
    notes = {"columns": ["general"], "type": "endnote"}
    return [
        {
            "htsno": dotted(entry.code), "indent": "0", "description": entry.text or words[entry.code][-1],
            "units": entry.unit.split("; ") if entry.unit else [], "general": entry.general, "special": "",
            "other": entry.other, "footnotes": [{"value": f"See {dotted(n)}. ", **notes} for n in entry.footnotes],
        }
        for entry in sorted((*revision.lines.values(), *revision.headings.values()), key=lambda entry: entry.code)
    ]  # fmt: skip


@pytest.fixture
def written(tmp_path, rows):
    """Write a revision, changed by a function of its rows."""

    def write(change=lambda rows: rows, name="hts_2026_rev_10.json"):
        path = tmp_path / name
        path.write_text(json.dumps(change([dict(row) for row in rows])), encoding="utf-8")
        return path

    return write


def audited(revision, own=None, **options):
    return audit_file("USA", importer("USA").law, revision, own, **{"today": TODAY, **options})


def unnamed(revision, **options):
    return [(f.check, f.code, f.what) for f in audited(revision, **options).unnamed]


def changed(kind, code, **values):
    """The embedded revision with a line or heading that says something else, is there besides, or, without, is gone."""
    revision = hts.embedded_revision()
    entries = dict(getattr(revision, kind))
    entry = entries.pop(code, hts.RevisionEntry(code, "New", "", "", ""))
    if values:
        entries[code] = replace(entry, **values)
    return replace(revision, **{kind: entries})


def lawbook(tmp_path, **files):
    """A lawbook of one's own of some files, by name without their ending."""
    own = tmp_path / "own"
    own.mkdir(exist_ok=True)
    for name, text in files.items():
        (own / f"{name}.yaml").write_text(text, encoding="utf-8")
    return own


def test_no_gap_of_the_newest_revision_is_unnamed_and_every_known_one_is_met_and_has_a_reason(detente, monkeypatch):
    """An entry that names what is covered by now, has left the schedule or is misspelt is mended or left out."""
    report = audited(None)
    assert not [*report.unnamed, *((gap.source, name) for gap, name in report.stale)]
    for gap in read_gaps(importer("USA").lawbook):
        assert gap.why.endswith("."), gap.written
        assert ". " not in gap.why.replace("U.S. ", ""), gap.written
    monkeypatch.setattr(coverage, "cases", lambda *given: ())
    assert detente("law", "check", "--of", "USA").code == 0
    monkeypatch.setattr(audit, "read_gaps", lambda folder: ())
    assert detente("law", "check", "--of", "USA").code == 6, "the check ends with 6 where a heading is unnamed"


def test_a_known_gap_of_which_nothing_is_found_is_reported(tmp_path):
    entries = [
        ('{headings: "9901; 9903.99.70", why: One.}', ["9903.99.70"]),
        ('{headings: "9903.88.15", why: A measure has it.}', ["9903.88.15"]),
        ('{footnotes: "9903.88.04", at: ["9401.71.0001", "8712.00"], why: One.}', ["8712.00"]),
        ('{lines: ["8712.00.15.10"], why: One.}', ["8712.00.15.10"]),
        ("{rates: [s301_l4a], why: One.}", ["s301_l4a"]),
        ('{headings: "9903.99.70", until: 2026-06-07, why: One.}', []),
        ('{headings: "9903.99.70", until: 2026-06-08, why: One.}', ["9903.99.70"]),
    ]
    report = audited(None, lawbook(tmp_path, audit="".join(f"- {entry}\n" for entry, _ in entries)))
    wanted = [(f"own/audit.yaml, entry {n}", name) for n, (_, names) in enumerate(entries, 1) for name in names]
    assert [(gap.source, name) for gap, name in report.stale] == wanted


def test_an_unknown_measure_of_a_known_gap_is_refused(tmp_path):
    own = lawbook(tmp_path, audit="- {rates: [s301_l4aa], why: One.}\n")
    with pytest.raises(UnknownName, match=r"own/audit.yaml, entry 1: unknown measure 's301_l4aa'; did you mean 's301_"):
        audited(None, own)


@pytest.mark.parametrize(("until", "open_"), [("2026-06-07", True), ("2026-06-08", False)])
def test_a_gap_of_older_revisions_explains_nothing_later(tmp_path, until, open_):
    own = lawbook(tmp_path, audit=f'- {{headings: "9903.99.01", until: {until}, why: One.}}\n')
    assert bool(audited(changed("headings", "99039901", text="New"), own).unnamed) is open_


def test_the_page_of_gaps_is_current(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    import write_law_gaps

    text = write_law_gaps.PAGE.read_text(encoding="utf-8")
    assert text == write_law_gaps.page(write_law_gaps.report()), "run python tools/write_law_gaps.py"
    sys.modules.pop("write_law_gaps")


def test_the_same_revision_from_a_file_says_the_same(written):
    packed = written().with_suffix(".json.gz")
    packed.write_bytes(gzip.compress(written().read_bytes()))
    revision = hts.read_revision(packed)
    assert (revision, unnamed(revision)) == (hts.read_revision(written()), [])


def test_a_new_heading_is_named_until_a_measure_has_it_or_a_gap_explains_it(written, tmp_path, detente):
    path = str(written(lambda rows: [*rows, NEW]))
    ran = detente(*AUDIT, path)
    assert (ran.code, "9903.99.01" in ran.out) == (6, True)
    own = lawbook(tmp_path, tomorrow=MEASURE)
    ran = detente(*AUDIT, path, "--lawbook", str(own))
    assert (ran.code, "9903.99.01" in ran.out) == (0, False)
    bare = MEASURE.replace('heading: "9903.99.01",', "")
    lawbook(tmp_path, tomorrow=bare, audit='- {headings: "9903.99", why: An act that this study leaves out.}\n')
    ran = detente(*AUDIT, path, "--lawbook", str(own))
    assert (ran.code, "An act that this study leaves out." in ran.out) == (0, True)


def test_the_page_on_adding_a_measure_closes_the_gap_it_speaks_of(written, tmp_path, detente, monkeypatch):
    """Its files are written and its two audits run: the first names the heading of the act, the second does not."""
    page = (ROOT / "docs" / "add_a_measure.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"<!-- file: (mylaw/\S+) -->\n```\w+\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    numbers = ("9903.99.20", "9903.99.21", "9903.99.22")
    written(lambda rows: [*rows, *({**NEW, "htsno": number} for number in numbers)], name="hts_2026_rev_25.json")
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^detente law update hts_2026_rev_25.*$", page, re.MULTILINE)
    before, after = (detente(*line.split("#")[0].split()[1:]) for line in lines)
    assert (before.code, [number in before.out for number in numbers]) == (6, [True] * 3)
    assert (after.code, [number in after.out for number in numbers]) == (0, [False] * 3)


FOUND = [
    # what is changed: kind, code, words; the comparison; what is found, by code
    ("headings", "99037801", {}, "measures", []),  # the measure of copper ended in April
    ("headings", "99038815", {}, "measures", [("s301_l4a", "the schedule has no 9903.88.15")]),
    ("headings", "99038815", {"general": f"{ADDED} + 12.5%"}, "rates",
     [("s301_l4a", "7.5%, while its headings state 12.5%")]),
    ("lines", BICYCLE, {"general": "12%"}, "lines", [("8712.00.15.10", "rate '12%' was '11%'")]),
    ("lines", BICYCLE, {"unit": "kg"}, "lines", [("8712.00.15.10", "unit 'kg' was")]),
    ("lines", BICYCLE, {"text": "Tricycles"}, "lines", [("8712.00.15.10", "words were")]),
    ("lines", BICYCLE, {}, "lines", [("8712.00.15.10", "dropped")]),
    ("lines", "8712001599", {"general": "11%"}, "lines", [("8712.00.15.99", "added")]),
    ("lines", BICYCLE, {"footnotes": ("99038801", "99038803")}, "footnotes",
     [("8712.00.15.10", "9903.88.01: not on the list of s301_l1")]),
    ("lines", BICYCLE, {"footnotes": ("99039977",)}, "footnotes",
     [("8712.00.15.10", "9903.99.77: neither measure nor heading")]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "code", "values", "only", "wanted"), FOUND)
def test_what_a_revision_and_the_law_do_not_share_is_named(kind, code, values, only, wanted):
    finding = unnamed(changed(kind, code, **values), only=only)
    assert [(check, code) for check, code, _ in finding] == [(only, code) for code, _ in wanted]
    assert all(what.startswith(start) for (*_, what), (_, start) in zip(finding, wanted, strict=True))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        (f"{ADDED} + 7.5%", 0.075), (f"{ADDED} plus 25%", 0.25), ("15%", 0.15), (ADDED, None), ("Free", None),
        (f"{ADDED} + a duty of 25% upon the value of the non-U.S. content", 0.25), ("13.3¢/kg", None),
    ],
)  # fmt: skip
def test_the_rate_that_a_heading_states(text, rate):
    assert stated_rate(text) == rate


def as_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow([*hts.CSV_COLUMNS.values(), "Quota Quantity", "Additional Duties"])
        for row in rows:
            values = {**row, "units": json.dumps(row["units"]) if row["units"] else ""}
            writer.writerow([*(values[key] for key in hts.CSV_COLUMNS), "", ""])
    return path


def test_the_csv_export_is_read_without_its_footnotes(rows, tmp_path, detente):
    ran = detente(*AUDIT, str(as_csv(tmp_path / "hts_2026_rev_10.csv", [*rows, NEW])))
    assert (ran.code, "9903.99.01" in ran.out, "Footnotes were not compared" in ran.out) == (6, True, True)
    with pytest.raises(InputError, match="has no footnotes"):
        audited(replace(hts.embedded_revision(), lines=bare_lines(), tabular=True), only="footnotes")


def bare_lines():
    return {code: replace(entry, footnotes=()) for code, entry in hts.embedded_revision().lines.items()}


@pytest.mark.sampled(3)
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


@pytest.mark.parametrize(("file", "name"), LISTED["a_revision_is_named_by_its_file"])
def test_a_revision_is_named_by_its_file(file, name):
    assert hts.revision_name(file) == name


def test_a_revision_without_a_day_on_record_is_held_against_today_or_the_day_that_is_named(written, detente):
    undated = replace(hts.embedded_revision(), name="x.json", start=None)
    report = audited(undated, today=date(2026, 6, 20), only="lines")
    assert (report.on, report.revision) == (date(2026, 6, 20), "x.json")
    assert hts.revision_days()["2026 rev 10"] == date(2026, 6, 8)
    (note,) = [note for note in report.notes if "x.json" in note]
    assert "it is compared with today's law, of 20 June 2026. Another day may be named." in note
    path = str(written(name="hts_2026_rev_99.json"))
    ran = detente(*AUDIT, path, "--only", "lines")
    today = f"is not on record: it is compared with today's law, of {spelled_day(date.today())}"
    assert f"The first day of 2026 rev 99 {today}" in ran.out
    ran = detente(*AUDIT, path, "--only", "lines", "--on", "2026-06-08")
    assert "compared with the tariffs of 8 June 2026" in ran.out
    assert "is not on record" not in ran.out


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.json", "", "is empty"), ("blank.json", " \n", "is empty"), ("none.json", "[]", "holds no rows"),
        ("cut.json", '[{"htsno": "0101", "indent": "0", "descr', "cut off"),
        ("other.json", '[{"code": "0101"}]', "is not an export"), ("other.json", '{"a": 1}', "is not an export"),
        ("text.txt", "Dear reader,\nno schedule here.\n", "is not an export"),
        ("heads.csv", ",".join(f'"{c}"' for c in hts.CSV_COLUMNS.values()) + "\n", "holds no rows"),
        ("hts_2019_rev_3.json", "[]", "is a revision of 2019"), ("new.json", json.dumps([NEW]), "no tariff lines"),
        ("form.json", json.dumps([NEW] * 9 + [{"htsno": "0101"}]), "is not an export"),
        ("cut.json.gz", gzip.compress(b"[" + b'{"htsno": "0101"},' * 1000)[:-20], "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_revision_is_refused(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=says):
        hts.read_revision(path)


def part_of(keep):
    revision = hts.embedded_revision()
    return replace(revision, lines=dict(keep(sorted(revision.lines.items()))))


PARTS = {
    "of another year": lambda: part_of(
        lambda lines: [(f"{code[:-2]}99" if i % 4 == 0 else code, entry) for i, (code, entry) in enumerate(lines)]
    ),
    "not the whole schedule": lambda: part_of(lambda lines: lines[:9000]),
    "it is not the whole schedule": lambda: replace(hts.embedded_revision(), headings={}),
    "nothing of chapter 97: it is not the whole": lambda: part_of(
        lambda lines: [(code, entry) for code, entry in lines if code < "97"]
    ),
    "has no footnotes": lambda: replace(hts.embedded_revision(), lines=bare_lines()),
}


@pytest.mark.parametrize("says", PARTS)
def test_a_schedule_that_is_not_whole_or_of_another_year_is_refused(says):
    with pytest.raises(InputError, match=says):
        audited(PARTS[says]())
    if "footnotes" in says:
        assert audited(PARTS[says](), only="headings").checks == ("headings",)


def test_other_importers_and_comparisons_are_refused(detente, written):
    ran = detente(*AUDIT, str(written()), "--of", "CHN")
    assert (ran.code, "schedule of the United States only" in ran.err) == (2, True)
    with pytest.raises(UnknownName, match="did you mean 'lines'"):
        audited(None, only="lnes")


def test_a_new_revision_is_kept_with_what_changed_and_headings_without_a_measure(
    written, tmp_path, detente, monkeypatch
):
    library = tmp_path / "library"
    monkeypatch.setenv("DETENTE_LIBRARY", str(library))
    text = {**NEW, "description": "Cycles <i>new</i>&nbsp; 1/"}
    path = written(lambda rows: [*rows[1:], text], name="hts_2026_rev_11.json")
    assert hts.read_revision(path).headings["99039901"].text == "Cycles new", "reading keeps the words of the schedule"
    path.with_name("cut.json").write_bytes(path.read_bytes()[:-100])
    ran = detente("law", "update", str(path.with_name("cut.json")))
    assert (ran.code, ran.out, library.exists()) == (2, "", False), "what is cut off is not kept"
    ran = detente("law", "update", str(path))
    assert ran.code == 6, "a heading without a measure"
    assert "9903.99.01" in ran.out
    added = next(line.split() for line in ran.out.splitlines() if line.startswith(" added "))
    assert added[1] == "1"
    assert "Your library has it as hts-2026-rev-11." in ran.out
    assert {path.name for path in library.iterdir()} == {"hts-2026-rev-11.json", "hts-2026-rev-11.parquet"}
