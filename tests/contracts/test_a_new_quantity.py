"""A claim quantity is one file: one more in a folder is written, read, computed, judged and listed like the others."""

import ast
import sys
from datetime import date
from pathlib import Path

import pytest

from detente.codes import InputError
from detente.lab.claims import quantities
from detente.lab.claims.check import check
from detente.lab.claims.measurand import Elsewhere
from detente.lab.claims.words import quantities_table

HEAD = """
from detente.lab.claims.measurand import Measurand, Measured, partner, refused
from detente.lab.claims.rows import ReadingRow
"""
PORTS = f"""{HEAD}
def compute(basis, row, reading, as_of):
    return Measured({{"all": 300.0, "busy": 100.0}}[reading.of or "all"], inputs=("ports",), known=as_of)

QUANTITY = Measurand(
    what="number of ports", units=("count",), tolerance=0.05, relative=True, effect=True, narrowed_by=("partner",),
    needs={{"value": refused, "partner": partner}}, uses=("of",), kinds=("", "all", "busy"), compute=compute,
    readings=(ReadingRow(name="all", label="every port"), ReadingRow(name="busy", label="busy ports", of="busy")),
)
"""
SAID = "- {{claim_id: mine, quote: q, said: 2025-05-09, kind: measurement, quantity: {{{0}}}, open: true}}\n"
DAY = date(2026, 7, 23)


@pytest.fixture
def declared(tmp_path, monkeypatch):
    """Adds a file to what claims can be about."""
    names = []

    def add(name, text):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        names.append(f"{quantities.__name__}.{name}")
        monkeypatch.setattr(quantities, "__path__", [*quantities.__path__, str(tmp_path)])

    yield add
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def judged(tmp_path):
    def one(quantity):
        path = tmp_path / "claims.yaml"
        path.write_text(SAID.format(quantity), encoding="utf-8")
        return check(path, as_of=DAY, draws=0)[0]

    return one


def test_a_new_quantity_is_one_file(declared, judged):
    declared("number_of_ports", PORTS)
    found = judged("name: number_of_ports, value: 290, partner: USA")
    assert str(found.verdict) == "depends on definition"
    assert (found.value, found.holds_under, found.fails_under) == (300.0, ("every port",), ("busy ports",))
    asked = judged("name: number_of_ports, value: 290")
    assert "names no country for number of ports" in asked.explanation
    listed = quantities_table()
    assert listed["quantity"].tolist()[-2:] == ["number_of_ports"] * 2
    assert listed["role"].tolist()[-2:] == ["default", "other"]


def test_what_does_not_fit_a_new_quantity_is_refused(declared, judged):
    declared("number_of_piers", PORTS)
    refusals = {
        "name: number_of_pier, value: 290": "did you mean 'number_of_piers'",
        "name: number_of_piers, value: 290, unit: percent": "number of piers is not given in percent; say unit: count",
        "name: number_of_piers, value: 290, market: HSI": "'market' has no meaning for number of piers",
    }
    for quantity, words in refusals.items():
        with pytest.raises(InputError) as refused:
            judged(quantity)
        assert words in str(refused.value)


BROKEN = {
    "nothing": ("QUANTITY = 3", "declares no quantity; write QUANTITY = Measurand(...)"),
    "unit": (PORTS.replace('"count"', '"counts"'), "unknown unit 'counts'; did you mean 'count'"),
    "key": (PORTS.replace('("of",)', '("off",)'), "unknown key 'off'"),
    "reading": (PORTS[: PORTS.index("readings=")] + "readings=())", "has no unit or no reading"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_a_declaration_that_cannot_be_read_names_its_file(declared, request, text, words):
    name = f"broken_{request.node.callspec.id}"
    declared(name, text)
    with pytest.raises(InputError) as refused:
        quantities.quantities()
    assert f"{name}.py" in str(refused.value)
    assert words in str(refused.value)


LIGHT = {
    *(f"detente.lab.claims.{name}" for name in ("measurand", "rows", "vocabulary")),
    "detente.codes", "detente.data.days", "detente.data.evidence_tables", "detente.data.library", "detente.data.tables",
    "detente.evidence",
    "detente.evidence.verdicts", "numpy", "csv", "datetime", "__future__",
}  # fmt: skip


def test_declarations_load_nothing_heavy():
    """Every claim that is read reads them all: what computes is imported when it is asked."""
    for path in sorted(Path(quantities.__file__).parent.glob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
        found |= {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
        assert found <= LIGHT, f"{path.name}: {found - LIGHT}"


def test_what_lies_elsewhere_is_there():
    computations = [quantity.compute for quantity in quantities.quantities().values()]
    elsewhere = [compute for compute in computations if isinstance(compute, Elsewhere)]
    assert elsewhere
    assert all(callable(compute.computed) for compute in elsewhere)


def test_the_shipped_quantities_are_those_of_the_folder():
    names = {path.stem for path in Path(quantities.__file__).parent.glob("[a-z]*.py")}
    assert set(quantities.quantities()) == names
