"""Event study: a table of abnormal returns of a user's assets, or of an embedded series, around events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.data.eventfile import load_events
from detente.data.evidence_tables import Returns, embedded_returns, read_returns
from detente.evidence import EXCHANGES, Event, Study, event_session, exchange, implied_change, panel, study
from detente.evidence.event_study import WINDOW
from detente.evidence.gaps import check_gaps

HOME = {
    "sp500": "XNYS", "spy": "XNYS", "spx": "XNYS", "qqq": "XNYS", "fxi": "XNYS", "vix": "XNYS", "hsi": "XHKG",
    "csi300": "XSHG", "n225": "XTKS", "dax": "XETR", "ftse100": "XLON", "usdcny": "H10",
}  # fmt: skip
"""Exchange whose close dates an asset, by the name of its column; others are taken as New York and said so."""


@checked
def event_study(
    returns: Returns | str | Path,
    events: str | date | datetime | Event | Sequence[str | date | datetime | Event],
    *,
    assets: Several = (),
    factors: Several = (),
    model: str = "",
    window: tuple[int, int] = WINDOW,
    horizon: int = 1,
    placebo: str = "fixed",
    home: str = "",
    timeline: Sequence[Event] | None = None,
) -> Table:
    """Abnormal returns of assets around events.

    Parameters
    ----------
    returns : read returns, the path of a CSV or Parquet file of log returns, or an embedded series (usdcny, vix).
    events : ids of the timeline, events, moments with a zone, or days; a day is taken as the session itself.
    assets : columns to study, all but the factors by default; factors : columns that explain them.
    model : constant-mean, market (with factors) or garch; window : trading days of the estimation before the event.
    horizon : event days; above one the placebo counts spans of as many days, and ranks are left out.
    home : exchange (XNYS, XHKG, ...) of every asset, H10 for noon rates of the Federal Reserve; by default it is told
        by the asset's name.
    timeline : where ids are looked up and other events of a session found; the shipped one by default.

    Raises
    ------
    InputError : a day that is not a session, gaps or duplicates, too few days, an asset that is to explain itself;
    UnknownName : an asset or event.
    """
    assets, factors = several(assets, "assets"), several(factors, "factors")
    moments = [events] if isinstance(events, str | date | Event) else events
    data = returns if isinstance(returns, Returns) else _returns(returns)
    known = tuple(load_events()[0] if timeline is None else timeline)
    chosen = list(assets) or [name for name in data.returns if name not in factors]
    _check_factors(chosen, factors)
    explaining = {name: data.of(name) for name in factors}
    rows: list[tuple[object, ...]] = []
    notes: list[str] = []
    for event in moments:
        label, when = _moment(event, known)
        studies = []
        for asset in chosen:
            session, certain = _session(data, asset, factors, when, home)
            own = study(
                asset, data.days, data.of(asset), session, factors=explaining, model=model, window=window,
                horizon=horizon, placebo=placebo,
            )  # fmt: skip
            _check_gaps(data, own, _home(asset, home))
            studies.append(own)
            rows.append(_row(label, own, _others(event, known, _home(asset, home), session, data.days)))
            notes += [] if certain else [declared_note("record.hour_unknown", event=label, asset=asset)]
            notes += [f"{asset}: {note}" for note in own.notes]
            notes.append(_placebo_note(label, own))
        notes += _together(label, studies)
    remarks = [*notes, *_places(chosen, home), *_over(horizon), declared_note("record.logarithms")]
    return table_of("record.event_study", rows, tuple(dict.fromkeys(remarks)), file=Path(data.source).name)


def _over(horizon: int) -> list[str]:
    """What holds for several event days."""
    return [declared_note("record.sums_over", sessions=horizon)] if horizon > 1 else []


def _placebo_note(label: str, fit: Study) -> str:
    """On how many days a placebo rests, and from when."""
    words = {"event": label, "asset": fit.asset, "count": fit.placebo_days, "first": fit.placebo_from}
    if fit.horizon == 1:
        return declared_note("record.placebo", **words)
    return declared_note("record.placebo_spans", days=fit.horizon, **words)


def _check_factors(assets: Sequence[str], factors: Sequence[str]) -> None:
    """Refuse an asset that would explain itself, and a factor named twice."""
    both = next((name for name in factors if name in assets), None)
    if both is not None:
        raise InputError(
            Parameter("factor"), f"{both} is the asset that is studied", "name another column, or leave it out"
        )
    twice = next((name for name in factors if list(factors).count(name) > 1), None)
    if twice is not None:
        raise InputError(Parameter("factor"), f"{twice} is named twice", "name it once")


def _check_gaps(data: Returns, fit: Study, home: str) -> None:
    """Refuse missing sessions from the day before the estimation to the last event day."""
    finite = np.isfinite(np.stack([data.of(name) for name in (fit.asset, *fit.factors)])).all(axis=0)
    traded = [day for day, ok in zip(data.days, np.asarray(finite).tolist(), strict=True) if ok]
    first, last = traded.index(fit.dates[0]), traded.index(fit.session) + fit.horizon
    before = [day for day in data.days if day < fit.dates[0]][-1:] if first == 0 else [traded[first - 1]]
    check_gaps(fit.asset, exchange(home, Parameter("exchange")), data.days, [*before, *traded[first:last]])


def _returns(source: str | Path) -> Returns:
    path = Path(source)
    return read_returns(path) if path.suffix else embedded_returns(str(source))


def _moment(event: str | date | datetime | Event, known: Sequence[Event]) -> tuple[str, datetime | date | Event]:
    """Label of an event, and the moment the market knew; a bare day stays a session."""
    if isinstance(event, Event):
        return event.event_id, event
    if isinstance(event, date):
        return str(event), event
    by_id = {item.event_id: item for item in known}
    if event in by_id:
        return event, by_id[event]
    try:
        moment = datetime.fromisoformat(event)
    except ValueError:
        repair = "give an id from the table details of `detente events`, or a day"
        raise UnknownName("event", event, by_id, "event study", repair) from None
    return event, moment.date() if len(event) == 10 else moment


def _session(
    data: Returns, asset: str, factors: Sequence[str], when: datetime | date | Event, home: str
) -> tuple[date, bool]:
    """Session of an asset that an event reaches first, and whether that is certain."""
    if isinstance(when, date) and not isinstance(when, datetime):
        return when, True
    traded = np.asarray(np.isfinite(np.stack([data.of(name) for name in (asset, *factors)])).all(axis=0))
    sessions = [day for day, ok in zip(data.days, traded.tolist(), strict=True) if ok]
    knew = when.knew if isinstance(when, Event) else when
    reaction = event_session(exchange(_home(asset, home), Parameter("exchange")), knew, sessions, asset)
    return reaction.session, reaction.certain


def _home(asset: str, home: str) -> str:
    return home or HOME.get(asset.lower().replace(" ", "").replace("&", ""), "XNYS")


def _places(assets: Sequence[str], home: str) -> list[str]:
    codes = dict.fromkeys(_home(asset, home) for asset in assets)
    named = ", ".join(f"{EXCHANGES[code].name}" for code in codes)
    return [declared_note("record.close_of", exchanges=named)]


def _others(event: object, known: Sequence[Event], home: str, session: date, days: Sequence[date]) -> str:
    """Other events of the timeline that the same session is the first to see."""
    own = event.event_id if isinstance(event, Event) else str(event)
    place, before = exchange(home), [day for day in days if day < session]
    if not before:
        return ""
    first, last = place.close(max(before)), place.close(session)
    inside = [e for e in known if isinstance(e.knew, datetime) and first < e.knew <= last]
    mine = [e for e in known if e.event_id == own]
    same = {e.event_id for e in inside if mine and e.knew == mine[0].knew}
    return ", ".join(dict.fromkeys(e.event_id for e in inside if e.event_id != own and e.event_id not in same))


def _row(label: str, fit: Study, others: str) -> tuple[object, ...]:
    model = fit.model if not fit.factors else f"{fit.model}: {', '.join(fit.factors)}"
    return (
        label, fit.asset, str(fit.session), model, fit.days, fit.horizon, fit.change, fit.car, fit.error,
        fit.t, fit.p_student, fit.p_rank, fit.p_placebo, fit.placebo_days, str(fit.placebo_from),
        fit.odds, others,
    )  # fmt: skip


def _together(label: str, studies: Sequence[Study]) -> list[str]:
    """Tests of the assets of an event together, where they share a session."""
    if len(studies) < 2 or len({s.session for s in studies}) > 1:
        return []
    group = panel(studies)
    tests = "; ".join(f"{t.name} {t.statistic:.2f} (p {t.p_value:.3f})" for t in group.tests)
    return [f"{label}, {len(studies)} assets: mean {group.mean:.2%}, mean correlation {group.correlation:.2f}; {tests}"]


PRICED = ("usdcny", "vix")
"""Series that are a rate or an index of swings: nobody owns them, they have no market value."""


def implied(table: Table, market_value: float, modelled: float = float("nan")) -> Table:
    """Rule M7: the change of market value that each abnormal return implies, beside the model's capitalised change.

    Parameters
    ----------
    table : of `event_study`, of one asset; market_value : of that asset before the event, USD.
    modelled : change of value by the model, capitalised, USD; NaN where there is none to set beside it.

    Raises
    ------
    InputError : several assets, one without a market value, or a value that is not positive.
    """
    assets = list(dict.fromkeys(table["asset"].tolist()))
    if len(assets) > 1:
        raise InputError(
            Parameter("market_value"), f"belongs to one asset, not to {', '.join(assets)}", "choose one of them"
        )
    if assets and assets[0].lower() in PRICED:
        raise InputError(
            Parameter("market_value"), f"{assets[0]} is no asset with a market value", "give a file of returns"
        )
    rows: list[tuple[object, ...]] = []
    for row in table.rows():
        beside = compared(row["abnormal"], market_value, modelled)["change"].tolist()
        bounds = [implied_change(row["abnormal"] + side * 1.96 * row["error"], market_value) for side in (-1, 1)]
        rows.append((row["event"], row["asset"], row["session"], row["horizon"], market_value, *bounds, *beside))
    return table_of("record.implied", rows)


def compared(abnormal: float, market_value: float, modelled: float) -> Table:
    """The market's implied change of value beside the model's capitalised change, USD: a check of plausibility."""
    if not market_value > 0:
        raise InputError("market value", f"{market_value:g} is not positive", "give dollars")
    implied = implied_change(abnormal, market_value)
    return table_of("record.implied_beside", [("market", implied), ("model", modelled)])
