"""What a statement expects of the future: known names, keys that are used, days in order; silence settles nothing."""

from datetime import date

import pytest

from detente.codes import InputError
from detente.data.eventfile import load_events, load_promises
from detente.evidence.forecasts import Expectation
from detente.lab.claims.check import check
from detente.lab.claims.ledger import load_ledger
from detente.lab.claims.rates import levels
from detente.lab.record.tables import promises_table


def written(tmp_path, expect, said="2025-05-09"):
    path = tmp_path / "claims.yaml"
    path.write_text(
        f"- {{claim_id: mine, quote: q, said: {said}, kind: forecast, expect: {expect}}}\n", encoding="utf-8"
    )
    return str(path)


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
