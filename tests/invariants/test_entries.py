"""Entries rated many at once owe what each owes by itself, whatever the file, its pieces and its faults."""

import gzip
import io
from datetime import date

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes.errors import InputError
from detente.faces.ask.answer import Answer
from detente.lab.entries.job import EntriesOrder, rate_entries
from detente.lab.statute.lookup import look_up
from rows import rows_of

LISTED = rows_of(__file__)

DAYS = ("2025-09-05", "2025-09-15")
ROWS = LISTED["rows"]


def frame_of(rows=ROWS) -> pl.DataFrame:
    names = ("line", "partner", "date", "claim", "steel_content", "us_content", "quantity")
    table = pl.DataFrame(
        [(line, partner, DAYS[day], *more) for line, partner, day, *more in rows], schema=list(names), orient="row"
    )
    return table.with_columns(pl.lit(10000.0).alias("value"), pl.lit("air").alias("mode"))


@pytest.fixture(scope="module")
def order() -> EntriesOrder:
    return EntriesOrder(void=("basis:IEEPA",))


@pytest.fixture(scope="module")
def rated(order):
    return rate_entries(frame_of(), order)


def alone(row, law=None):
    line, partner, day, claim, steel, us, quantity = row
    given = {"steel_content": steel} if steel else {"us_content": us} if us else {}
    more = {"value": 10000.0, "quantity": quantity} if quantity else {}
    return look_up(
        line, partner, date.fromisoformat(DAYS[day]), claim=claim, parameters=given, law=law, value=more.get("value"),
        quantity=more.get("quantity"),
    )  # fmt: skip


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_row_owes_what_the_good_owes_alone(rated, number):
    answer = alone(ROWS[number])
    row = rated.frame("entry_rows").row(number, named=True)
    filing = rated.frame("entry_filing").filter(pl.col("row") == number + 1)
    assert (row["reason"], row["duty"]) == ("", pytest.approx(answer.total * 10000, abs=0.05))
    own = {t.measure: t.points * 10000 for t in answer.main.terms if t.points > 0}
    mine = dict(filing.filter(pl.col("duty") > 0, pl.col("authority") != "base").select("measure", "duty").rows())
    assert mine == pytest.approx(own, abs=0.6)
    assert (filing["duty"].sum(), filing["authority"][-1]) == (pytest.approx(row["duty"], abs=1e-9), "base")


def test_headings_stand_in_the_order_of_filing(rated, order):
    filing = {a.id: a.filing for a in order.calendar.law.authorities}
    for _, own in rated.frame("entry_filing").group_by("row", maintain_order=True):
        places = [filing.get(name, 99) for name in own.sort("order")["authority"]]
        assert places == sorted(places)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_questions_are_the_facts_of_the_good(rated, number):
    facts = {f.id: f for f in alone(ROWS[number]).facts if not f.given[0] and not f.id.startswith("switch:")}
    answers = rated.frame("entry_questions").filter(pl.col("row") == number + 1)
    _line, _partner, _, _claim, steel, us, _ = ROWS[number]
    stated = {"metal"} if steel else {"us_content"} if us else set()
    for name in {"us_content", "metal", "claim", "aircraft_use"} & set(facts) - stated:
        own = {s.name: s.total for s in facts[name].states}
        taken = alone(ROWS[number]).total
        for answer, duty in answers.filter(pl.col("fact") == name).select("answer", "duty").rows():
            assert duty == pytest.approx(own[answer] * 10000, abs=0.6)
        moved = {s for s, total in own.items() if total is not None and abs(total - taken) > 1e-9} - {"us_minor"}
        assert moved <= set(answers.filter(pl.col("fact") == name)["answer"])


def test_refunds_are_what_the_law_without_the_measures_would_not_take(rated, order):
    law = order.calendar.law.without(["basis:IEEPA"])
    rows = rated.frame("entry_rows")
    for number in (0, 2, 4, 5, 9):
        kept = alone(ROWS[number], law).total * 10000
        assert rows["refund"][number] == pytest.approx(rows["duty"][number] - kept, abs=0.6)
    assert rated.sums["refund"] == pytest.approx(rated.frame("entry_sums").filter(by="month")["refund"].sum())
    by_heading = rated.frame("entry_sums").filter(by="heading")["refund"].sum()
    assert by_heading == pytest.approx(rated.sums["refund"], abs=1e-6)


def test_totals_sum_to_the_rows_whatever_they_are_split_by(rated):
    sums = rated.frame("entry_sums")
    for by in ("heading", "authority", "partner", "month"):
        assert sums.filter(by=by)["duty"].sum() == pytest.approx(rated.sums["duty"], abs=1e-6)


WRONG = {
    "line": ("8507.60.00.1", "9 digits"), "partner": ("Atlantis", "unknown country"),
    "date": ("15/04/2025", "not a date"),
    "value": ("-5", "not a customs value"), "steel_content": ("1.2", "not a share"), "claim": ("KORUS", "cannot claim"),
}  # fmt: skip


def test_a_cell_that_cannot_be_used_costs_its_row_alone(order):
    good = {"line": "7308.90.95.90", "partner": "Germany", "date": DAYS[1], "value": "10000"}
    rows = [{**good, name: text} for name, (text, _) in WRONG.items()] + [good]
    names = [*good, "steel_content", "claim"]
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, dict.fromkeys(names, pl.String))
    result = rate_entries(frame, order)
    reasons = result.frame("entry_rows")["reason"].to_list()
    for reason, (_, words) in zip(reasons, WRONG.values(), strict=False):
        assert words in reason
    assert (reasons[-1], result.sums["not_rated"]) == ("", len(WRONG))
    assert result.sums["duty"] > 0


def test_a_code_of_lines_that_differ_asks_for_all_its_digits(order):
    frame = pl.DataFrame({"line": ["8708.29", "6109.10.00"], "partner": "Japan", "date": DAYS[1], "value": 100.0})
    reasons = rate_entries(frame, order).frame("entry_rows")["reason"].to_list()
    assert "give all ten digits" in reasons[0]
    assert reasons[1] == ""


def damaged_sheet():
    """A workbook whose rows unpack to nonsense, though the archive lists its parts."""
    whole = io.BytesIO()
    pl.DataFrame({"line": ["8507.60.00.10"] * 300, "partner": ["China"] * 300}).write_excel(whole)
    content = bytearray(whole.getvalue())
    place = content.index(b"xl/worksheets/sheet1.xml") + 60
    content[place : place + 40] = bytes(40)
    return bytes(content)


def cut_off(share):
    """A packed and a binary file that end early."""
    frame_of().write_parquet(whole := io.BytesIO())
    for name, content in (("a.csv.gz", gzip.compress((HEAD + ROW * 50).encode())), ("a.parquet", whole.getvalue())):
        yield name, content[: int(len(content) * share)], ("cut off", "cannot be read")


HEAD = "line,partner,date,value\n"
ROW = "8507.60.00.10,China,2025-04-15,1000\n"
LONG = HEAD + "8" * 200_000 + ",China,2025-04-15,1\n" + ROW.replace("China", '"China"')
BROKEN = (
    ("a.csv", HEAD.encode() + ROW.replace("China", "Türkiye").encode("cp1252"), ("row 2: cannot be read as text",)),
    ("a.csv", b"PK\x03\x04 and more", ("is cut off or damaged",)),
    ("a.csv", b"PAR1 and morePAR1", ("is Parquet, though its name ends in .csv; name it a.parquet",)),
    ("a.csv", (HEAD + ROW).replace("\n", "\r").encode(), ("rows that end as on old Macs",)),
    ("a.csv", (HEAD + ROW + '8507.60.00.10,"Chi"na,2025-04-15,1\n').encode(), ("row 3: cannot be read",)),
    ("a.csv", LONG.encode(), ("row 2",)), ("a.xlsx", damaged_sheet(), ("is cut off or damaged",)),
    *cut_off(0.5), *cut_off(0.98),
)  # fmt: skip


@pytest.mark.parametrize(("name", "content", "words"), BROKEN)
def test_a_damaged_file_is_refused_with_the_repair(tmp_path, order, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="|".join(words)) as refused:
        rate_entries(tmp_path / name, order)
    assert "; " in str(refused.value)


def test_every_kind_of_file_gives_the_same_rows(tmp_path, order):
    frame = frame_of(ROWS[:3])
    text = frame.write_csv()
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "c.tsv").write_text(frame.write_csv(separator="\t"), encoding="utf-8")
    (tmp_path / "q.csv").write_text(frame.write_csv(quote_style="always"), encoding="utf-8")
    frame.write_parquet(tmp_path / "d.parquet")
    frame.write_excel(tmp_path / "e.xlsx")
    first = rate_entries(tmp_path / "a.csv", order).frame("entry_rows")
    for name in ("b.csv.gz", "c.tsv", "q.csv", "d.parquet", "e.xlsx"):
        assert rate_entries(tmp_path / name, order).frame("entry_rows").equals(first), name


def test_pieces_that_were_kept_are_taken_up_to_the_same_bytes(tmp_path, order):
    path = tmp_path / "entries.csv"
    frame_of().write_csv(path)
    whole = rate_entries(path, order).frame("entry_totals")
    folder = tmp_path / "pieces"
    first = rate_entries(path, order, folder=folder, size=4)
    files = sorted(folder.iterdir())
    before = [file.read_bytes() for file in files]
    files[1].write_bytes(before[1][:40])
    files[2].unlink()
    second = rate_entries(path, order, folder=folder, size=4)
    assert [file.read_bytes() for file in sorted(folder.iterdir())] == before
    assert second.frame("entry_totals").equals(first.frame("entry_totals"))
    assert whole["duty"].sum() == pytest.approx(first.frame("entry_totals")["duty"].sum())


def test_python_takes_frames_and_answers_like_the_others():
    answer = dt.entries({"hts": ["8507.60.00.10"], "coo": ["CN"], "date": [date(2025, 9, 5)], "value": [1000]})
    assert isinstance(answer, Answer)
    assert answer.to_polars()["duty"].to_list() == [734.0]
    assert answer.tables["summary"]["dollars"].tolist()[:2] == [1000.0, 734.0]
    assert float(np.sum(answer.tables["filing"]["duty"])) == 734.0
    with pytest.raises(InputError, match="holds no columns"):
        dt.entries(object())


def test_rows_of_another_importer_are_under_its_law(order):
    frame = pl.DataFrame(
        {"line": ["8507.60.00.10", "8703.23", "8703.23", "8703.23"], "partner": ["China", "Japan", "Japan", "Japan"],
         "date": DAYS[1], "value": 1000.0, "importer": ["", "United Kingdom", "USA", "Narnia"], "mode": "air"}
    )  # fmt: skip
    rows = rate_entries(frame, order).frame("entry_rows")
    kept = look_up("8703.23", "Japan", date.fromisoformat(DAYS[1]), of="GBR")
    assert rows["row"].to_list() == [1, 2, 3, 4]
    assert (rows["duty"][1], rows["processing_fee"][1]) == (pytest.approx(kept.total * 1000, abs=0.01), 0.0)
    assert "unknown" in rows["reason"][3]
