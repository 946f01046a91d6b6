"""Importers on pages: names to choose from, the usual partner of each, and the page of all that are on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fastapi.responses import Response

from detente.codes import UnknownName
from detente.data.importerfile import importer_id
from detente.data.tables import place
from detente.faces.web.answers import usual_partner
from detente.faces.web.html import Address, as_csv, page, whole
from detente.faces.words.language import load
from detente.lab.statute.importers import importers_by_level, importers_table

PLACE, LACKS = "Law", "not_covered"
APART = ("importer_name", LACKS)
"""Columns that stand otherwise on the page."""


class ImporterNames(Mapping[str, str]):
    """Names of importers by id: of national lines first, then of sectors; those of now."""

    def __getitem__(self, code: str) -> str:
        return importers_by_level()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(importers_by_level())

    def __len__(self) -> int:
        return len(importers_by_level())

    def read(self, text: str) -> str:
        """Id of an importer by any of its names; the text where nobody has it."""
        try:
            return importer_id(text[:60])
        except UnknownName:
            return text

    def place(self, code: str) -> str:
        """An importer within a sentence."""
        return place(code)


class UsualPartners(Mapping[str, str]):
    """The partner that stands beside an importer where none is named."""

    def __getitem__(self, code: str) -> str:
        return usual_partner(code, "")

    def __iter__(self) -> Iterator[str]:
        return iter(LAWS)

    def __len__(self) -> int:
        return len(LAWS)


LAWS, PARTNER = ImporterNames(), UsualPartners()


def importers(address: Address) -> Response:
    """Every importer on record: level, lines, vintage, how far it was read, what is not covered."""
    table = importers_table()
    say = load()
    # Codes stand as names on pages, and what is not covered beneath, where there is room for its sentences.
    columns = [name for name in table.data if name not in APART and (name != "whose" or len(set(table[name])) > 1)]
    grid = whole(table.select(columns), say)
    lacks = [(say.name(row["importer"]), row[LACKS]) for row in table.rows() if row[LACKS]]
    return page(
        "importers.html.j2", address.request, place=PLACE, title=say("law.importers_title"), grid=grid,
        count=len(table), codes=table["importer"].tolist(), lacks=lacks,
    )  # fmt: skip


def data_csv(address: Address) -> Response:
    """The same as CSV."""
    return as_csv(importers_table(), "importers")
