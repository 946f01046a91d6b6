"""Write NOTICE, what the package holds of others and on which terms, from the catalogue.

python tools/write_notice.py
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOTICE = ROOT / "NOTICE"
CATALOGUE = ROOT / "src/detente/data/catalogue.toml"
KINDS = ("table", "schedule", "world", "surface")

SPDX = {
    "CC BY 4.0": "CC-BY-4.0",
    "Etalab": "etalab-2.0",
    "ISC": "ISC",
    "ODC-PDDL": "PDDL-1.0",
    "Open Government Licence 3": "OGL-UK-3.0",
}
"""Words in the terms of a table, and the identifier of that licence."""
OTHER = "LicenseRef-detente-NOTICE"
"""Works of governments, facts, and figures that are free with citation: terms without an identifier, told in NOTICE."""

HEAD = """\
Détente
Copyright (c) The Détente authors. The program is under the MIT licence: see LICENSE.

The package also holds figures and texts of others, listed below with their publishers and terms. The tables were built
from them by the scripts named in src/detente/data/catalogue.toml, which also says what was changed. Where a licence
asks for attribution, the line "notice" gives it. `detente data show NAME` shows the same for one table.

Licences by name:
  CC-BY-4.0     Creative Commons Attribution 4.0 International
  etalab-2.0    Licence Ouverte / Open Licence 2.0, Etalab
  ISC           ISC licence
  OGL-UK-3.0    Open Government Licence 3.0, United Kingdom. Contains public sector information licensed under it.
  PDDL-1.0      Open Data Commons Public Domain Dedication and Licence 1.0
  LicenseRef-detente-NOTICE
                works of governments without copyright, facts, and figures that are free to use with
                citation, on the terms that stand beside each table below
"""


def entries() -> list[dict[str, Any]]:
    """Every table, schedule, world and stored solve of the catalogue."""
    catalogue = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    return [entry for kind in KINDS for entry in catalogue[kind]]


def expression() -> str:
    """The SPDX expression of program and data together."""
    found = {name for entry in entries() for words, name in SPDX.items() if words in entry["licence"]}
    return " AND ".join(("MIT", *sorted(found), OTHER))


def notice() -> str:
    """NOTICE as the catalogue is now."""
    parts = [HEAD]
    for entry in entries():
        lines = [
            entry["name"],
            f"  {entry['title']}",
            f"  publisher: {entry['publisher']}",
            f"  terms: {entry['licence']}",
        ]
        if entry.get("notice"):
            lines.append(f"  notice: {entry['notice']}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    NOTICE.write_text(notice(), encoding="utf-8")
    print(expression())
