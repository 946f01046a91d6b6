"""Importers on pages: names to choose from, and the usual partner of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.codes import UnknownName
from detente.data.importerfile import importer_id
from detente.data.tables import place
from detente.faces.web.answers import usual_partner
from detente.lab.statute.importers import importers_by_level


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
