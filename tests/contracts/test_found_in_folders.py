"""What is dropped into its folder is there: chains, worlds, cases, ledgers, scenarios and definitions."""

import shutil

import pytest

import detente as dt
from detente.data import casefile, chainfile, definitions, eventfile, library, worlds
from detente.data.limits import forget
from detente.lab import scenario
from detente.lab.chains import asked as portrait
from detente.lab.claims import ledger
from detente.lab.world import effects

FOLDERS = ("chains", "worlds", "cases", "ledgers", "scenarios", "definitions")
KEPT = (ledger.ledger_names, definitions.definitions, worlds._embedded)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The data folder of a package with one more file in each of its folders."""
    data = library.package_folder()
    for name in FOLDERS:
        shutil.copytree(data / name, tmp_path / name, ignore=shutil.ignore_patterns("wiod*"))
    for name in ("tables", "lawbooks"):
        (tmp_path / name).symlink_to(data / name)
    _copied(tmp_path / "chains", "gallium_germanium.toml", "tin-ore.toml", ('"gallium-germanium"', '"tin-ore"'))
    _copied(tmp_path / "cases", "two-country.yaml", "two-more.yaml", ("name: two-country", "name: two-more"))
    _copied(tmp_path / "scenarios", "geneva.yaml", "mine.yaml", ("title: Geneva", "title: Mine"))
    shutil.copy(tmp_path / "ledgers" / "may-2025.yaml", tmp_path / "ledgers" / "june.yaml")
    shutil.copy(tmp_path / "worlds" / "nafta-1993.npz", tmp_path / "worlds" / "mine-1994.npz")
    (tmp_path / "definitions" / "mine.yaml").write_text("title: Mine\nchoices: {scope: all}\n", encoding="utf-8")
    for module in (casefile, chainfile, definitions, eventfile, worlds, scenario, ledger):
        monkeypatch.setattr(module, "package_folder", lambda: tmp_path)
    _forget()
    yield tmp_path
    _forget()


def _copied(folder, name, other, change):
    text = (folder / name).read_text(encoding="utf-8")
    assert change[0] in text
    (folder / other).write_text(text.replace(*change), encoding="utf-8")


def _forget():
    forget(*KEPT)


def test_each_kind_is_listed_and_read(package):
    assert "tin-ore" in chainfile.chain_names()
    assert chainfile.chain_file("tin-ore").name == "tin-ore"
    assert "tin-ore" in portrait.chains_table()["chain"]
    assert "two-more" in casefile.case_names()
    assert casefile.load_case("two-more").name == "two-more"
    assert ledger.ledger_names() == ("2025-26", "june", "may-2025")
    assert ledger.load_ledger("june").statements
    assert "mine-1994" in effects.worlds_table()["world"]
    assert "mine" in scenario.shipped()
    assert definitions.definition("mine").choices.scope == "all"
    for kind, name in (("minerals", "tin-ore"), ("worlds", "mine-1994"), ("cases", "two-more"), ("scenarios", "mine")):
        assert name in dt.data_list(kind)["name"], kind
