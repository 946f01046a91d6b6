"""Words for the base duty as the law states it, and for the duty on one shipment."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING

from detente.codes.vocabulary import vocabulary, words

if TYPE_CHECKING:
    from detente.data.base_law import BaseLaw
    from detente.lab.statute.consignment import Shipment
    from detente.lab.statute.lookup import LineDuty

LONGEST = 160
"""Longest text of a duty within a sentence; the whole of it is in the JSON."""

COLUMNS = {"general": "general", "column_2": "column 2"}


def source_words(law: BaseLaw) -> str:
    """Where an equivalent comes from."""
    known, (kind, _, level) = vocabulary("source"), law.source.rpartition("_")
    if law.source in known:
        return known[law.source].format(year=law.year)
    return known[kind].format(year=law.year, level=words("level", level)) if kind in known else law.source


def column_words(law: BaseLaw) -> str:
    """The column of the schedule the rate stands in."""
    name = law.column.removeprefix("special:")
    return COLUMNS.get(law.column, f"special rate {name}" if name != law.column else name)


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
    parts = {"base duty": _base(answer), **_points(answer), "total": answer.total}
    return [(name, share, share * cargo.value) for name, share in parts.items()]


def base_title(answer: LineDuty) -> str:
    """Title of the base rung: the legal text, and what the number stands for."""
    law, cargo = answer.base_law, answer.shipment
    if law is None or not (law.equivalent and law.text):
        return "base duty"
    words = shorten(law.duty.words if law.duty else law.text, LONGEST, placeholder=" …")
    head = f"base duty, {words}" if law.column == "general" else f"base duty ({column_words(law)}), {words}"
    if cargo is not None and cargo.base is not None:
        return f"{head}, on {_quantities(cargo)}"
    return head if answer.by_quantity else f"{head}; {_base(answer):.2%} is its equivalent{_at(answer, law)}"


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
    rungs = [f"base {_base(answer) * cargo.value:,.2f}"]
    for name, points in _points(answer).items():
        rungs.append(f"{name} {points * cargo.value:,.2f}")
    if answer.banned:
        return f"shipment of {goods}: may not be imported"
    return f"shipment of {goods}: duty {answer.total * cargo.value:,.2f} USD ({'; '.join(rungs)})"


def _points(answer: LineDuty) -> dict[str, float]:
    """Title of each act that adds something -> points, share of value."""
    points: dict[str, float] = {}
    for weight, ladder in zip(answer.weights, answer.ladders, strict=True):
        for term in ladder.terms:
            points[term.title] = points.get(term.title, 0.0) + weight * term.points
    return {title: share for title, share in points.items() if abs(share) > 1e-12}


def _base(answer: LineDuty) -> float:
    return float(sum(w * ladder.base for w, ladder in zip(answer.weights, answer.ladders, strict=True)))


def _quantities(cargo: Shipment) -> str:
    return ", ".join(f"{amount:,.10g} {measure}" for measure, amount in cargo.quantity.items())
