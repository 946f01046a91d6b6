"""Register of assumptions: id, statement, source, where used, switch, effect."""

from __future__ import annotations

import re
from typing import Any

from detente.codes import Table, table_of
from detente.data.importers import importer
from detente.data.library import catalogue, package_folder
from detente.data.tables import place
from detente.data.yamlfile import read_yaml
from detente.law import Law
from detente.law.measure import Aspect


def assumptions(law: Law) -> list[dict[str, Any]]:
    """Assumptions of the program that bear on a law, then the shares of goods of the law."""
    content = read_yaml(package_folder() / "assumptions.yaml", "assumptions.yaml")
    trade = "known" if importer(law.importer).file.schedule.table else "modelled"
    rows = [{key: row.get(key, "") for key in COLUMNS} for row in content if row.get("trade", trade) == trade]
    for aspect in law.aspects.values():
        low, high = aspect.bounds
        rows.append(
            {
                "id": f"share_{aspect.id}",
                "statement": f"{aspect.title}. {aspect.statement}".strip(),
                "source": aspect.source,
                "used_by": aspect.used_by or "measures with a condition on it",
                "switch": f"--set {_parameter(aspect)}=...",
                "effect": f"bounds {low:g} to {high:g}; see `detente average --range`",
            }
        )
    for rule in law.rules:
        name = rule.switch or rule.unless
        if name:
            rows.append(
                {
                    "id": f"switch_{name}",
                    "statement": f"{'Off' if rule.switch else 'Default'}: {rule.note or rule.id}",
                    "source": rule.citation,
                    "used_by": f"stacking rule {rule.id}",
                    "switch": f"--switch {name}",
                    "effect": "",
                }
            )
    return rows


def _parameter(aspect: Aspect) -> str:
    """Parameter that moves the shares of an aspect."""
    if aspect.above is not None:
        return aspect.above[0]
    return "steel_content" if aspect.id == "metal" else aspect.id


COLUMNS = ("id", "statement", "source", "used_by", "switch", "effect")


def assumptions_table(law: Law, words: str = "") -> Table:
    """The register as a table; with words, the assumptions whose row has a word that begins as each of them."""
    wanted = [re.compile(rf"(?<![a-z0-9]){re.escape(word)}", re.IGNORECASE) for word in words.split()]
    rows = [[str(row[name]).strip() for name in COLUMNS] for row in assumptions(law)]
    matches = [row for row in rows if all(word.search(" ".join(row)) for word in wanted)]
    return table_of("package.assumptions", matches, importer=place(law.importer))


def changeable(register: Table) -> int:
    """How many assumptions a user can change."""
    return sum(not str(switch).startswith("none") for switch in register["switch"])


def catalogue_table() -> Table:
    """Every table of the package with publisher, vintage and licence."""
    names = ("name", "title", "publisher", "vintage", "licence")
    rows = [[str(entry.get(key, "")) for key in names] for entry in catalogue().values()]
    return table_of("package.catalogue", rows)
