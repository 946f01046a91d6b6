"""A deal of the Deal page in the sentences of the brief: what it is, what it does, who signs and whether it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.codes.names import first_upper, with_article
from detente.data.casefile import settled_case
from detente.faces.words.hold import against, holding, outlook_sentences, verdict
from detente.faces.words.language import Language, load
from detente.faces.words.terms import both_incomes, trade_moved
from detente.lab.result import Result

if TYPE_CHECKING:
    from detente.lab.deal.answer import DealEngine, Dealt

#: A gain of less is none, USD a year.
LEAST = 1.0

#: Sides of most talks.
TWO = 2

#: How tables of a deal that was kept are called.
KEPT = "deal_"

ADDRESS = re.compile(r"(?<=Deal )v=\S*\w")
#: Numbers of a deal by name.
Numbers = Mapping[str, Mapping[str, Any]]


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
    numbers, moves, parties = {row["id"]: row for row in document["numbers"]}, document["moves"], document["parties"]
    rows = document["levers"].values()
    return DealWords(
        terms_of_deal(rows, say, moves),
        _does(numbers, parties, say) if moves else (),
        tuple(_hold(document, say)) if moves else (say("deal_nothing"),),
    )


def words_of_kept(result: Result, say: Language) -> DealWords | None:
    """The sentences on a deal that was kept, from its tables and its address; None where a result is no such deal."""
    rows = [row for name, table in result.tables.items() if name.startswith(KEPT) for row in table.rows()]
    address = ADDRESS.search(result.scenario.note)
    numbers = {str(row["number"]): {**row, "baseline_value": row["before"]} for row in rows}
    if address is None or not any(name.startswith("income_") for name in numbers):
        return None
    given = dict(pair.split("=", 1) for pair in address[0].split("&"))
    from detente.lab.deal.levers import levers_of  # a brief loads no talks

    file = settled_case(*given["case"].split(":"))
    levers = [{"value": float(given[name]), "unit": lever.unit, "kind": lever.kind, "label": lever.label}
              for name, lever in levers_of(file).items() if name in given]  # fmt: skip
    first = file.threats[0].name
    gains = {code: float(numbers[name]["value"]) for code in file.parties
             if (name := f"gain_{code}_{first}") in numbers}  # fmt: skip
    law = say.law(str(next(row["against"] for name, row in numbers.items() if name.startswith("income_"))))
    signs = {code: {gain > 0} for code, gain in gains.items()}
    who = verdict(signs, law, say) if len(gains) == len(file.parties) else ""
    return DealWords(
        terms_of_deal(levers, say),
        _does(numbers, file.parties, say),
        (who if max(map(abs, gains.values())) >= LEAST else say("deal_nothing"),) if who else (),
    )


def terms_of_deal(levers: Iterable[Mapping[str, Any]], say: Language, moves: bool = True) -> str:
    """What is on the table: duties and controls as their case calls them, and days, where it has them.

    Parameters
    ----------
    levers : as the program interface has them.
    moves : whether anything differs from the status quo, which runs for no number of days.
    """
    parts, days = [], ""
    for row in levers:
        if row["unit"] == "days":
            days = f" {say('deal_lever_days', days=say.number(row['value']))}" if moves else ""
        elif row["unit"] == "%" or row["kind"] == "control":
            after = say.rate(row["value"] / 100) if row["unit"] == "%" else say.percent(row["value"], 0)
            parts.append(say("advice_at", issue=_issue(row, say), after=after))
    clause = say("deal_levers" if moves else "deal_levers_now", list=say.listed(parts))
    return f"{clause}{days}"


def _issue(row: Mapping[str, Any], say: Language) -> str:
    """An issue within a sentence; what is counted otherwise than its level has words of its own."""
    label = str(row["label"])
    plain = row["unit"] == "%" or not label[1:2].islower()
    return issue_label(label, say) if plain else label[:1].lower() + label[1:]


def spoken_deal(document: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """The answer of the program interface with its words: finding, sentences of the brief, call-outs, levers."""
    levers = {name: {**row, "label": lever_label(row["label"], say)} for name, row in document["levers"].items()}
    return {
        **document,
        "sentence": finding(document, say),
        "brief": words_of_deal(document, say).as_dict(),
        "flat": [{**row, "sentence": called_out(row, say)} for row in document["flat"]],
        "levers": levers,
        "names": {code: {"name": say.name(code), "the": say.country(code)} for code in document["parties"]},
    }


def finding(document: Mapping[str, Any], say: Language) -> str:
    """One sentence, one number of each side, its range, its yardstick, and who would sign."""
    if not document["moves"]:
        return say("deal_nothing")
    parties, first = document["parties"], document["walks"][0]
    numbers = {row["id"]: row for row in document["numbers"]}
    incomes = [numbers[f"income_{code}"] for code in parties]
    changes = [
        say("finding_income", change=_change(row, say), range=_range(row, say), in_country=say.country(code, "in"))
        for code, row in zip(parties, incomes, strict=True)
    ]
    duty = next((row for row in numbers.values() if row["id"].endswith("_average")), None)
    words = duty and {"country": say.country(duty["side"]), "duty": say.percent(duty["value"], 2)}
    out = [say.country(code) for code in parties if first[code]]
    sign = say("finding_sign" if len(parties) == TWO else "finding_sign_all")
    return say(
        "finding", incomes=say.listed(changes), law=_threat(incomes[0]["baseline"], say),
        duty=say("finding_duty", **words) if words else "", threat=_threat(first["label"], say),
        signs=say("finding_away", who=say.listed(out)) if out else sign,
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


def _does(numbers: Numbers, parties: Sequence[str], say: Language) -> tuple[str, ...]:
    """What a deal does to real income and trade, and whether materials run short."""
    lines = [_income(numbers, parties, say), _months(numbers, parties, say)]
    if len(parties) == TWO:
        sides = parties[0], parties[1]
        lines.insert(1, trade_moved(_moved(numbers, f"imports_{parties[0]}"), say, sides))
    return tuple(filter(None, lines))


def _income(numbers: Numbers, parties: Sequence[str], say: Language) -> str:
    changes = [float(numbers[name]["value"]) for code in parties if (name := f"income_{code}") in numbers]
    if len(changes) < len(parties):
        return ""
    if len(parties) == TWO:
        return both_incomes(changes[0], changes[1], say, (parties[0], parties[1]))
    parts = [f"{say.percent(change, 2, sign=True)} {say.country(code, 'in')}"
             for code, change in zip(parties, changes, strict=True)]  # fmt: skip
    return say("incomes_several", list=say.listed(parts))


def _moved(numbers: Numbers, name: str) -> float:
    """Relative change of an amount from its baseline; zero where it is unknown."""
    row = numbers.get(name)
    if row is None or not row["baseline_value"]:
        return 0.0
    return float(row["value"]) / float(row["baseline_value"]) - 1.0


def _months(numbers: Numbers, parties: Sequence[str], say: Language) -> str:
    row = numbers.get("months_short")
    if row is None or row["value"] is None:
        return ""
    where = say.country(row.get("side") or parties[0], "in")
    name = "months_short" if row["value"] else "months_none"
    return say(name, months=say.number(row["value"]), in_country=where)


def _hold(document: Mapping[str, Any], say: Language) -> list[str]:
    """Who signs over the first threat, and what makes all sides keep the deal; a quick answer has the first alone."""
    walks, parties = document["walks"], document["parties"]
    if not walks:
        return []
    laws = {walk["threat"]: say.law(walk["law"]) for walk in walks}
    signs = [{code: {not walk[code]} for code in parties} for walk in walks]
    first = laws[walks[0]["threat"]]
    lines = [verdict(signs[0], first, say)]
    if document.get("quick"):
        return lines
    kept = {laws[name]: keeps for name, keeps in document.get("keeps", {}).items()}
    lasts = outlook_sentences(document["outlook"], say) if "outlook" in document else ()
    second = [line for k in range(1, len(walks))[:1] for line in against(signs[k], laws[walks[k]["threat"]], say)]
    return [*lines, holding(kept, first, say), *lasts, *second]


def deal_result(engine: DealEngine, deal: Dealt) -> Result:
    """The result of a deal, its finding first and what holds its levers last."""
    from detente.lab.deal.answer import as_document  # a brief loads no talks
    from detente.lab.deal.file import result_of

    spoken = spoken_deal(as_document(deal, engine), load())
    labels = {name: f"{lever['label']}: " for name, lever in spoken["levers"].items()}
    # A call-out stands alone here, so that it says what it is of.
    last = [f"{labels.get(row.get('lever', ''), '')}{row['sentence']}" for row in spoken["flat"]]
    return result_of(engine, deal, (spoken["sentence"],), last)


def sentence_of(deal: Dealt, engine: DealEngine) -> str:
    """The finding of a deal."""
    from detente.lab.deal.answer import as_document

    return str(spoken_deal(as_document(deal, engine), load())["sentence"])


def called_out(row: Mapping[str, Any], say: Language) -> str:
    """The sentence of a call-out of the program interface."""
    reason, parts = str(row["reason"]), row["parts"]
    form = ""
    if reason == "not_in_force":
        form = f"_{'before' if parts['begins'] else 'after' if parts['ended'] else 'never'}"
    return say(f"callout_{reason}{form}", **_spoken(reason, parts, say))


def _spoken(reason: str, parts: Mapping[str, Any], say: Language) -> dict[str, str]:
    """Parts of a sentence in words."""
    match reason:
        case "not_in_force":
            ends = {name: say.day(parts[name]) for name in ("on", "begins", "ended") if parts[name]}
            return {"title": str(parts["title"]), **ends}
        case "careless" | "careless_other":
            return {"party": say.country(parts["party"]), "lever": lever_label(parts["issue"], say)}
        case "zero_layer":
            return {"partner": region(parts["partner"], say)}
        case "little_exception":
            return {"goods": say(f"goods.{parts['sector']}"), "covered": say.percent(parts["covered"], 0)}
        case "no_shortage":
            shares = {name: say.percent(parts[name], 0) for name in ("withheld", "short")}
            return {**shares, "unmet": say.percent(parts["unmet"], 1)}
        case "clock":
            texts = {name: str(parts[name]) for name in ("instrument", "back")}
            return {**texts, "end": say.day(parts["end"]), "ends": say.day(parts["ends"])}
        case "outside":
            cited = POSITION.sub("", str(parts["source"]))
            return {"rule": str(parts["rule"]), "source": cited}
        case _:
            return {name: str(part) for name, part in parts.items()}


#: A position of the record as case files cite it, which no reader knows by its number.
POSITION = re.compile(r" \((?:positions? )?P\d+(?:, P\d+)*\)")


def issue_label(label: str, say: Language) -> str:
    """What a case calls an issue, within a sentence; a brief loads no talks."""
    from detente.faces.words.issues import label_words

    return label_words(label, say)


def lever_label(label: str, say: Language) -> str:
    """What a lever is called: what the case calls its issue, and the days of the deal."""
    return first_upper(issue_label(label, say).removeprefix("the ")) if label else say("lever_duration")


def region(code: str, say: Language) -> str:
    """A country, or a region of the small world, within a sentence."""
    known = f"region_{code}"
    return say(known) if known in say.sentences else say.country(code)
