"""The page of a country that is not at the table: what each package does to its real income, and to whom else."""

from __future__ import annotations

from collections.abc import Sequence

from detente.data.small_world import REGION_NAMES
from detente.faces.words.advice import PageBlock, known_to
from detente.faces.words.amounts import NONE, amount
from detente.faces.words.footing import world_sentence
from detente.faces.words.issues import cell_words, column_words, in_form, threat_words
from detente.faces.words.language import Language
from detente.faces.words.page import Row, block_lines, filled, joined, laid_out, moving_issues, titled
from detente.lab.talks.advice import ADVICE, BELIEVED, FALLBACK, OutsideAdvice, OutsideRow

SMALL = 5e-3
"""Change of real income that prints as none, USD bn a year."""


def outsider_name(code: str, say: Language) -> str:
    """A country or region of the world in a list."""
    region = REGION_NAMES.get(code)
    return say.name(code) if region is None else region


def outside_title(advice: OutsideAdvice, say: Language) -> tuple[str, str]:
    """Case, and whose page it is."""
    region = advice.country in REGION_NAMES
    whose = outsider_name(advice.country, say) if region else say.country(advice.country)
    return advice.title, say("advice_outside", country=whose)


def outside_basis(advice: OutsideAdvice, say: Language) -> str:
    """What the numbers are."""
    exact = say("advice_exact", base=threat_words(advice.threat(advice.base), say))
    return " ".join(filter(None, [known_to(advice.known, say, advice.title), exact]))


def outside_blocks(advice: OutsideAdvice, say: Language) -> list[PageBlock]:
    """What the package does to the country and to others."""
    row = next((row for row in advice.rows if row.kind == ADVICE), None)
    if row is None or abs(row.income) < SMALL:
        effect = [say("advice_effect_none")]
    else:
        income, share = amount(row.income, say), say.percent(row.share, 2, sign=True)
        effect = [say("advice_effect", side=say.country(advice.parties[0]), income=income, share=share)]
        if row.income < 0.0:
            more = row.rank - 1
            effect.append(
                say("advice_rank", count=more, total=advice.outsiders) if more
                else say("advice_rank_none", total=advice.outsiders)
            )  # fmt: skip
    others = [
        say(name, list=say.listed([f"{outsider_name(code, say)} {amount(value, say)}" for code, value in some]))
        for name, every in (("advice_hurt", advice.hurt), ("advice_helped", advice.helped))
        if (some := [pair for pair in every if abs(pair[1]) >= NONE])
    ]
    made = [("effect", effect), ("others", others), ("stands", [world_sentence(advice.footing, say)])]
    return [PageBlock(say(f"advice_head_{name}"), sentences, name) for name, sentences in made if sentences]


def outside_table(advice: OutsideAdvice, say: Language) -> tuple[list[list[str]], list[Row]]:
    """Heads and rows: levels, change of real income, and its share."""
    moving = moving_issues(advice.issues, [row.levels for row in advice.rows])
    heads = [
        [say("advice_column_package")],
        *(column_words(advice.issues[k], say) for k in moving),
        say("advice_column_income").split(", "),
        [say("advice_column_share")],
    ]
    rows = [
        (
            outside_row_name(row, advice, say),
            [
                *(cell_words(in_form(advice.issues, k, row.levels), row.levels[k], say) for k in moving),
                say.number(row.income, 2, sign=True),
                say.number(100.0 * row.share, 2, sign=True),
            ],
        )
        for row in advice.rows
    ]
    return heads, rows


def outside_row_name(row: OutsideRow, advice: OutsideAdvice, say: Language) -> str:
    """A package in the table."""
    kinds = {threat.kind: threat for threat in reversed(advice.threats)}
    if row.kind in ("status-quo", "past-law"):
        return threat_words(kinds[row.kind], say)
    if row.name in (ADVICE, FALLBACK, BELIEVED):
        base = threat_words(kinds["status-quo"], say) if row.name == BELIEVED else ""
        return say(f"advice_row_{row.name}", base=base)
    return say.law(row.label)


def as_outside_page(advice: OutsideAdvice, say: Language, more: Sequence[str] = ()) -> str:
    """The page of a country that is not at the table; `more` : last lines, on where the rest is."""
    top = [*titled(*outside_title(advice, say)), *filled(outside_basis(advice, say))]
    parts = [block_lines(part) for part in outside_blocks(advice, say)]
    last = [line for text in more for line in filled(text)]
    return joined(top, parts, laid_out(*outside_table(advice, say)), last)
