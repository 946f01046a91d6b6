"""Rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question


@question(
    "Tariffs", "rate 8507.60.00.10 China --on 2025-04-15", "rate 8703.23.01.40 Mexico --on 2025-06-15 --why",
    "rate coffee Brazil --on 2025-09-01",
    choices={"reading": ("effective", "published", "ruled")}, tool=True, own_day=True,
)  # fmt: skip
def rate(
    line: str,
    partner: str,
    on: date | None = None,
    *,
    of: str = "USA",
    preference: str = "",
    value: float | None = None,
    quantity: str = "",
    why: bool = False,
    scenario: str | Mapping[str, Any] = "",
    set: Mapping[str, Any] | Sequence[str] = (),
    reading: str = "effective",
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """The tariff on one product from one country on one day.

    A short code, or words, stand for all numbers under them: table `lines` has the rate of each. What the code does not
    show (table `facts`) is as in a filing without a claim, and can be set. Table `terms` has the tariffs that others
    took the place of too, `orders` what is owed or needed beside the total, `shipment` dollars where a value is given.

    >>> import detente as dt
    >>> answer = dt.rate("8507.60.00.10", "China", "2025-04-15")
    >>> round(float(answer), 3)
    1.734

    Parameters
    ----------
    on : the day of entry. set : facts as us_content=0.4, loaded=2025-04-04 for goods that were at sea as a tariff
        began, presume=yes for facts as they are on average, a reading of a stacking rule alone.
    quantity : in the unit of a tariff by quantity, or in words as 1 t, 96 degrees.
    """
    from detente.codes.hs import is_words
    from detente.faces.ladder import answer_of, candidates_answer
    from detente.lab.duties.good import asked_law

    law = asked_law(
        of, on, scenario=scenario, preference=preference, given=set if isinstance(set, Mapping) else {},
        reading=reading, void=void, announce=announce, lawbook=lawbook,
    )  # fmt: skip
    if is_words(line):
        return candidates_answer(law.candidates(line, partner), law.on)
    return answer_of(law.duty(line, partner, value, quantity), why)
