"""Look-up of tariff lines by a code or the beginning of one."""

from __future__ import annotations

import numpy as np

from detente.codes import Column, Table, Unit, dotted
from detente.data.importers import Importer

SHORTEST, LONGEST = 2, 10
"""Digits of a code that is searched for."""


def lines_of_code(where: Importer, words: str) -> list[Table]:
    """Tariff lines under a code of 2 to 10 digits; nothing where the words are no code or nothing lies under it."""
    code = words.replace(".", "").strip()
    if not code.isascii() or not code.isdigit() or not SHORTEST <= len(code) <= LONGEST:
        return []
    inside = where.lines.slice(code)
    if inside.start == inside.stop:
        return []
    columns = [Column("line", Unit.CODE, "tariff line"), Column("description", Unit.TEXT, "goods")]
    columns += [Column(name, Unit.TEXT, name) for name in ("from", "until")]
    data = {
        "line": np.array([dotted(str(one)) for one in where.lines.codes[inside]]),
        "description": np.array([str(text) for text in where.descriptions()[inside]]),
        "from": np.asarray(where.table["from"][inside]).astype(np.str_),
        "until": np.asarray(where.table["until"][inside]).astype(np.str_),
    }
    return [Table("lines", f"Tariff lines under {dotted(code)}", tuple(columns), data)]
