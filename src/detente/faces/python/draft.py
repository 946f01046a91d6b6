"""Drafts: scenarios made of chained calls. Each call gives a new draft; nothing is changed in place.

A draft holds what a scenario file says, key by key, so that it gives the numbers that the file gives.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Column, InputError, Parameter, Table, Unit, UnknownName
from detente.codes.given import Several, several, share
from detente.codes.kinds import checked
from detente.data.importerfile import importer_id
from detente.data.importers import importer
from detente.data.store import write_bytes
from detente.data.yamlfile import as_date, read_yaml
from detente.faces.formats import to_json
from detente.faces.python.runs import run_shown
from detente.lab.ground.averages import BY
from detente.lab.ground.reform import reformed
from detente.lab.ground.sides import Pairing, pairings_of
from detente.lab.result import Result
from detente.lab.scenario import SHORT, LawChange, Scenario, dated, load_scenario, parse_scenario

COUNTRY = "country"
"""A grouping of an average by the country of origin, which tables call the partner."""

Day = date | str
Content = dict[str, Any]


def draft(content: Mapping[str, Any] | str | Path, side: str = "USA") -> Draft:
    """A draft from the content of a scenario file, or from the file itself, by name or path.

    Parameters
    ----------
    side : importer whose law further calls change, by its id: "USA", "CHN", "EU27".

    Raises
    ------
    InputError, UnknownName : what a scenario file may not say.
    """
    if isinstance(content, Mapping):
        made = Draft(copy.deepcopy(dict(content)), side)._named()
        _ = made.scenario
        return made
    scenario, path = load_scenario(str(content))
    return Draft({**read_yaml(path), "name": scenario.name}, side)._named()


@dataclass(frozen=True, repr=False)
class Draft:
    """A scenario in the making: a day, what is changed in the law of either side, and what it is compared with.

    Attributes
    ----------
    content : as a scenario file has it; files that it names lie where the program runs.
    side : importer whose law the calls change.
    """

    content: Content
    side: str = "USA"

    # What may be changed, each in the words of a scenario file.

    @checked
    def change(
        self,
        measure: str,
        rate: float | str | None = None,
        *,
        floor: float | str | None = None,
        partners: Several | None = None,
        goods: Several | Mapping[str, Any] | None = None,
        from_: Day | None = None,
        until: Day | None = None,
    ) -> Draft:
        """A measure under another rate.

        Parameters
        ----------
        measure : id in the lawbook, as "rec_chn".
        rate : points added, a share: 0.30 or "30%"; `floor` : floor of the total, in place of a rate.
        partners, goods : only for these; others keep their rate. Goods are tariff codes, sectors, or a mapping with
            `codes`, `sectors` and `except`.
        from_, until : first and last day; by default from the day of the draft on.

        Raises
        ------
        UnknownName, InputError : a measure, country or code nobody knows, a rate that is no share.
        """
        row: Content = {"measure": measure, **_rates(rate, floor)}
        if partners is not None:
            row["partners"] = list(several(partners, "partners"))
        if goods is not None:
            row["goods"] = dict(goods) if isinstance(goods, Mapping) else _goods(several(goods, "goods"))
        return self._with("change", [row | _days(from_, until)])

    def add(
        self,
        measure: Mapping[str, Any] | str | None = None,
        *,
        rate: float | str | None = None,
        floor: float | str | None = None,
        goods: Several = "all",
        except_: Several | None = None,
        partners: Several | None = None,
        authority: str = "",
        class_: str = "",
        id: str = "",
        title: str = "",
        from_: Day | None = None,
        until: Day | None = None,
    ) -> Draft:
        """A new measure on top of the law.

        Parameters
        ----------
        measure : a file in the format of the lawbook, or its content; the other arguments say the same in short.
        rate : points added, a share: 0.10 or "10%"; `floor` : floor of the total, in place of a rate.
        goods : "all", or tariff codes of 2 to 10 digits; `except_` : codes left out of these.
        partners : countries or groups by code or name; all where none is named.
        authority : under whose name the duty is counted, as "reciprocal"; `class_` : its class in stacking rules.
        id, title : of the measure; by default told from the rest.
        from_, until : first and last day; by default from the day of the draft on.

        Raises
        ------
        UnknownName, InputError : what a measure may not say.
        """
        if measure is not None:
            return self._with("add", [dict(measure) if isinstance(measure, Mapping) else str(measure)])
        number = len(self._changes().get("add", ())) + 1
        codes, named = several(goods, "goods"), several(partners, "partners")
        rates, days = _rates(rate, floor), _days(from_, until)
        days.setdefault("from", self.content.get("on"))
        block: Content = {"all": True} if codes in ((), ("all",)) else {"codes": list(codes)}
        if except_ is not None:
            block["except"] = list(several(except_, "except_"))
        row: Content = {
            "id": id or f"own_{number}",
            "title": title or _titled(rates, codes, named),
            "authority": authority or self._authority(),
            **({"class": class_} if class_ else {}),
            "goods": [block],
            **({"partners": list(named)} if named else {}),
            "periods": [rates | days],
        }
        return self._with("add", [row])

    def void(self, *measures: Several) -> Draft:
        """Measures void from their first day: ids, "authority:ID", "class:NAME" or "basis:IEEPA"."""
        return self._with("void", _names(measures, "void"))

    def lift(self, *measures: Several) -> Draft:
        """Measures ended on the day of the draft, named as for `void`."""
        return self._with("lift", _names(measures, "lift"))

    def announce(self, *measures: Several) -> Draft:
        """Announced measures put in force."""
        return self._with("announce", _names(measures, "announce"))

    def end_programmes(self, *names: Several) -> Draft:
        """Preference programmes that end on the day of the draft, by symbol or name, as "USMCA"."""
        return self._with("end_programmes", _names(names, "end_programmes"))

    def begin_programmes(self, *names: Several) -> Draft:
        """Preference programmes in force from the day of the draft on, though their own days begin later."""
        return self._with("begin_programmes", _names(names, "begin_programmes"))

    def switch(self, *switches: Several) -> Draft:
        """Alternative readings of stacking rules."""
        return self._with("switches", _names(switches, "switch"))

    def set(self, **shares: float | str) -> Draft:
        """Shares of goods that tariff codes cannot tell, as us_content=0.4."""
        given = {name: share(value, name, 0.0, 1.0) for name, value in shares.items()}
        return self.including(set={**self.content.get("set", {}), **given})

    def against(self, law: Day | Draft) -> Draft:
        """What it is compared with: the law of another day, or another draft; by default the law of the same day."""
        if isinstance(law, Draft):
            point = {key: law.content[key] for key in ("on", "reading", *SHORT.values(), "laws") if key in law.content}
            return self.including(against=point)
        return self.including(against={"on": as_date(law, "against").isoformat()})

    def named(self, name: str, title: str = "", note: str = "") -> Draft:
        """A name for files and tables, a title and a note for readers."""
        words = {"name": name, "title": title, "note": note}
        return self.including(**{key: text for key, text in words.items() if text})

    def including(self, **keys: Any) -> Draft:
        """Further keys of a scenario file, as `claims="2024"`, `weights=2019` or `report={"draws": 0}`."""
        made = replace(self, content={**self.content, **copy.deepcopy(keys)})
        _ = made.scenario
        return made

    @property
    def usa(self) -> Draft:
        """The same draft; calls that follow change the law of the United States."""
        return replace(self, side="USA")

    @property
    def china(self) -> Draft:
        """The same draft; calls that follow change the law of China."""
        return replace(self, side="CHN")

    def importer(self, name: str) -> Draft:
        """The same draft; calls that follow change the law of an importer, by code or name."""
        return replace(self, side=importer_id(name, Parameter("name")))._named()

    # What it answers.

    @property
    def scenario(self) -> Scenario:
        """The scenario, as `detente.run` takes it."""
        name = str(self.content.get("name") or "draft")
        return parse_scenario(_written(self.content), f"scenario {name}", name)

    def to_dict(self) -> Content:
        """What its file says, as plain values."""
        written: Content = _written(self.content)
        return written

    def to_yaml(self, path: str | Path | None = None) -> str:
        """Its scenario file; written where a path is given."""
        import yaml

        text = yaml.safe_dump(self.to_dict(), sort_keys=False, allow_unicode=True, width=110)
        # The readers of this program know the key and the days without the quotes that YAML 1.1 would need.
        text = re.sub(r"^( *)'on':", r"\1on:", re.sub(r"'(\d{4}-\d{2}-\d{2})'", r"\1", text), flags=re.MULTILINE)
        if path is not None:
            write_bytes(Path(path), text.encode())
        return text

    def run(self, *, draws: int | None = None, today: Day | None = None) -> Result:
        """Run it: rates, the world, prices, materials, talks; see `detente.run`."""
        return run_shown(self.scenario, draws=draws, today=today)

    def average(self, by: Several = "") -> Table:
        """Average duty of the side before and after, at fixed weights, over all its imports or by a grouping.

        Parameters
        ----------
        by : "country" (or "partner"), "section", "sector" and so on; "" for the average over everything.

        Returns
        -------
        Code of the group (as `partner`), name, imports in USD, before, after, change, shares; the largest first.

        Raises
        ------
        UnknownName : no such grouping.
        """
        named = several(by, "by")
        if len(named) > 1:
            raise InputError(Parameter("by"), f"{len(named)} groupings are named", "give one at a time")
        pair = self.pairing
        if not named:
            heads = (Column("side", Unit.CODE, "importer"), *MOVED)
            row = (self.side, *moved(pair.before.average, pair.after.average))
            return self._table("average", "Average duty", [row], heads)
        kind = "partner" if named[0] == COUNTRY else named[0]
        if kind not in BY:
            raise UnknownName("grouping", kind, (COUNTRY, *BY), Parameter("by"), f"use {', '.join((COUNTRY, *BY))}")
        heads = (
            Column(kind, Unit.CODE, "code"),
            Column("name", Unit.TEXT, "name"),
            Column("imports", Unit.USD, f"imports of {pair.after.ground.flows.period}"),
            *MOVED,
        )
        return self._table(kind, f"Average duty by {named[0].replace('_', ' ')}", _grouped(pair, kind), heads)

    @property
    def pairing(self) -> Pairing:
        """The law of the side before and after, laid on its trade."""
        return next(iter(pairings_of(dated(self.scenario, None), self.side, Path())))

    @property
    def law(self) -> Any:
        """The law of the side as the draft has it."""
        return self.pairing.after.law

    # How it shows itself.

    def __str__(self) -> str:
        """Day, comparison and every change in a line."""
        lines = [self._head(), *(f"  {line}" for line in self._told())]
        if len(lines) > MOST:
            lines = [*lines[: MOST - 1], f"  ... and {len(lines) - MOST + 1} more"]
        return "\n".join([*lines, "Next: .average(by='country'), .run(), .to_yaml()"])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from html import escape

        items = "".join(f"<li>{escape(line)}</li>" for line in self._told())
        return f"<h3>{escape(self._head())}</h3><ul>{items}</ul>"

    def __hash__(self) -> int:
        return hash((to_json(self.to_dict()), self.side))

    def _head(self) -> str:
        scenario = self.scenario
        name = scenario.title or (scenario.name if scenario.name != "draft" else "Scenario")
        point = scenario.against
        base = f"the law of {point.on or scenario.on}" if point is not None else "the shipped law of that day"
        return f"{name}: the law of {scenario.on}, against {base}"

    def _told(self) -> list[str]:
        """Each change of either law, and what else the draft says."""
        lines = []
        named = {code: self.content.get(key, {}) for code, key in SHORT.items()} | self.content.get("laws", {})
        for code, changes in named.items():
            for kind, entries in (changes or {}).items():
                for entry in [entries] if isinstance(entries, str | Mapping) else entries:
                    lines.append(f"{code} {kind}: {_entry(entry)}")
        rest = {
            k: v
            for k, v in self.content.items()
            if k not in ("name", "title", "note", "on", "against", "laws", *SHORT.values())
        }
        return [*lines, *(f"{key}: {_entry(value)}" for key, value in rest.items())]

    def _table(self, name: str, title: str, rows: Sequence[tuple[Any, ...]], heads: Heads) -> Table:
        scenario, pair = self.scenario, self.pairing
        about = (
            f"law of {pair.after.on} as the draft has it against {pair.before.on}; importer {self.side}",
            f"fixed weights: imports of {pair.after.ground.flows.period}, {scenario.scope}",
        )
        return Table.of_rows(name, title, heads, rows, about).standing_on(pair.after.standing)

    def _authority(self) -> str:
        known = [authority.id for authority in importer(self.side).law.authorities]
        raise InputError(Parameter("authority"), "is missing", f"give one of {', '.join(known)}")

    def _changes(self) -> Content:
        if self.side in SHORT and SHORT[self.side] in self.content:
            return dict(self.content[SHORT[self.side]])
        return dict(self._laws().get(self.side) or {})

    def _laws(self) -> Content:
        """Changes under `laws`, by the id of the importer."""
        return {importer_id(name, "laws"): changes for name, changes in self.content.get("laws", {}).items()}

    def _put(self, changes: Content) -> Draft:
        """The draft with other changes to the law of its side, where its file has them."""
        laws, key = self._laws(), SHORT.get(self.side, "")
        place = {key: changes} if key and self.side not in laws else {"laws": {**laws, self.side: changes}}
        return replace(self, content={**copy.deepcopy(self.content), **place})

    def _named(self) -> Draft:
        """The draft with its side named in it, so that its law is laid on the world."""
        return self if self.side in SHORT or self.side in self._laws() else self._put({})

    def _with(self, key: str, entries: list[Any]) -> Draft:
        """The draft with more entries under a key of its side, once they have been read against the law."""
        changes = self._changes()
        before = changes.get(key, [])
        changes[key] = [*([before] if isinstance(before, str | Mapping) else before), *entries]
        made = self._put(changes)
        made.check()
        return made

    def check(self) -> None:
        """Refuse what the law of the side does not know; `InputError` or `UnknownName` says what."""
        scenario, where = self.scenario, importer(self.side)
        on = scenario.on
        if isinstance(on, date):
            change = scenario.changes.get(self.side, LawChange())
            reformed(where, where.law, change, on, Path(), "draft")


Heads = tuple[Column, ...]

MOVED: Heads = (
    Column("before", Unit.SHARE, "under the law it is compared with"),
    Column("after", Unit.SHARE, "under the law of the draft"),
    Column("change", Unit.POINTS, "after less before"),
)


def moved(before: float, after: float) -> tuple[float, float, float]:
    """Before, after, change."""
    return before, after, after - before


MOST_SHARE = 2.0
"""Rates from here on are written in per cent."""

MOST = 29
"""Lines of a draft that are printed before what to do next."""


def _rates(rate: float | str | None, floor: float | str | None) -> Content:
    given = {name: value for name, value in (("rate", rate), ("floor", floor)) if value is not None}
    if len(given) != 1:
        raise InputError(Parameter("rate"), "give exactly one of rate and floor", "as in rate=0.34")
    shares = {name: share(value, name) for name, value in given.items()}
    # From 200% on a scenario file has it in per cent, so that it can mean nothing else.
    return {name: number if number < MOST_SHARE else f"{100 * number:g}%" for name, number in shares.items()}


def _days(from_: Day | None, until: Day | None) -> Content:
    days = {"from": from_, "until": until}
    return {name: as_date(day, name).isoformat() for name, day in days.items() if day is not None}


def _names(given: Sequence[Several], name: str) -> list[str]:
    names = [text for item in given for text in several(item, name)]
    if not names:
        raise InputError(Parameter(name), "names nothing", "as in 'basis:IEEPA' or an id of the lawbook")
    return names


def _goods(names: Sequence[str]) -> Content:
    """Goods by code where all digits and dots, else by sector."""
    codes = [name for name in names if name.replace(".", "").isdigit()]
    sectors = [name for name in names if name not in codes]
    return {**({"codes": codes} if codes else {}), **({"sectors": sectors} if sectors else {})}


def _titled(rates: Content, goods: Sequence[str], partners: Sequence[str]) -> str:
    """A title from what a measure says: "10% on all goods of EU"."""
    (kind, rate), *_ = rates.items()
    words = rate if isinstance(rate, str) else f"{100 * rate:g}%"
    what = "all goods" if goods in ((), ("all",)) else ", ".join(goods)
    whose = f" of {', '.join(partners)}" if partners else ""
    return f"{'at least ' if kind == 'floor' else ''}{words} on {what}{whose}"


def _entry(entry: Any) -> str:
    """An entry of a scenario file on one line."""
    if isinstance(entry, Mapping) and "authority" in entry and "title" in entry:
        return f"{entry['title']} ({entry['authority']}, id {entry.get('id', '')})"
    if isinstance(entry, Mapping):
        entry = {k: f"{100 * v:g}%" if k in ("rate", "floor") and isinstance(v, float) else v for k, v in entry.items()}
        words = ", ".join(f"{key} {_entry(value)}" for key, value in entry.items() if value not in (None, "", []))
        return words if len(words) <= 90 else f"{words[:87]}..."
    if isinstance(entry, list | tuple):
        return ", ".join(map(_entry, entry))
    return f"{entry:g}" if isinstance(entry, float) else str(entry)


def _written(value: Any) -> Any:
    """Plain values as a file has them: days as text, lists as lists."""
    if isinstance(value, Mapping):
        return {str(key): _written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _grouped(pair: Pairing, by: str) -> list[tuple[Any, ...]]:
    """Code, name, imports, before, after and change of every group, the largest first."""
    groups, worth, new = pair.after.by_group(by)
    known, _, old = pair.before.by_group(by)
    was = dict(zip(known.codes, old.tolist(), strict=True))
    order = np.argsort(-worth, kind="stable").tolist()
    return [
        (groups.codes[i], groups.labels[i], float(worth[i]), *moved(was.get(groups.codes[i], np.nan), float(new[i])))
        for i in order
    ]
