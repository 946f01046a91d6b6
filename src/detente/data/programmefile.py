"""Files of preference programmes: `programmes.yaml` of an importer's folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from detente.codes import Countries, digits
from detente.data.embedded import EMBEDDED
from detente.data.importerfile import ImporterFile
from detente.data.lawbook import CODE_LENGTHS, read_partners
from detente.data.listfile import read_csv
from detente.data.programmes import Grant, Programme, Programmes
from detente.data.tables import countries
from detente.data.yamlfile import as_date, as_list, read_yaml
from detente.law.measure import ALWAYS, FOREVER

NAME = "programmes.yaml"


def programmes_of(file: ImporterFile) -> Programmes:
    """The programmes of an importer's folder; none if it has no such file."""
    path = file.folder / NAME
    if not path.exists():
        return Programmes({})
    programmes = [_programme(row, countries(), path.parent) for row in read_yaml(path, NAME)]
    table = EMBEDDED.get(file.schedule.table)
    rates = file.folder / file.preferences if file.preferences else None
    return Programmes({p.symbol: p for p in programmes}, table.special if table else "", rates)


def _programme(row: Mapping[str, Any], countries: Countries, folder: Path) -> Programme:
    free = tuple(_grant(grant, countries, folder) for grant in as_list(row.get("free")))
    return Programme(
        symbol=row["symbol"],
        also=tuple(as_list(row.get("also"))),
        name=row["name"],
        title=row.get("title", row["name"]),
        kind=row.get("kind", "agreement"),
        aliases=tuple(as_list(row.get("aliases"))),
        partners=read_partners(row.get("partners"), countries, NAME),
        start=as_date(row["from"], NAME) if row.get("from") else ALWAYS,
        end=as_date(row["until"], NAME) if row.get("until") else FOREVER,
        free=free,
        only=tuple(code for grant in free for code in grant.codes) if row.get("only_free") else (),
        lapse=_span(row.get("lapse")),
        aspect=row.get("aspect") or "",
    )


def _grant(row: Mapping[str, Any], countries: Countries, folder: Path) -> Grant:
    if "list" in row:
        wanted = row.get("rows") or {}
        lines = _listed(folder / row["list"])
        codes = tuple(line["code"] for line in lines if all(line[name] == value for name, value in wanted.items()))
    else:
        codes = tuple(digits(code, NAME, CODE_LENGTHS) for code in row["codes"])
    return Grant(str(row["heading"]), codes, read_partners(row.get("partners"), countries, NAME))


@lru_cache(maxsize=4)
def _listed(path: Path) -> list[dict[str, str]]:
    return read_csv(path, path.name, ("code",))


def _span(row: Mapping[str, Any] | None) -> tuple[date, date] | None:
    return None if row is None else (as_date(row["from"], NAME), as_date(row["until"], NAME))
