"""Aspect files: facts about goods that a code cannot show, from `aspects.yaml` of a lawbook."""

from __future__ import annotations

from typing import Any

from detente.codes import InputError
from detente.codes.hs import digits
from detente.data.yamlfile import as_list, as_share, as_text, check_keys
from detente.law.aspects import Aspect

ASPECT_KEYS = (
    "id title states statement source bounds line presumed trade whole above counts_from used_by switch note".split()
)
CODE_LENGTHS = tuple(range(2, 11))
"""Digits of a prefix that a lawbook may name."""


def read_aspect(row: Any, where: str) -> Aspect:
    """One aspect from its entry; `where` is the entry's place, for messages."""
    keys = check_keys(row, ASPECT_KEYS, where, ("id", "states"))
    states = tuple(as_text(state, where) for state in as_list(keys["states"]))
    if len(states) < 2:
        raise InputError(where, "has fewer than two states", 'name them, as in states: ["no", "yes"]')
    line, trade = _shares(keys.get("line"), where), _shares(keys.get("trade"), where)
    low, high = _bounds(keys.get("bounds"), where)
    return Aspect(
        id=as_text(keys["id"], where),
        title=str(keys.get("title") or keys["id"]),
        states=states,
        statement=str(keys.get("statement") or ""),
        source=str(keys.get("source") or ""),
        bounds=(low, high),
        presumed=bool(keys.get("presumed")),
        line=line["default"],
        line_by_prefix=line["by_prefix"],
        trade=trade["default"],
        by_prefix=trade["by_prefix"],
        table=trade["table"] or line["table"],
        whole={code: str(state) for code, state in _by_code(keys.get("whole"), "whole", where).items()},
        above=_above(keys.get("above"), where),
        counts_from=_counts_from(keys.get("counts_from"), states, where),
        used_by=str(keys.get("used_by") or ""),
    )


def _bounds(value: Any, where: str) -> tuple[float, float]:
    """Lowest and highest plausible share."""
    shares = [as_share(bound, where) for bound in as_list(value)] if value is not None else [0.0, 1.0]
    if len(shares) != 2 or not 0.0 <= shares[0] <= shares[1] <= 1.0:
        raise InputError(where, "'bounds' should be two shares, the lower one first", "as in bounds: [0, 0.5]")
    return shares[0], shares[1]


def _by_code(value: Any, name: str, where: str) -> dict[str, Any]:
    """A mapping from prefixes of tariff codes, as `by_prefix` and `whole` have it."""
    if value is not None and not isinstance(value, dict):
        raise InputError(where, f"'{name}' should name codes and what holds under them", 'as in {"73": ...}')
    return {digits(code, where, CODE_LENGTHS): entry for code, entry in (value or {}).items()}


def _above(value: Any, where: str) -> tuple[str, float] | None:
    """The aspect and the share over which another follows, from `above: {us_content: 0.4}`."""
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise InputError(where, "'above' should name one aspect and a share", "as in above: {us_content: 0.4}")
    return next((str(aspect), as_share(share, where)) for aspect, share in value.items())


def _counts_from(value: Any, states: tuple[str, ...], where: str) -> float | None:
    """Share of the value from which a content counts, for an aspect of three states."""
    if value is None:
        return None
    share = as_share(value, f"{where}, counts_from")
    if len(states) != 3 or not 0.0 < share < 1.0:
        raise InputError(where, "'counts_from' is a share of a content with three states", "as in counts_from: 20%")
    return share


def _shares(value: Any, where: str) -> dict[str, Any]:
    """Default share, shares by prefix and table name of an aspect's `line` or `trade` entry."""
    if value is None or not isinstance(value, dict):
        return {"default": 0.0 if value is None else as_share(value, where), "by_prefix": {}, "table": ""}
    keys = check_keys(value, ("default", "by_prefix", "table"), where)
    shares = _by_code(keys.get("by_prefix"), "by_prefix", where)
    by_prefix = {code: as_share(share, where) for code, share in shares.items()}
    return {
        "default": as_share(keys.get("default", 0.0), where),
        "by_prefix": by_prefix,
        "table": keys.get("table", "") or "",
    }
