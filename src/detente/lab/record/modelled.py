"""What tariffs do to a country as others model it: the choices in which models differ, and what each gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import declared_note
from detente.codes.axis import Floats
from detente.codes.days import BASE_DAY, spelled_day
from detente.data.importerfile import lawbooks
from detente.data.importers import importer
from detente.economy.paths.chain import Pace
from detente.lab.averages.sides import pairings_of
from detente.lab.averages.waterfall import Option, of_law
from detente.lab.averages.waterfall import setting as chosen
from detente.lab.scenario import LawChange, Point, Scenario
from detente.lab.world.choices import HORIZONS, LONG, SHORT, STEADY
from detente.lab.world.effects import WorldSetting
from detente.lab.world.incidence import PARTIES, Effect, Laws, laws

#: Changes of one country -> what an equilibrium calls them. Without a choice about labour, jobs are those of the world.
GDP, INCOME, JOBS = "gdp", "income", "jobs"
MODELLED = {GDP: "real_gdp", INCOME: "welfare", JOBS: "employment"}

AMERICA = "USA"
#: Who answers the tariffs of the United States: nobody, all as their laws on record do, or all in kind.
NOBODY, RECORDED, KIND = "nobody", "recorded", "kind"

#: What is taken where a model lets hours answer real wages, or costs fall with output: elasticities.
HOURS, SCALE = 0.5, 0.05
#: A set of trade elasticities higher than ours: those of Shapiro (2016).
HIGHER = "shapiro"


@dataclass(frozen=True)
class ModelView:
    """How the effect of tariffs on a country is modelled; the defaults are ours.

    Attributes
    ----------
    what : of `MODELLED`; country : whose, by code. on, since : days of the two laws.
    announced : US measures that were announced and are counted as law.
    answers : who answers the United States, "" for China as its law on record does.
    elasticity : over our trade elasticities; elasticities : a named set of others.
    hours, scale : elasticities, zero for none.
    closure, horizon : as `WorldSetting` and `HORIZONS` have them.
    """

    on: date
    what: str = GDP
    country: str = AMERICA
    since: date = BASE_DAY
    announced: tuple[str, ...] = ()
    answers: str = ""
    elasticity: float = 1.0
    elasticities: str = ""
    hours: float = 0.0
    scale: float = 0.0
    closure: str = ""
    horizon: str = LONG

    @property
    def laws(self) -> ModelView:
        """The view as far as it says whose law is laid on the world."""
        return ModelView(self.on, since=self.since, announced=self.announced, answers=self.answers)

    @property
    def stands_on(self) -> tuple[str, ...]:
        """What our number stands on, in words."""
        since, on = (spelled_day(day) for day in (self.since, self.on))
        return declared_note("choices.compared", on=on, since=since), f"world {WorldSetting().world}"


def modelled(view: ModelView) -> float:
    """Change of what a view names, share.

    Raises
    ------
    SolveError : no equilibrium under these choices.
    """
    return _model_changes(replace(view, what=GDP))[view.what]


@lru_cache(maxsize=4096)
def _model_changes(view: ModelView) -> Mapping[str, float]:
    """Changes of a country by name, share."""
    effect = _plain(view.laws) if replace(view, country=AMERICA) == view.laws else _solved(view)
    known = effect.after.changes
    return {name: effect.number(key, view.country) if key in known else 0.0 for name, key in MODELLED.items()}


def _solved(view: ModelView) -> Effect:
    """Both laws in a world near ours: the search sets out from our answer, whichever was asked for before."""
    given = dict[str, float]()
    given |= {"labor_supply_elasticity": view.hours} if view.hours else {}
    given |= {"scale_elasticity": view.scale} if view.scale else {}
    setting = WorldSetting(
        elasticities=view.elasticities, parameters=given, closure=view.closure, horizon=HORIZONS[view.horizon]
    )  # fmt: skip
    economy = setting.economy()
    if view.elasticity != 1.0:
        theta = np.asarray(economy.parameters["trade_elasticity"], dtype=np.float64)
        economy = economy.with_parameters(trade_elasticity=theta * view.elasticity)
    return _laws_of_view(view.laws).solved(economy, options=setting.options(economy), near=_plain(view.laws))


@lru_cache(maxsize=4)
def _plain(view: ModelView) -> Effect:
    """Both laws in our world."""
    effect = _laws_of_view(view).solved(WorldSetting().economy())
    # What its equations were set up with is most of it.
    effect.before.shock.memo.clear()
    effect.after.shock.memo.clear()
    return effect


@lru_cache(maxsize=4)
def _laws_of_view(view: ModelView) -> Laws:
    """Both laws of the importers that answer, on our world."""
    own, economy = LawChange(announce=[*view.announced]), WorldSetting().economy()
    codes = _moved(view.since, view.on) if view.answers == RECORDED else ()
    known = Scenario(
        title=view.what, on=view.on, against=Point(on=view.since), usa=own, laws={code: LawChange() for code in codes}
    )
    pair = laws({code: [*pairings_of(known, code, Path())] for code in known.importers}, economy)[0]
    if view.answers not in (NOBODY, KIND):
        return pair
    before, after = (np.asarray(each.tariff) for each in (pair.before, pair.after))
    tariff = _answered(before, after, economy.country(AMERICA), view.answers == KIND)
    return replace(pair, after=replace(pair.after, tariff=tariff))


def _answered(before: Floats, after: Floats, own: int, in_kind: bool) -> Floats:
    """New tariffs of one importer beside the old ones of all others, which add its rise to theirs on its goods."""
    tariff = before.copy()
    tariff[own] = after[own]
    if in_kind:
        rise = np.maximum(after[own] - before[own], 0.0)
        rise[own] = 0.0
        tariff[:, own] += rise
    return tariff


def _moved(since: date, on: date) -> Iterator[str]:
    """Importers on record, but the United States and China, whose law changes between two days."""
    for code in lawbooks():
        if code not in PARTIES and any(since < day <= on for day in importer(code).law.dates):
            yield code


def model_options(law: date | None = None, announced: tuple[str, ...] = ()) -> tuple[Option[ModelView], ...]:
    """What other models choose otherwise, in the order of a waterfall.

    Parameters
    ----------
    law, announced : day of the law that they mean, where it is another, and what they count beside it.
    """
    changes: dict[str, tuple[str, dict[str, Any]]] = {
        "answers_none": ("choices.answers_none", {"answers": NOBODY}),
        "answers_all": ("choices.answers_all", {"answers": RECORDED}),
        "answers_kind": ("choices.answers_kind", {"answers": KIND}),
        "elasticity_low": ("choices.elasticity_low", {"elasticity": Pace.short_ratio}),
        "elasticity_high": ("choices.elasticity_high", {"elasticities": HIGHER}),
        "labour": ("choices.labour", {"hours": HOURS}),
        "balances": ("choices.balances", {"closure": "zero"}),
        "first_year": ("choices.first_year", {"horizon": SHORT}),
        "steady_state": ("choices.steady_state", {"horizon": STEADY}),
        "scale": ("choices.scale", {"scale": SCALE}),
    }
    words = {"ratio": Pace.short_ratio, "hours": HOURS, "scale": SCALE}
    first = () if law is None else (of_law(law, announced),)
    made = (chosen(name, declared_note(note, **words), **change) for name, (note, change) in changes.items())
    return (*first, *made)
