"""What is stored ready to use: each is what its files say, and counts only as long as they stay as they were."""

import pickle
import shutil

import pytest

from build_laws import to_keep
from detente.data import library as stores
from detente.data import tables
from detente.data.importerfile import read_importer
from detente.data.importers import importer, read_law, read_shares
from detente.data.lawbook import programmes_of
from detente.data.library import find, package_folder


@pytest.mark.parametrize("name", stores.STORED)
def test_a_stored_law_is_what_its_lawbook_says(name):
    where = importer(name.upper())
    stored = stores.stored_law(where.lawbook)
    assert stored is not None, "run tools/build_laws.py"
    assert stored.law == read_law(where.lawbook, where.iso3), "run tools/build_laws.py"
    file = read_importer(where.lawbook)
    assert (where.file, stored.programmes) == (file, programmes_of(file))
    assert all(shares == read_shares(where.lawbook / table, table) for table, shares in stored.shares.items())


def test_names_and_tables_are_stored_as_they_are_read():
    known = stores.kept("countries", stores.digest_of(*(package_folder() / name for name in stores.NAMES)))
    assert known is not None, "run tools/build_laws.py"
    assert known == tables.read_countries()
    for name, columns in [(name, columns) for name, several in stores.ARRAYS.items() for columns in several]:
        held = stores.kept_table(name, find(name).sha256)["arrays"][columns]
        read = tables.columns_of(tables.read(name, list(columns) if columns else None))
        assert held.keys() == read.keys()
        for column, values in read.items():
            assert held[column].dtype == values.dtype
            assert pickle.dumps(held[column].tolist()) == pickle.dumps(values.tolist()), (name, column)
    for name, columns in stores.ROWS.items():
        for code, *row in tables.read(name, ["code", *columns]).rows()[::97]:
            assert stores.kept_row(name, find(name).sha256, code) == tuple(row)
        assert stores.kept_row(name, "00" * 32, "8507600010") is None


def test_a_law_whose_lawbook_has_changed_is_not_taken(tmp_path, monkeypatch):
    where = importer("CHN")
    stored = stores.stored_law(where.lawbook)
    for name in ("lawbooks/chn", "tables", "laws"):
        (tmp_path / name).mkdir(parents=True)
    root = shutil.copytree(where.lawbook, tmp_path / "lawbooks" / "chn", dirs_exist_ok=True)
    for name in stores.NAMES:
        shutil.copy(package_folder() / name, tmp_path / name)
    monkeypatch.setattr(stores, "package_folder", lambda: tmp_path)
    assert stores.stored_law(root) is None
    stores.kept_path("chn").write_bytes(to_keep(stored, stores.digest(root)))
    assert stores.stored_law(root).law == stored.law
    (root / "cases.yaml").write_text("[]")
    assert stores.stored_law(root) is not None
    (root / "stacking.yaml").write_text("[]")
    assert stores.stored_law(root) is None
    stores.kept_path("chn").write_bytes(stores.digest(root) + b"of another version")
    assert stores.stored_law(root) is None
