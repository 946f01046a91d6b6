"""Entries that are sent: a file of a stranger read within limits, rated at once, and kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Mapping

from detente.codes import InputError, Parameter
from detente.data.entryfile import SentFile
from detente.faces.web.problems import Problem
from detente.lab.entries.job import EntriesOrder, RatedEntries, rate_entries
from detente.law import Reading

MOST_ROWS = 20_000
"""Rows of a file that the server rates."""

MEDIA = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Kind of content -> how a file of it is called."""

NAME = "entries"
MOST_FIELDS = 20
BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
FIELD = re.compile(r'name="([^"\r\n]*)"')
FILE = re.compile(r'filename="([^"\r\n]*)"')


def order_of(of: str, void: str, reading: str) -> EntriesOrder:
    """How entries are to be rated, from the words of an address.

    Raises
    ------
    InputError : a reading or an importer that nobody knows.
    """
    from detente.data.importerfile import importer_id

    names = [r.value for r in Reading]
    if reading not in names:
        raise InputError("reading", f"'{reading[:20]}' is no reading of time", f"use {', '.join(names)}")
    selectors = tuple(name.strip() for name in void.split(",") if name.strip())
    return EntriesOrder(importer_id(of[:60], "of"), None, Reading(reading), selectors)


def rated_sent(content: bytes, name: str, order: EntriesOrder) -> RatedEntries:
    """A file that was sent, rated.

    Raises
    ------
    InputError : what is wrong with the file, every fault at once; one with too many rows, or packed.
    """
    if name.lower().endswith(".gz") or content[:2] == b"\x1f\x8b":
        raise InputError(NAME, "is packed", "send it unpacked")
    try:
        return rate_entries(SentFile(name, content), order, most=MOST_ROWS)
    except InputError as error:
        if isinstance(error.where, Parameter):
            raise InputError(str(error.where), error.what, error.repair) from None
        raise


def name_of(media: str, name: str = NAME, kinds: Mapping[str, str] = MEDIA) -> str:
    """Name of a file whose content is of a kind.

    Parameters
    ----------
    kinds : kind of content -> how a file of it is called.

    Raises
    ------
    Problem : 415 another kind.
    """
    kind = media.split(";", 1)[0].strip().lower()
    if kind not in kinds:
        raise Problem(415, f"give the {name} as one of {', '.join(kinds)}")
    return f"{name}{kinds[kind]}"


def of_form(body: bytes, media: str) -> tuple[dict[str, str], SentFile | None]:
    """Fields and file of a form that was sent with a file in it; no file where none was chosen.

    Raises
    ------
    InputError : what is no such form.
    """
    boundary = BOUNDARY.search(media)
    if not media.lower().startswith("multipart/form-data") or boundary is None:
        raise InputError("form", "brings no file", "choose a file and send the form")
    fields: dict[str, str] = {}
    sent: SentFile | None = None
    mark = b"--" + boundary[1].encode("ascii", "replace")
    for part in body.split(mark)[1 : MOST_FIELDS + 1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        words = head.decode("utf-8", "replace")
        name, file = FIELD.search(words), FILE.search(words)
        if not blank or name is None:
            continue
        content = content.removesuffix(b"\r\n")
        if file is None:
            fields[name[1]] = content.decode("utf-8", "replace")[:200]
        elif file[1]:
            sent = SentFile(re.split(r"[/\\]", file[1])[-1][:80], content)
    return fields, sent
