"""The duty on a shipment: the base duty by its text where a quantity is given, the rest on value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.codes import InputError
from detente.data.base_law import BaseLaw
from detente.law.duty import Duty, Part
from detente.law.measure import MinimumPrice
from detente.law.quantity import check_parts, read_quantity


@dataclass(frozen=True, slots=True)
class Shipment:
    """Goods under one tariff code in one entry.

    Attributes
    ----------
    value : customs value, USD.
    quantity : amounts by the measures of the base duty and of a minimum price; empty where none was given.
    base : base duty by its text, share of the value; None where the rate or its equivalent is used.
    """

    value: float
    quantity: Mapping[str, float] = field(default_factory=dict)
    base: float | None = None


def shipment_of(
    law: BaseLaw | None,
    value: float | None,
    quantity: str | float | None,
    given: Mapping[str, float],
    minimum: MinimumPrice | None = None,
) -> Shipment | None:
    """A shipment from what a reader gives; None without a value.

    Parameters
    ----------
    law : base duty of the line, None where the lines under the code differ.
    value : customs value, USD.
    quantity : as `detente.law.quantity.read_quantity` reads it.
    given : shares of the goods that were set.
    minimum : minimum price that the goods stand under.

    Raises
    ------
    InputError
        a value that is not positive, a quantity without a value, a quantity the base duty cannot use.
    """
    if value is None and quantity is None:
        return None
    if value is None:
        raise InputError("quantity", "the duty on a quantity needs the customs value", "give the value in USD")
    if not 0.0 < value < float("inf"):
        raise InputError("value", f"{value:g} is not a customs value", "give a positive number of USD")
    if quantity is None:
        return Shipment(value)
    if minimum is not None:
        return _under_minimum(law, value, quantity, given, minimum)
    return _by_text(_usable(law, given), value, quantity)


def _under_minimum(
    law: BaseLaw | None, value: float, quantity: str | float, given: Mapping[str, float], minimum: MinimumPrice
) -> Shipment:
    """A shipment whose quantity is in the unit of a minimum price, and in those of the base duty if it has any."""
    own = law.duty if law is not None and not {"base", "ave"} & set(given) else None
    words = f"{own.words if own else 'a share of value'}, with a minimum price of {minimum.price:g} USD/{minimum.unit}"
    parts = (*(own.parts if own else ()), Part(minimum.price, minimum.unit))
    amounts = read_quantity(quantity, Duty(words, "specific", parts))
    exact = own is not None and not own.ad_valorem
    return Shipment(value, amounts, own.of(value, amounts) / value if own is not None and exact else None)


def _usable(law: BaseLaw | None, given: Mapping[str, float]) -> BaseLaw:
    if "base" in given or "ave" in given:
        raise InputError("quantity", "the base duty is set as a share already", "leave one of the two out")
    if law is None:
        raise InputError("quantity", "the lines under this code have different base duties", "give ten digits")
    if law.duty is None:
        raise InputError("quantity", "the base duty of this line is in the package as a share only", "leave it out")
    return law


def _by_text(law: BaseLaw, value: float, quantity: str | float) -> Shipment:
    assert law.duty is not None
    amounts = read_quantity(quantity, law.duty)
    check_parts(value, amounts)
    return Shipment(value, amounts, law.duty.of(value, amounts) / value)


def with_base(given: Mapping[str, float], shipment: Shipment | None) -> dict[str, float]:
    """Shares of the goods with the exact base duty among them, so that floors meet what is owed."""
    exact = {} if shipment is None or shipment.base is None else {"base": shipment.base}
    return {**given, **exact}
