"""What a reader asks of the tables here: lists, cards, states, and places."""

from __future__ import annotations

from pathlib import Path

from detente.codes import Table, table_of
from detente.data.containers import open_original
from detente.data.formats.declared import PublishedFormat
from detente.data.formats.known import detect, known_formats
from detente.data.library import catalogue, user_folder
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
    names = "publisher licence format becomes source source_sha256 address added rows sha256".split()
    rows = [(name, str(getattr(table, name))) for name in names]
    return [*rows, ("key", ", ".join(table.key)), ("state", table.state), ("file", str(table.path)),
            *(("note", note) for note in table.notes)]  # fmt: skip


def _format_of(name: str) -> tuple[PublishedFormat, list[tuple[str, str]]]:
    """The format of that name or of the file at that path, and what is known of the file."""
    known = known_formats()
    if name in known:
        return known[name], [("how to get it", known[name].how)]
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
