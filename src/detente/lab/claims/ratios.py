"""Ratios that claims speak of: "ten times", "half of": a quantity against itself elsewhere, or on another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from detente.codes import UnknownName, declared_note
from detente.data.models import model_of
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.readings import readings_meant
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.words import plainly

OWN_KEYS = ("name", "of", "other", "value", "unit", "comparator")


def ratio_to(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """A quantity over the same with other keys, both under the first reading that each of them has.

    Raises
    ------
    InputError : no quantity, nothing that differs, or keys that the quantity does not take.
    """
    name = row.of
    known = [other for other in quantities() if other != row.name]
    if name not in known:
        raise UnknownName("quantity", name, known, f"quantity {row.name}, of", "name what is compared, as of: imports")
    given = {key: getattr(row, key) for key in row.model_fields_set if key not in OWN_KEYS}
    sides = ({"name": name, "value": "1", **keys} for keys in (given, _other(given, row.other)))
    rows = [model_of(QuantityRow, side, "quantity ratio_to, other") for side in sides]
    upper, lower = ({r.name: r for r in readings_meant(side, None)} for side in rows)
    compute = quantities()[name].compute
    answers = []
    for shared in (own for own in upper if own in lower):
        pair = [compute(basis, r, own[shared], r.as_of or as_of) for r, own in zip(rows, (upper, lower), strict=True)]
        if all(isfinite(answer.value) for answer in pair):
            return _over(pair[0], pair[1], upper[shared].label)
        answers += [answer.remark for answer in pair if not isfinite(answer.value)]
    words = answers[0] if answers else declared_note("claims.ratio_apart", quantity=name.replace("_", " "))
    return Measured(float("nan"), remark=words)


TIMES = frozenset({"year", "period", "month"})


def _other(given: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the other side: those of the claim, with what differs; a time takes the place of any other."""
    dropped = TIMES if TIMES & other.keys() else frozenset()
    return {**{key: value for key, value in given.items() if key not in dropped}, **other}


def _over(upper: Measured, lower: Measured, label: str) -> Measured:
    if not lower.value:
        return Measured(float("nan"), inputs=upper.inputs, remark=declared_note("claims.ratio_of_zero"))
    same = upper.draws.size == lower.draws.size and not upper.range_of and not lower.range_of
    draws = upper.draws / lower.draws if same and upper.draws.size else np.zeros(0)
    remark = f"{plainly(upper.value)} over {plainly(lower.value)}, {label}"
    days = [day for day in (upper.known, lower.known) if day is not None]
    inputs = tuple(dict.fromkeys((*upper.inputs, *lower.inputs)))
    return Measured(upper.value / lower.value, draws, inputs, max(days, default=None), remark=remark)
