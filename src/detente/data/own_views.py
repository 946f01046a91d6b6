"""What a reader asks of the tables here: lists, cards, states, and places."""

from __future__ import annotations

from pathlib import Path

from detente.codes import Table, UnknownName, table_of
from detente.data.formats.declared import PublishedFormat
from detente.data.formats.known import detect, known_formats
from detente.data.formats.original import open_original
from detente.data.library import catalogue, find, package_folder, user_folder
from detente.data.own_tables import OwnTable, own_tables, unrecorded, verified


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
    """A table of the library or the package, or a publisher's file."""
    own = {table.name: table for table in own_tables()}
    if name in own:
        return table_of("package.card", _card(own[name]), name=name, title=name)
    if name in catalogue():
        return table_of("package.card", _entry(name), name=name, title=str(catalogue()[name].get("title", name)))
    path = Path(name)
    if path.exists() or len(path.parts) > 1:
        return _file_table(path)
    raise UnknownName("table", name, [*own, *catalogue()], repair="list them with `detente data list`")


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


def _entry(name: str) -> list[tuple[str, str]]:
    entry = catalogue()[name]
    rows = [(key, str(value)) for key, value in entry.items() if key != "columns"]
    return rows + [(f"column {key}", str(value)) for key, value in entry.get("columns", {}).items()]


def _file_table(path: Path) -> Table:
    """Format of a file, whose it is, how it is packed, and the columns that count."""
    original = open_original(path)
    entry = detect(original)
    rows = [
        ("format", entry.name),
        ("title", entry.title),
        ("publisher", entry.publisher),
        ("licence", entry.licence),
        ("becomes", entry.becomes),
        ("packed as", original.container),
        ("sha256", original.sha256),
    ]
    rows += [(f"column {column.heads[0]}", _meaning(entry, column.name, column.factor)) for column in entry.columns]
    return table_of("package.card", rows, name="file", title=path.name)


def _meaning(entry: PublishedFormat, name: str, factor: float) -> str:
    times = f", times {factor:,g}" if factor != 1.0 else ""
    money = f" in {entry.money}" if name in ("value", "duty") and entry.becomes in ("trade", "use") else ""
    return f"{name}{money}{times}"


def verified_table(name: str = "") -> Table:
    """Tables held against their hashes."""
    return table_of("formats.verified", list(verified(name)))


def where_table(name: str = "") -> Table:
    """Folders of tables, or the file of one of them."""
    if name:
        own = next((table for table in own_tables() if table.name == name), None)
        place = own.path if own is not None else find(name).path
        return table_of("formats.where", [(name, str(place))])
    rows = [("your library", str(user_folder())), ("the package", str(package_folder() / "tables"))]
    return table_of("formats.where", rows)
