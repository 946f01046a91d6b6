"""Keys of a case file: each is documented, each example is accepted, and page and command say the same."""

from pathlib import Path
from typing import Annotated, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

import detente as dt
from detente.data.caserows import CaseFile, case_rows
from detente.data.models import keys_of
from detente.data.yamlfile import parse_yaml

ROOT = Path(__file__).resolve().parents[2]
ROWS = case_rows()


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
    import tomllib

    register = tomllib.loads((ROOT / "src/detente/data/casekeys.toml").read_text(encoding="utf-8"))
    assert {row.kind for row in ROWS} == rows_in(CaseFile)
    for row in ROWS:
        assert set(register[row.kind.__name__]["keys"]) == {*keys_of(row.kind)}


def test_the_list_of_keys_is_shown():
    assert len(dt.data_show("case.schema")) > 170
