"""Sessions: when exchanges close, in UTC, and the first session that can react to an event.

An act of one afternoon in Washington reaches New York the same day and Hong Kong the next; an event study that
dates all assets by the calendar day of the act mixes days before and after it.

Gaps: sessions that a series of prices lacks although its market was open.

A missing session merges two days into one return and moves every day that is counted in sessions. The holidays of
New York follow from rules and a few acts, so that there each missing session is found; of the other markets only the
longest closure is known, and a gap is found where it is longer.

Event study of one asset: abnormal return, its forecast error, and how rare a move of that size is.

Returns are logarithmic, as shares (0.0326 = 3.26 per cent). Windows are counted in trading days of the asset.
Sources: MacKinlay (1997), Journal of Economic Literature 35; Corrado (1989), Journal of Financial Economics 23.

Event study of many assets on one date: standardised, corrected for correlation, and by ranks.

Sources: Boehmer, Musumeci and Poulsen (1991), Journal of Financial Economics 30; Kolari and Pynnönen (2010), Review
of Financial Studies 23; Corrado (1989), Journal of Financial Economics 23.

Volatility of the day: GARCH(1,1) of residuals, so that a move is measured against its own time.

Source: Bollerslev (1986), Journal of Econometrics 31. The likelihood is normal; the variance starts at its mean.

Student's distribution, from SciPy, which is loaded when it is first needed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from detente.codes import InputError, Parameter, SolveError, UnknownName, declared_note
from detente.codes.axis import Floats


@dataclass(frozen=True)
class Exchange:
    """An exchange and its close, or a rate that is fixed at an hour of the day.

    Attributes
    ----------
    code : ISO 10383 code, or the release of a rate; city : city or market; release : who publishes it.
    zone : "us", "eu", "uk" (with summer time) or hours ahead of UTC as text.
    closes : local time of the close since `since`, and before it.
    """

    code: str
    city: str
    zone: str
    closes: time
    since: date = date.min
    closed_before: time = time(0)
    release: str = ""

    @property
    def name(self) -> str:
        """City or market, with the release."""
        return f"{self.city} ({self.release})" if self.release else self.city

    def close(self, session: date) -> datetime:
        """Close of a session, UTC."""
        local = self.closes if session >= self.since else self.closed_before
        return datetime.combine(session, local, UTC) - timedelta(hours=utc_offset(self.zone, session))


#: Regular closes, local time; half days are not on record. The rates of H.10 are those bid at noon in New York.
EXCHANGES: Mapping[str, Exchange] = {
    item.code: item
    for item in (
        Exchange("XNYS", "New York", "us", time(16, 0)),
        Exchange("XHKG", "Hong Kong", "8", time(16, 0)),
        Exchange("XSHG", "Shanghai and Shenzhen", "8", time(15, 0)),
        Exchange("XTKS", "Tokyo", "9", time(15, 30), date(2024, 11, 5), time(15, 0)),
        Exchange("XETR", "Frankfurt", "eu", time(17, 30)),
        Exchange("XLON", "London", "uk", time(16, 30)),
        Exchange("H10", "New York at noon", "us", time(12, 0), release="Federal Reserve, H.10"),
    )
}

#: Hours ahead of UTC in winter, and whose rule of summer time holds.
ZONES = {"us": (-5, "us"), "eu": (1, "eu"), "uk": (0, "eu")}


def exchange(code: str, where: str = "exchange") -> Exchange:
    """An exchange by its code."""
    if code not in EXCHANGES:
        raise UnknownName("exchange", code, EXCHANGES, where, f"known: {', '.join(EXCHANGES)}")
    return EXCHANGES[code]


def utc_offset(zone: str, day: date) -> int:
    """Hours ahead of UTC in the afternoon of a day."""
    if zone not in ZONES:
        return int(zone)
    winter, rule = ZONES[zone]
    first, last = last_weekday(day.year, 3, 6), last_weekday(day.year, 10, 6)
    if rule == "us":
        first, last = weekday_of_month(day.year, 3, 6, 2), weekday_of_month(day.year, 11, 6, 1)
    return winter + (first <= day < last)


def weekday_of_month(year: int, month: int, weekday: int, number: int) -> date:
    """The first, second, ... of a weekday (0 = Monday) in a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def last_weekday(year: int, month: int, weekday: int) -> date:
    """The last of a weekday (0 = Monday) in a month of 31 days."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


@dataclass(frozen=True)
class Reaction:
    """The session on which an exchange can first react.

    Attributes
    ----------
    session : day of the session; certain : False where only the day of the event is known.
    """

    session: date
    certain: bool


def event_session(place: Exchange, when: datetime | date, sessions: Sequence[date], where: str = "event") -> Reaction:
    """First session whose close is after the event.

    Parameters
    ----------
    when : moment the market knew, with its zone; or a day where no hour is on record.
    sessions : days on which the exchange traded, in order.

    Raises
    ------
    InputError : a moment without a zone, or no session after the event.
    """
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise InputError(where, f"{when} has no time zone", "write it as 2025-05-12T07:01Z")
        after = [day for day in sessions if place.close(day) > when]
    else:
        after = [day for day in sessions if day >= when]
    if not after:
        raise InputError(where, f"no session of {place.name} on record closes after {when}", "give a longer series")
    return Reaction(min(after), isinstance(when, datetime))


#: Most weekdays in a row that holidays have closed an exchange for; 4 for the others.
LONGEST = {"XSHG": 7, "XTKS": 6}
OTHERS = 4

#: First day for which the holidays of New York are written down.
RULED = date(2000, 1, 1)

#: Days on which the New York Stock Exchange was closed by an act of its own: attacks, mourning, a storm.
CLOSED = frozenset(
    date.fromisoformat(day)
    for day in (
        "2001-09-11 2001-09-12 2001-09-13 2001-09-14 2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09"
    ).split()
)


def check_gaps(asset: str, place: Exchange, rows: Sequence[date], traded: Sequence[date]) -> None:
    """Refuse a stretch of a series that lacks sessions, naming them.

    Parameters
    ----------
    rows : days that the series has a row for, with or without a value.
    traded : days with a value in the stretch, in order; the returns of the first one rests on a day before it.

    Raises
    ------
    InputError : a session without a row where the calendar is on record, or a stretch without values that is longer
        than any holiday.
    """
    missing = [day for a, b in pairwise(traded) for day in _missing(place, a, b, set(rows))]
    if not missing:
        return
    number = f"{len(missing)} session{'s' if len(missing) > 1 else ''}"
    what = f"lacks {number} of {place.name}: {_spans(missing)}"
    repair = "add them, leave the value blank on a day the market was closed, or name another market"
    raise InputError(asset, what, repair)


def _missing(place: Exchange, before: date, after: date, rows: Collection[date]) -> list[date]:
    """Sessions between two days with a value that the series should have."""
    between = [before + timedelta(n) for n in range(1, (after - before).days)]
    weekdays = [day for day in between if day.weekday() < 5]
    if place.code == "XNYS":
        weekdays = [day for day in weekdays if day < RULED or day not in holidays(day.year)]
    if len(weekdays) > LONGEST.get(place.code, OTHERS):
        return weekdays
    ruled = place.code == "XNYS" and before >= RULED
    return [day for day in weekdays if day not in rows] if ruled else []


def _spans(days: Sequence[date]) -> str:
    """Days as stretches that only a weekend interrupts, the first five of them."""
    spans: list[list[date]] = []
    for day in days:
        if spans and (day - spans[-1][-1]).days <= (3 if day.weekday() == 0 else 1):
            spans[-1].append(day)
        else:
            spans.append([day])
    texts = [f"{span[0]}" if len(span) == 1 else f"{span[0]} to {span[-1]}" for span in spans[:5]]
    return ", ".join(texts) + (f" and {len(spans) - 5} more" if len(spans) > 5 else "")


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """Weekdays of a year on which the New York Stock Exchange was or will be closed, from 2000 on."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 12, 25), *([date(year, 6, 19)] if year >= 2022 else [])]
    moving = [
        weekday_of_month(year, 1, 0, 3),
        weekday_of_month(year, 2, 0, 3),
        _easter(year) - timedelta(2),
        last_weekday(year, 5, 0),
        weekday_of_month(year, 9, 0, 1),
        weekday_of_month(year, 11, 3, 4),
    ]
    observed = [_observed(day) for day in fixed]
    return frozenset(day for day in (*observed, *moving) if day.weekday() < 5) | {d for d in CLOSED if d.year == year}


def _observed(day: date) -> date:
    """Sundays are kept on Monday, Saturdays on Friday, but New Year never on the last day of the year before."""
    shift = {5: 0 if (day.month, day.day) == (1, 1) else -1, 6: 1}
    return day + timedelta(shift.get(day.weekday(), 0))


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


#: Estimation window in trading days before the event.
WINDOW = (-130, -11)

#: Days an estimation may rest on.
FEWEST, MOST = 60, 250

MODELS = ("constant-mean", "market", "garch")


@dataclass(frozen=True)
class Fit:
    """A regression over the estimation window.

    Attributes
    ----------
    design : regressors with the constant, shape (L, k); coefficients : shape (k,).
    residuals : shape (L,); variance : residual variance on L - k degrees of freedom; inverse : (X'X)^-1.
    """

    design: Floats = field(repr=False)
    coefficients: Floats
    residuals: Floats = field(repr=False)
    variance: float
    inverse: Floats = field(repr=False)

    @property
    def freedom(self) -> int:
        """Degrees of freedom."""
        return self.design.shape[0] - self.design.shape[1]

    def fitted(self, design: Floats) -> Floats:
        """Normal returns, shape (days,)."""
        return design @ self.coefficients

    def error(self, design: Floats) -> float:
        """Standard error of the sum of abnormal returns over the days of a design, shape (h, k)."""
        total = design.sum(axis=0)
        return float(np.sqrt(self.variance * (design.shape[0] + total @ self.inverse @ total)))


def fit(returns: Floats, factors: Floats) -> Fit:
    """Least squares of returns, shape (L,), on a constant and factors, shape (L, k - 1).

    Raises
    ------
    InputError : factors that do not vary, or are sums of one another.
    """
    design = np.column_stack([np.ones(returns.size), factors])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InputError("event study", "a factor does not vary or repeats another", "leave it out")
    inverse = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    coefficients = np.asarray(inverse @ design.T @ returns)
    residuals = returns - design @ coefficients
    variance = float(residuals @ residuals) / (returns.size - design.shape[1])
    return Fit(design, coefficients, residuals, variance, inverse)


@dataclass(frozen=True)
class Study:
    """The move of one asset on an event.

    Attributes
    ----------
    session : event day; days : estimation days L; model, factors : normal returns.
    abnormal : abnormal return of each event day, share, shape (h,); car : their sum; error : its standard error.
    returned : logarithmic return of the asset over the event days, share.
    t, p_student : Student; p_rank : exact rank p, NaN for more than one event day, whose sums have no exact rank;
        p_placebo : share of earlier spans of h days with a move as large, counting the event itself;
        placebo_days, placebo_from : on how many spans that rests, one from each earlier day, and from when.
    residuals : of the estimation window, shape (L,); dates : its days.
    """

    asset: str
    session: date
    model: str
    factors: tuple[str, ...]
    days: int
    abnormal: Floats
    car: float
    returned: float
    error: float
    freedom: int
    p_student: float
    p_rank: float
    p_placebo: float
    placebo_days: int
    placebo_from: date
    residuals: Floats = field(repr=False)
    dates: tuple[date, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def t(self) -> float:
        """Abnormal return over its standard error."""
        return self.car / self.error

    @property
    def horizon(self) -> int:
        """Event days."""
        return self.abnormal.size

    @property
    def change(self) -> float:
        """Simple change of the asset over the event days: last close over the close before the event, less one."""
        return float(np.expm1(self.returned))

    @property
    def odds(self) -> str:
        """How rare the move of the event days is, in words."""
        return rarity(self.p_placebo, self.horizon)


def check_series(asset: str, days: Sequence[date]) -> None:
    """Refuse days that are there twice or out of order, naming them."""
    seen: set[date] = set()
    twice = [str(day) for day in days if day in seen or seen.add(day)]
    if twice:
        raise InputError(asset, f"has {', '.join(twice[:5])} twice", "keep one row a day")
    back = [str(b) for a, b in pairwise(days) if b < a]
    if back:
        raise InputError(asset, f"goes back in time at {', '.join(back[:5])}", "sort the rows by date")


def study(
    asset: str,
    days: Sequence[date],
    returns: Floats,
    session: date,
    *,
    factors: Mapping[str, Floats] | None = None,
    model: str = "",
    window: tuple[int, int] = WINDOW,
    horizon: int = 1,
    placebo: str = "fixed",
) -> Study:
    """Abnormal return of an asset on an event day and the days after.

    Parameters
    ----------
    days, returns : trading days and logarithmic returns, shape (n,); NaN = closed, such days are dropped.
    factors : name -> returns on the same days, shape (n,); a market model, or market and exchange rate.
    model : constant-mean, market (needs factors) or garch (constant mean, variance of the day); "" chooses by factors.
    window : first and last day of the estimation, in trading days from the event; horizon : event days.
    placebo : fixed (the event's own coefficients on every earlier day) or rolling (estimated anew for each day).

    Raises
    ------
    InputError : a day that is not a session, duplicates, fewer than 60 days of estimation, an unknown model.
    """
    check_series(asset, days)
    if not 1 <= horizon <= FEWEST:
        raise InputError(Parameter("horizon"), f"{horizon} event days cannot be used", f"give 1 to {FEWEST}")
    names = tuple(factors or ())
    model = _model(model, names)
    panel = np.column_stack([returns, *(factors or {}).values()])
    keep = np.asarray(np.isfinite(panel).all(axis=1))
    sessions = [day for day, ok in zip(days, keep.tolist(), strict=True) if ok]
    panel, row = panel[keep], _position(asset, sessions, session)
    low, high = _window(asset, window, row, session)
    if row + horizon > len(sessions):
        raise InputError(asset, f"ends before day {horizon} of the event", "give a shorter horizon")
    regression = fit(panel[low:high, 0], panel[low:high, 1:])
    event = np.column_stack([np.ones(horizon), panel[row : row + horizon, 1:]])
    abnormal = panel[row : row + horizon, 0] - regression.fitted(event)
    error = regression.error(event)
    if model == "garch":
        error *= scale_of(regression.residuals, panel[high:row, 0] - regression.coefficients[0])
    car = float(abnormal.sum())
    earlier = _placebo(panel[:row], regression, window, placebo, horizon)
    rank = rank_p(regression.residuals, car) if horizon == 1 else float("nan")
    few = {"days": high - low, "wanted": window[1] - window[0] + 1}
    notes = (declared_note("forecasts.few_days", **few),) if few["days"] < few["wanted"] else ()
    return Study(
        asset, session, model, names, high - low, abnormal, car, float(panel[row : row + horizon, 0].sum()), error,
        regression.freedom, two_sided(car / error, regression.freedom), rank, placebo_p(earlier, car), earlier.size,
        sessions[row - horizon + 1 - earlier.size], regression.residuals, tuple(sessions[low:high]), notes,
    )  # fmt: skip


def _model(model: str, names: tuple[str, ...]) -> str:
    model = model or ("market" if names else "constant-mean")
    if model not in MODELS:
        raise InputError(Parameter("model"), f"unknown model '{model}'", f"use {', '.join(MODELS)}")
    if (model == "market") is not bool(names):
        market = model == "market"
        wrong, repair = ("needs a factor", "name one") if market else ("takes no factors", "leave them out")
        raise InputError(Parameter("model"), f"{model} {wrong}", repair)
    return model


def _position(asset: str, sessions: Sequence[date], session: date) -> int:
    if session not in sessions:
        near = [str(day) for day in nearest(sessions, session) if abs((day - session).days) <= 7]
        repair = f"sessions near it: {', '.join(near)}" if near else f"it runs {sessions[0]} to {sessions[-1]}"
        raise InputError(asset, f"did not trade on {session}, or a factor did not", repair)
    return sessions.index(session)


def nearest(sessions: Sequence[date], day: date) -> list[date]:
    """The last two sessions before a day and the first two after it, of sessions in order."""
    return [
        *[session for session in sessions if session < day][-2:],
        *[session for session in sessions if session > day][:2],
    ]


def _window(asset: str, window: tuple[int, int], row: int, session: date) -> tuple[int, int]:
    """Rows of the estimation window, first and one past the last."""
    first, last = window
    length = last - first + 1
    if last >= 0 or not FEWEST <= length <= MOST:
        raise InputError(
            Parameter("window"), f"{first} to {last} cannot be used", f"give {FEWEST} to {MOST} days before 0"
        )
    low, high = max(0, row + first), row + last + 1
    if high - low < FEWEST:
        what = f"only {max(0, high - low)} days before {session} to estimate from"
        raise InputError(asset, what, f"give a series with at least {FEWEST - last} earlier days")
    return low, high


def _placebo(panel: Floats, regression: Fit, window: tuple[int, int], kind: str, horizon: int) -> Floats:
    """Abnormal returns of the spans of `horizon` days that end before the event, one from each day, shape (spans,)."""
    if kind not in ("fixed", "rolling"):
        raise InputError(Parameter("placebo"), f"unknown kind '{kind}'", "use fixed or rolling")
    design = np.column_stack([np.ones(len(panel)), panel[:, 1:]])
    if kind == "fixed":
        return np.lib.stride_tricks.sliding_window_view(panel[:, 0] - regression.fitted(design), horizon).sum(axis=1)
    values = []
    for day in range(FEWEST - 1 - window[1], len(panel) - horizon + 1):
        rows = panel[max(0, day + window[0]) : day + window[1] + 1]
        own, days = fit(rows[:, 0], rows[:, 1:]), slice(day, day + horizon)
        values.append(float((panel[days, 0] - own.fitted(design[days])).sum()))
    return np.asarray(values)


def placebo_p(earlier: Floats, move: float) -> float:
    """Rule M5: (1 + earlier days, or spans of days, with a move as large) / (1 + earlier ones)."""
    return float((1 + np.sum(np.abs(earlier) >= abs(move))) / (1 + earlier.size))


def rarity(p_placebo: float, horizon: int = 1) -> str:
    """How rare a move of that size over `horizon` days is, in words."""
    words = {"horizon": horizon, "share": p_placebo, "days": round(1.0 / p_placebo)}
    if p_placebo > 0.2:
        return declared_note("forecasts.often_over" if horizon > 1 else "forecasts.often", **words)
    return declared_note("forecasts.rare_over" if horizon > 1 else "forecasts.rare", **words)


def rank_p(residuals: Floats, move: float) -> float:
    """Rule M4 for one asset: exact two-sided p of the rank of the event day among L + 1 days.

    The statistic of one asset never exceeds 1.73, so that a bound of 1.96 would never reject.
    """
    days = residuals.size
    rank = 1 + int(np.sum(residuals < move))
    return float(min(1.0, 2.0 * min(rank, days + 2 - rank) / (days + 1)))


def implied_change(abnormal: float, market_value: float) -> float:
    """Rule M7: change of market value that an abnormal return implies, USD: a check of plausibility, no calibration."""
    return float(np.expm1(abnormal)) * market_value


class PanelTest(NamedTuple):
    """A test of the mean abnormal return of several assets.

    Attributes
    ----------
    statistic, p_value : of the test; freedom : degrees of freedom, 0 for the normal law.
    """

    name: str
    statistic: float
    p_value: float
    freedom: int = 0


class Panel(NamedTuple):
    """Tests of several assets that share an event day.

    Attributes
    ----------
    mean : mean abnormal return over the event days, share; correlation : mean correlation of estimation residuals.
    """

    assets: tuple[str, ...]
    mean: float
    correlation: float
    tests: tuple[PanelTest, ...]


def panel(studies: Sequence[Study]) -> Panel:
    """Tests of a group of studies; the rank test, which is one of single days, is left out over several event days.

    Raises
    ------
    InputError : fewer than two assets, more than one horizon, or too few days on which all of them traded.
    """
    if len(studies) < 2:
        raise InputError("event study", "a group needs at least two assets", "add one")
    if len({s.abnormal.size for s in studies}) > 1:
        raise InputError("event study", "horizons differ", "give one horizon")
    scaled, moves = (np.asarray(values) for values in ([s.t for s in studies], [s.car for s in studies]))
    residuals, n = aligned(studies), scaled.size
    correlation = float((np.corrcoef(residuals, rowvar=False).sum() - n) / (n * (n - 1)))
    # The cross-section of standardised abnormal returns, and the same corrected for the mean correlation of the assets.
    plain = float(scaled.mean() * np.sqrt(n) / scaled.std(ddof=1))
    corrected = plain * float(np.sqrt(max((1.0 - correlation) / (1.0 + (n - 1) * correlation), 0.0)))
    named = (("BMP", plain), ("Kolari-Pynnönen", corrected))
    tests = tuple(PanelTest(name, t, two_sided(t, n - 1), n - 1) for name, t in named)
    tests = (*tests, corrado(residuals, moves)) if studies[0].horizon == 1 else tests
    return Panel(tuple(s.asset for s in studies), float(moves.mean()), correlation, tests)


def aligned(studies: Sequence[Study]) -> Floats:
    """Residuals on the days that all estimation windows share, shape (days, assets)."""
    shared = sorted(set.intersection(*(set(s.dates) for s in studies)))
    if len(shared) < 30:
        raise InputError("event study", f"assets share only {len(shared)} days", "take assets of one calendar")
    columns = [dict(zip(s.dates, s.residuals.tolist(), strict=True)) for s in studies]
    return np.asarray([[column[day] for column in columns] for day in shared])


def corrado(residuals: Floats, event: Floats) -> PanelTest:
    """Rank test: mean rank of the event day over the spread of mean ranks of all days.

    Parameters
    ----------
    residuals : estimation window, shape (L, assets); event : abnormal returns of the event day, shape (assets,).
    """
    from scipy.special import ndtr

    days = residuals.shape[0]
    everything = np.vstack([residuals, event])
    ranks = everything.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable") + 1.0
    mean = (ranks - (days + 2) / 2.0).mean(axis=1)
    z = float(mean[-1] / np.sqrt(np.mean(mean**2)))
    return PanelTest("Corrado", z, float(2.0 * ndtr(-abs(z))))


#: Starting points of the search: weight of the last surprise, weight of the last variance.
START = ((0.05, 0.90), (0.10, 0.80), (0.20, 0.60), (0.05, 0.50))


def variances(residuals: Floats, alpha: float, beta: float, mean: float) -> Floats:
    """Variance of each day and of the day after the last, shape (n + 1,); the mean variance is targeted."""
    variance = np.empty(residuals.size + 1)
    variance[0] = mean
    constant = mean * (1.0 - alpha - beta)
    for day, surprise in enumerate(residuals.tolist()):
        variance[day + 1] = constant + alpha * surprise**2 + beta * variance[day]
    return variance


def estimate(residuals: Floats) -> tuple[float, float]:
    """Weights of the last surprise and of the last variance by maximum likelihood, both zero or more, sum below one.

    Raises
    ------
    SolveError : the search ended without a maximum from every start.
    """
    from scipy.optimize import minimize

    mean = float(residuals @ residuals) / residuals.size

    def loss(weights: Floats) -> float:
        alpha, beta = float(weights[0]), float(weights[1])
        if alpha + beta >= 0.9999:
            return 1e6 * (1.0 + alpha + beta)
        ratio = variances(residuals, alpha, beta, mean)[:-1] / mean
        return 0.5 * float((np.log(ratio) + residuals**2 / mean / ratio).sum())

    runs: list[Any] = [minimize(loss, np.asarray(s), method="L-BFGS-B", bounds=[(0, 0.9999)] * 2) for s in START]
    ended = [run for run in runs if run.success]
    if not ended:
        raise SolveError("GARCH(1,1) found no maximum; use the model constant-mean")
    best = min(ended, key=lambda run: run.fun)
    return float(best.x[0]), float(best.x[1])


def scale_of(residuals: Floats, gap: Floats) -> float:
    """Standard deviation forecast for the event day over that of the estimation window.

    Parameters
    ----------
    residuals : of the estimation window, shape (L,); gap : returns less their mean between it and the event.
    """
    alpha, beta = estimate(residuals)
    mean = float(residuals @ residuals) / residuals.size
    variance = variances(np.concatenate([residuals, gap]), alpha, beta, mean)
    return float(np.sqrt(variance[-1] / mean))


def two_sided(t: float, freedom: float) -> float:
    """Chance that a Student variable of some degrees of freedom lies as far from zero as t."""
    from scipy.special import stdtr

    return float(2.0 * stdtr(freedom, -abs(t)))
