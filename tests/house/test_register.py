"""The register of result tables is complete, used and sound, and the page of tables follows from it."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from detente.codes import InputError, Unit, UnknownName, declared_columns, table_of, table_with
from detente.codes.declared import KINDS, declared_texts, find_table, subject_tables
from detente.lab.parts import PARTS
from rows import rows_of

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "detente"
FOLDER = SRC / "codes" / "tables"
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "shared")
CODE = {path.relative_to(SRC).as_posix(): path.read_text(encoding="utf-8") for path in SRC.rglob("*.py")}
KEY = re.compile(r'\b(?:table_of|table_with|declared_columns|billions|_table)\(\s*f?"([\w-]+\.[\w{}-]+)"')
MADE = re.compile(r"(?<![\w.])Column\(")
MAKERS = LISTED["makers"]
"""Modules that make columns, and of what."""


def asked_for() -> set[str]:
    """Keys of tables in the code; `{...}` stands for any name."""
    return {key for text in CODE.values() for key in KEY.findall(text)}


def test_every_table_asked_for_or_of_a_part_is_in_the_register_and_none_is_unused():
    plain = [key for key in asked_for() if "{" not in key]
    assert len(plain) > 100
    for key in plain:
        assert find_table(key).columns
    for part in PARTS:
        for name in part.tables:
            declared = find_table(f"{part.name}.{name}")
            assert declared.name in (name, "{by}"), declared.key
    keys = asked_for()
    whole = {key.split(".")[0] for key in keys if "{" in key}
    parts = {f"{part.name}.{name}" for part in PARTS for name in part.tables}
    every = {declared.key for subject in SUBJECTS for declared in subject_tables(subject).values()}
    assert not {key for key in every - keys - parts if key.split(".")[0] not in whole}


def test_no_shared_column_is_unused():
    texts = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml")}
    code = "".join(CODE.values())
    for subject, text in texts.items():
        head = text if subject == "shared" else re.findall(r"^\[shared\]\n(.*?)^\[", text, re.M | re.S)
        names = re.findall(r"^(\w+) = \[", "".join(head), re.M)
        lists = "".join(texts.values()) if subject == "shared" else text
        unused = [
            name
            for name in names
            if not re.search(rf'(?:^  |[\[ ])"{name}"[,\]]', lists, re.M) and f'declared_column("{name}")' not in code
        ]
        assert not unused, subject


@pytest.mark.parametrize("subject", SUBJECTS)
def test_tables_are_sound(subject):
    for declared in subject_tables(subject).values():
        names = [column.name for column in declared.columns]
        assert len(set(names)) == len(names), declared.key
        assert declared.title, declared.key
        for column in declared.columns:
            where = f"{declared.key}: {column.name}"
            assert column.unit in (*Unit, "{unit}", "{difference}"), where
            assert column.given in (*KINDS, ""), where
            assert column.description == column.description.strip(), where
            assert column.description, where


def test_columns_are_made_by_the_register_alone_once_for_each_value_and_typed_without_rows():
    assert {path for path, text in CODE.items() if MADE.search(text)} == set(MAKERS)
    columns = declared_columns("world.concessions", party=["USA", "CHN"])
    assert [c.name for c in columns][4:] == ["usa", "chn", "others"]
    assert columns[4].description == "worth to USA of one point more, a year"
    delay = declared_columns("case.delay", party=["USA", "CHN"], part=["income", "revenue"])
    assert [c.name for c in delay][-4:] == ["usa_income", "usa_revenue", "chn_income", "chn_revenue"]
    table = table_of("sweep.solves", [])
    assert {name: values.dtype.kind for name, values in table.data.items()} == {
        "residual": "f", "walras": "f", "iterations": "i", "method": "U",
    }  # fmt: skip
    first, other = find_table("deal.deal_duties"), find_table("talks.deal_days")
    assert other.columns == first.columns
    assert (other.name, other.title) == ("deal_days", "What each side gains during the days of the deal")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: table_of("sweep.solve", []), UnknownName, "did you mean 'solves'?"),
        (lambda: table_of("sweeps.solves", []), UnknownName, "unknown subject of tables 'sweeps'"),
        (lambda: table_of("sweep.solves", [(1.0, 1.0)]), InputError, "rows of 2 values, 4 columns"),
        (lambda: table_with("sweep.solves", {"residual": np.zeros(1)}), InputError, "columns and data differ"),
        (lambda: table_of("averages.range", [], on="2025-04-02"), InputError, "the register asks for 'draws'"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(call, error, words):
    with pytest.raises(error, match=re.escape(words)):
        call()


def test_texts_of_rows_are_those_that_the_code_names():
    rows = tomllib.loads((FOLDER / "deal.toml").read_text(encoding="utf-8"))["texts"]
    code = CODE["lab/deal/numbers.py"]
    assert [name for name in rows if f'"{name}"' not in code] == []
    with pytest.raises(UnknownName, match=r"unknown row 'us_averag'; did you mean 'average'"):
        declared_texts("deal", "us_averag")
    filled = declared_texts("deal", "average", country="x", imports="imports of 2024")
    assert filled["definition"].endswith("all imports of 2024")
