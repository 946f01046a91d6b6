"""Events, past averages, forecasts, numbers in print, threats and deals in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import Table, declared_note
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.evidence.chances import ENOUGH, Ranged
from detente.faces.words.language import Language, load
from detente.lab.record.reconcile import AVERAGE, MODELLED, Reconciliation, gives, largest
from detente.lab.score.score import standard_month
from detente.lab.score.track import AHEAD, MODEL, MODEL_WORDS, RATE_USED, RATE_WORDS


def events_in_words(events: Table, first: date, last: date) -> str:
    """How many events are on record in a span, and which was the last."""
    say = load()
    newest = next(events.rows())
    return say(
        "record_events", count=len(events), first=say.day(first), last=say.day(last), day=say.day(newest["announced"]),
        what=newest["what"].rstrip("."),
    )  # fmt: skip


def place_in_words(places: Table) -> tuple[Mapping[str, Any], str]:
    """The first place of a table with a sentence of where it stands, and what was collected last."""
    placed, *_, last = places.rows()
    label, size = str(placed["rate_of"]), f"{placed['rate']:.1%}"
    day = label.removeprefix("law of ")
    if placed["definition"] == declared_note("history.given"):
        head = f"An average US tariff of {size} would be"
    elif day != label:
        head = f"The average US tariff on {load().day(day)}, {size}, is"
    else:
        head = f"Under the scenario '{label}', the average US tariff of {size} is"
    year = last["rate_of"].rpartition(" ")[2]
    collected = f"In {year} the United States collected tariffs worth {last['rate']:.1%} of its imports"
    return placed, f"{head} {since(placed)}. {collected}."


def since(place: Mapping[str, Any]) -> str:
    """How high a row of places stands, within a sentence."""
    year, then = place["highest_since"], f" ({place['rate_then']:.1%} then, by duty collected)"
    if not year:
        return "higher than in any year since 1901, by duty collected"
    return f"level with that of {year}{then}" if place["equal"] else f"the highest since {year}{then}"


def score_in_words(scores: Table, as_of: date | None) -> tuple[str, Mapping[str, Any]]:
    """How far the first forecast of a table missed, beside the rule that nothing changes, with its row."""
    row, say = next(scores.rows()), load()
    day = as_of or date.fromisoformat(f"{standard_month()}-01")
    relative = row["came"] != row["came"]  # amounts of dollars, whose errors are shares of what came
    error, persists = (say.percent(row[n]) if relative else f"{say.number(100 * row[n], 2)} points"
                       for n in ("error", "persists"))  # fmt: skip
    parts = {"what": say(f"score_{str(row['quantity']).replace(' ', '_')}"), "month": say.month(day), "error": error}
    return say("record_score", **parts, persists=persists, count=row["months"]), row


def world_score_in_words(scores: Table, partner: str = "CHN") -> tuple[str, Mapping[str, Any]]:
    """How far the models of the world economy missed in the last span, beside no change, with the row of the path."""
    say, rows = load(), list(scores.rows())
    span = rows[-1]["span"]
    own, every = (
        {row["model"]: row for row in rows if (row["span"], row["partner"]) == (span, code)}
        for code in (partner, "all")
    )
    sizes, whole, apart = (
        {name.replace("no change", "none"): say.number(100 * row[column], 1) for name, row in errors.items()}
        for errors, column in ((own, "error"), (every, "error"), (every, "others"))
    )
    whole |= {f"{name}_others": size for name, size in apart.items()}
    better = say("record_world_better" if every["path"]["ratio"] < 1.0 else "record_world_worse")
    first = say("record_world", span=span, partner=say.country(partner), **sizes)
    return f"{first} {say('record_world_all', better=better, **whole)}", own["path"]


#: Words of a sentence at most.
MOST_WORDS = 20


def verdict_in_words(answer: Reconciliation, say: Language | None = None) -> str:
    """Whose count gives the number and what moves most, in at most twenty words."""
    say = say or load()
    head = _head(answer, say)
    for most in (2, 1):
        # A step in short, with what it moves: "USMCA claims of 2024 +2.4".
        steps = [f"{bar.words.partition(',')[0]} {moved(bar.points, answer, say)}" for bar in largest(answer, most)]
        text = say("reconcile_with", head=head, steps=", ".join(steps)) if steps else f"{head}."
        if len(text.split()) <= MOST_WORDS:
            return text
    return f"{head}."


def _head(answer: Reconciliation, say: Language) -> str:
    number, ours = (amount(value, answer, say) for value in (answer.waterfall.theirs, answer.waterfall.ours))
    counting = answer.counting
    parts = {"number": number, "ours": ours, "who": counting.who, "gives": amount(counting.value, answer, say)}
    if not counting.on_record:
        asked_for = ("reconcile_given", "reconcile_none")
        meets, fails = ("reconcile_nobody", "reconcile_far") if answer.nearest else asked_for
        return say(meets if answer.meets else fails, **parts)
    if answer.number.what in MODELLED:
        return say("reconcile_modelled" if answer.meets else "reconcile_model", **parts)
    if answer.meets:
        return say("reconcile_meets", **parts)
    return say("reconcile_named" if answer.named or counting.report else "reconcile_nearest", **parts)


def amount(value: float, answer: Reconciliation, say: Language) -> str:
    """A number of the quantity: 17.8%, 1.71%, 300 bn, 2,800 dollars."""
    if answer.number.unit is Unit.SHARE:
        return say.percent(value, digits_of(answer))
    if answer.number.unit is Unit.USD:
        return say("reconcile_billions", number=say.number(value * 1e-9))
    return say("reconcile_dollars", number=say.number(value))


def moved(points: float, answer: Reconciliation, say: Language) -> str:
    """What a step moves: points, billions or dollars, with its sign."""
    factor = {Unit.SHARE: 100.0, Unit.USD: 1e-9, Unit.DOLLARS: 1.0}[answer.number.unit]
    digits = digits_of(answer) if answer.number.unit is Unit.SHARE else 0
    return say.number(points * factor, digits, sign=True)


def digits_of(answer: Reconciliation) -> int:
    """Decimals of a per cent: one of average tariffs, else two."""
    return 1 if answer.number.what == AVERAGE else 2


def reach_in_words(answer: Reconciliation) -> str:
    """What no combination of choices gives, or which one gives it where the choices of a publisher do not; "" else."""
    say = load()
    number = amount(answer.waterfall.theirs, answer, say)
    if answer.span is not None:
        low, high = (amount(value, answer, say) for value in answer.span)
        return say("reconcile_span", number=number, low=low, high=high)
    best = next((each for each in answer.nearest if gives(each, answer.number)), None)
    if answer.meets or best is None:
        return ""
    made = [turn.words.partition(",")[0] for turn in best.turns if turn.name != "law"]
    return say("reconcile_other", gives=amount(best.value, answer, say), choices=say.listed(made))


#: Row of settlements in the table of when talks end.
SETTLED = "settled before the deadline"

#: Row of every form together.
ALL = "all"


def became(tables: Sequence[Table], say: Language | None = None) -> str:
    """What became of the rows of the record, in a sentence for each of the first two kinds; or of signed terms."""
    main, say = tables[0], say or load()
    if main.name == "signed_terms":
        holds = {row["case"] for row in main.rows() if not row["short"]}
        return say("became_terms", count=say.number(len(set(main["case"]))), size=say.number(len(holds)))
    if len(set(main["id"])) == 1:
        row = next(main.rows())
        return say("became_one", **{**row, "kind": first_upper(row["kind"]), "day": say.day(row["date"])})
    words = []
    for kind in ("deal", "threat", "truce", "promise"):
        came = Counter(str(row["came"]).split(" after ")[0] for row in main.rows() if row["kind"] == kind)
        if came and (kind != "deal" or came.total() == len(main)):
            parts = say.listed([f"{size} {say.forms['became'].get(end, end)}" for end, size in came.most_common()])
            error = next((100.0 * table["error"].mean() for table in tables if table.name == "track_rates"), 0.0)
            words.append(say(f"became_{kind}", size=say.number(came.total()), parts=parts, error=say.number(error, 1)))
    return " ".join(words[:2])


def sentences(tables: Sequence[Table], say: Language | None = None) -> list[str]:
    """The skill of each rule that is used over the rule that knows least, and how long bargains live."""
    by_name, say = {table.name: table for table in tables}, say or load()
    return [*_threats(by_name, say), *_rates(by_name, say), *_lives(by_name, say)]


def _threats(tables: Mapping[str, Table], say: Language) -> Iterator[str]:
    if "track_rules" not in tables:
        return
    rules = tables["track_rules"]
    yield say("track_how")
    yield say("track_skill")
    count = len(set(tables["track_threats"]["episode"].tolist()))
    skill, low, high = (say.number(rules[name][0], 2, sign=True) for name in ("skill", "low", "high"))
    yield say("track_threats", episodes=say.number(count), skill=skill, low=low, high=high)
    yield _told_apart(rules, say)
    own, none = rules["brier"][:2]
    if own >= none:
        yield say("track_even", none=say.number(none, 3), own=say.number(own, 3))
    yield from _ahead(tables, say)
    if "track_tilt" in tables:
        table = tables["track_tilt"]
        last = table["brier_rows"][-1] - table["brier_rows"][0]
        yield say("track_tilt_worse" if last >= 0.0 else "track_tilt_better", need=ENOUGH)


def _ahead(tables: Mapping[str, Table], say: Language) -> Iterator[str]:
    """When threats are settled, and which still run."""
    when = {str(row["what"]): row for row in tables["track_when"].rows()}
    if SETTLED in when:
        row = when[SETTLED]
        yield say("track_when", size=say.number(row["count"]), days=say.number(row["median"], 0))
    for name, due in (("track_next", False), ("track_due", True)):
        rows = [row for row in tables["track_next"].rows() if (row["state"] != AHEAD) is due]
        if rows:
            yield say(name, size=say.number(len(rows)), day=say.day(min(str(row["deadline"]) for row in rows)))


def _rates(tables: Mapping[str, Table], say: Language) -> Iterator[str]:
    if "track_rate_rules" in tables:
        rules = tables["track_rate_rules"]
        errors = dict(zip(rules["rule"].tolist(), rules["error"].tolist(), strict=True))
        own, before = (say.number(100.0 * errors[RATE_WORDS[name]], 1) for name in (RATE_USED, "before"))
        skill, low, high = (say.number(rules[name][0], 2, sign=True) for name in ("skill", "low", "high"))
        yield say("track_rates", own=own, before=before, skill=skill, low=low, high=high)
        yield _told_apart(rules, say)
    if "track_model_rules" in tables:
        yield from _model(tables["track_model_rules"], tables["track_model_rates"], say)


def _model(rules: Table, rates: Table, say: Language) -> Iterator[str]:
    """What the model's rates are worth beside those of the record, and whether so few can rank them."""
    errors = dict(zip(rules["rule"].tolist(), rules["error_rows"].tolist(), strict=True))
    own, record = (100.0 * errors[name] for name in (MODEL_WORDS[MODEL], RATE_WORDS[RATE_USED]))
    parts = {"own": say.number(own, 1), "record": say.number(record, 1), "size": say.number(len(rates))}
    yield say("track_model", **parts)
    count = len(set(rates["wave"].tolist()))
    if count < ENOUGH:
        yield say("track_few", count=say.number(count), used=say("track_used" if own >= record else "track_unused"))


def _lives(tables: Mapping[str, Table], say: Language) -> Iterator[str]:
    if "track_hazards" not in tables:
        return
    table = tables["track_hazards"]
    for k, form in enumerate(table["form"].tolist()):
        if form != ALL:
            alive = say.percent(table["day_365"][k], 0)
            size, ends = say.number(table["count"][k]), say.number(table["ends"][k])
            yield say("track_lives", form=first_upper(form), alive=alive, size=size, ends=ends)


def _told_apart(table: Table, say: Language) -> str:
    """Whether the interval of the first rule's skill holds zero."""
    beside = Ranged(*(float(table[name][0]) for name in ("skill", "low", "high")))
    return say("track_open" if beside.open else "track_apart")
