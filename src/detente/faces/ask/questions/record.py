"""The record: claims, numbers in print, forecasts and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter
from detente.codes.names import first_upper
from detente.evidence import ClaimCheck
from detente.faces.ask.answer import Answer, Number, progress_of
from detente.faces.ask.question import question
from detente.faces.words.evidence import (
    events_in_words,
    reach_in_words,
    score_in_words,
    verdict_in_words,
    world_score_in_words,
)
from detente.faces.words.language import load
from detente.lab.claims.asked import AskedClaims, claims_answer, mark_of
from detente.lab.claims.words import claimed_words
from detente.lab.country.imports import WORLD, world_scores
from detente.lab.record.reconcile import printed_on, reconciliation_tables
from detente.lab.record.reconcile import reconcile as reconciled
from detente.lab.record.timeline import span_of, timeline
from detente.lab.score.score import WHAT, every_named
from detente.lab.score.score import score as scored

#: Units of numbers of claims, as answers have them.
UNITS = {"percent": "share", "points": "share difference", "share": "share", "usd": "USD each", "usd_bn": "USD"}


#: How claims come out, by their mark: one, and several.
WORDS = {
    "for": ("holds", "hold"), "between": ("depends on the definition", "depend on the definition"),
    "against": ("does not hold", "do not hold"), "open": ("is open", "are open"),
}  # fmt: skip


@question(
    "Record", "check C14", 'check "the average US tariff is 28 percent" --as-of 2025-05-09 --draws 0',
    "check --ledger may-2025 --kind causal --draws 0",
    choices={"what": "detente.lab.claims.measurand:quantities", "kind": "detente.evidence:Kind",
             "verdict": "detente.lab.claims.asked:MARKS detente.evidence:Verdict"}, tool=True, long=True,
)  # fmt: skip
def check(
    statement: str | list[Any] | Mapping[str, Any] = "",
    *,
    as_of: date | None = None,
    what: str = "",
    speaker: str = "",
    kind: str = "",
    verdict: str = "",
    ledger: str = "",
    draws: int = 60,
    seed: int = 20250512,
) -> Answer:
    """Whether a claim holds: type the sentence, name a claim of the ledger, or give a file.

    No verdict says true or false: it says under which definition a number holds. Table `readings` has every definition,
    `details` all that is known of each claim. Without a statement the claims of the ledgers are checked; words without
    a number are looked for in them.

    >>> import detente as dt
    >>> dt.check("C12", as_of="2025-05-31", draws=0)["claim"].tolist()
    ['C12a', 'C12b']

    Parameters
    ----------
    statement : What was said: a sentence, words, the id of a claim, a file of claims, or a mapping with its keys:
        kind, quantity, speaker, said and others.
    what : Quantity that the sentence means, of `detente data list quantities`.
    speaker : Part of a name, a role or a side, whose words are shown.
    kind : Kind of claims to show.
    verdict : Verdict to show, or several as for, between, against or open.
    """
    day = as_of or date.today()
    made = claims_answer(
        statement, day, what=what, speaker=speaker, kind=kind, verdict=verdict, ledger=ledger, draws=draws, seed=seed,
        progress=progress_of("claims"),
    )  # fmt: skip
    single = made.checks[0] if len(made.checks) == 1 else None
    rows = list(made.tables[0].rows())
    sentence = made.checks if single or all(each.claim.claim_id == "own" for each in made.checks) else ()
    words = " ".join(map(_one_claim, sentence, rows)) if sentence else _many(made, day)
    number = None if single is None else _number(single)
    refused = tuple(f"Not judged: {error}" for error in made.refused)
    return Answer.of(words, made.tables, number=number, warnings=refused, arguments={"as_of": day})


def _one_claim(claim: ClaimCheck, row: Mapping[str, Any]) -> str:
    """What was said, the verdict, how the claim was read, what was found, and the definitions that decide it."""
    quantity, say = claim.part.quantity, load()
    words = [f"{first_upper(row['statement'])}: {row['verdict']}."]
    if row["claimed"] and quantity is not None:
        dated = "" if quantity.period else f", on {say.day(quantity.as_of)}"
        words.append(f"We read this as: {row['claimed']}{dated}.")
    ours = str(row["ours"]).removesuffix(".")
    words += [f"Ours is {ours}." if claim.value == claim.value else f"{first_upper(ours)}."] if ours else []
    if claim.fails_under and claim.holds_under:
        words.append(
            f"It holds under {', '.join(claim.holds_under[:2])}; not under {', '.join(claim.fails_under[:2])}."
        )
    return " ".join(words)


def _many(made: AskedClaims, day: date) -> str:
    """How many claims come out how."""
    marks = Counter(mark_of(str(claim.verdict)) for claim in made.checks)
    if not marks:
        return "No claim that was asked for has this verdict."
    parts = ", ".join(f"{marks[mark]} {words[marks[mark] != 1]}" for mark, words in WORDS.items() if marks[mark])
    return f"Of {len(made.checks)} statements on the record of {load().day(day)}: {parts}."


def _number(claim: ClaimCheck) -> Number | None:
    """The number that was computed beside that of the claim."""
    quantity = claim.part.quantity
    if quantity is None or claim.value != claim.value:
        return None
    low, high = (claim.low, claim.high) if claim.low == claim.low else (None, None)
    unit = UNITS.get(quantity.unit, quantity.unit)
    return Number(claim.value, unit, low, high, against=claimed_words(quantity), definition=claim.definition)


@question(
    "Record", "reconcile 17.8 --on 2025-05-12 --publisher yale", "reconcile -1.7 --what gdp --publisher kiel",
    choices={"what": "detente.lab.record.reconcile:WHAT", "publisher": "detente.lab.record.reconcile:definition_names"},
    tool=True, own_day=True,
)  # fmt: skip
def reconcile(
    number: str | float,
    on: date | str | None = None,
    *,
    of: str = "USA",
    partner: str = "",
    what: str = "",
    publisher: str = "",
    against: date | str = "",
    set: str | Sequence[str] | Mapping[str, str] = (),
) -> Answer:
    """Why our number differs from one in print.

    Which choices part the two, and by how much each; the steps sum to the difference in any order. Without a publisher
    the ways of counting on record that come nearest are proposed. The effect of tariffs on GDP, real income and jobs is
    solved under every combination of the choices, and each choice has its mean over all orders. Without a day such a
    number is set beside ours for the tariffs that its publisher counted.

    >>> import detente as dt
    >>> answer = dt.reconcile(17.8, "2025-05-12", publisher="yale")
    >>> answer.columns[0].name
    'step'

    Parameters
    ----------
    of : Country whose imports are counted, or whose GDP, income or jobs.
    what : What the number measures, where its unit does not say it.
    against : Day of the tariffs that the number means, where it is another.
    set : Choices in which the number differs from ours, in place of a publisher's, as claims,scope.
    """
    if against and not isinstance(against, date):
        raise InputError(Parameter("against"), f"'{against}' is not a day", "give the day of the law that is meant")
    day = on if isinstance(on, date) else printed_on(str(number), what, publisher, of) or date.today()
    answer = reconciled(
        str(number), day, what=what, by=publisher, of=of, partner=partner,
        chosen=tuple(set), law=against or None,
    )  # fmt: skip
    sentence = " ".join(filter(None, (verdict_in_words(answer), reach_in_words(answer))))
    return Answer.of(sentence, reconciliation_tables(answer), arguments={"on": day})


@question(
    "Record", "score --as-of 2025-03 --to 2026-02", "score prices", "score world --rates collected",
    choices={"what": (*WHAT, WORLD), "rates": ("statutory", "collected")},
)  # fmt: skip
def score(
    what: str = "",
    *,
    as_of: date | None = None,
    to: date | None = None,
    rates: str = "statutory",
    seed: int = 20250512,
) -> Answer:
    """How our forecasts of tariffs, imports and prices compare with what came, and with simple rules.

    A forecast knows the acts signed and the trade recorded by the end of one month: March 2025 by default, the last
    before the tariffs of April 2025. It looks a year ahead, as far as anything is on record.

    >>> import detente as dt
    >>> answer = dt.score("average", as_of="2025-03", to="2025-06")
    >>> answer["partner_name"][0]
    'every partner'

    Parameters
    ----------
    what : What is forecast: average tariff, tariff revenue, imports or prices; all if none is given. World sets the
        models of the world economy, given the tariffs of each quarter since 2018, beside US imports.
    rates : Tariffs as written, or as collected; collected takes the forecast through the delay and the gaps that were
        estimated on the months up to it.
    seed : Seed of the draws of months behind each range.
    """
    if what == WORLD:
        tables = world_scores(rates == "collected", seed, as_of, to)
        sentence, row = world_score_in_words(tables[0])
        return Answer.of(sentence, tables, number=Number(row["error"], "share"))
    tables = scored(as_of, to, what=what, rates=rates, seed=seed)
    sentence, row = score_in_words(tables[0], as_of)
    return Answer.of(
        sentence, tables, number=Number(row["error"], "share", against=f"assuming no change: {row['persists']:.4f}"),
        more=every_named(seed, rates == "collected"),
    )  # fmt: skip


@question(
    "Record", "events fentanyl --from 2025-02-01 --to 2025-05-31", "events --kind threats --country Canada",
    choices={"kind": "detente.lab.record.tables:kinds"},
)  # fmt: skip
def events(
    words: str = "",
    from_: date | None = None,
    to: date | None = None,
    *,
    kind: str = "",
    country: str = "",
) -> Answer:
    """The dated record of tariffs, export controls, talks and threats.

    An event counts if it was announced or took effect in the span. Without a first day it begins 30 days before the
    last, or with 2025 where words, a kind or a country are asked for. The newest events stand first.

    >>> import detente as dt
    >>> answer = dt.events("fentanyl", "2025-02-01", "2025-02-28")
    >>> answer["announced"][-1]
    '2025-02-01'

    Parameters
    ----------
    words : Words or digits to look for; an event has all of them.
    country : Country that acts, or that is meant.
    """
    first, last = span_of(from_, to, bool(words or kind or country))
    tables = timeline(first, last, words, kind, country)
    span = {"from": first, "to": last}
    return Answer.of(events_in_words(tables[0], first, last), tables, arguments=span)
