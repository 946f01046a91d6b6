"""Build `src/detente/data/ledgers/2025-26.json.gz`: what the readings of the ledger give, ready to use.

    python tools/build_ledger.py

To be run last, after every change of data, law or of how claims are computed; until then every number is computed
again, which takes the better part of a minute.
"""

import gzip
import json
from collections.abc import Mapping
from datetime import date

from _shared import placed
from detente.lab.claims.check import DRAWS, SEED, STORED, Given, check, kept, rests_on, store_path, written


def main() -> None:
    """Write the numbers of each ledger, unless those that are stored still hold."""
    for name in STORED:
        path = store_path(name)
        if kept(name, DRAWS, SEED):
            print(f"{path.name}: stands")
            continue
        made: dict[str, Given] = {}
        check(name, as_of=date.today(), made=made)
        with placed(path) as beside:
            beside.write_bytes(to_store(made, DRAWS, SEED))
        print(f"{path.name}: {len(made)} statements, {path.stat().st_size:,} bytes")


def to_store(measured: Mapping[str, Given], draws: int, seed: int) -> bytes:
    """Numbers as they are stored."""
    content = {
        "rests_on": rests_on(), "draws": draws, "seed": seed,
        "measured": {name: [written(*pair) for pair in pairs] for name, pairs in sorted(measured.items())},
    }  # fmt: skip
    return gzip.compress(json.dumps(content, sort_keys=True).encode(), 9, mtime=0)


if __name__ == "__main__":
    main()
