"""How far the law is on record: no command prints a number for a later day, in any format, without saying so."""

import json
from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
import yaml

import detente as dt
from detente.codes.days import Branch, Standing
from detente.data.importers import importer
from detente.faces import formats
from detente.faces.ask.answer import warnings_of
from detente.faces.ask.question import find
from detente.lab.averages import averages
from detente.lab.averages.averages import contributions
from detente.lab.averages.laid_law import laid_law
from detente.lab.prices.prices import SPLITS, category_table, days_apart, input_table, line_table, price_changes
from detente.lab.statute.standing import standing_of
from detente.law import Reading, Status
from detente.law.law import fate_names, under_fate
from detente.trade import Definition

pytestmark = pytest.mark.usefixtures("answers_kept")

TO = importer("USA").law.record.to
LINE = f"our tariff record runs to {TO.day} {TO:%B %Y}"
LATER = "2027-01-15"
SMALL = {
    "name": "later",
    "title": "A day beyond the record",
    "on": LATER,
    "against": {"on": "2026-11-25"},
    "report": {"world": False, "prices": False, "talks": False, "draws": 0, "by": ["partner"]},
}

DATED = {
    "average": ("average", {"on": LATER}),
    "average of one partner": ("average", {"on": LATER, "partner": "CHN"}),
    "China's average": ("average", {"on": LATER, "of": "CHN"}),
    "daily": ("average", {"from": "2026-10-01", "to": LATER}),
    "daily by measure": ("average", {"from": "2026-11-01", "to": LATER, "by": "measure"}),
    "contributions": ("average", {"by": "measure", "against": "2026-01-01", "on": LATER}),
    "revenue by month": ("revenue", {"from": "2026-10-01", "to": LATER}),
    "prices": ("prices", {"on": LATER, "draws": "0"}),
    "households": ("prices", {"on": LATER, "draws": "0", "table": "households"}),
    "country": ("brief", {"country": "Germany", "on": LATER}),
    "check": ("check", {"statement": "C01", "as_of": LATER, "draws": "0"}),
    "law changes": ("law changes", {"from": "2026-10-01", "to": LATER}),
    "watch": ("watch", {"file": "watched.csv", "from": "2026-09-01", "on": LATER}),
    "compare": ("run", {"scenario": ["later.yaml", "later2.yaml"], "draws": "0", "table": "compare"}),
    "run": ("run", {"scenario": "later.yaml"}),
    "sweep": ("sweep", {"scenario": "later.yaml", "over": "report.elasticity=1,2"}),
}
"""What is asked in other ways than by the example of a question and one day, each about a day beyond the record."""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    earlier = SMALL | {"on": "2026-10-01", "against": {"on": "2025-01-01"}}
    for name, content in (("later", SMALL), ("earlier", earlier)):
        for number in ("", "2"):
            text = yaml.safe_dump(content | {"name": f"{name}{number}"})
            (tmp_path / f"{name}{number}.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "watched.csv").write_text("line,partner\n8426.19,China\n", encoding="utf-8")
    return tmp_path


def asked(name):
    """The answer, and the table that is looked at."""
    question, given = DATED[name]
    given = dict(given)
    table = given.pop("table", None)
    answer = find(question).ask(given)
    return answer, answer.table(table) if table else answer.main


def rows_of(name):
    answer, table = asked(name)
    return answer.to_dict((table.name,))["tables"][table.name]["rows"]


def within(name):
    """The same about a day within the record."""
    question, given = DATED[name]
    given = {key: "2026-10-01" if value == LATER else value for key, value in given.items() if key != "table"}
    if "from" in given:
        given["from"] = "2026-09-01"
    if given.get("against") == "2026-11-25":
        given["against"] = "2026-01-01"
    if "scenario" in given:
        given = json.loads(json.dumps(given).replace("later", "earlier"))
    return find(question).ask(given)


FATES = ("average", "average of one partner", "China's average", "daily", "contributions",
         "prices", "households", "compare", "run")  # fmt: skip
"""What has a row that hangs on open clauses, and says what it would be under each fate of them."""


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", DATED)
def test_every_answer_says_how_far_the_record_goes_and_what_each_fate_of_open_clauses_makes_of_it(place, name):
    answer, table = asked(name)
    assert answer.standing.beyond
    assert any(LINE[1:] in text for text in warnings_of(answer))
    rows = answer.to_dict((table.name,))["tables"][table.name]["rows"]
    assert rows
    assert all(row["record_to"] == TO.isoformat() and "branches" in row for row in rows)
    assert set(pl.read_parquet(formats.to_parquet(table))["record_to"]) == {TO.isoformat()}
    earlier = within(name)
    assert not any(LINE[1:] in text for text in warnings_of(earlier))
    assert "record_to" not in formats.to_csv(earlier.main)
    both = [row for row in rows if row["branches"]]
    assert both or name not in FATES
    for row in both if name in FATES else ():
        lapsed, short, again = row["branches"]
        assert [branch["branch"] for branch in (lapsed, short, again)] == ["lapsed", "prolonged", "renewed"]
        assert [branch["likely"] for branch in (lapsed, short, again)] == [False, True, False]
        assert any(lapsed[key] != again[key] for key in lapsed if key not in ("branch", "likely"))
        assert all(branch["words"] for branch in row["branches"])
        assert len({branch["words"] for branch in row["branches"]}) == 3
        for key in lapsed.keys() - {"branch", "total", "words", "likely"}:
            assert lapsed[key] == row[key]


def renewed_law(code):
    law = importer(code).law
    return under_fate(law, "renewed", law.record.open_on(date.fromisoformat(LATER)))


def test_contributions_of_each_fate_sum_to_its_change():
    rows = rows_of("contributions")
    for law, key in ((importer("USA").law, "change"), (renewed_law("USA"), "change_if_renewed")):
        ends = [laid_law(law).whole(date.fromisoformat(day)) for day in ("2026-01-01", LATER)]
        assert sum(row[key] for row in rows) == pytest.approx(ends[1] - ends[0], abs=1e-9)
    own = contributions(laid_law(renewed_law("USA")), date(2026, 1, 1), date.fromisoformat(LATER))
    known = dict(zip(own["measure"].tolist(), own["change"].tolist(), strict=True))
    for row in rows:
        assert row["change_if_renewed"] == pytest.approx(known.get(row["measure"], 0.0), abs=1e-9), row["measure"]


ROUNDED = 1e-10
"""Shares of tables that are kept stand to ten decimals."""


def test_the_numbers_of_a_comparison_under_the_other_fate_are_those_of_that_law(place):
    day = date.fromisoformat(LATER)
    for row in rows_of("compare"):
        _, _, again = row["branches"]
        usa, chn = (renewed_law(code) for code in ("USA", "CHN"))
        assert again["average"] == pytest.approx(laid_law(usa).whole(day), abs=ROUNDED)
        assert again["total"] == again["average"]
        assert again["china_on_us"] == pytest.approx(laid_law(chn).whole(day), abs=ROUNDED)
        post = averages.average(laid_law(usa), day, definition=Definition.POST)["average"][0]
        assert again["post_shock"] == pytest.approx(post, abs=ROUNDED)
        owed = averages.average(laid_law(usa), day)
        assert again["duty_a_year"] == pytest.approx(owed["average"][0] * owed["imports"][0], rel=1e-9)


@pytest.mark.sampled(9)
@pytest.mark.parametrize("by", ["category", "line", "inputs", "source", "measure", "partner"])
def test_prices_under_the_other_fate_are_those_of_that_law(by):
    days = date(2026, 11, 1), date.fromisoformat(LATER)
    answer = dt.prices(on=LATER, against=days[0], draws=0, by="category" if by == "inputs" else by)
    table = answer.tables["inputs"] if by == "inputs" else answer.main
    rows = answer.to_dict((table.name,))["tables"][table.name]["rows"]
    pair = days_apart(renewed_law("USA"), days, Reading.EFFECTIVE, {})
    (found,) = price_changes([pair], draws=0)
    build = {"category": category_table, "line": line_table, "inputs": input_table}
    if by in build:
        key = {"inputs": "input"}.get(by, by)
        known = {row[key]: row["change"] for row in build[by]([found]).rows()}
    else:
        key = {"source": "authority"}.get(by, by)
        known = {name: new[0] - old[0] for name, (old, new) in found.contributions(SPLITS[key]).items()}
    assert any(row["branches"] for row in rows)
    for row in rows:
        if row[key] != "others":
            assert row["change_if_renewed"] == pytest.approx(known.get(row[key], 0.0), abs=1e-11), row


def test_the_other_fate_of_one_clause_is_computed_once():
    """A law is weighed as written, under each open clause alone, and together only where several matter.

    Fates that are one law on the day are weighed once.
    """
    law, day = importer("CHN").law, date(2026, 11, 27)
    clauses = law.record.open_on(day)
    assert len(clauses) == 2
    for known, weighed in ((clauses[:1], 2), (clauses, 4)):
        own, asked = replace(law, record=replace(law.record, clauses=tuple(known))), []
        found = standing_of(own, day, day, lambda each, asked=asked: asked.append(each) or float(len(asked) > 1))
        assert found.branches
        assert len(asked) == len({id(each) for each in asked}) == weighed


def test_reports_and_pages_of_talks_say_it(place):
    answer = dt.run("later.yaml")
    assert answer.result.to_dict()["record"]["USA"]["record_to"] == TO.isoformat()
    for name in ("report.html", "report.json"):
        assert LINE in answer.save(place / name).read_text(encoding="utf-8")
    talks = dt.talks_advice("us-china-today")
    assert any(LINE in note for note in talks.main.notes)
    assert talks.standing.beyond


def test_the_average_of_each_fate_is_that_of_its_law():
    law = importer("USA").law
    day = date(2026, 11, 27)
    table = averages.average(laid_law(law), day)
    others = [under_fate(law, name, law.record.open_on(day)) for name in ("prolonged", "renewed")]
    wholes = [table["average"][0], *(laid_law(other).whole(day) for other in others)]
    assert [table[name][0] for name in ("average", "if_prolonged", "if_renewed")] == pytest.approx(wholes, abs=1e-12)
    assert [branch.value for branch in table.standing.branches] == pytest.approx(wholes, abs=1e-12)


def test_what_is_renewed_goes_on_as_on_the_eve():
    for code in ("USA", "CHN"):
        law = importer(code).law
        for clause in law.record.clauses:
            eve, day = clause.day - timedelta(days=1), clause.day
            for fate in fate_names([clause]):
                other = under_fate(law, fate, [clause])
                for name in (*clause.ends, *clause.begins):
                    measure = other.measure(name)
                    spans = [p for p in measure.periods if measure.status is Status.IN_FORCE]
                    before, after = ([p for p in spans if p.start <= d <= p.end] for d in (eve, day))
                    assert before == after, name


def test_the_line_counts_clauses_and_days():
    one = Standing(date(2026, 10, 7), True, ("a",), date(2026, 11, 10), date(2026, 11, 10), _branches(0.534, 0.309))
    assert one.line == (
        "our tariff record runs to 7 October 2026. One measure was due to change on 10 November 2026. "
        "We do not know yet whether it did. The result is 53.40% if it lapsed, 30.90% if it was renewed"
    )
    three = Standing(
        date(2026, 10, 7), True, ("a", "b", "c"), date(2026, 11, 10), date(2026, 11, 28), _branches(None, 0.1)
    )
    assert "Three measures were due to change from 10 November 2026 on." in three.line
    assert "The goods may not be imported if they lapsed, owe 10.00% if they were renewed" in three.line
    assert Standing.from_json(json.loads(json.dumps(three.as_json()))) == three


def _branches(lapsed, again):
    return (Branch("lapsed", lapsed), Branch("renewed", again))


def test_the_record_with_a_lawbook_on_top(detente, tmp_path):
    own = tmp_path / "mylaw"
    own.mkdir()
    (own / "frontier.yaml").write_text(
        "read_to: 2026-12-31\nsources:\n- {what: My reading, read: all of it, day: 2026-12-20}\n"
    )
    asked = ("law", "coverage", "--lawbook", str(own), "--table", "sources", "--notes")
    ran = detente(*asked)
    assert ran.code == 0, ran.err
    assert "on record to 31 December 2026" in ran.out
    assert "My reading" in ran.out
    assert "Read as far as frontier.yaml of mylaw says." in ran.out
    (own / "frontier.yaml").rename(tmp_path / "elsewhere.yaml")
    (own / "authorities.yaml").write_text("- {id: mine, name: Mine}\n")
    ran = detente(*asked)
    assert "mylaw has no frontier.yaml: this is the record of the shipped law" in ran.out
    assert "Clauses whose fate" not in ran.out
