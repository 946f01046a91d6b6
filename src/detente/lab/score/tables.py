"""Tables of a score: forecasts beside what came, errors beside those of rules, misses, estimates.

Misses: the largest differences between a forecast and what came, by name, with their likely reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, table_of
from detente.data.days import signings
from detente.data.tables import partner_name
from detente.evidence.chances import Ranged
from detente.evidence.collection import Estimate
from detente.evidence.scores import NOTHING, ratio_to, score
from detente.lab.score.duties import ALL, EVERYONE, GROUPS, LONG, REST, SHORT, index, last_day
from detente.lab.score.estimate import Estimates
from detente.lab.score.forecast import CLAIMING, CLAIMS, LAW, PUBLISHED, RULES, Forecast, Path, PricePath, claimed

Floats = NDArray[np.float64]

RATE, IMPORTS, DUTY = "duty over imports", "imports", "duty"
SERIES = {"import-prices": declared_note("score.import_prices"), "consumer-prices": "consumer prices"}
RULE_WORDS = {"persists": "as in that month", "last_year": "as a year before", "fixed": "law at fixed weights"}
BANDS = ((1, 3), (4, 6), (7, 9), (10, 12))
MOST = 6
"""Misses of a kind that are named."""

SEED = 20250512


@dataclass(frozen=True)
class Scored:
    """A forecast with what came of it.

    Attributes
    ----------
    sources : where the duty of each month is taken from; prices : import and consumer prices; seed : of the blocks.
    """

    forecast: Forecast
    came: Path
    sources: Sequence[str]
    prices: Sequence[PricePath] = field(repr=False)
    seed: int = SEED

    @property
    def about(self) -> tuple[str, ...]:
        """What the forecast is made of, in notes."""
        made = self.forecast.made
        return (
            f"{declared_note('score.made_of', made=made)}; {self.record}",
            declared_note("score.elasticities", first=SHORT, later=LONG),
            *((declared_note("score.as_collected", made=made),) if self.forecast.collected else ()),
        )

    @property
    def record(self) -> str:
        """How far what came is on record."""
        months = self.forecast.months
        ends = []
        for name, column in (("duty by partner", 1), ("duty of all", 0)):
            known = [m for m, value in zip(months, self.came.duty[:, column], strict=True) if np.isfinite(value)]
            ends.append(f"{name} to {known[-1]}" if known else f"no {name}")
        later = [m for m, source in zip(months, self.sources, strict=True) if source.startswith("customs")]
        ends += [f"customs receipts to {later[-1]}"] if later else []
        return f"on record: {', '.join(ends)}"

    def ahead(self, month: str) -> int:
        """Months after the forecast was made."""
        return index(month) - index(self.forecast.made)


def name_of(code: str) -> str:
    """A partner by name."""
    known = {ALL: "every partner", REST: "the others", "": "", "EUU": partner_name("EU27")}
    return known[code] if code in known else partner_name(code)


@dataclass(frozen=True)
class ForecastLine:
    """One forecast by month beside what came and the rules, each of shape (months,).

    Attributes
    ----------
    knowing : the forecast had the law, and where they count the claims, been known.
    relative : whether errors are over the mean of what came: amounts in dollars.
    """

    quantity: str
    partner: str
    forecast: Floats
    came: Floats
    rules: Mapping[str, Floats]
    knowing: Floats
    relative: bool = False

    @property
    def scale(self) -> float:
        """What errors are divided by."""
        known = np.isfinite(self.came) & np.isfinite(self.forecast)
        return float(np.abs(self.came[known]).mean()) if self.relative and known.any() else 1.0


def lines(scored: Scored) -> Iterator[ForecastLine]:
    """Every forecast with what came: rates, imports and duty by partner, then prices."""
    own, known = (scored.forecast.paths[reading] for reading in (PUBLISHED, CLAIMS))
    rules, came = scored.forecast.rules, scored.came
    for quantity, name in ((RATE, "rate"), (DUTY, "duty"), (IMPORTS, "imports")):
        for k, partner in enumerate(EVERYONE):
            other = {rule: getattr(path, name)[:, k] for rule, path in rules.items()}
            if quantity == IMPORTS:
                other.pop("fixed")
            cells = [getattr(each, name)[:, k] for each in (own, came, known)]
            yield ForecastLine(quantity, partner, cells[0], cells[1], other, cells[2], name != "rate")
    for price in scored.prices:
        other = dict(price.rules)
        if price.series == "import-prices":
            other.pop("fixed")
        yield ForecastLine(SERIES[price.series], "", price.paths[PUBLISHED], price.came, other, price.paths[LAW])


def scores_table(scored: Scored) -> Table:
    """Error, bias and ratio to the best rule of every forecast."""
    months = scored.forecast.months
    rows = [_scored(line, scored.seed) for line in lines(scored)]
    notes = (*scored.about, cancelling(scored))
    return table_of("score.scores", rows, notes, made=scored.forecast.made, through=months[-1])


def cancelling(scored: Scored) -> str:
    """What later acts moved the rate by and what the rest did, in words, where the one hides the other; "" else."""
    paths = scored.forecast.paths
    acts = float(np.nanmean(paths[LAW].rate[:, 0] - paths[PUBLISHED].rate[:, 0]))
    rest = float(np.nanmean(scored.came.rate[:, 0] - paths[LAW].rate[:, 0]))
    if not acts * rest < 0 or min(abs(acts), abs(rest)) < 0.5 * max(abs(acts), abs(rest)):
        return ""
    return declared_note("score.errors_hide", acts=acts * 100, rest=rest * 100)


def _scored(line: ForecastLine, seed: int) -> tuple[object, ...]:
    own, scale = score(line.forecast, line.came), line.scale
    name = f"{line.quantity} {line.partner}"
    errors, best, ratio = best_rule(line.forecast, line.rules, line.came, seed, name)
    came = np.nan if line.relative or not own.months else float(np.nanmean(line.came))
    return (
        line.quantity, line.partner, name_of(line.partner), own.months, came, own.error / scale, own.bias / scale,
        score(line.knowing, line.came).error / scale, *(errors.get(rule, np.nan) / scale for rule in RULES),
        best, ratio.value, ratio.low, ratio.high,
    )  # fmt: skip


def best_rule(
    forecast: Floats, rules: Mapping[str, Floats], came: Floats, seed: int, name: str
) -> tuple[dict[str, float], str, Ranged]:
    """Error of each rule, the rule that missed least in words, and the forecast's error over its.

    Parameters
    ----------
    name : of the stream of draws.
    """
    errors = {rule: score(values, came).error for rule, values in rules.items()}
    known = {rule: error for rule, error in errors.items() if np.isfinite(error)}
    if not known:
        return errors, "", NOTHING
    best = min(known, key=lambda rule: known[rule])
    return errors, RULE_WORDS[best], ratio_to(forecast, rules[best], came, seed=seed, name=name)


def rates_table(scored: Scored) -> Table:
    """Duty over imports by month and partner."""
    forecast, came = scored.forecast, scored.came
    own = forecast.paths[PUBLISHED]
    columns = [came.rate, own.rate, own.low, own.high, *(forecast.paths[name].rate for name in (LAW, CLAIMS))]
    columns += [forecast.rules[rule].rate for rule in RULES]
    rows = [
        (
            month, scored.ahead(month), code, name_of(code), columns[0][m, k],
            scored.sources[m] if k == 0 else "calculated duty" if np.isfinite(columns[0][m, k]) else "",
            *(column[m, k] for column in columns[1:]),
        )
        for k, code in enumerate(EVERYONE)
        for m, month in enumerate(forecast.months)
    ]  # fmt: skip
    return table_of("score.score_rates", rows, scored.about, made=forecast.made)


def values_table(scored: Scored) -> Table:
    """Imports and duty by month and partner, USD."""
    forecast, came = scored.forecast, scored.came
    rows = []
    for quantity in (IMPORTS, DUTY):
        own = [getattr(forecast.paths[name], quantity) for name in (PUBLISHED, LAW, CLAIMS)]
        long = forecast.paths[CLAIMS].long if quantity == IMPORTS else np.full(own[0].shape, np.nan)
        rules = [getattr(forecast.rules[rule], quantity) for rule in RULES]
        columns = [getattr(came, quantity), *own, long, *rules]
        rows += [
            (quantity, month, scored.ahead(month), code, name_of(code), *(column[m, k] for column in columns))
            for k, code in enumerate(EVERYONE)
            for m, month in enumerate(forecast.months)
        ]
    return table_of("score.score_values", rows, scored.about, made=forecast.made)


def prices_table(scored: Scored) -> Table:
    """Prices by month since the month of the forecast."""
    months = scored.forecast.months
    rows = [
        (
            SERIES[price.series], month, scored.ahead(month), price.came[m], price.paths[PUBLISHED][m],
            price.paths[LAW][m], price.effect[LAW][m], *(price.rules[rule][m] for rule in RULES),
        )
        for price in scored.prices
        for m, month in enumerate(months)
    ]  # fmt: skip
    known = [m for m, each in zip(months, scored.prices[0].came, strict=True) if np.isfinite(each)]
    other = [m for m, each in zip(months, scored.prices[1].came, strict=True) if np.isfinite(each)]
    imports, consumers = (some[-1] if some else "no month" for some in (known, other))
    ends = declared_note("score.prices_to", imports=imports, consumers=consumers)
    return table_of("score.score_prices", rows, (ends,), made=scored.forecast.made)


def horizons_table(scored: Scored) -> Table:
    """Error of every partner together by months ahead."""
    rows = []
    for line in (each for each in lines(scored) if each.partner in (ALL, "")):
        ahead = np.asarray([scored.ahead(month) for month in scored.forecast.months])
        for first, last in BANDS:
            inside = (ahead >= first) & (ahead <= last)
            own = score(line.forecast[inside], line.came[inside])
            if own.months:
                others = (
                    score(line.rules[r][inside], line.came[inside]).error if r in line.rules else np.nan for r in RULES
                )
                cells = [value / line.scale for value in (own.error, *others)]
                rows.append((line.quantity, f"{first} to {last}", own.months, *cells))
    return table_of("score.score_horizons", rows)


def surprises_table(scored: Scored) -> Table:
    """From the forecast of every partner's rate to what came."""
    forecast = scored.forecast
    own, law, claims = (forecast.paths[name].rate[:, 0] for name in (PUBLISHED, LAW, CLAIMS))
    came = scored.came.rate[:, 0]
    columns = (forecast.fixed[:, 0], own, law - own, claims - law, came - claims, came)
    rows = list(zip(forecast.months, *columns, strict=True))
    return table_of("score.score_surprises", rows, scored.about[:1], made=forecast.made)


def parameters_table(made: Estimates) -> Table:
    """Delay, shares not collected, payment and claims with errors and ranges."""
    lost, given = declared_note("score.not_collected"), zip(GROUPS, made.collection.kept, strict=True)
    named = [(declared_note("score.paid_late"), ALL, made.collection.late, made.months)]
    named += [(lost, code, Estimate(1.0 - kept.value, kept.error), made.months) for code, kept in given]
    named.append((declared_note("score.paid_after"), ALL, made.paid, made.months))
    for code, claim in made.claims.items():
        level = claim.level if claim.level.error < UNKNOWN else Estimate(np.nan, np.nan)
        named.append((declared_note("score.claims_level"), code, level, claim.months))
        named.append((declared_note("score.claims_speed"), code, claim.speed, claim.months))
    rows = [(what, code, name_of(code), e.value, e.error, e.low, e.high, months) for what, code, e, months in named]
    return table_of("score.score_parameters", rows, cut=made.cut)


UNKNOWN = 0.5
"""Error of a level of claims from which the months do not tell it, share of imports."""


def claims_table() -> Table:
    """Share of imports that claims USMCA, by month and partner, as on record."""
    rows = [
        (month, code, name_of(code), share) for code in CLAIMING for month, share in zip(*claimed(code), strict=True)
    ]
    return table_of("score.score_claims", rows, (f"on record to {rows[-1][0]}",))


TRIED = {"claims": declared_note("score.tried_claims"), "receipts": declared_note("score.tried_receipts")}


def tests_table(made: Estimates) -> Table:
    """What the estimates forecast of later months, with and without."""
    rows = []
    for trial in made.trials:
        head, _, code = trial.what.partition(" ")
        what, partner = (TRIED[head], code or ALL) if head in TRIED else (RATE, head)
        rows.append((what, partner, name_of(partner), trial.months, trial.error, trial.without))
    notes = () if rows else (declared_note("score.nothing_after", cut=made.cut),)
    return table_of("score.score_tests", rows, notes, cut=made.cut)


BILLION = 1e9
FRESH = 0.01
"""Rise of the law of a month on the month before, share, after which goods at sea are a likely reason."""

KNOWING = f"{RATE}, law and claims known"
EARLY = 3
"""Months of a rise after which stocks bought before it are used up."""


class Miss(NamedTuple):
    """One miss: what, when, whose; its weight among all imports, signed, and the cells of its row."""

    quantity: str
    month: str
    partner: str
    weight: float
    forecast: str
    came: str
    words: str


def misses_table(scored: Scored) -> Table:
    """The largest misses of duty rates and of imports, the largest first."""
    rows = [
        (m.quantity, m.month, m.partner, name_of(m.partner), m.forecast, m.came, m.weight, m.words)
        for several in (rate_misses(scored), rate_misses(scored, CLAIMS), import_misses(scored))
        for m in _worst(several)[:MOST]
    ]
    return table_of("score.score_misses", rows, made=scored.forecast.made)


def _worst(misses: Sequence[Miss]) -> list[Miss]:
    """The largest miss of every partner, the largest first."""
    worst: dict[str, Miss] = {}
    for miss in sorted(misses, key=lambda miss: -abs(miss.weight)):
        worst.setdefault(miss.partner, miss)
    return list(worst.values())


def rate_misses(scored: Scored, reading: str = PUBLISHED) -> list[Miss]:
    """Misses of the duty rate of every partner alone, weighed by its imports among all.

    Parameters
    ----------
    reading : the forecast as it was made, or had law and claims been known.
    """
    own, law, claims = (scored.forecast.paths[name].rate for name in (reading, LAW, CLAIMS))
    law = claims if reading == CLAIMS else law
    quantity = RATE if reading == PUBLISHED else KNOWING
    came, months = scored.came, scored.forecast.months
    misses: list[Miss] = []
    for k, code in enumerate(EVERYONE[1:], 1):
        for m, month in enumerate(months):
            parts = (law[m, k] - own[m, k], claims[m, k] - law[m, k], came.rate[m, k] - claims[m, k])
            weight = (own[m, k] - came.rate[m, k]) * came.imports[m, k] / came.imports[m, 0]
            if np.isfinite(weight):
                words = _why_rate(parts, code, _risen(claims[:, k], m), scored.forecast.made, month)
                misses.append(Miss(quantity, month, code, weight, f"{own[m, k]:.1%}", f"{came.rate[m, k]:.1%}", words))
    return misses


def _risen(rates: Floats, month: int) -> bool:
    """Whether the law of a partner rose in the months just before."""
    first = max(month - EARLY + 1, 0)
    before = rates[first - 1] if first else 0.0
    return bool(rates[month] - before > FRESH)


def _why_rate(parts: tuple[float, float, float], code: str, risen: bool, made: str, month: str) -> str:
    acts, claims, rest = parts
    largest = max(parts, key=abs)
    if largest == acts:
        return _why_acts(acts * 100, made, month)
    if largest == claims:
        return declared_note("score.miss_claims", points=claims * 100)
    if code in CLAIMING and rest < 0:
        return declared_note("score.miss_unclaimed")
    if rest < 0 and risen:
        return declared_note("score.miss_at_sea")
    return declared_note("score.miss_excluded" if rest < 0 else "score.miss_dearer")


def _why_acts(points: float, made: str, month: str) -> str:
    """What acts of the law signed between moved, the first of them by name."""
    between = [s.act for s in signings() if last_day(made) < s.signed <= last_day(month)]
    if not between:
        return declared_note("score.miss_acts", points=points)
    if len(between) == 1:
        return declared_note("score.miss_act", act=between[0], points=points)
    return declared_note("score.miss_act_and_more", act=between[0], more=len(between) - 1, points=points)


def import_misses(scored: Scored) -> list[Miss]:
    """Misses of imports of every partner alone, over what came of all."""
    own, law = (scored.forecast.paths[name].imports for name in (PUBLISHED, LAW))
    came, months = scored.came.imports, scored.forecast.months
    misses: list[Miss] = []
    for k in range(1, len(GROUPS) + 1):
        for m, month in enumerate(months):
            weight = (own[m, k] - came[m, k]) / came[m, 0]
            if np.isfinite(weight):
                words = _why_imports(own[m, k], law[m, k], came[m, k])
                cells = (f"{own[m, k] / BILLION:.1f} bn USD", f"{came[m, k] / BILLION:.1f} bn USD")
                misses.append(Miss(IMPORTS, month, EVERYONE[k], weight, *cells, words))
    return misses


def _why_imports(own: float, law: float, came: float) -> str:
    if (law - own) * (came - own) > 0 and abs(law - own) > 0.5 * abs(came - own):
        return declared_note("score.miss_later_acts")
    return declared_note("score.miss_answered" if came < law else "score.miss_moved_here")
