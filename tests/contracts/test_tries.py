"""Commands tried with every option: what means nothing is refused in a sentence that says what to do."""

import csv
import io
import sys

import pytest

import detente as dt
from detente.codes.errors import InputError, UnknownName, did_you_mean
from detente.codes.units import Unit
from detente.data.eventrows import PromiseRow, parsed
from detente.economy import aggregate, balance
from detente.faces.cli.endings import ended
from detente.faces.formats import _cell
from detente.faces.report.readers import readable
from detente.lab.record.tables import in_words

REFUSED = {
    "average --by nope": "--by: unknown grouping 'nope'; use country",
    "average --range": "average --range: is gone, as the range stands beside the average; leave it out, or add",
    "average --of China --claims 2024": "--claims: are of US imports under the USMCA",
    "average --of EU --weights 2019": "--weights: imports of the European Union are on record for one year alone",
    "average --by importer --partner China --on 2017-01-01": "2017-01-01 is before the lawbook begins",
    "average --by importer --partner China --on 2024-06-01": "--against: 2025-01-01 is after 2024-06-01; give an",
    "law --on 2017-01-01": "2017-01-01 is before the lawbook begins; give a day from 2018-01-01 on.",
    "law changes --from 2017-01-01 --to 2025-05-14": "2017-01-01 is before the lawbook begins",
    "events --from 2025-05-14 --to 2025-05-01": "the last day 2025-05-01 is before the first 2025-05-14; swap them.",
    "chain run gallium --cut 0.8 --months 0": "--months: 0 is out of range",
    "chain run gallium --cut 0.8 --allocation nope": "--allocation: unknown allocation 'nope'",
    "chain run gallium --cut 0.8 --set reading=nope": "--reading: unknown reading 'nope'; use queue or observed",
    "economy optimal US --highest 0.001": "economy optimal --highest: is gone; leave it out",
    "economy decouple US China --set sectors=nope": "unknown sector 'nope'; use A01, A02, ",
    "economy decompose": "COUNTRY is missing; give it",
    "reconcile 17.8 --out x.gif": "--out: unknown ending 'gif'; use csv, parquet",
    "serve --check --case nope": "unknown case 'nope'",
    "talks advice two-country --play": "talks advice --play: is gone; ask detente deal offers how",
    "talks advice two-country --strategy hawk": "talks advice --strategy: is gone; ask detente deal offers",
    "talks two-country --elasticities nope": "--elasticities: world two-country has an elasticity of its own; leave",
    "talks two-country --variant nope": "unknown variant 'nope'; there is none",
    "event-study --market vix --on 2025-04-09": "event-study: is gone; call `detente.evidence.study` from Python",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_means_nothing_is_refused(detente, words):
    ran = detente(*words.split())
    assert ran.code in (2, 4)
    assert REFUSED[words] in ran.err
    assert ran.err.startswith("detente: ")
    assert ran.err.count("\n") == 1


def test_an_unknown_name_says_what_there_is_where_none_is_near():
    assert str(UnknownName("axis", "nope", ("row", "column"), "here")) == "here: unknown axis 'nope'; use row, column"
    many = [f"name number {n}" for n in range(100)]
    assert str(UnknownName("name", "x", many)).endswith("; there are 100, as " + ", ".join(many[:3]))
    assert str(UnknownName("axis", "rows", ("row", "column"))).endswith("did you mean 'row'?")


def test_a_code_is_no_slip_of_a_longer_word():
    assert did_you_mean("nope", ["pe", "np", "PER"]) == ""
    assert did_you_mean("CHM", ["CHN", "che", "CH"]).endswith("'CHN' or 'che'")


def test_cells_for_people_hold_words():
    assert [_cell(value, Unit.NONE) for value in (True, False, float("inf"), -0.0)] == ["yes", "no", "infinite", "0"]


def test_what_the_record_shows_has_no_ids_and_codes():
    shown = in_words("cn_medium_heavy_rare_earths in the lawbook of CHN is in force")
    assert shown.endswith(" of China is in force")
    assert "cn_" not in shown
    assert in_words("rate of USA on CHN: 145% to 30%") == "rate of the United States on China: 145% to 30%"
    assert in_words("at most 257 USD a tonne") == "at most 257 USD a tonne"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("on: 2025-05-14\nusa: {change: [{measuree: rec_chn, rate: 34%}]}", "did you mean 'measure'?"),
        ("on: 2025-05-14\nimporter: USA\nlaws: {CANN: {end_programmes: [CUSMA]}}", "importer: unknown country 'CANN';"),
        ("on: 2025-05-14\nlaws: 3", "'laws' is 3: input should be a valid dictionary; see docs/scenarios.md."),
    ],
)
def test_a_fault_of_a_scenario_is_named_and_not_its_content(detente, tmp_path, content, sentence):
    path = tmp_path / "own.yaml"
    path.write_text(content, encoding="utf-8")
    ran = detente("run", "--dry-run", str(path))
    assert (ran.code, sentence in ran.err) == (2, True), ran.err
    assert len(ran.err) < 250
    assert "{" not in ran.err
    assert "?." not in ran.err


def test_a_misspelt_key_of_a_claim_is_named_before_what_it_lacks(tmp_path):
    with pytest.raises(InputError, match="unknown key 'mad'; did you mean 'made'"):
        parsed(PromiseRow, {"promise_id": "P1", "mad": "2025-05-12"}, "own.yaml, promise P1")


def test_a_closed_error_stream_leaves_standard_output_alone(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    assert ended(InputError("--on", "is no day")) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: aggregate(None), "economy: None is not a value of the class Economy"),
        (lambda: aggregate(small(), countries=3), "countries: 3 is not a mapping of codes to groups"),
        (lambda: aggregate(small(), order=3), "order: 3 is no pair of lists"),
        (lambda: balance("x"), "economy: 'x' is not a value of the class Economy"),
        (lambda: dt.disrupt(None, None), "chain: None is not a value of the class SupplyChain"),
        (lambda: dt.frame([]), r"table: \[\] is not a value of the class Table"),
        (
            lambda: dt.average("2025-05-14", of="EU", weights=2019),
            "weights: imports of the European Union are",
        ),
    ],
)
def test_values_of_a_wrong_kind_are_refused_in_python(call, sentence):
    with pytest.raises(InputError, match=sentence):
        call()


def test_how_a_day_is_typed_stays_as_it_is_typed():
    assert (
        readable("date: 'x' is not a date; write it as 2025-04-15.")
        == "date: 'x' is not a date; write it as 2025-04-15."
    )
    assert readable("from 2025-04-15 on") == "from 15 April 2025 on"


def small():
    return dt.load_economy("icio-2022-small")


def test_scenarios_are_listed_for_machines(detente):
    listed = detente("data", "list", "scenarios", "--table", "scenarios", "--csv").out
    assert listed.startswith("name,title,on,note\n")
    assert 'geneva,"Geneva, the terms of 12 May 2025",2025-05-14,' in listed
    assert detente("run", "--list").err.endswith(
        "run --list: is a list of its own now; write detente data list scenarios.\n"
    )


def test_a_need_that_is_met_has_no_multiple(detente):
    """What rounding leaves of it once made losses billions of times what is missing."""
    words = "chain run rare-earths --cut 0.8 --partner US --country Japan --months 1 --draws 0".split()
    ran = detente(*words, "--table", "losses", "--csv")
    lines = list(csv.DictReader(io.StringIO(ran.out)))
    assert lines
    assert {line["country"] for line in lines} == {"JPN"}
    assert {line["multiple"] for line in lines} == {""}
    assert "1 month\n" in detente(*words).out
