"""Claims in ledgers, files and sentences: what each says of itself, how it is read, and one more quantity of claims."""

import csv
import io
import sys
from collections import Counter
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

import detente as dt
from detente.codes import InputError, UnknownName
from detente.data.eventfile import load_events, load_promises
from detente.data.importers import importer
from detente.data.limits import forget
from detente.evidence import Kind
from detente.evidence.forecasts import Expectation
from detente.lab.claims import measurand
from detente.lab.claims.asked import board, by_side, mark_of, narrowed, with_verdict
from detente.lab.claims.check import check
from detente.lab.claims.ledger import AHEAD, ledger_names, load_ledger
from detente.lab.claims.measurand import Measured, function, quantities
from detente.lab.claims.rates import levels
from detente.lab.claims.typed import row_of
from detente.lab.claims.words import quantities_table
from detente.lab.record.tables import promises_table
from detente.lab.statute.book import steps

AS_OF, SUMMER = date(2026, 11, 27), date(2026, 7, 23)
NAME = "2025-26"
GOVERNMENTS = {"USA", "CHN", "EU27", "CAN", "MEX", "IND", "BRA", "JPN", "CHE"}
OTHERS = {"research", "banks", "press", "international"}


@pytest.fixture
def written(tmp_path):
    """Write a file of claims, or of what stands beside it; its path."""

    def write(text, name="claims.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


@pytest.fixture(scope="module")
def book():
    return load_ledger(NAME)


@pytest.fixture(scope="module")
def threats(book):
    return check(narrowed(book, kind="threat"), as_of=AS_OF, draws=0)


def test_every_claim_of_150_says_who_when_and_where_it_was_read_and_every_side_and_kind_is_there(book):
    names = [s.claim.claim_id + s.part.part for s in book.statements]
    claims = {s.claim.claim_id: s.claim for s in book.statements}
    assert len(claims) >= 150
    assert len(set(names)) == len(names)
    for name, claim in claims.items():
        assert all((claim.speaker.name, claim.speaker.role, claim.source["publisher"])), name
        assert date(2025, 1, 1) <= claim.said <= date(2026, 8, 31), name
        assert date.fromisoformat(claim.source["retrieved"]) <= AS_OF, name
        assert claim.source["confidence"] in ("A", "B", "C"), name
        assert len(claim.quote.split()) <= 20, name
    assert {claim.speaker.side for claim in claims.values()} == GOVERNMENTS | OTHERS
    kinds = Counter(s.part.kind for s in book.statements)
    assert kinds[Kind.MEASUREMENT] >= 60
    assert kinds[Kind.CAUSAL] >= 20
    assert sum(kinds[kind] for kind in AHEAD) >= 45
    assert NAME in ledger_names()
    assert not [name for name in ledger_names() if "/" in name], "themes are no ledgers"


def test_a_threat_that_came_late_is_settled_by_its_own_act(book, threats):
    rows = {row["claim"]: row for row in board(threats, book).rows()}
    late, never = rows["ahead-32"], rows["ahead-35"]
    assert (late["verdict"], str(late["settled"]), late["act"]) == ("kept late", "2025-08-06", "EO 14323")
    assert (late["ours"], never["verdict"]) == ("settled on 2025-08-06 by EO 14323", "broken")
    assert "no rate of 30% by 1 August 2025" in never["ours"]
    assert "rec_floor_eu" not in never["ours"]


def test_on_the_day_before_an_order_its_threat_is_still_open(book):
    then, now = (check(book, as_of=date(2025, *day), only="ahead-34", draws=0)[0] for day in ((7, 30), (8, 2)))
    assert (str(then.verdict), str(now.verdict)) == ("open", "kept")


def test_sides_add_up_to_all_claims(book, threats):
    *rows, whole = by_side(board(threats, book)).rows()
    assert whole["side"] == "all"
    assert whole["claims"] == len(threats) == sum(row["claims"] for row in rows)
    assert all(row["for"] + row["between"] + row["against"] + row["open"] == row["claims"] for row in rows)


def test_a_speaker_and_a_verdict_narrow_the_ledger_and_strangers_are_refused(book, threats):
    assert {s.claim.speaker.name for s in narrowed(book, speaker="carney").statements} == {"Mark Carney"}
    broken = with_verdict(threats, "broken")
    assert {str(found.verdict) for found in broken} == {"broken"}
    assert [found.name for found in with_verdict(threats, "against")] == [found.name for found in broken]
    for key, wanted in (("speaker", "Nobody"), ("kind", "hope")):
        with pytest.raises(UnknownName, match=wanted):
            narrowed(book, **{key: wanted})
    with pytest.raises(InputError, match="unknown verdict 'true'"):
        with_verdict(threats, "true")


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [("kept late", "between"), ("kept", "for"), ("not supported", "against"), ("model agrees in sign only", "between"),
     ("void", "open"), ("supported (uncertain)", "for")],
)  # fmt: skip
def test_a_verdict_has_the_mark_of_its_longest_beginning(verdict, mark):
    assert mark_of(verdict) == mark


def test_the_board_is_data_with_its_sources_and_a_chart(detente):
    asked = ("check", "--ledger", NAME, "--speaker", "CAN", "--kind", "promise", "--as-of", str(AS_OF))
    (row,) = csv.DictReader(io.StringIO(detente(*asked, "--table", "board", "--csv").out))
    assert row["claim"] == "ahead-45"
    assert row["url"].startswith("https://www.channelnewsasia.com/")
    found = dt.check(ledger=NAME, kind="threat", as_of=AS_OF, draws=0)
    assert "settled on 2025-08-06 by EO 14323" in " ".join(found["ours"])
    assert (found.tables["sides"]["claims"].max(), found.charts) == (len(found), ("verdicts",))


def test_a_mistake_in_a_ledger_is_one_sentence_though_claims_are_judged_beside_the_run(detente, written):
    written("claims: [{claim_id: X1}]\n", "bad.yaml")
    report = "report: {world: false, prices: false, talks: false}"
    text = f"on: 2025-05-14\nagainst: {{on: 2025-05-13}}\nrecord: {{claims: bad.yaml}}\n{report}\n"
    ran = detente("run", written(text, "mine.yaml"), "--draws", "2")
    assert (ran.code, "bad.yaml" in ran.err, "Traceback" in ran.err) == (2, True, False)


@pytest.fixture(scope="module")
def checks():
    return {found.name: found for found in check(as_of=SUMMER, draws=0)}


def test_every_verdict_says_under_which_definition_and_forecasts_were_open_on_their_day(checks):
    for name, found in checks.items():
        assert found.explanation, name
        assert not found.readings or (found.definition and found.inputs), name
    then = {name: str(found.verdict_then) for name, found in checks.items()}
    assert {then[name] for name in ("C01b", "C02a", "C03a", "C04a", "C08a", "C09a")} == {"open"}


def test_145_is_right_under_its_definition_and_12_6_points_stand_on_one_side_alone(checks):
    values = {r.name: r.value for r in checks["C01a"].readings}
    assert values["events"] == pytest.approx(1.45, abs=1e-12)
    assert 0.9 < values["average-addition"] < 1.1 < values["average-total"] < 1.2
    assert (values["list-3"], values["smartphone"]) == (pytest.approx(1.70, abs=1e-9), pytest.approx(0.20, abs=1e-9))
    assert len(checks["C01a"].fails_under) == 5
    found = {r.name: (100 * r.value, str(r.nearness)) for r in checks["C14a"].readings}
    assert found["in-all"] == (pytest.approx(12.7, abs=0.1), "in")
    assert found["on-top"][1] == found["country-table"][1] == "out"
    assert found["alone"][0] < found["in-all"][0] < found["on-top"][0] < found["country-table"][0]


def test_the_largest_rise_since_1930_says_how_that_is_known_and_what_came_out_later(checks):
    for words in ("2.0 to 3.0 points in 1931", "it is larger than that of 1930 itself (1.3 to 2.3)",
                  "1930 is known only as 14.8 to 15.8%"):  # fmt: skip
        assert words in checks["C15a"].explanation
    series = "duties over imports by year, 1901 on"
    later = {"C15a": (f"{series}, with 2025 (2026-02-15)",), "C12a": (), "C09a": ("us-geneva-duty (2025-05-12)",)}
    assert {name: checks[name].known_later for name in later} == later
    assert series in {*checks["C12a"].inputs} & {*checks["C15a"].inputs}


def test_what_is_published_later_is_not_seen_and_a_module_passed_in_answers():
    """On 9 May 2025 the duty collected in April was not public, nor were the shares of 2024 of October 2025."""
    level, share = (check(as_of=date(2025, 5, 9), draws=0, only=name)[0] for name in ("C13a", "C06a"))
    hidden = next(r for r in level.readings if r.name == "collected")
    assert (np.isnan(hidden.value), hidden.remark) == (True, "not public before 2025-06-05")
    assert {r.name for r in share.readings if r.nearness is None} == {"separation", "magnet"}
    assert share.verdict is share.verdict_then
    seen = []

    def months(row, reading, day):
        seen.append((row.name, row.partner, reading.name))
        return Measured(5.0, np.asarray([4.0, 5.0, 6.0]), ("chain rare-earths",), base=24.0)

    (found,) = check(as_of=SUMMER, draws=0, only="C07", hooks={"months_of_shortage": months})
    assert str(found.verdict) == "model agrees"
    assert seen == [("months_of_shortage", "USA", name) for name in ("licences", "no-stocks", "half-licences")]


SAID = "- {claim_id: mine, quote: q, said: 2025-05-09, "


@pytest.mark.parametrize(
    ("value", "half"), [("23", 0.005), ("12.6", 0.0005), ("'12.60'", 0.00005), ("'23%'", 0.005), ("1e2", 0.5)]
)
def test_the_last_digit_of_a_claim_is_read_as_written(written, value, half):
    quantity = f"{{name: average_tariff_rise, value: {value}, unit: points, base: 2025-01-01}}"
    (statement,) = load_ledger(written(f"{SAID}kind: measurement, quantity: {quantity}}}\n")).statements
    assert statement.part.quantity.half_unit == pytest.approx(half)


TODAY = "2026-07-23"


def test_a_sentence_that_says_too_little_is_refused_and_words_are_looked_for_in_the_ledgers():
    for sentence, words in (
        ("29 dogs", "does not say what its number measures"),
        ("nothing like it", "has no number, and no claim of the ledgers has its words"),
        ("nonsense", "unknown claim 'nonsense'"),
    ):
        with pytest.raises(dt.InputError, match=words):
            dt.check(sentence)
    assert row_of("it is 29%", "average_tariff_level", TODAY)["quantity"]["value"] == "29"
    found = dt.check("expert of CSIS", as_of=TODAY, draws=0)
    assert "C16a" in found["claim"].tolist()
    assert all("csis" in f"{row['speaker']} {row['quote']}".lower() for row in found.tables["details"])


def test_a_mapping_and_rows_are_claims_and_may_not_name_files_or_change_the_law():
    claim = {"kind": "measurement", "quantity": {"name": "count", "value": 7, "population": "controlled rare earths"}}
    one, two = dt.check(claim, draws=0), dt.check([claim | {"claim_id": "b"}], draws=0)
    assert (one["claim"][0], two["claim"][0], float(one)) == ("own", "b", 7.0)
    assert one.tables["details"]["value"][0] == two.tables["details"]["value"][0] == 7
    for key in ("law", "lawbook", "events"):
        with pytest.raises(dt.InputError, match="is not taken here"):
            dt.check(claim | {"definition": {key: "x"}})


def test_a_timeline_of_ones_own_keeps_its_own_codes(written):
    written(
        "events:\n  - {event_id: x, announced: 2025-05-10, effective: 2025-05-10, actors: [EUU], target: XX1,\n"
        "     verb: impose, track: steel, what: w, status: in_force, level_before: 0%, level_after: 10%}\n",
        "events.yaml",
    )
    expect = "{test: stays, actor: EUU, target: XX1, level: 10%, window: soon}"
    path = written(f"events: events.yaml\nclaims:\n  {SAID}kind: forecast, expect: {expect}}}\n")
    expected = load_ledger(path).statements[0].expected
    assert (expected.actor, expected.target) == ("EUU", "XX1")


def test_promises_are_settled_by_the_timeline_and_a_rate_is_that_of_texts_out_by_the_day():
    names = {event.track for event in load_events()[0]}
    assert all(set(promise.expected.match.tracks) <= names for promise in load_promises())
    rows = list(dt.events(from_="2026-05-01", to="2026-12-01").tables["details"])
    assert len({row["event"] for row in rows}) == len(rows)
    for code in ("USA", "CHN", "EU27", "CAN", "GBR"):
        steps_of = {str(step.day) for step in steps(importer(code).law, date(2026, 5, 1), date(2026, 12, 1))}
        assert steps_of <= {row["effective"] for row in rows if row["actor"] == code}
    # The 15% on Japan's cars was ordered on 4 September 2025 and published later; no day before counts it.
    first, last = date(2025, 7, 23), date(2025, 12, 31)
    path = levels(Expectation("level", (first, last), "USA", "JPN", 0.15, rate="8703.23.01"), first, last)
    assert next(iter(path)).total == pytest.approx(0.275)
    assert min(level.on for level in path if level.total < 0.16) >= date(2025, 9, 4)


def test_a_group_treated_apart_asks_for_one_of_its_members(written):
    expect = "{test: falls, importer: USA, partner: USMCA, rate: addition, window: soon}"
    path = written(f"{SAID.replace('05-09', '08-10')}kind: forecast, expect: {expect}}}\n")
    with pytest.raises(InputError, match="name one of them, or say rate: average"):
        check(path, as_of=SUMMER, draws=0)


def test_promises_of_any_pair_are_settled_by_the_lawbook_of_who_promised(written):
    """Fifteen per cent of August 2025: the United States in August and September, the Union's part a year later."""
    head = "agreement: Turnberry, what: w, made: 2025-08-21"
    path = written(
        "promises:\n"
        f"  - {{promise_id: cars, by: USA, account: EU, due: 2025-10-31, {head},\n"
        '     expect: {test: level, importer: USA, partner: EU27, rate: "8703.23.01", level: 15%}}\n'
        f"  - {{promise_id: free, by: EU27, account: US, due: 2025-12-31, {head},\n"
        "     expect: {test: level, importer: EU27, partner: USA, rate: average, level: 0.6%}}\n"
    )
    verdicts = {row["promise"]: row["verdict"] for row in promises_table(SUMMER, source=path).rows()}
    assert verdicts == {"cars": "kept", "free": "kept late"}


PORTS = """number_of_ports:
  what: number of ports
  units: [count]
  tolerance: 0.05
  relative: true
  effect: true
  narrowed_by: [partner]
  needs: {value: refused, partner: asked}
  uses: [of]
  kinds: ['', all, busy]
  readings: [{name: all, label: every port}, {name: busy, label: busy ports, of: busy}]
  compute: ports.counted
"""


def counted(basis, row, reading, as_of):
    return Measured({"all": 300.0, "busy": 100.0}[reading.of or "all"], inputs=("ports",), known=as_of)


@pytest.fixture
def declared(written, monkeypatch):
    """Puts a file of quantities in the place of that of the package."""

    def one(text):
        monkeypatch.setattr(measurand, "FILE", type(measurand.FILE)(written(text, "quantities.yaml")))
        forget(measurand._quantities_of)
        monkeypatch.setitem(sys.modules, "detente.lab.claims.ports", SimpleNamespace(counted=counted))

    return one


@pytest.fixture
def judged(declared, written):
    def one(quantity):
        declared(PORTS)
        path = written(f"{SAID}kind: measurement, quantity: {{{quantity}}}, open: true}}\n")
        return check(path, as_of=SUMMER, draws=0)[0]

    return one


def test_a_new_quantity_is_one_entry(judged):
    found = judged("name: number_of_ports, value: 290, partner: USA")
    assert str(found.verdict) == "depends on definition"
    assert (found.value, found.holds_under, found.fails_under) == (300.0, ("every port",), ("busy ports",))
    assert "names no country for number of ports" in judged("name: number_of_ports, value: 290").explanation
    listed = quantities_table()
    assert (listed["quantity"].tolist(), listed["role"].tolist()) == (["number_of_ports"] * 2, ["default", "other"])


@pytest.mark.parametrize(
    ("quantity", "words"),
    [("name: number_of_port, value: 290", "did you mean 'number_of_ports'"),
     ("name: number_of_ports, value: 290, unit: percent", "number of ports is not given in percent; say unit: count"),
     ("name: number_of_ports, value: 290, market: HSI", "'market' has no meaning for number of ports")],
)  # fmt: skip
def test_what_does_not_fit_a_new_quantity_is_refused(judged, quantity, words):
    with pytest.raises(InputError) as refused:
        judged(quantity)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [("3", "give a mapping of names to values"),
     (PORTS.replace("[count]", "[counts]"), "unknown unit 'counts'; did you mean 'count'"),
     (PORTS.replace("uses: [of]", "uses: [of, ofs]"), "unknown key 'ofs'; did you mean 'of'"),
     (PORTS[: PORTS.index("readings:")] + "readings: []", "is empty; give one or more")],
)  # fmt: skip
def test_an_entry_that_cannot_be_read_names_its_place(declared, text, words):
    declared(text)
    with pytest.raises(InputError) as refused:
        quantities()
    assert "quantities.yaml" in str(refused.value)
    assert words in str(refused.value)


def test_every_function_that_a_quantity_names_is_there():
    """Nothing that computes is loaded before it is asked for, so a name is no sooner looked up."""
    for name, own in quantities().items():
        named = [own.compute, own.fitting, own.beside, own.check, own.comparator, own.unless_said]
        assert all(callable(function(each)) for each in named if "." in each), name
        assert own.compute or own.unmodelled
