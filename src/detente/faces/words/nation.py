"""What a deal does to one country, in sentences, from its four tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.codes import Table
from detente.faces.words.language import Language
from detente.faces.words.terms import NONE
from detente.lab.ground.axes import REST

FEW = 3
"""Buyers that are named."""

STILL = 5e-4
"""Change of an average duty below which it stays, share."""

SMALL = 5e6
"""Change of trade, USD a year, that is not worth a sentence."""


def country_sentences(tables: Mapping[str, Table], code: str, say: Language) -> list[str]:
    """Real income first, then the duty it meets, whose purchases move most, and whom it sells to."""
    rows = {str(row["measure"]): row for row in tables["country"].rows()}
    sentences = [_income(float(rows["real income"]["change"]), code, say), *_duties(tables, code, say)]
    exports = list(tables["country_exports"].rows())
    if exports:
        sentences += [*_moved(exports, say), _sells(exports, say)]
    return sentences


def name_of(code: str, say: Language) -> str:
    """A country of a world by name; what stands for all others has one too."""
    return say("nation_rest") if code == REST else say.name(code)


def within(code: str, say: Language) -> str:
    """The same within a sentence."""
    return say("nation_rest") if code == REST else say.country(code)


def _income(change: float, code: str, say: Language) -> str:
    word = "same" if abs(change) < NONE else "rises" if change > 0 else "falls"
    return say(f"nation_{word}", country=name_of(code, say), change=say.percent(abs(change), 2))


def _duties(tables: Mapping[str, Table], code: str, say: Language) -> list[str]:
    """The duty of the United States on its goods, and of China where the law has it."""
    sentences = []
    for row in tables["country_duties"].rows():
        importer = str(row["importer"])
        if row["side"] == "faces" and importer in ("USA", "CHN"):
            before, after = float(row["before"]), float(row["after"])
            word = "stays" if abs(after - before) < STILL else "moves"
            parts = {"before": say.percent(before), "after": say.percent(after)}
            sentences.append(say(f"nation_duty_{word}", of_country=say.country(importer, "of"), **parts))
    return sentences


def _moved(exports: list[dict[str, Any]], say: Language) -> list[str]:
    most = max(exports, key=lambda row: abs(float(row["change"])))
    change = float(most["change"])
    if abs(change) < SMALL:
        return []
    word = "rise" if change > 0 else "fall"
    return [say(f"nation_exports_{word}", partner=within(str(most["partner"]), say), amount=say.billions(change))]


def _sells(exports: list[dict[str, Any]], say: Language) -> str:
    """Whom it sells to, with the part of each."""
    return say("nation_sells", list=say.listed([within(str(row["partner"]), say) for row in exports[:FEW]]))
