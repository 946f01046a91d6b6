"""Files of cases: what the shipped ones say, every key with an example, and nothing that was known only later."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, get_args

import numpy as np
import pytest
from pydantic import BaseModel, TypeAdapter

import detente as dt
from detente.codes import InputError, UnknownName, each_fault
from detente.data import casefile
from detente.data.caserows import CaseFile, WholeLaw, case_rows
from detente.data.models import keys_of
from detente.data.yamlfile import parse_yaml
from detente.lab.talks.case import open_case
from detente.lab.talks.world import cut_laws, law_of

ROOT = Path(__file__).resolve().parents[2]
ROWS = case_rows()
SHIPPED = [(name, variant) for name in casefile.case_names() for variant in ("", *casefile.variant_names(name))]
OVER = [name for name in casefile.case_names() if casefile.HAPPENED in casefile.variant_names(name)]
SETTLED = [name for name in OVER if casefile.load_case(f"{name}:happened").signed]
MAY = "us-china-2025-05"


@pytest.mark.parametrize(("name", "variant"), SHIPPED)
def test_every_case_of_the_package_is_whole_and_holds_no_fact_of_its_day_or_later(name, variant):
    case, space = casefile.load_case(name, variant), open_case(name, variant).outcome_space
    assert len(case.threats) >= 3
    assert all(row.source and row.statement for row in case.constraints)
    assert all(parameter.source or parameter.spread == "none" for parameter in case.parameters.values())
    assert all(act.source for belief in case.beliefs for act in belief.acts)
    for outcome in space.named.values():
        assert (outcome >= space.lower - 1e-12).all()
        assert (outcome <= space.upper + 1e-12).all()
    if variant != casefile.HAPPENED:
        days = [entry.known_on for entry in casefile.entries(case)]
        assert days
        assert None not in days
        assert max((day for day in days if isinstance(day, date)), default=date.min) <= case.on - casefile.DAY
        assert not casefile.known_faults(case, case.on - casefile.DAY)
        assert casefile.last_known(case) <= case.on - casefile.DAY
        assert cut_laws(case, casefile.last_known(case)) == case, "no act that came later is in its laws"


def test_the_day_of_a_case_is_known_before_it_is_read():
    assert dict(casefile.settled_days()) == {name: casefile.settled_case(name).on for name in casefile.case_names()}


def test_a_case_is_checked_without_being_opened_and_a_users_own_may_follow_one_of_the_package(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    assert detente("run", "--dry-run", "us-china-today", f"{MAY}:happened").out.count(" case ") == 2
    path.write_text(f"like: {path}\n")
    with pytest.raises(InputError, match="like: names the file itself"):
        casefile.load_case(path)
    changed = "parameters:\n  cn_control_value: {central: -1.0}\noutcomes:\n  busan: null\n"
    path.write_text(f"like: {MAY}:happened\nname: mine\n{changed}")
    case, base = casefile.load_case(path), casefile.load_case(f"{MAY}:happened")
    assert case.parameters["cn_control_value"].central == -1.0
    assert case.parameters["fentanyl_value"] == base.parameters["fentanyl_value"]
    assert set(base.outcomes) - set(case.outcomes) == {"busan"}
    path.write_text(f"like: {MAY}\nname: later\non: 2025-06-09\n")
    assert casefile.last_known(casefile.load_case(path)) == date(2025, 6, 8), (
        "another day does not take over what was known"
    )


def test_positions_of_may_are_as_recorded():
    case = open_case(f"{MAY}:happened")
    assert case.outcome("status_quo") == pytest.approx([1.25, 0.20, 1.25, 0.9, 0.0])
    assert case.outcome("geneva") == pytest.approx([0.10, 0.20, 0.10, 0.0, 0.0])
    space = case.outcome_space
    tabled = space.feasible(np.stack([case.outcome("geneva"), case.outcome("china_demand_all")]), "as tabled")
    assert tabled.tolist() == [True, False]
    assert space.feasible(case.outcome("busan")[None], "as tabled")[0]
    assert 2.0 < {act.name: act.rate for act in case.file.outside_acts}["new export controls"] < 4.0
    assert [open_case(MAY, re_withheld=r).outcome("status_quo")[3] for r in (0.6, 1.0)] == [0.6, 1.0]
    with pytest.raises(UnknownName, match="unknown input 'us_material_loss'"):
        open_case(MAY, us_material_loss=1.0)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind.__name__)
def test_every_key_has_type_unit_default_meaning_and_an_example_that_is_read(row):
    assert {key.name for key in row.keys} == {*keys_of(row.kind)}
    for key in row.keys:
        assert key.type
        assert key.default
        assert key.means.endswith(".")
        assert len(key.means.split()) <= 20
        # What is shown is the example, once it is read as a file is.
        assert parse_yaml(key.shown, "example") == {key.name: key.example}
        field = row.kind.model_fields.get(key.name)
        if field is not None:
            kind = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            TypeAdapter(kind).validate_python(key.example)


def rows_in(annotation):
    """Rows that an annotation names, and those within them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}.union(*(rows_in(field.annotation) for field in annotation.model_fields.values()))
    return set().union(*map(rows_in, get_args(annotation)))


def test_the_register_has_every_row_and_no_key_that_no_row_has():
    register = tomllib.loads((ROOT / "src/detente/data/casekeys.toml").read_text(encoding="utf-8"))
    assert {row.kind for row in ROWS} == rows_in(CaseFile)
    for row in ROWS:
        assert set(register[row.kind.__name__]["keys"]) == {*keys_of(row.kind)}
    assert len(dt.data_show("case.schema")) > 170


@pytest.mark.parametrize("name", OVER)
def test_what_was_signed_or_came_stands_in_another_file_and_is_refused_by_name(name):
    known, happened = casefile.load_case(name), casefile.load_case(f"{name}:happened")
    if name not in SETTLED:
        assert set(happened.outcomes) - set(known.outcomes), "nothing was signed"
        return
    assert known.signed == ""
    assert happened.signed not in known.outcomes
    assert list(happened.outcomes)[2] == happened.signed, "the deal from which leverage is measured"
    said = [str(fault) for fault in casefile.known_faults(happened, casefile.last_known(known))]
    assert any(text.startswith(f"{name}:happened: outcome '{happened.signed}' is known only since") for text in said)
    assert (casefile.settled_case(name).name, casefile.settled_case(name).outcomes) == (name, happened.outcomes)
    # The laws and the duties are the same; terms may count the base duty in, which nobody had thought of before.
    assert (known.base_law, known.always) == (happened.base_law, happened.always)
    forms = {row.in_all for row in happened.issues} - {row.name for row in known.issues} - {""}
    duties = [row for row in happened.issues if row.name not in forms]
    assert list(known.issues) == [row.model_copy(update={"in_all": ""}) if forms else row for row in duties]


def test_the_mirror_of_geneva_is_refused_by_name():
    with pytest.raises(InputError) as caught:
        casefile.check_known(casefile.load_case(MAY, casefile.HAPPENED), date(2025, 5, 9))
    assert "constraint 'mirror' is known only since 2025-05-12 (Geneva joint statement" in str(caught.value)
    assert len(each_fault(caught.value)) > 4


def issue_of(name, party):
    return {"name": name, "known_on": "structure", "party": party, "levels": [0.0, 1.0], "top": 1.0}


PLAIN = {
    "name": "mine", "title": "Mine", "on": "2025-05-08", "parties": ["USA", "CHN"],
    "issues": [issue_of("duty", "USA"), issue_of("answer", "CHN")],
    "base_law": [{"importer": "USA", "whole": "2025-05-08"}], "outcomes": {"free": {"known_on": "structure"}},
    "threats": [{"name": "D0", "known_on": "structure", "kind": "status-quo", "outcome": "free"},
                {"name": "DN", "known_on": "structure", "kind": "war"}],
}  # fmt: skip


def test_a_planted_later_fact_is_refused_by_name_and_all_are_at_once():
    planted = {"rumour": {"known_on": "2025-05-12", "source": "a post"}, "free": {"known_on": "structure"}}
    acts = [{"date": "2025-05-11", "what": "leaves", "likelihood": {"soft": 1.0}}]
    threat = {"name": "threat", "known_on": "2025-01-01", "party": "USA", "count": 1, "days": 9}
    more = {
        "beliefs": [{"party": "CHN", "known_on": "structure", "types": {"soft": 1.0}, "acts": acts}],
        "outside_acts": [threat | {"events": ["us-eighty"]}],
        "always": [{"importer": "CHN", "exporter": "USA", "authorities": ["mfn"], "on": "2025-11-12"}],
        "positions": [{"party": "USA", "statement": "soon"}],
    }
    case = casefile.parse_case({**PLAIN, "outcomes": planted, **more}, "mine.yaml")
    assert [str(fault) for fault in casefile.known_faults(case, date(2025, 1, 7))] == [
        "mine: outcome 'rumour' is known only since 2025-05-12 (a post).",
        "mine: act 'leaves' of CHN is of 2025-05-11.",
        "mine: act 'threat' counts the event us-eighty, announced on 2025-05-09.",
        "mine: duties of CHN in always are those of 2025-11-12.",
        "mine: its duties are weighed by the table usa_imports_2024, released on 2025-02-05.",
        "mine: its duties are weighed by the table chn_imports_from_usa, released on 2025-02-05.",
        "mine, positions: there is no 'known_on' in 'soon'; "
        "add 'known_on: DAY' to each, or 'known_on: structure' to what is of the model.",
    ]


def test_two_months_earlier_the_acts_since_are_not_in_the_law():
    case = casefile.parse_case(PLAIN, "mine.yaml")
    (row,), (before,) = cut_laws(case, date(2025, 3, 9)).base_law, case.base_law
    assert isinstance(row, WholeLaw)
    assert row.known == date(2025, 3, 9)
    authorities = [{m.authority for m in law_of(r).measures if m.periods_on(case.on)} for r in (row, before)]
    assert "fentanyl" in authorities[0] & authorities[1]
    assert "reciprocal" in authorities[1] - authorities[0]


def test_a_case_is_opened_as_of_its_own_day_or_another_and_each_later_fact_is_a_line(detente):
    assert open_case("two-country", as_of="known").file.as_known == date(2024, 12, 31)
    with pytest.raises(InputError, match="as_of: 'May' is not a date"):
        open_case("two-country", as_of="May")
    ran = detente("talks", MAY, "--as-of", "2025-05-08")
    assert ran.code == 2
    assert all(line.startswith(f"detente: {MAY}: ") for line in ran.err.splitlines())
    assert ran.err.count("\n") > 5
    assert "outcome 'below_60_china_10' is known only since 2025-05-09" in ran.err
    assert detente("talks", "two-country", "--as-of", "2025-05-01", "--table", "payoffs").code == 0
