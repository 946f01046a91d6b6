"""Columns and an example of every table that the program interface has pages of, taken from its own answers.

    python tools/build_web_tables.py

Writes `src/detente/faces/web/tables.json`, which the description of the interface takes its shapes from. Several
requests of one table give the columns of all of them.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

PLACE = Path(__file__).parents[1] / "src" / "detente" / "faces" / "web" / "tables.json"
LEVERS = "/materials/gallium-germanium/levers?scenario=full-stop&names=stockpile,plants&months=6&wait=60"
ASKED: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("levers", "What levers are worth.", "table", (LEVERS,)),
    ("checks", "Claims with verdicts.", "", ("/claims?as_of=2025-05-31&only=C13&wait=60",)),
    ("readings", "Readings of a claim.", "", ("/claims/readings?as_of=2025-05-31&only=C13&wait=60",)),
    ("board", "A ledger at a glance.", "", ("/claims/board?as_of=2025-05-31&ledger=may-2025&only=C01&wait=60",)),
    ("promises", "Promises.", "promises", ("/claims/promises?as_of=2026-01-01", "/claims/promises?as_of=2026-11-20")),
)
"""Name and meaning of each table, where it stands in an answer ("" for the whole), and requests that bring it."""


def answered(client: TestClient, path: str) -> dict[str, Any]:
    """The answer to a request; one that takes long is waited for."""
    found = client.get(f"/api/v1{path}")
    assert found.status_code == 200, found.text
    return found.json()


def columns_of(table: dict[str, Any]) -> list[dict[str, str]]:
    """Columns of a table with the type of their values."""
    return [column | {"type": type_of(column["name"], table["rows"])} for column in table["columns"]]


def type_of(name: str, rows: list[dict[str, Any]]) -> str:
    """The type of the values of a column; a number where none is known."""
    values = [row[name] for row in rows if row[name] is not None]
    if any(isinstance(value, bool) for value in values):
        return "boolean"
    return "string" if any(isinstance(value, str) for value in values) else "number"


def described(client: TestClient, about: str, key: str, paths: tuple[str, ...]) -> dict[str, Any]:
    """A table over all requests that bring it."""
    found: dict[str, dict[str, str]] = {}
    first: dict[str, Any] = {}
    for path in paths:
        content = answered(client, path)
        table = content[key] if key else content
        for column in columns_of(table):
            found.setdefault(column["name"], column)
        first = first or table | {"rows": table["rows"][:1]}
    return {"about": about, "columns": list(found.values()), "example": first}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_folder=Path(folder), rate=0.0, case="", ahead=False))
        with TestClient(app) as client:
            made = {name: described(client, about, key, paths) for name, about, key, paths in ASKED}
    PLACE.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{PLACE}: {len(made)} tables, {sum(len(one['columns']) for one in made.values())} columns")


if __name__ == "__main__":
    main()
