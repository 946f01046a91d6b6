"""What the record of threats, deals and truces allows to be said, in the words that it allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.codes import Table


def sentences(tables: Sequence[Table]) -> list[str]:
    """The skill of each rule that is used over the rule that knows least, and how long bargains live."""
    by_name = {table.name: table for table in tables}
    return [*_threats(by_name), *_rates(by_name), *_lives(by_name)]


def _threats(tables: dict[str, Table]) -> Iterator[str]:
    if "track_rules" not in tables:
        return
    rules = tables["track_rules"]
    episodes = len(set(tables["track_threats"]["episode"].tolist()))
    yield f"Threats: on {episodes} episodes the skill of the record over its own average is {_skill(rules)}."
    yield _told_apart(rules)
    own, none = rules["brier"][:2]
    if own >= none:
        yield f"Knowing nothing scored better in order of time: {none:.3f} against {own:.3f}."


def _rates(tables: dict[str, Table]) -> Iterator[str]:
    if "track_rate_rules" in tables:
        rules = tables["track_rate_rules"]
        yield f"Rates: the record misses by {rules['error'][0] * 100:.1f} points, the law of the day before by " + (
            f"{rules['error'][1] * 100:.1f}."
        )
        yield _told_apart(rules)


def _lives(tables: dict[str, Table]) -> Iterator[str]:
    if "track_hazards" in tables:
        table = tables["track_hazards"]
        for k, form in enumerate(table["form"].tolist()):
            if form != "all":
                alive = f"{table['day_365'][k]:.0%} of {table['count'][k]} alive after a year"
                yield f"{form[:1].upper()}{form[1:]}: {alive}, {table['ends'][k]} ended."


def _skill(table: Table) -> str:
    return f"{table['skill'][0]:+.2f}, from {table['low'][0]:+.2f} to {table['high'][0]:+.2f}"


def _told_apart(table: Table) -> str:
    """Whether the interval of the first rule's skill holds zero."""
    if table["low"][0] <= 0.0 <= table["high"][0]:
        return "That range holds zero: we cannot tell them apart."
    return "That range lies on one side of zero."
