"""What a Python caller gives that cannot be: the one sentence the command would print, never a library's own error."""

from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.codes import MOST_DRAWS, whole_number
from detente.economy import decouple, laffer
from detente.lab.chains.answer import disrupt_chain

NAN = float("nan")
DAY = date(2025, 5, 9)
SCENARIO = "status-quo-2025-05-08"
ELASTICITY = {"report.elasticity": "1..2"}


def law():
    return dt.load_law("USA")


def schedule():
    return dt.schedule(law(), "2025-05-08")


def small():
    return dt.load_economy("icio-2022-small")


CASES = {
    "run, negative draws": (lambda: dt.run("geneva", draws=-1), "draws: -1 is out of range"),
    "run, too many draws": (lambda: dt.run("geneva", draws=10_001), "10001 is out of range; .*0 to 10,000"),
    "run, half a draw": (lambda: dt.run("geneva", draws=1.5), "draws: '1.5' is not a whole number"),
    "run, draws as text": (lambda: dt.run("geneva", draws="many"), "draws: 'many' is not a whole number"),
    "run, no day": (lambda: dt.run("geneva", on="soon", draws=0), "'soon' is not a day"),
    "schedule, reading": (lambda: dt.schedule(law(), "2025-05-08", reading="rulled"), "did you mean 'ruled'"),
    "average, elasticity below zero": (lambda: dt.average("2025-05-08", elasticity=-1), "-1 is out of range"),
    "average, no elasticity": (lambda: dt.average("2025-05-08", elasticity=NAN), "elasticity: 'nan' is not a number"),
    "average, share above one": (lambda: dt.average("2025-05-08", set={"us_content": 1.5}), "0 to 1"),
    "rate, share below zero": (
        lambda: dt.rate("8507.60.00.10", "CHN", "2025-05-08", set={"us_content": -0.1}),
        "0 to 1",
    ),
    "average, columns": (lambda: dt.average(from_="2025-05-01", by="mesure"), "did you mean 'measure'"),
    "check, negative draws": (lambda: dt.check("C13", as_of=DAY, draws=-1), "draws: -1 is out of range"),
    "check, negative seed": (lambda: dt.check("C13", as_of=DAY, seed=-1, draws=2), "seed: -1 is out of range"),
    "check, no day": (lambda: dt.check("C05", as_of="soon"), "as_of: 'soon' is not a day"),
    "sweep, negative draws": (lambda: dt.sweep(SCENARIO, over={"report.elasticity": [1, 2]}, draws=-1), "draws"),
    "sweep, negative seed": (
        lambda: dt.sweep(SCENARIO, over=ELASTICITY, sample=2, seed=-1),
        "seed: -1 is out of range",
    ),
    "sweep, half a point": (
        lambda: dt.sweep(SCENARIO, over=ELASTICITY, sample=1.5),
        "is not a whole number",
    ),
    "disrupt_chain, negative months": (lambda: disrupt_chain(cut=0.5, months=-1), "1 to 600"),
    "disrupt_chain, half a month": (lambda: disrupt_chain(cut=0.5, months=1.5), "whole number, 1 to 600"),
    "disrupt_chain, cut above one": (lambda: disrupt_chain(cut=2.0), "from 0 to 1"),
    "disrupt_chain, negative stocks": (lambda: disrupt_chain(cut=0.5, stock_days=-1), "at least 0"),
    "disrupt_chain, no such option": (lambda: disrupt_chain(cut=0.5, draws=200), "unknown option 'draws'"),
    "laffer, negative points": (lambda: laffer(small(), "USA", points=-1), "points: -1 is out of range"),
    "laffer, highest rate": (lambda: laffer(small(), "USA", highest=NAN), "no highest rate"),
    "decouple, cost": (lambda: decouple(small(), ["USA"], ["CHN"], cost=0.5), "cost above 1"),
    "decouple, shares": (lambda: decouple(small(), ["USA"], ["CHN"], path=(-0.1,)), "one to zero"),
}


@pytest.mark.parametrize("name", CASES)
def test_refused_as_the_command_refuses_it(name):
    call, hint = CASES[name]
    with pytest.raises(dt.InputError, match=hint) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_days_may_be_text_wherever_a_date_may_be():
    text, value = (dt.check("C05", as_of=day, draws=0) for day in ("2025-05-09", DAY))
    assert text["verdict"].tolist() == value["verdict"].tolist()


@pytest.mark.parametrize("value", [0, 7, MOST_DRAWS, np.int64(7)])
def test_whole_numbers_are_taken_as_they_are(value):
    assert whole_number(value, "draws", 0, MOST_DRAWS) == value


@pytest.mark.parametrize("value", [True, 7.0, "7", None, NAN, np.float64(7)])
def test_nothing_else_is_a_whole_number(value):
    with pytest.raises(dt.InputError, match=r"^draws: .* is not a whole number; give a whole number of at least 0\.$"):
        whole_number(value, "draws", 0)
