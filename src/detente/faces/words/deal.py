"""A deal of the Deal page in the sentences of the brief: what it is, what it does, who signs and whether it holds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.codes.names import with_article
from detente.data.casefile import settled_case
from detente.faces.words.callouts import called_out, duty_words, lever_label
from detente.faces.words.hold import Signs, against, holding, verdict
from detente.faces.words.language import Language
from detente.faces.words.outlook import outlook_sentences
from detente.faces.words.terms import both_incomes, trade_moved
from detente.lab.result import Result

LAW = re.compile(r"\((law of [^)]+)\)")
SIDES = ("USA", "CHN")
LEAST = 1.0
"""A gain of less is none, USD a year."""

KEPT = "deal_"
"""How tables of a deal that was kept are called."""

ADDRESS, NUMBER = re.compile(r"(?<=Deal )v=\S*\w"), re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class DealWords:
    """Sentences on a deal: what it is, what it does, whether it lasts."""

    deal: str
    does: tuple[str, ...]
    hold: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The sentences as plain values."""
        return {"deal": self.deal, "does": list(self.does), "hold": list(self.hold)}


def words_of_deal(document: Mapping[str, Any], say: Language) -> DealWords:
    """The sentences on a deal, from the answer of the program interface."""
    numbers, moves = {row["id"]: row for row in document["numbers"]}, document["moves"]
    levers = {name: float(row["value"]) for name, row in document["levers"].items()}
    labels = {name: row["label"] for name, row in document["levers"].items()}
    does = (_income(numbers, say), trade_moved(_moved(numbers, "imports_USA"), say), _months(numbers, say))
    return DealWords(
        terms_of_deal(levers, labels, say, moves),
        tuple(sentence for sentence in does if sentence) if moves else (),
        tuple(_hold(document, say)) if moves else (say("deal_nothing"),),
    )


def words_of_kept(result: Result, say: Language) -> DealWords | None:
    """The sentences on a deal that was kept, from its tables and its address; None where a result is no such deal."""
    rows = [row for name, table in result.tables.items() if name.startswith(KEPT) for row in table.rows()]
    address = ADDRESS.search(result.scenario.note)
    numbers = {str(row["number"]): {**row, "baseline_value": row["before"]} for row in rows}
    if address is None or "income_USA" not in numbers:
        return None
    pairs = (pair.partition("=") for pair in address[0].split("&"))
    given = {name: value for name, _, value in pairs}
    levers = {name: float(value) for name, value in given.items() if NUMBER.fullmatch(value)}
    from detente.lab.deal.levers import duty_labels  # a brief loads no talks

    labels = duty_labels(settled_case(*given["case"].split(":")))
    does = (_income(numbers, say), trade_moved(_moved(numbers, "imports_USA"), say), _months(numbers, say))
    gains = [numbers[name] for code in SIDES if (name := f"gain_{code}_D0") in numbers]
    law = say.law(str(numbers["income_USA"]["against"]))
    return DealWords(
        terms_of_deal(levers, labels, say),
        tuple(sentence for sentence in does if sentence),
        (_kept_verdict(gains, law, say),) if len(gains) == len(SIDES) else (),
    )


def _kept_verdict(gains: Sequence[Mapping[str, Any]], law: str, say: Language) -> str:
    if max(abs(float(row["value"])) for row in gains) < LEAST:
        return say("deal_nothing")
    return verdict(_gaining(*gains), law, say)


def _gaining(usa: Mapping[str, Any], chn: Mapping[str, Any]) -> Signs:
    return {float(usa["value"]) > 0}, {float(chn["value"]) > 0}


def terms_of_deal(levers: Mapping[str, float], labels: Mapping[str, str], say: Language, moves: bool = True) -> str:
    """What is on the table: duties of both sides as their case calls them, licences and days, where it has them.

    Parameters
    ----------
    moves : whether anything differs from the status quo, which runs for no number of days.
    """
    duties, label_words = duty_words()
    parts = [
        say("advice_at", issue=label_words(labels[name], say), after=say.rate(levers[name] / 100))
        for name in duties
        if name in levers and name in labels
    ]
    if "licences" in levers:
        parts.append(say("deal_lever_licences", share=say.percent(levers["licences"], 0)))
    clause = say("deal_levers" if moves else "deal_levers_now", list=say.listed(parts))
    runs = moves and "duration" in levers
    days = f" {say('deal_lever_days', days=say.number(levers['duration']))}" if runs else ""
    return f"{clause}{days}"


def spoken_deal(document: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """The answer of the program interface with its words: finding, sentences of the brief, call-outs, levers."""
    levers = {name: {**row, "label": lever_label(name, say, row["label"])} for name, row in document["levers"].items()}
    return {
        **document,
        "sentence": finding(document, say),
        "brief": words_of_deal(document, say).as_dict(),
        "flat": [{**row, "sentence": called_out(row, say)} for row in document["flat"]],
        "levers": levers,
    }


def finding(document: Mapping[str, Any], say: Language) -> str:
    """One sentence, one number, its range, its yardstick, and who would sign."""
    if not document["moves"]:
        return say("deal_nothing")
    numbers = {row["id"]: row for row in document["numbers"]}
    usa, chn, duty = (numbers[name] for name in ("income_USA", "income_CHN", "us_average"))
    first = document["walks"][0]
    out = [say.country(code) for code in SIDES if first[code]]
    return say(
        "finding", usa=_change(usa, say), usa_range=_range(usa, say), chn=_change(chn, say), chn_range=_range(chn, say),
        law=_threat(usa["baseline"], say), duty=say.percent(duty["value"], 2), threat=_threat(first["label"], say),
        signs=say("finding_away", who=say.listed(out)) if out else say("finding_sign"),
    )  # fmt: skip


def _change(row: Mapping[str, Any], say: Language) -> str:
    return say.percent(row["value"], 2, sign=True)


def _range(row: Mapping[str, Any], say: Language) -> str:
    if row["low"] is None:
        return ""
    low, high = (say.percent(row[end], 2, sign=True) for end in ("low", "high"))
    return say("finding_range", low=low, high=high)


def _threat(label: str, say: Language) -> str:
    """A law or what follows failed talks, within a sentence."""
    phrase = say.law(label)
    return with_article(label) if phrase == label else phrase


def _income(numbers: Mapping[str, Any], say: Language) -> str:
    first, second = (numbers.get(f"income_{code}") for code in SIDES)
    if first is None or second is None:
        return ""
    return both_incomes(float(first["value"]), float(second["value"]), say)


def _moved(numbers: Mapping[str, Any], name: str) -> float:
    """Relative change of an amount from its baseline; zero where it is unknown."""
    row = numbers.get(name)
    if row is None or not row["baseline_value"]:
        return 0.0
    return float(row["value"]) / float(row["baseline_value"]) - 1.0


def _months(numbers: Mapping[str, Any], say: Language) -> str:
    row = numbers.get("months_short")
    if row is None or row["value"] is None:
        return ""
    return say("months_short", months=say.number(row["value"])) if row["value"] else say("months_none")


def _hold(document: Mapping[str, Any], say: Language) -> list[str]:
    """Who signs over the first threat, and what makes both sides keep the deal."""
    walks = document["walks"]
    if not walks:
        return []
    laws = {walk["threat"]: _law(walk, say) for walk in walks}
    first = laws[walks[0]["threat"]]
    kept = {laws[name]: keeps for name, keeps in document.get("keeps", {}).items()}
    second = [line for walk in walks[1:2] for line in against(_signs(walk), laws[walk["threat"]], say)]
    lasts = outlook_sentences(document["outlook"], say) if "outlook" in document else ()
    return [verdict(_signs(walks[0]), first, say), holding(kept, first, say), *lasts, *second]


def _signs(walk: Mapping[str, Any]) -> Signs:
    usa, chn = ({not walk[code]} for code in SIDES)
    return usa, chn


def _law(walk: Mapping[str, Any], say: Language) -> str:
    match = LAW.search(walk.get("words", ""))
    return say.law(match[1] if match else walk["label"])
