"""The ladder of duties on one good: in a sentence, as tables, and in sentences that say why."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from detente.codes import Table, declared_note, dotted, table_of
from detente.codes.days import EARLIEST, duty_words, spelled_day
from detente.codes.names import first_upper, vocabulary, words
from detente.data.importer_lines import SECTOR, SIX, order_names, orders_on
from detente.data.importers import importer
from detente.data.tables import place
from detente.lab.statute.consignment import CLAIM, SWITCH
from detente.law.measure import FOREVER, MeasureKind

if TYPE_CHECKING:
    from detente.data.base_law import BaseLaw
    from detente.lab.statute.consignment import Fact, Shipment, State
    from detente.lab.statute.lookup import LineDuty
    from detente.law import DutyTerm, Ladder, Measure


def merged_terms(answer: LineDuty) -> list[DutyTerm]:
    """Terms of the code: of its one line, or the means over its lines by weight."""
    parts: dict[str, list[tuple[float, DutyTerm]]] = {}
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        for term in ladder.terms:
            parts.setdefault(term.measure, []).append((weight, term))
    return [_merged(each) for each in parts.values()]


def _merged(parts: Sequence[tuple[float, DutyTerm]]) -> DutyTerm:
    """One term of several lines, each with its weight."""
    share, points = (sum(weight * getattr(term, name) for weight, term in parts) for name in ("share", "points"))
    first = parts[0][1]
    others = {name: part for _, term in parts for name, part in term.displaced_by.items()}
    return replace(first, share=share, rate=points / share if share > 0 else first.rate, displaced_by=others)


def base_of(answer: LineDuty) -> float:
    """Base duty of the code, share of value: the mean over its lines."""
    return float(sum(w * ladder.base for w, ladder in zip(answer.weights, answer.ladders, strict=True)))


def tables_of(answer: LineDuty, notes: bool = True) -> list[Table]:
    """The ladder, and what there is of every term, facts, acts without a rate, a shipment, lines.

    Parameters
    ----------
    notes : with the text of the goods under the ladder.
    """
    shipment = table_of("law.shipment", _base_words(answer)[2])
    made = (_terms(answer), _facts(answer), _orders(answer), shipment, _lines(answer))
    # Description of the goods: what that of several lines has in common, heading by heading.
    return [ladder_table(answer, _common(_texts(answer)) if notes else ""), *(table for table in made if len(table))]


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
    rows: list[tuple[object, ...]] = [
        (ban.heading, f"ban: {ban.title}", np.nan, ban.share, np.nan, _act(ban)) for ban in _bans(answer)
    ]
    if not answer.banned:  # terms without a share have given way
        rows += [(t.heading, t.title, t.rate, t.share, t.points, _act(t)) for t in _filed(answer) if t.share > 0]
        rows += [(_heading(m, answer), f"exempt: {m.title}", np.nan, np.nan, 0.0, _act(m)) for m in answer.exempted]
        base = base_of(answer)
        adds = np.nan if answer.by_quantity and not base else base
        rows.append((dotted(answer.code), _base_words(answer)[0], adds, 1.0, adds, source_of(answer)))
    total = np.nan if answer.banned or answer.by_quantity else answer.total
    rows.append(("", "total" if answer.uniform else "mean of the lines", np.nan, np.nan, total, ""))
    named = {"line": dotted(answer.code), "partner": f"{place(answer.partner)}{into(answer)}", "on": answer.on}
    notes = [*([goods] if goods else []), *_notes(answer)]
    return table_of("law.ladder", rows, notes, **named).standing_on(answer.standing)


def _terms(answer: LineDuty) -> Table:
    rows = [
        (t.measure, t.authority, t.title, t.rate, t.share, t.points, t.heading, t.start, _until(t),
         np.nan if t.floor is None else t.floor, ", ".join(sorted(t.displaced_by)), _act(t))
        for t in _filed(answer)
    ]  # fmt: skip
    return table_of("law.terms", rows)


def _until(term: DutyTerm) -> str:
    return "" if term.end == FOREVER else term.end.isoformat()


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


def _lines(answer: LineDuty) -> Table:
    texts = _texts(answer) if len(answer.ladders) > 1 else [""]
    pairs = zip(answer.ladders, answer.weights, texts, strict=True)
    rows = [(dotted(x.line), np.nan if _barred(x) else x.total, weight, text) for x, weight, text in pairs]
    return table_of("law.lines_of", rows if len(rows) > 1 else [], line=dotted(answer.code))


def _base_words(answer: LineDuty) -> tuple[str, list[str], list[tuple[str, float, float]]]:
    """Title of the base duty, notes on it, and what a shipment owes by part."""
    law = answer.base_law
    if answer.shipment is None and (law is None or not (law.equivalent or law.provision)):
        return "base duty", [], []
    return base_title(answer), base_notes(answer), shipment_rows(answer)


def into(answer: LineDuty) -> str:
    """Whose duty it is, where it is not that of the United States: " into China"."""
    code = answer.law.importer if answer.law is not None else HOME
    return "" if code == HOME else f" into {place(code)}"


#: The importer that goes without saying.
HOME = "USA"


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


def _filed(answer: LineDuty) -> list[DutyTerm]:
    """Terms in the order of filing."""
    filing = {a.id: a.filing for a in answer.law.authorities} if answer.law is not None else {}
    return sorted(merged_terms(answer), key=lambda t: filing.get(t.authority, len(filing)))


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
        added = answer.total - base_of(answer)
        return answer.by_quantity + (f" and {added:.2%} of the value" if abs(added) > LEAST else "")
    words = f"{duty_words(answer.total)}{share}"
    if not answer.uniform:
        low, high = (duty_words(end) for end in answer.ends)
        words = f"{low} to {high}{share} over its {len(answer.ladders)} lines, {duty_words(answer.total)} on average"
    return f"{words}, by its subheading" if answer.level == SIX else words


#: Share of value below which nothing is added.
LEAST = 1e-9


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
    # What is said of a claim, and of each share, that changes nothing.
    idle = [f"the claim of {answer.programme}" if n == CLAIM else f"{n}={answer.parameters[n]:g}" for n in answer.idle]
    notes += [f"{name} has no effect on this line on this day: it owes the same without" for name in idle]
    if answer.loaded is not None:
        clause = answer.transit[-1] if answer.transit else None
        words = {} if clause is None else {"heading": clause.heading, "source": clause.source}
        note = "law.in_transit" if clause is not None else "law.no_transit"
        notes.append(declared_note(note, loaded=answer.loaded, **words))
    if answer.presumed:
        notes.append(declared_note("law.presumed"))
    if str(answer.reading) != "effective":
        notes.append(f"reading of time: {answer.reading}")
    if (answer.law is None or answer.law.importer == HOME) and (
        orders := orders_on(answer.code, answer.partner, answer.on)
    ):
        notes.append(declared_note("law.orders", orders=order_names(orders)))
    return [*notes, *_base_words(answer)[1], *(_control(m, answer) for m in answer.controls)]


def _notes(answer: LineDuty) -> list[str]:
    notes = [f"claims the special rate of {answer.programme}"] if answer.claim else []
    notes += [] if answer.uniform else [_several(answer, [None if _barred(x) else x.total for x in answer.ladders])]
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
    here = {state.name: " (taken here)" for state in needed if not mixed and state.name in fact.assumed}
    states = ", ".join(
        f"{STATES.get(state.name, state.name)} {duty_words(state.total)}{here.get(state.name, '')}" for state in needed
    )
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


def sentences(answer: LineDuty) -> list[str]:
    """The ladder in sentences, each term with its act, its days and what it displaced."""
    titles = {m.id: m.title for m in answer.law.measures} if answer.law is not None else {}
    terms = [line for term in merged_terms(answer) for line in _sentence(term, titles)]
    return [
        f"  {base_of(answer):8.2%}  {_base_words(answer)[0]}",
        *terms,
        *(f"  Note: {note}" for note in _notes(answer)),
    ]


def _sentence(term: DutyTerm, titles: dict[str, str]) -> list[str]:
    until = f" to {_until(term)}" if _until(term) else ", open end"
    share = "" if term.share in (0.0, 1.0) else f" on {term.share:.1%} of the value"
    rate = f"floor {term.floor:.2%} of the total" if term.floor is not None else f"{term.rate:.2%}"
    lines = [
        f"  {term.points:+8.2%}  {term.title} [{term.measure}]",
        f"            {rate}{share}; in force {term.start}{until}",
    ]
    if act := _act(term):
        lines.append(f"            {act}{f'; heading {term.heading}' if term.heading else ''}")
    if term.displaced_by:
        others = "; ".join(f"{titles.get(name, name)} [{name}]" for name in sorted(term.displaced_by))
        lines.append(f"            displaced by {others}")
    return lines


def _texts(answer: LineDuty) -> list[str]:
    """Description of the goods of each line."""
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
    return importer(_importer(answer)).base_source(answer.main.line, answer.on, answer.partner)


#: Longest text of a duty within a sentence; the whole of it is in the JSON.
LONGEST = 160

COLUMNS = {"general": "general", "column_2": "column 2"}


def source_words(law: BaseLaw) -> str:
    """Where an equivalent comes from."""
    known, (kind, _, level) = vocabulary("source"), law.source.rpartition("_")
    if law.source in known:
        return known[law.source].format(year=law.year)
    return known[kind].format(year=law.year, level=words("level", level)) if kind in known else law.source


def _pointed(law: BaseLaw) -> str:
    """Where the rate claimed stands, if it does not stand in the line; "" where it does."""
    if not law.provision:
        return ""
    if law.column == "general":
        return (
            f"the special rate of this line is in {law.provision}, which is not taken here: the general rate stands in"
        )
    return f"base duty by {law.provision} of chapter 98"


def shipment_rows(answer: LineDuty) -> list[tuple[str, float, float]]:
    """Duty on the shipment by what it falls under, share of its value and USD; none where no value was given."""
    cargo = answer.shipment
    if cargo is None or answer.banned:
        return []
    parts = {"base duty": base_of(answer), **_points(answer), "total": answer.total}
    return [(name, share, share * cargo.value) for name, share in parts.items()]


def base_title(answer: LineDuty) -> str:
    """Title of the base rung: the legal text, and what the number stands for."""
    law, cargo = answer.base_law, answer.shipment
    if law is None or not (law.equivalent and law.text):
        return "base duty"
    words = shorten(law.duty.words if law.duty else law.text, LONGEST, placeholder=" …")
    name = law.column.removeprefix("special:")
    column = COLUMNS.get(law.column, f"special rate {name}" if name != law.column else name)
    head = f"base duty, {words}" if law.column == "general" else f"base duty ({column}), {words}"
    if cargo is not None and cargo.base is not None:
        return f"{head}, on {_quantities(cargo)}"
    return head if answer.by_quantity else f"{head}; {base_of(answer):.2%} is its equivalent{_at(answer, law)}"


def _at(answer: LineDuty, law: BaseLaw) -> str:
    alike = max(x.base for x in answer.ladders) - min(x.base for x in answer.ladders) < 1e-9
    known = law.unit_value if alike else None
    return f" at the {law.year} unit value of {known[0]:,.3g} USD/{known[1]}" if known else ""


def base_notes(answer: LineDuty) -> list[str]:
    """Notes on the base duty and on the shipment."""
    law, cargo = answer.base_law, answer.shipment
    notes = [words] if law is not None and (words := _pointed(law)) else []
    if law is not None and law.equivalent and not (cargo and cargo.base is not None):
        notes.append(f"base duty as a share: {source_words(law)}{_advice(law, cargo)}")
    if cargo is not None:
        notes.append(_shipment_words(answer, cargo))
    return notes


def _advice(law: BaseLaw, cargo: Shipment | None) -> str:
    """How to get the duty by the text, where it states amounts."""
    if law.duty is None or law.kind == "other" or law.duty.limit:
        return ""
    units = ", ".join(f"N {measure}" for measure in law.duty.measures)
    return (
        f"; used for want of a quantity ({units})"
        if cargo
        else f". Give value and quantity ({units}) for the exact duty"
    )


def _shipment_words(answer: LineDuty, cargo: Shipment) -> str:
    goods = f"{cargo.value:,.2f} USD" + (f", {_quantities(cargo)}" if cargo.quantity else "")
    rungs = [f"base {base_of(answer) * cargo.value:,.2f}"]
    for name, points in _points(answer).items():
        rungs.append(f"{name} {points * cargo.value:,.2f}")
    if answer.banned:
        return f"shipment of {goods}: may not be imported"
    return f"shipment of {goods}: duty {answer.total * cargo.value:,.2f} USD ({'; '.join(rungs)})"


def _points(answer: LineDuty) -> dict[str, float]:
    """Title of each act that adds something -> points, share of value."""
    points: dict[str, float] = {}
    for term in merged_terms(answer):
        points[term.title] = points.get(term.title, 0.0) + term.points
    return {title: share for title, share in points.items() if abs(share) > 1e-12}


def _quantities(cargo: Shipment) -> str:
    return ", ".join(f"{amount:,.10g} {measure}" for measure, amount in cargo.quantity.items())
