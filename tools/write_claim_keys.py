"""Write docs/claim_keys.md: every quantity of a claim, what it measures, its default reading and its keys.

python tools/write_claim_keys.py
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from detente.lab.claims.measurand import Measurand, quantities
from detente.lab.claims.words import example_of, needed, optional

PAGE = Path(__file__).parents[1] / "docs" / "claim_keys.md"
HEAD = """# Quantities of a claim

This page is written by `tools/write_claim_keys.py` from `data/quantities.yaml`. [The rules of a
claim](claim_rules.md) say how a claim is judged; `detente data list quantities --table quantities` lists every reading.

| quantity | what it measures | default reading | populations | has to name | may name | example |
| --- | --- | --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page, with a row for each quantity."""
    return HEAD + "".join(_line(name, quantity) for name, quantity in quantities().items())


def _line(name: str, quantity: Measurand) -> str:
    readings = dict.fromkeys(reading.label for reading in quantity.readings if reading.default)
    cells = (
        f"`{name}`", quantity.unmodelled or quantity.what, "; ".join(readings), ", ".join(quantity.populations),
        _marked(needed(name)), _marked(optional(name)), f"`{example_of(name)}`",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |\n"


def _marked(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys).replace(" or ", "` or `")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
