"""Chain: what a control of exports costs, measured on the months and economies of `chain_run`.

`disrupt_chain` answers one question with central figures; ranges are a matter of `chain_draws`.

How many times the value of the missing material a loss is, and from where on that is beyond the model.

A loss of GDP that is thousands of times what is missing says more of elasticities near zero than of an economy. It is
flagged, and stands beside what the missing material would cost at the quote outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from detente.chains.chain import Range
from detente.chains.disrupt import BALANCED, Disruption, answered
from detente.chains.equilibrium import (
    PEAK,
    QUARTERS,
    Loss,
    NetworkEquilibrium,
    gdp_change,
    losses,
    real_income_change,
)
from detente.chains.industry import RunQuarter, output
from detente.chains.ledger import Imbalance
from detente.chains.stocks import StockDays
from detente.codes import InputError, UnknownName, declared_note
from detente.codes.axis import Floats
from detente.codes.given import Several, several
from detente.codes.names import Readable
from detente.data import chain_world
from detente.data.chain_build import LAST, LAST_RUNG
from detente.economy.frame import Shock
from detente.lab.chains.effects import DIRECT, Effects, world_shock_hat
from detente.lab.chains.months import ChainQuestion, Ran, RunCase, Words, one_point_more, run_many, run_question
from detente.lab.work.threads import on_one_thread

#: Most by which a network multiplies the losses of the users themselves.
NETWORK = 3.0

#: USD below which nothing is missing: it is what rounding leaves of a need that is met.
DUST = 1.0


def beyond_words() -> str:
    """What is said of a loss that is beyond the model."""
    return declared_note("chains.beyond")


@dataclass(frozen=True)
class Multiple:
    """A loss beside the material that is missing.

    Attributes
    ----------
    missing : need unmet in the period and scope at base prices, USD; `at_quote` its cost at the quote outside.
    times : loss over `missing`; NaN where nothing is missing. `most` : from where on it is beyond the model.
    """

    missing: float
    at_quote: float
    times: float
    most: float

    @property
    def beyond(self) -> bool:
        """Whether the loss is an upper bound at best."""
        return bool(self.times > self.most)


Key = tuple[str, str, str, str]


def multiples(ran: Ran, values: Mapping[Key, float]) -> dict[Key, Multiple]:
    """The multiples of the losses of GDP and income.

    Parameters
    ----------
    values : losses by country, scope, measure and period, share of annual GDP.
    """
    rows: dict[Key, Multiple] = {}
    of_users: dict[tuple[str, str], tuple[float, float]] = {}
    for key, value in values.items():
        bloc, scope, _, period = key
        effect = ran.effects[scope]
        if bloc not in ran.runs[scope].chain.layout.places:
            continue
        path = effect.path(scope, bloc)
        if (bloc, scope) not in of_users:
            of_users[bloc, scope] = with_parts(ran, bloc, scope), most_of(ran, path, scope)
        parts, most = of_users[bloc, scope]
        quarters = _quarters(effect, path, period)
        missing, at_quote = (parts * usd for usd in _missing(ran.runs[scope], bloc, quarters))
        lost = value * chain_world.gdp(bloc) * (0.25 if period == PEAK else 1.0)
        missing, at_quote = (missing, at_quote) if missing >= DUST else (0.0, 0.0)
        times = lost / missing if missing else float("nan")
        rows[key] = Multiple(missing, at_quote, times, most)
    return rows


def with_parts(ran: Ran, bloc: str, scope: str) -> float:
    """Need with what imported parts hold over that of the users; 1 in scope direct and where no figure is known."""
    file = ran.question.file
    rows = [row for row in file.spending if chain_world.bloc_of(row.country) == bloc]
    whole = next((row for row in rows if row.scope == "requirement"), None)
    users = [user for user in ran.chains[scope].users if user.country == bloc]
    spent = sum(sum(user.need.values()) for user in users)
    if scope == DIRECT or whole is None or not spent > 0.0:
        return 1.0
    direct = sum(row.central for row in rows if row.product == whole.product and row.scope == "direct")
    return 1.0 + max(whole.central - direct, 0.0) / spent if direct else 1.0


def _quarters(effect: Effects, path: Sequence[NetworkEquilibrium], period: str) -> list[RunQuarter]:
    """Quarters that a period of losses covers."""
    of_run = [quarter.period for quarter in effect.quarters]
    if period == PEAK:
        return [of_run[int(np.argmax([-gdp_change(equilibrium) for equilibrium in path]))]]
    year = int(period.removeprefix("year "))
    return of_run[QUARTERS * (year - 1) : QUARTERS * year]


def _missing(run: Disruption, bloc: str, quarters: Sequence[RunQuarter]) -> tuple[float, float]:
    """Need of a country unmet in some quarters at base prices, and at the quote outside, USD."""
    layout, prices = run.chain.layout, run.prices
    mine = layout.country == layout.places.index(bloc)
    elements = [run.chain.elements.index(name) for name in prices.elements]
    dearer = layout.recipe[layout.grade][:, elements] @ (prices.outside - prices.inside)
    short = (1.0 - run.met) / 12.0
    usd = short * layout.spending[:, None]
    quoted = usd + short * layout.kilograms[:, None] * dearer
    months = [m for quarter in quarters for m in range(run.months)[quarter.months]]
    return float(usd[mine][:, months].sum()), float(quoted[mine][:, months].sum())


def most_of(ran: Ran, path: Sequence[NetworkEquilibrium], scope: str) -> float:
    """Largest multiple within the model: value behind a dollar of material, times what the network adds (1 to 3)."""
    chain = ran.chains[scope]
    last = chain.value(LAST) if LAST in chain.parameters else LAST_RUNG.central
    own = sum(own_loss(equilibrium) for equilibrium in path)
    added = sum(-gdp_change(equilibrium) for equilibrium in path) / own if own > 0.0 else 1.0
    return last * float(np.clip(added, 1.0, NETWORK))


def own_loss(equilibrium: NetworkEquilibrium) -> float:
    """What the users lose by themselves, all else as it is, over base value added; material not bought is no loss."""
    network = equilibrium.network
    uses = network.spending > 0.0
    made, spent = network.output[uses], network.spending[uses]
    q = equilibrium.quantity[uses]
    lost = made * (1.0 - output(q, spent / made, network.sigma[uses])) - spent * (1.0 - q)
    return float(lost.sum() / network.value_added.sum())


YEAR = 12

#: Options of a question beyond those that `disrupt_chain` names.
FURTHER = ("allocation", "start", "after", "reading")


def country_losses(ran: Ran) -> list[Loss]:
    """Losses by country, scope, measure and period (step 18)."""
    return [
        row
        for bloc in ran.question.blocs
        for scope in ran.scopes
        if (bloc, scope) != (ran.question.file.restrictor, DIRECT)
        for effect in [ran.effects[scope]]
        for row in losses(
            effect.path(scope, bloc), bloc, scope, effect.weights, rents_abroad(ran.runs[scope], bloc, effect)
        )
    ]


def rents_abroad(run: Disruption, bloc: str, effect: Effects) -> list[float]:
    """Rent of the restrictor on a country's licensed volume by quarter, at annual rate, USD of the network's year."""
    prices = run.prices
    if not prices.rent.any() or bloc not in run.chain.layout.places:
        return [0.0] * len(effect.quarters)
    share = _licensed_share(run, bloc)
    monthly = share @ prices.rent / chain_world.dollar_growth(bloc)
    return [float(monthly[quarter.period.months].mean()) * YEAR for quarter in effect.quarters]


def _licensed_share(run: Disruption, bloc: str) -> Floats:
    """Share of a country in what the restrictor sends of each element with a market, shape (element,)."""
    chain, layout, rows = run.chain, run.chain.layout, run.deliveries.rows
    place = layout.places.index(bloc)
    shares = []
    for element in run.prices.elements:
        e = chain.elements.index(element)
        kg = layout.kilograms * layout.recipe[layout.grade, e] * layout.licensed[layout.country, layout.grade]
        feed = rows.bought * (1.0 - rows.outside) * (rows.element == e)
        mine = kg[layout.country == place].sum() + feed[rows.country == place].sum()
        total = kg.sum() + feed.sum()
        shares.append(float(mine / total) if total > 0.0 else 0.0)
    return np.array(shares)


@dataclass(frozen=True, repr=False)
class AnswerCertificate(Readable):
    """What the solves behind an answer ended with.

    Attributes
    ----------
    residual : largest residual of the networks' equations, logs; `walras` of the dropped identity; `iterations` most.
    balance : largest residual of mass balances, stocks and markets, at most `tolerance`.
    need : largest gap between the need of a product in the file and in the run, share; `need_product` : which.
    material : where the ledger of every material, place and month is off by most, share of what enters the place.
    lowest_stock : lowest stock of any class, months.
    converged : every solve; an answer from another is never returned.
    solves : networks solved; `worst` country, industry or row with the largest residual.
    floor_binds : users that sit at the floor, which the loss then hangs on.
    second_pass : largest move of any imported part if producers were solved again with parts short; NaN where no part
        can be short.
    """

    residual: float
    walras: float
    iterations: int
    balance: float
    tolerance: float
    material: Imbalance
    lowest_stock: float
    converged: bool
    solves: int
    worst: str
    floor_binds: tuple[str, ...]
    second_pass: float
    need: float
    need_product: str


def certificate(ran: Ran) -> AnswerCertificate:
    """The certificate of a run."""
    kept = {id(e): e for e in ran.effects.values()}.values()
    paths = [item for e in kept for by_bloc in (e.direct, e.requirement) for item in by_bloc.items()]
    solved = [(bloc, equilibrium) for bloc, path in paths for equilibrium in path]
    worst = max(solved, key=lambda pair: pair[1].certificate.residual)
    runs = list(ran.runs.values())
    product, apart = max((chain.unplaced for chain in ran.chains.values()), key=lambda gap: gap[1])
    moved = max((m for e in kept for m in e.second_pass.values()), default=float("nan"))
    return AnswerCertificate(
        residual=worst[1].certificate.residual,
        walras=max(abs(equilibrium.certificate.walras) for _, equilibrium in solved),
        iterations=max(equilibrium.certificate.iterations for _, equilibrium in solved),
        balance=max(run.certificate.residual for run in runs),
        tolerance=BALANCED,
        material=max((run.certificate.material for run in runs), key=lambda balance: balance.residual),
        lowest_stock=min(run.certificate.lowest_stock for run in runs),
        converged=all(equilibrium.certificate.converged for _, equilibrium in solved),
        solves=len(solved),
        worst=f"{worst[0]}, {worst[1].certificate.worst}",
        floor_binds=floors(ran),
        second_pass=moved,
        need=apart,
        need_product=product,
    )


def floors(ran: Ran) -> tuple[str, ...]:
    """Users that sit at the floor in some quarter, the countries shown only."""
    users: dict[str, None] = {}
    for effect in ran.effects.values():
        keys = effect.nations.industries.keys
        for quarter in effect.quarters:
            for n in np.flatnonzero(quarter.found.at_floor > 0.0).tolist():
                if keys[n][0] in ran.question.blocs:
                    users[" ".join(part for part in keys[n] if part)] = None
    return tuple(users)


@dataclass(frozen=True, repr=False)
class Marginal(Readable):
    """What one more point of licences is worth over a year of the horizon.

    Attributes
    ----------
    buyer : exact real income gained by country, USD a year; `scope` it is in.
    restrictor : change in rent less lasting loss of sales, USD a year; `sales` value of exports that come back.
    """

    scope: str
    buyer: Mapping[str, float]
    restrictor: float
    sales: float


def marginal(ran: Ran) -> Marginal:
    """The difference of two runs a point apart, stocks and all (step 28)."""
    question = replace(ran.question, scope=ran.scopes[0])
    more = run_question(question, one_point_more(ran.chains[ran.scopes[0]], ran.licences))
    scope, base = ran.scopes[0], ran.runs[ran.scopes[0]]
    gains = {
        bloc: (_income(more, scope, bloc) - _income(ran, scope, bloc)) * chain_world.gdp(bloc)
        for bloc in ran.question.blocs
        if bloc in ran.effects[scope].direct and bloc != ran.question.file.restrictor
    }
    after = more.runs[scope]
    lasting = (lasting_loss(after) - lasting_loss(base), export_sales(after) - export_sales(base))
    rent = (after.prices.rent.sum() - base.prices.rent.sum()) / base.months * YEAR
    return Marginal(scope, gains, float(rent) - lasting[0], lasting[1])


def _income(ran: Ran, scope: str, bloc: str) -> float:
    """Change of exact real income over the run, share of a year's GDP, at annual rate."""
    effect = ran.effects[scope]
    path, weights = effect.path(scope, bloc), np.array(effect.weights)
    return float(weights @ [real_income_change(equilibrium) for equilibrium in path] / weights.sum())


def export_sales(run: Disruption) -> float:
    """Exports of the restrictor at base prices, USD a year, mean over the run: licensed goods and feed not counted."""
    deliveries = run.deliveries
    price = np.array([grade.price for grade in run.chain.grades])[deliveries.cells.grade]
    return float((deliveries.licensed.mean(axis=1) * deliveries.cells.kilograms * price).sum())


def lasting_loss(run: Disruption) -> float:
    """Sales lost each year to capacity that buyers have built by the end of the run, USD at base prices."""
    deliveries = run.deliveries
    price = np.array([grade.price for grade in run.chain.grades])[deliveries.cells.grade]
    return float((deliveries.plants[:, -1] * deliveries.cells.kilograms * price).sum())


@dataclass(frozen=True, repr=False)
class ChainAnswer(Readable):
    """A question, what was run, and what came of it.

    Attributes
    ----------
    losses : by country, scope, measure and period; central figures.
    multiples : of each loss, the value of what is missing and how many times it the loss is, by the same key.
    certificate : of every solve. marginal : worth of one more point of licences, or None.
    parameters : figures used, by name.
    """

    ran: Ran = field(repr=False)
    losses: Sequence[Loss] = field(repr=False)
    multiples: Mapping[Key, Multiple] = field(repr=False)
    certificate: AnswerCertificate
    marginal: Marginal | None
    parameters: Mapping[str, Range] = field(repr=False)

    def loss(self, country: str, *, scope: str, measure: str, period: str) -> float:
        """One loss, share of annual GDP; `UnknownName` for one that is not there."""
        key = (country, scope, measure, period)
        for row in self.losses:
            if row.key == key:
                return row.value
        known = (" / ".join(row.key) for row in self.losses)
        raise UnknownName("loss", " / ".join(key), known, "answer")


def disrupt_chain(
    name: str | Path = "rare-earths",
    *,
    cut: float | None = None,
    scenario: str = "",
    basis: str = "flow",
    months: int = 12,
    scope: str = "both",
    stock_days: float | StockDays | None = None,
    elements: Several = (),
    to: Several = (),
    countries: Several = (),
    values: Mapping[str, float] | None = None,
    **options: Any,
) -> ChainAnswer:
    """What a control of exports does: who runs short and when, prices, and losses of every country.

    Parameters
    ----------
    name : chain by name, or the path of a file.
    cut : share by which the restrictor's flow falls, or `scenario` : a licence path by name or file.
    basis : "flow" cuts the restrictor's exports, "supply" supply from all origins.
    months : length of the run; scope : "direct", "requirement" or "both".
    stock_days : 0 switches every stock off, another number sets the national stock in days of use; `StockDays` sets the
        stocks of firms apart.
    elements, to : what and whom the control concerns; all by default. countries : whose losses are wanted.
    values : figures in place of the central ones, by the names of `figures`.
    options : further fields of `ChainQuestion` (`allocation`, `start`) and of `Words` (`after`, `reading`).

    Raises
    ------
    InputError, UnknownName : words or figures that cannot be. SolveError : a solve that does not converge.
    """
    for option in options:
        if option not in FURTHER:
            raise UnknownName("option", option, FURTHER, "disrupt_chain", f"it takes {', '.join(FURTHER)} besides")
    words = {key: options.pop(key) for key in ("after", "reading") if key in options}
    named = several(elements, "elements"), several(to, "to")
    path = Words(float("nan") if cut is None else cut, basis, scenario, *named, **words)
    question = ChainQuestion(
        str(name), path, months, scope, stock_days, several(countries, "country"), values=dict(values or {}), **options
    )
    return answer(question)


def answer(question: ChainQuestion, *, worth: bool = True) -> ChainAnswer:
    """Answer a question with central figures.

    Parameters
    ----------
    worth : whether to add the marginal value of a point of licences.
    """
    return _of_run(run_question(question, every=True), worth=worth)


@on_one_thread
def answer_both(without: ChainQuestion, deal: ChainQuestion) -> tuple[ChainAnswer, ChainAnswer]:
    """Answers without and with a deal, run side by side."""
    first, second = answered(run_many([RunCase(question, every=True) for question in (without, deal)]))
    return _of_run(first), _of_run(second)


def _of_run(ran: Ran, *, worth: bool = False) -> ChainAnswer:
    """What a run answers; options are those of `answer`."""
    rows = country_losses(ran)
    times = multiples(ran, {row.key: row.value for row in rows})
    point = marginal(ran) if worth and ran.licences.acts else None
    parameters = dict(ran.chains[ran.scopes[-1]].parameters)
    return ChainAnswer(ran, rows, times, certificate(ran), point, parameters)


def world_shock(answer: ChainAnswer, quarter: int | None = None) -> Shock:
    """The shortage as a shock to the world economy: productivity of short sectors, new over old, on axes of icio-2022.

    The family of the world has no caps on quantities; 1/y enters as the cost of a unit of output (step 24). Each sector
    weighs its exposed part by its share. A bloc's figure stands for each of its members.

    Parameters
    ----------
    quarter : position of the quarter; by default that with the lowest output.
    """
    effect = next(e for e in answer.ran.effects.values())
    if not effect.direct:
        raise InputError("world shock", "no country was solved", "ask for scope direct or both")
    if quarter is None:
        lost = [sum(-gdp_change(path[t]) for path in effect.direct.values()) for t in range(len(effect.quarters))]
        quarter = int(np.argmax(lost))
    economy = chain_world.world()
    hat = np.ones((len(economy.countries), len(economy.sectors)))
    for bloc, sector, value in zip(*(part.tolist() for part in world_shock_hat(effect, quarter)), strict=True):
        for code in chain_world.bloc_members()[bloc]:
            hat[economy.country(code), economy.sector(sector)] = max(value, 1e-3)
    return Shock(productivity_hat=hat)
