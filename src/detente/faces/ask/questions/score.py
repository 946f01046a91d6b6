"""Score."""

from __future__ import annotations

from datetime import date

from detente.faces.ask import Answer, Number, question


@question(
    "Record", "score --as-of 2025-03 --to 2026-02", "score prices", "score --as-of 2025-08 --rates collected",
    choices={"what": "detente.lab.score.score:WHAT", "rates": ("statutory", "collected")},
)  # fmt: skip
def score(
    what: str = "",
    *,
    as_of: date | None = None,
    to: date | None = None,
    rates: str = "statutory",
    seed: int = 20250512,
) -> Answer:
    """How our forecasts of tariffs, imports and prices compare with what came, and with simple rules.

    A forecast knows the acts signed and the trade recorded by the end of one month: March 2025 by default, the last
    before the tariffs of April 2025. It looks a year ahead, as far as anything is on record.

    >>> import detente as dt
    >>> answer = dt.score("average", as_of="2025-03", to="2025-06")
    >>> answer["partner_name"][0]
    'every partner'

    Parameters
    ----------
    what : average tariff, tariff revenue, imports or prices; all where none is named.
    rates : collected takes the forecast through delay and through tariffs that are not collected, each as estimated on
        the months up to it.
    seed : of the months drawn again behind each range.
    """
    from detente.faces.words.record import score_in_words
    from detente.lab.score.every import every_named
    from detente.lab.score.score import score as scored

    tables = scored(as_of, to, what=what, rates=rates, seed=seed)
    sentence, row = score_in_words(tables[0], as_of)
    return Answer.of(
        sentence, tables, number=Number(row["error"], "share", against=f"assuming no change: {row['persists']:.4f}"),
        more=every_named(seed, rates == "collected"),
    )  # fmt: skip
