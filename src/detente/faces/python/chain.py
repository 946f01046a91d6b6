"""Chains: what a control of exports of a material costs, asked in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from warnings import warn

from detente.chains.chain import SupplyChain
from detente.chains.rows import User
from detente.codes import MOST_DRAWS, Column, InputError, Parameter, Table, Unit, whole_number
from detente.codes.countries import fold
from detente.codes.given import Several, several, share
from detente.codes.kinds import checked
from detente.codes.names import first_upper
from detente.data.chain_build import load_chain
from detente.data.chain_tables import us_network
from detente.data.chain_world import BLOCS, check_bloc
from detente.data.tables import countries, place
from detente.data.tables import countries as names_of_countries
from detente.faces.python.answer import AnswerBase, LateTables
from detente.faces.python.plots import Plot, plot
from detente.lab.chains.answer import ChainAnswer
from detente.lab.chains.answer import disrupt_chain as answered
from detente.lab.chains.draws import AnswerDraws, spread
from detente.lab.chains.portrait import show_tables
from detente.lab.chains.report import certificate_line
from detente.lab.chains.tables import MATERIAL, PLAIN, TABLES, headline_table, title_of
from detente.lab.ground.averages import sector_names


@dataclass(frozen=True, repr=False)
class Chain(AnswerBase):
    """A supply chain of a material that one country may withhold.

    Attributes
    ----------
    name : of the chain, or the path of a file.
    """

    name: str

    @property
    def title(self) -> str:
        """Name and size."""
        chain = self.baseline
        return f"Supply chain {self.name}: {len(chain.elements)} elements, {len(chain.users)} users"

    @property
    def sentences(self) -> Sequence[str]:
        """What to ask of it."""
        return (".cut(0.8, months=12) for a cut of exports by four fifths, .path('april-2025') for licences on record",)

    @property
    def baseline(self) -> SupplyChain:
        """The chain before any control, for the functions below."""
        return load_chain(self.name)

    @property
    def tables(self) -> Mapping[str, Table]:
        """Who makes what, who needs what: the tables of `detente chain show`."""
        return {table.name: table for table in show_tables(self.name, "requirement")}

    def cut(
        self,
        cut: float | str,
        *,
        months: int = 12,
        country: Several = (),
        elements: Several = (),
        to: Several = (),
        draws: int = 0,
        seed: int = 0,
        **options: Any,
    ) -> ChainCut:
        """What a cut of the restrictor's exports costs.

        Parameters
        ----------
        cut : share that is cut, from 0 to 1, or "80%"; months : length of the run.
        country : countries whose losses are wanted; elements, to : what and whom the cut concerns; all by default.
        draws : joint draws of all figures for ranges, 0 for none; seed : of the draws.
        options : further ones of `detente.disrupt_chain`, as `scope`, `basis`, `stock_days`.

        Raises
        ------
        InputError, UnknownName : a share out of range, a name nobody knows.
        """
        words = {"months": months, "country": country, "elements": elements, "to": to, **options}
        return _ranged(disrupt_chain(self.name, cut=cut, **words), draws, seed)

    @checked
    def path(
        self, scenario: str, *, months: int = 12, country: Several = (), draws: int = 0, seed: int = 0, **options: Any
    ) -> ChainCut:
        """What a path of licences costs, by name ("april-2025") or file; arguments as for `cut`."""
        answer = disrupt_chain(self.name, scenario=scenario, months=months, country=country, **options)
        return _ranged(answer, draws, seed)


def _ranged(answer: ChainAnswer, draws: int, seed: int) -> ChainCut:
    """An answer with its ranges, where draws are asked for."""
    if not whole_number(draws, "draws", 0, MOST_DRAWS):
        return ChainCut(answer)
    return ChainCut(answer, spread(replace(answer.ran.question, full=False), draws, whole_number(seed, "seed", 0)))


@checked
def disrupt_chain(
    name: str | Path = "rare-earths",
    *,
    cut: float | str | None = None,
    country: Several = (),
    to: Several = (),
    countries: Several | None = None,
    **options: Any,
) -> ChainAnswer:
    """What a control of exports does; see `detente.lab.chains.answer.disrupt_chain`.

    Parameters
    ----------
    name : chain by name, or the path of a file.
    cut : share that is cut, from 0 to 1, or "80%".
    country : countries and blocs whose losses are wanted; to : those that the control is towards; all by default.
    countries : the old name of `country`, which warns.
    options : further ones, as `scenario`, `months`, `scope`, `elements`, `stock_days`.

    Raises
    ------
    InputError, UnknownName : words or figures that cannot be. SolveError : a solve that does not converge.
    """
    if countries is not None:
        warn("disrupt_chain: 'countries' is now 'country'", DeprecationWarning, stacklevel=2)
        country = countries
    if cut is not None:
        options["cut"] = share(cut, "cut", 0.0, 1.0)
    return answered(name, countries=_blocs(country, "country"), to=_blocs(to, "to"), **options)


def _blocs(names: Several, where: str) -> tuple[str, ...]:
    """Codes of countries and blocs of the chains by any name."""
    return tuple(_bloc(name, where) for name in several(names, where))


def _bloc(name: str, where: str) -> str:
    known = names_of_countries()
    group = known.group(name)
    code = name.upper() if name.upper() in BLOCS else group.id if group is not None else known.aliases.get(fold(name))
    return check_bloc(code or name, Parameter(where))


@checked
def chain(name: str = "rare-earths") -> Chain:
    """A supply chain by name, or the path of a file of one's own.

    Raises
    ------
    UnknownName, InputError : no such chain.
    """
    made = Chain(str(name))
    _ = made.baseline
    return made


@dataclass(frozen=True, repr=False)
class ChainCut(AnswerBase):
    """What a control of exports costs: losses, first days short, prices, months.

    Attributes
    ----------
    result : of `detente.disrupt_chain`, with its certificate; `ranges` : over draws of the figures, or None.
    """

    result: ChainAnswer
    ranges: AnswerDraws | None = None

    @property
    def title(self) -> str:
        """Chain, control and length."""
        return f"Losses: {title_of(self.result)}"

    @property
    def sentences(self) -> Sequence[str]:
        """The loss of each country in the first year, and how well it is solved."""
        rows = [row for row in self.losses.rows() if (row["measure_id"], row["period_id"]) == ("gdp", "year_1")]
        lost = sorted((row for row in rows if row["scope"] == rows[-1]["scope"]), key=lambda row: -row["median"])
        what = "of GDP in the first year"
        sentences = [f"{first_upper(place(row['country']))} loses {row['median']:.3%} {what}." for row in lost[:3]]
        return (*sentences, f"Solved: {certificate_line(self.result)}")

    @property
    def tables(self) -> Mapping[str, Table]:
        """Every table of `detente chain run`; made when looked at."""
        makers = {name: partial(make, self.result, self.ranges) for name, make in TABLES.items()}
        makers |= {name: partial(make, self.result) for name, make in {**PLAIN, **MATERIAL}.items()}
        if self.result.marginal is None:
            makers = {name: make for name, make in makers.items() if name != "marginal"}
        return LateTables(makers)

    def shown(self) -> Table:
        """Losses as a reader sees them."""
        table = headline_table(self.result, self.ranges)
        return replace(table.select([c.name for c in table.columns if c.name != "log_axis"]), notes=())

    def plot(self, name: str = "months") -> Plot:
        """Who runs short, month by month."""
        run = self.result.ran.runs[self.result.ran.scopes[0]]
        short = 1.0 - run.met_by_user
        users = [u for u, user in enumerate(run.chain.users) if user.country in self.result.ran.question.blocs]
        columns = (
            Column("month", Unit.COUNT, "month of the run"),
            Column("group", Unit.TEXT, "country and industry"),
            Column("short", Unit.SHARE, "need not met"),
        )
        rows = [
            (month + 1, _user(run.chain.users[u]), float(short[u, month]))
            for u in users
            if short[u].max() >= LEAST
            for month in range(run.months)
        ]
        if not rows:
            raise InputError("plot", "nobody runs short", "look at table `losses`")
        return plot({"months": Table.of_rows("months", self.title, columns, rows)}, name)

    @property
    def losses(self) -> Table:
        """Losses by country, scope, measure and period, shares of annual GDP."""
        return self.table("losses")

    @property
    def prices(self) -> Table:
        """Prices inside and outside by element and month."""
        return self.table("prices")

    @property
    def months(self) -> Table:
        """Shortage by month."""
        return self.table("months")

    @property
    def first_short(self) -> Table:
        """First day on which each user runs short."""
        return self.table("first-short")


LEAST = 0.01
"""Share of need not met below which a user is not drawn."""


def _user(user: User) -> str:
    """A user in words: country, industry, and whether it is the part that defence takes."""
    network = us_network()
    names = dict(zip(network.codes, network.names, strict=True)) if user.country == "USA" else sector_names()
    defence = " (defence)" if user.defence else ""
    return f"{countries().names.get(user.country, user.country)}: {names.get(user.code, user.code)}{defence}"
