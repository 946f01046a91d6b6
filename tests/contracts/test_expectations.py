"""What a statement expects of the future: known names, keys that are used, days in order; silence settles nothing."""

import json
from datetime import date

import pytest

from detente.codes import InputError
from detente.data.eventfile import load_events, load_promises
from detente.evidence.forecasts import Expectation
from detente.lab.claims.check import check
from detente.lab.claims.ledger import load_ledger
from detente.lab.claims.rates import levels
from detente.lab.record.tables import promises_table


def detail(ran):
    """All that is known of the one claim that was checked."""
    return json.loads(ran.out)["tables"]["details"]["rows"][0]


AS_OF = ("--as-of", "2026-07-23", "--draws", "0")


def written(tmp_path, expect, said="2025-05-09"):
    path = tmp_path / "claims.yaml"
    path.write_text(
        f"- {{claim_id: mine, quote: q, said: {said}, kind: forecast, expect: {expect}}}\n", encoding="utf-8"
    )
    return str(path)


@pytest.mark.parametrize(
    ("expect", "said", "verdict", "found"),
    [
        ("{test: falls, actor: United States, target: China, window: soon}", "2025-05-09", "kept", "145% to 30%"),
        ("{test: falls, actor: US, target: CN, window: soon}", "2025-05-09", "kept", "rate of USA on CHN"),
        (
            "{test: below, actor: USA, target: CHE, level: 38%, until: 2025-12-31}", "2025-08-09", "kept",
            "first change: 39% to 15% on 2025-12-18",
        ),
        ("{test: falls, actor: CHN, target: Japan, window: soon}", "2025-05-09", "not checkable", "of CHN on JPN"),
        ("{test: falls, actor: FJI, target: USA, window: soon}", "2025-05-09", "not checkable", "rate of FJI on USA"),
        (
            "{test: event, match: {verbs: [cut], actors: [CHE]}, window: soon}", "2025-05-09", "not checkable",
            "holds no act of CHE",
        ),
        (
            "{test: event, match: {verbs: [cut], actors: [CHN]}, window: soon}", "2024-05-09", "not checkable",
            "the timeline begins on 2025-02-01",
        ),
    ],
)  # fmt: skip
def test_names_are_understood_and_silence_settles_nothing(detente, tmp_path, expect, said, verdict, found):
    row = detail(detente("check", written(tmp_path, expect, said), *AS_OF, "--json"))
    assert row["verdict"] == verdict
    assert found in row["found"]


def test_a_timeline_of_ones_own_keeps_its_own_codes(tmp_path):
    (tmp_path / "events.yaml").write_text(
        "events:\n  - {event_id: x, announced: 2025-05-10, effective: 2025-05-10, actors: [EUU], target: XX1,\n"
        "     verb: impose, track: steel, what: w, status: in_force, level_before: 0%, level_after: 10%}\n",
        encoding="utf-8",
    )
    path = tmp_path / "claims.yaml"
    path.write_text(
        "events: events.yaml\nclaims:\n  - {claim_id: a, quote: q, said: 2025-05-09, kind: forecast,\n"
        "     expect: {test: stays, actor: EUU, target: XX1, level: 10%, window: soon}}\n",
        encoding="utf-8",
    )
    (statement,) = load_ledger(path).statements
    assert statement.expected is not None
    assert (statement.expected.actor, statement.expected.target) == ("EUU", "XX1")


def test_the_shipped_promises_are_settled_by_events_of_the_timeline():
    names = {event.track for event in load_events()[0]}
    assert all(set(promise.expected.match.tracks) <= names for promise in load_promises())


PAIRS = {
    "a threat on the Union": (
        "reaches, importer: USA, partner: EU, level: 50%, by: 2025-06-01",
        "2025-05-23",
        "broken",
    ),
    "the deal of the Union": ("reaches, importer: USA, partner: EU, level: 15%, by: 2025-08-10", "2025-07-27", "kept"),
    "India": ("reaches, importer: USA, partner: India, level: 50%, window: soon", "2025-08-06", "kept"),
    "Brazil, five days late": (
        "reaches, importer: USA, partner: Brazil, level: 50%, by: 2025-08-01",
        "2025-07-09",
        "kept late",
    ),
    "Canada answers": ("rises, importer: Canada, partner: USA, window: soon", "2025-02-03", "kept"),
    "the Union does not": ("rises, importer: EU27, partner: USA, window: soon", "2025-04-09", "broken"),
    "a measure": ("rises, importer: CAN, partner: USA, rate: ca_surtax_march_2025, window: soon", "2025-02-03", "kept"),
    "a line": (
        'level, importer: USA, partner: JPN, rate: "8703.23.01", level: 15%, by: 2025-09-30',
        "2025-07-23",
        "kept",
    ),
    "bourbon": ("falls, importer: India, partner: USA, by: 2026-12-31", "2025-02-03", "kept"),
    "not yet": ("falls, importer: India, partner: USA, by: 2026-12-31", "2025-03-01", "open"),
}
"""Statements about pairs that the timeline does not follow; days as the acts say."""


@pytest.mark.parametrize(("expect", "said", "verdict"), PAIRS.values(), ids=PAIRS)
def test_any_pair_is_settled_by_the_lawbook(tmp_path, expect, said, verdict):
    (checked,) = check(written(tmp_path, f"{{test: {expect}}}", said), as_of=date(2026, 7, 23), draws=0)
    assert str(checked.verdict) == verdict


def test_a_rate_is_that_of_the_texts_out_by_the_day():
    """The 15% on Japan's cars was ordered on 4 September 2025 and published later; no day before counts it."""
    expected = Expectation("level", (date(2025, 7, 23), date(2025, 12, 31)), "USA", "JPN", 0.15, rate="8703.23.01")
    path = levels(expected, date(2025, 7, 23), date(2025, 12, 31))
    assert next(iter(path)).total == pytest.approx(0.275)
    assert min(level.on for level in path if level.total < 0.16) >= date(2025, 9, 4)


def test_a_group_treated_apart_asks_for_one_of_its_members(tmp_path):
    expect = "{test: falls, importer: USA, partner: USMCA, rate: addition, window: soon}"
    with pytest.raises(InputError, match="name one of them, or say rate: average"):
        check(written(tmp_path, expect, "2025-08-10"), as_of=date(2026, 7, 23), draws=0)


def number(tmp_path, quantity, until, as_of, said="2025-05-09"):
    """The check of a forecast of a number."""
    path = tmp_path / "claims.yaml"
    head = f"- {{claim_id: mine, quote: q, said: {said}, kind: forecast, expect: {{test: figure, by: {until}}},\n"
    path.write_text(f"{head}   quantity: {{{quantity}}}}}\n", encoding="utf-8")
    (checked,) = check(str(path), as_of=date.fromisoformat(as_of), draws=0)
    return checked


DUTIES = "name: tariff_revenue, year: 2025, value"
NUMBERS = {
    "before its day": (f"{DUTIES}: 264", "2025-12-31", "2025-12-01", "open"),
    "before it is public": (f"{DUTIES}: 264", "2025-12-31", "2026-01-05", "open"),
    "met": (f"{DUTIES}: 264", "2025-12-31", "2026-07-23", "kept"),
    "missed": (f"{DUTIES}: 600", "2025-12-31", "2026-07-23", "broken"),
    "at least": (f'{DUTIES}: 200, comparator: ">"', "2025-12-31", "2026-07-23", "kept"),
    "beyond the record": ("name: tariff_revenue, year: 2026, value: 9", "2026-06-30", "2026-07-23", "not checkable"),
    "of no time": ("name: tariff_revenue, value: 9", "2026-06-30", "2026-07-23", "not checkable"),
    "of nothing": ("name: jobs, value: 9", "2026-06-30", "2026-07-23", "not checkable"),
}


@pytest.mark.parametrize(("quantity", "until", "as_of", "verdict"), NUMBERS.values(), ids=NUMBERS)
def test_a_forecast_of_a_number_is_settled_by_its_figure(tmp_path, quantity, until, as_of, verdict):
    checked = number(tmp_path, quantity, until, as_of)
    assert str(checked.verdict) == verdict
    assert str(checked.verdict_then) == "open"


def test_promises_of_any_pair_are_settled_by_the_lawbook_of_who_promised(tmp_path):
    """Fifteen per cent of August 2025: the United States in August and September, the Union's part a year later."""
    path = tmp_path / "promises.yaml"
    head = "agreement: Turnberry, what: w, made: 2025-08-21"
    path.write_text(
        "promises:\n"
        f"  - {{promise_id: cars, by: USA, account: EU, due: 2025-10-31, {head},\n"
        '     expect: {test: level, importer: USA, partner: EU27, rate: "8703.23.01", level: 15%}}\n'
        f"  - {{promise_id: free, by: EU27, account: US, due: 2025-12-31, {head},\n"
        "     expect: {test: level, importer: EU27, partner: USA, rate: average, level: 0.6%}}\n",
        encoding="utf-8",
    )
    verdicts = {row["promise"]: row["verdict"] for row in promises_table(date(2026, 7, 23), source=path).rows()}
    assert verdicts == {"cars": "kept", "free": "kept late"}
