"""Flows of the package: US imports by statistical number and partner, with claims of preference.

Fifty partners are published line by line (the European Union as one block). The block is divided among its
members, and the trade of every other partner among lines, by the table of partners by sector; both are
assumptions and flagged as such. Years other than 2024 are in `trade_years`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Parameter, UnknownName
from detente.codes.axis import Floats, Ints
from detente.data.importers import Importer, importer
from detente.data.library import pl
from detente.data.limits import memoized
from detente.data.tables import arrays, countries, read
from detente.data.trade_years import LINES_KNOWN, Pairs, Totals, flows_of_year, pairs_of_year
from detente.trade.flows import Flows, Split, kinds

# --- claims of the USMCA on record: the share of imports that claimed the treaty, by partner, month and line ---------
# Shares are on record for statistical numbers and, for the rest of a heading, a chapter or all goods, for its prefix;
# each line takes the longest that begins it.


#: Names of the shares before and after the months on record.
EARLIEST, LATEST = "2024", "2025H2"


NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class ClaimShares:
    """A table of shares whose codes are looked up among the lines once, for all partners and months.

    Attributes
    ----------
    code : of each row among the codes in order, where a code stands behind those that begin it, shape (rows,).
    ends : first and past-the-last line that a code begins, each of shape (codes,).
    rows : partner and month -> rows; the month is "" where there are none.
    shares : columns of shares, each of shape (rows,).
    """

    code: NDArray[np.uint32] = field(repr=False)
    ends: tuple[Ints, Ints] = field(repr=False)
    rows: dict[tuple[str, str], Ints] = field(repr=False)
    shares: dict[str, NDArray[np.float32]] = field(repr=False)

    def by_line(self, partner: str, month: str, column: str) -> Floats:
        """Share of each line, that of the longest code that begins it, else zero, shape (lines,)."""
        rows = self.rows.get((partner, month), NONE)
        rows = rows[np.argsort(self.code[rows], kind="stable")]
        first, count = self.ends[0][self.code[rows]], (self.ends[1] - self.ends[0])[self.code[rows]]
        line = np.arange(count.sum()) + np.repeat(first - (np.cumsum(count) - count), count)
        share = np.zeros(len(importer("USA").lines))
        # What is assigned last stays: the longest code.
        share[line] = np.repeat(self.shares[column][rows].astype(np.float64), count)
        return np.nan_to_num(share)


@memoized
def _record(name: str, columns: tuple[str, ...]) -> ClaimShares:
    frame = read(name)
    partners, partner = _numbered(frame.get_column("partner"))
    months, month = _numbered(frame.get_column("month")) if "month" in frame.columns else ([""], 0)
    key = partner.astype(np.int64) * len(months) + month
    order = np.argsort(key, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(key[order])) + 1)
    names = [divmod(int(key[part[0]]), len(months)) for part in parts]
    codes, code = _numbered(frame.get_column("code"))
    return ClaimShares(
        code,
        importer("USA").lines.bounds(codes),
        {(partners[who], months[when]): part for (who, when), part in zip(names, parts, strict=True)},
        {column: frame.get_column(column).to_numpy() for column in columns},
    )


def _numbered(series: pl.Series) -> tuple[list[str], NDArray[np.uint32]]:
    """Texts that occur, in order, "" for missing ones, and which of them each one is."""
    known = series.fill_null("") if series.null_count() else series
    distinct = known.unique().sort()
    return distinct.to_list(), known.cast(pl.Enum(distinct)).to_physical().to_numpy()


def _monthly() -> ClaimShares:
    return _record("usa_claims_usmca_monthly", ("share",))


@memoized
def months_on_record() -> tuple[str, ...]:
    """The months whose claims are on record, as 2025-01, in order."""
    return tuple(sorted({month for _, month in _monthly().rows}))


@memoized
def claimed_by_line(partner: str, claims: str) -> Floats:
    """Share of imports from a partner that claims the treaty by line, shape (lines,).

    Parameters
    ----------
    claims : a month on record, or the earliest or latest shares.
    """
    if claims not in (EARLIEST, LATEST):
        return _monthly().by_line(partner, claims, "share")
    column = "share_2024" if claims == EARLIEST else "share"
    return _record("usa_claims_usmca", ("share_2024", "share")).by_line(partner, "", column)


# --- flows of the package --------------------------------------------------------------------------------------------


BLOCK = "EUU"
#: A block's law is read for one of its members; the members' law is the same.
STANDS_FOR: Mapping[str, str] = {BLOCK: "DEU"}

#: USD; estimated pairs below it are merged into the larger pairs of the same partner and sector.
SMALLEST = 50_000.0

SPECIAL_CHAPTERS = ("98", "99")
USMCA = ("CAN", "MEX")
#: Claims of the month of the law; before the months on record those of 2024, after them the latest.
OBSERVED = "observed"

#: Names of claim shares; a month on record, as 2025-05, is one as well.
CLAIMS = (OBSERVED, LATEST, EARLIEST, "monthly")

CLAIMS_OF = "USMCA claims of"
#: First month in which customs counted claims as it does now.
RECOUNTED = "2025-07"


@memoized
def usa_imports(claims: str = "", year: int = LINES_KNOWN) -> Flows:
    """US imports for consumption of a year, customs value.

    Parameters
    ----------
    claims : which USMCA claim shares: "observed" (the default), those of the month of a law that is laid on the trade;
        "2025H2", value-weighted July 2025 to February 2026; "2024"; or those of a month on record, as "2025-03".
    year : 2024, which is published line by line, or another of 2015 to 2025, whose lines are estimated.
    """
    traded = _traded(year)
    return _with_shares(traded, claims or OBSERVED, _base_claims(year))


def claim_months() -> tuple[str, ...]:
    """The months whose claims are on record, as 2025-01, in order."""
    return months_on_record()


def claims_on(day: date) -> str:
    """The claim shares observed for a day: of its month, or the earliest or latest on record."""
    month, months = f"{day:%Y-%m}", claim_months()
    if month < months[0]:
        return EARLIEST
    return month if month <= months[-1] else LATEST


def _spelled(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def claims_in_words(claims: str) -> str:
    """Claim shares for readers: "May 2025", "2024"."""
    first, last = claim_months()[0], claim_months()[-1]
    if claims == LATEST:
        return f"{_spelled(RECOUNTED)} to {_spelled(last)}, the latest on record"
    if not first <= claims <= last:
        return claims
    return f"{_spelled(claims)}{', counted otherwise than since July 2025' if claims < RECOUNTED else ''}"


@memoized
def _traded(year: int) -> Flows:
    """US imports of a year before claims, which differ by period while values do not."""
    return _traded_lines() if year == LINES_KNOWN else flows_of_year(year, _traded(LINES_KNOWN), importer("USA"))


def _traded_lines() -> Flows:
    """US imports of 2024 before claims."""
    usa = importer("USA")
    pairs = arrays("usa_imports_2024")
    names, name = _distinct(pairs["partner"])
    # Codes stand in runs of the same, so that each is looked up once.
    codes = pairs["code"]
    starts = np.concatenate([[0], np.flatnonzero(codes[1:] != codes[:-1]) + 1])
    line = np.repeat(usa.lines.positions(codes[starts]), np.diff(starts, append=codes.size))
    spread = _spread(usa, pairs, line, names, name)
    partners = np.unique(np.concatenate([names, spread[1]]))
    own, others = (np.searchsorted(partners, codes) for codes in (names, spread[1]))
    line_at = np.concatenate([line, spread[0]])
    partner_at = np.concatenate([own[name], np.repeat(others, spread[3])])
    value = np.concatenate([pairs["value"].astype(np.float64), spread[2]])
    published = pairs["value"].size
    return Flows(
        importer="USA",
        period="2024",
        lines=usa.lines,
        partners=tuple(partners.tolist()),
        line_at=line_at,
        partner_at=partner_at,
        value=value,
        claim=np.zeros(value.size),
        duty=np.concatenate([pairs["duty"].astype(np.float64), np.zeros(value.size - published)]),
        estimated=np.arange(value.size) >= published,
        source="usa_imports_2024",
        split=_split(usa, pairs),
        notes=("EU members and partners without a line-level file are divided by the table of partners by sector",),
    )


def _distinct(codes: NDArray[np.str_]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """The codes that occur, in order, and which of them each one is; letter by letter, which is quicker than whole."""
    letters = np.ascontiguousarray(codes).view(np.uint32).reshape(codes.size, -1).astype(np.int64)
    first, place = kinds(*letters.T)
    return codes[first], place


def _sector_of(usa: Importer) -> tuple[list[str], NDArray[np.int64]]:
    """Sector names and the sector of each line; chapters 98 and 99 are a sector of their own."""
    special = usa.lines.mask(SPECIAL_CHAPTERS)
    names = np.where(special, "ch98_99", usa.table["gtap"])
    known, sector = np.unique(names, return_inverse=True)
    return known.tolist(), sector.astype(np.int64)


def _sector_table(wanted: list[str]) -> tuple[list[str], Floats]:
    """Partners and value[sector, partner], USD."""
    table = arrays("usa_imports_2024_sectors")
    partners, sectors = Axis.of("partner", table["partner"]), Axis("sector", np.asarray(wanted))
    row, column = sectors.positions(table["sector"]), partners.positions(table["partner"])
    value, known = np.zeros((len(sectors), len(partners))), row >= 0
    np.add.at(value, (row[known], column[known]), table["value"][known].astype(np.float64))
    return partners.codes.tolist(), value


def _split(usa: Importer, pairs: Mapping[str, NDArray[Any]]) -> Split:
    """Shares of the EU members in each sector of the block."""
    sectors, sector = _sector_of(usa)
    partners, value = _sector_table(sectors)
    members = tuple(m for m in sorted(countries().expand("EU27")) if m in partners)
    own = value[:, [partners.index(m) for m in members]]
    overall = own.sum(axis=0) / own.sum()
    total = own.sum(axis=1, keepdims=True)
    share = np.where(total > 0, own / np.where(total > 0, total, 1.0), overall[None, :])
    return Split(BLOCK, members, sector, share)


def _spread(
    usa: Importer,
    pairs: Mapping[str, NDArray[Any]],
    line: NDArray[np.int64],
    names: NDArray[np.str_],
    name: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.str_], Floats, list[int]]:
    """Lines of the partners without a line-level file, partners, values of lines, and how many lines each partner has.

    Each sector's value is divided among lines as in the trade of all published partners outside the
    agreements with Canada and Mexico; small pairs are merged into the larger ones.
    """
    sectors, sector = _sector_of(usa)
    partners, value = _sector_table(sectors)
    outside, published = ~np.isin(names, ["CAN", "MEX"])[name], set(names.tolist())
    mix = np.bincount(line[outside], pairs["value"][outside], minlength=len(usa.lines))
    per_sector = np.bincount(sector, mix, minlength=len(sectors))
    mix = mix / np.where(per_sector[sector] > 0, per_sector[sector], 1.0)
    members = countries().expand("EU27")
    lines, codes, worth, counts = [], [], [], []
    order = np.argsort(-mix, kind="stable")
    # Lines of each sector, those with most trade first; of a sector without trade one line.
    by_sector = [order[(sector == s)[order]] for s in range(len(sectors))]
    by_sector = [chosen[: max(1, np.count_nonzero(mix[chosen] > 0))] for chosen in by_sector]
    for p, partner in enumerate(partners):
        if partner in published or partner in members or partner == BLOCK:
            continue
        for s in np.flatnonzero(value[:, p] > 0):
            chosen = by_sector[s]
            kept = chosen[: max(1, int(np.searchsorted(-mix[chosen] * value[s, p], -SMALLEST)))]
            lines.append(kept)
            worth.append(value[s, p] * mix[kept] / mix[kept].sum())
            codes.append(partner)
            counts.append(kept.size)
    return np.concatenate(lines), np.asarray(codes, dtype=np.str_), np.concatenate(worth), counts


def with_usmca(flows: Flows, claims: str) -> Flows:
    """Flows with other USMCA claims on the trade of Canada and Mexico; all else stays."""
    if not usmca_pairs(flows).any():
        return flows
    shares = np.where((importer("USA").table["general"] > 0)[flows.line_at], flows.claim, 0.0)
    for partner in (p for p in USMCA if p in flows.partners):
        pairs = np.flatnonzero(flows.partner_at == flows.partners.index(partner))
        shares[pairs] = claimed_by_line(partner, claims)[flows.line_at[pairs]]
    others = (note for note in flows.notes if not note.startswith(CLAIMS_OF))
    notes = (*others, f"{CLAIMS_OF} {claims_in_words(claims)}")
    return flows.with_claims(np.clip(shares, 0.0, 1.0), claims, notes)


def claimed(flows: Flows, claims: str) -> Flows:
    """Flows without claims of their own with the package's shares by line and partner."""
    return _with_shares(flows, claims, _base_shares(flows))


def _with_shares(flows: Flows, claims: str, base: Floats) -> Flows:
    """The flows with the share of each pair that claims a preference or another exemption.

    Parameters
    ----------
    claims : as in `usa_imports`; with "observed" the latest shares stand until a law is laid on the trade.
    base : share of each pair that other exemptions cover, shape (pairs,).
    """
    observed = claims == OBSERVED
    exempt = np.where(importer("USA").table["general"][flows.line_at] > 0, base, 0.0)
    flows = with_usmca(replace(flows, claim=np.clip(exempt, 0.0, 1.0)), LATEST if observed else claims)
    return replace(flows, claims_follow=observed and bool(flows.claims))


def only_from(flows: Flows, partners: frozenset[str]) -> Flows:
    """The flows from some partners only; without Canada and Mexico nothing is claimed under their treaty."""
    narrowed = flows.only(partners)
    if partners.intersection(USMCA):
        return narrowed
    notes = tuple(note for note in narrowed.notes if not note.startswith(CLAIMS_OF))
    return replace(narrowed, claims="", claims_follow=False, notes=notes)


def usmca_pairs(flows: Flows) -> NDArray[np.bool_]:
    """Which pairs are trade with Canada or Mexico, shape (pairs,)."""
    chosen = np.zeros(len(flows.partners), dtype=bool)
    chosen[[flows.partners.index(p) for p in USMCA if p in flows.partners]] = True
    return chosen[flows.partner_at]


@memoized
def _base_claims(year: int) -> Floats:
    """Share of the base duty exempted in 2024, laid on the pairs of a year."""
    return _base_shares(_traded(year))


def _base_shares(flows: Flows) -> Floats:
    """Share of the base duty exempted in 2024, by chapter and partner, laid on the pairs."""
    table = arrays("usa_claims_base")
    chapters, partners = Axis.of("chapter", table["hs2"]), Axis.of("partner", table["partner"])
    share = np.zeros((len(chapters) + 1, len(partners) + 1))
    share[chapters.positions(table["hs2"]), partners.positions(table["partner"])] = table["share"]
    # Chapters and partners without an entry have position -1, the last row or column, where nothing is exempted.
    chapter_at = chapters.positions(flows.lines.codes.astype("<U2"))
    partner_at = partners.positions(flows.partners)
    return share[chapter_at[flows.line_at], partner_at[flows.partner_at]]


def check_claims(claims: str) -> str:
    """The name of claim shares; "monthly" is another word for "observed".

    Raises
    ------
    InputError : a month that is not on record. UnknownName : no such shares.
    """
    months, claims = claim_months(), LATEST if claims == LATEST.lower() else claims
    if claims in ("", "monthly"):
        return OBSERVED
    if claims in (*CLAIMS, *months):
        return claims
    if re.fullmatch(r"\d{4}-\d{2}", claims):
        last = f"months run from {months[0]} to {months[-1]}"
        raise InputError(Parameter("claims"), f"there are no claim shares for {claims}", last)
    known = (OBSERVED, LATEST, EARLIEST)
    raise UnknownName(
        "claim share", claims, known, Parameter("claims"), f"use {', '.join(known)} or a month as 2025-03"
    )


@memoized
def chn_imports(year: int = 2024) -> Flows:
    """China's imports from the United States, as US exports by HS6 (free on board), laid on China's lines.

    Values within a subheading are divided among its lines by the weights of the line table (1, or 0 where
    a line is not traded), since trade by line is not published. Trade without a code (999999) is left out.
    """
    china = importer("CHN")
    table, links = arrays("chn_imports_from_usa"), arrays("chn_hs6_map")
    years = np.unique(table["year"])
    if year not in years:
        raise InputError("year", f"there is no Chinese trade for {year}", f"years run from {years[0]} to {years[-1]}")
    chosen = (table["year"] == year) & (table["hs6"] != "999999")
    target = "HS2022" if year >= 2022 else "HS2017"
    value = _mapped(table, chosen, links, target)
    lines, worth = _on_lines(china, value, year)
    return Flows(
        importer="CHN",
        period=str(year),
        lines=china.lines,
        partners=("USA",),
        line_at=lines,
        partner_at=np.zeros(lines.size, dtype=np.int64),
        value=worth,
        claim=np.zeros(lines.size),
        duty=np.zeros(lines.size),
        estimated=np.ones(lines.size, dtype=bool),
        valuation="US exports, free on board",
        source="chn_imports_from_usa",
        notes=(
            "trade by HS6 is divided among China's lines; trade without a code (aircraft, a tenth in 2024) is left out",
            "duties lifted by market exclusions are not counted; with exclusion=0 they are",
        ),
    )


def _mapped(
    table: Mapping[str, NDArray[Any]],
    chosen: NDArray[np.bool_],
    links: Mapping[str, NDArray[Any]],
    target: str,
) -> dict[str, float]:
    """Value by HS6 of the target edition, USD."""
    edition = str(np.unique(table["hs_edition"][chosen])[-1])
    rows = (links["target_edition"] == target) & np.isin(
        links["source_edition"], np.unique(table["hs_edition"][chosen])
    )
    mapped: dict[str, float] = {}
    route: dict[tuple[str, str], list[tuple[str, float]]] = {}
    columns = ("source_edition", "hs6", "target_hs6", "weight")
    for source, code, goal, weight in zip(*(links[c][rows].tolist() for c in columns), strict=True):
        route.setdefault((source, code), []).append((goal, weight))
    for source, code, worth in zip(*(table[c][chosen].tolist() for c in ("hs_edition", "hs6", "value")), strict=True):
        for goal, weight in route.get((source or edition, code), ()):
            mapped[goal] = mapped.get(goal, 0.0) + worth * weight
    return mapped


def _on_lines(china: Importer, value: Mapping[str, float], year: int) -> tuple[NDArray[np.int64], Floats]:
    """Lines and values, each subheading divided among its lines in the schedule of the year."""
    day = f"{year}-07-01"
    start, end = china.table["from"], china.table["until"]
    now = ((start == "") | (start <= day)) & ((end == "") | (day <= end))
    weight = np.where(now, china.table["weight"], 0.0)
    six, place = np.unique(china.table["hs6"], return_inverse=True)
    total = np.bincount(place, weight, minlength=six.size)
    worth = np.asarray([value.get(code, 0.0) for code in six.tolist()])
    share = np.where(total[place] > 0, weight / np.where(total[place] > 0, total[place], 1.0), 0.0)
    values = worth[place] * share
    lines = np.flatnonzero(values > 0)
    return lines, values[lines]


def usa_pairs(year: int) -> tuple[tuple[str, ...], Pairs]:
    """US imports of a year line by line without claims, the block undivided: the partners, and the pairs of them."""
    known = _traded(LINES_KNOWN)
    if year == LINES_KNOWN:
        return known.partners, Pairs(known.line_at, known.partner_at, known.value)
    return known.partners, pairs_of_year(Totals.of(year), year, known, importer("USA"))
