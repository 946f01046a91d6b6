"""Keys of a case file: each is documented, each example is accepted, and page, schema and command say the same."""

import importlib.util
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import TypeAdapter

import detente as dt
from detente.codes import UnknownName
from detente.data.caserows import case_rows, case_schema, chosen_rows, keys_table, kinds
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


def test_the_register_has_no_key_that_no_row_has():
    import tomllib

    register = tomllib.loads((ROOT / "src/detente/data/casekeys.toml").read_text(encoding="utf-8"))
    assert set(register) == {kind.__name__ for kind in kinds()}
    for kind in kinds():
        assert set(register[kind.__name__]["keys"]) == {*keys_of(kind)}


def test_the_schema_has_a_meaning_and_an_example_of_every_key():
    schema = case_schema()
    for row in ROWS:
        content = schema["$defs"].get(row.kind.__name__, schema)
        assert set(content["properties"]) == {key.name for key in row.keys}
        assert all(known["examples"] and known["description"] for known in content["properties"].values())
    assert {"required": ["like"]} in schema["anyOf"]


def test_rows_and_keys_are_found_by_name():
    assert [row.kind.__name__ for row in chosen_rows("threats")] == ["ThreatRow"]
    (row, *others) = chosen_rows("known_on")
    assert [key.name for key in row.keys] == ["known_on"]
    assert len(others) > 5
    assert "issues[].levels" in keys_table("issues")["key"].tolist()
    with pytest.raises(UnknownName, match="did you mean 'coverage'"):
        chosen_rows("coverge")


def test_the_list_of_keys_is_shown():
    assert len(dt.data_show("case.schema")) > 170


def test_the_page_is_what_the_register_says():
    where = importlib.util.spec_from_file_location("write_case_keys", ROOT / "tools" / "write_case_keys.py")
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.page(), "write it again with tools/write_case_keys.py"
