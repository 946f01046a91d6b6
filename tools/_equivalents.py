"""Ad valorem equivalents of specific, compound and descriptive rates from the duty collected in 2024.

Sample: imports of 2024 from partners that pay column 1 general and nothing else. Left out: partners with a free-trade
agreement or another preference, China, Hong Kong and Russia (extra duties), lines of the steel and aluminium lists,
and, where the special column offers it, claims under the lapsed Generalized System of Preferences (the published
calculated duty counts them as free) and under the agreement with Japan. Beyond a tariff quota the duty collected is
held against the text (see `_quota`).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from _quota import SMALLEST_VALUE, Siblings, Sighting, amount, counted_in, over_quota, sighting
from _schedule import Line
from _shared import read_text_csv
from detente.law.duty import Duty, parse_duty

# The highest ad valorem rate of column 1 is 350% (tobacco); no specific duty is believed to weigh more.
LARGEST = 3.5
# Last chapter of each section of the nomenclature.
SECTION_ENDS = (5, 14, 15, 24, 27, 38, 40, 43, 46, 49, 63, 67, 70, 71, 83, 85, 89, 92, 93, 96, 97, 99)
LEVELS = ("hs8", "hs6", "hs4", "hs2", "section")

EXTRA_DUTIES = frozenset("CHN HKG RUS".split())
AGREEMENTS = frozenset("CAN MEX KOR AUS SGP CHL COL PER PAN ISR JOR BHR OMN MAR CRI DOM GTM HND NIC SLV".split())
# African Growth and Opportunity Act, Caribbean Basin, qualifying industrial zones of Egypt.
OTHER_PREFERENCES = frozenset("AGO NGA ZAF TTO EGY".split())
LAPSED_GSP = frozenset("ARG BRA DZA ECU IDN IRQ KHM LKA PAK PHL THA".split())


@dataclass(frozen=True)
class Collected:
    """Value and duty (USD) of the sample by statistical number."""

    value: Mapping[str, int]
    duty: Mapping[str, int]


def metal_prefixes(data: Path) -> tuple[str, ...]:
    """Lines that paid section 232 duties in 2024."""
    lists = read_text_csv(data / "tariff_lists" / "s232_metals_2018_2026.csv")
    return tuple(lists.filter(pl.col("start") < "2025")["hts_prefix"].unique().sort())


def payers(flows: pl.DataFrame, special: Mapping[str, str], metals: tuple[str, ...]) -> pl.DataFrame:
    """The flows that can carry the general rate alone: code, hts8, partner, value, duty, lapsed.

    `special` is the special column by 8-digit line; `lapsed` marks what the lapsed preferences may have freed.
    """
    excluded = EXTRA_DUTIES | AGREEMENTS | OTHER_PREFERENCES
    flows = flows.filter(~pl.col("partner").is_in(list(excluded)))
    lines = pl.DataFrame({"hts8": list(special), "special": list(special.values())})
    flows = flows.with_columns(hts8=pl.col("code").str.slice(0, 8)).join(lines, on="hts8", how="left")
    lapsed = pl.col("partner").is_in(list(LAPSED_GSP)) & pl.col("special").str.contains(r"[(,]\s*A[*+]?\s*[,)]")
    japan = (pl.col("partner") == "JPN") & pl.col("special").str.contains(r"\(JP\)")
    metal = pl.any_horizontal(pl.col("code").str.starts_with(prefix) for prefix in metals)
    kept = flows.filter(~(japan | metal).fill_null(value=False))
    return kept.with_columns(lapsed=lapsed.fill_null(value=False)).sort("code", "partner")


def sample(flows: pl.DataFrame, rates: Mapping[str, Duty | None], beyond: Container[str]) -> Collected:
    """Sums of the flows that carry the general rate alone.

    Beyond a tariff quota, goods of a partner that paid nothing or less than the ad valorem part came in otherwise.
    """
    least = {hts8: rate.minimum for hts8, rate in rates.items() if rate and rate.parts and hts8 in beyond}
    floor = pl.col("hts8").replace_strict(least, default=0.0, return_dtype=pl.Float64)
    idle = pl.col("hts8").is_in(list(least)) & (pl.col("duty") == 0)
    kept = flows.filter(~pl.col("lapsed") & ~idle & (pl.col("duty") >= 0.98 * floor * pl.col("value")))
    totals = kept.group_by("code").agg(pl.col("value", "duty").sum()).sort("code")
    return Collected(dict(totals.select("code", "value").iter_rows()), dict(totals.select("code", "duty").iter_rows()))


def sightings(flows: pl.DataFrame, rates: Mapping[str, Duty | None]) -> Iterator[Sighting]:
    """Unit values told by the duty each partner paid on each number."""
    for code, hts8, value, duty in flows.select("code", "hts8", "value", "duty").iter_rows():
        seen = sighting(code, value, duty, rates.get(hts8))
        if seen:
            yield seen


def group_of(code: str, level: str) -> str:
    """The group a code belongs to at a level: its first digits, or its section (S1 ... S22)."""
    if level == "section":
        return f"S{next(i for i, end in enumerate(SECTION_ENDS, 1) if int(code[:2]) <= end)}"
    return code[: int(level[2:])]


def ratio(collected: Collected, codes: list[str]) -> float | None:
    """Duty over value of some codes; None where the value is too small or no duty was paid."""
    value = sum(collected.value.get(code, 0) for code in codes)
    duty = sum(collected.duty.get(code, 0) for code in codes)
    return duty / value if value >= SMALLEST_VALUE and duty > 0 else None


def bounded(share: float, rate: Duty) -> float:
    """Never under the ad valorem part of a compound rate, never over the largest plausible rate."""
    return round(max(min(share, LARGEST), rate.minimum), 6)


class Equivalents:
    """Equivalents of the lines of one schedule; every answer is (share, where it came from)."""

    def __init__(self, collected: Collected, rates: Mapping[str, Duty | None], siblings: Siblings) -> None:
        self.rates = rates
        self.siblings = siblings
        self.unpaid = unpaid_lines(collected, rates, siblings)
        self.collected = without(collected, self.unpaid)
        self.by_hts8 = codes_by_hts8(self.collected)
        self.values = unit_values(self.collected, rates)
        self.means = prefix_means(self.collected, rates)
        self.factors = part_factors(self.collected, rates)

    def general(self, code: str, rate: Duty) -> tuple[float, str]:
        """Column 1 general of a 10-digit code."""
        if rate.kind == "free":
            return 0.0, "free"
        if rate.kind == "ad_valorem":
            return rate.parts[0].amount, "ad_valorem"
        beside = self.beside_quota(code, rate) if code[:8] in self.unpaid else None
        if beside:
            return beside
        for codes, source in (([code], "hs10"), (self.by_hts8.get(code[:8], []), "hs8")):
            share = ratio(self.collected, codes)
            if share is not None:
                return bounded(share, rate), source
        return self.imputed(code, rate)

    def beside_quota(self, code: str, rate: Duty) -> tuple[float, str] | None:
        """Beyond a quota: the amount over the unit value of the lines around."""
        part = rate.single_unit
        near = self.siblings.unit_value(code[:8], counted_in(part)) if part else None
        return (bounded(rate.minimum + amount(part) / near[0], rate), near[1]) if part and near else None

    def imputed(self, code: str, rate: Duty) -> tuple[float, str]:
        """From the unit value of neighbouring lines, else from their mean equivalent."""
        by_value = self.from_unit_value(code, rate)
        if by_value:
            return by_value
        parts = sum(p.amount for p in rate.parts if p.is_share and p.basis)
        for level in LEVELS[1:4]:
            factor = self.factors.get(group_of(code, level)) if parts else None
            if factor is not None:
                return bounded(factor * parts, rate), f"parts_{level}"
            mean = self.means.get(group_of(code, level))
            if mean is not None and not parts:
                return bounded(mean, rate), f"mean_{level}"
        return round(rate.minimum, 6), "ad_valorem_part"

    def from_unit_value(self, code: str, rate: Duty) -> tuple[float, str] | None:
        part = rate.single_unit
        if part is None:
            return None
        for level in LEVELS:
            value = self.values.get((group_of(code, level), counted_in(part)))
            if value:
                return bounded(rate.minimum + amount(part) / value, rate), f"unit_value_{level}"
        return None

    def scaled(self, code: str, rate: Duty, general: Duty, share: float) -> tuple[float, str]:
        """Another rate of the same line (column 2, special) from the general one and its equivalent `share`."""
        if rate.kind in ("free", "ad_valorem"):
            return self.general(code, rate)
        if rate.kind == "other" or not rate.parts:
            return share, "general"
        found = by_ratio(rate, general, share)
        if found is not None:
            return bounded(found, rate), "ratio_to_general"
        return self.imputed(code, rate)


def codes_by_hts8(collected: Collected) -> dict[str, list[str]]:
    """8-digit line -> its statistical numbers in the sample."""
    codes: dict[str, list[str]] = {}
    for code in collected.value:
        codes.setdefault(code[:8], []).append(code)
    return codes


def unpaid_lines(collected: Collected, rates: Mapping[str, Duty | None], siblings: Siblings) -> frozenset[str]:
    """Lines beyond a quota whose duty over value is too low to be the duty the text states."""
    unpaid: set[str] = set()
    for hts8, codes in codes_by_hts8(collected).items():
        rate = rates.get(hts8)
        part = rate.single_unit if rate else None
        share = ratio(collected, codes)
        if hts8 not in siblings.beyond or rate is None or part is None or share is None:
            continue
        specific = share - rate.minimum
        if specific <= 0 or siblings.unpaid(hts8, counted_in(part), amount(part) / specific):
            unpaid.add(hts8)
    return frozenset(unpaid)


def without(collected: Collected, lines: frozenset[str]) -> Collected:
    """The sample without some 8-digit lines."""
    value = {code: usd for code, usd in collected.value.items() if code[:8] not in lines}
    return Collected(value, {code: collected.duty[code] for code in value})


def by_ratio(rate: Duty, general: Duty, share: float) -> float | None:
    """Scale the specific part by the ratio of the two amounts, where both are per the same unit."""
    if not general.parts or rate.parts[0].is_share or counted_in(rate.parts[0]) != counted_in(general.parts[0]):
        return None
    factor = rate.parts[0].amount / general.parts[0].amount
    if rate.single_unit and general.single_unit:
        specific = share - general.minimum
        return rate.minimum + specific * factor if specific > 0 else None
    return share * factor


def unit_values(collected: Collected, rates: Mapping[str, Duty | None]) -> dict[tuple[str, str], float]:
    """(prefix, unit) -> USD per unit, where the duty tells the quantity: (duty - share x value) / amount per unit."""
    totals: dict[tuple[str, str], list[float]] = {}
    for code, value in collected.value.items():
        rate = rates.get(code[:8])
        part = rate.single_unit if rate else None
        if rate is None or part is None or amount(part) == 0:
            continue
        quantity = (collected.duty[code] - rate.minimum * value) / amount(part)
        if quantity <= 0:
            continue
        for level in LEVELS:
            total = totals.setdefault((group_of(code, level), counted_in(part)), [0.0, 0.0])
            total[0] += value
            total[1] += quantity
    return {key: value / quantity for key, (value, quantity) in totals.items() if value >= SMALLEST_VALUE}


def prefix_means(collected: Collected, rates: Mapping[str, Duty | None]) -> dict[str, float]:
    """Prefix -> duty over value of the lines under it that are neither free nor plainly ad valorem."""
    totals: dict[str, list[float]] = {}
    for code, value in collected.value.items():
        rate = rates.get(code[:8])
        if rate is None or rate.kind in ("free", "ad_valorem") or collected.duty[code] == 0:
            continue
        for length in (6, 4, 2):
            total = totals.setdefault(code[:length], [0.0, 0.0])
            total[0] += value
            total[1] += collected.duty[code]
    return {prefix: duty / value for prefix, (value, duty) in totals.items() if value >= SMALLEST_VALUE}


def part_factors(collected: Collected, rates: Mapping[str, Duty | None]) -> dict[str, float]:
    """Prefix -> duty over (value x sum of the percentages on parts), for rates on the case and the strap of watches."""
    totals: dict[str, list[float]] = {}
    for code, value in collected.value.items():
        rate = rates.get(code[:8])
        parts = sum(p.amount for p in rate.parts if p.is_share and p.basis) if rate else 0.0
        if parts == 0 or collected.duty[code] == 0:
            continue
        for level in LEVELS[1:4]:
            total = totals.setdefault(group_of(code, level), [0.0, 0.0])
            total[0] += value * parts
            total[1] += collected.duty[code]
    return {prefix: duty / base for prefix, (base, duty) in totals.items() if base > 0}


def equivalents_of(data: Path, flows: pl.DataFrame, by_hts8: Mapping[str, Line]) -> Equivalents:
    """Equivalents of the schedule, given one statistical number of each 8-digit line."""
    rates = {hts8: parse_duty(line.general) for hts8, line in by_hts8.items()}
    special = {hts8: line.special for hts8, line in by_hts8.items()}
    paying, beyond = payers(flows, special, metal_prefixes(data)), over_quota(by_hts8)
    siblings = Siblings(sightings(paying, rates), beyond)
    return Equivalents(sample(paying, rates, beyond), rates, siblings)
