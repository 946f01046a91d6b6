"""Microdata that are sent: rows of a stranger by month, line and partner, within limits, and kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.codes import InputError, Parameter
from detente.codes.errors import UnknownName
from detente.data.entryfile import SentFile
from detente.data.importerfile import importer_id
from detente.data.microfile import blocks_of
from detente.data.store import passing_folder, remove_folder, write_bytes
from detente.faces.web.work.sent_entries import MEDIA as OF_ENTRIES
from detente.lab.micro.micro import BAD, OWN_MONTH, Micro, micro
from detente.lab.micro.setting import MicroSetting

MOST_ROWS = 50_000
"""Rows of a file that the server groups."""

MOST_MONTHS = 24
"""Months that it lays a law on."""

NAME = "micro"
MEDIA = {kind: ending for kind, ending in OF_ENTRIES.items() if ending != ".xlsx"}
"""Kind of content -> how a file of it is called."""

COUNTRY = ("country", "countries", "partners")
"""Words for the grouping by partner."""


@dataclass(frozen=True)
class MicroWords:
    """What is asked of microdata, in the words of an address or a form.

    Attributes
    ----------
    by, void : names with a comma between. `first`, `last` : months as 2025-04. `bad` : share of rows left out at most.
    """

    ask: str = "weights"
    by: str = ""
    void: str = ""
    of: str = "USA"
    reading: str = "effective"
    weights: str = OWN_MONTH
    first: str = ""
    last: str = ""
    bad: float = BAD


def answered(file: SentFile, words: MicroWords) -> Micro:
    """What was asked of a file that was sent.

    Raises
    ------
    InputError : a question that nobody knows, what is wrong with the file, more rows or months than the server takes.
    """
    if file.name.lower().endswith(".gz") or file.content[:2] == b"\x1f\x8b":
        raise InputError(NAME, "is packed", "send it unpacked")
    if not file.name.lower().endswith(tuple(MEDIA.values())):
        raise InputError(file.name, "is no file of a kind that is read here", f"give {', '.join(MEDIA.values())}")
    folder = passing_folder("detente-sent")
    try:
        voided, refunds = tuple(_listed(words.void)), words.ask == "refunds"
        setting = MicroSetting(importer_id(words.of[:60], "of"), words.reading, void=() if refunds else voided)
        path = write_bytes(folder / Path(file.name).name, file.content)
        _check_rows(path, file.name)
        return micro(
            path, words.ask, setting=setting, by=["partner" if by in COUNTRY else by for by in _listed(words.by)],
            void=voided if refunds else (), weights=words.weights or OWN_MONTH, first=_month(words.first, "first"),
            last=_month(words.last, "last"), bad=words.bad, workers=1, most=MOST_MONTHS,
        )  # fmt: skip
    except UnknownName:
        raise
    except InputError as error:
        # The folder is of the server, the file of whoever sent it.
        where, what = (str(text).replace(f"{folder}/", "") for text in (error.where, error.what))
        raise InputError(where, what, error.repair) from None
    finally:
        remove_folder(folder)


def _check_rows(path: Path, name: str) -> None:
    rows = sum(block.size for block in blocks_of([path]))
    if rows > MOST_ROWS:
        raise InputError(name, f"has {rows:,} rows", f"send {MOST_ROWS:,} or fewer, or use the command")


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _month(text: str, where: str) -> str:
    """A month as 2025-04; "" where none is named."""
    if not text.strip():
        return ""
    try:
        return date.fromisoformat(f"{text.strip()[:10]}-01").strftime("%Y-%m")
    except ValueError:
        raise InputError(Parameter(where), f"'{text[:20]}' is not a month", "write it as 2025-04") from None
