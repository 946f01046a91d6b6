"""Check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.faces.ask import Answer, Number, question

if TYPE_CHECKING:
    from detente.evidence import ClaimCheck
    from detente.lab.claims.asked import AskedClaims

UNITS = {"percent": "share", "points": "share difference", "share": "share", "usd": "USD each", "usd_bn": "USD"}
"""Units of numbers of claims, as answers have them."""


WORDS = {
    "for": ("holds", "hold"), "between": ("hangs on the definition", "hang on the definition"),
    "against": ("does not hold", "do not hold"), "open": ("is open", "are open"),
}  # fmt: skip
"""How claims come out, by their mark: one, and several."""


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
    statement : a mapping has the keys of a file of claims: kind, quantity, speaker, said and others.
    what : quantity that a sentence means; `data list quantities` has them.
    speaker : part of a name, role or side.
    kind : of claims.
    verdict : or a mark of several: for, between, against or open.
    """
    from detente.faces.ask.progress import progress_of
    from detente.lab.claims.asked import claims_answer

    day = as_of or date.today()
    made = claims_answer(
        statement, day, what=what, speaker=speaker, kind=kind, verdict=verdict, ledger=ledger, draws=draws, seed=seed,
        progress=progress_of("claims"),
    )  # fmt: skip
    single = made.checks[0] if len(made.checks) == 1 else None
    words = _many(made, day) if single is None else _one(single, dict(next(made.tables[0].rows())))
    number = None if single is None else _number(single)
    refused = tuple(f"Not judged: {error}" for error in made.refused)
    return Answer.of(words, made.tables, number=number, warnings=refused, arguments={"as_of": day})


def _one(claim: ClaimCheck, row: Mapping[str, Any]) -> str:
    """What was said, the verdict, what was claimed and found, and the definitions that decide it."""
    from detente.codes.names import first_upper

    words = [f"{first_upper(row['statement'])}: {row['verdict']}."]
    words += [f"Claimed: {row['claimed']}."] if row["claimed"] else []
    words += [f"Ours: {row['ours'].removesuffix('.')}."] if row["ours"] else []
    if claim.fails_under and claim.holds_under:
        words.append(
            f"It holds under {', '.join(claim.holds_under[:2])}; not under {', '.join(claim.fails_under[:2])}."
        )
    return " ".join(words)


def _many(made: AskedClaims, day: date) -> str:
    """How many claims come out how."""
    from detente.faces.words.language import load
    from detente.lab.claims.asked import mark_of

    marks = Counter(mark_of(str(claim.verdict)) for claim in made.checks)
    if not marks:
        return "No claim that was asked for has this verdict."
    parts = ", ".join(f"{marks[mark]} {words[marks[mark] != 1]}" for mark, words in WORDS.items() if marks[mark])
    return f"Of {len(made.checks)} statements on the record of {load().day(day)}: {parts}."


def _number(claim: ClaimCheck) -> Number | None:
    """The number that was computed beside that of the claim."""
    from detente.lab.claims.words import claimed_words

    quantity = claim.part.quantity
    if quantity is None or claim.value != claim.value:
        return None
    low, high = (claim.low, claim.high) if claim.low == claim.low else (None, None)
    unit = UNITS.get(quantity.unit, quantity.unit)
    return Number(claim.value, unit, low, high, against=claimed_words(quantity), definition=claim.definition)
