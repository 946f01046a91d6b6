"""A statistical number that the schedule on record lacks is answered by its 8-digit line, and the answer says so."""

from datetime import date

import pytest

import detente as dt
from detente.codes import UnknownName
from detente.faces.ladder import stand_in
from detente.lab.statute.lookup import look_up

AUTUMN = date(2026, 10, 1)


def test_a_number_on_no_record_is_answered_by_its_line():
    answer, line = (look_up(code, "CHN", AUTUMN) for code in ("8413.91.90.38", "8413.91.90"))
    assert answer.stands_in == ("84139190",)
    assert answer.total == line.total
    said = "8413.91.90.38 is not in the schedule on record for 2026-10-01; its 8-digit line 8413.91.90 stands in"
    assert stand_in(answer) == said
    assert f"{said}." in dt.rate("8413.91.90.38", "CHN", AUTUMN).warnings


def test_a_number_in_the_schedule_answers_for_itself():
    for code, on in (("8413.91.90.39", AUTUMN), ("8413.91.90.85", date(2025, 6, 1)), ("8413.91.90", AUTUMN)):
        answer = look_up(code, "CHN", on)
        assert answer.stands_in == ()


def test_a_number_younger_than_the_day_is_answered_by_the_line_of_that_day():
    answer = look_up("8413.91.90.39", "CHN", date(2026, 6, 30))
    assert answer.stands_in == ("84139190",)
    assert {ladder.line for ladder in answer.ladders} >= {"8413919085"}


def test_a_number_under_no_line_is_still_refused():
    with pytest.raises(UnknownName, match="tariff line"):
        look_up("8413.99.90.39", "CHN", AUTUMN)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("8541.40.60.35", "did you mean '8541.41' or '8541.42' or '8541.43' or '8541.49'?"),
        ("9403.90", "did you mean '9403.91' or '9403.99'?"),
        ("9999.99", "unknown tariff line"),
    ],
)
def test_a_code_of_an_older_harmonized_system_names_its_successors(detente, code, said):
    ran = detente("rate", code, "CHN", "--on", "2025-06-01")
    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_a_chinese_code_of_an_older_harmonized_system_names_lines_of_the_day(detente):
    ran = detente("rate", "3002.20", "USA", "--of", "CHN", "--on", "2025-06-01")
    assert ran.code == 2
    assert "use 3002.41" in " ".join(ran.err.split())
    assert detente("rate", "3002.20", "USA", "--of", "CHN", "--on", "2020-06-01").code == 0


def test_the_numbers_that_replaced_an_old_one_answer_for_it():
    answer = look_up("5603.12.00.90", "CHN", date(2019, 10, 1))
    assert answer.stands_in == ("5603120070", "5603120095")
    assert [ladder.line for ladder in answer.ladders] == ["5603120070", "5603120095"]
    assert "which replaced it, stand in" in stand_in(answer)
