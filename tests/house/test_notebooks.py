"""The tutorial notebooks are executed: what is stored is what the program prints today.

Words, dates and counts must be equal; a number with decimals may differ by one in its last digit, and one below a
millionth (what is left of an equation) need only stay below it, since they differ between libraries of linear algebra.
"""

import re
from functools import cache
from pathlib import Path

import pytest

pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

import nbformat
import numpy as np

import notebooks as tool
from detente.codes import Column, Table, Unit
from rows import rows_of

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "notebooks"
NAMES = ["economy", "python", "rates", "talks"]
WRITTEN = ("text/plain", "text/html", "text/markdown")
NUMBER = re.compile(r"(?<![\w.])[-+\u2212]?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?")
KEY = re.compile(r"\b[0-9a-f]{12}\b")
RULE = re.compile(r"-{3,}")
"""Rules under heads are as long as numbers are wide; so are runs of spaces, which `same` leaves out."""

TINY = 1e-6


def stored(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", 4)


@pytest.fixture(scope="module")
def fresh():
    return cache(lambda name: tool.all_built([name])[name])


def unit(text):
    """One in the last digit printed."""
    digits, _, power = text.partition("e")
    return 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))


def value(text):
    return float(text.replace(",", "").replace("\u2212", "-"))


def same(old, new):
    """Whether two texts say the same; keys of results stand for versions of data and are left out."""
    old, new = (KEY.sub("KEY", text) for text in (old, new))
    words = [" ".join(NUMBER.sub("#", RULE.sub("---", text)).split()) for text in (old, new)]
    if words[0] != words[1]:
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(near(a, b) for a, b in pairs)


def near(a, b):
    one, other = value(a), value(b)
    if "e" in a and "e" in b and max(abs(one), abs(other)) < TINY:
        return True
    if all(text.isdigit() for text in (a, b)):
        return one == other
    return abs(one - other) <= 1.001 * max(unit(a), unit(b))


def written(output):
    """What an output says in words, by kind."""
    if output["output_type"] == "stream":
        return {output["name"]: output["text"]}
    return {kind: text for kind, text in output["data"].items() if kind in WRITTEN}


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


@pytest.mark.sampled(6)
@pytest.mark.parametrize("page", [tool.PAGES / f"{name}.md" for name in NAMES], ids=NAMES)
def test_a_notebook_shows_what_the_program_prints(page, fresh):
    name = page.stem
    for old, new in zip(code_cells(stored(name)), code_cells(fresh(name)), strict=True):
        kinds = [[sorted(o.get("data", {"stream": 0})) for o in cell["outputs"]] for cell in (old, new)]
        assert kinds[0] == kinds[1], f"{name}: {old['source']}"
        for before, after in zip(old["outputs"], new["outputs"], strict=True):
            for kind, text in written(before).items():
                now = written(after)[kind]
                assert same(text, now), (
                    f"{name}, after a change run python tools/notebooks.py {name}\n"
                    f"cell:\n{old['source']}\nstored {kind}:\n{text}\nnow:\n{now}"
                )


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_its_page_every_cell_of_it_worked_and_nothing_changes_from_run_to_run(name):
    notebook, wanted = stored(name), tool.notebook_of((tool.PAGES / f"{name}.md").read_text(encoding="utf-8"), name)
    assert [(c["source"], c["id"]) for c in wanted["cells"]] == [(c["source"], c["id"]) for c in notebook["cells"]]
    assert not [o for cell in code_cells(notebook) for o in cell["outputs"] if o["output_type"] == "error"]
    links = re.findall(
        r"\]\(([^)\s]+)\)", "\n".join(c["source"] for c in notebook["cells"] if c["cell_type"] == "markdown")
    )
    assert links
    assert not [link for link in links if not (FOLDER / link).exists()]
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    assert text == tool.written(tool.plain(notebook))
    assert not re.search(r"\b0x[0-9a-f]{6,}|/tmp/|/home/|/work/|site-packages", text)
    nbformat.validate(notebook)


def test_all_pages_are_built_and_named_on_the_index_page():
    assert tool.names() == sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES
    index = (ROOT / "docs" / "notebooks.md").read_text(encoding="utf-8")
    assert all(f"notebooks/{name}.ipynb" in index for name in NAMES)


@pytest.mark.parametrize(("old", "new", "equal"), LISTED["the_comparison_tells_a_change_from_rounding"])
def test_the_comparison_tells_a_change_from_rounding(old, new, equal):
    assert same(old, new) is equal


def test_a_table_says_the_same_in_a_notebook_and_in_a_terminal():
    columns = (
        Column("good", Unit.TEXT, "what is <taxed>"),
        Column("rate", Unit.SHARE, "duty"),
        Column("low", Unit.SHARE, "5th percentile"),
    )
    data = {"good": np.asarray(["a < b", "x" * 80]), "rate": np.asarray([0.125, 1.45]), "low": np.full(2, np.nan)}
    empty = Table("t", "Nothing", columns[1:2], {"rate": np.zeros(0)})
    assert all("rate, %" in text for text in empty._repr_mimebundle_().values())
    shown = Table("t", "Duties & more", columns, data, ("2024 weights",))._repr_mimebundle_()
    for cell in ("12.50", "145.00", "rate, %", "2024 weights"):
        assert all(cell in text for text in shown.values())
    assert "low" not in shown["text/plain"]
    assert "<th" in shown["text/html"]
    assert ">low" not in shown["text/html"], "a column without a value is left out"
    assert "a &lt; b" in shown["text/html"]
    assert "a < b" in shown["text/plain"]
    assert max(map(len, shown["text/plain"].splitlines())) < 80, "long cells are cut in a terminal"
