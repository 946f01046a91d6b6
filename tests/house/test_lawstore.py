"""Stored laws: each is what its lawbook says, and counts only as long as the lawbook stays as it was."""

import shutil

import pytest

from detente.data import lawstore
from detente.data.importers import importer
from detente.data.lawbook import read_layer
from detente.data.lawstore import STORED, stored_law, stored_path, to_store


@pytest.mark.parametrize("name", STORED)
def test_a_stored_law_is_what_its_lawbook_says(name):
    where = importer(name.upper())
    law = stored_law(where.lawbook)
    assert law is not None, "run tools/build_laws.py"
    assert law == read_layer(where.lawbook, where.iso3, where.countries), "run tools/build_laws.py"


def test_a_law_whose_lawbook_has_changed_is_not_taken(tmp_path, monkeypatch):
    where = importer("CHN")
    law = stored_law(where.lawbook)
    for name in ("lawbooks/chn", "tables", "laws"):
        (tmp_path / name).mkdir(parents=True)
    root = shutil.copytree(where.lawbook, tmp_path / "lawbooks" / "chn", dirs_exist_ok=True)
    for name in lawstore.NAMES:
        shutil.copy(lawstore.package_folder() / name, tmp_path / name)
    monkeypatch.setattr(lawstore, "package_folder", lambda: tmp_path)
    assert stored_law(root) is None
    stored_path(root).write_bytes(to_store(law, root))
    assert stored_law(root) == law
    (root / "cases.yaml").write_text("[]")
    assert stored_law(root) == law
    (root / "stacking.yaml").write_text("[]")
    assert stored_law(root) is None
    stored_path(root).write_bytes(lawstore.digest(root) + b"of another version")
    assert stored_law(root) is None
