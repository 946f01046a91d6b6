"""What a case file may not say, and what the cases of the package must say."""

import copy

import numpy as np
import pytest

from detente.codes import DetenteError, InputError, UnknownName, each_fault
from detente.codes.errors import Faults
from detente.data.casefile import case_names, load_case, parse_case, settled_case, settled_days, variant_names
from detente.lab.talks.case import open_case

GOOD = {
    "name": "toy",
    "title": "A toy",
    "on": "2025-05-08",
    "parties": ["HOM", "FOR"],
    "world": {"name": "two-country", "elasticities": ""},
    "issues": [
        {"name": "home_duty", "party": "HOM", "levels": [0.0, 0.5, 1.0], "top": 1.0},
        {"name": "foreign_duty", "party": "FOR", "levels": {"last": 1.0, "step": 0.25}, "top": 1.0},
    ],
    "outcomes": {"high": {"levels": {"home_duty": 1.0, "foreign_duty": 1.0}}, "free": {}},
    "threats": [
        {"name": "D0", "kind": "status-quo", "outcome": "high"},
        {"name": "DP", "kind": "past-law", "outcome": "free"},
    ],
    "parameters": {"value": {"central": 2.0, "low": 1.0, "high": 3.0}},
    "discount": {"HOM": 0.05, "FOR": 0.1},
}


def with_change(change):
    content = copy.deepcopy(GOOD)
    change(content)
    return content


def test_a_good_case_is_read():
    case = parse_case(GOOD, "toy.yaml")
    assert case.issues[1].listed() == (0.0, 0.25, 0.5, 0.75, 1.0)
    assert case.parameters["value"].ends == (1.0, 3.0)


REFUSED = {
    "one threat": (
        lambda c: c["threats"].pop(),
        "threats: only D0 is given; give two or more: no result is shown for one threat point.",
    ),
    "no threat": (lambda c: c.update(threats=[]), "threats: none is given"),
    "issue without a party": (
        lambda c: c["issues"][0].pop("party"),
        "issue 'home_duty': no party sets it; add 'party: ...', one of HOM, FOR or both.",
    ),
    "party nobody knows": (lambda c: c["issues"][0].update(party="HOMM"), "unknown party 'HOMM'; did you mean 'HOM'?"),
    "levels that cross": (
        lambda c: c["issues"][0].update(levels=[0.0, 0.6, 0.5]),
        "issue 'home_duty': levels cross; list them in ascending order, each once.",
    ),
    "levels over the top": (lambda c: c["issues"][0].update(top=0.9), "its levels pass the top of 0.9"),
    "a duty without a top": (lambda c: c["issues"][0].pop("top"), "a duty needs the highest level of its surface"),
    "a name twice": (lambda c: c["issues"][1].update(name="home_duty"), "is there twice"),
    "discount outside (0, 1)": (
        lambda c: c["discount"].update(HOM=1.5),
        "discount of HOM: 1.5 lies outside (0, 1); give a share a year.",
    ),
    "discount of nobody": (lambda c: c["discount"].update(HAM=0.05), "unknown party 'HAM'; did you mean 'HOM'?"),
    "power that does not sum": (lambda c: c.update(power={"HOM": 0.5, "FOR": 0.6}), "power: sums to 1.1; make it sum"),
    "prior that does not sum": (
        lambda c: c.update(beliefs=[{"party": "HOM", "types": {"soft": 0.5, "hard": 0.4}}]),
        "beliefs about HOM, prior: sums to 0.9; make it sum to 1.",
    ),
    "likelihoods of half the types": (
        lambda c: c.update(
            beliefs=[
                {
                    "party": "HOM",
                    "types": {"soft": 0.5, "hard": 0.5},
                    "acts": [{"date": "2025-05-09", "what": "speaks", "likelihood": {"soft": 0.5}}],
                }
            ]
        ),
        "likelihoods do not name every type",
    ),
    "likelihood above one": (
        lambda c: c.update(
            beliefs=[
                {
                    "party": "HOM",
                    "types": {"soft": 1.0},
                    "acts": [{"date": "2025-05-09", "what": "speaks", "likelihood": {"soft": 1.5}}],
                }
            ]
        ),
        "less than or equal to 1",
    ),
    "a range out of order": (lambda c: c["parameters"]["value"].update(low=2.5), "is out of order: low 2.5, central 2"),
    "a misspelt key": (lambda c: c.update(threat=[]), "unknown key 'threat'; did you mean 'threats'"),
    "a misspelt key of an issue": (
        lambda c: c["issues"][0].update(trak="x"),
        "unknown key 'trak'; did you mean 'track'",
    ),
    "an outcome off its axis": (
        lambda c: c["outcomes"]["high"]["levels"].update(home_duty=1.2),
        "outcome 'high': home_duty 1.2 lies outside 0 to 1; widen its levels or move it.",
    ),
    "an outcome of another issue": (
        lambda c: c["outcomes"]["high"]["levels"].update(home_dutty=1.0),
        "unknown issue 'home_dutty'; did you mean 'home_duty'",
    ),
    "a level by no parameter": (
        lambda c: c["outcomes"]["high"]["levels"].update(home_duty="valeu"),
        "unknown parameter 'valeu'; did you mean 'value'",
    ),
    "a threat of no outcome": (lambda c: c["threats"][0].update(outcome="hihg"), "unknown outcome 'hihg'"),
    "a threat that says nothing": (lambda c: c["threats"][0].pop("outcome"), "stands for no outcome"),
    "an expected threat without p": (
        lambda c: c["threats"].append({"name": "DX", "kind": "expected"}),
        "has no probability",
    ),
    "an expected threat of two wars": (
        lambda c: c.update(threats=[{"name": "A", "kind": "war"}, {"name": "B", "kind": "expected", "p": 0.5}]),
        "mixes the status quo and the past law",
    ),
    "a set of unknown constraints": (lambda c: c.update(sets={"x": ["floor"]}), "unknown constraint 'floor'"),
    "a term of no parameter": (
        lambda c: c.update(terms=[{"part": "fentanyl", "party": "HOM", "issue": "home_duty", "parameter": "valu"}]),
        "unknown parameter 'valu'; did you mean 'value'",
    ),
    "one side": (lambda c: c.update(parties=["HOM"]), "parties: 1 are given; a case has two to 6 different sides."),
    "no title": (lambda c: c.pop("title"), "title: is missing"),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_refused_in_one_sentence(mistake):
    change, words = REFUSED[mistake]
    with pytest.raises(DetenteError) as caught:
        parse_case(with_change(change), "toy.yaml")
    text = str(caught.value)
    assert words in text
    assert text.startswith("toy.yaml")
    assert "\n" not in text


def five_mistakes(case):
    """Of keys and of what they say, two of them in one row."""
    case["issues"][0].update(trak="x", party="HOMM")
    case["parameters"]["value"]["low"] = 2.5
    case["outcomes"]["high"]["levels"]["home_dutty"] = 1.0
    case["threats"][1]["kind"] = "past law"


def test_a_file_with_five_mistakes_gets_five_refusals():
    with pytest.raises(Faults) as caught:
        parse_case(with_change(five_mistakes), "toy.yaml")
    assert [str(fault) for fault in caught.value.faults] == [
        "toy.yaml, issues.home_duty.trak: unknown key 'trak'; did you mean 'track'?",
        "toy.yaml, threats.DP.kind: input should be 'status-quo', 'past-law', 'war', 'escalation', 'expected' or "
        "'other'; see the cases in the package.",
        "toy.yaml, parameters.value: is out of order: low 2.5, central 2, high 3; see the cases in the package.",
        "toy.yaml, issue 'home_duty': unknown party 'HOMM'; did you mean 'HOM'?",
        "toy.yaml, outcome 'high': unknown issue 'home_dutty'; did you mean 'home_duty'?",
    ]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda c: c["issues"][1]["levels"].update(lst=c["issues"][1]["levels"].pop("last")), ["unknown key 'lst'"]),
        (
            lambda c: c.update(base_law=[{"importer": "HOM", "whol": "2025-05-08"}]),
            ["base_law.0.whol: unknown key 'whol'; did you mean 'whole'?"],
        ),
        (lambda c: c["issues"][0].update(coverage="as-lw", known_on="May"), ["known_on: should be a day", "'as-law'"]),
        (lambda c: c.update(issues=3, titel=c.pop("title")), ["did you mean 'title'", "issues: should be a list"]),
        (lambda c: c["issues"][1]["levels"].update(last=float("nan")), ["should be a finite number"]),
        (lambda c: c["issues"].append("x"), ["issues.2: should be a mapping"]),
        (lambda c: c.update(weights={"choices": [{"name": 1}]}), ["name: should be a text", "date: is", "party: is"]),
    ],
)
def test_each_mistake_is_told_once(change, says):
    with pytest.raises(InputError) as caught:
        parse_case(with_change(change), "toy.yaml")
    texts = [str(fault) for fault in each_fault(caught.value)]
    assert len(texts) == len(says), texts
    assert all(word in text for word, text in zip(says, texts, strict=True)), texts


def test_a_case_is_checked_without_being_opened(detente, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("like: two-country\nname: mine\nparties: [HOM]\npower: {HOM: 1.5, FOR: 0.5}\n")
    assert detente("run", "--dry-run", "us-china-today", "us-china-2025-05:happened").out.count(" case ") == 2
    ran = detente("run", "--dry-run", str(path))
    assert ran.code == 2
    assert "parties: 1 are given" in ran.err
    path.write_text("like: mine.yaml\n".replace("mine.yaml", str(path)))
    with pytest.raises(InputError, match="like: names the file itself"):
        load_case(path)


def test_what_is_no_mapping_or_no_case_is_refused(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- 1\n")
    with pytest.raises(InputError, match="should be a mapping"):
        load_case(path)
    with pytest.raises(UnknownName, match=r"unknown case 'us-china-2025-04'; did you mean .*'us-china-2025-05'"):
        load_case("us-china-2025-04")
    with pytest.raises(UnknownName, match="unknown variant 'laspsed'; did you mean 'lapsed'"):
        load_case("us-china-today", "laspsed")
    with pytest.raises(UnknownName, match="unknown input 'us_material_loss'"):
        open_case("us-china-2025-05", us_material_loss=1.0)


def test_a_users_own_case_can_follow_one_of_the_package(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "like: us-china-2025-05:happened\nname: mine\n"
        "parameters:\n  cn_control_value: {central: -1.0}\noutcomes:\n  busan: null\n"
    )
    case, base = load_case(path), load_case("us-china-2025-05:happened")
    assert case.parameters["cn_control_value"].central == -1.0
    assert case.parameters["fentanyl_value"] == base.parameters["fentanyl_value"]
    assert set(base.outcomes) - set(case.outcomes) == {"busan"}


def shipped():
    return [(name, variant) for name in case_names() for variant in ("", *variant_names(name))]


@pytest.mark.parametrize(("name", "variant"), shipped())
def test_every_case_of_the_package_is_whole(name, variant):
    case = load_case(name, variant)
    assert len(case.threats) >= 3
    for row in case.constraints:
        assert row.source, "a constraint has its source"
        assert row.statement
    for parameter in case.parameters.values():
        assert parameter.source or parameter.spread == "none"
    for belief in case.beliefs:
        assert all(act.source for act in belief.acts)
    space = open_case(name, variant).outcome_space
    for outcome in space.named.values():
        assert (outcome >= space.lower - 1e-12).all()
        assert (outcome <= space.upper + 1e-12).all()


def test_the_day_of_a_case_is_known_before_it_is_read():
    assert dict(settled_days()) == {name: settled_case(name).on for name in case_names()}


def test_positions_of_may_are_as_recorded():
    case = open_case("us-china-2025-05:happened")
    assert case.outcome("status_quo") == pytest.approx([1.25, 0.20, 1.25, 0.9, 0.0])
    assert case.outcome("geneva") == pytest.approx([0.10, 0.20, 0.10, 0.0, 0.0])
    space = case.outcome_space
    tabled = space.feasible(np.stack([case.outcome("geneva"), case.outcome("china_demand_all")]), "as tabled")
    assert tabled.tolist() == [True, False]
    assert space.feasible(case.outcome("busan")[None], "as tabled")[0]
    rates = {act.name: act.rate for act in case.file.outside_acts}
    assert 2.0 < rates["new export controls"] < 4.0


def test_ways_of_giving_a_level_agree():
    low, high = (open_case("us-china-2025-05", re_withheld=r) for r in (0.6, 1.0))
    assert low.outcome("status_quo")[3] == 0.6
    assert high.outcome("status_quo")[3] == 1.0
