"""What cannot be is refused: one sentence that says where, what and what to do; exit code 2; no traceback.

The rows stand in `tests/data/refused.yaml`: a row more there is a test more.
"""

import shlex
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import yaml

import detente as dt
from detente.faces.ask.question import command_line

ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "refused.yaml").read_text(encoding="utf-8"))


@pytest.mark.sampled(5)
@pytest.mark.parametrize("line", ROWS["commands"])
def test_a_command_is_refused_in_one_sentence(detente, tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    ran = detente(*shlex.split(line))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("detente: ")
    assert ROWS["commands"][line] in ran.err
    assert "Traceback" not in ran.err
    assert (len(ran.err.strip().splitlines()), list(tmp_path.iterdir())) == (1, [])


CALLED = {
    "dataclasses": "replace", "datetime": "date", "teaching": "two_countries", "detente.chains.licences": "cut",
    "detente.data.price_tables": "budgets price_tables", "detente.draws": "Input hypercube",
    "detente.economy": "Shock aggregate attribution balance decompose decouple elasticities laffer nash quotas_of "
    "shock_of solve", "detente.economy.policies.concessions": "concessions exchange_rates",
    "detente.economy.policies.cooperative": "cooperative", "detente.lab.chains.answer": "disrupt_chain",
    "detente.lab.prices.prices": "days_apart price_changes", "detente.lab.score.track": "track",
    "detente.lab.talks.new.draft": "new_case", "detente.law": "Reading", "detente.talks.payoff": "Horizon",
    "detente.talks": "Issue OutcomeSpace expected linear update", "detente.talks.inference": "prior_of",
    "detente.trade.prices": "PassThrough burden price_effect",
}  # fmt: skip
NAMES = {name: getattr(import_module(module), name) for module, names in CALLED.items() for name in names.split()} | {
    "dt": dt, "np": np, "nan": float("nan"), "law": dt.load_law, "small": lambda: dt.load_economy("icio-2022-small"),
    "large": lambda: dt.load_economy("libday-2023"), "free": lambda: NAMES["solve"](NAMES["small"](), NAMES["Shock"]()),
}  # fmt: skip
"""Names in calls of Python."""


@pytest.mark.sampled(3)
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
