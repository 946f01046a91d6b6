"""Publishers' files in Python: `dt.read_data`."""

from __future__ import annotations

from pathlib import Path

from detente.codes import Table
from detente.codes.kinds import checked
from detente.data.formats.known import read_published


@checked
def read_data(path: str | Path, as_: str = "", *, encoding: str = "", member: str = "", **words: str) -> Table:
    """A publisher's file as a table: recognised by its content, checked, in the units of its columns.

    Parameters
    ----------
    as_ : its format, as `detente data list formats` names it, where the content does not tell.
    encoding : of its text; UTF-8 by default. member : file within an archive of several.
    words : what the file does not say: `sheet` of a workbook, `table` of a database, `year`.

    Raises
    ------
    InputError : every fault at once, with file, row, key and repair.
    """
    return read_published(path, as_, encoding=encoding, member=member, words=words).table
