"""Run: a scenario's chain of steps, from law to rates and revenue, for both sides."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from detente.codes import InputError, Table
from detente.data.importers import importer
from detente.data.library import catalogue, package_folder, sha256
from detente.data.yamlfile import as_share
from detente.lab import tables as build
from detente.lab.averages import ground_of
from detente.lab.reform import reformed
from detente.lab.register import assumptions
from detente.lab.result import Check, Result, result_key
from detente.lab.scenario import Point, Scenario, expectations, load_scenario, shipped_as
from detente.lab.sides import Pairing, Side
from detente.lab.tables import FIXED, POST
from detente.law import Reading
from detente.version import VERSION

WORLDS = ("icio-2022",)
USED = (
    "usa_lines",
    "usa_imports_2024",
    "usa_imports_2024_sectors",
    "usa_claims_usmca",
    "usa_claims_base",
    "metal_content",
    "aircraft_use",
    "countries",
    "chn_lines",
    "chn_imports_from_usa",
    "chn_hs6_map",
)


def run(
    scenario: Scenario | str | Path,
    *,
    today: date | None = None,
    on: date | None = None,
    draws: int | None = None,
) -> Result:
    """Run a scenario by name, path or value.

    Parameters
    ----------
    today : the day that "today" means in a scenario; required if the scenario says it.
    on : a day in place of the scenario's own.
    draws : draws of shares for the range, in place of the scenario's own.
    """
    folder = Path()
    if not isinstance(scenario, Scenario):
        scenario, path = load_scenario(str(scenario))
        folder = path.parent
    if on is not None:
        scenario = scenario.model_copy(update={"on": on})
    scenario = _dated(scenario, today)
    timings: dict[str, float] = {}
    with _timed(timings, "law"):
        pairings = {code: list(_pairings(scenario, code, folder)) for code in ("USA", "CHN")}
    with _timed(timings, "rates"):
        for pairing in (p for several in pairings.values() for p in several):
            _ = pairing.before.rates, pairing.after.rates
    with _timed(timings, "tables"):
        tables = build.tables(scenario, pairings["USA"], pairings["CHN"], draws)
    if scenario.report.world:
        with _timed(timings, "world"):
            tables |= _world(pairings["USA"], pairings["CHN"], ranges=draws != 0)
    sentences = build.sentences(tables)
    done = tuple(checks(scenario, tables)) if shipped_as(scenario) else ()
    hashes = _hashes()
    key = result_key(scenario, hashes, VERSION, _law_hashes())
    return Result(
        scenario,
        key,
        tables,
        tuple(sentences),
        done,
        tuple(assumptions(importer("USA").law)),
        _vintages(hashes),
        timings,
    )


def _world(usa: list[Pairing], chn: list[Pairing], *, ranges: bool) -> dict[str, Table]:
    """Tables of the world economy under both laws of each pairing."""
    from detente.data.worlds import load_economy
    from detente.lab import incidence
    from detente.lab import world_tables as build

    economy = load_economy(incidence.WORLD)
    given = incidence.laws(usa, chn, economy)
    found = incidence.effects(given, economy)
    used = str(economy.parameters.get("elasticities", "default"))
    spread = incidence.spread(given, economy, found) if ranges else {used: found}
    tables = [
        build.headline_table(spread),
        build.world_table(spread),
        build.bilateral_table(found),
        build.diverted_table(found),
        build.sector_table(found),
        build.concessions_table(found),
        build.laffer_table(found),
    ]
    if ranges:
        tables.append(build.sets_table(spread))
    return {table.name: table for table in tables}


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    timings[step] = time.perf_counter() - start


def _dated(scenario: Scenario, today: date | None) -> Scenario:
    """The scenario with every "today" made a date."""

    def day(value: object) -> date:
        if isinstance(value, date):
            return value
        if today is None:
            raise InputError(
                f"scenario {scenario.name}", "is about today, and no day was given", "give today=date.today()"
            )
        return today

    against = scenario.against
    if against is not None:
        against = against.model_copy(update={"on": day(against.on or scenario.on)})
    variants = {
        name: point.model_copy(update={"on": day(point.on or scenario.on)}) for name, point in scenario.variants.items()
    }
    return scenario.model_copy(update={"on": day(scenario.on), "against": against, "variants": variants})


def _pairings(scenario: Scenario, code: str, folder: Path) -> Iterator[Pairing]:
    base = scenario.against or Point(on=scenario.on)
    before = _side(scenario, base, code, folder, "before")
    variants: Mapping[str, Point] = scenario.variants or {scenario.name or "scenario": scenario}
    for name, point in variants.items():
        yield Pairing(name, before, _side(scenario, point, code, folder, name))


def _side(scenario: Scenario, point: Point, code: str, folder: Path, label: str) -> Side:
    where = importer(code)
    on = point.on
    assert isinstance(on, date)
    change = point.usa if code == "USA" else point.chn
    law = reformed(where, where.law, change, on, folder, f"scenario {scenario.name}")
    given = {name: as_share(value, f"scenario {scenario.name}, set {name}") for name, value in scenario.set.items()}
    if code == "USA":
        ground = ground_of(law, given, scenario.scope, scenario.claims, on.strftime("%Y-%m"))
    else:
        ground = ground_of(law)
    return Side(label, on, Reading(point.reading), law, ground)


def _hashes() -> dict[str, str]:
    folder = package_folder()
    found = {name: sha256(folder / "tables" / f"{name}.parquet") for name in USED}
    return found | {name: sha256(folder / "worlds" / f"{name}.npz") for name in WORLDS}


def _law_hashes() -> dict[str, str]:
    """Hash of every file of the two lawbooks."""
    found: dict[str, str] = {}
    for code in ("usa", "chn"):
        root = package_folder() / "lawbooks" / code
        for path in sorted(root.rglob("*")):
            if path.suffix in (".yaml", ".csv"):
                found[str(path.relative_to(root.parent))] = sha256(path)
    return found


def _vintages(hashes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    entries = catalogue()
    return {
        name: {
            "title": str(entries.get(name, {}).get("title", name)),
            "publisher": str(entries.get(name, {}).get("publisher", "")),
            "vintage": str(entries.get(name, {}).get("vintage", "")),
            "sha256": hashes[name],
        }
        for name in hashes
    }


TOLERANCE = 5e-6
"""Expected averages are on record to a thousandth of a point."""


def checks(scenario: Scenario, found: Mapping[str, Table]) -> Iterator[Check]:
    """What came out of a shipped scenario against what is on record for its day."""
    record = expectations(scenario.name)
    if not record or str(record.get("on")) != str(scenario.on):
        return
    head = {r["variant"]: r for r in found["headline"].rows() if r["definition"] == FIXED}
    post = {r["variant"]: r for r in found["headline"].rows() if r["definition"] == POST}
    other = {r["variant"]: r for r in found["china"].rows() if r["reading"] == "with exclusions"}
    for variant, wanted in record["variants"].items():
        rows = {"before": head, "after": head, "post_shock": post, "china": other}
        for name, value in wanted.items():
            column = "after" if name in ("china", "post_shock") else name
            yield Check(
                f"{variant}, {name}", as_share(value, "expected results"), rows[name][variant][column], TOLERANCE
            )
