"""A folder of an importer from a publisher's schedule: what is read, refused and written; one fault a test."""

import lzma
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml
from xlsxwriter import Workbook

import detente as dt
from detente.codes import InputError
from detente.data.importerfile import VARIABLE, importer_id, lawbooks
from detente.data.importers import importer
from detente.data.new_law import LawSource, new_law, write_law
from detente.data.schedule_heads import read_sheet
from detente.lab.key import key_of, own_laws
from detente.lab.scenario import Scenario
from detente.lab.statute.coverage import coverage_tables, spans
from rows import rows_of

LISTED = rows_of(__file__)

SCHEDULE = """\
Customs tariff of Kenya;;;;;
Tariff item;Description;MFN tariff;EU;CPTPP;VAT
01.01;Live horses:;;;;
0101.21.00;- Pure-bred;Libre;;;16
0101.29.00;- Other;25 %;0;;16
0402.10.00;Milk powder;60%;20%;;16
1006.30.00;Rice;75% or $345/MT whichever is higher;;;16
2203.00.10;Beer;KES 30/L;;;16
6109.10.00;T-shirts;12,5;Free;;16
8703.23.10;Cars;25;;;25
"""


@pytest.fixture
def source(tmp_path):
    def make(text=SCHEDULE, name="tariff.csv", **keys):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        given = {"importer": "Kenya", "currency": "KES", "per_usd": 129.0, **keys}
        return LawSource(schedule=path, **given)

    return make


@pytest.fixture
def flows(tmp_path):
    def make(text):
        path = tmp_path / "flows.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_a_schedule_becomes_a_folder_that_every_question_takes(source, tmp_path, monkeypatch):
    law = new_law(source())
    folder = tmp_path / "laws" / "ken"
    assert write_law(law, folder) == ()
    monkeypatch.setenv(VARIABLE, str(folder))
    where = importer(importer_id("Kenya"))
    kinds = dict(zip(where.table["code"].tolist(), where.table["kind"].tolist(), strict=True))
    assert [kinds[code] for code in ("01012100", "10063000", "22030010")] == ["free", "mixed", "specific"]
    assert where.programmes.by_symbol.keys() == {"EU"}
    assert importer("KEN").base(["special:EU"])["special:EU"][where.lines.index("04021000")] == 0.2
    assert [m.status for m in where.law.measures] == ["announced"]
    table = coverage_tables(where)[0]
    assert table["lines"].tolist()[-1] == 7
    assert any("the rest of the world; give flows" in note for note in table.notes)
    assert any("chapters without a line: 02 to 03" in note for note in table.notes)


def test_the_command_says_what_columns_are_and_its_cases_hold(source, detente, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = source().schedule
    words = ("law", "new", "KEN", "--schedule", str(path), "--currency", "KES", "--per-usd", "129", "--out", "ken")
    made = detente(*words)
    assert made.code == 0, made.err
    assert "preference EU" in made.out
    assert "columns with rates that were left out: VAT" in made.out
    checked = detente("law", "check", "ken", "--table", "cases", "--format", "csv")
    assert checked.code == 0, checked.err
    assert checked.out.count("to confirm,") == checked.out.count("True") == 5
    rate = detente("rate", "0402.10", "DEU", "--of", "KEN", "--preference", "EU", "--lawbooks", "ken")
    assert "20.00%" in rate.out
    again = detente(*words)
    assert (again.code, "--force" in again.err) == (2, True)


def test_by_force_schedule_and_flows_are_new_and_a_users_own_files_stay(source, tmp_path):
    folder = tmp_path / "ken"
    write_law(new_law(source()), folder)
    (folder / "cases.yaml").write_text("[]\n")
    stay = write_law(new_law(source(SCHEDULE.replace("25 %", "35 %"))), folder, force=True)
    assert "cases.yaml" in stay
    assert (folder / "cases.yaml").read_text() == "[]\n"
    assert "01012900,0.35" in (folder / "schedule.csv").read_text()
    with pytest.raises(InputError, match="holds the law of KEN, not of UGA"):
        write_law(new_law(source(importer="Uganda")), folder, force=True)
    with pytest.raises(InputError, match="holds other things"):
        write_law(new_law(source()), tmp_path, force=True)


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "parquet", "csv.xz", "utf-16", "cp1252"])
def test_every_kind_of_file_is_read_alike(kind, tmp_path):
    rows = [("Code", "Rate", "Goods"), ("0101.21", "Free", "Chevaux à naître"), ("0102.21", "12.5%", "Bovins")]
    text = "\n".join(",".join(row) for row in rows)
    path = tmp_path / f"t.{kind if kind in ('csv', 'tsv', 'xlsx', 'parquet', 'csv.xz') else 'csv'}"
    frame = pl.DataFrame(rows[1:], schema=list(rows[0]), orient="row")
    content = {
        "csv": text.encode(), "tsv": text.replace(",", "\t").encode(), "csv.xz": lzma.compress(text.encode()),
        "utf-16": text.encode("utf-16"), "cp1252": text.encode("cp1252"),
    }  # fmt: skip
    if kind == "xlsx":
        frame.write_excel(path)
    elif kind == "parquet":
        frame.write_parquet(path)
    else:
        path.write_bytes(content[kind])
    law = new_law(LawSource("KEN", path))
    assert [(line.code, line.rate.share, line.text) for line in law.draft.lines] == [
        ("010121", 0.0, "Chevaux à naître"),
        ("010221", 0.125, "Bovins"),
    ]
    assert "level: hs6" in law.files["importer.yaml"].decode()


CASES = yaml.safe_load((Path(__file__).parents[1] / "data" / "law_new.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_a_schedule_gives_its_lines_or_is_refused_with_what_to_do(name, source, flows):
    case = CASES[name]
    text, keys = case.get("text", SCHEDULE), case.get("keys", {})
    changes = case.get("with", ())
    for old, new in zip(changes[::2], changes[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    given = source(text, **keys, **({"flows": flows(case["flows"])} if "flows" in case else {}))
    if "refused" in case:
        with pytest.raises(InputError) as error:
            new_law(given)
        assert all(word in str(error.value) for word in case["refused"]), str(error.value)
        return
    law = new_law(given)
    lines = []
    for line, row in zip(law.draft.lines, case["lines"], strict=True):
        rate = line.rate.text if isinstance(row[1], str) else line.rate.share
        lines.append((line.code, rate, line.text)[: len(row)])
    assert lines == [tuple(row) for row in case["lines"]]
    assert set(case.get("notes", ())) <= set(law.draft.notes)


def test_codes_that_a_workbook_took_for_numbers_get_their_zero_back(tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"HS8": [1012100, 4021000], "MFN": [0.0, 12.5]}).write_parquet(path)
    law = new_law(LawSource("KEN", path))
    assert [line.code for line in law.draft.lines] == ["01012100", "04021000"]
    assert any("zero in front" in note for note in law.notes)


def test_lines_are_dated_have_equivalents_and_may_refer_to_others(source):
    text = "code,rate,from,until,ave\n010121,5%,01/01/2024,31.12.2025,\n010121,3%,2026-01-01,,\n040210,KES 5/kg,,,8%\n"
    lines = new_law(source(text)).draft.lines
    assert [(line.rate.text, line.start, line.end) for line in lines[:2]] == [
        ("5%", "2024-01-01", "2025-12-31"),
        ("3%", "2026-01-01", ""),
    ]
    assert lines[2].equivalent == 0.08
    law = new_law(source(SCHEDULE.replace("60%", "many"), keep=0.2))
    kept = next(line for line in law.draft.lines if line.code == "04021000")
    assert (kept.rate.kind, kept.rate.text) == ("other", "many")
    assert any("rates that are kept as text: 1, as in row 6" in note for note in law.notes)
    text = f"{SCHEDULE}9801.00.00;Returned goods;the rate of the goods;;;\n"
    assert len(new_law(source(text)).draft.kept) == 1


def test_every_sheet_of_a_workbook_is_read_where_all_are_meant(tmp_path):
    path = tmp_path / "t.xlsx"
    with Workbook(path) as book:
        for name, code in (("I", "0101.21"), ("II", "0602.10")):
            pl.DataFrame({"Code": [code], "Duty": [0.05]}).write_excel(book, name, column_formats={"Duty": "0%"})
    lines = [[(line.code, line.rate.text) for line in new_law(LawSource("KEN", path, sheet=name)).draft.lines]
             for name in ("", "II", "all")]  # fmt: skip
    first, second = ("010121", "5%"), ("060210", "5%")
    assert lines == [[first], [second], [first, second]]


def test_who_may_claim_an_agreement_is_who_a_user_says(source):
    law = new_law(source(columns=["EAC=EU"], partners=["EAC=UGA+TZA+RWA"]))
    assert law.heads.partners["EAC"] == ("UGA", "TZA", "RWA")


def test_preferences_of_a_file_of_their_own(source, tmp_path):
    path = tmp_path / "fta.csv"
    path.write_text("code,agreement,rate\n0402.10.00,United Kingdom,10%\n6109.10.00,United Kingdom,Free\n")
    law = new_law(source(preferences=path))
    assert [rate.share for _, rate in law.draft.preferences["United Kingdom"]] == [0.1, 0.0]
    assert "partners: [GBR]" in law.files["programmes.yaml"].decode()


def test_flows_of_another_edition_go_by_concordance_and_what_finds_no_line_is_said(source, flows):
    path = flows(
        "hs6,country,value (1000 USD)\n010121,Uganda,5\n851770,China,3\n870323,World,99\n870323,KEN,9\n999999,CHN,0.1\n"
    )
    text = "code,rate\n010121,5%\n851771,0\n851779,10%\n870323,25%\n"
    law = new_law(source(text, flows=path))
    assert law.flows is not None
    value = {}
    for (code, partner), worth in law.flows.rows.items():
        value[code[:4], partner] = value.get((code[:4], partner), 0.0) + worth
    assert value == pytest.approx({("0101", "UGA"): 5000.0, ("8517", "CHN"): 3000.0})
    notes = " ".join(law.notes)
    assert "37.0% of the trade went to this edition by concordance" in notes
    assert "1.23% of the trade finds no line" in notes
    assert "values are taken as thousands of USD" in notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"), (b"code,rate\n", "no rows"), (b"\x00\x01\x02" * 9, "is not a CSV file"),
        (b"PK\x03\x04junk", "is cut off or damaged"), (b"%PDF-1.7 x", "is a document"),
    ],
)  # fmt: skip
def test_files_that_are_no_tables(tmp_path, content, words):
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_sheet(path)


def test_a_users_folder_comes_first_and_is_read_anew_when_it_is_written_anew(source, tmp_path, monkeypatch):
    folder = tmp_path / "nzl"
    write_law(new_law(source(SCHEDULE.replace("KES", "NZD"), importer="NZL", currency="NZD", per_usd=1.7)), folder)
    assert importer("NZL").file.level == "sector"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert lawbooks()["NZL"] == folder
    assert importer("NZL").own.axis.index("01012900") >= 0
    (folder / "measures" / "example.yaml").unlink()
    assert not importer("NZL").law.measures


def test_a_folder_of_ones_own_is_part_of_the_key_wherever_it_lies(source, tmp_path, monkeypatch):
    write_law(new_law(source()), tmp_path / "first" / "ken")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "first"))
    scenario = Scenario.model_validate({"name": "own", "importer": "KEN", "on": "2026-01-01"})
    keys = []
    for name in ("first", "second", "second"):
        monkeypatch.setenv(VARIABLE, str(tmp_path / name))
        keys.append(key_of(scenario, tmp_path, None, {}))
        schedule = tmp_path / "second" / "ken" / "schedule.csv"
        if name == "second":
            schedule.write_text(schedule.read_text().replace(",0.6,", ",0.65,"))
    assert keys[0] == keys[1] != keys[2]
    assert own_laws(scenario)["laws/ken/measures/example.yaml"].is_file()


@pytest.mark.parametrize(
    ("make", "given", "words"), LISTED["a_folder_of_laws_that_is_none_is_named_with_the_one_that_may_be_meant"]
)
def test_a_folder_of_laws_that_is_none_is_named_with_the_one_that_may_be_meant(
    detente, tmp_path, monkeypatch, make, given, words
):
    monkeypatch.chdir(tmp_path)
    Path(make).mkdir(parents=True)
    if "ken" in make:
        card = Path(make[: make.index("ken") + 3]) / "importer.yaml"
        card.write_text("importer: KEN\nlevel: sector\n")
    ran = detente("rate", "0101", "USA", "--lawbooks", given)
    assert ran.code == 2
    for word in ("--lawbooks", *words):
        assert word in ran.err


def test_two_folders_of_one_importer_are_refused(detente, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("ken", "kenya"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "importer.yaml").write_text("importer: KEN\nlevel: sector\n")
    ran = detente("rate", "0101", "USA", "--of", "KEN", "--lawbooks", ".")
    assert "ken and kenya both hold the law of KEN" in ran.err


def test_chapters_in_a_row_are_said_as_a_span():
    assert spans(["01", "03", "04", "05", "76", "78"]) == "01, 03 to 05, 76, 78"


CANADIAN = """Item,Goods,MFN,UST,AUT
2207.10.90,Ethyl alcohol,12.28¢/litre of absolute ethyl alcohol,Free,Free
7208.39.00,Hot-rolled coil,Free,Free,Free
8703.23.00,Cars,6.1%,Free,6.1%
"""


def test_a_schedule_of_ones_own_takes_over_the_measures_of_the_package(detente, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "can.csv").write_text(CANADIAN, encoding="utf-8")
    columns = "--schedule can.csv --columns code=Item,UST=UST,AUT=AUT --partners UST=USA,AUT=AUS"
    words = ("law", "new", "Canada", *columns.split(), "--currency", "CAD", "--per-usd", "1.37")
    bare = detente(*words, "--out", "bare")
    assert "The package has 23 measures of Canada; --with-measures takes them over." in bare.out
    assert "preference UST (United States)" in bare.out
    ran = detente(*words, "--out", "whole", "--with-measures")
    assert "23 measures of Canada were taken over" in ran.out
    car = ("rate", "8703.23.00", "US", "--of", "CAN", "--on", "2025-06-01", "--lawbooks")
    assert "owes 6.10% of customs value" in detente(*car, "bare").out
    told = detente(*car, "whole").out
    assert "owes 31.10% of customs value" in told
    assert "MFN schedule is not on record" not in told
    coil = "rate 7208.39.00 India --of CAN --on 2026-01-15 --lawbooks whole --set over_quota=1"
    assert "owes 50.00%" in detente(*coil.split()).out
    refused = detente("law", "new", "Kenya", *words[3:], "--with-measures")
    assert (refused.code, "no measure of KEN" in refused.err) == (2, True)


TARIFF = """code,description,rate,EU
0201.10.00,Beef,NOK 32.28 per kg,NOK 30 per kg
0406.90.80,Cheese,277%,Free within quota of 8400 t
0406.90.90,Other cheese,200%,see the annex
6109.10.00,T-shirts,10.7%,Free
"""


@pytest.fixture
def folder(detente, tmp_path):
    (tmp_path / "tariff.csv").write_text(TARIFF, encoding="utf-8")
    assert made(detente, tmp_path, "--on", "2026-01-01", "--out", str(tmp_path / "nor")).code == 0
    return tmp_path


def made(detente, folder, *more):
    words = ("law", "new", "Norway", "--schedule", str(folder / "tariff.csv"), "--currency", "NOK", "--per-usd", "10")
    return detente(*words, *more)


def told(detente, folder, code, *more):
    words = ("rate", code, "Germany", "--of", "Norway", "--lawbooks", str(folder), "--on", "2026-06-01")
    return detente(*words, "--preference", "EU", *more).out


def test_a_claim_of_a_rate_by_quantity_is_told_in_its_words_and_worked_out(detente, folder):
    words = told(detente, folder, "0201.10")
    assert "owes 30 NOK/kg on 1 June 2026" in " ".join(words.split())
    assert "no effect" not in words
    exact = told(detente, folder, "0201.10", "--value", "10000", "--quantity", "2000 kg")
    assert "60.00%" in exact
    assert "Free within quota of 8400 t" in told(detente, folder, "0406.90.80")
    assert "no effect" not in told(detente, folder, "0406.90.80")


def test_preferences_that_nobody_understands_are_listed_when_the_folder_is_made(detente, folder):
    told = " ".join(made(detente, folder, "--dry-run").out.split())
    assert "rates of preferences that are not understood, left out: 1, as in row 4: 'see the annex'" in told


def test_shipped_preferences_kept_as_text_are_no_claims_without_effect():
    whale = " ".join(dt.rate("0210.92", "Thailand", "2026-06-01", of="Japan", preference="ASEAN").warnings)
    assert "by product or quota" in whale
    assert "no effect" not in whale


def test_a_duty_in_the_place_of_an_excise_is_never_nothing(detente):
    beer = ("rate", "2203.00.69", "Germany", "--of", "Australia", "--on", "2026-06-01")
    assert "owes 63.75 AUD/liter of alcohol above 1.15% on 1 June 2026" in " ".join(detente(*beer).out.split())
    assert "420.79%" in detente(*beer, "--value", "1000", "--quantity", "100 l of alcohol above 1.15%").out
    assert "5% is 0.05" in detente("rate", "6109.10", "China", "--set", "base=5").err
