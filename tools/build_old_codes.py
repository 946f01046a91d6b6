"""Subheadings that left the Harmonized System with its editions of 2012, 2017 and 2022, and where their goods are now.

Source: UN Statistics Division, correlations of the editions of the Harmonized System.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from _shared import arguments, read_text_csv, write_table

STEPS = ("2012 to 2007", "2017 to 2012", "2022 to 2017")
"""Pairs of editions, the newer first, oldest pair first."""

OWN = ("1:1", "n:1", "1:n")
"""Relations in which goods went where they stand alone or with those of one other subheading; the rest are parts."""


def links(data: Path, step: str) -> dict[str, list[str]]:
    """Subheadings of an edition -> those of the next one that took their goods over; itself where it stayed."""
    table = read_text_csv(data / "concordances" / "hs_revisions_un.csv").filter(pl.col("adjustment") == step)
    rows = [(old.zfill(6), new.zfill(6), how) for new, old, how, _ in table.iter_rows()]
    stayed = {new for _, new, _ in rows}
    goes: dict[str, list[str]] = {}
    own: dict[str, list[str]] = {}
    for old, new, how in rows:
        goes.setdefault(old, []).append(new)
        if how in OWN:
            own.setdefault(old, []).append(new)
    return {old: [old] if old in stayed else own.get(old, codes) for old, codes in goes.items()}


def retired(data: Path) -> pl.DataFrame:
    """code, edition (the first without it), successors (in the edition of 2022, joined by blanks)."""
    steps = [(step[:4], links(data, step)) for step in STEPS]
    rows: dict[str, tuple[str, str, str]] = {}
    for at, (edition, step) in enumerate(steps):
        for code, new in step.items():
            if new == [code]:
                continue
            for _, later in steps[at + 1 :]:
                new = sorted({follower for old in new for follower in later.get(old, [old])})
            rows[code] = (code, edition, " ".join(sorted(new)))
    current = {code for codes in steps[-1][1].values() for code in codes}
    kept = [row for code, row in sorted(rows.items()) if code not in current]
    return pl.DataFrame(kept, schema=["code", "edition", "successors"], orient="row")


def main() -> None:
    options = arguments(__doc__ or "")
    write_table(retired(options.data), options.out / "hs6_retired.parquet")


if __name__ == "__main__":
    main()
