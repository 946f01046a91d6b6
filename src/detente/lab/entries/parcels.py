"""Postal parcels: what each owes in place of every duty, by the emergency duties on goods of its country."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.lab.entries.rows import EntryRows
from detente.law import Law, MeasureKind, Status
from detente.law.measure import Measure, names_partner

BASIS = "IEEPA"


def emergency_rate(law: Law, partner: str, on: date) -> float:
    """Sum of the emergency duties on all goods of a country on a day, share of value; of a floor, the least total."""
    rates: dict[str, float] = {}
    for measure in law.measures:
        if _general(law, measure) and names_partner(measure.partners, partner, on):
            rate = next((period.rate for period in measure.periods_on(on)), None)
            own = None if rate is None else rate.by_partner.get(partner, rate.value)
            if own is not None:
                rates[measure.id] = own
    replaced = {name for name in rates for name in law.by_id[name].replaces}
    return round(sum(rate for name, rate in rates.items() if name not in replaced), 6)


def _general(law: Law, measure: Measure) -> bool:
    """Whether it is an emergency duty in force on goods of every kind."""
    levied = measure.kind is MeasureKind.DUTY and measure.status is Status.IN_FORCE
    return levied and law.basis.get(measure.authority) == BASIS and any("" in g.prefixes for g in measure.goods)


def parcel_duties(rows: EntryRows, law: Law) -> NDArray[np.float64]:
    """Duty of each row by the parcel, USD, shape (rows,); 0 where its type of entry is not by the parcel."""
    owed = np.zeros(rows.day.size)
    for k in np.unique(rows.kind[rows.reasons.good()]).tolist():
        kind = rows.kinds[k]
        if not kind.parcel:
            continue
        mine = np.flatnonzero((rows.kind == k) & rows.reasons.good())
        pairs, pair_of = np.unique(np.stack([rows.partner[mine], rows.day[mine]]), axis=1, return_inverse=True)
        rates = [emergency_rate(law, rows.partners[p], date.fromordinal(day)) for p, day in pairs.T.tolist()]
        owed[mine] = np.asarray([kind.parcel_duty(rate) for rate in rates])[pair_of.reshape(-1)]
    return owed
