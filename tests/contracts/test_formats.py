"""Publishers' formats: each is known by its content, comes out in one kind of table, and is refused where it is bad."""

import io
import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import yaml

import detente as dt
from detente.codes import Faults, InputError
from detente.codes.errors import each_fault
from detente.data import formats
from detente.data.formats.known import known_formats, read_published
from detente.data.limits import forget
from detente.data.own_tables import add_table, own_frame, own_table
from detente.data.readers import read_flows

SAMPLES = {
    path.parent.name: (path.name, path.read_bytes())
    for path in sorted((Path(__file__).parents[1] / "data" / "formats").glob("*/*"))
}
"""Format -> name and content of a small file of it."""

TODAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A library of the user with a table in it."""
    folder = tmp_path_factory.mktemp("library")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DETENTE_LIBRARY", str(folder))
        add_table(read_published(written(folder.parent, "baci")), "baci", TODAY)
        yield folder


def written(folder, name, content=None, file=""):
    usual, whole = SAMPLES[name]
    path = folder / (file or usual)
    path.write_bytes(whole if content is None else content)
    return path


@pytest.mark.parametrize("name", SAMPLES)
def test_a_file_is_known_by_its_content(tmp_path, name):
    file = read_published(written(tmp_path, name))
    assert file.format.name == name
    assert len(file.table) == file.frame.height > 0
    assert all(file.format.__getattribute__(fact) for fact in ("title", "publisher", "how", "licence"))


def test_every_format_has_a_sample():
    assert set(known_formats()) == {*SAMPLES, "duckdb"}


def rows(tmp_path, name):
    return read_published(written(tmp_path, name)).frame


def only(frame, **values):
    for column, value in values.items():
        frame = frame.filter(pl.col(column) == value)
    assert frame.height == 1
    return frame.row(0, named=True)


def test_values_are_in_the_unit_of_their_column(tmp_path):
    magnets = only(rows(tmp_path, "baci"), reporter="USA", partner="CHN")
    assert (magnets["value"], magnets["weight"], magnets["line"]) == (7_456_020.0, 384_700.0, "280530")
    assert only(rows(tmp_path, "baci"), reporter="TWN")["weight"] is None
    assert only(rows(tmp_path, "census-bulk"), detail="00 10 10 69")["duty"] == 185_379.0
    assert only(rows(tmp_path, "census-api"), partner="CHN")["period"] == "2024-12"
    beans = only(rows(tmp_path, "census-bulk-exports"), partner="CHN")
    assert (beans["flow"], beans["value"], beans["quantity"], beans["detail"]) == (
        "export",
        141_197_240.0,
        350_000.0,
        "1 20",
    )
    assert only(rows(tmp_path, "census-api-exports"), partner="MEX")["detail"] == "2"
    assert only(rows(tmp_path, "comext"), partner="SRB")["flow"] == "export"
    assert set(rows(tmp_path, "comtrade")["partner"]) == {"CHN", "WLD", "DEU"}
    assert only(rows(tmp_path, "dataweb"), partner="MEX")["value"] == 75_870_535.0
    chips = only(rows(tmp_path, "icio-2025"), seller="CHN", product="C26", user="USA", use="C26")
    assert (chips["value"], chips["period"]) == (7_774_125_000.0, "2022")
    assert only(rows(tmp_path, "usgs"), country="MMR", period="2024")["value"] == 31_000.0
    assert only(rows(tmp_path, "bea-api"), period="1930")["value"] == 4.4e9
    assert only(rows(tmp_path, "wits"), partner="156")["rate"] == 0.125
    assert rows(tmp_path, "taric")["rate"].to_list() == [0.0, 0.027, None]


SPOILT = yaml.safe_load((Path(__file__).parents[1] / "data" / "formats" / "spoilt.yaml").read_text(encoding="utf-8"))
"""Format -> what is spoilt in its sample: a number, a head."""

SHEETS = {"dataweb": (2, 5), "taric": (1, 9)}
"""Format -> row and column of a number in its sample."""


def saved(book):
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed_sheet(name, row, column, value):
    book = openpyxl.load_workbook(io.BytesIO(SAMPLES[name][1]))
    book.active.cell(row + 1, column + 1).value = value
    return saved(book)


def bad(name, how):
    """Content and name of a file that is bad in one way; None where a format cannot be bad so."""
    file, whole = SAMPLES[name]
    if how == "truncated":
        return whole[: len(whole) * 2 // 3 - 7], file
    if how == "wrong encoding":
        return (whole[:-40] + b"\xe9\xff" + whole[-40:] if name in SPOILT else None), file
    if how == "renamed":
        return whole, f"{file}.csv" if name not in SPOILT or file.endswith(".json") else f"{file}.parquet"
    if name in SPOILT:
        old, new = (text.encode() for text in SPOILT[name]["number" if how == "text in a number" else "head"])
        assert old in whole
        return whole.replace(old, new, 1), file
    if name in SHEETS:
        place = SHEETS[name] if how == "text in a number" else (0, SHEETS[name][1])
        return changed_sheet(name, *place, "many" if how == "text in a number" else None), file
    return None, file


HOWS = ("truncated", "wrong encoding", "renamed", "missing column", "text in a number")
BAD = [(name, how) for name in SAMPLES for how in HOWS if bad(name, how)[0] is not None]


@pytest.mark.parametrize(("name", "how"), BAD)
def test_a_bad_file_is_refused_and_the_library_stays(tmp_path, library, name, how):
    content, file = bad(name, how)
    before = {path.name: path.read_bytes() for path in library.iterdir()}
    path = written(tmp_path, name, content, file)
    with pytest.raises(InputError) as refused:
        add_table(read_published(path, name), "new", TODAY)
    text = str(refused.value)
    assert str(path) in text
    assert "; " in text, "it says what to do"
    if how == "text in a number":
        assert ", row " in text
    assert {path.name: path.read_bytes() for path in library.iterdir()} == before


def test_all_faults_of_a_file_are_told_at_once_and_python_has_it_as_a_table(tmp_path):
    text = SAMPLES["baci"][1].decode().replace("7456.02", "x").replace("90.715", "-1").replace(",458,", ",777,")
    with pytest.raises(Faults) as refused:
        read_published(written(tmp_path, "baci", text.encode()))
    told = [str(fault) for fault in each_fault(refused.value)]
    assert len(told) == 3
    assert "row 2 (842 156 280530 2023): 'x' in 'value' is not a number" in told[0]
    assert "row 4 (276 842 280530 2023): '-1' in 'value' is below 0" in told[1]
    assert "partner: '777' is no country" in told[2]
    table = dt.read_data(written(tmp_path, "wits"), as_="wits")
    assert table["rate"].tolist() == [0.0, 0.05, 0.125]
    with pytest.raises(InputError, match="as_: 2023 is not a text"):
        dt.read_data("a.csv", as_=2023)
    file = read_published(written(tmp_path, "baci", b"t,i,j,k,v,q\n2023,156,842,10121,5,1\n"))
    assert file.frame["line"].to_list() == ["010121"]
    assert file.notes == ("codes that had lost a zero in front: 1",)


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("a.har", b"\x04\0\0\0BASE\x04\0\0\0" + b"\0" * 64, "har2csv"), ("a.csv", b"<html>busy</html>\n", "is a page"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + b"0" * 40, "unpack it first"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"0" * 40, "save it as .xlsx"), ("a.rds", b"RDX3\n" + b"0" * 40, "write.csv"),
        ("a.csv", b"", "is empty"), ("a.json", b'{"data": [], "error": "x"}', "no format"),
        ("b.json", b'{"BEAAPI": {"Results": {"Error": {"APIErrorDescription": "no key"}}}}', "no key"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_refused_with_the_way_to_it(tmp_path, name, content, hint):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=hint):
        read_published(path)


BACI, ANSWER = SAMPLES["baci"][1], json.loads(SAMPLES["comtrade-api"][1])
MANY = "".join(f"2023,156,842,{280000 + k},x,1\n" for k in range(50))
NEARLY = b"REPORTER,PARTNER,FLOW,PERIOD,VALUE_EUR\nDE,CN,1,202401,5\n"


@pytest.mark.parametrize(
    ("name", "content", "named", "hint"),
    [
        ("baci", f"t,i,j,k,v,q\n{MANY}".encode(), "", "has 30 further faults"),
        ("baci", BACI + BACI.splitlines()[1] + b"\n", "", r"row 7 \(USA import CHN 280530 2023.*is there twice"),
        ("baci", BACI.replace(b"\n", b"\r"), "", "rows that end as on old Macs; save it"),
        ("baci", BACI, "comtrade", "is not 'comtrade'; did you mean 'baci'"),
        ("baci", BACI, "comtrad", "did you mean 'comtrade'"),
        ("baci", NEARLY, "", r"did you mean 'comext'\? It lacks the column 'PRODUCT_NC'"),
        ("comtrade-api", json.dumps(ANSWER | {"count": 500}).encode(), "", "says it has 500 rows and has 2"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_said(tmp_path, name, content, named, hint):
    with pytest.raises(InputError, match=hint):
        read_published(written(tmp_path, name, content), named)


def test_a_further_format_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "ours.yaml").write_text(
        "ours: {title: x, publisher: us, becomes: trade, how: ask, licence: free, columns: {line: {heads: [our line]},"
        " value: {heads: [our value], type: number}}}\n"
    )
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    forget(known_formats)
    path = tmp_path / "t.csv"
    path.write_text("our line,our value\n01,2.5\n")
    try:
        assert read_published(path).frame["value"].to_list() == [2.5]
    finally:
        forget(known_formats)


def test_archives_are_opened_and_those_of_several_files_ask_which(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("BACI_HS17_Y2022.csv", "BACI_HS17_Y2023.csv", "country_codes_V202501.csv"):
        (tmp_path / "in" / name).write_bytes(SAMPLES["baci"][1])
    path = shutil.make_archive(str(tmp_path / "BACI"), "zip", tmp_path / "in")
    with pytest.raises(InputError, match=r"holds 2 files.*member="):
        read_published(path)
    assert read_published(path, member="Y2023").frame.height == 5
    assert read_published(path, words={"year": "2022"}).frame.height == 5


def test_a_query_with_years_side_by_side_is_found_among_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Query", "Parameters"])
    sheet = book.create_sheet("Customs Value")
    for row in (
        ["Data Type", "HTS Number", "Country", "2023", "2024"],
        ["Customs Value", "01", "Mexico", 5, 7.5],
        ["First Unit of Quantity", "01", "Mexico", 50, 75],
    ):
        sheet.append(row)
    book.save(tmp_path / "query.xlsx")
    frame = read_published(tmp_path / "query.xlsx").frame
    assert frame.select("partner", "period", "value").rows() == [("MEX", "2023", 5.0), ("MEX", "2024", 7.5)]
    sheet.append(["Customs Value", "02", "Canada", 5, "many"])
    book.save(tmp_path / "query.xlsx")
    with pytest.raises(InputError, match=r"row 4 \(02 Canada\): 'many' in '2024' is not a number"):
        read_published(tmp_path / "query.xlsx")


def test_another_encoding_is_read_where_it_is_named(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(SAMPLES["usgs"][1].decode("utf-8-sig").replace("Brazil", "Côte d'Ivoire").encode("cp1252"))
    with pytest.raises(InputError, match=r"line 3: cannot be read as text .not UTF-8.; .* say `encoding=`"):
        read_published(path)
    assert "CIV" in read_published(path, encoding="cp1252").frame["country"].to_list()


def test_a_database_needs_its_library_or_is_read(tmp_path):
    path = tmp_path / "own.duckdb"
    try:
        import duckdb
    except ImportError:
        path.write_bytes(b"0" * 8 + b"DUCK" + b"0" * 100)
        with pytest.raises(InputError, match=r"install detente\[duckdb\]"):
            read_published(path)
        return
    with duckdb.connect(str(path)) as base:
        base.execute("create table trade as select '280530' as line, 2.5 as value")
    assert read_published(path).frame.rows() == [("280530", 2.5)]


def test_a_file_of_trade_weighs_duties_and_so_does_a_table_of_the_library(tmp_path, library):
    assert read_flows(Path("baci")).value.sum() == pytest.approx(7_456_020.0)
    flows = read_flows(written(tmp_path, "baci"))
    assert flows.value.sum() == pytest.approx(7_456_020.0)
    assert {flows.partners[k] for k in flows.partner_at} == {"CHN"}
    assert flows.notes[-1] == "values of CEPII, format baci"
    with pytest.raises(InputError, match="is in EUR, weights are in USD"):
        read_flows(written(tmp_path, "comext"))


def test_a_table_of_the_library_is_what_was_added(library):
    table = own_table("baci")
    assert (table.state, table.rows, table.licence[:6]) == ("whole", 5, "Etalab")
    assert own_frame(table).height == 5
    table.path.write_bytes(table.path.read_bytes() + b"x")
    with pytest.raises(InputError, match="is changed since it was added"):
        own_frame(table)
