"""What the record of threats, deals and truces allows to be said, in the words that it allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from detente.codes import Table
from detente.codes.names import first_upper
from detente.evidence.chances import ENOUGH, Ranged
from detente.faces.words.language import Language, load
from detente.lab.score.track import AHEAD, MODEL, MODEL_WORDS, RATE_USED, RATE_WORDS

SETTLED = "settled before the deadline"
"""Row of settlements in the table of when talks end."""

ALL = "all"
"""Row of every form together."""


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
