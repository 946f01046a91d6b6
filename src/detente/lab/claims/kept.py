"""What readings of the shipped ledgers give, ready to use, as computing them all takes half a minute.

A stored number counts only as long as the data of the package and the program that computes have the bytes they had
then; a reader's own tables or laws rule it out as well. `tools/build_ledger.py` writes the store.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.data.importerfile import lawbooks, stamp
from detente.data.library import package_folder, sha256, user_folder
from detente.evidence import Claim
from detente.lab.claims.measured import Measured
from detente.lab.claims.rows import QuantityRow, ReadingRow

Given = Sequence[tuple[ReadingRow, Measured]]
"""Readings of a statement, each with what it gives."""

STORED = ("2025-26", "may-2025")
"""Ledgers of the package whose numbers are stored."""

DATA = (".csv", ".npz", ".parquet", ".toml", ".yaml")
FACES = "faces"
"""Package of the program that computes nothing."""

REGISTER = "codes/tables"
"""Where the sentences of remarks stand, beneath the program."""


def store_path(ledger: str) -> Path:
    """Where the numbers of a ledger of the package are stored."""
    return package_folder() / "ledgers" / f"{ledger}.json.gz"


def name_of(claim: Claim, part: str, row: QuantityRow, readings: Sequence[ReadingRow]) -> str:
    """What a statement is stored under: all that it, its quantity and its readings say."""
    own = [claim.claim_id, part, claim.quote, str(claim.speaker), str(claim.said), sorted(claim.source.items())]
    words = [*own, row.model_dump_json(), *(reading.model_dump_json() for reading in readings)]
    return hashlib.blake2b(json.dumps(words).encode(), digest_size=16).hexdigest()


def kept(ledger: str, draws: int, seed: int) -> Mapping[str, Given]:
    """Readings of the statements of a ledger by their names; none where nothing is stored that still holds."""
    return _kept(ledger, draws, seed) if not _own() else {}


@lru_cache(maxsize=4)
def _kept(ledger: str, draws: int, seed: int) -> Mapping[str, Given]:
    try:
        content = json.loads(gzip.decompress(store_path(ledger).read_bytes()))
        if [content[key] for key in ("rests_on", "draws", "seed")] != [rests_on(), draws, seed]:
            return {}
        return {name: [_read(*pair) for pair in pairs] for name, pairs in content["measured"].items()}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        # A store that another version wrote is as good as none.
        return {}


def to_store(measured: Mapping[str, Given], draws: int, seed: int) -> bytes:
    """Numbers as they are stored."""
    content = {
        "rests_on": rests_on(), "draws": draws, "seed": seed,
        "measured": {name: [_written(*pair) for pair in pairs] for name, pairs in sorted(measured.items())},
    }  # fmt: skip
    return gzip.compress(json.dumps(content, sort_keys=True).encode(), 9, mtime=0)


@lru_cache(maxsize=1)
def rests_on() -> str:
    """One hash of the data of the package, of the program that computes and of the register that has its words."""
    total = hashlib.blake2b(digest_size=16)
    for path in files():
        total.update(f"{path.name} {sha256(path)}\n".encode())
    return total.hexdigest()


def files() -> list[Path]:
    """Files that decide what the readings of a statement give, remarks among it."""
    data, program = package_folder(), Path(__file__).parents[2]
    paths = [path for path in sorted(data.rglob("*")) if path.suffix in DATA]
    paths += [path for path in sorted(program.rglob("*.py")) if path.relative_to(program).parts[0] != FACES]
    return paths + sorted((program / REGISTER).glob("*.toml"))


def _own() -> bool:
    """Whether a reader has tables or laws that come before those of the package."""
    return any(user_folder().glob("*.parquet")) or any(stamp(folder) for folder in lawbooks().values())


FIELDS = ("value", "claimed", "base", "p_value", "remark", "range_of")


def _written(reading: ReadingRow, measured: Measured) -> list[dict[str, Any]]:
    own = {key: getattr(measured, key) for key in FIELDS}
    numbers = {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in own.items()}
    more = {"draws": measured.draws.tolist(), "inputs": list(measured.inputs), "known": str(measured.known or "")}
    return [reading.model_dump(mode="json", exclude_defaults=True), numbers | more]


def _read(reading: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[ReadingRow, Measured]:
    own = {key: content[key] for key in FIELDS}
    own |= {key: float("nan") for key in ("value", "p_value") if own[key] is None}
    known = date.fromisoformat(content["known"]) if content["known"] else None
    draws, inputs = np.asarray(content["draws"], float), tuple(content["inputs"])
    return ReadingRow.model_validate(reading), Measured(draws=draws, inputs=inputs, known=known, **own)
