"""Tables of an answer of a supply chain: losses, first days short, prices, months, industries, worth of a licence.

What to say beside the numbers of an answer of a supply chain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from detente.chains.chain import DAYS_PER_MONTH, Range
from detente.chains.disrupt import Disruption
from detente.chains.equilibrium import GDP, INCOME, PEAK, REAL_INCOME, Loss, gdp_change
from detente.chains.ledger import FLOWS, INS, OUTS
from detente.chains.stocks import StockDays
from detente.codes import Table, declared_note, table_of
from detente.data import chain_world
from detente.data.chain_tables import us_network
from detente.data.tables import GROUPS, partner_name
from detente.lab.averages.averages import sector_names
from detente.lab.chains import tables as build
from detente.lab.chains.answer import ChainAnswer, beyond_words
from detente.lab.chains.draws import ALTERNATIVES, AnswerDraws

YEAR = "year 1"
#: Central over median loss between which the two agree.
CENTRED = (0.8, 1.25)
#: Measure -> short name for machines.
MEASURES = {
    GDP: "gdp",
    INCOME: "income",
    REAL_INCOME: "real_income",
}


def no_range() -> str:
    """What is said where nothing was drawn."""
    return declared_note("chains.central_only")


def title_of(answer: ChainAnswer) -> str:
    """Chain, licence path and length of a run."""
    ran = answer.ran
    return f"{ran.question.file.name}, {ran.licences.name}, {months_of(ran.question.months)}"


def months_of(count: int) -> str:
    """A span in words: "1 month", "12 months"."""
    return f"{count} month{'s' * (count != 1)}"


def losses_table(answer: ChainAnswer, spread: AnswerDraws | None = None) -> Table:
    """Every loss with its period, scope and measure."""
    rows = []
    for row in answer.losses:
        median, low, high = _range(row, spread)
        usd = median * chain_world.gdp(row.country)
        period = "peak_quarter" if row.period == PEAK else row.period.replace(" ", "_")
        what = (row.measure, row.period, MEASURES[row.measure], period)
        times = answer.multiples.get(row.key)
        beside = (np.nan,) * 3 if times is None else (times.missing, times.times, times.most)
        remark = beyond_words() if times is not None and times.beyond else ""
        ratio = row.value / median if median > 0.0 else float("nan")
        rows.append((row.country, row.scope, *what, row.value, median, ratio, low, high, usd, *beside, remark))
    return table_of("chains.losses", rows, () if spread else (no_range(),), run=title_of(answer))


def _off_centre(answer: ChainAnswer, spread: AnswerDraws) -> Iterator[str]:
    """That the central figures give another loss of GDP in the first year than the median of the draws."""
    least, most = CENTRED
    for row in answer.losses:
        median = spread.of_loss(row)[0]
        if (row.measure, row.period, row.scope) != (GDP, build.YEAR, answer.ran.scopes[-1]) or not median > 0.0:
            continue
        if not least <= row.value / median <= most:
            yield declared_note("chains.off_centre", country=partner_name(row.country), ratio=row.value / median)


def _range(row: Loss, spread: AnswerDraws | None) -> tuple[float, float, float]:
    ends = spread.of_loss(row) if spread else (np.nan, np.nan, np.nan)
    return (row.value, np.nan, np.nan) if np.isnan(ends[0]) else ends


def costs_table(answer: ChainAnswer, spread: AnswerDraws | None = None) -> Table:
    """What the first year costs each country in the widest scope asked for, and which of its users is short first."""
    ran, rows = answer.ran, []
    first = first_table(answer, spread)
    names, short = user_names(first), first["first_short"]
    for row in answer.losses:
        if (row.scope, row.measure, row.period) != (ran.scopes[-1], GDP, YEAR):
            continue
        share, gdp = _range(row, spread), chain_world.gdp(row.country)
        mine = [n for n in np.flatnonzero(first["country"] == row.country).tolist() if np.isfinite(short[n])]
        user = min(mine, key=lambda n: short[n], default=None)
        who = ("", np.nan) if user is None else (names[user].replace(" manufacturing", ""), short[user])
        rows.append((row.country, *(part * gdp for part in share), share[0], *reversed(who)))
    notes = (declared_note("chains.first_year", scope=ran.scopes[-1]), *(() if spread else (no_range(),)))
    return table_of("chains.costs", rows, notes, run=title_of(answer)).sorted("lost", descending=True)


def drivers_table(groups: Sequence[Mapping[str, Any]], answer: ChainAnswer) -> Table:
    """Figures that move the loss of each country most."""
    rows = [(g["country"], item["figure"], item["rank_correlation"]) for g in groups for item in g["figures"]]
    return table_of("chains.drivers", rows, run=title_of(answer))


#: Share of need not met below which a user is left out of the months.
LEAST = 0.01


def short_months(answer: ChainAnswer) -> Table:
    """Need not met by user and month of those who run short, by name, of the first scope asked for."""
    run = answer.ran.runs[answer.ran.scopes[0]]
    short, names = 1.0 - run.met_by_user, us_users()
    rows = [
        (month + 1, f"{GROUPS.get(user.country) or partner_name(user.country)}: {_named(row, names)}", short[u, month])
        for u, user in enumerate(run.chain.users)
        if user.country in answer.ran.question.blocs and short[u].max() >= LEAST
        for row in [{"country": user.country, "user": user.code, "defence": user.defence}]
        for month in range(run.months)
    ]
    return table_of("chains.months", rows, run=title_of(answer))


def first_table(answer: ChainAnswer, spread: AnswerDraws | None = None) -> Table:
    """First day short by user, of the first scope asked for."""
    ran = answer.ran
    run = ran.runs[ran.scopes[0]]
    met, rows = run.met_by_user, []
    spent = np.bincount(run.chain.layout.user, run.chain.layout.spending, minlength=len(run.chain.users))
    for u, user in enumerate(run.chain.users):
        if user.country not in ran.question.blocs:
            continue
        ends = spread.of_user(user.label)[1:] if spread else (np.nan, np.nan)
        low, high = (end if np.isfinite(end) else np.nan for end in ends)
        code = f"{user.code} ({user.part})" if user.part else user.code
        rows.append((user.country, code, int(user.defence), run.first_short[u], low, high,
                     met[u].min(), met[u].mean(), spent[u]))  # fmt: skip
    return table_of("chains.first-short", rows, run=title_of(answer), scope=ran.scopes[0])


#: Country whose users are industries of its own table.
AMERICA = "USA"


def user_names(table: Table) -> list[str]:
    """Users of a table in words: "Aircraft engine and engine parts (defence)"; by country, code and defence."""
    names = us_users()
    return [_named(row, names) for row in table.rows()]


def us_users() -> dict[str, str]:
    """Names of the industries of the United States by code."""
    network = us_network()
    return dict(zip(network.codes, network.names, strict=True))


def _named(row: Mapping[str, object], names: Mapping[str, str]) -> str:
    code, _, part = str(row["user"]).partition(" ")
    known = (names if row["country"] == AMERICA else sector_names()).get(code, code)
    return f"{known}{' ' * bool(part)}{part}{' (defence)' * bool(row['defence'])}"


def prices_table(answer: ChainAnswer, spread: AnswerDraws | None = None) -> Table:
    """Two prices by element and month, of the first scope asked for."""
    ran = answer.ran
    run = ran.runs[ran.scopes[0]]
    prices, rows = run.prices, []
    for e, element in enumerate(prices.elements):
        for t in range(run.months):
            ends = spread.of_price(element, t + 1)[1:] if spread else (np.nan, np.nan)
            shares = (each[e, t] for each in (prices.missing, prices.orders, prices.licensed))
            paid = (each[e, t] for each in (prices.inside, prices.outside, prices.upper, prices.average))
            rows.append((element, t + 1, *paid, *ends, *shares, np.nan if no_rent(answer) else prices.rent[e, t]))
    return table_of("chains.prices", rows, no_rent(answer), run=title_of(answer))


def industries_table(answer: ChainAnswer) -> Table:
    """Output lost by industry and country in the worst quarter."""
    rows = []
    for scope in answer.ran.scopes:
        effect = answer.ran.effects[scope]
        for bloc in answer.ran.question.blocs:
            nation = effect.nations.of[bloc]
            if not nation.users.size:
                continue
            path = effect.path(scope, bloc)
            peak = max(range(len(path)), key=lambda t, path=path: -gdp_change(path[t]))
            equilibrium, growth = path[peak], chain_world.dollar_growth(bloc)
            for n, place in zip(nation.users.tolist(), nation.at.tolist(), strict=True):
                key = effect.nations.industries.keys[n]
                lost = float(equilibrium.network.output[place] * (1.0 - equilibrium.output[place])) * growth / 4.0
                rows.append((bloc, " ".join(part for part in key[1:] if part), scope, peak + 1,
                             equilibrium.quantity[place], equilibrium.output[place] - 1.0, lost,
                             equilibrium.shadow_price[place] / equilibrium.basket))  # fmt: skip
    return table_of("chains.industries", rows, run=title_of(answer))


def marginal_table(answer: ChainAnswer) -> Table:
    """Worth of one more point of licences to each side."""
    point = answer.marginal
    if point is None:
        return table_of("chains.marginal", [], run="")
    rows: list[tuple[Any, ...]] = [(bloc, value, "exact real income gained") for bloc, value in point.buyer.items()]
    restrictor, unknown = answer.ran.question.file.restrictor, bool(no_rent(answer))
    rows += [
        (restrictor, np.nan if unknown else point.restrictor, declared_note("chains.rent")),
        (restrictor, point.sales, declared_note("chains.exports_back")),
    ]
    notes = (declared_note("chains.two_runs"), *no_rent(answer))
    return table_of("chains.marginal", rows, notes, run=f": {title_of(answer)}, scope {point.scope}")


def months_table(answer: ChainAnswer) -> Table:
    """Share of need met by user, grade and month, of the first scope asked for."""
    ran = answer.ran
    table = ran.runs[ran.scopes[0]].table()
    return table.take(np.isin(table["country"], ran.question.blocs))


def parameters_table(answer: ChainAnswer) -> Table:
    """The figures used."""
    rows = [(name, r.central, r.low, r.high, r.unit, r.confidence, r.source)
            for name, r in sorted(answer.parameters.items())]  # fmt: skip
    return table_of("chains.parameters", rows, run=title_of(answer))


def no_rent(answer: ChainAnswer) -> tuple[str, ...]:
    """Why the restrictor has no rent, where none is counted."""
    share = answer.parameters["rent_share"].central
    restrictor = answer.ran.question.file.restrictor
    return () if share > 0.0 else (declared_note("chains.no_rent", country=restrictor, share=share),)


def percent(value: float) -> str:
    """A share in per cent with two digits that count."""
    shown = 100.0 * value
    if abs(shown) < 5e-7:
        return "0"
    digits = max(0, 1 - int(np.floor(np.log10(abs(shown)))))
    return f"{shown:.{min(digits, 7)}f}"


def balance_table(answer: ChainAnswer) -> Table:
    """What came in and went out of each place over the run, kg of each element, of the first scope asked for."""
    ran, rows = answer.ran, []
    ledger = ran.runs[ran.scopes[0]].ledger
    for element in ledger.elements:
        flows = ledger.of_element(element)
        first, last = flows["opening"][:, 0], flows["closing"][:, -1]
        total = {name: values.sum(axis=1) for name, values in flows.items()} | {"opening": first, "closing": last}
        came, went = (np.sum([total[name] for name in names], axis=0) for names in (INS, OUTS))
        for p in np.flatnonzero(came > 0.0).tolist():
            off = abs(came[p] - went[p]) / came[p]
            rows.append((element, ledger.places[p], *(max(total[name][p], 0.0) for name in FLOWS), off))
    note = declared_note("chains.residual", material=answer.certificate.material)
    return table_of("chains.balance", rows, (note,), run=title_of(answer), scope=ran.scopes[0])


def stocks_table(answer: ChainAnswer) -> Table:
    """Who holds how much of each element at the start, of the first scope asked for."""
    run = answer.ran.runs[answer.ran.scopes[0]]
    chain, layout, rows = run.chain, run.chain.layout, run.deliveries.rows
    recipe = layout.recipe[layout.grade]
    by_hand = StockDays.of(answer.ran.question.stock_days)
    source = {"users": by_hand.users, "makers": by_hand.users, "national": by_hand.national}
    feed = run.deliveries.feed_run
    entries = []
    for bloc in answer.ran.question.blocs:
        if bloc not in layout.places:
            continue
        mine, place = layout.country == layout.places.index(bloc), layout.places.index(bloc)
        for e, element in enumerate(chain.elements):
            product = (layout.kilograms * recipe[:, e])[mine]
            bought = np.where((rows.country == place) & (rows.element == e), rows.bought, 0.0)
            reserves = zip(feed.reserve_keys, feed.reserve_at_start * feed.reserve_weight, strict=True)
            stocks = (
                ("users", "product", product @ run.stocks.stock_at_start[mine], product.sum()),
                ("makers", "feed", bought @ feed.stock_at_start, bought.sum()),
                ("national", "product", _national(run, bloc, e), product.sum()),
                (
                    "national",
                    "feed",
                    (float(sum((kg for key, kg in reserves if key == (bloc, element))))),
                    bought.sum(),
                ),
            )
            for holder, form, months, year in stocks:
                if year > 0.0:
                    kind = "the chain" if source[holder] is None else "set by hand"
                    entries.append((bloc, element, holder, form, months / year * DAYS_PER_MONTH, months / 12.0, kind))
    return table_of("chains.stocks", entries, run=title_of(answer), scope=answer.ran.scopes[0])


def _national(run: Disruption, bloc: str, element: int) -> float:
    """National and trader stock of products, kg of an element times 12."""
    stocks, recipe = run.stocks, run.chain.layout.recipe[:, element]
    reserves = zip(stocks.reserve_keys, stocks.reserve_at_start * stocks.reserve_weight, strict=True)
    return float(sum(kg * recipe[run.chain.grade(grade)] for (place, grade), kg in reserves if place == bloc))


#: Move of an imported part from which on a second pass is worth a word.
SECOND = 1e-3


def movers(answer: ChainAnswer, spread: AnswerDraws | None) -> list[dict[str, Any]]:
    """Figures that move the loss of GDP of year 1 most by more than chance, in the widest scope, by country."""
    if spread is None:
        return []
    scope, groups = answer.ran.scopes[-1], []
    for bloc in answer.ran.question.blocs:
        key = (bloc, scope, GDP, build.YEAR)
        if key in spread.keys:
            rows = [{"figure": name, "rank_correlation": rho} for name, rho in spread.movers(key)]
            if rows:
                groups.append({"country": bloc, "scope": scope, "measure": GDP, "period": build.YEAR, "figures": rows})
    return groups


def notes(answer: ChainAnswer, spread: AnswerDraws | None = None) -> tuple[str, ...]:
    """Sentences that belong beside the numbers."""
    ran, certificate = answer.ran, answer.certificate
    sentences = [*ran.question.file.notes, *_of_runs(answer), *_second_pass(answer)]
    sentences += [*_stocks_by_hand(ran.question.stock_days), *beyond_model(answer)]
    if ran.question.allocation == "price":
        sentences.append(declared_note("chains.by_price"))
    if certificate.floor_binds:
        sentences.append(_bound_floor(answer.parameters["q_floor"], certificate.floor_binds))
    sentences.append(declared_note("chains.several_classes", inputs=" and ".join(ALTERNATIVES)))
    if spread is None:
        sentences.append(build.no_range())
    else:
        sentences += _off_centre(answer, spread)
    if spread is not None and spread.failed:
        sentences.append(declared_note("chains.failed_draws", failed=spread.failed, draws=len(spread)))
    return tuple(sentences)


def _bound_floor(floor: Range, grades: Sequence[str]) -> str:
    """That the loss hangs on the assumed floor, which binds for some grades."""
    ends = {"floor": floor.central, "low": floor.low, "high": floor.high}
    names = ", ".join(grades[:4])
    if len(grades) <= 4:
        return declared_note("chains.floor", grades=names, **ends)
    return declared_note("chains.floor_of_many", grades=names, more=len(grades) - 4, **ends)


def _stocks_by_hand(days: float | StockDays | None) -> list[str]:
    """Which stocks stand in place of those of the chain, so that runs can be compared."""
    stocks = StockDays.of(days)
    if stocks == StockDays():
        return []
    if stocks == StockDays.of(0):
        return [declared_note("chains.no_stock")]
    users, national = stocks.users, stocks.national
    firms = "chains.own_stocks" if users is None else "chains.stocks_of_firms"
    states = "chains.own_reserves" if national is None else "chains.stocks_of_states"
    words = {"states": declared_note(states, days=national), "firms": declared_note(firms, days=users)}
    return ["; ".join((declared_note("chains.by_hand", **words), declared_note("chains.one_scale")))]


def beyond_model(answer: ChainAnswer) -> list[str]:
    """Losses of GDP of the first year that are beyond the model, with what the missing material would cost."""
    sentences = []
    for (bloc, scope, measure, period), multiple in answer.multiples.items():
        if measure == GDP and period == build.YEAR and multiple.beyond and bloc in answer.ran.question.blocs:
            sentences.append("; ".join((
                declared_note("chains.times", country=bloc, scope=scope, times=multiple.times),
                declared_note("chains.most_times", most=multiple.most, words=beyond_words()),
                declared_note("chains.at_quote", cost=multiple.at_quote / 1e6),
            )))  # fmt: skip
    return sentences


def _of_runs(answer: ChainAnswer) -> list[str]:
    hidden = [f", {bloc}:" for bloc in chain_world.BLOCS if bloc not in answer.ran.question.blocs]
    remarks = dict.fromkeys(note for run in answer.ran.runs.values() for note in run.notes)
    return [note for note in remarks if not any(mark in note for mark in hidden)]


def _second_pass(answer: ChainAnswer) -> list[str]:
    moved = answer.certificate.second_pass
    if not moved >= SECOND:
        return []
    return [declared_note("chains.second_pass", moved=moved)]


def material_line(answer: ChainAnswer) -> str:
    """The material balance in one sentence."""
    c = answer.certificate
    return declared_note("chains.material", material=c.material, limit=c.tolerance)
