"""What cannot be is refused: one sentence that says where, what and what to do; exit code 2; no traceback.

The rows stand in `tests/data/refused.yaml`: a row more there is a test more.
"""

import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

import detente as dt
from detente.chains.licences import cut
from detente.data.price_tables import budgets, price_tables
from detente.draws import Input, hypercube
from detente.economy import (
    Shock,
    aggregate,
    attribution,
    balance,
    decompose,
    decouple,
    elasticities,
    laffer,
    nash,
    quotas_of,
    shock_of,
    solve,
)
from detente.economy.policies.concessions import concessions, exchange_rates
from detente.economy.policies.cooperative import cooperative
from detente.faces.ask.question import command_line
from detente.lab.chains.answer import disrupt_chain
from detente.lab.prices.prices import days_apart, price_changes
from detente.lab.score.track import track
from detente.lab.talks.new.draft import new_case
from detente.law import Reading
from detente.talks import Issue, OutcomeSpace, expected, linear, update
from detente.talks.inference import prior_of
from detente.talks.payoff import Horizon
from detente.trade.prices import PassThrough, burden, price_effect
from teaching import two_countries

ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "refused.yaml").read_text(encoding="utf-8"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("line", ROWS["commands"])
def test_a_command_is_refused_in_one_sentence(detente, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    ran = detente(*shlex.split(line))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("detente: ")
    assert ROWS["commands"][line] in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


CALLED = (
    attribution, concessions, cooperative, decompose, exchange_rates, hypercube, shock_of, Input,
    aggregate, balance, budgets, burden, cut, date, days_apart, decouple, disrupt_chain, elasticities, expected,
    laffer, linear, nash, new_case, price_changes, price_effect, price_tables, prior_of, quotas_of, replace, solve,
    track, two_countries, update, Horizon, Issue, OutcomeSpace, PassThrough, Reading, Shock,
)  # fmt: skip
NAMES = {each.__name__: each for each in CALLED} | {
    "dt": dt, "np": np, "nan": float("nan"), "law": dt.load_law, "small": lambda: dt.load_economy("icio-2022-small"),
    "large": lambda: dt.load_economy("libday-2023"), "free": lambda: solve(dt.load_economy("icio-2022-small"), Shock()),
}  # fmt: skip
"""Names in calls of Python."""


@pytest.mark.sampled(2)
@pytest.mark.parametrize("call", ROWS["python"])
def test_a_call_is_refused_in_the_words_of_python(call):
    with pytest.raises(dt.InputError, match=ROWS["python"][call]) as caught:
        eval(call, NAMES)
    assert "\n" not in str(caught.value)
    assert "--" not in str(caught.value)


@pytest.mark.parametrize("old", ROWS["renamed"])
def test_a_line_of_an_earlier_version_is_read_in_the_names_of_now(old):
    assert shlex.join(command_line(shlex.split(old))) == ROWS["renamed"][old]


def test_a_line_of_an_earlier_version_runs_and_says_the_new_one(detente):
    ran = detente("history", "--rate=18%")
    assert (ran.code, ran.err) == (0, "detente: this is now: detente average history 18%\n")
