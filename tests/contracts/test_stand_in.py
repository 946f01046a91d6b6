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


def test_the_numbers_that_replaced_an_old_one_answer_for_it():
    answer = look_up("5603.12.00.90", "CHN", date(2019, 10, 1))
    assert answer.stands_in == ("5603120070", "5603120095")
    assert [ladder.line for ladder in answer.ladders] == ["5603120070", "5603120095"]
    assert "which replaced it, stand in" in stand_in(answer)
