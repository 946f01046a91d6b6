"""Tables of the material of a run: its balance by element and place, and the stocks at its start on one scale."""

from __future__ import annotations

import numpy as np

from detente.chains.disrupt import Disruption
from detente.chains.ledger import FLOW_WORDS, FLOWS, INS, OUTS
from detente.chains.steps import DAYS_PER_MONTH
from detente.chains.stocks import StockDays, StockRun
from detente.codes import Column, Table, Unit
from detente.lab.chains.answer import Answer
from detente.lab.chains.tables import table_of, title_of

BALANCE_COLUMNS = (
    Column("element", Unit.CODE, "element, in all grades and feed together"),
    Column("place", Unit.CODE, "country or bloc, the restrictor, other origins, new plants"),
    *(Column(name, Unit.KG, what) for name, what in FLOW_WORDS.items()),
    Column("residual", Unit.SHARE, "what comes in less what goes out, over what comes in"),
)


def balance_table(answer: Answer) -> Table:
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
    title = f"Material balance over the run: {title_of(answer)}, scope {ran.scopes[0]}"
    note = f"largest residual of a material, place and month: {answer.certificate.material}"
    return table_of("balance", title, BALANCE_COLUMNS, rows, note)


STOCK_COLUMNS = (
    Column("country", Unit.CODE, "country or bloc"),
    Column("element", Unit.CODE, "element"),
    Column("holder", Unit.TEXT, "users, makers or national"),
    Column("form", Unit.TEXT, "product, or feed of makers"),
    Column("days", Unit.DAYS, "at the start, days of what the country uses of the element in that form"),
    Column("kg", Unit.KG, "at the start, kg of the element"),
    Column("source", Unit.TEXT, "the chain, or set by hand"),
)


def stocks_table(answer: Answer) -> Table:
    """Who holds how much of each element at the start, of the first scope asked for."""
    run = answer.ran.runs[answer.ran.scopes[0]]
    chain, layout, rows = run.chain, run.chain.layout, run.deliveries.rows
    recipe = layout.recipe[layout.grade]
    by_hand = StockDays.of(answer.ran.question.stock_days)
    source = {"users": by_hand.users, "makers": by_hand.users, "national": by_hand.national}
    feed = run.deliveries.feed_run
    found = []
    for bloc in answer.ran.question.blocs:
        if bloc not in layout.places:
            continue
        mine, at = layout.country == layout.places.index(bloc), layout.places.index(bloc)
        for e, element in enumerate(chain.elements):
            product = (layout.kilograms * recipe[:, e])[mine]
            bought = np.where((rows.country == at) & (rows.element == e), rows.bought, 0.0)
            held = (
                ("users", "product", product @ run.stock_at_start[mine], product.sum()),
                ("makers", "feed", bought @ feed.stock_at_start, bought.sum()),
                ("national", "product", _national(run, bloc, e), product.sum()),
                ("national", "feed", _national_feed(feed, bloc, element), bought.sum()),
            )
            for holder, form, months, year in held:
                if year > 0.0:
                    kind = "the chain" if source[holder] is None else "set by hand"
                    found.append((bloc, element, holder, form, months / year * DAYS_PER_MONTH, months / 12.0, kind))
    note = "a day is 1/365 of a year's need; users and makers use their own first, national stocks go to what is unmet"
    title = f"Stocks at the start: {title_of(answer)}, scope {answer.ran.scopes[0]}"
    return table_of("stocks", title, STOCK_COLUMNS, found, note)


def _national(run: Disruption, bloc: str, element: int) -> float:
    """National and trader stock of products, kg of an element times 12."""
    recipe = run.chain.layout.recipe[:, element]
    at = [n for n, (place, _) in enumerate(run.reserve_keys) if place == bloc]
    kg = [run.reserve_at_start[n] * run.reserve_weight[n] * recipe[run.chain.grade(run.reserve_keys[n][1])] for n in at]
    return float(sum(kg))


def _national_feed(feed: StockRun, bloc: str, element: str) -> float:
    """National and trader stock of feed, kg of an element times 12."""
    at = [n for n, key in enumerate(feed.reserve_keys) if key == (bloc, element)]
    return float(sum(feed.reserve_at_start[n] * feed.reserve_weight[n] for n in at))


MATERIAL = {"balance": balance_table, "stocks": stocks_table}
"""Tables of the material by name."""
