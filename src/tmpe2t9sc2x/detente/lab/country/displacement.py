"""Displacement: from whom a country takes sales in a market, and who takes them from it.

The world says how the purchases of a market move between sellers, its own producers among them, sector by sector. As
shares of what it buys they sum to nothing: what some gain others lose. Each gain is matched with all losses of its
sector in proportion. Within a sector the move between two sellers is split among the tariff lines in which both sell,
by their overlap and by how far the duty between them moved.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.economy import goods
from detente.lab.country.lines import LineTrade
from detente.lab.world.incidence import Effect

Floats = NDArray[np.float64]

LEAST = 1e-6
"""Move of the duty between two sellers, share, below which a line counts as untouched."""


def taken(effect: Effect, market: str, seller: int) -> Floats:
    """What a country takes from each seller in a market, by sector, USD a year; below zero where it loses to it.

    Returns
    -------
    Shape (country, sector); the market's own place holds its producers. Services are left out.
    """
    economy = effect.economy
    m = economy.country(market)
    old, new = (e.levels["trade"][m] for e in (effect.before, effect.after))
    bought = new.sum(axis=0)
    moved = (_shares(new) - _shares(old)) * bought
    moved[:, ~np.isin(economy.sectors, goods(economy))] = 0.0
    gains, losses = np.maximum(moved, 0.0), np.maximum(-moved, 0.0)
    whole = np.maximum(gains.sum(axis=0), 1e-300)
    return (gains[seller] * losses - losses[seller] * gains) / whole


def _shares(trade: Floats) -> Floats:
    whole = trade.sum(axis=0)
    return trade / np.where(whole > 0.0, whole, 1.0)


def taken_by_line(trade: LineTrade, amounts: Floats, seller: int, home: int) -> Floats:
    """The same by tariff line, shape (lines, country).

    Parameters
    ----------
    amounts : by country and sector, as `taken` gives them; `home` : the market itself, whose producers rival in every
        line that the country sells.
    """
    own = trade.value[:, seller]
    overlap = own[:, None] * trade.value / np.maximum(trade.everybody, 1.0)[:, None]
    overlap[:, home] = own
    overlap[:, seller] = 0.0
    placed = trade.sector >= 0
    sectors, rows = amounts.shape[1], np.where(placed, trade.sector, 0)
    weights = np.where(placed[:, None], overlap * _moves(trade, seller, home), 0.0)
    plain = np.where(placed[:, None], overlap, 0.0)
    touched = _by_sector(weights, rows, sectors)
    weights = np.where((touched > 0.0)[rows], weights, plain)
    whole = _by_sector(weights, rows, sectors)
    return weights / np.where(whole > 0.0, whole, 1.0)[rows] * amounts.T[rows]


def _moves(trade: LineTrade, seller: int, home: int) -> Floats:
    """How far the duty between a country and each other moved in each line, share."""
    value = np.maximum(trade.value, 0.5)
    change = (trade.after - trade.before) / value
    change[:, home] = 0.0
    moves = np.abs(change[:, seller, None] - change)
    return np.where(moves > LEAST, moves, 0.0)


def _by_sector(amounts: Floats, rows: NDArray[np.int64], sectors: int) -> Floats:
    """Sums over the lines of each sector, shape (sector, country)."""
    n = amounts.shape[1]
    cell = rows[:, None] * n + np.arange(n)
    return np.bincount(cell.ravel(), amounts.ravel(), minlength=sectors * n).reshape(sectors, n).astype(np.float64)
