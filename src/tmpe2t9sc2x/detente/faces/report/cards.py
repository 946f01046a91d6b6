"""Headline cards: a number, its range, how it was found in one sentence, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.codes import Table
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.data.tables import place
from detente.draws import LEAST_DRAWS
from detente.faces.charts.frame import day, uncoded, variants, worded
from detente.faces.words.sides import adjective, possessive
from detente.faces.words.spans import OVER, agreeing, draws_of, few, gain_ends, printed, revenue_ends, set_name
from detente.lab.duties.among import parties, two_sides
from detente.lab.duties.revenue import SETTLED, STATIC
from detente.lab.duties.tables import COLLECTED, FIXED, POST, SHIPPED, weighed
from detente.lab.ground.most_moved import most_moved

Tables = Mapping[str, Table]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Card:
    """One headline.

    Attributes
    ----------
    table : where its numbers are.
    label : what it is; `number` : as readers see it; `against` : the comparison.
    spread : its range, or why it has none, as a sentence.
    method : how it was found, one sentence; `changes` : what would change it.
    """

    table: str
    label: str
    number: str
    against: str
    spread: str
    method: str
    changes: str


def cards(tables: Tables) -> list[Card]:
    """Every card for which the result has tables, of the first variant."""
    find = _Rows(tables)
    makers = (own_duty, partner_duty, history, duty_of_others, revenue, real_income, trade, prices, household)
    return [card for make in (*makers, shortage, signing) for card in make(find)]


class _Rows:
    """Rows of a table's first variant that hold some values."""

    def __init__(self, tables: Tables) -> None:
        self.tables, self.draws = printed(tables), draws_of(tables)
        self.sides, self.parties = two_sides(tables), parties(tables)

    @property
    def no_draws(self) -> str:
        """Why a number that draws would give a range has none."""
        if self.draws and few(self.draws):
            return f"No range: the run made {self.draws} draws, and a range takes {LEAST_DRAWS}."
        return NO_DRAWS

    @property
    def count(self) -> str:
        """The draws behind ranges, with their number where it is known."""
        return f"{self.draws} draws" if self.draws else "draws"

    def __call__(self, table: str, **wanted: object) -> list[Row]:
        if table not in self.tables:
            return []
        _, first = variants(self.tables[table])[0]
        return [row for row in first.rows() if all(row.get(key) == value for key, value in wanted.items())]


Find = _Rows


NO_DRAWS = "No range: the run made no draws."
MODEL = "Both laws solved in a model of the world economy with trade in inputs (Caliendo and Parro 2015)."
ONE_SET = "No range: one set of trade elasticities was run."


def _joint(find: Find, measure: str, country: str) -> Row | None:
    """The range of a number over everything uncertain, drawn jointly, where the run has it."""
    return next(iter(find("ranges", measure=measure, country=country)), None)


def _movers(row: Row, otherwise: str) -> str:
    """The inputs that move a number most."""
    return _listed([str(row[key]) for key in ("first", "second") if row.get(key)], otherwise)


def _listed(named: Sequence[str], otherwise: str) -> str:
    """Inputs in words."""
    said_of = "; ".join(uncoded(name) for name in named)
    return f"{first_upper(said_of)}." if said_of else otherwise


def _between(low: float, high: float, unit: Unit, digits: int, sign: bool = False) -> str:
    return f"{worded(low, unit, digits, sign)} to {worded(high, unit, digits, sign)}"


def _edge(row: Row) -> str:
    """Why a value lies near an end of its range, as a clause; "" where it does not."""
    way, _, name = str(row.get("one_way") or "").partition(": ")
    verb = {"up": "raise", "down": "lower"}.get(way)
    return f"; {uncoded(name)} can only {verb} it" if verb else ""


def own_duty(find: Find) -> Iterator[Card]:
    """The average duty of the first side under the law of the scenario."""
    for row in find("headline", definition=FIXED):
        post = find("headline", definition=POST)
        other = f" {worded(post[0]['after'], Unit.SHARE, 1)} once buyers answer." if post else ""
        drawn = _joint(find, "average duty, fixed weights", find.sides[0]) or row
        ranged = drawn["low"] == drawn["low"]
        movers = [str(drawn[key]) for key in ("movers", "first", "second") if drawn.get(key)]
        over = find.count if drawn is not row else f"{find.count} of shares of goods, claims and the year of weights"
        number, moved = _level(row)
        yield Card(
            "headline",
            f"Average {adjective(find.sides[0])} duty on imports",
            number,
            f"{moved} under the {law_before(row)}",
            f"Range: {_between(drawn['low'], drawn['high'], Unit.SHARE, 1)} in 90% of {over}{_edge(drawn)}."
            if ranged
            else find.no_draws,
            f"Law of {day(row['on'])} on every tariff line, weighted by imports of {weighed(find.tables)}.{other}",
            _listed(movers if ranged else [], "The year whose imports are the weights."),
        )


def law_before(row: Row) -> str:
    """The law that a row of the headline is compared with, as readers name it."""
    if row["on"] != row["against"]:
        return f"law of {day(row['against'])}"
    return f"{'shipped' if row.get('base', SHIPPED) == SHIPPED else 'other'} law of {day(row['against'])}"


def _level(row: Row) -> tuple[str, str]:
    """An average and how it moved, at the fewest decimals that agree with one another."""
    old, new = (worded(row[key], Unit.SHARE, 1) for key in ("before", "after"))
    if old == new:
        return new, f"as {old}"
    digits = agreeing(100.0 * row["before"], 100.0 * row["after"], 1)
    old, new = (worded(row[key], Unit.SHARE, digits) for key in ("before", "after"))
    return (
        new,
        f"{'up' if row['change'] > 0 else 'down'} {worded(abs(row['change']), Unit.POINTS, digits)} points from {old}",
    )


def partner_duty(find: Find) -> Iterator[Card]:
    """The average duty on goods of the partner whose duties change most, where that is not China."""
    third = most_moved(find.tables)
    if third is None:
        return
    number, moved = _level({"before": third.before, "after": third.after, "change": third.after - third.before})
    yield Card(
        "partner_moved",
        f"Average {adjective(find.sides[0])} duty on goods of {third.where}",
        number,
        f"{moved} before the change",
        "No range: draws are made for the average of all partners.",
        f"Law on every tariff line, weighted by imports of {weighed(find.tables)}.",
        "Which goods the change leaves out.",
    )


def history(find: Find) -> Iterator[Card]:
    """Where the average of the scenario stands among those of the past."""
    for row in [r for r in find("places") if not str(r["rate_of"]).startswith("collected")][:1]:
        since, _, level = str(row["highest_since"]).partition(" ")
        known = since.isdigit()
        yield Card(
            "places",
            "The average in history",
            f"Level with {since}" if known and level else f"Highest since {since}" if known else "Highest on record",
            f"{worded(row['rate'], Unit.SHARE, 1)}, beside {worded(row['rate_then'], Unit.SHARE, 1)} in {since}"
            if known
            else worded(row["rate"], Unit.SHARE, 1),
            "No range; years within 0.05 points count as equal.",
            "The law at fixed weights, beside duty collected over imports of every year since 1901.",
            "What is compared with what: duty collected lies below the law, since goods stay away.",
        )


def shortage(find: Find) -> Iterator[Card]:
    """What licences on materials cost the United States without the deal, and with it."""
    rows = [
        r for r in find("materials", country="USA", period="year 1") if "without" in r and r.get("deal") is not None
    ]
    for row in [r for r in rows if str(r["measure"]).startswith("GDP")][-1:]:
        low, high = (row.get(f"without_{end}", float("nan")) for end in ("p05", "p95"))
        yield Card(
            "materials",
            "US loss for want of licensed materials",
            f"{worded(row['without'], Unit.SHARE, 3)} of GDP",
            f"in the first year without the deal; {worded(row['deal'], Unit.SHARE, 3)} with it",
            f"Range: {_between(low, high, Unit.SHARE, 3)} in 90% of {find.count}." if low == low else find.no_draws,
            "Licences, stocks and substitutes by month, then output through the inputs of industries.",
            "How many licences come, what buyers hold in stock, how fast they find substitutes.",
        )


def duty_of_others(find: Find) -> Iterator[Card]:
    """The average duty of every other party on goods of the first side."""
    if "china" in find.tables:
        yield from chinese_duty(find)
    for code in find.parties[1:]:
        yield from _duty_on_first(find, code)


def _duty_on_first(find: Find, code: str) -> Iterator[Card]:
    rows = find("importer_pairs", importer=code, partner=find.sides[0])
    weights = "; ".join(str(row["weights"]) for row in find("importers", importer=code))
    level = {str(row["level"]) for row in find("importers", importer=code)}
    days = find("headline", definition=FIXED)
    for row in [] if "china" in find.tables and code == "CHN" else rows:
        number, moved = _level(row)
        yield Card(
            "importer_pairs",
            first_upper(f"{possessive(code)} average duty on {adjective(find.sides[0])} goods"),
            number,
            f"{moved}{f' under the {law_before(days[0])}' if days else ''}",
            "No range: draws are made for the average of all partners.",
            f"{_basis(level)}, weighted by imports ({weights}).",
            "What share of goods claims a preference, and what is imported of each line.",
        )


def _basis(level: set[str]) -> str:
    """What the duties of an importer are laid on."""
    return "Law on every tariff line" if level == {"line"} else "Law on means of sectors, as no tariff is on record"


def chinese_duty(find: Find) -> Iterator[Card]:
    """China's average duty on goods of the United States."""
    plain = find("china", reading="schedule, no exclusions")
    days = find("headline", definition=FIXED)
    for row in find("china", reading="with exclusions"):
        drawn = _joint(find, "average duty on US goods", "CHN")
        law = f" under the {law_before(days[0])}" if days else ""
        number, moved = _level(row)
        yield Card(
            "china",
            "China's average duty on US goods",
            number,
            f"{moved}{law}",
            f"Range: {_between(drawn['low'], drawn['high'], Unit.SHARE, 1)} in 90% of {find.count}."
            if drawn
            else f"No range; {worded(plain[0]['after'], Unit.SHARE, 1)} if no good were excluded."
            if plain
            else "No range is known.",
            "China's schedule and its additional duties, weighted by what it imports from the United States.",
            "How many goods China excludes from its additional duties; the lists are not all published.",
        )


def revenue(find: Find) -> Iterator[Card]:
    """Duty a year: in front the count of the world economy, where there is one, beside it the others."""
    rows, own = find("revenue"), find.sides[0]
    for first in rows[:1]:
        settled = first["demand"] == SETTLED
        # Whole billions where they agree with their change, else as many decimals as that takes.
        digits = agreeing(first["before"] / 1e9, first["after"] / 1e9, 0)
        before, after = (worded(first[key], Unit.USD, digits) for key in ("before", "after"))
        others = [row for row in rows[1:] if row["after"] == row["after"]]
        counts = "; ".join(
            f"{worded(row['after'], Unit.USD, 0)} bn USD {_counted(str(row['demand']))}" for row in others
        )
        yield Card(
            "revenue",
            f"{adjective(own)} duty of a year",
            f"{after} bn USD",
            f"{worded(first['change'], Unit.USD, digits, sign=True)} bn USD from {before}",
            _revenue_range(find, first) if settled else "No range: no world was solved.",
            (MODEL if settled else f"Imports of {weighed(find.tables)} by partner and tariff line.")
            + (f" Other counts: {counts}." if counts else ""),
            "How far buyers turn to other goods and countries.",
        )


def _counted(name: str) -> str:
    """What a count of revenue stands for, within a sentence."""
    if name.startswith(COLLECTED):
        return f"{name}, at annual rate"
    return "if nobody bought less" if name == STATIC else "if imports answer to their own duty alone"


def _revenue_range(find: Find, first: Row) -> str:
    """Range of the duty of a year in the world economy."""
    ends = revenue_ends(find.tables, str(first["variant"]), find.sides[0])
    if ends is None:
        return ONE_SET
    over = f"in 90% of {find.count}" if ends[2] else f"over {OVER}"
    return f"Range: {_between(*ends[:2], Unit.USD, 0)} bn USD {over}{_edge({'one_way': ends[3]})}."


def real_income(find: Find) -> Iterator[Card]:
    """Real income of every party."""
    for code in find.parties:
        label = f"{adjective(code) if code == 'USA' else first_upper(possessive(code))} real income"
        for row in find("economy", measure="real income", country=code):
            drawn = _joint(find, "real income", code)
            yield Card(
                "economy",
                label,
                worded(row["change"], Unit.SHARE, 2, sign=True),
                "against the earlier law, once trade has settled",
                _over_sets(find, row, drawn, 2),
                MODEL,
                _movers(drawn, "The trade elasticities.") if drawn else _sets_named(row),
            )
    yield from _third_income(find)


def _third_income(find: Find) -> Iterator[Card]:
    """Real income of the partner whose duties change most, of the Union the member that sells most."""
    third = most_moved(find.tables)
    for row in find("incomes", country=third.member) if third and third.member not in find.parties else []:
        ends = {"low": row["real_income_low"], "high": row["real_income_high"]}
        member = f", of {third.where} the one that sells most" if third and third.code != third.member else ""
        yield Card(
            "incomes",
            f"Real income of {place(str(row['country']))}",
            worded(row["real_income"], Unit.SHARE, 2, sign=True),
            f"against the earlier law, once trade has settled{member}",
            _over_sets(find, ends, None, 2),
            MODEL,
            "The trade elasticities.",
        )


def _over_sets(find: Find, row: Row, drawn: Row | None, digits: int) -> str:
    """Range of a number of the economy: over joint draws, else over elasticities, closures, claims and weights."""
    if drawn is not None:
        ends = _between(drawn["low"], drawn["high"], Unit.SHARE, digits, sign=True)
        return f"Range: {ends} in 90% of {find.count}{_edge(drawn)}."
    if row["low"] == row["high"]:
        return ONE_SET
    return f"Range: {_between(row['low'], row['high'], Unit.SHARE, digits, sign=True)} over {OVER}{_edge(row)}."


def _sets_named(row: Row) -> str:
    if row["low"] == row["high"]:
        return "The trade elasticities."
    return f"Lowest: {set_name(str(row['low_set']))}; highest: {set_name(str(row['high_set']))}."


def trade(find: Find) -> Iterator[Card]:
    """What the first side buys from the second."""
    first, second = find.sides
    for row in find("economy", measure=f"imports from {second}", country=first):
        drawn = _joint(find, f"imports from {second}", first)
        yield Card(
            "economy",
            f"{adjective(first)} imports from {place(second)}",
            worded(row["change"], Unit.SHARE, 0, sign=True),
            "against the earlier law, once trade has settled",
            _over_sets(find, row, drawn, 0),
            "Value before duty, in the same model; years, not months.",
            "The trade elasticities, and what third countries do.",
        )


def prices(find: Find) -> Iterator[Card]:
    """Consumer prices, where the run has them."""
    for row in find("prices")[:1]:
        ranged, ends = row["low"] == row["low"], _between(row["low"], row["high"], Unit.SHARE, 2, sign=True)
        yield Card(
            "prices",
            "US consumer prices",
            f"{worded(row['change'], Unit.SHARE, 2, sign=True)}",
            "against the earlier law, first round",
            f"Range: {ends} in 90% of {find.count} of prices{_edge(row)}." if ranged else find.no_draws,
            "Duties passed on through the inputs of every industry; nobody buys differently yet.",
            "How much of a duty sellers pass on, and whether domestic prices follow.",
        )


def household(find: Find) -> Iterator[Card]:
    """Cost to the mean household, where the run has it."""
    whole = Unit.COUNT
    for row in find("households", decile="all"):
        ranged = row["pocket_low"] == row["pocket_low"]
        wider = worded(abs(row["accounts"]), whole, 0)
        turned = -1.0 if row["pocket"] < 0 else 1.0
        low, high = sorted(turned * row[f"pocket_{end}"] for end in ("low", "high"))
        yield Card(
            "households",
            f"{'Saving of' if row['pocket'] < 0 else 'Cost to'} a US household",
            f"{worded(abs(row['pocket']), whole, 0)} USD a year",
            "out of pocket, against the earlier law",
            f"Range: {_between(low, high, whole, 0)} USD in 90% of {find.count} of prices."
            if ranged
            else find.no_draws,
            f"What it bought before, at the new prices; {wider} USD if what others pay for it counts.",
            "How much of a duty sellers pass on, and what counts as spending.",
        )


def signing(find: Find) -> Iterator[Card]:
    """Whether both sides gain over walking away, and whether the deal would hold."""
    rows = find("signing")
    if not rows:
        return
    over = [name.removeprefix("usa_over_") for name in rows[0] if name.startswith("usa_over_")]
    named = [name for name in over if f"chn_over_{name}" in rows[0]]
    verdicts = [(gain_of(find.tables, name), _gains(find.tables, rows, name)) for name in named]
    if not verdicts:
        return
    (threat, (verdict, each)), *others = verdicts
    rest = "; ".join(f"over {label} {word}" for label, (word, _) in others)
    yield Card(
        "signing",
        "Would it be signed, would it hold?",
        first_upper(verdict),
        f"over {threat}, if talks fail: {each} bn USD a year",
        f"{first_upper(rest)}{'. ' if rest else ''}{holding(find('stability'))}".strip() or "No range: no draws.",
        "Payoffs in the world economy at the deal less those of no deal; ranges over weights and what is assumed.",
        "What follows if talks fail, and what each side counts.",
    )


def gain_of(tables: Tables, threat: str) -> str:
    """What happens if talks fail, as the column of gains over it says."""
    about = next(c.description for c in tables["signing"].columns if c.name == f"usa_over_{threat}")
    return within(about.removeprefix("gain of USA over ").removesuffix(", a year"))


def within(label: str) -> str:
    """What happens if talks fail, as it stands within a sentence: "the status quo"."""
    from detente.codes.names import with_article

    return with_article(label)


def _gains(tables: Tables, rows: Sequence[Row], threat: str) -> tuple[str, str]:
    """Whether both sides gain over a threat, and the range of what each gains."""
    usa, chn = ([float(row[f"{side}_over_{threat}"]) for row in rows] for side in ("usa", "chn"))
    good = [a > 0 and b > 0 for a, b in zip(usa, chn, strict=True)]
    bad = [a <= 0 and b <= 0 for a, b in zip(usa, chn, strict=True)]
    word = "both sides gain" if all(good) else "both sides lose" if all(bad) else "not both gain"
    if any(good) and not all(good):
        word = "weights decide"
    spans = [_span(*gain_ends(tables, code, threat, each)[:2]) for code, each in (("USA", usa), ("CHN", chn))]
    return word, f"United States {spans[0]}, China {spans[1]}"


def _span(low: float, high: float) -> str:
    ends = [worded(end, Unit.USD, 1, sign=True) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def holding(rows: Sequence[Row]) -> str:
    """By what answer to a breach the deal holds by itself, and by what not under every weight; "" if unknown."""
    answers = list(dict.fromkeys(str(row["punishment"]) for row in rows))
    keeps = {
        answer: {str(row["keeps"]).startswith("yes") for row in rows if row["punishment"] == answer}
        for answer in answers
    }
    good = [answer for answer in answers if keeps[answer] == {True}]
    bad = [answer for answer in answers if answer not in good]
    parts = [f"holds by itself if a breach is answered by {' or '.join(map(within, good))}"] if good else []
    if bad:
        head = "not if by" if good else "does not hold by itself if a breach is answered by"
        parts.append(f"{head} {' or '.join(map(within, bad))}")
    return f"It {', '.join(parts)}." if parts else ""
