"""Trade costs that are not duties, as users give them: rows of a scenario, or a file of CSV, Parquet or YAML.

One reader for all of them. A row says whose goods, on the way to whom, of which sector, by how much the cost of the way
changes, and on which days: a licence, a border check, an agreement, a control of exports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import InputError
from detente.data.usertable import Columns, read_table
from detente.data.yamlfile import as_date, as_prose, as_share, as_text, check_keys, read_yaml

ENDS = ("exporter", "importer")
CHANGE, COST = "change", "cost"
"""A change in per cent, or the cost new over old."""

MAYBE = ("sector", CHANGE, COST, "from", "until", "note")
KEYS = (*ENDS, *MAYBE)
YAMLS = (".yaml", ".yml")


@dataclass(frozen=True)
class CostRow:
    """One change of trade costs.

    Attributes
    ----------
    importer, exporter : as written: a code, a name, a group or all; `sector` : "" for all goods.
    hat : cost new over old, above zero.
    from_, until : first and last day; None where it is open.
    note : what it stands for; `where` : file and row, for messages.
    """

    importer: str
    exporter: str
    sector: str
    hat: float
    from_: date | None = None
    until: date | None = None
    note: str = ""
    where: str = ""

    @property
    def change(self) -> float:
        """The change, share: -0.05 for five per cent less."""
        return self.hat - 1.0

    def holds(self, on: date | None) -> bool:
        """Whether it is in force on a day; without a day every row is."""
        return on is None or ((self.from_ or on) <= on <= (self.until or on))


def read_costs(path: Path, where: str = "") -> tuple[CostRow, ...]:
    """Rows of a file.

    Columns, or keys of each row of a YAML list, are `exporter, importer`, `change` (in per cent, -5%) or `cost` (new
    over old, 0.95), and optionally `sector`, `from`, `until`, `note`.

    Raises
    ------
    InputError, UnknownName : what cannot be read, with the file, the row and the key.
    """
    name = where or str(path)
    if path.suffix in YAMLS:
        return parse_costs(read_yaml(path, name), name)
    frame = read_table(path, Columns(ENDS, maybe_texts=MAYBE))
    rows = ({key: text for key, text in row.items() if text} for row in frame.iter_rows(named=True))
    return tuple(_row(row, f"{path}, row {number}") for number, row in enumerate(rows, start=2))


def parse_costs(content: Any, where: str) -> tuple[CostRow, ...]:
    """Rows from the content of a file of YAML or of a scenario; errors as `read_costs`."""
    rows = [content] if isinstance(content, Mapping) else content
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise InputError(where, "should be rows", "as in - {exporter: EU27, importer: BRA, change: -5%}")
    return tuple(_row(row, f"{where}, row {number}") for number, row in enumerate(rows, start=1))


def _row(content: Any, where: str) -> CostRow:
    row = check_keys(content, KEYS, where, ENDS)
    importer, exporter, sector = (as_text(row.get(key) or "", f"{where}, {key}") for key in (*ENDS[::-1], "sector"))
    days = [None if row.get(key) is None else as_date(row[key], f"{where}, {key}") for key in ("from", "until")]
    if days[0] and days[1] and days[0] > days[1]:
        raise InputError(where, f"ends on {days[1]}, before it begins on {days[0]}", "swap from and until")
    note = as_prose(row.get("note"), where)
    return CostRow(importer, exporter, sector.strip(), _hat(row, where), days[0], days[1], note, where)


def _hat(row: Mapping[str, Any], where: str) -> float:
    """Cost new over old from the one number that a row gives."""
    given = [key for key in (CHANGE, COST) if row.get(key) is not None]
    if len(given) != 1:
        what = f"gives both {CHANGE} and {COST}" if given else f"'{CHANGE}' is missing"
        raise InputError(where, what, "give one number, as change: -5%, or cost: 0.95")
    key, place = given[0], f"{where}, {given[0]}"
    if key == CHANGE:
        hat = 1.0 + as_share(_plain(row[key]), place)
        if hat <= 0.0:
            raise InputError(place, f"{row[key]} leaves no cost", "give more than -100%")
        return hat
    text = _plain(row[key])
    hat = as_share(text, place) if isinstance(text, str) else float(text)
    if not 0.0 < hat < float("inf"):
        raise InputError(place, f"{row[key]} is not new over old", "give 1.1 for ten per cent more")
    return hat


def _plain(value: Any) -> Any:
    """A number written as text, as tables have it, is the number."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def in_force(rows: Sequence[CostRow], on: date | None) -> tuple[CostRow, ...]:
    """The rows that hold on a day."""
    return tuple(row for row in rows if row.holds(on))


SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(ENDS),
                "properties": {
                    "exporter": {"type": "string", "description": "whose goods: a country, a group or all"},
                    "importer": {"type": "string", "description": "who buys them: a country, a group or all"},
                    "sector": {"type": "string", "description": "sector of icio-2022, goods, services or all; goods"},
                    "change": {"type": ["string", "number"], "description": "change of the cost: '-5%' or -0.05"},
                    "cost": {"type": ["string", "number"], "description": "cost new over old, in place of change"},
                    "from": {"type": "string", "format": "date", "description": "first day; open by default"},
                    "until": {"type": "string", "format": "date", "description": "last day; open by default"},
                    "note": {"type": "string", "description": "what it stands for"},
                },
            },
        },
    ]
}
"""What a scenario may hold, for editors that check as one types."""
