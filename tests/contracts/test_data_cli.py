"""`detente data` and `detente law update`: the user's own library from the command line."""

import json
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

import detente as dt
from detente.codes import UnknownName
from detente.data import own_tables
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.lab.record.shelf import KINDS

SAMPLES = Path(__file__).parents[1] / "data" / "formats"
BACI, HTS = (next((SAMPLES / name).iterdir()) for name in ("baci", "hts"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("DETENTE_LIBRARY", str(tmp_path / "library"))
    for path in (BACI, HTS):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def rows(ran):
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def tables(ran):
    return {name: table["rows"] for name, table in rows(ran)["tables"].items()}


def source(detente, name):
    ran = detente("data", "show", name, "--table", "source", "--format", "json")
    return {row["key"]: row["value"] for row in rows(ran)["tables"]["source"]["rows"]}


def test_a_group_alone_asks_its_first_question_and_old_names_lead_on(detente, place):
    assert detente("data").out == detente("data", "list").out
    assert detente("data", "worlds").out == detente("data", "list", "worlds").out
    assert detente("data", "countries").out == detente("data", "show", "countries").out
    ran = detente("data", "lst")
    assert (ran.code, "'lst'" in ran.err) == (2, True)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_listed_can_be_shown(detente, place, kind):
    for name in dt.data_list(kind)["name"][:3]:
        assert dt.data_show(name).headline
    with pytest.raises(UnknownName, match="did you mean 'geneva'"):
        dt.data_show("genva")


def test_a_server_shows_no_file_of_its_machine(detente, place):
    file = str(place / HTS.name)
    assert detente("data", "show", file).code == 0
    client = TestClient(create_app(Settings()))
    for address in ("/api/v1/data/show", "/data/show", "/data/show.csv"):
        refused = client.get(address, params={"name": file})
        assert refused.status_code == 422
        assert "unknown name" in refused.text
    assert client.post("/api/v1/data/show", json={"name": file}).status_code == 422


def test_a_table_is_added_listed_updated_verified(detente, place):
    file = str(place / BACI.name)
    ran = detente("data", "add", file, "--name", "baci-2023")
    assert (ran.code, "Terms: Etalab" in ran.out) == (0, True)
    assert "--name: 'baci-2023' is in your library" in detente("data", "add", file, "--name", "baci-2023").err
    assert "baci-2023" in detente("data", "list").out
    assert str(place / "library" / "baci-2023.parquet") == source(detente, "baci-2023")["file"]
    new = place / "new.csv"
    new.write_text(BACI.read_text().replace("7456.02", "8000").replace("2023,458,", "2023,410,"))
    looked = tables(detente("data", "update", "baci-2023", str(new), "--look", "--format", "json"))
    assert [(row["what"], row["rows"]) for row in looked["vintages"]] == [
        ("added", 1), ("dropped", 1), ("changed", 1), ("the same", 3),
    ]  # fmt: skip
    assert looked["largest"][-1]["row"].startswith("USA import CHN 280530 2023")
    assert detente("data", "verify", "baci-2023").code == 0
    made = tables(detente("data", "update", "baci-2023", str(new), "--format", "json"))
    assert made == looked, "the same changes, looked at or made"
    same = tables(detente("data", "update", "baci-2023", str(new), "--look", "--format", "json"))
    assert same["vintages"][3]["rows"] == 5
    (place / "library" / "baci-2023.parquet").write_bytes(b"x")
    ran = detente("data", "verify", "baci-2023")
    assert (ran.code, "changed" in ran.out) == (2, True)


class Killed(BaseException):
    """The end of a process, which nothing catches."""


@pytest.mark.parametrize("written", range(4))
def test_killed_between_two_files_a_table_is_whole_and_the_same_command_ends_the_same(
    detente, place, monkeypatch, written
):
    file, new = place / BACI.name, place / "new.csv"
    new.write_text(BACI.read_text().replace("7456.02", "8000"))
    detente("data", "add", str(file), "--name", "cut")
    detente("data", "add", str(new), "--name", "whole")
    write, done = own_tables.write_bytes, []

    def dies(path, content):
        if len(done) == written:
            raise Killed
        done.append(write(path, content))

    monkeypatch.setattr(own_tables, "write_bytes", dies)
    monkeypatch.setattr(own_tables, "remove_file", lambda path: dies(path, b""))
    with pytest.raises(Killed):
        detente("data", "update", "cut", str(new))
    monkeypatch.undo()
    monkeypatch.setenv("DETENTE_LIBRARY", str(place / "library"))
    assert detente("data", "verify", "cut").code == 0
    again = tables(detente("data", "update", "cut", str(new), "--format", "json"))
    assert again["vintages"][3]["rows"] == (4 if written < 2 else 5)
    library = place / "library"
    assert (library / "cut.parquet").read_bytes() == (library / "whole.parquet").read_bytes()
    assert (library / "cut.json").read_text().replace("cut", "whole") == (library / "whole.json").read_text()
    assert sorted(path.name for path in library.iterdir()) == ["cut.json", "cut.parquet", "whole.json", "whole.parquet"]


def test_a_damaged_table_may_be_added_again_and_a_bad_vintage_leaves_the_old(detente, place):
    file = str(place / BACI.name)
    detente("data", "add", file, "--name", "ours")
    (place / "library" / "ours.parquet").write_bytes(b"x")
    assert "add it again from its source" in detente("data", "update", "ours", file).err
    assert detente("data", "add", file, "--name", "ours").code == 0
    (place / "library" / "ours.json").unlink()
    told = detente("data", "add", file, "--name", "ours").err
    assert "'ours' was put into your library by hand; give another" in told
    file = place / BACI.name
    detente("data", "add", str(file), "--name", "baci-2023")
    before = {path.name: path.read_bytes() for path in (place / "library").iterdir()}
    file.write_text(file.read_text().replace("7456.02", "many"))
    ran = detente("data", "update", "baci-2023", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert "row 2 (842 156 280530 2023): 'many' in 'value' is not a number; give a number" in ran.err
    assert {path.name: path.read_bytes() for path in (place / "library").iterdir()} == before


def test_a_table_that_an_earlier_version_fetched_is_read_and_updated(detente, place):
    file = str(place / BACI.name)
    detente("data", "add", file, "--name", "ours")
    record = place / "library" / "ours.json"
    address = "https://example.org/files/BACI.csv"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"address": address}))
    assert source(detente, "ours")["address"] == address
    assert "ours" in detente("data", "list").out
    assert detente("data", "update", "ours", file).code == 0
    assert json.loads(record.read_text())["address"] == ""


def test_a_file_tells_its_format(detente, place):
    assert source(detente, str(place / HTS.name))["format"] == "hts"
