"""What publishers of averages say of their own figures: law they count, what they took for buyers' answers, revisions.

Facts of the publishers, each with its source; the arithmetic on them is in `lab/duties/reconciliation.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

YALE: Final = "Yale Budget Lab, State of Tariffs"
PIIE_ON_CHINA: Final = "PIIE (Bown), US on China"
PIIE_ON_US: Final = "PIIE (Bown), China on US"
WAUGH: Final = "Waugh, trade-war-redux"

ANNOUNCED: Mapping[tuple[str, str], tuple[str, Mapping[str, object]]] = {
    (YALE, "2025-04-07"): (
        "country rates of 9 April, China at 34%",
        {"on": date(2025, 4, 9), "announced": ("rec_chn_34",)},
    ),
    (YALE, "2025-04-09"): (
        "the pause of 10 April, China at 125% in all",
        {"on": date(2025, 4, 10), "announced": ("rec_chn_105",)},
    ),
    (YALE, "2025-05-12"): ("China at 30%, as agreed that day", {"on": date(2025, 5, 14)}),
    (YALE, "2025-07-10"): (
        "letters of 7 and 9 July, copper at 50% and Canada at 35% from 1 August",
        {"on": date(2025, 8, 1), "announced": ("rec_letters",)},
    ),
    (YALE, "2025-07-14"): (
        "all letters to 12 July and copper at 50% from 1 August",
        {"on": date(2025, 8, 1), "announced": ("rec_letters", "rec_letter_eu", "fent_mex_30")},
    ),
    (YALE, "2026-02-24"): ("section 122 at 15%, as announced", {"announced": ("s122_15",)}),
}
"""Publications that count law announced for a later day, and what they count."""

BEFORE_BUYERS: Mapping[tuple[str, str], float] = {
    (YALE, "2025-04-09"): 0.253,
    (YALE, "2025-04-10"): 0.27,
    (YALE, "2025-04-15"): 0.28,
    (YALE, "2025-05-12"): 0.178,
    (YALE, "2025-07-10"): 0.18,
    (YALE, "2025-07-14"): 0.206,
    (YALE, "2025-08-07"): 0.186,
    (YALE, "2025-09-03"): 0.174,
}
"""Averages before consumption shifts in the reports that also give one after them, share of customs value.

The first is of the edition that took China's 125 per cent for the whole of its rate; the next day's corrects it.
"""

SPRING_METHOD: Final = (date(2025, 5, 14), 0.178, date(2025, 6, 4), 0.156)
"""The law and Yale's average before shifts in the reports of 12 May and of 1 June 2025.

The second counts metals at 50 per cent and is lower all the same: the method changed in between.
"""
FIRST_JUNE_REPORT: Final = date(2025, 6, 1)

ELECTRONICS: Final = (date(2025, 4, 15), 0.27, 0.28)
"""Yale's averages of 10 and 15 April 2025; the latter report puts the rise down to a carve-out of electronics that it
had assumed larger before."""

SETTLED: Final = date(2020, 2, 14)
"""A day on which the law of both sides was old, for what weights and method alone do."""
ON_SETTLED_DAY: Mapping[str, float] = {PIIE_ON_CHINA: 0.193, PIIE_ON_US: 0.203}
"""PIIE's averages of that day, from its chart of 14 February 2020."""

PARTS_BY_HS6: Final = -0.0019
"""Waugh takes switchboards of 8537.10 for car parts, which lowers Canada's average by 0.19 points (his own account)."""
