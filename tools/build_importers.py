"""Schedules and preferences of the importers that are folders of law, in the form of the package.

Each publisher's file has a module of its own, `_importer_*.py`. Texts without an amount are listed by line, all at
once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import _importer_australia as australia
import _importer_europe as europe
import _importer_grants as grants
import _importer_japan as japan
import _importer_others as others
from _importer_equivalents import Equivalents, unit_values
from _importer_rows import Folder, subheadings, write_folder
from _importer_sectors import write_sectors
from _shared import LAWBOOKS, arguments
from detente.data.yamlfile import read_yaml

READERS: Mapping[str, Callable[[Path], Folder]] = {
    "jpn": japan.read,
    "eu27": lambda data: replace(europe.read(data, "eu27"), preferences=grants.european_union()),
    "gbr": lambda data: replace(europe.read(data, "gbr"), preferences=grants.united_kingdom()),
    "bra": others.brazil,
    "aus": australia.read,
    "bgd": others.bangladesh,
}


def money(name: str) -> Mapping[str, float]:
    """Units of an importer's money for one USD."""
    currency = read_yaml(LAWBOOKS / name / "importer.yaml", name)["currency"]
    return {currency["code"]: currency["per_usd"]}


def main() -> None:
    options = arguments(__doc__ or "")
    words, worth = subheadings(), unit_values()
    for name, read in READERS.items():
        write_folder(read(options.data), words, Equivalents(worth, money(name)).of)
    others.write_extra_duties(options.data)
    write_sectors()


if __name__ == "__main__":
    main()
