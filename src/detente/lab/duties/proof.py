"""What an auditor needs to check a run without this program: acts, rungs, weights and cells as plain values.

Of each importer all pairs of line and partner are given with their value and their duty. On some of them, which the key
of the result chooses, every act that applies is given as well, with its period, its goods and what displaces it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.table import written
from detente.data.tables import place
from detente.lab.averages.sides import Pairing, Side
from detente.lab.duties.among import EXCLUDED
from detente.lab.duties.tables import CHINA, FIXED
from detente.lab.result import Result
from detente.law import Painted, Schedule, schedule_on
from detente.law.measure import partners_on
from detente.law.space import Block

#: Pairs whose rungs are given, by importer.
SAMPLE = 200
#: Duties are whole numbers of a trillionth of the value, values whole cents.
RATE, CENTS = 10**12, 100

Json = dict[str, Any]


#: What no proof holds so far.
LEFT = ("package.left_policies", "package.left_talks")


def evidence(result: Result, pairings: Mapping[str, Sequence[Pairing]]) -> tuple[dict[str, Any], list[str]]:
    """Members of a proof by name, pairs as CSV text, all else as plain values; and what they leave out, in words.

    Parameters
    ----------
    pairings : laws that are compared, by importer.
    """
    left = [*map(declared_note, LEFT)]
    members: dict[str, Any] = {"law.json": {}, "averages.json": {}}
    for code, several in pairings.items():
        sides = [side for pair in several for side in (pair.before, pair.after)]
        if len({side.ground.flows.value.size for side in sides}) > 1:  # blocks of partners stand divided in one alone
            left.append(declared_note("package.left_blocks", importer=place(code)))
            continue
        laid = _Laid.of(code, several, result)
        members[f"pairs_{code}.csv"] = laid.text()
        members["averages.json"][code] = laid.averages(result.tables, result.scenario.importer)
        members["law.json"][code] = laid.law()
    return members, left


@dataclass(frozen=True)
class _Laid:
    """The trade of an importer under each law of a run.

    Attributes
    ----------
    points : by name the law before and that of each variant. pairs : line and partner of each pair, in their order.
    value : cents; rates : duty of each pair under each law, trillionths; both of shape (pairs,).
    places : of the pairs in the trade. chosen : places of the pairs whose rungs are given.
    """

    code: str
    points: Mapping[str, Side]
    pairs: Sequence[tuple[str, str]]
    value: np.ndarray
    rates: Mapping[str, np.ndarray]
    places: np.ndarray
    chosen: Sequence[int]

    @classmethod
    def of(cls, code: str, pairings: Sequence[Pairing], result: Result) -> _Laid:
        """An importer's trade, pairs in order of line and partner, those without value left out."""
        points = {"before": pairings[0].before, **{f"after {pair.variant}": pair.after for pair in pairings}}
        flows = pairings[0].before.ground.flows
        lines, partners = flows.lines.codes[flows.line_at].tolist(), np.asarray(flows.partners)[flows.partner_at]
        value = np.rint(flows.value * CENTS).astype(np.int64)
        named = list(zip(lines, partners.tolist(), strict=True))
        places = np.asarray(sorted(np.flatnonzero(value).tolist(), key=named.__getitem__))
        pairs = [named[i] for i in places]
        drawn = sorted(range(len(pairs)), key=lambda i: ticket(result.key, *pairs[i]))[:SAMPLE]
        rates = {
            name: np.rint(side.rates.total[places] * RATE).astype(np.int64) for name, side in points.items()
        }  # fmt: skip
        return cls(code, points, pairs, value[places], rates, places, sorted(int(places[i]) for i in drawn))

    def text(self) -> str:
        """Every pair with its value and its duty under each law, as CSV."""
        columns = [column.tolist() for column in (self.value, *self.rates.values())]
        rows = (f"{line},{partner},{','.join(map(str, row))}" for (line, partner), *row in
                zip(self.pairs, *columns, strict=True))  # fmt: skip
        return "\n".join([",".join(("line", "partner", "value", *self.rates)), *rows, ""])

    def averages(self, tables: Mapping[str, Table], first: str) -> Json:
        """Exact sums, and the cells that they come to; `first` : the importer whose average the run is about."""
        values = self.value.tolist()
        duty = {name: str(sum(map(int.__mul__, values, rates.tolist()))) for name, rates in self.rates.items()}
        whose = {"", *(partner for _, partner in self.pairs)}
        holders = {
            first: (("headline", {"definition": FIXED}), ("partner", {})),
            CHINA: (("china", {"reading": EXCLUDED}),),
        }
        cells = [
            {"table": name, "row": row, "column": column, "point": point, "partner": str(cells.get("partner", "")),
             "value": written(tables[name], column, row)}
            for name, wanted in holders.get(self.code, ()) if name in tables
            for row, cells in enumerate(tables[name].rows()) if wanted.items() <= cells.items()
            for column, point in (("before", "before"), ("after", f"after {cells['variant']}"))
            if cells[column] == cells[column] and cells.get("partner", "") in whose
        ]  # fmt: skip
        names = hashlib.sha256("".join(f"{line} {partner}\n" for line, partner in self.pairs).encode()).hexdigest()
        return {"pairs": len(values), "names": names, "value": str(sum(values)), "duty": duty, "cells": cells}

    def law(self) -> Json:
        """Acts, rules of stacking and rungs under each law."""
        return {name: _ChosenRungs(side, self.chosen).as_json() for name, side in self.points.items()}


def ticket(key: str, line: str, partner: str) -> str:
    """What pairs are drawn by: those whose ticket is least."""
    return hashlib.sha256(f"{key} {line} {partner}".encode()).hexdigest()


@dataclass
class _ChosenRungs:
    """Rungs of the duty on chosen pairs under a law."""

    side: Side
    chosen: Sequence[int]

    def as_json(self) -> Json:
        """Acts by id with their periods, rules, and the cells with their atoms and rungs."""
        here, day = self.side.here, self.side.on
        exposure, flows = here.exposure, here.flows
        space = exposure.space
        schedule = Schedule(space, day, self.side.reading, tuple(schedule_on(
            space, day, self.side.reading, record=True).painted))  # fmt: skip
        self.space, self.day = space, day
        self.acts: dict[str, dict[Any, Json]] = {}
        self.rules: dict[tuple[str, str, str], Json] = {}
        cells = []
        wanted = [
            (i, pref) for i in self.chosen for pref in (0, 1) if (flows.claim[i] if pref else 1.0 - flows.claim[i]) > 0
        ]  # fmt: skip
        self.asked = [self._place(int(flows.line_at[i]), int(exposure.columns[flows.partner_at[i], p]), schedule)
                      for i, p in wanted]  # fmt: skip
        for (i, preference), (line, column, atoms) in zip(wanted, self.asked, strict=True):
            claim = float(flows.claim[i])
            cells.append({
                "line": str(space.lines.codes[line]), "partner": flows.partners[flows.partner_at[i]],
                "claims": bool(preference), "share": claim if preference else 1.0 - claim,
                "base": float(space.base[space.columns[column].base][line]),
                **self._told(schedule, line, column, atoms, preference),
            })  # fmt: skip
        acts = {name: [self._trimmed(act) for act in several.values()] for name, several in self.acts.items()}
        own = ((flows.partners[flows.partner_at[i]], space.columns[column].partner)
               for (i, _), (_, column, _) in zip(wanted, self.asked, strict=True))  # fmt: skip
        return {
            "day": str(day), "acts": acts, "rules": list(self.rules.values()), "cells": cells,
            "as": {partner: other for partner, other in own if partner != other},
        }  # fmt: skip

    def _place(self, line: int, column: int, schedule: Schedule) -> tuple[int, int, list[int]]:
        return line, column, np.flatnonzero(self.space.atoms.line == line).tolist()

    def _told(self, schedule: Schedule, line: int, column: int, atoms: list[int], preference: int) -> Json:
        """Atoms with what applies to each, and the rungs of the whole."""
        space, cell = self.space, int(self.space.column_of[column])
        partner, code = space.columns[column].partner, str(space.lines.codes[line])
        rows, shown = [], dict[str, None]()
        for atom in atoms:
            pattern, applied = int(space.pattern[atom]), dict[str, Painted]()
            for painted in schedule.painted:
                row, col = painted.row_at[pattern], painted.col_at[cell]
                if row >= 0 and col >= 0 and painted.applies[row, col]:
                    applied[painted.item.measure.id] = painted
                    self._record(painted, code, partner, atom, preference, float(painted.rate[col]))
            for name, painted in applied.items():
                spot = painted.row_at[pattern], painted.col_at[cell]
                for by in (by for by, cut in painted.displaced.items() if cut[spot]):
                    self._rule(name, by, partner)
            shown |= dict.fromkeys(applied)
            states = {name: int(state[atom]) for name, state in space.atoms.states.items() if state[atom]}
            rows.append({"weight": float(space.atoms.weight[atom]), "states": states, "acts": sorted(applied)})
        ladder = schedule.ladder(line, column)
        rungs = [
            {"act": t.measure, "start": str(t.start), "end": str(t.end), "rate": t.rate, "share": t.share,
             "displaced": [{**self._rule(t.measure, by, partner), "share": share}
                           for by, share in t.displaced_by.items()]}
            for t in (*ladder.terms, *ladder.bans)
        ]  # fmt: skip
        return {"atoms": rows, "rungs": rungs, "total": ladder.total}

    def _rule(self, of: str, by: str, partner: str) -> Json:
        """The first rule by which an act takes the place of another on the day."""
        for rule, name in self.space.law.displacers[of]:
            named = rule.partners is None or partner in partners_on(rule.partners, self.day)
            if name == by and named and rule.start <= self.day <= rule.end:
                row = {"rule": rule.id, "by": by, "of": of, "when": rule.when.value, "start": str(rule.start),
                       "end": str(rule.end)}  # fmt: skip
                mine = self.rules.setdefault((rule.id, by, of), {**row, "partners": None})
                if rule.partners is not None:
                    mine["partners"] = sorted({*(mine["partners"] or ()), partner})
                return {name: value for name, value in row.items() if name != "of"}
        raise AssertionError((of, by))

    def _record(self, painted: Painted, code: str, partner: str, atom: int, preference: int, rate: float) -> None:
        """Keep of an act what a chosen cell needs: its period, and the goods and partners by which it applies."""
        measure, period = painted.item.measure, painted.item.period
        own = self.acts.setdefault(measure.id, {}).setdefault(id(painted.item), {
            "kind": measure.kind.value, "authority": measure.authority, "start": str(period.start),
            "end": str(period.end), "floor": painted.floor, "rates": {}, "goods": {}, "citation": period.citation
            or measure.citation,
        })  # fmt: skip
        own["rates"][partner] = rate
        for block in painted.item.blocks:
            if self._covers(block, code, atom, preference):
                goods = own["goods"].setdefault(id(block), {"block": block, "prefixes": set()})
                goods["prefixes"] |= {code[:n] for n in range(len(code) + 1)} & set(block.goods.prefixes)

    def _covers(self, block: Block, code: str, atom: int, preference: int, excepted: bool = True) -> bool:
        """Whether a block names an atom; without what it excepts where that is not asked."""
        goods, heads = block.goods, {code[:n] for n in range(len(code) + 1)}
        states = self.space.atoms.states
        met = all((int(states[name][atom]) if name in states else 0) in numbers for name, numbers in block.states)
        named = not heads.isdisjoint(goods.prefixes) and goods.start <= self.day <= goods.end
        return named and met and block.preference[preference] and not (
            excepted and not heads.isdisjoint(goods.excepted)
        )  # fmt: skip

    def _trimmed(self, act: Json) -> Json:
        """An act with its goods as plain values, and of what they except what keeps a chosen cell out."""
        rows = []
        for goods in act["goods"].values():
            block, out = goods["block"], set[str]()
            for line, column, atoms in self.asked:
                code, own = str(self.space.lines.codes[line]), self.space.columns[column]
                heads = {code[:n] for n in range(len(code) + 1)}
                kept = own.partner in act["rates"] and heads & goods["prefixes"]
                if kept and any(self._covers(block, code, atom, own.preference, excepted=False) for atom in atoms):
                    out |= heads & set(block.goods.excepted)
            rows.append({
                "prefixes": sorted(goods["prefixes"]), "excepted": sorted(out),
                "states": {name: list(numbers) for name, numbers in block.states},
                "claims": list(block.preference),
            })  # fmt: skip
        return act | {"goods": rows}
