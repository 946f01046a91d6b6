"""What the words of a claim mean: its readings, what it leaves out or lacks, and its time.

Which of a quantity's listed readings a claim can mean: those of the thing it speaks of, and no others.

`population` says what a share or a number is of, `of:` in a definition which kind is meant; the declaration of a
quantity says what holds where a claim leaves it out. What nothing in the package measures gets no reading, and
`why_unread` says so.

What a claim means where its words leave something out: the usual base, and the quantity that has its population.

What a claim has to say before a number can be set against it: a year, a country, a day it is compared with.

A claim that leaves one of them out is not judged on a guess. It is not checkable, and the words ask for what is
missing; where no number can be worked out at all it is refused. What each quantity needs stands in its declaration,
and in docs/evidence.md.

Time that claims of an effect speak of: a model of the long run says so where the words mean a year or less.

Ratios that claims speak of: "ten times", "half of": a quantity against itself elsewhere, or on another day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import Any

import numpy as np

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.countries import fold
from detente.codes.days import BASE_DAY
from detente.data.models import model_of
from detente.data.tables import countries
from detente.evidence.verdicts import Kind
from detente.lab.claims.fitting import OWN, YEARS_END
from detente.lab.claims.measurand import Basis, Measurand, Measured, Readings, Wording, led, nothing, quantities
from detente.lab.claims.rows import PartRow, QuantityRow, ReadingRow
from detente.lab.claims.words import plainly


def readings_meant(row: QuantityRow, own: ReadingRow | None, given: Sequence[ReadingRow] = ()) -> Readings:
    """Readings a claim is judged on, its own definition first; none where nothing measures what it speaks of.

    Parameters
    ----------
    own : the claim's definition; given : readings it brings along, in place of the listed ones.
    """
    quantity = quantities()[row.name]
    population = (own.population if own else "") or row.population
    kind = _kind(quantity, row, own)
    listed = quantity.readings if kind is None else tuple(r for r in quantity.readings if r.of == kind)
    listed = tuple(given) or quantity.fitted(row, own, _of_population(quantity, population, listed))
    if own is None:
        return tuple(given) or quantity.with_others(row, led(listed))
    own = _completed(quantity, row, own, listed)
    if own is None:
        return ()
    own = own.model_copy(update={"default": True, "likely": True, "label": own.label or OWN})
    others = tuple(r.model_copy(update={"default": False, "likely": False}) for r in listed)
    return quantity.with_others(row, (own, *others))


ABOUT_ALL = ("name", "label", "default", "likely", "illustrative")


def check_uses(name: str, reading: ReadingRow, where: str) -> None:
    """Refuse a key that would be read and then ignored."""
    quantity = quantities()[name]
    if quantity.kinds is not None and reading.of not in quantity.kinds:
        raise InputError(where, f"unknown of '{reading.of}'", f"use {', '.join(filter(None, quantity.kinds))}")
    if reading.period and reading.duty != "collected" and "duty" in quantity.uses:
        raise InputError(where, "'period' has no meaning for a statutory duty", "add duty: collected, or leave it out")
    idle = sorted(reading.model_fields_set - {*ABOUT_ALL, *quantity.uses})
    if idle:
        what = f"'{idle[0]}' has no meaning for {name.replace('_', ' ')}"
        raise InputError(where, what, f"it uses {', '.join(quantity.uses)}")
    for key, other, values in GOES_WITH:
        if key in reading.model_fields_set and getattr(reading, key) and getattr(reading, other) not in values:
            what = f"'{key}' has no meaning with {other}: {getattr(reading, other) or 'nothing'}"
            raise InputError(where, what, f"leave one of them out, or say {other}: {' or '.join(filter(None, values))}")


STATUTORY = ("statutory",)
#: Keys of a reading that are used only beside certain values of another.
GOES_WITH = (
    *((key, "duty", STATUTORY) for key in ("start", "on", "published", "law", "extend", "halve_since")),
    ("sigma", "substitution", ("ces",)),
    ("span", "of", ("rise",)),
    ("times_mean", "of", ("", "level")),
    ("stage", "of", ("", "stage")),
    ("material", "of", ("", "stage")),
    ("group", "of", ("", "controlled_elements")),
    ("level", "of", ("share_below",)),
    ("months", "of", ("", "imports")),
    ("line", "of", ("", "line", "events", "imports")),
)


def why_unread(row: QuantityRow) -> str:
    """Why no reading fits a claim, for its reader."""
    name, quantity = row.words, quantities()[row.name]
    if quantity.unmodelled:
        return quantity.unmodelled
    if "partner" in quantity.narrowed_by and _country_code(row.population):
        return declared_note("claims.country_no_population", country=_country_code(row.population))
    known = ", ".join(quantity.populations)
    if row.population:
        return declared_note("claims.population_unmeasured", quantity=name, population=row.population, known=known)
    return declared_note("claims.population_unsaid", quantity=name, known=known)


def _country_code(text: str) -> str:
    """Code of a country by any of its names, "" for what is none."""
    known = countries()
    code = text.strip().upper()
    return code if code in known.names else known.aliases.get(fold(text), "")


def _kind(quantity: Measurand, row: QuantityRow, own: ReadingRow | None) -> str | None:
    """What `of:` means in a claim; None where readings of all kinds are compared."""
    usual = quantity.kind(row, own)
    return own.of if usual is not None and own is not None and own.of else usual


def _of_population(quantity: Measurand, population: str, listed: Readings) -> Readings:
    """Listed readings of the thing the claim speaks of."""
    apart = any(r.population for r in listed)
    if not quantity.populations or not (population or apart):
        return listed
    named = quantity.population(population)
    if not named:
        return ()
    return tuple(r for r in listed if r.population == named) if apart else listed


def _completed(quantity: Measurand, row: QuantityRow, own: ReadingRow, listed: Readings) -> ReadingRow | None:
    """The claim's definition with what it leaves to the first listed reading; None where that is not known."""
    kind = _kind(quantity, row, own)
    if kind is not None:
        return own.model_copy(update={"of": kind})
    if not any(r.population for r in quantity.readings):
        return None if row.population and not listed else own
    if not own.of and (own.stage or own.material):
        return own.model_copy(update={"of": "stage"})
    if own.of:
        return own
    if not listed:
        return None
    given = {name: getattr(own, name) for name in own.model_fields_set}
    return listed[0].model_copy(update={"name": own.name, "label": own.label, **given})


#: Two names of one quantity: shares in stages of a supply chain and on lines, and shares in the trade of a country.
CHAIN_SHARE, TRADE_SHARE = "share", "partner_share"


def meant(part: PartRow, spoken: date) -> tuple[PartRow, str]:
    """A statement with the quantity that its words mean, and what is to be said of that; "" where nothing is left out.

    Parameters
    ----------
    spoken : day of the claim, which a quantity without a day is about.
    """
    row, words = part.quantity, ""
    if row is None:
        return part, ""
    if not part.readings and part.definition is None and row.name in (CHAIN_SHARE, TRADE_SHARE):
        row = _share(row)
    quantity, wording = quantities()[row.name], Wording(row, part.definition, part.readings)
    in_time = "law" in quantity.uses and (row.as_of or spoken) >= BASE_DAY
    if in_time and quantity.question("base", wording):
        row, words = row.model_copy(update={"base": BASE_DAY}), declared_note("claims.base_assumed", base=BASE_DAY)
    return part.model_copy(update={"quantity": row}), words


def _share(row: QuantityRow) -> QuantityRow:
    """A share under the name by which its population is measured, in the period that its day means."""
    chain, trade = (quantities()[name].population(row.population) for name in (CHAIN_SHARE, TRADE_SHARE))
    if row.name == TRADE_SHARE and chain and not trade:
        return row.model_copy(update={"name": CHAIN_SHARE})
    if row.name == TRADE_SHARE or chain or not trade:
        return row
    period = {} if row.period or row.year else _period(row.as_of)
    return row.model_copy(update={"name": TRADE_SHARE, **period})


def _period(day: date | None) -> dict[str, object]:
    """The year that a day ends, or the months of its year that are over; nothing without a day."""
    if day is None:
        return {}
    if (day.month, day.day) == YEARS_END:
        return {"year": day.year}
    last = (day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return {"year": last.year} if last.month == 12 else {"period": f"{last.year}-01..{last:%Y-%m}"}


def lacking(wording: Wording, kind: Kind, is_open: bool = False) -> str:
    """Why a claim cannot be checked as it stands, with what to add; "" where it says all it has to.

    Parameters
    ----------
    is_open : the words of the claim leave the reading open.
    """
    quantity = quantities()[wording.row.name]
    questions = [quantity.question(key, wording) for key in quantity.needs]
    questions += [_cause(wording)] if kind is Kind.CAUSAL else []
    questions += [_whose(wording)] if is_open else []
    return next((words for words in questions if words), "")


def _cause(wording: Wording) -> str:
    """A cause needs an effect: a difference from something, with a direction."""
    if not quantities()[wording.row.name].effect:
        known = ", ".join(name for name, quantity in quantities().items() if quantity.effect)
        return declared_note("claims.cause_of_nothing", quantity=wording.row.words, known=known)
    value = wording.row.value
    if wording.row.comparator in ("=", "about") and value is not None and not float(value):
        return declared_note("claims.cause_of_zero")
    return ""


def _whose(wording: Wording) -> str:
    """An average of which the words leave open whose imports it is over needs to say so."""
    row, quantity = wording.row, quantities()[wording.row.name]
    if not {"importer", "period"} <= {*quantity.narrowed_by} or row.population or row.importer or wording.given:
        return ""
    return declared_note("claims.imports_unsaid", quantity=row.words, population=next(iter(quantity.populations)))


#: Words for a time in which a long run has not passed.
SOON = re.compile(
    r"\b(?:this|next|coming|by the end of the|within the|in the first|in a(?: single)?) (?:week|month|quarter|year)s?\b"
    r"|\bwithin (?:days|weeks|months|a year)\b|\b(?:immediately|overnight|at once|straight away|by christmas)\b"
    r"|\bin the short (?:run|term)\b|\bshort[- ](?:run|term)\b",
    re.IGNORECASE,
)

LONG = "long"


def short_words(row: QuantityRow, text: str) -> str:
    """What is to be said of a claim about a short time where the model is of the long run; "" where nothing is.

    Parameters
    ----------
    text : the words of the claim.
    """
    settled = quantities()[row.name].settled
    if not settled or row.horizon == LONG:
        return ""
    match = SOON.search(text)
    if match is None and not row.horizon:
        return ""
    spoken = f'"{match.group(0)}"' if match is not None else "the short run"
    if row.horizon and "horizon" in quantities()[row.name].uses:
        return declared_note("claims.short_for_capital", spoken=spoken)
    return declared_note("claims.short_for_model", spoken=spoken, settled=settled)


OWN_KEYS = ("name", "of", "other", "value", "unit", "comparator")


def ratio_to(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """A quantity over the same with other keys, both under the first reading that each of them has.

    Raises
    ------
    InputError : no quantity, nothing that differs, or keys that the quantity does not take.
    """
    name = row.of
    known = [other for other in quantities() if other != row.name]
    if name not in known:
        raise UnknownName("quantity", name, known, f"quantity {row.name}, of", "name what is compared, as of: imports")
    given = {key: getattr(row, key) for key in row.model_fields_set if key not in OWN_KEYS}
    sides = ({"name": name, "value": "1", **keys} for keys in (given, _other(given, row.other)))
    rows = [model_of(QuantityRow, side, "quantity ratio_to, other") for side in sides]
    upper, lower = ({r.name: r for r in readings_meant(side, None)} for side in rows)
    measured = quantities()[name].measured
    answers = []
    for shared in (own for own in upper if own in lower):
        pair = [measured(basis, r, own[shared], r.as_of or as_of) for r, own in zip(rows, (upper, lower), strict=True)]
        if all(isfinite(answer.value) for answer in pair):
            return _over(pair[0], pair[1], upper[shared].label)
        answers += [answer.remark for answer in pair if not isfinite(answer.value)]
    words = answers[0] if answers else declared_note("claims.ratio_apart", quantity=name.replace("_", " "))
    return nothing(words)


TIMES = frozenset({"year", "period", "month"})


def _other(given: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Keys of the other side: those of the claim, with what differs; a time takes the place of any other."""
    dropped = TIMES if TIMES & other.keys() else frozenset()
    return {**{key: value for key, value in given.items() if key not in dropped}, **other}


def _over(upper: Measured, lower: Measured, label: str) -> Measured:
    if not lower.value:
        return nothing(declared_note("claims.ratio_of_zero"), *upper.inputs)
    same = upper.draws.size == lower.draws.size and not upper.range_of and not lower.range_of
    draws = upper.draws / lower.draws if same and upper.draws.size else np.zeros(0)
    remark = f"{plainly(upper.value)} over {plainly(lower.value)}, {label}"
    days = [day for day in (upper.known, lower.known) if day is not None]
    inputs = tuple(dict.fromkeys((*upper.inputs, *lower.inputs)))
    return Measured(upper.value / lower.value, draws, inputs, max(days, default=None), remark=remark)
