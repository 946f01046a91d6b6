"""What a reader asks of the tables here: lists, cards, states, places, and what a fetch would bring."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from urllib.parse import unquote, urlsplit

from detente.codes import InputError, Parameter, Table, UnknownName, table_of
from detente.data.fetching import check_address
from detente.data.formats.declared import PublishedFormat
from detente.data.formats.known import detect, format_named, known_formats
from detente.data.formats.original import open_original
from detente.data.library import catalogue, user_folder
from detente.data.own_tables import OwnTable, name_of, own_tables, unrecorded, verified

ORIGINALS = "originals"
"""Folder of fetched files within the library."""

UNKNOWN_TERMS = "unknown: read the terms of whoever gives it"


def formats_table() -> Table:
    """Every format that is read."""
    rows = [(f.name, f.publisher, f.title, f.becomes, f.how, f.licence) for f in known_formats().values()]
    return table_of("formats.formats", rows)


def library_table() -> Table:
    """Tables of the user's library; those without a record too."""
    rows = [(t.name, t.publisher, t.format, t.added, t.rows, t.licence, t.state) for t in own_tables()]
    rows += [(path.stem, "", "", "", 0, "", "without a record") for path in unrecorded()]
    return table_of("formats.library", sorted(rows))


def info_table(name: str) -> Table:
    """Where a table of the library or the package comes from, a format of a publisher, or a file of one."""
    own = {table.name: table for table in own_tables()}
    if name in own:
        rows = _card(own[name])
    elif name in catalogue():
        rows = [(key, str(value)) for key, value in catalogue()[name].items() if key != "columns"]
    else:
        rows = _format_card(name)
    title = f"Your table {name}" if name in own else str(catalogue().get(name, {}).get("title", Path(name).name))
    return table_of("package.card", rows, name="source", title=title)


def columns_table(name: str) -> Table:
    """Columns of a table of the package, or of the files of a format, with what each holds."""
    entry = catalogue().get(name)
    if entry is not None:
        rows = [(key, str(value)) for key, value in entry.get("columns", {}).items()]
    elif name in {table.name for table in own_tables()}:
        rows = []
    else:
        known = _format_of(name)[0]
        rows = [(column.heads[0], _meaning(known, column.name, column.factor)) for column in known.columns]
    return table_of("package.columns", rows, title=Path(name).name)


def _card(table: OwnTable) -> list[tuple[str, str]]:
    names = (
        "publisher",
        "licence",
        "format",
        "becomes",
        "source",
        "source_sha256",
        "address",
        "added",
        "rows",
        "sha256",
    )
    rows = [(name, str(getattr(table, name))) for name in names]
    return [*rows, ("key", ", ".join(table.key)), ("state", table.state), ("file", str(table.path)),
            *(("note", note) for note in table.notes)]  # fmt: skip


def _format_of(name: str) -> tuple[PublishedFormat, list[tuple[str, str]]]:
    """The format of that name or of the file at that path, and what is known of the file."""
    known = known_formats()
    if name in known:
        return known[name], [("how to get it", known[name].how), ("address", known[name].address)]
    original = open_original(Path(name))
    return detect(original), [("packed as", original.container), ("sha256", original.sha256)]


def _format_card(name: str) -> list[tuple[str, str]]:
    entry, more = _format_of(name)
    fields = ("title", "publisher", "licence", "becomes")
    return [("format", entry.name), *((field, str(getattr(entry, field))) for field in fields), *more]


def _meaning(entry: PublishedFormat, name: str, factor: float) -> str:
    times = f", times {factor:,g}" if factor != 1.0 else ""
    money = f" in {entry.money}" if name in ("value", "duty") and entry.becomes in ("trade", "use") else ""
    return f"{name}{money}{times}"


def verified_table(name: str = "") -> Table:
    """Tables held against their hashes."""
    return table_of("formats.verified", list(verified(name)), (f"your library: {user_folder()}",))


@dataclass(frozen=True, slots=True)
class FetchOffer:
    """What a fetch would bring: address, place for it, format (""), name in the library, and terms."""

    address: str
    target: Path
    format: str
    name: str
    publisher: str
    licence: str
    member: str = ""
    words: tuple[tuple[str, str], ...] = ()


def offer_of(what: str, words: Mapping[str, str], name: str = "", format_: str = "") -> FetchOffer:
    """The file of a format with its words filled in, or of an address.

    Raises
    ------
    UnknownName : no format of that name. InputError : a format without an address, words that are missing or unknown.
    """
    if "://" in what:
        check_address(what)
        entry = format_named(format_) if format_ else None
        target = user_folder() / ORIGINALS / _file_of(what, "file")
        publisher = entry.publisher if entry else urlsplit(what).netloc
        licence = entry.licence if entry else UNKNOWN_TERMS
        return FetchOffer(what, target, format_, name or name_of(target.name), publisher, licence)
    entry = format_named(what)
    address = _filled(entry, words)
    stem = "-".join([entry.name, *words.values()])
    target = user_folder() / ORIGINALS / _file_of(address, stem)
    member = entry.member.format_map(words) if _slots(entry.member) <= set(words) else ""
    name = name or name_of(re.sub(r"[^\w.-]+", "-", stem))
    return FetchOffer(address, target, entry.name, name, entry.publisher, entry.licence, member, tuple(words.items()))


def offer_table(offer: FetchOffer, sha256: str = "") -> Table:
    """What a fetch would bring, and on what terms."""
    rows = [
        ("address", offer.address),
        ("publisher", offer.publisher),
        ("terms", offer.licence),
        ("format", offer.format or "told by its content"),
        ("kept as", str(offer.target)),
        ("added as", offer.name),
        ("sha256", sha256 or "not known before: any is taken"),
    ]
    return table_of("formats.offer", rows, name=offer.name)


def _slots(text: str) -> set[str]:
    return {slot for _, slot, _, _ in Formatter().parse(text) if slot}


def _filled(entry: PublishedFormat, words: Mapping[str, str]) -> str:
    where = Parameter("set")
    if not entry.address:
        raise InputError(entry.name, "has no address that lasts", entry.how)
    slots = _slots(entry.address)
    for word in words:
        if word not in slots | _slots(entry.member):
            raise UnknownName("word", word, slots, where, f"the address has {', '.join(sorted(slots)) or 'none'}")
    missing = sorted(slots - set(words))
    if missing:
        raise InputError(where, f"{entry.name} needs {', '.join(missing)}", f"say `set=` {missing[0]}=...")
    bad = next((value for value in words.values() if not re.fullmatch(r"[\w.,-]+", value)), "")
    if bad:
        raise InputError(where, f"'{bad}' is no word of an address", "use letters, digits and . , - _")
    return entry.address.format_map(words)


def _file_of(address: str, otherwise: str) -> str:
    """Name of the file at an address; of an answer to a question, what was asked."""
    parts = urlsplit(address)
    last = unquote(parts.path).rpartition("/")[2]
    usable = re.sub(r"[^\w.-]+", "-", last).strip(".-")
    if parts.query or not usable:
        return re.sub(r"[^\w.-]+", "-", otherwise).strip(".-") or "file"
    return usable
