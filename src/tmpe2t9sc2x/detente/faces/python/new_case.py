"""A case of the talks made from the laws and the record of a day."""

from __future__ import annotations

from datetime import date

from detente.codes.kinds import checked
from detente.data.yamlfile import as_date
from detente.lab.talks.new.draft import NewCase
from detente.lab.talks.new.draft import new_case as made


@checked
def new_case(*parties: str, on: date | str | None = None) -> NewCase:
    """A case between any parties: `text` is its file, `write(path)` writes it, `file` is what it says.

    Parameters
    ----------
    parties : two to six countries, or the EU, by name or code.
    on : day of the case, the last whose facts are in it; today by default.

    Raises
    ------
    UnknownName, InputError : a party that is not on record, one named twice, or a day before the record.
    """
    return made(*parties, on=date.today() if on is None else as_date(on, "on"))
