"""The page of the architecture is true: every place it names is there, and every room stands on it."""

import re
from pathlib import Path

import pytest

from detente.lab.parts import PARTS

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "detente"
PAGES = ("architecture.md", "decisions.md", "adding.md")
PLACE = re.compile(r"`((?:codes|draws|law|trade|economy|chains|evidence|talks|data|lab|faces|tools|tests)/[\w./]*)`")
WITH_ROOMS = ("lab", "economy", "faces/web")


def text_of(page: str) -> str:
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_place_that_a_page_names_is_there(page):
    places = PLACE.findall(text_of(page))
    assert places
    missing = [place for place in places if not (SRC / place).exists() and not (ROOT / place).exists()]
    assert not missing


@pytest.mark.parametrize("package", WITH_ROOMS)
def test_every_room_stands_on_the_page(package):
    rooms = {path.parent.name for path in (SRC / package).glob("*/__init__.py")}
    missing = [room for room in sorted(rooms) if f"`{package}/{room}" not in text_of("architecture.md")]
    assert not missing


def test_every_layer_stands_in_the_picture():
    picture = text_of("architecture.md").split("```")[1]
    layers = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert not [layer for layer in sorted(layers) if layer not in picture]


def test_the_page_of_tables_follows_the_list_of_parts():
    found = re.findall(r"^(##+) (\S+)$", text_of("tables.md"), re.MULTILINE)
    wanted = [entry for part in PARTS for entry in (("##", part.name), *(("###", name) for name in part.tables))]
    assert found == wanted, "write it again with tools/write_tables.py"
