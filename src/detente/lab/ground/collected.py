"""Duty collected over US imports by month: an observation, with all substitution, delays and claims in it."""

from __future__ import annotations

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_with
from detente.data.tables import arrays, countries, place

UNION = {"EUU": "EU27"}
"""Code of the European Union in the monthly table, and its group."""


def collected_table(first: str, last: str = "", partner: str = "all") -> Table:
    """Duty collected over US imports for consumption by month, an observation; to the last on record without `last`."""
    table = arrays("usa_collected_monthly")
    code = collected_partner(partner)
    chosen = (table["month"] >= first) & (table["month"] <= (last or "9")) & (table["partner"] == code)
    if not chosen.any():
        known = sorted(table["month"][table["partner"] == code].tolist())
        span = f"{known[0]} to {known[-1]}"
        raise InputError(
            "months", f"there is nothing from {first}{f' to {last}' if last else ''}", f"months run from {span}"
        )
    imports, duty = table["imports"][chosen].astype(float), table["duty"][chosen].astype(float)
    data = {"month": table["month"][chosen], "imports": imports, "duty": duty, "rate": duty / imports}
    newest = max(table["month"][table["partner"] == code].tolist())
    ends = f"on record to {newest}{'' if code == 'all' else ' for this partner'}"
    whose = "" if code == "all" else f" from {place(UNION.get(code, code))}"
    return table_with("averages.collected", data, (ends,), whose=whose)


def collected_rate(month: str, partner: str = "all") -> float:
    """Duty collected over imports in a month ("2025-04"), share; NaN where the month is not on record.

    Parameters
    ----------
    partner : a code of the monthly table, as `collected_partner` gives it.
    """
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == partner))
    return float(table["duty"][row[0]] / table["imports"][row[0]]) if row.size else float("nan")


def collected_beside(month: str, partner: str) -> tuple[float, float]:
    """Duty collected over imports from a partner and from all others in a month, shares; NaN where not on record."""
    table = arrays("usa_collected_monthly")
    here = table["month"] == month
    chosen = [here & (table["partner"] == code) for code in ("all", partner)]
    (duty, imports), (own, value) = (
        [float(table[name][mask].sum()) for name in ("duty", "imports")] for mask in chosen
    )
    return (own / value, (duty - own) / (imports - value)) if value and imports else (float("nan"), float("nan"))


def paid_table(month: str, partner: str = "all") -> Table:
    """Duty paid on imports of a month: collected on its entries, or the receipts of the month after.

    Raises
    ------
    InputError : a month of which neither is on record.
    """
    if partner == "all" and np.isnan(collected_rate(month)) and not np.isnan(receipts_rate(month)):
        table = arrays("evidence_tariff_months")
        row = int(np.flatnonzero(table["month"] == month)[0])
        imports, duty = (table[name][[index]].astype(float) for name, index in (("imports", row), ("duties", row + 1)))
        data = {"month": np.asarray([month]), "imports": imports, "duty": duty, "rate": duty / imports}
        return table_with("averages.collected", data, (declared_note("averages.receipts"),), whose="")
    return collected_table(month, month, partner)


def collected_in(month: str) -> float:
    """Duty collected in a month ("2025-04"), USD; NaN where the month is not on record."""
    table = arrays("usa_collected_monthly")
    row = np.flatnonzero((table["month"] == month) & (table["partner"] == "all"))
    return float(table["duty"][row[0]]) if row.size else float("nan")


def receipts_rate(month: str) -> float:
    """Customs receipts of the month after over the imports of a month ("2026-01"), share; NaN where not on record.

    Most duty falls due in the middle of the month after entry, on a statement of the month.
    """
    table = arrays("evidence_tariff_months")
    row = np.flatnonzero(table["month"] == month)
    if not row.size or row[0] + 1 >= table["month"].size:
        return float("nan")
    return float(table["duties"][row[0] + 1] / table["imports"][row[0]])


def collected_partner(text: str) -> str:
    """Code of a partner that the monthly table has: a country, "EU" or "all"."""
    known = np.unique(arrays("usa_collected_monthly")["partner"]).tolist()
    if text in known:
        return text
    group = countries().group(text)
    code = "EUU" if group is not None and group.id == "EU27" else countries().resolve(text, Parameter("partner"))
    if code not in known:
        raise UnknownName("partner", text, known, Parameter("partner"), f"months are known for {', '.join(known)}")
    return code
