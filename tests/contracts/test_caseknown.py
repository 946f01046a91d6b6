"""Information dates: a case of a day holds nothing that was known later, and what is later is refused by name."""

from datetime import date

import pytest

from detente.codes import InputError, each_fault
from detente.data.casefile import (
    DAY,
    HAPPENED,
    case_names,
    check_known,
    entries,
    known_faults,
    last_known,
    load_case,
    parse_case,
    settled_case,
    variant_names,
)
from detente.data.caserows import WholeLaw
from detente.lab.talks.case import open_case
from detente.lab.talks.world import cut_laws, law_of

SHIPPED = [(name, variant) for name in case_names() for variant in ("", *variant_names(name)) if variant != HAPPENED]
OVER = [name for name in case_names() if HAPPENED in variant_names(name)]
SETTLED = [name for name in OVER if load_case(f"{name}:happened").signed]


@pytest.mark.parametrize(("name", "variant"), SHIPPED)
def test_no_shipped_case_holds_a_fact_of_its_day_or_later(name, variant):
    file = load_case(name, variant)
    days = [entry.known_on for entry in entries(file)]
    assert days
    assert None not in days
    assert max((day for day in days if isinstance(day, date)), default=date.min) <= file.on - DAY
    assert not known_faults(file, file.on - DAY)
    assert last_known(file) <= file.on - DAY
    assert cut_laws(file, last_known(file)) == file, "no act that came later is in its laws"


@pytest.mark.parametrize("name", [name for name in OVER if name not in SETTLED])
def test_where_nothing_was_signed_what_came_stands_apart(name):
    known, happened = load_case(name), load_case(f"{name}:happened")
    assert set(happened.outcomes) - set(known.outcomes)


@pytest.mark.parametrize("name", SETTLED)
def test_what_was_signed_stands_in_another_file_and_is_refused_by_name(name):
    known, happened = load_case(name), load_case(f"{name}:happened")
    assert known.signed == ""
    assert happened.signed not in known.outcomes
    assert list(happened.outcomes)[2] == happened.signed, "the deal from which leverage is measured"
    said = [str(fault) for fault in known_faults(happened, last_known(known))]
    assert any(text.startswith(f"{name}:happened: outcome '{happened.signed}' is known only since") for text in said)
    settled = settled_case(name)
    assert settled.name == name
    assert settled.outcomes == happened.outcomes
    # The laws and the duties are the same; terms may count the base duty in, which nobody had thought of before.
    assert (known.base_law, known.always) == (happened.base_law, happened.always)
    forms = {row.in_all for row in happened.issues} - {row.name for row in known.issues} - {""}
    duties = [row for row in happened.issues if row.name not in forms]
    assert list(known.issues) == [row.model_copy(update={"in_all": ""}) if forms else row for row in duties]


def test_the_mirror_of_geneva_is_refused_by_name():
    with pytest.raises(InputError) as caught:
        check_known(load_case("us-china-2025-05", HAPPENED), date(2025, 5, 9))
    assert "constraint 'mirror' is known only since 2025-05-12 (Geneva joint statement" in str(caught.value)
    assert len(each_fault(caught.value)) > 4


PLAIN = {
    "name": "mine", "title": "Mine", "on": "2025-05-08", "parties": ["USA", "CHN"],
    "issues": [
        {"name": "duty", "known_on": "structure", "party": "USA", "levels": [0.0, 1.0], "top": 1.0},
        {"name": "answer", "known_on": "structure", "party": "CHN", "levels": [0.0, 1.0], "top": 1.0},
    ],
    "base_law": [{"importer": "USA", "whole": "2025-05-08"}],
    "outcomes": {"free": {"known_on": "structure"}},
    "threats": [
        {"name": "D0", "known_on": "structure", "kind": "status-quo", "outcome": "free"},
        {"name": "DN", "known_on": "structure", "kind": "war"},
    ],
}  # fmt: skip


def test_a_planted_later_fact_is_refused_by_name_and_all_are_at_once():
    planted = {"rumour": {"known_on": "2025-05-12", "source": "a post"}, "free": {"known_on": "structure"}}
    acts = [{"date": "2025-05-11", "what": "leaves", "likelihood": {"soft": 1.0}}]
    more = {
        "beliefs": [{"party": "CHN", "known_on": "structure", "types": {"soft": 1.0}, "acts": acts}],
        "outside_acts": [
            {"name": "threat", "known_on": "2025-01-01", "party": "USA", "count": 1, "days": 9, "events": ["us-eighty"]}
        ],
        "always": [{"importer": "CHN", "exporter": "USA", "authorities": ["mfn"], "on": "2025-11-12"}],
        "positions": [{"party": "USA", "statement": "soon"}],
    }
    case = parse_case({**PLAIN, "outcomes": planted, **more}, "mine.yaml")
    assert [str(fault) for fault in known_faults(case, date(2025, 1, 7))] == [
        "mine: outcome 'rumour' is known only since 2025-05-12 (a post).",
        "mine: act 'leaves' of CHN is of 2025-05-11.",
        "mine: act 'threat' counts the event us-eighty, announced on 2025-05-09.",
        "mine: duties of CHN in always are those of 2025-11-12.",
        "mine: its duties are weighed by the table usa_imports_2024, released on 2025-02-05.",
        "mine: its duties are weighed by the table chn_imports_from_usa, released on 2025-02-05.",
        "mine, positions: there is no 'known_on' in 'soon'; "
        "add 'known_on: DAY' to each, or 'known_on: structure' to what is of the model.",
    ]


def test_two_months_earlier_the_acts_since_are_not_in_the_law(tmp_path):
    case = parse_case(PLAIN, "mine.yaml")
    cut = cut_laws(case, date(2025, 3, 9))
    (row,), (before,) = cut.base_law, case.base_law
    assert isinstance(row, WholeLaw)
    assert isinstance(before, WholeLaw)
    assert row.known == date(2025, 3, 9)
    authorities = [{m.authority for m in law_of(r).measures if m.periods_on(case.on)} for r in (row, before)]
    assert "fentanyl" in authorities[0] & authorities[1]
    assert "reciprocal" in authorities[1] - authorities[0]


def test_a_case_is_opened_as_of_its_own_day_or_another():
    assert open_case("two-country", as_of="known").file.as_known == date(2024, 12, 31)
    with pytest.raises(InputError, match="outcome 'below_60_china_10' is known only since 2025-05-09"):
        open_case("us-china-2025-05", as_of=date(2025, 5, 8))
    with pytest.raises(InputError, match="as_of: 'May' is not a date"):
        open_case("two-country", as_of="May")


def test_the_command_refuses_each_later_fact_in_a_line(detente):
    ran = detente("talks", "us-china-2025-05", "--as-of", "2025-05-08")
    assert ran.code == 2
    assert all(line.startswith("detente: us-china-2025-05: ") for line in ran.err.splitlines())
    assert ran.err.count("\n") > 5
    ran = detente("talks", "two-country", "--as-of", "2025-05-01", "--table", "payoffs")
    assert ran.code == 0


def test_a_case_of_another_day_does_not_take_over_what_was_known(tmp_path):
    path = tmp_path / "later.yaml"
    path.write_text("like: us-china-2025-05\nname: later\non: 2025-06-09\n", encoding="utf-8")
    assert last_known(load_case(path)) == date(2025, 6, 8)
