"""A claim quantity is one entry of a file: one more is written, read, computed, judged and listed like the others."""

import sys
from datetime import date
from types import SimpleNamespace

import pytest

from detente.codes import InputError
from detente.lab.claims import measurand
from detente.lab.claims.check import check
from detente.lab.claims.measurand import Measured, function, quantities
from detente.lab.claims.words import quantities_table

PORTS = """number_of_ports:
  what: number of ports
  units: [count]
  tolerance: 0.05
  relative: true
  effect: true
  narrowed_by: [partner]
  needs: {value: refused, partner: asked}
  uses: [of]
  kinds: ['', all, busy]
  readings: [{name: all, label: every port}, {name: busy, label: busy ports, of: busy}]
  compute: ports.counted
"""
SAID = "- {{claim_id: mine, quote: q, said: 2025-05-09, kind: measurement, quantity: {{{0}}}, open: true}}\n"
DAY = date(2026, 7, 23)


def counted(basis, row, reading, as_of):
    return Measured({"all": 300.0, "busy": 100.0}[reading.of or "all"], inputs=("ports",), known=as_of)


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """Puts a file of quantities in the place of that of the package."""

    def one(text):
        (tmp_path / "quantities.yaml").write_text(text, encoding="utf-8")
        measurand._quantities_of.cache_clear()
        monkeypatch.setattr(measurand, "FILE", tmp_path / "quantities.yaml")
        monkeypatch.setitem(sys.modules, "detente.lab.claims.ports", SimpleNamespace(counted=counted))

    return one


@pytest.fixture
def judged(tmp_path):
    def one(quantity):
        path = tmp_path / "claims.yaml"
        path.write_text(SAID.format(quantity), encoding="utf-8")
        return check(path, as_of=DAY, draws=0)[0]

    return one


def test_a_new_quantity_is_one_entry(declared, judged):
    declared(PORTS)
    found = judged("name: number_of_ports, value: 290, partner: USA")
    assert str(found.verdict) == "depends on definition"
    assert (found.value, found.holds_under, found.fails_under) == (300.0, ("every port",), ("busy ports",))
    asked = judged("name: number_of_ports, value: 290")
    assert "names no country for number of ports" in asked.explanation
    listed = quantities_table()
    assert listed["quantity"].tolist() == ["number_of_ports"] * 2
    assert listed["role"].tolist() == ["default", "other"]


REFUSED = {
    "name: number_of_port, value: 290": "did you mean 'number_of_ports'",
    "name: number_of_ports, value: 290, unit: percent": "number of ports is not given in percent; say unit: count",
    "name: number_of_ports, value: 290, market: HSI": "'market' has no meaning for number of ports",
}


@pytest.mark.parametrize(("quantity", "words"), REFUSED.items())
def test_what_does_not_fit_a_new_quantity_is_refused(declared, judged, quantity, words):
    declared(PORTS)
    with pytest.raises(InputError) as refused:
        judged(quantity)
    assert words in str(refused.value)


BROKEN = {
    "nothing": ("3", "give a mapping of names to values"),
    "unit": (PORTS.replace("[count]", "[counts]"), "unknown unit 'counts'; did you mean 'count'"),
    "key": (PORTS.replace("uses: [of]", "uses: [of, ofs]"), "unknown key 'ofs'; did you mean 'of'"),
    "reading": (PORTS[: PORTS.index("readings:")] + "readings: []", "is empty; give one or more"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_an_entry_that_cannot_be_read_names_its_place(declared, text, words):
    declared(text)
    with pytest.raises(InputError) as refused:
        quantities()
    assert "quantities.yaml" in str(refused.value)
    assert words in str(refused.value)


def test_every_function_that_a_quantity_names_is_there():
    """Nothing that computes is loaded before it is asked for, so a name is no sooner looked up."""
    for name, own in quantities().items():
        named = [own.compute, own.fitting, own.beside, own.check, own.comparator, own.unless_said]
        for each in (each for each in named if "." in each):
            assert callable(function(each)), (name, each)
        assert own.compute or own.unmodelled
