"""Every embedded file is in the catalogue with its publisher, terms and hash, and the whole stays small."""

import hashlib
import tomllib
from pathlib import Path

import polars as pl
import pytest

from detente.data.library import hashes_within

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "src" / "detente" / "data"
ENTRIES = {e["name"]: e for e in tomllib.loads((DATA / "catalogue.toml").read_text(encoding="utf-8"))["table"]}
EMBEDDED = {path.stem: path for path in sorted((DATA / "tables").iterdir())}
FACTS = ("title", "publisher", "licence", "vintage", "built_by", "sha256", "columns")
LARGEST = 25_000_000


def test_catalogue_and_folder_hold_the_same_tables():
    assert set(ENTRIES) == set(EMBEDDED)


def test_only_parquet_lies_among_the_tables():
    assert {path.suffix for path in EMBEDDED.values()} == {".parquet"}


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_says_whose_figures_these_are_and_on_what_terms(name):
    assert not [fact for fact in FACTS if not ENTRIES[name].get(fact)]


@pytest.mark.parametrize("name", ENTRIES)
def test_attribution_licences_come_with_their_notice(name):
    entry = ENTRIES[name]
    if any(word in entry["licence"] for word in ("CC BY", "Etalab", "cite", "citation")):
        assert entry.get("notice"), f"{name}: terms '{entry['licence']}' ask for a notice"


@pytest.mark.parametrize("name", ENTRIES)
def test_terms_allow_embedding(name):
    terms = ENTRIES[name]["licence"].lower()
    assert not [word for word in ("non-commercial", "-nc", "unknown", "no licence", "gpl") if word in terms]


@pytest.mark.parametrize("name", ENTRIES)
def test_the_hash_is_that_of_the_file(name):
    assert ENTRIES[name]["sha256"] == hashlib.sha256(EMBEDDED[name].read_bytes()).hexdigest()


@pytest.mark.parametrize("name", ENTRIES)
def test_every_column_is_described_and_no_other(name):
    assert list(pl.read_parquet_schema(EMBEDDED[name])) == list(ENTRIES[name]["columns"])


@pytest.mark.parametrize("name", ENTRIES)
def test_the_script_that_builds_it_is_in_the_repository(name):
    assert (ROOT / ENTRIES[name]["built_by"]).is_file()


SCHEDULES = {e["name"]: e for e in tomllib.loads((DATA / "catalogue.toml").read_text(encoding="utf-8"))["schedule"]}
TERMS = ("non-commercial", "-nc", "unknown", "no licence", "gpl")


def test_catalogue_and_lawbooks_hold_the_same_schedules():
    paths = {f"{path.parent.name}_{path.stem}": path for path in (DATA / "lawbooks").rglob("*.parquet")}
    assert set(SCHEDULES) == set(paths)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_says_whose_figures_these_are_and_has_its_hash(name):
    entry = SCHEDULES[name]
    path = DATA / "tables" / entry["file"]
    assert not [fact for fact in FACTS if not entry.get(fact)]
    assert not [word for word in TERMS if word in entry["licence"].lower()]
    assert list(pl.read_parquet_schema(path)) == list(entry["columns"])
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ROOT / entry["built_by"]).is_file()


def test_embedded_data_stays_under_25_megabytes():
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file() and path.suffix != ".pyc") < LARGEST


WORLDS = {e["name"]: e for e in tomllib.loads((DATA / "catalogue.toml").read_text(encoding="utf-8"))["world"]}


def test_catalogue_and_folder_hold_the_same_worlds():
    assert set(WORLDS) == {path.stem for path in (DATA / "worlds").glob("*.npz")}


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_says_whose_figures_these_are_and_has_its_hash(name):
    entry = WORLDS[name]
    assert not [fact for fact in (*FACTS, "notice") if not entry.get(fact)]
    path = DATA / "worlds" / f"{name}.npz"
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ROOT / entry["built_by"]).is_file()


SURFACES = {e["name"]: e for e in tomllib.loads((DATA / "catalogue.toml").read_text(encoding="utf-8"))["surface"]}


def test_catalogue_and_folder_hold_the_same_surfaces():
    assert set(SURFACES) == {path.stem for path in (DATA / "surfaces").iterdir()}


@pytest.mark.parametrize("name", SURFACES)
def test_surfaces_say_what_they_rest_on_and_have_their_hash(name):
    entry = SURFACES[name]
    assert not [fact for fact in (*FACTS, "notice") if not entry.get(fact)]
    path = DATA / "surfaces" / f"{name}.npz"
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (ROOT / entry["built_by"]).is_file()


def test_files_of_a_folder_are_known_by_what_is_in_them(tmp_path):
    (tmp_path / "within").mkdir()
    for name, text in (("a.yaml", "one"), ("within/b.csv", "two"), ("c.txt", "three")):
        (tmp_path / name).write_text(text, "utf-8")
    hashes = {name: hashlib.sha256(text).hexdigest() for name, text in (("a.yaml", b"one"), ("within/b.csv", b"two"))}
    assert hashes_within(tmp_path, (".yaml", ".csv")) == hashes
    (tmp_path / "a.yaml").write_text("two", "utf-8")
    assert hashes_within(tmp_path, (".yaml",)) == {"a.yaml": hashes["within/b.csv"]}
