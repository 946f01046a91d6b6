"""The watch list: changes are duties of the day before and of the day, what is to come has its fate, files keep ids."""

import json
import math
from datetime import date, timedelta
from xml.etree import ElementTree

import polars as pl
import pytest

import detente as dt
from detente.codes.errors import Faults, InputError
from detente.data.importers import importer
from detente.data.rowfile import SentFile
from detente.faces.watchfiles import watch_file
from detente.lab.statute.lookup import look_up
from detente.lab.statute.watch import ChangeStatus, change_words, goods_of, listed, row_of, watch, watch_tables
from rows import rows_of

LISTED = rows_of(__file__)

TODAY, SINCE = date(2026, 11, 20), date(2026, 2, 1)
ROWS = LISTED["rows"]


@pytest.fixture(scope="module")
def seen():
    goods = listed([row_of(word) for word in ROWS], "list", on=TODAY)
    return watch(goods, SINCE, TODAY)


def test_every_day_on_which_the_duty_moved_is_there_with_the_duty_before_and_after(seen):
    dated = [change for change in (*seen.past, *seen.coming) if change.day is not None]
    assert {change.good.importer for change in dated} == {"USA", "CHN", "EU27"}
    for change in dated[::2]:
        good = change.good
        for day, rate in ((change.day - timedelta(days=1), change.before), (change.day, change.after)):
            assert rate == pytest.approx(look_up(good.line, good.members[0], day, of=good.importer).total, abs=1e-8)
    # Between the changes the duty stands still: the level after each is that before the next.
    for good in seen.goods[:3]:
        own = [c for c in seen.past if c.good == good]
        rates = [own[0].before, *(change.after for change in own)]
        assert [change.before for change in own] == pytest.approx(rates[:-1])
        assert rates[-1] == pytest.approx(look_up(good.line, good.members[0], TODAY, of=good.importer).total)


def test_measures_add_up_to_the_change(seen):
    for change in seen.past:
        moved = sum(part.after - part.before for part in change.moved if part.kind == "duty")
        assert moved == pytest.approx(change.after - change.before, abs=1e-8), change_words(change)
    july = next(c for c in seen.past if c.good.line == "8507.60" and c.day == date(2026, 7, 24))
    assert change_words(july).startswith("Import surcharge: 8.444 to 0 points; Forced labor")
    assert july.moved[0].act == "Proc. 11012; FR 2026-03824"


def test_the_fate_of_what_is_beyond_the_record_is_said(seen):
    by = {(c.good.line, c.day): c for c in (*seen.past, *seen.coming)}
    assert by["8507.60", date(2026, 7, 24)].status is ChangeStatus.IN_FORCE
    suspended = by["1201.90", date(2026, 11, 10)]
    assert suspended.status is ChangeStatus.ANNOUNCED
    assert suspended.fates == (("prolonged to 9 January 2027 (likely) or renewed for a year", suspended.before),)
    again = by["1201.90", date(2027, 1, 10)]  # if it was prolonged by words, the 24 points come back then
    assert [fate for fate, _ in again.fates] == [
        "prolonged to 9 January 2027 (likely), until the day",
        "prolonged to 9 January 2027 (likely)",
    ]
    since = suspended.before + 0.275  # the exclusions on application have ended by then
    assert [duty for _, duty in again.fates] == pytest.approx([since, since + 0.24])
    assert again.before == again.after
    assert suspended.clause.startswith("suspension of 24 points")
    exclusions = by["1201.90", date(2027, 1, 1)]
    assert (exclusions.status, exclusions.fates) == (ChangeStatus.LAPSES, (("renewed", exclusions.before),))
    assert by["8703.80", date(2029, 10, 30)].after == pytest.approx(0.1)
    assert "begins minimum 0.22 USD/W" in change_words(by["8541.42", date(2026, 12, 4)])
    assert by["8112.92", date(2026, 11, 28)].clause.startswith("suspension of the ban")
    assert by["1201.90", None].moved[-1].measure == "cn_reciprocal_34"


def test_no_part_of_a_duty_moves_by_weights_alone():
    """Lines under 2204.21 owe the same under the floor of August 2025, and different base duties before."""
    goods = listed([row_of("2204.21:France")], "list", on=TODAY)
    (august,) = (c for c in watch(goods, date(2025, 8, 1), date(2025, 8, 31)).past)
    assert [part.measure for part in august.moved] == ["rec_base", "rec_floor_eu"]
    assert august.after == pytest.approx(0.15)


def test_a_code_of_several_lines_has_its_range_and_the_mean_of_a_sector_is_no_duty():
    """China's furniture in the United States; New Zealand and Türkiye have no tariff by line on record."""
    words = ("9403.60:China", "7403.11:Russia:New Zealand", "7308.90:USA:Turkey", "7308.90:USA:Canada")
    table = watch_tables(watch(listed([row_of(word) for word in words], "list", on=TODAY), date(2018, 6, 1), TODAY))[0]
    rows = {(row["importer"], row["date"]): row for row in table.rows()}
    truce = rows["USA", "2025-11-10"]
    spans = [look_up("9403.60", "CHN", day).ends for day in (date(2025, 11, 9), date(2025, 11, 10))]
    assert truce["range"] == ", then ".join(f"{low:.2%} to {high:.2%}" for low, high in spans)
    floor = rows["NZL", "2022-04-25"]
    assert math.isnan(floor["before"])
    assert floor["after"] == pytest.approx(0.35)
    assert math.isnan(floor["change"])
    assert floor["what"] == "Duty on goods of Russia: the whole duty is not on record before, 35% after"
    answer = rows["TUR", "2018-06-21"]
    assert math.isnan(answer["before"])
    assert math.isnan(answer["after"])
    assert answer["change"] == pytest.approx(0.3)
    feed = watch_file(table, "rss", TODAY).decode()
    assert "from United States into Türkiye: +30 points" in feed
    assert f"from China into United States: {truce['range']} (mean 55% to 45%)" in feed
    for line in watch_file(table, "jsonl", TODAY).decode().splitlines():
        row = json.loads(line)
        assert row["importer"] != "TUR" or row["before"] is None


def test_members_of_a_group_that_move_alike_are_one_row(seen):
    europe = [change for change in seen.past if change.good.line == "8541.42"]
    assert [(c.day.isoformat(), c.partner) for c in europe] == [
        ("2026-02-24", "European Union"), ("2026-07-24", "European Union"),
    ]  # fmt: skip


def sent(text):
    return goods_of(SentFile("mine.csv", text.encode()), "mine.csv", on=TODAY)


def test_all_faults_of_a_list_are_said_at_once():
    text = "line,partner,importer\n8507.6,Chnia,\n9999.99.99,Germany,\n8703,USA,US\n,Japan,Chlie\n8703,Japan,\n"
    with pytest.raises(Faults) as caught:
        sent(text)
    lines = [str(fault) for fault in caught.value.faults]
    assert [line.split(":")[0] for line in lines] == [
        "mine.csv, row 2, line", "mine.csv, row 2, partner", "mine.csv, row 3", "mine.csv, row 4, partner",
        "mine.csv, row 5, importer", "mine.csv, row 5, line",
    ]  # fmt: skip
    assert "did you mean 'China'" in lines[1]
    assert "'Chile'" in lines[4]
    with pytest.raises(InputError, match="watches nothing"):
        listed([], "list")


def test_files_of_a_watch_keep_their_ids_and_shapes(seen):
    table = watch_tables(seen)[0]
    feed, calendar, lines = (watch_file(table, form, TODAY, "http://here/watch") for form in ("rss", "ics", "jsonl"))
    channel = ElementTree.fromstring(feed)[0]
    least = min(importer(code).law.record.to for code in ("USA", "CHN", "EU27"))  # the law that was read least far
    assert f"tariff record runs to {least.day} {least:%B %Y}" in channel.findtext("description")
    items = channel.findall("item")
    assert (len(items), len({item.findtext("guid") for item in items})) == (len(table), len(items))
    assert items[-1].findtext("pubDate") == "Tue, 24 Feb 2026 00:00:00 +0000"
    rows = calendar.decode().split("\r\n")
    assert max(len(row.encode()) for row in rows) <= 75
    assert rows.count("BEGIN:VEVENT") == sum(1 for day in table["date"].tolist() if day)
    objects = [json.loads(line) for line in lines.decode().splitlines()]
    assert [row["id"] for row in objects] == [
        json.loads(x)["id"] for x in watch_file(table, "jsonl", TODAY).splitlines()
    ]
    assert {row["record_to"] for row in objects} == {least.isoformat()}


def test_a_frame_a_file_and_words_are_one_list(detente, tmp_path):
    frame = pl.DataFrame({"line": ["8507.60"], "partner": ["China"], "note": ["cells"]})
    frame.write_parquet(tmp_path / "lines.parquet")
    frame.write_csv(tmp_path / "lines.csv")
    for given in (frame, frame.to_pandas(), str(tmp_path / "lines.parquet"), str(tmp_path / "lines.csv")):
        answer = dt.watch(given, "2026-10-01", from_="2026-06-30")
        assert answer.tables["changes"]["note"].tolist() == ["cells"]
    words = ("watch", str(tmp_path / "lines.csv"), "--since", "2026-06-30", "--on", "2026-10-01")
    assert detente(*words, "--out", str(tmp_path / "a.ics")).code == 0
    assert (tmp_path / "a.ics").read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
