"""Every embedded file is in the catalogue with its publisher, terms and hash, and the whole stays small."""

import hashlib
import tomllib
from pathlib import Path

import polars as pl
import pytest

from detente.data.library import hashes_within

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src" / "detente" / "data"
KINDS = tomllib.loads((DATA / "catalogue.toml").read_text(encoding="utf-8"))
ENTRIES = {entry["name"]: (kind, entry) for kind, entries in KINDS.items() for entry in entries}
FACTS = ("title", "publisher", "licence", "vintage", "unit", "notes", "built_by", "sha256", "columns")
TERMS = ("non-commercial", "-nc", "unknown", "no licence", "gpl")
LARGEST = 25_000_000
FILES = {
    "table": {path.stem: path for path in (DATA / "tables").iterdir()},
    "schedule": {f"{path.parent.name}_{path.stem}": path for path in (DATA / "lawbooks").rglob("*.parquet")},
    "world": {path.stem: path for path in (DATA / "worlds").glob("*.npz")},
    "surface": {path.stem: path for path in (DATA / "surfaces").iterdir()},
}


@pytest.mark.parametrize("kind", KINDS)
def test_catalogue_and_folders_hold_the_same(kind):
    assert {entry["name"] for entry in KINDS[kind]} == set(FILES[kind])
    assert {path.suffix for path in FILES[kind].values()} == {".npz" if kind in ("world", "surface") else ".parquet"}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_says_whose_figures_these_are_on_what_terms_and_has_their_hash(name):
    kind, entry = ENTRIES[name]
    path, terms = FILES[kind][name], entry["licence"]
    assert not [fact for fact in FACTS if not entry.get(fact)]
    if kind in ("world", "surface") or any(word in terms for word in ("CC BY", "Etalab", "cite", "citation")):
        assert entry.get("notice"), f"{name}: terms '{terms}' ask for a notice"
    assert not [word for word in TERMS if word in terms.lower()]
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ROOT / entry["built_by"]).is_file()
    assert all(entry["columns"].values())
    if path.suffix == ".parquet":
        assert list(pl.read_parquet_schema(path)) == list(entry["columns"])


def test_embedded_data_stays_under_25_megabytes_and_its_tables_under_12():
    assert sum(path.stat().st_size for path in FILES["table"].values()) < 12 * 2**20
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file() and path.suffix != ".pyc") < LARGEST


def test_files_of_a_folder_are_known_by_what_is_in_them(tmp_path):
    (tmp_path / "within").mkdir()
    for name, text in (("a.yaml", "one"), ("within/b.csv", "two"), ("c.txt", "three")):
        (tmp_path / name).write_text(text, "utf-8")
    hashes = {name: hashlib.sha256(text).hexdigest() for name, text in (("a.yaml", b"one"), ("within/b.csv", b"two"))}
    assert hashes_within(tmp_path, (".yaml", ".csv")) == hashes
    (tmp_path / "a.yaml").write_text("two", "utf-8")
    assert hashes_within(tmp_path, (".yaml",)) == {"a.yaml": hashes["within/b.csv"]}
