"""Questions for what a claim leaves out and has to say before a number can be set against it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detente.codes import declared_note
from detente.lab.claims.rows import QuantityRow, ReadingRow


@dataclass(frozen=True)
class Wording:
    """A claim's quantity with the definitions it brings along.

    Attributes
    ----------
    own : its definition; given : its readings.
    """

    row: QuantityRow
    own: ReadingRow | None
    given: Sequence[ReadingRow]

    @property
    def words(self) -> str:
        """The quantity in words."""
        return self.row.name.replace("_", " ")

    def names(self, key: str) -> bool:
        """Whether the quantity, the definition or every reading that counts says it."""
        if getattr(self.row, key, None):
            return True
        counted = [reading for reading in self.given if not reading.illustrative]
        own = [] if self.own is None else [self.own]
        return any(getattr(reading, key, None) for reading in own) or (
            bool(counted) and all(getattr(reading, key, None) for reading in counted)
        )


Question = Callable[[Wording], str]
"""Why a claim cannot be checked as it stands, with what to add; "" where it says what it has to."""


def refused(wording: Wording) -> str:
    """No question: a claim that leaves this out is refused where it is read or computed."""
    return ""


def partner(wording: Wording) -> str:
    """Of which country? For quantities that would take one for granted."""
    if wording.names("partner") or wording.row.importer:
        return ""
    return declared_note("claims.partner_unsaid", quantity=wording.words)


def base(wording: Wording, others: str = "") -> str:
    """Against which day? `others` : further ways to say it."""
    if wording.row.base is not None:
        return ""
    return f"{declared_note('claims.base_unsaid', quantity=wording.words)}{others}"
