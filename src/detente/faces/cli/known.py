"""Names that options and arguments may take, for completion: what is quickly known without computing anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from detente.data.library import package_folder
from detente.data.tables import countries

Rows = Iterable[tuple[str, str]]

WORDS = {
    "format": ("text", "json", "csv", "parquet", "xlsx", "latex"),
    "reading": ("effective", "published", "ruled"),
    "scope": ("tariff-lines", "all"),
    "claims": ("observed", "2025H2", "2024"),
    "preference": ("USMCA", "KORUS"),
    "completion": ("bash", "zsh", "fish", "powershell"),
    "closure": ("fixed-transfers", "balanced", "balanced-as-published", "zero", "proportional"),
    "status": ("in_force", "announced", "void"),
}
"""Words of options, wherever they stand."""

OWN = {
    "talks horizon": ("long", "short", "all"),
    "sweep over": (),
}
"""Words of options that mean something else in a command."""


def known(path: str, name: str) -> list[tuple[str, str]]:
    """Names for an option or argument of a command, each with its meaning or "".

    Parameters
    ----------
    path : words of the command, as "chain run"; name : of the option without dashes, or of the argument.
    """
    own = OWN.get(f"{path} {name}", OWN.get(f"{path.partition(' ')[0]} {name}"))
    words = own if own is not None else WORDS.get(name)
    if words is not None:
        return [(word, "") for word in words]
    maker = MAKERS.get(f"{path} {name}") or MAKERS.get(name)
    return list(maker()) if maker is not None else []


def _files(folder: str, suffix: str) -> Rows:
    return ((path.stem, "") for path in sorted((package_folder() / folder).glob(f"*{suffix}")))


def _scenarios() -> Rows:
    return _files("scenarios", ".yaml")


def _countries() -> Rows:
    known_ = countries()
    return [("EU", "European Union"), *((name, code) for code, name in known_.names.items()),
            *((code, name) for code, name in known_.names.items())]  # fmt: skip


def _importers() -> Rows:
    from detente.data.importerfile import lawbooks
    from detente.data.tables import partner_name

    names = {code: partner_name(code) for code in lawbooks()}
    members = sorted({m for code in names for m in countries().expand(code) if code in countries().groups})
    return [("US", "the United States"), ("EU", "European Union"), *((name, code) for code, name in names.items()),
            *names.items(), *((countries().name(code), code) for code in members)]  # fmt: skip


def _measures() -> Rows:
    from detente.data.importers import importer

    return ((measure.id, measure.title) for measure in importer("USA").law.measures)


def _tables() -> Rows:
    return ((path.stem, "") for path in sorted((package_folder() / "tables").glob("*.parquet")))


MAKERS: dict[str, Callable[[], Rows]] = {
    **dict.fromkeys(("partner", "country", "countries", "parties"), _countries),
    "scenario": _scenarios,
    "of": _importers,
    "case": lambda: (row for row in _files("cases", ".yaml") if not row[0].endswith(".happened")),
    "world": lambda: _files("worlds", ".npz"),
    "law show measure": _measures,
    **dict.fromkeys(("data show name", "data verify name"), _tables),
}
"""What makes the names of an option or argument; of a command alone where its words stand before."""
