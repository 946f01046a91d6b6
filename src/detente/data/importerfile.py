"""Importers as folders: `importer.yaml` says whose law a folder holds, and where its schedule lies.

Folders are those of the package and those named by `DETENTE_LAWBOOKS`; a user's folder comes before one of the package.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from detente.codes import InputError, Parameter, UnknownName, did_you_mean
from detente.codes.countries import fold
from detente.data.library import once, package_folder
from detente.data.limits import memoized
from detente.data.tables import countries

NAME = "importer.yaml"
#: Environment variable with folders of importers, parted as those of PATH.
VARIABLE = "DETENTE_LAWBOOKS"

#: What a schedule says: national lines, subheadings of the Harmonized System, or averages of sectors.
LEVELS = ("line", "hs6", "sector")

VALUATIONS = ("CIF", "FOB")
#: Digits of the longest tariff line.
LONGEST = 10


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """Where the duties of an importer's lines are written.

    Attributes
    ----------
    table : embedded table; "" where a file of the folder has them, or where there are none.
    file : file of the folder.
    texts : embedded table with the headings above every line; "" = the schedule's own descriptions.
    strict : whether a line that is not in the schedule of a day is refused on it.
    vintage : day of the schedule; None where it has dates of its own.
    """

    table: str = ""
    file: str = ""
    texts: str = ""
    strict: bool = False
    vintage: date | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Utilisation:
    """Share of the trade open to a preference that claims it, with its range."""

    share: float = 1.0
    low: float = 1.0
    high: float = 1.0
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class ImporterFile:
    """What `importer.yaml` says.

    Attributes
    ----------
    id : ISO3 of a country, or the id of a group whose members share one tariff.
    members : ISO3 of the countries that apply the law; the country itself where it is one.
    also : other names of it.
    level : what the schedule says, one of `LEVELS`.
    digits : of its tariff lines.
    edition : of the Harmonized System that its lines belong to.
    currency, per_usd : of duties by quantity, and how much of it a dollar buys.
    preferences, known : files of the folder, "" = none.
    read_to : day to which its measures were read.
    not_covered : what its law has that the folder has not.
    """

    id: str
    folder: Path = field(repr=False)
    name: str = ""
    members: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    level: str = "line"
    digits: int = LONGEST
    edition: str = "HS2022"
    nomenclature: str = ""
    currency: str = "USD"
    per_usd: float = 1.0
    valuation: str = "CIF"
    schedule: ScheduleFile = ScheduleFile()
    preferences: str = ""
    known: str = ""
    flows: str = ""
    utilisation: Utilisation = Utilisation()
    read_to: date | None = None
    not_covered: tuple[str, ...] = ()

    @property
    def lengths(self) -> tuple[int, ...]:
        """Digits that a code asked for may have."""
        return tuple(sorted({4, 6, 8, LONGEST, self.digits}))


def lawbooks() -> Mapping[str, Path]:
    """Folder of every importer by id, in order; a user's before one of the package."""
    given = os.environ.get(VARIABLE, "")
    own = tuple(folder for text in filter(None, given.split(os.pathsep)) for folder in own_folders(Path(text)))
    return _lawbooks(own, tuple(stamp(folder) for folder in own))


@contextmanager
def comes_first(folder: Path | None) -> Iterator[str]:
    """Id of the importer that a folder holds, which comes before all others meanwhile; "" of none.

    Raises
    ------
    InputError : it holds several, or none.
    """
    if folder is None:
        yield ""
        return
    path = folder.expanduser().absolute()
    if not (path / NAME).is_file():
        inside = own_folders(folder, Parameter("folder"))
        names = ", ".join(str(folder / other.name) for other in inside[:6])
        raise InputError(str(folder), f"holds {len(inside)} importers, not one", f"give one of {names}")
    before = os.environ.get(VARIABLE, "")
    os.environ[VARIABLE] = os.pathsep.join(filter(None, (str(path), before)))
    try:
        yield importer_file(path).id
    finally:
        os.environ[VARIABLE] = before


def own_folders(root: Path, where: str = VARIABLE) -> tuple[Path, ...]:
    """Folders of importers in a user's folder: itself, or those right below it.

    Raises
    ------
    InputError : no such folder, or none that holds an importer, with the folder that may be meant.
    """
    path = root.expanduser().absolute()
    if not path.is_dir():
        near = (
            did_you_mean(path.name, [p.name for p in path.parent.iterdir() if p.is_dir()])
            if path.parent.is_dir()
            else ""
        )
        hint = f"did you mean {near}? " if near else ""
        raise InputError(
            where, f"there is no folder {root}", f"{hint}name a folder of an importer, or one of such folders"
        )
    own = (path,) if (path / NAME).exists() else tuple(file.parent for file in sorted(path.glob(f"*/{NAME}")))
    if not own:
        raise InputError(where, f"{root} holds no {NAME}", _deeper(path))
    return own


def _deeper(path: Path) -> str:
    """What to do about a folder that holds no importer."""
    deep = next(iter(sorted(path.glob(f"*/*/{NAME}"))), None) or path.parent / NAME
    if deep.exists():
        return f"did you mean {deep.parent if deep.parent == path.parent else deep.parent.parent}?"
    return "name a folder of an importer, or one of such folders; `detente law new` makes one"


def stamp(folder: Path) -> int:
    """Stands for the state of a user's folder, so that what changed is read anew; those of the package never change."""
    if folder.is_relative_to(_shipped()):
        return 0
    states = ((path.stat().st_mtime_ns, str(path)) for path in folder.rglob("*"))
    return hash(tuple(sorted(states)))


@memoized
def _lawbooks(own: tuple[Path, ...], stamps: tuple[int, ...]) -> Mapping[str, Path]:
    folders = {path.parent.name.upper(): path.parent for path in sorted(_shipped().glob(f"*/{NAME}"))}
    users: dict[str, Path] = {}
    for path in own:
        name = importer_file(path).id
        if name in users and users[name].parent == path.parent:
            what = f"{users[name].name} and {path.name} both hold the law of {name}"
            raise InputError(str(path.parent), what, "keep one of them")
        users.setdefault(name, path)
    return dict(sorted((folders | users).items()))


@memoized
def _shipped() -> Path:
    return package_folder() / "lawbooks"


#: Usual names, looked up without reading any file.
USUAL: Mapping[str, str] = {"US": "USA", "UNITED STATES": "USA", "CHINA": "CHN", "EU": "EU27"}


def importer_id(text: str, where: str = "importer") -> str:
    """Id of the importer whose law applies, by any of its names or those of a member of its union.

    Raises
    ------
    UnknownName : no country or union of that name has a folder.
    """
    code = text.strip().upper()
    known = lawbooks()
    code = USUAL.get(code, code)
    if code in known:
        return code
    group = countries().group(text)
    if group is not None and group.id in known:
        return group.id
    named = _also().get(fold(text))
    if named is not None:
        return named
    return _of_country(countries().resolve(text, where), where)


def _of_country(code: str, where: str) -> str:
    known = lawbooks()
    if code in known:
        return code
    union = next((name for name in known if name in countries().groups and code in countries().expand(name)), None)
    if union is None:
        # The code is that of a country, so that no other name is meant.
        repair = "make its folder with `detente law new`, or see `detente law coverage`"
        raise UnknownName("importer", code, (), where, f"no law of {countries().name(code)} is here: {repair}")
    return union


def member_note(text: str, name: str) -> str:
    """What a reader is told who asks for a member of a union; "" for an importer of its own."""
    group = countries().groups.get(name)
    if group is None or countries().group(text) is group or fold(text) in _also():
        return ""
    code = countries().resolve(text, "importer")
    return f"{countries().name(code)} applies the tariff of the {group.title}"


def _also() -> Mapping[str, str]:
    known = lawbooks()
    return _other_names(tuple(known.items()), tuple(stamp(folder) for folder in known.values()))


@memoized
def _other_names(known: tuple[tuple[str, Path], ...], stamps: tuple[int, ...]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for name, folder in known:
        for text in (importer_file(folder).name, *importer_file(folder).also):
            names.setdefault(fold(text), name)
    return names


def importer_file(folder: Path) -> ImporterFile:
    """The content of a folder's `importer.yaml`.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    return _importer_file(folder, stamp(folder))


@memoized
def _importer_file(folder: Path, state: int) -> ImporterFile:
    stored = once(folder)
    if stored is not None:
        return replace(stored.file, folder=folder)
    return read_importer(folder)


def read_importer(folder: Path) -> ImporterFile:
    """What `importer.yaml` of a folder says, read from the file itself.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    from detente.data.lawrows import ImporterContent, importer_faults
    from detente.data.models import read_model, record_of

    file = read_model(ImporterContent, folder / NAME, f"{folder.name}/{NAME}", importer_faults)
    known, use = countries(), file.utilisation
    group = known.groups.get(file.importer)
    return record_of(
        ImporterFile,
        file,
        id=file.importer,
        folder=folder,
        name=file.name or (group.title if group else known.names[file.importer]),
        members=known.expand(file.importer) if group else frozenset({file.importer}),
        digits=6 if file.level != "line" else file.nomenclature.digits,
        edition=file.nomenclature.edition,
        nomenclature=file.nomenclature.name,
        currency=file.currency.code,
        per_usd=file.currency.per_usd,
        schedule=ScheduleFile(**dict(file.schedule)),
        utilisation=Utilisation(use.share, *use.ends, use.source, use.confidence),
    )
