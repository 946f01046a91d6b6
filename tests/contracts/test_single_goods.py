"""One good, one rule: a row owes by what it says, and a code of several lines has the same numbers in every face."""

from datetime import date

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes import InputError
from detente.codes.hs import is_words
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.faces.ladder import duty_in_words, owed, warnings
from detente.lab.entries.job import EntriesOrder, rate_entries
from detente.lab.statute.book import line_history
from detente.lab.statute.lookup import UnlistedRate, look_up
from detente.lab.statute.search import candidates

PART = "8479.90.95.96"  # a part of a machine, on the list of derivatives of aluminium


def entry(**columns):
    """One row rated, its cells as texts."""
    row = {"line": PART, "partner": "Thailand", "date": "2025-05-02", "value": "10000", "mode": "air", **columns}
    order = EntriesOrder(presume=bool(row.pop("presume", False)))
    return rate_entries(pl.DataFrame({name: [str(value)] for name, value in row.items()}), order)


def cells(**columns):
    return entry(**columns).frame("entry_rows").row(0, named=True)


@pytest.mark.sampled(5)
@pytest.mark.parametrize("of", sorted(lawbooks()))
def test_no_good_is_rated_with_an_average_of_trade(of):
    where = importer(of)
    shares = where.shares(where.law, "line").by_aspect
    assert [name for name, share in shares.items() if ((share > 0.0) & (share < 1.0)).any()] == []


def test_contents_that_are_not_stated_are_not_claimed_and_averages_are_flagged():
    assert cells()["duty"] == 1000.0
    assert "presumed" not in cells()["flags"]
    assert cells(presume=True)["duty"] == 1051.15
    assert "average contents presumed" in cells(presume=True)["flags"]
    assert "presumed" not in cells(presume=True, steel_content=0, us_content=0)["flags"]
    day = date(2025, 5, 2)
    plain, average = (look_up(PART, "THA", day, presume=presume) for presume in (False, True))
    assert (plain.total, plain.presumed) == (0.10, False)
    assert average.total == pytest.approx(0.1051, abs=1e-4)
    assert "average in trade" in str(warnings(average))
    assert "average in trade" not in str(warnings(plain))


def test_a_car_owes_on_its_whole_value_and_furniture_is_not_part_steel_and_part_aluminium():
    day = date(2025, 6, 1)
    assert look_up("8703.23.01.40", "MEX", day, claim="USMCA").total == 0.25
    assert look_up("8703.23.01.40", "MEX", day, claim="USMCA", presume=True).total == pytest.approx(0.15)
    car = cells(line="8703.23.01.40", partner="Mexico", date="2025-06-01", claim="USMCA")
    assert car["duty"] == 2500.0
    terms = look_up("9403.20.00.90", "CHN", date(2025, 9, 1)).main.terms
    assert not [term.measure for term in terms if term.authority == "metals" and term.points]
    assert {term.share for term in terms if term.points} == {1.0}


LAMP = {"line": "8513.10.20.00", "partner": "China", "date": "2025-05-20", "mode": "vessel"}
OWED = cells(**LAMP)["duty"]


@pytest.mark.parametrize(
    ("kind", "duty", "processing", "harbor"),
    [
        ("", OWED, 34.64, 12.5), ("01", OWED, 34.64, 12.5), ("21", 0, 0, 12.5), ("22", 0, 0, 0), ("31", OWED, 34.64, 0),
        ("32", OWED, 34.64, 0), ("34", OWED, 34.64, 0), ("38", OWED, 34.64, 0), ("23", 0, 0, 12.5), ("61", 0, 0, 0),
        ("62", 0, 0, 0), ("63", 0, 0, 0), ("26", 0, 0, 12.5), ("33", 0, 0, 0),
    ],
)  # fmt: skip
def test_each_type_of_entry_owes_what_its_law_says(kind, duty, processing, harbor):
    rated = entry(**LAMP, entry_type=kind)
    row = rated.frame("entry_rows").row(0, named=True)
    assert (row["duty"], row["processing_fee"], row["harbor_fee"]) == (duty, processing, harbor)
    assert rated.frame("entry_filing")["duty"].sum() == duty
    assert bool(row["open"]) is bool(duty)
    assert rated.totals["value"][0] == 10000


def test_a_warehouse_entry_and_its_withdrawal_are_charged_once():
    both = [entry(**LAMP, entry_type=kind).totals.row(0, named=True) for kind in ("21", "31")]
    alone = entry(**LAMP).totals.row(0, named=True)
    assert sum(row["total"] for row in both) == pytest.approx(alone["total"])


@pytest.mark.parametrize("kind", ["zz", "99", "05", "08", "09", "47"])
def test_a_type_that_is_unknown_or_not_by_the_line_is_refused(kind):
    row = cells(**LAMP, entry_type=kind)
    assert row["status"] == "not rated"
    assert row["reason"].startswith("entry_type")


def test_goods_of_a_zone_and_goods_in_bond_owe_the_rate_of_their_status_and_day():
    before = cells(**{**LAMP, "date": "2025-02-20"})["duty"]
    zone = {**LAMP, "entry_type": "06"}
    assert before < OWED
    assert cells(**zone, zone_status="P", zone_date="2025-02-20")["duty"] == before
    assert cells(**zone, zone_status="N", zone_date="2025-02-20")["duty"] == OWED
    domestic = cells(**zone, zone_status="D")
    assert (domestic["duty"], domestic["processing_fee"]) == (0.0, 0.0)
    assert "zone status not given" in cells(**zone)["flags"]
    assert "zone_date" in cells(**zone, zone_status="P")["reason"]
    assert "06" in cells(**LAMP, zone_status="P")["reason"]
    assert "P, N or D" in cells(**zone, zone_status="X")["reason"]
    assert cells(**LAMP, transit_date="2025-02-20")["duty"] == before
    assert cells(**LAMP, transit_date="2025-02-20", entry_type="02")["duty"] == OWED  # under a quota the day of entry


def test_american_goods_come_back_under_chapter_98_alone():
    home = cells(line="9801.00.10.12", partner="US")
    assert (home["reason"], home["duty"], home["processing_fee"]) == ("", 0.0, 0.0)
    assert look_up("9801.00.10", "USA", date(2025, 5, 2)).total == 0.0
    assert "9801" in cells(partner="US")["reason"]
    with pytest.raises(InputError, match="9801"):
        look_up(PART, "USA", date(2025, 5, 2))


def test_a_code_of_its_day_is_rated_and_flagged_wherever_another_stands_in():
    row = cells(line="8708.29.50.60", partner="China", date="2019-06-01")
    assert row["duty"] == 2750.0
    assert "rated as 8708.29.51.60, the most traded of" in row["flags"]
    answer = look_up("8708.29.50.60", "CHN", date(2019, 6, 1))
    assert answer.stands_in == ("870829",)
    assert "its subheading 8708.29 stand in" in str(warnings(answer))
    moved = cells(line="3808.94.50.90", partner="China", date="2024-06-03")
    assert moved["reason"] == ""
    assert "rated as 3808.94.50" in moved["flags"]
    assert "not a code of the day" not in cells()["flags"]


def test_a_special_rate_that_is_not_on_record_leaves_the_general_one_and_says_so():
    day = date(2025, 6, 1)
    claimed, plain = (look_up("8703.23", "JPN", day, of="EU27", claim=claim) for claim in ("EU-Japan", ""))
    assert (claimed.total, plain.total) == (plain.total, pytest.approx(0.10))
    assert "No amount is on record for the special rate of EU-Japan" in str(warnings(claimed))
    assert "not on record" not in owed(claimed)
    columns = {"line": ["8703.23"], "partner": ["Japan"], "date": ["2025-06-01"], "value": ["10000"]}
    row = rate_entries(pl.DataFrame({**columns, "claim": ["EU-Japan"]}), EntriesOrder("EU27"))
    assert row.frame("entry_rows")["duty"][0] == 1000.0
    assert "special rate not on record" in row.frame("entry_rows")["flags"][0]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("of", ["EU27", "GBR", "JPN"])
def test_no_claim_leaves_a_total_that_nobody_can_use(of):
    where = importer(of)
    rates = pl.read_parquet(where.file.folder / where.file.preferences)
    asked = rates.filter(pl.col("rate").is_null() & (pl.col("until").fill_null("") == "")).head(400)
    seen = 0
    for row in asked.sample(12, seed=1).iter_rows(named=True):
        programme = next(p for p in where.programmes.by_symbol.values() if row["programme"] in (p.symbol, *p.also))
        partner = sorted(programme.partners[0].countries)[0]
        line = str(where.lines.codes[where.lines.slice(row["code"])][0])
        answer = look_up(line, partner, date(2025, 6, 1), of=of, claim=programme.name)
        if answer.unstated:
            seen += 1
            plain = look_up(line, partner, date(2025, 6, 1), of=of)
            assert answer.total == plain.total
    assert seen > 0


SEVERAL = [("8507.60", "CHN"), ("8703", "JPN"), ("7318.15", "DEU"), ("2204.21", "FRA"), ("8507.60.00.10", "CHN")]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("code", "partner"), SEVERAL)
def test_the_history_of_a_code_is_what_the_code_owes_on_each_day(code, partner):
    table = line_history(code, partner, first=date(2025, 1, 1), last=date(2025, 12, 31))
    for day in ("2025-01-01", "2025-04-15", "2025-05-05", "2025-07-15", "2025-10-01", "2025-12-31"):
        level = int(np.searchsorted(table["date"], day, "right")) - 1
        answer = look_up(code, partner, date.fromisoformat(day))
        assert [float(table[name][level]) for name in ("low", "high", "total")] == pytest.approx(
            [*answer.ends, answer.total]
        )


def test_a_code_of_several_lines_gives_the_range_first_and_names_the_mean():
    day = date(2025, 4, 15)
    duty = look_up("8507.60", "CHN", day)
    assert owed(duty) == "155.90% to 173.40% over its 2 lines, 158.62% on average"
    assert "155.90% to 173.40% of customs value over its 2 lines, 158.62% on average" in duty_in_words(duty)
    answer = dt.rate("8507.60", "China", day)
    assert (answer.number.low, answer.number.high) == pytest.approx((1.559, 1.734))
    assert float(answer) == pytest.approx(1.5862, abs=1e-4)
    lines = answer.tables["lines"]
    assert sorted(lines["total"]) == pytest.approx([1.559, 1.734])
    assert lines["total"] @ lines["weight"] == pytest.approx(float(answer))
    series = dt.rate_history("8507.60", "China", "2025-04-10", "2025-05-01")
    assert series["total"][-1] == pytest.approx(float(answer))
    assert series.headline.endswith("has been 155.90% to 173.40% (158.62% on average) on 10 April 2025 and ever since.")
    alone = dt.rate_history("8507.60.00.10", "China", "2025-04-10", "2025-05-01")
    assert alone.headline.endswith("has been 173.40% on 10 April 2025 and ever since.")


def test_words_give_the_codes_that_may_be_meant_with_the_range_of_each(detente):
    table = candidates("coffee", "Brazil", date(2025, 9, 1))
    assert table["code"][0] == "0901.11"
    for code, low, high, total in zip(*(table[n] for n in ("code", "low", "high", "total")), strict=True):
        answer = look_up(code, "BRA", date(2025, 9, 1))
        assert (low, high) == pytest.approx(answer.ends)
        assert np.isnan(total) or total == pytest.approx(answer.total)
    for command in ("rate", "explain"):
        ran = detente(command, "coffee", "Brazil", "--on", "2025-09-01")
        assert ran.code == 0
        assert "Coffee from Brazil: 50% on 1 September 2025 under 0901.11, the best match." in " ".join(ran.out.split())
    assert detente("rate", "xyzzy", "Brazil").code == 2


def test_a_candidate_is_called_by_what_all_its_lines_share_and_the_words_that_were_typed():
    goods = {str(row["code"]): row["goods"] for row in candidates("coffee", "Brazil", date(2026, 12, 3)).rows()}
    assert goods["0901.11"] == "Coffee, not roasted: Not decaffeinated"
    assert goods["0901.90"] == "Coffee, whether or not roasted or decaffeinated"
    assert goods["2106.90"] == ("Food preparations not elsewhere specified or included, as: Non-dairy coffee whiteners")
    soybeans = candidates("soybeans", "US", date(2026, 12, 3), of="CHN")
    assert list(soybeans["goods"])[:2] == ["Soybeans, whether or not broken: Seed", "Soybeans, whether or not broken"]


def test_words_are_answered_where_some_candidates_have_a_rate_on_record_and_the_others_are_named():
    on = date(2026, 10, 1)
    table = candidates("cars", "US", on, of="VNM")
    assert len(table)
    for code, low, high in zip(table["code"], table["low"], table["high"], strict=True):
        assert (low, high) == pytest.approx(look_up(code, "USA", on, of="VNM").ends)
    (left,) = (note for note in table.notes if note.startswith("Not answered"))
    for code in left.removesuffix(".").split(": ")[1].split(", "):
        assert code not in table["code"]
        with pytest.raises(UnlistedRate):
            look_up(code, "USA", on, of="VNM")
    assert not any(note.startswith("Not answered") for note in candidates("coffee", "Brazil", on).notes)


def test_a_code_is_not_taken_for_words():
    given = ("coffee", "8507.60", "85076O", "", "car parts")
    assert [text for text in given if is_words(text)] == ["coffee", "car parts"]


TOYS, CHAIRS = "9503.00.00", "9403.60.80"
TRANSIT = [
    # line, partner, loaded, entered, duty
    (TOYS, "CHN", "2025-04-04", "2025-05-20", 0.20), (TOYS, "CHN", "", "2025-05-20", 0.30),
    (TOYS, "CHN", "2025-04-04", "2025-06-15", 0.20), (TOYS, "CHN", "2025-04-04", "2025-06-16", 0.30),
    (TOYS, "CHN", "2025-04-05", "2025-04-20", 0.30), (TOYS, "CHN", "2025-04-09", "2025-04-20", 0.30),
    (TOYS, "CHN", "2025-04-10", "2025-04-20", 1.45), (TOYS, "CHN", "2025-01-31", "2025-03-06", 0.0),
    (TOYS, "CHN", "2025-02-01", "2025-03-06", 0.20), (TOYS, "CHN", "2025-01-31", "2025-03-07", 0.20),
    (CHAIRS, "DEU", "2025-08-06", "2025-09-30", 0.10), (CHAIRS, "DEU", "2025-08-07", "2025-09-30", 0.15),
    (CHAIRS, "DEU", "2025-08-06", "2025-10-04", 0.10), (CHAIRS, "DEU", "2025-08-06", "2025-10-05", 0.15),
    (TOYS, "VNM", "2026-02-23", "2026-02-27", 0.0), (TOYS, "VNM", "2026-02-24", "2026-02-27", 0.10),
    (TOYS, "VNM", "2026-02-23", "2026-02-28", 0.10), ("8708.29.51.60", "CHN", "2019-05-09", "2019-06-14", 0.125),
    ("8708.29.51.60", "CHN", "2019-05-10", "2019-06-14", 0.275),
    ("8708.29.51.60", "CHN", "2019-05-09", "2019-06-15", 0.275),
]  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("line", "partner", "loaded", "entered", "duty"), TRANSIT)
def test_goods_on_the_water_as_a_duty_began_owe_what_it_was_before(line, partner, loaded, entered, duty):
    day = date.fromisoformat(loaded) if loaded else None
    answer = look_up(line, partner, date.fromisoformat(entered), loaded=day)
    assert answer.total == pytest.approx(duty)
    row = cells(line=str(answer.main.line), partner=partner, date=entered, loaded=loaded)
    assert row["duty"] == pytest.approx(10000 * duty)


def test_a_day_of_loading_is_said_and_one_after_entry_is_refused(detente):
    told = detente("explain", TOYS, "China", "--loaded", "2025-04-04", "--entered", "2025-05-20").out
    assert "filed under 9903.01.28" in " ".join(told.split())
    told = detente("rate", TOYS, "China", "--loaded", "2024-04-04", "--on", "2024-05-20").out
    assert "no clause on goods in transit" in " ".join(told.split())
    ran = detente("rate", TOYS, "China", "--loaded", "2025-05-21", "--entered", "2025-05-20")
    assert (ran.code, "--set" in ran.err) == (2, True)
    assert "after the day of entry" in cells(line=TOYS, loaded="2025-05-03")["reason"]
    assert "not a date" in cells(line=TOYS, loaded="soon")["reason"]
