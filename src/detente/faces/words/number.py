"""A number as readers see it: label, levels, change, range, what moves it, and as a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from detente.codes import declared_note
from detente.codes.names import first_upper, vocabulary, words
from detente.codes.number import ResultNumber
from detente.codes.units import PRINTED, Unit
from detente.draws import median_away
from detente.faces.words.language import MINUS, Language, load

#: What the range of a number of the world economy is taken over without joint draws, one thing at a time.
WORLD_OVER = "trade elasticities, closures of trade balances, claims and weights"

#: Decimals beyond the usual ones that numbers are given where their printed difference would not be the change.
MORE = 3


def agreeing(before: float, after: float, digits: int) -> int:
    """Fewest decimals, from the given number to three more, at which the printed change is what two printed numbers
    differ by; the most where there are none.
    """
    tried = range(digits, digits + MORE + 1)
    agree = (d for d in tried if round(round(after, d) - round(before, d), d) == round(after - before, d))
    return next(agree, digits + MORE)


@dataclass(frozen=True)
class Shown:
    """A number with its texts.

    Attributes
    ----------
    names : words of ids that come from data; `law` : what gains are counted over, as a phrase.
    """

    number: ResultNumber
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    law: str = ""
    say: Language = field(default_factory=load, repr=False)

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """Unit and decimals of the quantity."""
        return vocabulary("quantity")[self.number.quantity]

    @cached_property
    def digits(self) -> int:
        """Decimals: those of the quantity, or as many as make before, after and change agree."""
        least, n = int(self.about["decimals"]), self.number
        if n.level and self.about.get("exact"):
            return agreeing(self.scaled(n.before), self.scaled(n.value), least)
        hidden = 0.0 < abs(self.scaled(n.value)) < 0.5 * 10.0**-least
        return least + 1 if hidden and self.about.get("fine") else least

    def scaled(self, value: float) -> float:
        """A value in the unit that readers see."""
        factor = PRINTED[Unit(self.about["unit"])].factor
        return value / 1e9 if factor < 1.0 else value * factor

    def text(self, value: float, *, sign: bool = False, unit: bool = False) -> str:
        """A value of this quantity; `unit` : with its sign of per cent."""
        text = self.say.number(self.scaled(value), self.digits, sign=sign)
        return f"{text}%" if unit and self.about["unit"] == "share" else text

    @property
    def name(self) -> str:
        """Its id; of a gain with jobs, which stands for the others, that of a gain."""
        return "gain" if self.number.quantity == "gain_jobs" else self.number.quantity

    @property
    def country(self) -> str:
        """Whose it is, ISO3."""
        return self.number.country

    @property
    def label(self) -> str:
        """What it is, with its unit."""
        return f"{self.title}, {self.about['head']}"

    @cached_property
    def title(self) -> str:
        """What it is."""
        n, country = self.number, self.say.country
        possessive = country(n.country, "adjective" if n.quantity == "average" else "possessive")
        own = possessive.removeprefix("the ") if n.quantity.startswith(("gain", "worth")) else possessive
        goods = country(n.partner, "goods") if n.partner else ""
        return first_upper(
            self.say(
                n.quantity,
                possessive=own,
                goods=goods,
                country=self.say.name(n.country),
                law=self.law,
                length=n.lengths[0][0] if n.lengths else "",
            )
        )

    @property
    def before(self) -> str:
        """The level it is compared with; "" for a change."""
        return self.text(self.number.before) if self.number.level else ""

    @property
    def after(self) -> str:
        """The level itself; "" for a change."""
        return self.text(self.number.value) if self.number.level else ""

    @property
    def change(self) -> str:
        """What it moved by, with its sign."""
        n = self.number
        if self.about.get("printed"):
            old, new = (round(self.scaled(value), self.digits) for value in (n.before, n.value))
            return self.say.number(new - old, self.digits, sign=True)
        return self.text(n.value - n.before if n.level else n.value, sign=True)

    @property
    def main(self) -> str:
        """The level, or the change of what has none."""
        return self.after or self.change

    def ends(self, *, unit: bool = False) -> tuple[str, ...]:
        """Both ends of its range; none where they are not known or print alike."""
        span, sign = self.number.range, not self.number.level
        if span is None or not span.low < span.high:
            return ()
        low, high = (self.text(end, sign=sign, unit=unit) for end in (span.low, span.high))
        return () if low == high else (low, high)

    @property
    def spread(self) -> str:
        """Its range, or the number of longer lengths; "" where there is none."""
        ends, longer = self.ends(), self.number.lengths[1:]
        if longer:
            names = {declared_note("path.days", days=365): self.say("worth_year")}
            return self.say("frame.semicolon").join(
                f"{names.get(length, length)} {self.text(usd, sign=True)}" for length, usd in longer
            )
        return self.say("from_to", low=ends[0], high=ends[1]) if ends else ""

    @property
    def over(self) -> tuple[str, ...]:
        """Ids of what the printed range runs over."""
        return self.number.range.over if self.number.range and self.ends() else ()

    @property
    def middle(self) -> str:
        """The median of joint draws where it lies elsewhere and prints otherwise."""
        n, span = self.number, self.number.range
        if span is None or span.median != span.median:
            return ""
        text, own = (self.text(value, sign=not n.level) for value in (span.median, n.value))
        return text if text != own and median_away(n.value, span.low, span.median, span.high) else ""

    @property
    def way(self) -> str:
        """Whether what moves it from the end of its range can only raise it, "up", or only lower it, "down"."""
        span = self.number.range
        return "up" if span and self.number.value - span.low < span.high - self.number.value else "down"

    @property
    def mover(self) -> str:
        """The input that moves it from the end near which it lies, in words; "" for none."""
        span = self.number.range
        return words("input", span.moved_by, self.names) if span and self.ends() else ""

    @property
    def edge(self) -> str:
        """Why it lies near an end of its range, as a sentence."""
        return self.say(f"edge_{self.way}", input=self.mover, label=self.title) if self.mover else ""

    @property
    def ranged(self) -> str:
        """The range and, where the number lies near an end of it, what moves it from there."""
        clause = self.say(f"clause_{self.way}", input=self.mover) if self.mover else ""
        return ", ".join(filter(None, (self.spread, clause)))

    @property
    def fates(self) -> dict[str, str]:
        """The number under every other fate of open clauses, by name of the fate."""
        return {fate: self.text(value, sign=not self.number.level) for fate, value in self.number.fates}

    def as_dict(self) -> dict[str, Any]:
        """The number as plain values; an unknown end of a range is None."""
        n, span = self.number, self.number.range
        texts = {"label": self.label, "before": self.before, "after": self.after, "change": self.change,
                 "range": self.spread, "edge": self.edge}  # fmt: skip
        ends = {end: self.scaled(getattr(span, end)) if span else None for end in ("low", "high")}
        return {"name": self.name, "table": n.table, "country": n.country,
                **{key: text.replace(MINUS, "-") for key, text in texts.items()},
                "value": self.scaled(n.value), **ends, "over": list(self.over),
                "moved_by": span.moved_by if span and self.ends() else "",
                "branches": {fate: text.replace(MINUS, "-") for fate, text in self.fates.items()}}  # fmt: skip


#: Form of an input in a list of what ranges run over, and how many of them one sentence names.
OVER, MOST = "over", 4


def over_words(over: tuple[str, ...]) -> list[str]:
    """What ranges run over, for a list."""
    return [words("input", each, form=OVER) for each in over]


def ranges_of(shown: Sequence[Shown], say: Language, draws: int = 0, closure: str = "") -> str:
    """What the ranges run over, medians that lie elsewhere, and what happens to trade balances; that none was drawn.

    Parameters
    ----------
    draws : behind ranges of duties and prices, and of all numbers where all are drawn together; 0 for none.
    closure : what happens to trade balances at the central values, as a scenario names it; "" where no world is solved.
    """
    balances = [say(f"closure_{closure.replace('-', '_')}")] if closure else []
    kinds = dict.fromkeys(each for number in shown for each in number.over)
    over = over_words(tuple(kinds))
    if not over:
        return " ".join([say("no_range"), *balances])
    parts = {"ranges_of": over[:MOST], "ranges_too": over[MOST:]}
    sentences = [say(name, list=say.listed(part)) for name, part in parts.items() if part]
    if draws and {"shares", "passing_on", "joint"} & kinds.keys():
        sentences.append(say("ranges_joint" if "joint" in kinds else "ranges_drawn", count=draws))
    away = [say("median_of", median=n.middle, label=n.title) for n in shown if n.middle]
    medians = [say("medians", list=say.listed(away))] if away else []
    return " ".join([*sentences, *medians, *balances])


#: Beginnings of the names of sets that no authors have published, and what the catalogue calls them.
OWN_SETS = {"in-sample": "in_sample", "uniform": "uniform"}


def set_name(name: str) -> str:
    """A closure, or a set by the names of its authors: "giri-yi" -> "Giri, Yi"; one of nobody keeps its own."""
    if name in vocabulary("closure"):
        return words("closure", name)
    return name if name.startswith(tuple(OWN_SETS)) else ", ".join(part.capitalize() for part in name.split("-"))
