"""Proof: an archive by which an auditor checks a run without this program, with `tools/verify.py` alone."""

from __future__ import annotations

import io
import re
import zipfile
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.table import written
from detente.faces.formats import to_bytes, to_json
from detente.faces.report.replication import STAMP
from detente.faces.words.brief import Brief, brief
from detente.lab.duties.proof import evidence
from detente.lab.prepared import prepared
from detente.lab.result import Result
from detente.lab.world import proof as world
from detente.version import VERSION

#: Numbers in a text; days and years before them are no numbers of a table.
NUMBER = re.compile(r"(?<![\w.])[-+−]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:%|bn)?")
DAY = re.compile(rf"\b(?:\d{{1,2}} )?(?:{'|'.join(month_name[1:])})(?: \d{{4}})?\b|\b(?:19|20)\d\d\b")

#: What is done to a cell before it is printed.
SCALES = {"%": 100.0, "bn": 1e-9, "": 1.0}


def proof(result: Result, folder: Path | None = None, draws: int | None = None) -> bytes:
    """The archive, the same bytes for the same result.

    Parameters
    ----------
    folder : where the scenario's own files lie. draws : asked for beside the scenario's own.
    """
    ready = prepared(result.scenario, today=date.today(), draws=draws, folder=folder)
    members, left = evidence(result, ready.pairings)
    of_world, left_of_world = world.evidence(result.tables, result.scenario, ready.pairings, ready.folder)
    members, left = members | of_world, [*left_of_world, *left]
    rows = [*_witnessed(result, brief(result))]
    members["brief.json"] = numbers = [row for row in rows if row["table"]]
    tables: dict[str, dict[str, dict[str, str]]] = {}
    claims = (*members["averages.json"].values(), members.get("world.json", {"cells": []}))
    for cell in (*numbers, *(cell for each in claims for cell in each["cells"])):
        tables.setdefault(cell["table"], {}).setdefault(str(cell["row"]), {})[cell["column"]] = cell["value"]
    members["tables.json"] = tables
    lone = [(row["number"], row["text"].rstrip(".")) for row in rows if not row["table"]]
    left += dict.fromkeys(declared_note("package.left_number", number=number, text=text) for number, text in lone)
    about = {"key": result.key, "version": VERSION, "scenario": result.scenario.name, "numbers": len(numbers)}
    members["proof.json"] = {**about, "members": sorted({*members, "proof.json"}), "not_proved": left}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(members.items()):
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            if name == "world.json":  # what solves the world does so in all its digits
                content = to_bytes(content, exact=True)
            archive.writestr(info, content if isinstance(content, str | bytes) else to_json(content))
    return out.getvalue()


def _witnessed(result: Result, words: Brief) -> Iterator[dict[str, Any]]:
    """Each number of the brief with the cell that it is; without a table where it is none."""
    lines, cards = ([each.as_dict() for each in group] for group in (words.lines, words.cards))
    first = dict.fromkeys(row["table"] for row in (*lines, *cards))
    known: dict[str, dict[str, Any]] = {}
    for row, parts in [(r, ("before", "after", "change", "range")) for r in lines] + [
        (r, ("number", "against", "spread")) for r in cards
    ]:
        label = row["label"]
        unit = "%" if label.endswith("%") or row.get("number", "").endswith("%") else ""
        unit = "bn" if "bn USD" in label or row.get("number", "").endswith("bn") else unit
        for number in NUMBER.findall(DAY.sub("", " ".join(row[part] for part in parts))):
            cell = _cell_behind(number, unit, [row["table"], *first], result.tables)
            if cell:
                known.setdefault(f"{_digits(number)}{unit}", cell)
            yield {"text": label, "number": number, "unit": unit, **(cell or {"table": ""})}
    for text in words.sentences:  # what a sentence says stands beside it, so that no other cell passes for it by chance
        for number in NUMBER.findall(DAY.sub("", text)):
            unit = next((end for end in ("%", "bn") if number.endswith(end)), "")
            yield {"text": text, "number": number, "unit": unit,
                   **known.get(f"{_digits(number)}{unit}", {"table": ""})}  # fmt: skip


def _digits(number: str) -> str:
    return re.sub(r"[^0-9.]", "", number)


def _cell_behind(number: str, unit: str, names: Sequence[str], tables: Mapping[str, Table]) -> dict[str, Any] | None:
    """The first cell of some tables that prints as a number does."""
    plain = re.sub(r"[^-+0-9.]", "", number.replace("−", "-"))
    half, wanted = 0.5 * 10.0 ** -len(plain.partition(".")[2]) * (1 + 1e-9), float(plain)
    for table in (tables[name] for name in dict.fromkeys(names) if name in tables):
        for column in (column.name for column in table.columns if table[column.name].dtype.kind == "f"):
            values = np.nan_to_num(table[column], nan=np.inf) * SCALES[unit]
            gap = np.abs((values if plain[0] in "+-" else np.abs(values)) - wanted)
            if (gap <= half).any():
                row = int(np.argmax(gap <= half))
                return {"table": table.name, "row": row, "column": column, "value": written(table, column, row)}
    return None
