"""Real income and real GDP that claims speak of: of the world or of one country, in a decoupling or under duties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

import numpy as np

from detente.codes import SolveError, declared_note
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.economy import Economy, Equilibrium, Shock, baseline_spending, decouple, solve
from detente.lab.claims.laws import law_under
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rates import LAWBOOK, START
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import OWN, OWN_ECONOMY, WORLDWIDE
from detente.lab.ground.ground import ground_of
from detente.lab.ground.sides import Side
from detente.lab.world.effects import WorldSetting
from detente.lab.world.incidence import set_in_use
from detente.lab.world.incidence import shock as tariffs_of
from detente.law import Law, Reading

WORLD = "icio-2022"
HOME = "USA"
BOTH = (HOME, "CHN")
LEFT = 0.1
"""Share of the trade between the two that is left: the claim's own nine tenths are gone."""

INCOME, OUTPUT = "welfare", "real_gdp"
"""Changes of an equilibrium."""


def real_income(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real income by set of elasticities, of the partner named or of the world; shares."""
    return change_of(INCOME, row, reading, as_of)


def change_of(measure: str, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of real income or real GDP by set of elasticities, of the partner named or of the world; shares."""
    named = reading.partner or row.partner or _of_population(row, reading)
    country = importer("USA").countries.resolve(named, f"quantity {row.name}, partner") if named else ""
    horizon = "short" if reading.horizon == "short" else ""
    if reading.of == "law":
        law, on = law_under(reading, as_of)
        base = row.base or START
        effects, failed = _under_laws(measure, law, on, base, reading.scope, horizon)
        scene = partial(declared_note, "claims.income_under_laws", day=on, base=base)
    else:
        effects, failed = _decoupled(measure, horizon)
        scene = partial(declared_note, "claims.income_decoupled")
    source = declared_note("claims.source_sets", world=WORLD, sets=len(effects))
    inputs = (source, *((LAWBOOK,) if reading.of == "law" else ()))
    if country and country not in effects[0]:
        what = declared_note("claims.income_in_rest", country=country)
        return Measured(float("nan"), inputs=inputs, remark=what)
    values = np.asarray([by_country[country] for by_country in effects])
    of_whom = importer("USA").countries.name(country) if country else "world"
    unsaid = bool(country) or reading.of == "law" or reading.label == OWN
    words = [scene(whose=of_whom)] if unsaid else []
    words.append(_beside(effects, country))
    words += [declared_note("claims.sets_unsolved", sets=failed)] if failed else []
    return Measured(float(values[0]), values, inputs, remark="; ".join(words), range_of="sets of elasticities")


def _of_population(row: QuantityRow, reading: ReadingRow) -> str:
    """Whose real income a claim means that names no partner: the importer's own under duties, else the world's."""
    words = (reading.population or row.population).casefold()
    own = quantities()[row.name].population(words) == OWN_ECONOMY
    return HOME if own or (reading.of == "law" and not any(word in words for word in WORLDWIDE)) else ""


NAMES: Mapping[str, str] = {"USA": "United States", "CHN": "China", "": "world"}


def _beside(effects: Sequence[Mapping[str, float]], country: str) -> str:
    """What the two, and the world, lose beside the one judged."""
    words = [f"{name} {effects[0][code]:.2%}" for code, name in NAMES.items() if code != country]
    return ", ".join(words)


Effects = tuple[tuple[Mapping[str, float], ...], int]
"""Change by country, the world's under "", for each set of elasticities; sets without a solution."""


@lru_cache(maxsize=4)
def _decoupled(measure: str, horizon: str) -> Effects:
    """Effects of the decoupling."""

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        path = decouple(economy, BOTH[:1], BOTH[1:], path=(LEFT,), shock=shock)
        step = int(np.argmin(np.abs(path.trade_left - LEFT)))
        return _between(path.equilibria[0], path.equilibria[step], measure)

    return _by_set(horizon, effect)


@lru_cache(maxsize=8)
def _under_laws(measure: str, law: Law, on: date, base: date, scope: str, horizon: str) -> Effects:
    """Effects of the duties of both on a day, against their duties on the base day."""
    laws = {"USA": law, "CHN": importer("CHN").law}
    usual = load_economy(WORLD)
    later = tariffs_of([_side(own, on, scope) for own in laws.values()], usual)[0].tariff
    earlier = tariffs_of([_side(importer(code).law, base, scope) for code in laws], usual)[0].tariff

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        old, new = (solve(economy, replace(shock, tariff=t)) for t in (earlier, later))
        return _between(old, new, measure)

    return _by_set(horizon, effect)


def _between(old: Equilibrium, new: Equilibrium, measure: str) -> Mapping[str, float]:
    """Change by country, and of the world as the mean by spending, of GDP by GDP."""
    change = (1.0 + new.changes[measure]) / (1.0 + old.changes[measure]) - 1.0
    weight = baseline_spending(old.economy) if measure == INCOME else old.levels["income"] + old.levels["revenue"]
    own = dict(zip(old.economy.countries, change.tolist(), strict=True))
    return own | {"": float(change @ weight / weight.sum())}


def _side(law: Law, on: date, scope: str) -> Side:
    return Side(str(on), on, Reading.EFFECTIVE, law, ground_of(law, None, scope))


def _by_set(horizon: str, effect: Callable[[Economy, Shock], Mapping[str, float]]) -> Effects:
    """What a run gives under each set of elasticities of the world, first the set that every run takes."""
    effects, failed = [], 0
    usual = load_economy(WORLD)
    others = [str(name) for name in usual.parameters.get("elasticity_sets", ()) if name != set_in_use(usual)]
    for name in (set_in_use(usual), *others):
        setting = WorldSetting(WORLD, name, horizon=horizon)
        economy = setting.economy()
        try:
            effects.append(effect(economy, setting.shock(economy)))
        except SolveError:
            failed += 1
    return tuple(effects), failed


@lru_cache(maxsize=8)
def duty_by_set(law: Law, on: date, scope: str) -> tuple[float, ...]:
    """US duty of a year in the long run by set of elasticities, USD, that of every run first.

    It stands at the trade of the world's year, under the duties of the United States and China on the day.
    """
    laws = {HOME: law, "CHN": importer("CHN").law}
    usual = load_economy(WORLD)
    tariff = tariffs_of([_side(own, on, scope) for own in laws.values()], usual)[0].tariff
    assert tariff is not None
    row = usual.country(HOME)

    def effect(economy: Economy, shock: Shock) -> Mapping[str, float]:
        return {HOME: float(solve(economy, replace(shock, tariff=tariff)).levels["revenue"][row])}

    return tuple(by_country[HOME] for by_country in _by_set("", effect)[0])
