"""Weights: trade of a year or of a file under an average, from the command line and from Python."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import yaml

import detente as dt
from detente.data.flows import SPECIAL_CHAPTERS, _traded_lines, chn_imports, claimed, usa_imports
from detente.data.importers import importer
from detente.data.readers import read_flows
from detente.data.tables import EMBEDDED, arrays
from detente.data.trade_years import YEARS, flows_of_year, within
from detente.lab.averages.laid_law import LaidLaw, laid_law, scoped
from detente.lab.averages.ranges import range_of

DAYS = (date(2018, 1, 1), date(2019, 9, 1), date(2025, 4, 15), date(2025, 8, 7))


@pytest.fixture(scope="module")
def law():
    return dt.load_law("USA")


def averages(*days, weights=2017, **more):
    """Rows of the average on a day, or from one to another."""
    span = {"on": days[0]} if len(days) == 1 else dict(zip(("from_", "to"), days, strict=True))
    return list(dt.average(weights=weights, draws=0, **span, **more))


def notes(*words):
    answer = dt.average(*words[:-1], **words[-1])
    return " ".join(note for table in answer.tables.values() for note in table.notes)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("year", [year for year in YEARS if year != 2024])
def test_totals_of_a_year_are_those_of_the_census(year):
    table, split = arrays("usa_imports_years"), _traded_lines().split
    assert split is not None
    known = defaultdict[str, float](float)
    for partner, value in zip(table["partner"].tolist(), table[f"y{year}"].tolist(), strict=True):
        known[partner] += value
    flows, _ = usa_imports(year=year).expanded()
    worth = np.bincount(flows.partner_at, flows.value, len(flows.partners)).tolist()
    found = dict(zip(flows.partners, worth, strict=True))
    blocks = {"EUU", "ROW"}
    others = sum(value for code, value in known.items() if code in blocks or code not in found)
    named = sum(found[code] for code in known if code in found and code not in split.members)
    assert flows.total == pytest.approx(others + named, rel=1e-9)
    own = [code for code in known if code not in blocks]
    assert [found[code] for code in own] == pytest.approx([known[code] for code in own], abs=1e3)
    assert sum(found.get(code, 0.0) for code in split.members) == pytest.approx(known["EUU"], rel=1e-9)
    assert flows.estimated.all()


def test_world_totals_are_the_published_ones():
    billions = {2015: 2227.2, 2017: 2327.2, 2019: 2495.7, 2024: 3251.2}
    assert {year: round(usa_imports(year=year).total / 1e9, 1) for year in billions} == billions


def test_the_trade_of_2024_made_from_totals_stays_close_to_its_true_average(law):
    made = claimed(flows_of_year(2024, _traded_lines(), importer("USA"), by_hs6=False), "2024")
    made = made.take(~made.lines.mask(SPECIAL_CHAPTERS)[made.line_at])
    grounds = LaidLaw(law, made), LaidLaw(law, scoped(claims="2024"))
    for partner, within_points in (("", 0.2), ("CHN", 0.5), ("MEX", 0.1), ("TWN", 0.1), ("VNM", 1.0)):
        sides = [ground.only(frozenset({partner})) if partner else ground for ground in grounds]
        for day in DAYS:
            first, second = (float(side.daily(day, day)["average"][0]) for side in sides)
            assert first == pytest.approx(second, abs=within_points / 100), (partner, day)


def test_lines_known_by_hs6_follow_it():
    lines = importer("USA").lines
    phones = lines.slice("851713")
    share = {}
    for by_hs6 in (True, False):
        flows = flows_of_year(2017, _traded_lines(), importer("USA"), by_hs6)
        china = flows.partner_at == flows.partners.index("CHN")
        inside = china & (flows.line_at >= phones.start) & (flows.line_at < phones.stop)
        share[by_hs6] = flows.value[inside].sum() / flows.value[china].sum()
    # 44 of 505 bn USD in 2017, by the trade in telephones for cellular networks.
    assert share[True] == pytest.approx(0.0865, abs=0.006)
    assert share[True] != pytest.approx(share[False], abs=0.003)


def test_groups_years_and_weights_move_averages_as_their_trade_does():
    group = np.asarray([0, 0, 1, 1, 2, 2])
    first, second = np.asarray([1.0, 3, 0, 0, 0, 0]), np.asarray([9.0, 1, 4, 1, 0, 0])
    assert within(group, 3, first, second).tolist() == [0.25, 0.75, 0.8, 0.2, 0.5, 0.5]
    series = [row["average"] for row in averages("2018-01-01", "2019-12-31", partner="China")]
    assert len(series) == 730
    assert series[0] < 0.045
    assert series[-1] > series[300] > series[0]
    told = notes({"from_": "2018-01-01", "to": "2018-01-02", "weights": 2017, "partner": "China"})
    assert "weights: 2017" in told
    assert "USMCA claims" not in told
    ends = {"by": "measure", "against": "2018-01-01"}
    moved = sum(row["change"] for row in averages("2019-10-01", **ends))
    first, *_, last = averages("2018-01-01", "2019-10-01")
    assert moved == pytest.approx(last["average"] - last["base"] - first["average"] + first["base"], abs=1e-9)
    assert "weights: 2017" in notes("2019-10-01", {"weights": 2017, **ends})


def test_substitution_starts_from_the_weights_of_the_year():
    (row,), (plain,) = averages("2019-10-01", against="2018-01-01"), averages("2019-10-01")
    assert row["after_substitution"] < row["average"] == pytest.approx(plain["average"])
    assert row["change"] == pytest.approx(row["average"] - row["before"])
    assert row["before"] == pytest.approx(averages("2018-01-01")[0]["average"])


def test_years_are_named_by_number_or_word_and_have_flows_of_their_own(law):
    (row,), (day,) = averages("2019-10-01"), averages("2019-10-01", "2019-10-01", weights="2017")
    own = LaidLaw(law, scoped("tariff-lines", "2024", 2017))
    assert row["average"] == pytest.approx(day["average"]) == pytest.approx(own.whole(date(2019, 10, 1)))
    assert dt.load_flows("usa-imports-2017").period == "2017"
    assert dt.load_flows("chn-imports-from-usa-2017").total == chn_imports(2017).total


def test_china_is_weighed_by_its_own_years_and_they_are_those_of_its_table():
    assert tuple(np.unique(arrays("chn_imports_from_usa")["year"]).tolist()) == EMBEDDED["chn_lines"].years
    first, second = (averages("2019-05-12", of="CHN", weights=year)[0]["average"] for year in (2017, 2024))
    assert first != pytest.approx(second, abs=1e-4)
    assert "weights: 2017" in notes("2019-05-12", {"of": "CHN", "weights": 2017})


def test_a_file_weighs(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("line,partner,value\n8507.60,China,100\n8517130000,VNM,300\n")
    by = averages("2025-05-12", weights=path, by="partner")
    assert {row["partner"]: row["imports"] for row in by} == pytest.approx({"CHN": 100.0, "VNM": 300.0})
    told = notes("2025-05-12", {"weights": path})
    assert "weights: mine, values of the file" in told
    assert "USMCA claims" not in told
    flows = read_flows(path)
    assert flows.estimated.tolist() == [flows.partners[partner] == "CHN" for partner in flows.partner_at]
    (whole,) = averages("2025-05-12", weights=path)
    assert whole["average"] == pytest.approx(sum(row["imports"] * row["average"] for row in by) / 400.0)


def test_a_folder_weighs_as_the_sum_of_its_files(tmp_path):
    own = tmp_path / "own"
    (own / "months").mkdir(parents=True)
    (own / "first.csv").write_text("line,partner,value,claim\n8507.60,China,60,0\n8703230140,MEX,300,1\n")
    rows = ("2025-01,8507.60,CHN,15,", "2025-02,8507.60,China,25,", "2025-02,8703.23.01.40,MEX,100,S")
    (own / "months" / "second.csv").write_text("\n".join(["month,line,partner,value,programme", *rows, ""]))
    whole = tmp_path / "own.csv"
    whole.write_text("line,partner,value,claim\n8507.60,CHN,100,0\n8703230140,MEX,400,1\n")
    by = [averages("2025-05-12", weights=each, by="partner") for each in (own, whole)]
    assert {row["partner"]: row["imports"] for row in by[0]} == pytest.approx({"CHN": 100.0, "MEX": 400.0})
    assert by[0] == by[1]
    (own / "months" / "second.csv").write_text("month,line,partner,value\n2025-01,8507.60,CHN,-5\n")
    with pytest.raises(dt.InputError, match=r"second\.csv, row 2: has no value of 0 or more in USD; mend it"):
        averages("2025-05-12", weights=own)
    (tmp_path / "empty").mkdir()
    with pytest.raises(dt.InputError, match="empty: holds no table; put files there that end in"):
        averages("2025-05-12", weights=tmp_path / "empty")


def test_a_short_line_is_divided_as_the_trade_of_2024_and_claims_of_a_file_stay(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("line,partner,value\n850760,China,1000\n")
    flows, known = read_flows(path), usa_imports()
    china = known.take(known.partner_at == known.partners.index("CHN"))
    six = known.lines.slice("850760")
    goal = china.by_line[six.start : six.stop]
    assert flows.by_line[six.start : six.stop] == pytest.approx(1000 * goal / goal.sum())
    path = tmp_path / "claims.csv"
    path.write_text("line,partner,value,claim\n8703230190,MEX,100,0.25\n")
    ground = laid_law(dt.load_law("USA"), weights=str(path))
    assert ground.flows.claim.tolist() == [0.25]
    assert "preference claims" not in range_of(ground, date(2025, 5, 12), draws=4).swings
    path.write_text("line,partner,value\n8703230190,MEX,100\n")
    assert laid_law(dt.load_law("USA"), weights=str(path)).flows.claim[0] > 0.25


def test_the_range_of_a_partner_or_a_year_keeps_to_its_claims_and_trade(law):
    found = range_of(laid_law(law).only(frozenset({"CHN"})), date(2025, 5, 12), draws=20)
    assert found.high < found.value + 0.02
    assert "preference claims" not in found.swings
    found = range_of(laid_law(law, weights="2017"), date(2025, 5, 12), draws=20)
    assert found.low < found.value < found.high < found.value + 0.02
    low, high = found.swings["preference claims"]
    assert high < low == found.value


STORED = 1e-10
"""To what a run stores a share."""

QUICK = {"world": False, "prices": False, "talks": False, "draws": 0, "by": ["partner"]}


def scenario_of(folder, **more):
    path = folder / "own.yaml"
    content = {"title": "Other weights", "on": "2025-05-14", "against": {"on": "2025-05-13"}, "report": QUICK, **more}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


@pytest.mark.sampled(5)
@pytest.mark.parametrize("weights", [2017, "2019", 2025])
def test_a_scenario_at_other_weights_has_the_averages_of_the_command(tmp_path, weights):
    found = dt.run(scenario_of(tmp_path, weights=weights)).result
    asked = {"weights": weights}
    (usual_row,) = averages("2025-05-14", against="2025-01-01", **asked)
    (fixed, post, observed) = found.tables["headline"].rows()
    assert fixed["after"] == pytest.approx(usual_row["average"], abs=STORED)
    assert post["after"] == pytest.approx(usual_row["after_substitution"], abs=STORED)
    assert fixed["weights"].startswith(str(weights))
    assert observed["weights"] == ""
    china = next(row for row in found.tables["china"].rows() if row["reading"] == "effective")
    assert china["after"] == pytest.approx(averages("2025-05-14", of="CHN", **asked)[0]["average"], abs=STORED)
    static = next(row for row in found.tables["revenue"].rows() if row["demand"] == "static")
    by_partner = {row["partner"]: row for row in averages("2025-05-14", by="partner", **asked)}
    assert static["after"] == pytest.approx(
        sum(row["average"] * row["imports"] for row in by_partner.values()), rel=1e-9
    )
    for row in found.tables["partner"].rows():
        assert row["after"] == pytest.approx(by_partner[row["partner"]]["average"], abs=1e-9), row["partner"]
    usual = dt.run(scenario_of(tmp_path)).result
    assert usual.key != found.key
    assert abs(next(usual.tables["headline"].rows())["after"] - fixed["after"]) > 1e-3
    # The days say how the trade of another year was made from that of 2024.
    named = [table for name, table in found.tables.items() if not name.startswith("daily")]
    said = " ".join([*found.sentences, *(note for table in named for note in table.notes)])
    assert "2024" not in said


def test_a_file_beside_a_scenario_weighs_its_duty_and_its_history(tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("line,partner,value\n8507.60.00.10,CHN,100\n8703.23.01,JPN,300\n", encoding="utf-8")
    found = dt.run(scenario_of(tmp_path, weights="own.csv")).result
    asked = averages("2025-05-14", weights=own)[0]
    assert next(found.tables["headline"].rows())["after"] == pytest.approx(asked["average"], abs=STORED)
    key = found.key
    own.write_text("line,partner,value\n8507.60.00.10,CHN,200\n8703.23.01,JPN,300\n", encoding="utf-8")
    assert dt.run(scenario_of(tmp_path, weights="own.csv")).key != key
    path = scenario_of(tmp_path, weights=2017)
    place = next(iter(dt.average_history(scenario=str(path)).tables["places"]))
    start = averages("2025-01-01")[0]["average"]
    assert place["rise"] == pytest.approx(place["rate"] - start, abs=1e-9)
    assert "2017" in place["definition"]


def test_sweeps_go_over_years_of_weights(tmp_path, detente):
    over = ("--over", "weights=2017,2024", "--table", "headline", "--format", "csv")
    ran = detente("sweep", str(scenario_of(tmp_path)), *over)
    assert ran.code == 0, ran.err
    table = csv.DictReader(ran.out.splitlines())
    fixed = {row["weights"]: float(row["after"]) for row in table if row["definition"] == "fixed"}
    assert set(fixed) == {"2017", "2024"}
    assert fixed["2017"] != fixed["2024"]


def test_the_interface_takes_years_and_no_files(client):
    for bad in ("1999", "/etc/pass", "own.csv", "2017.5"):
        refused = client.get("/api/v1/average", params={"on": "2025-05-14", "weights": bad})
        assert refused.status_code == 422, bad
        assert "weights" in refused.json()["detail"]
    sent = {"title": "x", "on": "2025-05-14", "weights": "/etc/passwd"}
    refused = client.post(
        "/api/v1/run", json={"scenario": sent, "dry_run": True}, headers={"origin": "http://127.0.0.1"}
    )
    assert "names a file of the server" in refused.text


def test_trade_put_in_the_place_of_other_trade_is_divided_as_itself():
    """Flows at other claims share what claims do not move; with other values nothing is left to share."""
    trade = scoped("all", "2025H2")
    doubled = replace(trade, value=2.0 * trade.value)
    assert trade.expanded()[0].total == pytest.approx(trade.total)
    assert doubled.expanded()[0].total == pytest.approx(2.0 * trade.total)
