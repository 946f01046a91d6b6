"""Setting of a question about microdata: whose law, how it is read, and what of the trade; it travels to workers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from detente.codes import Parameter, UnknownName
from detente.data.flows import check_claims
from detente.data.importers import importer
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.averages.reform import own_law, under
from detente.lab.averages.weights import SCOPES
from detente.lab.scenario import load_scenario
from detente.law import Law, Reading
from detente.trade import Flows


@dataclass(frozen=True)
class MicroSetting:
    """Whose law is laid on the rows, and how.

    Attributes
    ----------
    of : importer, ISO3. lawbook : path of the user's own measures, or "".
    void : measures out of force; `given` : shares of goods that the user sets.
    claims : shares of the package where the rows know of no programme.
    scenario : whose changes lie on the law: a name, a path or its content as JSON, or "".
    """

    of: str = "USA"
    reading: str = Reading.EFFECTIVE.value
    scope: str = SCOPES[0]
    claims: str = ""
    given: tuple[tuple[str, float], ...] = ()
    lawbook: str = ""
    switches: tuple[str, ...] = ()
    void: tuple[str, ...] = ()
    announce: tuple[str, ...] = ()
    scenario: str = ""

    @property
    def law(self) -> Law:
        """The law with its layers; kept."""
        return _law(self)

    def check(self) -> None:
        """Refuse names that nobody knows, before anything long begins.

        Raises
        ------
        UnknownName, InputError : a reading, scope or claims.
        """
        readings = [reading.value for reading in Reading]
        if self.reading not in readings:
            raise UnknownName("reading", self.reading, readings, Parameter("reading"), f"use {', '.join(readings)}")
        if self.scope not in SCOPES:
            raise UnknownName("scope", self.scope, SCOPES, Parameter("scope"), f"use {' or '.join(SCOPES)}")
        check_claims(self.claims)

    @property
    def read(self) -> Reading:
        """The reading of time."""
        return Reading(self.reading)

    def ground(self, flows: Flows) -> LaidLaw:
        """The law on some trade."""
        return LaidLaw(self.law, flows, dict(self.given))

    @property
    def hashes(self) -> Mapping[str, str]:
        """Hashes of the files beside the package that the law is read from."""
        folders = [importer(self.of).lawbook, *([Path(self.lawbook)] if self.lawbook else [])]
        folders += [load_scenario(self.scenario)[1]] if self.scenario and self.scenario[0] != "{" else []
        return {f"{n} {name}": text for n, folder in enumerate(folders) for name, text in _hashes(folder).items()}


@lru_cache(maxsize=4)
def _law(setting: MicroSetting) -> Law:
    where = importer(setting.of)
    law = own_law(where, setting.lawbook, setting.void, setting.announce, setting.switches)
    return under(where, law, json.loads(setting.scenario) if setting.scenario[:1] == "{" else setting.scenario)


def _hashes(path: Path) -> dict[str, str]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
