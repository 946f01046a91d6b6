"""Lawbooks of other importers: complete, with cases that their measures meet, whatever schedule lies beside them."""

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import Axis, InputError
from detente.data.importerfile import lawbooks
from detente.data.importers import check_overrides
from detente.data.lawbook import read_lawbook
from detente.data.library import package_folder
from detente.data.minimumfile import least_of
from detente.data.recordfile import read_record
from detente.data.tables import countries
from detente.data.yamlfile import read_yaml
from detente.lab.statute.book import cases
from detente.law import PartnerColumn, Shares, build_space, schedule_on
from detente.law.aspects import PREFERENCE, prefix_shares
from detente.law.law import check_record
from detente.law.measure import MeasureKind, Status
from detente.law.minimum import flat_duty, with_flat_duty, with_minimum_prices

BOOKS = package_folder() / "lawbooks"
OTHERS = sorted(path.parent.name for path in BOOKS.glob("*/stacking.yaml") if path.parent.name not in ("usa", "chn"))


def law_of(name):
    law = read_lawbook(BOOKS / name, name.upper(), countries())
    return replace(law, record=read_record(BOOKS / name, countries()))


def answer(law, case):
    """Ladder of a case on its line alone, with the base duty that the case says."""
    if "value" in case:
        amount, unit = str(case.get("quantity", "1 each")).split()
        amounts = {"kg": 1e3 * float(amount)} if unit == "t" else {"each": 1.0}
        value = case["value"]
        small = flat_duty(law, [case["line"]], case["partner"], case["on"], value, case.get("set") or {})
        law = with_flat_duty(law, *small, value, 1.0) if small else with_minimum_prices(law, value, amounts)
    lines = Axis.of("line", [case["line"]])
    given = check_overrides(law, case.get("set") or {})
    shares = {}
    for aspect in law.aspects.values():
        if aspect.id != PREFERENCE:
            default = prefix_shares(lines, aspect.line, aspect.line_by_prefix)
            shares[aspect.id] = np.full((1, 1), given[aspect.id]) if aspect.id in given else default[None, :]
    column = PartnerColumn(case["partner"], bool(case.get("claim")), "base")
    space = build_space(law, lines, [column], Shares(lines, shares), {"base": np.array([case["base"]])})
    return schedule_on(space, case["on"], record=True).ladder(0, 0)


@pytest.mark.parametrize("name", OTHERS)
def test_measures_give_what_the_cases_say(name):
    law = law_of(name)
    check_record(law)
    written = read_yaml(BOOKS / name / "cases.yaml")
    assert len({case["id"] for case in written}) == len(written)
    for case in written:
        ladder = answer(law, case)
        owed = {authority: points for authority, points in ladder.by_authority().items() if points}
        assert owed == pytest.approx(case["authorities"]), (name, case["id"])
        assert ladder.total == pytest.approx(case["total"]), (name, case["id"])


@pytest.mark.parametrize("name", OTHERS)
def test_every_duty_in_force_has_a_case(name):
    law = law_of(name)
    named = {
        law.by_id[term.measure].source
        for case in read_yaml(BOOKS / name / "cases.yaml")
        for term in answer(law, case).terms
        if term.points
    }
    # A file that has one duty for each rate of its list is one act.
    duties = {m.source for m in law.measures if m.kind is MeasureKind.DUTY and m.status is Status.IN_FORCE}
    assert duties <= named


HELD = [code for code, folder in lawbooks().items() if code not in ("USA", "CHN") and (folder / "cases.yaml").exists()]


@pytest.mark.parametrize("name", HELD)
def test_cases_hold_on_the_base_duties_at_hand(name):
    for case in cases(name):
        duty = case.answer(name)
        assert duty.total == pytest.approx(case.total), (name, case.id)
        assert duty.main.base == pytest.approx(case.base), (name, case.id)


def test_a_least_duty_stands_beside_a_rate():
    price = least_of({"rate": "25%", "least": "6000 USD/each"}, MeasureKind.DUTY, "here")
    assert price is not None
    assert price.duty(10000.0, 2.0) == 12000.0
    for keys, kind in (
        ({"least": "6000 USD/each"}, MeasureKind.DUTY),
        ({"rate": "25%", "least": "6000 EUR/each"}, MeasureKind.DUTY),
        ({"rate": "25%", "least": "6000 USD/each"}, MeasureKind.EXEMPTION),
    ):
        with pytest.raises(InputError, match="least amount of a duty"):
            least_of(keys, kind, "here")
