"""The ladder of duties on one good: in a sentence, as tables, and in sentences that say why."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Table, declared_note, dotted, table_of
from detente.codes.days import EARLIEST
from detente.codes.names import first_upper
from detente.codes.standing import duty_words, spelled_day
from detente.data.importer_lines import SECTOR, SIX
from detente.data.tables import place
from detente.lab.statute.consignment import CLAIM, SWITCH
from detente.law.measure import FOREVER, MeasureKind

if TYPE_CHECKING:
    from detente.lab.statute.consignment import Fact, State
    from detente.lab.statute.lookup import LineDuty
    from detente.law import DutyTerm, Ladder, Measure


def merged_terms(answer: LineDuty) -> list[dict[str, Any]]:
    """Terms of the code: of its one line, or the means over its lines by weight."""
    terms: dict[str, dict[str, Any]] = {}
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        for term in ladder.terms:
            row = terms.setdefault(
                term.measure, {**_term(term), "rate": 0.0, "share": 0.0, "points": 0.0, "_full": term.rate}
            )
            row["share"] += weight * term.share
            row["points"] += weight * term.points
            row["displaced_by"] = sorted({*row["displaced_by"], *term.displaced_by})
    for row in terms.values():
        full = row.pop("_full")
        row["rate"] = row["points"] / row["share"] if row["share"] > 0 else full
    return list(terms.values())


def _term(term: DutyTerm) -> dict[str, Any]:
    return {
        "measure": term.measure,
        "authority": term.authority,
        "rate": term.rate,
        "share": term.share,
        "citation": term.citation,
        "displaced_by": sorted(term.displaced_by),
        "points": term.points,
        "title": term.title,
        "instrument": term.instrument,
        "heading": term.heading,
        "from": term.start.isoformat(),
        "until": None if term.end == FOREVER else term.end.isoformat(),
        "floor": term.floor,
    }


def _content(answer: LineDuty) -> dict[str, Any]:
    """Terms of the code, its base duty and its total, and the total of each of its lines where they differ."""
    content: dict[str, Any] = {
        "base": float(sum(w * ladder.base for w, ladder in zip(answer.weights, answer.ladders, strict=True))),
        "terms": merged_terms(answer),
        "total": None if answer.banned or answer.by_quantity else answer.total,
    }
    if not answer.uniform:
        content["lines"] = [None if _barred(x) else x.total for x in answer.ladders]
    return content


def tables_of(answer: LineDuty, notes: bool = True) -> list[Table]:
    """The ladder, and what there is of every term, facts, acts without a rate, a shipment, lines.

    Parameters
    ----------
    notes : with the text of the goods under the ladder.
    """
    made = (make(answer) for make in (_terms, _facts, _orders, _shipment, _lines))
    return [ladder_table(answer, goods_in_words(answer) if notes else ""), *(table for table in made if len(table))]


def sentence(text: str) -> str:
    """A note as a sentence."""
    return f"{first_upper(text)}{'' if text.endswith('.') else '.'}"


def duty_in_words(answer: LineDuty) -> str:
    """What a good owes, and what that depends on."""
    good = f"{dotted(answer.code)} from {place(answer.partner)}{into(answer)}"
    when = spelled_day(answer.on)
    if answer.banned:
        return f"{good} may not be imported on {when}."
    owes = f"{good} owes {owed(answer, ' of customs value')} on {when}."
    if not answer.facts:
        return owes
    first, *others = answer.facts
    states = fact_line(first, titles_of(answer)).removeprefix(f"{first.title}: ")
    return f"{owes} It depends on “{first.title}”: {states}{f'; and on {len(others)} more' if others else ''}."


def ladder_table(answer: LineDuty, goods: str = "") -> Table:
    """The ladder in the order of filing: each term with its heading, the base duty, the total."""
    content = _content(answer)
    rows = _ban_rows(answer)
    if not answer.banned:
        rows += [*_duty_rows(answer, content), *_exempt_rows(answer)]
        base = content["base"]
        adds = np.nan if answer.by_quantity and not base else base
        rows.append((dotted(answer.code), _base(answer)[0], adds, 1.0, adds, source_of(answer)))
    total = np.nan if content["total"] is None else content["total"]
    rows.append(("", "total" if answer.uniform else "mean of the lines", np.nan, np.nan, total, ""))
    named = {"line": dotted(answer.code), "partner": f"{place(answer.partner)}{into(answer)}", "on": answer.on}
    notes = [*([goods] if goods else []), *_notes(answer, content)]
    return table_of("law.ladder", rows, notes, **named).standing_on(answer.standing)


def _terms(answer: LineDuty) -> Table:
    rows = [
        (t["measure"], t["authority"], t["title"], t["rate"], t["share"], t["points"], t["heading"], t["from"],
         t["until"] or "", np.nan if t["floor"] is None else t["floor"], _displaced(t), _cited(t))
        for t in _filed(answer, _content(answer))
    ]  # fmt: skip
    return table_of("law.terms", rows)


def _facts(answer: LineDuty) -> Table:
    rows = [
        (fact.id, fact.title, state.name, fact.assumed.get(state.name, 0.0),
         np.nan if state.total is None else state.total, " ".join(filter(None, fact.given)))
        for fact in answer.facts for state in fact.states
    ]  # fmt: skip
    return table_of("law.facts", rows)


def _orders(answer: LineDuty) -> Table:
    rows = [("ban", ban.measure, ban.title, _act(ban), _forbidden(ban)) for ban in _bans(answer)]
    rows += [("exemption", m.id, m.title, _act(m), "") for m in answer.exempted]
    rows += [(str(m.kind), m.id, m.title, _act(m), _control(m, answer)) for m in answer.controls]
    return table_of("law.orders", rows)


def _shipment(answer: LineDuty) -> Table:
    return table_of("law.shipment", _base(answer)[2])


def _lines(answer: LineDuty) -> Table:
    texts = _texts(answer) if len(answer.ladders) > 1 else [""]
    pairs = zip(answer.ladders, answer.weights, texts, strict=True)
    rows = [(dotted(x.line), np.nan if _barred(x) else x.total, weight, text) for x, weight, text in pairs]
    return table_of("law.lines_of", rows if len(rows) > 1 else [], line=dotted(answer.code))


def _base(answer: LineDuty) -> tuple[str, list[str], list[tuple[str, float, float]]]:
    """Title of the base duty, notes on it, and what a shipment owes by part."""
    law = answer.base_law
    if answer.shipment is None and (law is None or not (law.equivalent or law.provision)):
        return "base duty", [], []
    from detente.faces.base_words import base_notes, base_title, shipment_rows

    return base_title(answer), base_notes(answer), shipment_rows(answer)


def into(answer: LineDuty) -> str:
    """Whose duty it is, where it is not that of the United States: " into China"."""
    code = answer.law.importer if answer.law is not None else HOME
    return "" if code == HOME else f" into {place(code)}"


HOME = "USA"
"""The importer that goes without saying."""


def _barred(ladder: Ladder) -> bool:
    """Whether no good of a line may be imported."""
    return any(ban.entire for ban in ladder.bans)


def _several(answer: LineDuty, lines: list[float | None]) -> str:
    """What the lines under a code owe, and how many of them may not be imported."""
    totals = [total for total in lines if total is not None]
    barred = len(lines) - len(totals)
    owing = f"owe from {min(totals):.2%} to {max(totals):.2%}" if totals else "may not be imported"
    ban = f", {barred} of them may not be imported" if barred and totals else ""
    return (
        f"the {len(lines)} lines under this code {owing}{ban}; each part here is their mean, weights: "
        f"{answer.basis}. Give ten digits for one of them"
    )


Row = tuple[object, ...]


def _ban_rows(answer: LineDuty) -> list[Row]:
    return [(ban.heading, f"ban: {ban.title}", np.nan, ban.share, np.nan, _act(ban)) for ban in _bans(answer)]


def _filed(answer: LineDuty, content: dict[str, Any]) -> list[dict[str, Any]]:
    """Terms in the order of filing."""
    filing = {a.id: a.filing for a in answer.law.authorities} if answer.law is not None else {}
    return sorted(content["terms"], key=lambda t: filing.get(t["authority"], len(filing)))


def _duty_rows(answer: LineDuty, content: dict[str, Any]) -> list[Row]:
    """Terms that owe something; the others have given way."""
    return [
        (t["heading"], t["title"], t["rate"], t["share"], t["points"], _cited(t))
        for t in _filed(answer, content) if t["share"] > 0
    ]  # fmt: skip


def _exempt_rows(answer: LineDuty) -> list[Row]:
    return [(_heading(m, answer), f"exempt: {m.title}", np.nan, np.nan, 0.0, _act(m)) for m in answer.exempted]


def _heading(measure: Measure, answer: LineDuty) -> str:
    """Heading of the period in force."""
    now = (p.heading for p in measure.periods_on(answer.on))
    return next(now, "") or measure.heading


def _act(of: Measure | DutyTerm) -> str:
    """Instrument and citation."""
    return cited(of.instrument, of.citation)


def cited(instrument: str, citation: str) -> str:
    """Instrument and citation, of which nothing is said twice."""
    more = [part for part in citation.split("; ") if part and part not in instrument]
    return "; ".join([*([instrument] if instrument else []), *more])


def owed(answer: LineDuty, share: str = "") -> str:
    """What is owed in words: "53.40%", a duty by quantity as text, or that the good may not be imported.

    Of several lines that differ the range comes first, then their mean by that name. `share` : what a rate is of.
    """
    if answer.banned:
        return duty_words(None)
    if answer.by_quantity:
        added = answer.total - _content(answer)["base"]
        return answer.by_quantity + (f" and {added:.2%} of the value" if abs(added) > LEAST else "")
    words = f"{duty_words(answer.total)}{share}"
    if not answer.uniform:
        low, high = (duty_words(end) for end in answer.ends)
        words = f"{low} to {high}{share} over its {len(answer.ladders)} lines, {duty_words(answer.total)} on average"
    return f"{words}, by its subheading" if answer.level == SIX else words


LEAST = 1e-9
"""Share of value below which nothing is added."""


def stand_in(answer: LineDuty) -> str:
    """That its 8-digit line, or the numbers that replaced it, answer for a number which is not in the schedule."""
    number, codes = dotted(answer.code), " and ".join(map(dotted, answer.stands_in))
    missing = f"{number} is not in the schedule on record for {answer.on}"
    if answer.level in (SECTOR, SIX):
        return f"the law is on record by subheading: {codes} answers for {number}"
    if answer.stands_in == (answer.code[:8],):
        return f"{missing}; its 8-digit line {codes} stands in"
    if answer.code.startswith(answer.stands_in):
        return f"{missing}; the lines of its subheading {codes} stand in"
    return f"{missing}; {codes}, which replaced it, {'stand' if len(answer.stands_in) > 1 else 'stands'} in"


def _displaced(term: dict[str, Any]) -> str:
    return ", ".join(term["displaced_by"])


def _cited(term: dict[str, Any]) -> str:
    return cited(term["instrument"], term["citation"])


def warnings(answer: LineDuty) -> list[str]:
    """What a reader must know before the number is quoted."""
    notes = [_forbidden(ban) for ban in _bans(answer)]
    if answer.stands_in:
        notes.append(stand_in(answer))
    if answer.unstated:
        notes.append(declared_note("law.unstated", name=answer.programme, text=answer.unstated))
    if answer.retired:
        notes.append(
            f"{dotted(answer.code)} left the schedule after {answer.retired}; the law is read for it all the same"
        )
    notes += without_effect(answer)
    if answer.loaded is not None:
        clause = answer.transit[-1] if answer.transit else None
        words = {} if clause is None else {"heading": clause.heading, "source": clause.source}
        note = "law.in_transit" if clause is not None else "law.no_transit"
        notes.append(declared_note(note, loaded=answer.loaded, **words))
    if answer.presumed:
        notes.append(declared_note("law.presumed"))
    if str(answer.reading) != "effective":
        notes.append(f"reading of time: {answer.reading}")
    return [*notes, *_base(answer)[1], *(_control(m, answer) for m in answer.controls)]


def _notes(answer: LineDuty, content: dict[str, Any]) -> list[str]:
    notes = [f"claims the special rate of {answer.programme}"] if answer.claim else []
    notes += [_several(answer, content["lines"])] if "lines" in content else []
    titles = titles_of(answer)
    notes += [fact_line(fact, titles) for fact in answer.facts]
    ways = [way for fact in answer.facts if (way := _option(fact))]
    return [*notes, *([f"set a fact: {', '.join(dict.fromkeys(ways))}"] if ways else [])]


def following(answer: LineDuty) -> str:
    """The command that says of the first fact that it is otherwise than assumed."""
    way = next((way for fact in answer.facts if (way := _option(fact))), "")
    if not way:
        return ""
    of = f" --of {answer.law.importer}" if into(answer) and answer.law is not None else ""
    return f"detente rate {dotted(answer.code)} {answer.partner} --on {answer.on}{of} {way}"


def _control(measure: Measure, answer: LineDuty) -> str:
    """An act without a rate, and what it says of the days in question."""
    now = next((p.note for p in measure.periods_on(answer.on)), "")
    words = f"{measure.title} ({measure.instrument or measure.citation}){f'. {now}' if now else ''}"
    price = next((p.minimum for p in measure.periods_on(answer.on) if p.minimum is not None), None)
    if price is None or measure.kind is MeasureKind.REGIME:
        return f"{measure.kind}: {words}"
    advice = f"give value and quantity (N {price.unit}) for the duty, which is in no total here"
    what = "amount" if price.whole else "minimum price"
    return f"{what} of {price.price:g} USD/{price.unit}: {words}; {advice}"


def _bans(answer: LineDuty) -> list[DutyTerm]:
    """Acts that keep some of the goods out, each once, with their share of all lines under the code."""
    acts: dict[str, DutyTerm] = {}
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        for ban in ladder.bans:
            before = acts[ban.measure].share if ban.measure in acts else 0.0
            acts[ban.measure] = replace(ban, share=before + weight * ban.share)
    return [ban for ban in acts.values() if ban.share > 0]


def _forbidden(ban: DutyTerm) -> str:
    part = "" if ban.entire else f" on {ban.share:.0%} of the value"
    since = f", from {ban.start}" if ban.start > EARLIEST else ""
    return f"may not be imported{part}: {ban.title} ({_act(ban)}){since}"


def titles_of(answer: LineDuty) -> dict[str, str]:
    """Titles of the facts that others may be conditions of, by id."""
    aspects = answer.law.aspects if answer.law is not None else {}
    return {**{name: aspect.title for name, aspect in aspects.items()}, **{f.id: f.title for f in answer.facts}}


def fact_line(fact: Fact, titles: dict[str, str]) -> str:
    """An open fact in one line: "Use in civil aircraft: yes 0.00% (taken here), no 10.00%"."""
    condition = ""
    if fact.given[0]:
        condition = f" (if {titles.get(fact.given[0], fact.given[0])}: {fact.given[1]})"
    mixed = len(fact.assumed) > 1
    shares = (f"{share:.0%} {STATES.get(name, name)}" for name, share in fact.assumed.items())
    taken = ", ".join(shares) if mixed else ""
    needed = [state for state in fact.states if not _needless(state, fact)]
    states = ", ".join(_state_line(state, not mixed and state.name in fact.assumed) for state in needed)
    return f"{fact.title}{condition}: {states}{f'; taken here: {taken}' if taken else ''}"


def _option(fact: Fact) -> str:
    """The option that turns a fact round; "" where none does."""
    if fact.id == CLAIM:
        names = [state.name for state in fact.states if state.name not in (*fact.assumed, "none")]
        return f"--preference {shlex.quote(names[0])}" if names else ""
    if fact.id.startswith(SWITCH):
        return f"--set {fact.id.removeprefix(SWITCH)}"
    if fact.id == "metal":
        metals = [state.name for state in fact.states if state.name != "other"]
        return f"--set {metals[0]}_content=0.4" if metals else ""
    return f"--set {fact.id}={0 if set(fact.assumed) <= {'yes', 'us'} else 1}"


STATES = {"us": "American", "us_minor": "American, under 20%", "foreign": "foreign"}


def _needless(state: State, fact: Fact) -> bool:
    """Whether a small American content makes no difference of its own."""
    others = {other.total for other in fact.states if other.name != state.name}
    return state.name == "us_minor" and state.total in others and state.name not in fact.assumed


def _state_line(state: State, taken: bool) -> str:
    return f"{STATES.get(state.name, state.name)} {duty_words(state.total)}{' (taken here)' if taken else ''}"


def without_effect(answer: LineDuty) -> list[str]:
    """What is said of a claim, and of each share, that changes nothing."""
    idle = [f"the claim of {answer.programme}" if n == CLAIM else f"{n}={answer.parameters[n]:g}" for n in answer.idle]
    return [f"{name} has no effect on this line on this day: it owes the same without" for name in idle]


def sentences(answer: LineDuty) -> list[str]:
    """The ladder in sentences, each term with its act, its days and what it displaced."""
    content = _content(answer)
    lines = [f"  {content['base']:8.2%}  {_base(answer)[0]}"]
    titles = {m.id: m.title for m in answer.law.measures} if answer.law is not None else {}
    for term in content["terms"]:
        lines += _sentence(term, titles)
    return [*lines, *(f"  Note: {note}" for note in _notes(answer, content))]


def _sentence(term: dict[str, Any], titles: dict[str, str]) -> list[str]:
    until = f" to {term['until']}" if term["until"] else ", open end"
    share = "" if term["share"] in (0.0, 1.0) else f" on {term['share']:.1%} of the value"
    head = f"  {term['points']:+8.2%}  {term['title']} [{term['measure']}]"
    rate = f"floor {term['floor']:.2%} of the total" if term["floor"] is not None else f"{term['rate']:.2%}"
    lines = [head, f"            {rate}{share}; in force {term['from']}{until}"]
    act = _cited(term)
    if act:
        heading = f"; heading {term['heading']}" if term["heading"] else ""
        lines.append(f"            {act}{heading}")
    if term["displaced_by"]:
        others = "; ".join(f"{titles.get(name, name)} [{name}]" for name in term["displaced_by"])
        lines.append(f"            displaced by {others}")
    return lines


def goods_in_words(answer: LineDuty) -> str:
    """Description of the goods: what that of several lines has in common, heading by heading."""
    return _common(_texts(answer))


def _texts(answer: LineDuty) -> list[str]:
    """Description of the goods of each line."""
    from detente.data.importers import importer

    where = importer(_importer(answer))
    return [where.description(where.lines.index(ladder.line)) for ladder in answer.ladders]


def _importer(answer: LineDuty) -> str:
    return answer.law.importer if answer.law is not None else HOME


def _common(texts: list[str]) -> str:
    shared = []
    for parts in zip(*(text.split(": ") for text in texts), strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return ": ".join(shared)


def source_of(answer: LineDuty) -> str:
    """Where the base duty is written."""
    from detente.data.importers import importer

    return importer(_importer(answer)).base_source(answer.main.line, answer.on, answer.partner)
