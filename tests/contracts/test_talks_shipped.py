"""Talks of the record: as known on their day, and apart from it what came."""

from datetime import timedelta
from math import prod

import pytest

from detente.data.casefile import HAPPENED, case_names, check_known, last_known, load_case, variant_names
from detente.data.dealrecord import deals
from detente.data.library import package_folder
from detente.data.surface_tables import key_of, stored
from detente.lab.talks.case import Case, open_case
from detente.lab.talks.materials import controls_of
from detente.lab.talks.near import of_both_sides
from detente.lab.talks.stored import law_content
from detente.lab.talks.talk import open_talk

MADE = [name for name in case_names() if load_case(name).as_known and not of_both_sides(name)]
BROKE = {"us-brazil-2025-07", "us-canada-2025-07", "us-canada-2026-08", "us-india-2025-07", "us-switzerland-2025-07",
         "usmca-review-2026"}  # fmt: skip
"""Talks that ended without terms."""


def test_the_talks_of_the_record_are_here():
    assert len(MADE) == 15
    assert {name for name in MADE if not load_case(name, HAPPENED).signed} == BROKE


@pytest.mark.parametrize("name", MADE)
def test_a_case_holds_nothing_later_and_what_came_stands_apart(name):
    case, came = load_case(name), load_case(name, HAPPENED)
    assert last_known(case) == case.as_known == case.on - timedelta(1)
    check_known(case, case.as_known)
    (new,) = {*came.outcomes} - {*case.outcomes}
    assert not case.signed
    assert came.signed in (new, "")
    assert came.outcomes[new].known_on >= case.on
    assert variant_names(name) == (HAPPENED,)
    assert f"as known on {case.as_known:%-d %B %Y}" in case.title
    assert "as known on" not in came.title
    assert case.as_known.isoformat()[:7] in name or name == "usmca-review-2026"


@pytest.mark.parametrize("name", MADE)
def test_it_is_short_and_small(name):
    path = package_folder() / "cases" / f"{name}.yaml"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 110
    counts = [len(row.listed()) for row in load_case(name).issues]
    assert max(counts) <= 6
    assert len(load_case(name).parties) > 2 or prod(counts) <= 20_000


def test_no_case_names_the_bargain_that_it_led_to():
    announced = {row["id"]: row["announced"] for row in deals()}
    for name in MADE:
        text = (package_folder() / "cases" / f"{name}.yaml").read_text(encoding="utf-8")
        assert not [id_ for id_, day in announced.items() if f"({id_})" in text and day > str(load_case(name).as_known)]
        assert "14334" not in text or load_case(name).as_known.isoformat() > "2025-08-10"


def test_a_chain_gives_losses_of_materials_alone():
    rows = controls_of(open_case("us-china-london-2025-06", check=False))
    assert [(row.part, row.party) for row in rows] == [("materials", "USA")]


@pytest.mark.parametrize("variant", ["", HAPPENED])
@pytest.mark.parametrize("name", MADE)
def test_what_it_needs_of_solves_is_stored(name, variant):
    """Duties, surfaces with the base duty counted in or not, and lines of choices: else `tools/build_surfaces.py`."""
    case = Case(load_case(name, variant))
    for short in (False, True):
        for switched in (True, False)[: 1 + bool(case.switch)]:
            assert stored(key_of("law", law_content(case.file, 1.0, switched=switched)))
            assert stored(key_of("surface", case.content(short=short, switched=switched)))
        assert not case.file.weights.choices or stored(key_of("lines", case.lines_content(short=short)))


def test_terms_that_count_the_base_duty_in_are_told_so():
    """The EU's, Japan's and Switzerland's; Korea's 15 of July 2025 came on top."""
    cases = {name: load_case(name, HAPPENED) for name in MADE}
    signed = {name: case.outcomes[case.signed].levels for name, case in cases.items() if case.signed}
    counted = {name for name, levels in signed.items() if levels.get("us_in_all")}
    assert counted == {"us-eu-2025-07", "us-japan-2025-07", "us-switzerland-2025-11"}
    assert all(0.15 in signed[name].values() for name in counted)


def test_room_is_reached_where_the_best_of_the_grid_leads_nowhere():
    """Japan's terms in the short run: from the best acceptable level of the grid a programme ends beyond the floor."""
    talk = open_talk("us-japan-2025-07:happened", horizons=["short"], check=False)
    (setting,) = talk.settings
    ground = talk.ground(setting, talk.negotiation(setting).threat("past_law"), "free")
    assert bool(ground.empty) == (ground.room <= 0.0).all()
