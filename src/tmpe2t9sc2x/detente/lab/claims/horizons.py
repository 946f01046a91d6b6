"""Time that claims of an effect speak of: a model of the long run says so where the words mean a year or less."""

from __future__ import annotations

import re

from detente.codes import declared_note
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import QuantityRow

SOON = re.compile(
    r"\b(?:this|next|coming|by the end of the|within the|in the first|in a(?: single)?) (?:week|month|quarter|year)s?\b"
    r"|\bwithin (?:days|weeks|months|a year)\b|\b(?:immediately|overnight|at once|straight away|by christmas)\b"
    r"|\bin the short (?:run|term)\b|\bshort[- ](?:run|term)\b",
    re.IGNORECASE,
)
"""Words for a time in which a long run has not passed."""

LONG = "long"


def short_words(row: QuantityRow, text: str) -> str:
    """What is to be said of a claim about a short time where the model is of the long run; "" where nothing is.

    Parameters
    ----------
    text : the words of the claim.
    """
    settled = quantities()[row.name].settled
    if not settled or row.horizon == LONG:
        return ""
    match = SOON.search(text)
    if match is None and not row.horizon:
        return ""
    spoken = f'"{match.group(0)}"' if match is not None else "the short run"
    if row.horizon and "horizon" in quantities()[row.name].uses:
        return declared_note("claims.short_for_capital", spoken=spoken)
    return declared_note("claims.short_for_model", spoken=spoken, settled=settled)
