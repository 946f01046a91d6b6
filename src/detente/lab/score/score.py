"""Tables of a score: forecasts beside what came, errors beside those of rules, misses, estimates.

Misses: the largest differences between a forecast and what came, by name, with their likely reason.

Every: forecasts made in every month on record, their errors by months ahead and by month of the forecast.

Score: forecasts of duty, imports and prices made with the data of one month, beside the months that came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import NamedTuple

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.codes.axis import Floats
from detente.data.days import day_named, signings
from detente.evidence.chances import NOTHING, Ranged, accuracy, ratio_to
from detente.evidence.collection import FEWEST, Estimate
from detente.lab.score.forecast import (
    ALL,
    CLAIMING,
    CLAIMS,
    EVERYONE,
    GROUPS,
    LAW,
    LONG,
    LONGEST,
    PUBLISHED,
    RULES,
    SHORT,
    Estimates,
    Forecast,
    Path,
    PricePath,
    came,
    check_span,
    checked_month,
    claimed,
    estimates,
    forecast,
    imports_and_duty,
    last_day,
    last_on_record,
    month_number,
    moved,
    name_of,
    price_paths,
)

RATE, IMPORTS, DUTY = "duty over imports", "imports", "duty"
SERIES = {"import-prices": declared_note("score.import_prices"), "consumer-prices": "consumer prices"}
RULE_WORDS = {"persists": "as in that month", "last_year": "as a year before", "fixed": "law at fixed weights"}
BANDS = ((1, 3), (4, 6), (7, 9), (10, 12))
#: Misses of a kind that are named.
MOST = 6

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
        return month_number(month) - month_number(self.forecast.made)


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
    own, scale = accuracy(line.forecast, line.came), line.scale
    name = f"{line.quantity} {line.partner}"
    errors, best, ratio = best_rule(line.forecast, line.rules, line.came, seed, name)
    came = np.nan if line.relative or not own.months else float(np.nanmean(line.came))
    return (
        line.quantity, line.partner, name_of(line.partner), own.months, came, own.error / scale, own.bias / scale,
        accuracy(line.knowing, line.came).error / scale, *(errors.get(rule, np.nan) / scale for rule in RULES),
        best, *ratio,
    )  # fmt: skip


def best_rule(
    forecast: Floats, rules: Mapping[str, Floats], came: Floats, seed: int, name: str
) -> tuple[dict[str, float], str, Ranged]:
    """Error of each rule, the rule that missed least in words, and the forecast's error over its.

    Parameters
    ----------
    name : of the stream of draws.
    """
    errors = {rule: accuracy(values, came).error for rule, values in rules.items()}
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
            own = accuracy(line.forecast[inside], line.came[inside])
            if own.months:
                others = (
                    accuracy(line.rules[r][inside], line.came[inside]).error if r in line.rules else np.nan
                    for r in RULES
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


#: Error of a level of claims from which the months do not tell it, share of imports.
UNKNOWN = 0.5


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
#: Rise of the law of a month on the month before, share, after which goods at sea are a likely reason.
FRESH = 0.01

KNOWING = f"{RATE}, law and claims known"
#: Months of a rise after which stocks bought before it are used up.
EARLY = 3


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
                acts, rest = law[m, k] - own[m, k], came[m, k] - own[m, k]
                words = declared_note("score.miss_answered" if came[m, k] < law[m, k] else "score.miss_moved_here")
                if acts * rest > 0 and abs(acts) > 0.5 * abs(rest):
                    words = declared_note("score.miss_later_acts")
                cells = (f"{own[m, k] / BILLION:.1f} bn USD", f"{came[m, k] / BILLION:.1f} bn USD")
                misses.append(Miss(IMPORTS, month, EVERYONE[k], weight, *cells, words))
    return misses


NAMES = {RATE: "rate", DUTY: "duty", IMPORTS: "imports"}


@dataclass(frozen=True)
class Ahead:
    """Forecasts of one quantity made some months before, in order of the months they were made, each (forecasts,)."""

    quantity: str
    ahead: int
    forecast: Floats
    came: Floats
    rules: Mapping[str, Floats]


def every_table(seed: int, collected: bool = False) -> list[Table]:
    """Errors of forecasts made in every month, by months ahead, and of each month's forecast of the duty rate.

    Parameters
    ----------
    collected : whether each is taken through delay and shares not collected, as estimated on the months up to it.
    """
    made = forecasts(collected)
    ends = {"first": made[0].made, "last": made[-1].made}
    ahead = [_row(each, seed) for each in by_ahead(made)]
    last = max(f.months[-1] for f in made)
    record = (declared_note("score.all_to", month=last), declared_note("score.each_collected") if collected else "")
    origins = [_origin(each) for each in made]
    return [table_of("score.score_ahead", ahead, record, **ends), table_of("score.score_origins", origins, record)]


def every_named(seed: int, collected: bool) -> Mapping[str, Callable[[], Table]]:
    """The tables of `every_table` by name, both made when the first of them is asked for."""
    tables = cache(lambda: every_table(seed, collected))
    return {"score_ahead": lambda: tables()[0], "score_origins": lambda: tables()[1]}


def forecasts(collected: bool = False) -> list[Forecast]:
    """Forecasts made in every month with claims on record that has a later month with duty on entries.

    Parameters
    ----------
    collected : see `every_table`; months too early for an estimate are left out.
    """
    months = claimed(CLAIMING[0])[0]
    known = [m for m in months if np.isfinite(imports_and_duty([m])[1][0, 0])]
    first = FEWEST - 1 if collected else 0
    return [
        forecast(
            month,
            min(moved(month, LONGEST), known[-1]),
            estimates(month).collection if collected else None,
            (PUBLISHED,),
        )
        for month in known[first:-1]
    ]


def by_ahead(made: list[Forecast]) -> Iterator[Ahead]:
    """Every quantity of all partners together by months ahead."""
    outcomes = [came(each.months)[0] for each in made]
    for quantity, name in NAMES.items():
        for ahead in range(1, LONGEST):
            cells: list[tuple[float, ...]] = []
            for each, outcome in zip(made, outcomes, strict=True):
                if len(each.months) >= ahead:
                    paths = (each.paths[PUBLISHED], outcome, *(each.rules[rule] for rule in RULES))
                    cells.append(tuple(float(getattr(path, name)[ahead - 1, 0]) for path in paths))
            if cells:
                own, outcome_of, *rules = np.asarray(cells).T
                known: dict[str, Floats] = dict(zip(RULES, rules, strict=True))
                if quantity == IMPORTS:
                    known.pop("fixed")
                yield Ahead(quantity, ahead, own, outcome_of, known)


def _row(each: Ahead, seed: int) -> tuple[object, ...]:
    own = accuracy(each.forecast, each.came)
    scale = 1.0 if each.quantity == RATE else float(np.nanmean(each.came))
    errors, best, ratio = best_rule(each.forecast, each.rules, each.came, seed, f"{each.quantity} {each.ahead}")
    return (
        each.quantity, each.ahead, own.months, own.error / scale, own.bias / scale,
        *(errors.get(rule, np.nan) / scale for rule in RULES), best, *ratio,
    )  # fmt: skip


def _origin(each: Forecast) -> tuple[object, ...]:
    outcome = came(each.months)[0].rate[:, 0]
    own = accuracy(each.paths[PUBLISHED].rate[:, 0], outcome)
    rules = (accuracy(each.rules[rule].rate[:, 0], outcome).error for rule in RULES)
    return (each.made, own.months, own.error, own.bias, *rules)


#: Id of the day that forecasts know where no month is named.
DAY = "score"

#: What is forecast, and its names in the column `quantity`.
WHAT = {
    "average": (RATE, KNOWING),
    "revenue": (DUTY,),
    "imports": (IMPORTS,),
    "prices": tuple(SERIES.values()),
}


def standard_month() -> str:
    """The month of the forecasts where none is named."""
    return day_named(DAY).strftime("%Y-%m")


def score(
    as_of: date | None = None, to: date | None = None, *, what: str = "", rates: str = "statutory", seed: int = SEED
) -> list[Table]:
    """Forecasts made in a month, scored: errors beside those of naive rules, by month, horizon and cause.

    Parameters
    ----------
    as_of, to : a day of the month whose law and data are known, and of the last one; by default the month before the
        duties of April 2025, and a year ahead of it as far as anything is on record.
    what : one of `WHAT`; all where none is named.
    rates : "statutory", or "collected" for delay and shares not collected as estimated on the months up to `as_of`.

    Returns
    -------
    Tables scores, score_surprises, score_misses, score_horizons, score_rates, score_values, score_prices, and with
    collected rates score_parameters, score_tests, score_claims.

    Raises
    ------
    InputError : months without record, a span beyond a year.
    """
    made = checked_month(standard_month() if as_of is None else f"{as_of:%Y-%m}", "as_of")
    made, months = check_span(made, min(last_on_record(), moved(made, LONGEST)) if to is None else f"{to:%Y-%m}")
    known = estimates(made) if rates == "collected" else None
    path = forecast(made, months[-1], None if known is None else known.collection)
    outcome, sources = came(months)
    scored = Scored(path, outcome, sources, price_paths(made, months), seed)
    tables = [
        scores_table(scored), surprises_table(scored), misses_table(scored), horizons_table(scored),
        rates_table(scored), values_table(scored), prices_table(scored),
    ]  # fmt: skip
    tables += [] if known is None else [parameters_table(known), tests_table(known), claims_table()]
    return [_about(table, WHAT[what]) for table in tables] if what else tables


def _about(table: Table, quantities: Sequence[str]) -> Table:
    """The rows of a table about some quantities; all where it has no such column."""
    return table.take(np.isin(table["quantity"], quantities)) if "quantity" in table.data else table
