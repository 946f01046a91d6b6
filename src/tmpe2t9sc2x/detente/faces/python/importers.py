"""Any importer with a law here, by name."""

from __future__ import annotations

from detente.codes import Parameter
from detente.codes.kinds import checked
from detente.data.importerfile import importer_id
from detente.faces.python.jurisdiction import Jurisdiction


@checked
def importer(name: str) -> Jurisdiction:
    """An importer with a law, by code or name: `importer("EU27")`, `importer("Canada")`.

    Questions about its duties begin there, and drafts of scenarios that change its law:
    `importer("Canada").on("2026-10-01").end_programmes("CUSMA")`.

    Raises
    ------
    UnknownName : no folder of law is of that name.
    """
    return Jurisdiction(importer_id(name, Parameter("name")))
