"""Trade that weighs the duties of an importer: of the package's tables, of its folder's own file, or modelled."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from detente.data.importerfile import stamp
from detente.data.importers import Importer, importer
from detente.data.modelled_flows import NOTES, modelled_flows
from detente.trade.flows import Flows

ERROR = "weights are modelled, and averages may be 0.6 points off"
"""How far an average of the duty of all origins at modelled weights may be off; `modelled_flows` says how it is known.
"""

BASES = {
    "line": "duties stand by line",
    "hs6": "duties stand by subheading",
    "sector": "duties are means of sectors but for single rates on record",
}
"""What the duties of an importer are of, by the level of its schedule."""


def level_note(where: Importer, modelled: bool) -> str:
    """What the duties and the weights of an importer's averages are, in one line."""
    parts = (BASES[where.file.level], ERROR if modelled else "")
    return "; ".join(part for part in parts if part)


def imports_of(code: str) -> Flows:
    """Imports of an importer whose trade is in no table of the package, customs value, USD.

    Of goods open to a preference the share of its `utilisation` claims one. Lines that owe a duty by quantity, of which
    no equivalent is known, are left out; the notes say how much trade that is.
    """
    folder = importer(code).lawbook
    return _imports(code, folder, stamp(folder))


@lru_cache(maxsize=64)
def _imports(code: str, folder: Path, state: int) -> Flows:
    """The same, kept for a folder as it is: a user's own may come in the place of one of the package."""
    where = importer(code)
    flows = all_imports(where)
    if not flows.own_claims:
        flows = replace(flows, claim=np.full(flows.value.size, where.file.utilisation.share))
    about = level_note(where, not where.file.flows)
    others = (note for note in flows.notes if note not in NOTES)
    return _rated(replace(flows, notes=(*filter(None, (about,)), *others)), where)


def all_imports(where: Importer) -> Flows:
    """Imports of an importer on all of its lines: of its folder's own file, or modelled."""
    if not where.file.flows:
        return modelled_flows(where)
    from detente.data.readers import read_flows

    return read_flows(where.lawbook / where.file.flows, where.iso3)


def _rated(flows: Flows, where: Importer) -> Flows:
    """The flows without lines of which only a duty by quantity is known."""
    out = where.unrated[flows.line_at]
    if not out.any():
        return flows
    share = float(flows.value[out].sum()) / flows.total
    note = f"lines with a duty by quantity are left out: {where.unrated.mean():.1%} of lines, {share:.1%} of the trade"
    kept = flows.take(~out)
    return replace(kept, notes=(*kept.notes, note))
