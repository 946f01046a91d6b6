"""What a run says of the world economy: real income of the parties and of who else is concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.codes import Table
from detente.data.tables import place
from detente.faces.words.spans import JOINT, OVER, between, closure_of, joint_of, printed, signed
from detente.lab.ground.most_moved import most_moved


def world_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Real income of the parties and of the partner whose duties change most, with their ranges."""
    read = printed(tables)
    rows = [row for row in read["economy"].rows() if row["measure"] == "real income"] if "economy" in read else []
    sentences = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == variant]
        label = f"{variant}: real" if len(own) < len(rows) else "Real"
        third = most_moved(read, variant)
        named = {row["country"] for row in own}
        other = [] if third is None or third.member in named else _income_of(read, variant, third.member)
        parts = [f"{_income(row, joint_of(read, variant, 'real income', row['country']))}" for row in own]
        parts += [_income(row, None) for row in other]
        places = [place(row["country"]) for row in (*own, *other)]
        each = _in_words([f"{part} in {where}" for part, where in zip(parts, places, strict=True)])
        sentences.append(f"{label} income {each}, in general equilibrium; {closure_of(read)}.")
    return sentences


def _income_of(tables: Mapping[str, Table], variant: str, country: str) -> list[dict[str, Any]]:
    """Change of real income of any country as a row of the headline numbers has it."""
    rows = tables["incomes"].rows() if "incomes" in tables else ()
    return [
        {
            "country": country,
            "change": row["real_income"],
            "low": row["real_income_low"],
            "high": row["real_income_high"],
        }
        for row in rows
        if (row["variant"], row["country"]) == (variant, country)
    ]


def _income(row: Mapping[str, Any], drawn: Mapping[str, Any] | None) -> str:
    """A change of real income with its range: of joint draws, or of elasticities, closures, claims and weights."""
    spread = (
        between(row["low"], row["high"], 2, over=OVER)
        if drawn is None
        else between(drawn["low"], drawn["high"], 2, of=JOINT)
    )
    return f"{signed(row['change'], 2)}{spread}"


def _in_words(parts: Sequence[str]) -> str:
    """Parts of a sentence as a list: "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
