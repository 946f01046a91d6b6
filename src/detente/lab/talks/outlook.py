"""Will a deal of a case hold: the record's forecast of its day, what can end it, and its weakest link.

A deal is a bargain of a form of the record. One that the record names (Geneva, Busan) has the form, day and date it has
there; of any other the case may say it, else it is taken as a dated truce where several sides lay duties, or as signed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Table, UnknownName, declared_note, table_of
from detente.data.caserows import CaseFile
from detente.data.days import breaches, court_cases
from detente.data.dealrecord import bargains, deals, read_through
from detente.data.eventfile import load_events
from detente.data.tables import place
from detente.evidence.lives import (
    FORMS,
    HORIZONS,
    Bargain,
    Ending,
    Prospect,
    in_steps,
    lasting,
    prospect,
    survival_errors,
    tilt,
)
from detente.lab.talks.near import EARLIEST, LATEST

if TYPE_CHECKING:
    from detente.lab.talks.assumed import Truces
    from detente.lab.talks.talk import Talk
    from detente.talks import Truce
    from detente.talks.space import Floats
from collections.abc import Sequence
from dataclasses import replace

from detente.data.dealrecord import threats
from detente.data.limits import memoized
from detente.evidence.chances import (
    EVEN,
    OUTCOMES,
    RecordedThreat,
    brier,
    by_episode,
    chances,
    even,
    record_of,
    scored,
    stated,
)
from detente.lab.talks.advice import Deadline

AMERICA = "USA"
MOVED = 1e-9


@dataclass(frozen=True)
class DealOutlook:
    """Forecast of a deal of a case.

    Attributes
    ----------
    then : forecast of its day; now : that of the end of the record, None where the deal is over or not on record.
    named : the same bargain on record, None where the deal is not on it.
    assumed : whether the form is taken and not on record.
    """

    then: Prospect
    now: Prospect | None
    named: Bargain | None
    assumed: bool

    @property
    def day(self) -> date:
        """Day of the forecast."""
        return self.then.day

    @property
    def read(self) -> date:
        """Day to which the record is read for it: that of the forecast, or the last of the record."""
        return min(self.day, read_through())

    @property
    def runs(self) -> bool:
        """Whether the bargain is on record and runs at its end."""
        return self.now is not None

    def alive(self, days: int) -> float:
        """Chance that the sides have not ended it after so many days: the forecast that is scored."""
        return self.then.endings[0].alive(days)

    @property
    def chances(self) -> dict[int, float]:
        """Chance that the sides have not ended it, by days of `HORIZONS`, in the steps in which chances are given."""
        return {days: in_steps(self.alive(days)) for days in HORIZONS}


def outlook_on(
    file: CaseFile, outcome: str = "", *, day: date | None = None, form: str = "", expires: date | None = None
) -> DealOutlook:
    """Forecast of an outcome of a case by the record alone.

    Parameters
    ----------
    outcome : name or label of a deal, or any words that name it.
    day : of the forecast; by default that of the bargain on record, else the day of the case.
    form : of `FORMS`; by default as on record, else as `form_of`.
    expires : date of the deal where it is not on record.

    Raises
    ------
    UnknownName : no such form.
    """
    if form and form not in FORMS:
        raise UnknownName("form", form, FORMS, "outlook of a deal")
    row = file.outcomes.get(outcome)
    named = named_bargain(file, outcome if row is None else f"{outcome} {row.label}")
    own = form or (named.form if named else form_of(file))
    ends = (named.expires if named else None) or expires
    on = day or (named.announced if named else file.on)
    return _view(file, own, on, named, ends, not (form or file.form) and named is None)


def _view(
    file: CaseFile | None, form: str, on: date, named: Bargain | None, expires: date | None, assumed: bool
) -> DealOutlook:
    """The forecast of a day, and that of the end of the record for a bargain that runs."""
    later, runs = read_through() + timedelta(days=1), named is not None and named.over is None
    now = _prospect(file, form, later, named, expires) if runs and later > on else None
    return DealOutlook(_prospect(file, form, on, named, expires), now, named, assumed)


def outlook_between(sides: tuple[str, str], on: date, file: CaseFile | None = None) -> DealOutlook | None:
    """The record's forecast of the last bargain between two sides that stood on a day; None where none did.

    Parameters
    ----------
    file : a case between them, whose laws may stand before a court.
    """
    others = set(sides) - {AMERICA}
    if AMERICA not in sides or len(others) != 1:
        return None
    stood = [
        each
        for each in bargains()
        if each.partner in others and each.announced <= on and (each.over is None or each.over > on)
    ]
    last = max(stood, key=lambda each: each.announced, default=None)
    if last is None:
        return None
    return _view(file, last.form, last.announced, last, last.expires, assumed=False)


def _prospect(file: CaseFile | None, form: str, day: date, named: Bargain | None, expires: date | None) -> Prospect:
    struck = [each.struck for each in court_cases() if each.struck is not None]
    own, read = named.id if named else "", read_through() + timedelta(days=1)
    return prospect(bargains(), form, day, but=own, expires=expires, struck=struck, tried=_tried(file, day), read=read)


def _tried(file: CaseFile | None, day: date) -> bool:
    """Whether a law behind a duty of the case stood before a court on a day."""
    if file is None:
        return False
    laws = [row.instrument for row in file.issues if row.kind == "duty" and row.party == AMERICA]
    return any(each.open_on(day) and any(each.law in law for law in laws) for each in court_cases())


def named_bargain(file: CaseFile, words: str) -> Bargain | None:
    """The bargain between the sides of a case, near its day, whose name stands in some words; None without it."""
    others = set(file.parties) - {AMERICA}
    if AMERICA not in file.parties or len(others) != 1:
        return None
    lowered = words.lower().replace("_", " ").replace(":", " ").split()
    names = {str(row["id"]): str(row["called"]).lower() for row in _called() if row["partner"] in others}
    near = (each for each in bargains() if EARLIEST <= each.announced - file.on <= LATEST)
    return next((each for each in near if names.get(each.id) in lowered), None)


@memoized
def _called() -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in deals() if row["called"])


def form_of(file: CaseFile) -> str:
    """Form of a deal of a case: as the case says, else a dated truce where several sides lay duties today, else signed.

    A cut of the base duty is no duty that a side lays, nor is one that it could lay.
    """
    day = next((row.outcome for row in file.threats if row.kind == "status-quo"), "")
    levels = file.outcomes[day].levels if day in file.outcomes else {}
    laid = (row for row in file.issues if row.moves_tariffs and row.type != "cut" and row.party in file.parties)
    givers = {row.party for row in laid if levels.get(row.name, row.default)}
    return file.form or (FORMS[0] if len(givers) > 1 else FORMS[1])


def factor_of(truces: Truces) -> float:
    """Factor by which the stability test moves the hazard: where sets of weights disagree, none."""
    breaking: dict[object, dict[str, list[str]]] = {}
    for (setting, answer), truce in truces.items():
        of_setting = breaking.setdefault(setting, {})
        if truce.credible:
            of_setting[answer] = [side.party for side in truce.sides if not side.holds]
    factors = {tilt(answers) for answers in breaking.values()}
    return factors.pop() if len(factors) == 1 else 1.0


def weakest_sentence(talk: Talk, deal: Floats, truces: Truces, day: date) -> str:
    """The breach of a deal, shape (issues,), that gains a side most until the first answer, under the weights of the
    headline, and what the record of the day says of such breaches; "" where none gains.
    """
    truce = truces.get((talk.headline, talk.threats[0])) or next(iter(truces.values()))
    side = max(truce.sides, key=lambda each: each.deviation - each.deal)
    gain = side.deviation - side.deal
    if gain <= MOVED:
        return ""
    issues = zip(talk.case.outcome_space.issues, np.abs(np.asarray(side.broken) - deal) > MOVED, strict=True)
    labels = [issue.label or issue.name for issue, moves in issues if moves]
    words = {"issues": " and ".join(labels), "who": place(side.party), "gain": gain}
    known = [each for each in breaches() if each.pair == set(talk.parties) and each.day < day]
    if not known:
        return declared_note("outlook.weakest", **words)
    controls = sum(each.kind == "control" for each in known)
    times = {"controls": TIMES[min(controls, 4)], "duties": TIMES[min(len(known) - controls, 4)]}
    return declared_note("outlook.weakest_broken", **words, **times)


def worth_of(talk: Talk, truce: Truce, view: DealOutlook) -> dict[str, float]:
    """What a deal is worth a year as long as it lasts and the punishment from then on, by side, USD bn."""
    rates = dict(talk.case.file.discount)
    usual = talk.case.number("discount_rate", 0.05)
    return {
        side.party: lasting(side.deal, side.punishment, rates.get(side.party, usual), view.then) for side in truce.sides
    }


def lasting_note(view: DealOutlook) -> str:
    """On which hazard the column of what lasts stands."""
    dated = next((ending for ending in view.then.endings if ending.days is not None), None)
    if dated is None:
        return declared_note("outlook.lasting", day=view.read, hazard=view.then.hazard)
    return declared_note("outlook.lasting_dated", day=view.read, hazard=view.then.hazard, chance=dated.chance)


def outlook_table(talk: Talk) -> Table:
    """What can end the reference deal, each with its chances, all together, and beside them rules that know less."""
    view, deal = outlook_on(talk.case.file, talk.reference), talk.case.outcome(talk.reference)
    truces = {
        (s, name): truce
        for s in talk.settings for name, truce in talk.truces(s, deal).items() if name in talk.threats
    }  # fmt: skip
    factor, weakest = factor_of(truces), weakest_sentence(talk, deal, truces, view.day)
    rows = [(declared_note(WORDS[ending.name]), _basis(view, ending), ending.hazard or np.nan, *_cells(ending.alive))
            for ending in view.then.endings]  # fmt: skip
    rows.append((declared_note("outlook.all"), declared_note("outlook.multiplied"), np.nan, *_cells(view.then.alive)))
    if factor != 1.0:
        tilted = view.then.tilted(factor)
        basis = declared_note("outlook.tilted_basis", factor=factor)
        rows.append((declared_note("outlook.tilted"), basis, tilted.hazard, *_cells(tilted.endings[0].alive)))
    pooled = declared_note("outlook.pooled"), declared_note("outlook.pooled_basis"), view.then.pooled
    rows.append((*pooled, *_cells(view.then.beside)))
    rows.append((declared_note("outlook.for_ever"), declared_note("outlook.nothing_ends"), 0.0, 1.0, 1.0, 1.0))
    if view.now is not None:
        ending = view.now.endings[0]
        basis = declared_note("outlook.record_to", day=read_through())
        rows.append((declared_note("outlook.from_today"), basis, ending.hazard, *_cells(ending.alive)))
    notes = [*filter(None, [weakest]), *_notes(view)]
    return table_of("case.outlook", rows, notes, deal=talk.label(talk.reference), day=f"{view.read:%-d %B %Y}")


#: What ends a bargain -> the note that says it.
WORDS = {"bargain": "outlook.by_sides", "date": "outlook.by_date", "instrument": "outlook.by_law"}

#: Bargains of a form, in words.
FORM_WORDS = {"truce": "dated truces", "order": "signed bargains", "terms": "general terms and posts"}

TIMES = ("never", "once", "twice", "three times", "four times")


def _cells(alive: Callable[[int], float]) -> list[float]:
    return [in_steps(alive(days)) for days in HORIZONS]


def _basis(view: DealOutlook, ending: Ending) -> str:
    if ending.name == "date":
        return declared_note("outlook.dates_end", chance=ending.chance, days=ending.days)
    if ending.name == "instrument":
        return declared_note("outlook.laws_struck")
    return declared_note("outlook.earlier", form=FORM_WORDS[view.then.form])


def _notes(view: DealOutlook) -> list[str]:
    notes = []
    if view.assumed:
        notes.append(declared_note("outlook.form_assumed", form=FORM_WORDS[view.then.form]))
    if any(ending.name == "date" for ending in view.then.endings):
        notes.append(declared_note("outlook.cautious"))
    if any(ending.name == "instrument" for ending in view.then.endings):
        notes.append(declared_note("outlook.rate_ends"))
    return [*notes, happened(view)] if view.named else notes


def happened(view: DealOutlook) -> str:
    """What became of a bargain on record."""
    if view.named is None:
        return ""
    days = view.named.lived(read_through())
    if view.named.over is None:
        return declared_note("outlook.runs_on", day=read_through(), days=days)
    if view.named.ended:
        return declared_note("outlook.sides_ended", days=days, day=view.named.over)
    note = {"struck": "outlook.struck", "replaced": "outlook.replaced"}[end_of(view.named)]
    return declared_note(note, days=days, day=view.named.over)


def end_of(bargain: Bargain) -> str:
    """What a bargain gave way to where its sides did not end it: "struck" where the dated record has a ruling that took
    effect on that day, else "replaced".
    """
    rulings = (event.effective for name in TIMELINES for event in load_events(name)[0] if event.verb == "court")
    return "struck" if bargain.over in set(rulings) else "replaced"


#: Dated records that know what a bargain gave way to.
TIMELINES = ("us-china-events", "us-trade-events")


def plain(view: DealOutlook) -> dict[str, Any]:
    """The forecast as plain values: its day, form and chances by days, those of all bargains alike, what came.

    `ever` says whether "for ever" has scored better at a year than the rule that is used, on the whole record.
    """
    named = view.named
    came = "" if named is None else "runs" if view.runs else "ended" if named.ended else end_of(named)
    return {
        "day": view.read.isoformat(),
        "form": view.then.form,
        "assumed": view.assumed,
        "chances": {str(days): chance for days, chance in view.chances.items()},
        "beside": {str(days): in_steps(view.then.beside(days)) for days in HORIZONS},
        "ever": _ever_better(),
        "came": came,
        "lived": 0 if named is None else named.lived(read_through()),
        "now": None if view.now is None else in_steps(view.now.endings[0].alive(HORIZONS[-1])),
        "read": read_through().isoformat(),
    }


@memoized
def _ever_better() -> bool:
    """Whether no end at all has scored better at the last horizon than the rule that is used."""
    used, ever = (survival_errors(bargains(), rule, HORIZONS[-1], read_through()).mean() for rule in ("form", "ever"))
    return bool(ever < used)


# --- threats on record whose deadline stands on the day of a case, and the chances of what comes of -------------------


def deadline_of(file: CaseFile) -> Deadline | None:
    """The next deadline between the parties of a case, None where none stands on its day.

    The stated rule sees episodes whose deadline lay before the day; what came of the threat itself is not read.
    """
    standing = [each for each in threats() if stands(each, file)]
    if not standing:
        return None
    threat = min(standing, key=lambda each: (each.deadline, each.announced, each.id))
    known = [each for each in scored(threats()) if each.deadline is not None and each.deadline < file.on]
    forecasts = dict(zip(OUTCOMES, forecast(threat, known), strict=True))
    day = threat.deadline.isoformat() if threat.deadline else ""
    steps = {name: in_steps(chance) for name, chance in forecasts.items()}
    return Deadline(
        threat.giver, threat.receiver, threat.measure, day, steps["imposed"], steps["postponed"], steps["deal"],
        steps["dropped"], float(EVEN[OUTCOMES.index("deal")]), *_scores(tuple(known)),
    )  # fmt: skip


@memoized
def _scores(known: tuple[RecordedThreat, ...]) -> tuple[float, float]:
    """Brier scores of the stated rule and of the even forecast over the episodes of some threats."""
    if not known:
        alone = float(brier(EVEN[None], np.zeros(1, dtype=np.int64)).mean())
        return alone, alone
    record = record_of(known)
    own, none = (brier(chances(record, rule), record.outcome) for rule in (stated, even))
    return float(by_episode(own, record.episode).mean()), float(by_episode(none, record.episode).mean())


def stands(threat: RecordedThreat, file: CaseFile) -> bool:
    """Whether a duty was threatened between parties of a case by its day, with a deadline that is not past."""
    between = {threat.giver, threat.receiver} <= set(file.parties) and threat.rate == threat.rate
    return between and threat.announced <= file.on and threat.deadline is not None and threat.deadline > file.on


def forecast(threat: RecordedThreat, known: Sequence[RecordedThreat]) -> list[float]:
    """Chances of the four outcomes of a threat by the stated rule, from others whose outcome is known."""
    # The rule does not read the outcome of the threat it forecasts; a stand-in keeps it out of the arrays as well.
    record = record_of([*known, replace(threat, came="postponed", final="", final_on=None)])
    place = len(known)
    return [float(chance) for chance in stated(record, place, record.sight(place))]
