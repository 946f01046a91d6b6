"""Microdata: the same numbers as averages of the same trade, in any form, order and number of processes."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes import InputError
from detente.data import rowfile
from detente.data.flows import usa_imports
from detente.data.importers import importer
from detente.data.readers import read_flows
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.entries.job import EntriesOrder, rate_entries
from detente.lab.micro.micro import Microdata
from rows import rows_of

LISTED = rows_of(__file__)

MONTHS = ("2025-03", "2025-04")
PAIRS = 250


def data(path, *, work=None, void=(), law=None, **more) -> Microdata:
    return Microdata((path,), order=EntriesOrder(law=law, void=void), folder=work, **more)


def micro(path, ask="weights", **more):
    return data(path, **more).tables(ask)


@pytest.fixture(scope="module")
def rows():
    """Rows of two months: pairs of some size in three districts, claims apart, duty a tenth of the value."""
    rng = np.random.default_rng(3)
    flows, _ = usa_imports().expanded()
    flows = flows.take(~flows.lines.mask(("98", "99"))[flows.line_at])
    flows = flows.take(np.argsort(-flows.value, kind="stable")[5 : 5 + 40 * PAIRS : 40])
    frames = []
    for month in MONTHS:
        for programme, share in ((None, 1.0 - flows.claim), ("S", flows.claim)):
            for district in ("10", "27", "53"):
                value = np.round(flows.value * share * rng.uniform(0.01, 0.05, PAIRS), 2)
                line, partner = flows.lines.codes[flows.line_at], np.asarray(flows.partners)[flows.partner_at]
                data = {"month": [month] * PAIRS, "line": line.tolist(), "partner": partner.tolist()}
                fixed = {"district": [district] * PAIRS, "programme": [programme] * PAIRS}
                frames.append(pl.DataFrame({**data, **fixed, "value": value, "duty": np.round(value / 10, 2)}))
    return pl.concat(frames, how="vertical_relaxed").sample(fraction=1.0, shuffle=True, seed=1)


@pytest.fixture(scope="module")
def whole(rows, tmp_path_factory):
    path = tmp_path_factory.mktemp("micro") / "all.csv"
    rows.write_csv(path)
    return path


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def daily(whole, work):
    return micro(whole, "daily", work=work)["daily"]


def answers(folder: Path) -> dict[str, bytes]:
    return {p.name[:13]: p.read_bytes() for p in folder.iterdir() if not p.name.startswith("cells")}


def test_a_daily_series_is_that_of_the_same_trade(rows, daily, tmp_path):
    law = importer("USA").law
    for month in MONTHS:
        own = rows.filter(pl.col("month") == month).with_columns(
            claimed=pl.when(pl.col("programme").is_null()).then(0.0).otherwise(pl.col("value"))
        )
        pairs = own.group_by("line", "partner").agg(pl.col("value", "claimed").sum()).filter(pl.col("value") > 0)
        pairs = pairs.select("line", "partner", "value", claim=pl.col("claimed") / pl.col("value"))
        pairs.write_csv(tmp_path / "flows.csv")
        first = date.fromisoformat(f"{month}-01")
        known = LaidLaw(law, read_flows(tmp_path / "flows.csv")).daily(first, first.replace(day=30))
        chosen = np.flatnonzero(np.char.startswith(daily["date"], month))[:30]
        for name in ("average", "base", "fentanyl", "section_232"):
            assert np.asarray(daily[name])[chosen] == pytest.approx(known[name], abs=1e-9)
    assert len(daily) == 61
    assert len(set(daily["average"].tolist())) > 5


def test_forms_orders_and_blocks_give_the_same_bytes(rows, whole, work, daily, tmp_path, monkeypatch):
    monkeypatch.setattr(rowfile, "TEXT", 20_000)
    monkeypatch.setattr(rowfile, "ROWS", 500)
    mixed = tmp_path / "mixed"
    (mixed / "month=2025-03").mkdir(parents=True)
    march, april = (rows.filter(pl.col("month") == month) for month in MONTHS)
    march.drop("month").reverse().write_parquet(mixed / "month=2025-03" / "a.parquet")
    (mixed / "april.csv.gz").write_bytes(gzip.compress(april.write_csv(separator=";").encode()))
    for n, (files, executor) in enumerate(((whole, None), (mixed, None), (whole, ThreadPoolExecutor(2)))):
        found = data(files, work=tmp_path / str(n), executor=executor)
        assert (len(found.tables("daily")["daily"]), found.rows) == (61, len(rows))
        assert len(list((tmp_path / str(n)).glob("cells-*"))) > 3
        assert answers(tmp_path / str(n)) == answers(work)


def test_a_killed_run_goes_on_to_the_same_bytes(whole, work, daily, tmp_path, monkeypatch):
    monkeypatch.setattr(rowfile, "TEXT", 40_000)

    def stop(where: str, what: str, done: int, total: int) -> None:
        if what == where and done >= total / 2:
            raise KeyboardInterrupt

    for where in ("rows", "months"):
        with pytest.raises(KeyboardInterrupt):
            micro(whole, "daily", work=tmp_path, tell=partial(stop, where))
    done = {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    assert any(p.name.startswith("daily-2025-03") for p in done)
    damaged = next(p for p in done if p.name.startswith("cells"))
    damaged.write_bytes(damaged.read_bytes()[:-9])
    micro(whole, "daily", work=tmp_path)
    assert answers(tmp_path) == answers(work)
    assert all(p.stat().st_mtime_ns == then for p, then in done.items() if p != damaged)


def test_the_gap_is_duty_owed_less_duty_collected(rows, whole, work, daily):
    tables = micro(whole, "gap", work=work)
    months = tables["paid_months"]
    for n, month in enumerate(MONTHS):
        own = np.char.startswith(daily["date"], month)
        assert months["rate_owed"][n] == pytest.approx(float(np.mean(daily["average"][own])), rel=1e-9)
        assert months["collected"][n] == pytest.approx(rows.filter(pl.col("month") == month)["duty"].sum())
    gap = tables["paid"]
    assert len(gap) == rows.filter(pl.col("value") > 0).select("line", "partner").n_unique()
    assert float(np.sum(gap["gap"])) == pytest.approx(float(np.sum(months["gap"])))
    assert (np.diff(np.abs(gap["gap"])) <= 0).all()
    partners = micro(whole, "gap", work=work, by=["partner"])["paid"]
    assert float(np.sum(partners["owed"])) == pytest.approx(float(np.sum(months["owed"])))


def test_refunds_are_what_falls_away(whole, work, daily):
    void = ("basis:IEEPA",)
    tables = micro(whole, "refunds", void=void, work=work)
    law = importer("USA").law.without(void)
    without = micro(whole, "daily", law=law, work=work)["daily"]
    imports = dict(zip(MONTHS, micro(whole, work=work)["weights"]["imports"], strict=True))
    months, every = tables["refunds_months"], tables["refunds"]
    for month, value in imports.items():
        own = np.char.startswith(daily["date"], month)
        less = float(np.mean(daily["average"][own] - without["average"][own])) * value
        assert float(np.sum(months["refund"][months["month"] == month])) == pytest.approx(less, rel=1e-6)
    assert float(np.sum(every["refund"])) == pytest.approx(float(np.sum(tables["refunds_partners"]["refund"])))
    assert {"fentanyl", "reciprocal"} <= set(every["authority"].tolist())


def test_weights_of_a_window_are_those_of_its_months(whole, work, daily):
    fixed = micro(whole, "daily", weights="2025-03..2025-03", work=work)["daily"]
    march = np.char.startswith(daily["date"], "2025-03")
    assert np.array_equal(fixed["average"][march], daily["average"][march])
    assert not np.array_equal(fixed["average"][~march], daily["average"][~march])


def test_rows_that_cannot_be_used_are_counted_by_reason_and_named(rows, tmp_path):
    wrong = {"month": "2025-13", "line": "0000000000", "partner": "Narnia", "value": "-1", "duty": "x"}
    text = rows.head(200).write_csv().splitlines()
    heads = text[0].split(",")
    for n, (head, word) in enumerate(wrong.items(), start=3):
        cells = text[n].split(",")
        cells[heads.index(head)] = word
        text[n] = ",".join(cells)
    text[20] = text[20].replace(text[20].split(",")[2], "USA")
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(text), encoding="utf-8")
    left = micro(path, work=tmp_path / "w", bad=0.05)["left_out"]
    assert (len(left), left["rows"].tolist()) == (6, [1] * 6)
    assert "rows.csv, row 4: the month is not written as 2025-04 (2025-13" in left.notes[0]
    assert "the partner is unknown" in left.notes[2]
    assert "Narnia" in left.notes[2]
    with pytest.raises(InputError, match=r"6 of 200 rows cannot be used, more than 1.0%.*row 6: the partner is"):
        micro(path, work=tmp_path / "w")


def test_a_wrong_file_is_refused_whole(rows, detente, tmp_path):
    named = {
        "heads.csv": (b"month,line,valeu\n2025-03,0101,5\n", "has no column 'partner'"),
        "wide.csv": ("month,line,partner,value\n".encode("utf-16"), "(not UTF-8); save it as UTF-8"),
        "short.csv.gz": (gzip.compress(rows.write_csv().encode())[:-4000], "is cut off or damaged"),
        "bad.parquet": (b"PAR1 nothing PAR1", "cannot be read"),
        "none.csv": (b"month,line,partner,value\n", "has no rows"),
    }
    for name, (content, reason) in named.items():
        (tmp_path / name).write_bytes(content)
        ran = detente("entries", str(tmp_path / name), "--work", str(tmp_path / "w"), "-q")
        assert ran.code == 2, name
        assert reason in ran.err, ran.err
        assert name in ran.err
    assert "there is no such file" in detente("entries", str(tmp_path / "missing.csv")).err
    assert not list((tmp_path).glob("w/*.parquet"))


def test_command_and_python_give_the_same(whole, work, detente):
    ran = detente("micro", str(whole), "--by", "country", "--work", str(work), "-f", "csv", "-q")
    assert ran.code == 0, ran.err
    assert "this is now: detente entries" in ran.err
    answer = dt.entries(whole, by="partner", work=work, void="basis:IEEPA")
    assert ran.out.splitlines()[1].split(",")[:2] == [str(answer[n][0]) for n in ("month", "partner")]
    assert answer.headline.startswith(f"The {6 * 2 * PAIRS:,} rows of all.csv hold imports of $")
    for ask, name in (("gap", "paid"), ("refunds", "refunds"), ("daily", "daily")):
        of = {"void": ("basis:IEEPA",)} if ask == "refunds" else {"by": ["partner"]} if ask == "gap" else {}
        expected = micro(whole, ask, work=work, **of)[name]
        for column in expected.columns:
            assert answer.table(name)[column.name].tolist() == expected[column.name].tolist()
    with pytest.raises(InputError, match="on: does nothing with rows by month"):
        dt.entries(whole, "2025-04-01")


def test_a_worker_of_another_version_is_refused(whole, tmp_path, monkeypatch):
    monkeypatch.setattr("detente.lab.micro.micro.edition_here", lambda: "other")
    with pytest.raises(InputError, match="one has another version of the program or its data"):
        micro(whole, work=tmp_path)
    assert not list(tmp_path.iterdir())


def test_quotes_that_part_nothing_cost_no_row_in_silence(tmp_path):
    path = tmp_path / "quotes.csv"
    path.write_text('month,line,partner,value\n2025-03,8507600020,CHN,1\n2025-03,8507600020,"CHN,2\n2025-03,"x,y,3\n')
    (block,) = rowfile.blocks_of([path])
    with pytest.raises(InputError, match="cannot be read near row 2"):
        list(rowfile.frames_of(block))


OF_ANOTHER_DAY = LISTED["of_another_day"]


@pytest.fixture(scope="module")
def of_another_day(tmp_path_factory):
    path = tmp_path_factory.mktemp("codes") / "rows.csv"
    rows = [f"{month},{line},Vietnam,{1000 + n}" for n, (month, line, _) in enumerate(OF_ANOTHER_DAY)]
    path.write_text("\n".join(["month,line,partner,value", *rows, ""]))
    return path


def test_a_code_of_another_day_counts_as_entries_rate_it(of_another_day):
    found = micro(of_another_day, by=["line"], bad=0.5)
    counted, left = found["weights"], found["left_out"]
    for n, (month, _, other) in enumerate(OF_ANOTHER_DAY):
        own = counted["month"] == month
        assert float(np.sum(counted["imports"][own])) == pytest.approx(1000 + n if other else 0)
        goals = tuple(other.replace(".", "").split(" and "))
        assert all(line.startswith(goals) for line in counted["line"][own].tolist())
    assert (left["reason"].tolist(), left["rows"].tolist()) == (["the line is not in the tariff of its month"], [2])
    assert "3 rows of $3,006 have a code that is not of their month" in " ".join(counted.notes)
    frame = pl.read_csv(of_another_day).with_columns(date=pl.col("month") + "-28", mode=pl.lit("air"))
    rated = rate_entries(frame.drop("month").cast(pl.String), EntriesOrder()).frame("entry_rows")
    for (_, line, other), flags, reason in zip(OF_ANOTHER_DAY, *rated.select("flags", "reason"), strict=True):
        assert (f"rated as {other}" in flags, bool(reason)) == (other not in ("", line), not other)


def test_a_month_weighs_with_the_codes_of_its_own_day(of_another_day):
    """A window has a number on both sides of its first day; all numbers under its line owe the same."""
    tables = micro(of_another_day, "daily", weights="2025-06..2025-07", bad=0.5)
    alone = [
        micro(of_another_day, "daily", first=month, last=month, bad=0.5)["daily"] for month in ("2025-06", "2025-07")
    ]
    average = {day: rate for table in alone for day, rate in zip(table["date"], table["average"], strict=True)}
    for day, rate in zip(tables["daily"]["date"], tables["daily"]["average"], strict=True):
        if day in average:
            assert rate == pytest.approx(average[day], abs=1e-9)
