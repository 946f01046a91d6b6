"""What a case file may not say, and what the cases of the package must say."""

import numpy as np
import pytest

from detente.codes import InputError, UnknownName
from detente.data.casefile import case_names, load_case, settled_case, settled_days, variant_names
from detente.lab.talks.case import open_case


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
