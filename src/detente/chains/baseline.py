"""The baseline network of a country from its tables: use tables by industry, or the accounts of a world of sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from detente.chains.network import Floats, Network
from detente.codes import InputError, UnknownName

ROW_LIMIT = 0.999
"""Use by industries is kept within this share of the output of a row."""

EXPOSED, REST = ":exposed", ":rest"
"""Ends of the codes of the parts of an industry that is split."""

LEAST_VALUE_ADDED = 0.02
"""Value added is kept at this share of output or more."""


def from_use_tables(
    name: str,
    industries: Sequence[str],
    *,
    supply: ArrayLike,
    domestic: ArrayLike,
    imported: ArrayLike,
    imports: ArrayLike,
    parts: Sequence[str] = (),
) -> Network:
    """The network of a country from its use tables, rows and columns on the same codes (spec of chains, step 21).

    Negative cells count as zero; rows whose use exceeds `ROW_LIMIT` of supply, and columns that leave less than
    `LEAST_VALUE_ADDED`, are scaled down. Value added and final use are what is left. Nothing is spent on the controlled
    material yet: see `with_spending`.

    Parameters
    ----------
    supply : domestic output, shape (industry,), USD per year.
    domestic, imported : use of domestic and imported goods, shape (commodity, industry), USD per year.
    imports : all imports by commodity, shape (industry,), USD per year.
    parts : commodities whose imports may be short; they become imported rows.
    """
    Y, codes = np.asarray(supply, dtype=np.float64), tuple(industries)
    rows = [codes.index(part) for part in parts]
    home, abroad = (np.maximum(np.asarray(a, dtype=np.float64), 0.0) for a in (domestic, imported))
    home *= _within(home.sum(axis=1), ROW_LIMIT * Y)[:, None]
    kept = _within(home.sum(axis=0) + abroad.sum(axis=0), (1.0 - LEAST_VALUE_ADDED) * Y)
    home, abroad = home * kept, abroad * kept
    part_use = abroad[rows]
    others = np.maximum(abroad.sum(axis=0) - part_use.sum(axis=0), 0.0)
    part_final = np.maximum(np.asarray(imports, dtype=np.float64)[rows] - part_use.sum(axis=1), 0.0)
    return Network(name, codes, Y, home, others, 0.0 * Y, 0.0 * Y + 1.0, tuple(parts), part_use, part_final)


def _within(total: Floats, limit: Floats) -> Floats:
    """Factors that keep totals within limits, at most one."""
    largest = np.maximum(total, limit)
    return np.where(largest > 0, limit / np.where(largest > 0, largest, 1.0), 1.0)


def from_world(
    name: str,
    members: Sequence[str],
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    flows: ArrayLike,
    input_share: ArrayLike,
    tariff: ArrayLike = 0.0,
    parts: Sequence[str] = (),
) -> Network:
    """The network of a country, or of a bloc taken as one, from the accounts of a world of sectors (step 22).

    Inputs are gamma_kj Y_j, summed over the members before any share is taken; their domestic part is the share of the
    members' own goods in their spending on a sector, the rest is imported. Final use is what is left of output. Sectors
    that a country does not have are left out. Nothing is spent on the controlled material yet: see `with_spending`.

    Parameters
    ----------
    members : ISO3 codes; several make a bloc.
    flows : value net of tariff [importer, exporter, sector], own trade on the diagonal, USD per year.
    input_share : gamma, cost share of an input in output [country, input, user].
    tariff : rates on the axes of `flows`, shares of the value net of tariff.
    parts : sectors whose imports may be short; they become imported rows.
    """
    names = tuple(sectors)
    inside, rows = [countries.index(code) for code in members], [names.index(part) for part in parts]
    trade = np.asarray(flows, dtype=np.float64)
    made = trade[:, inside].sum(axis=0)
    needed = np.einsum("ckj,cj->kj", np.asarray(input_share, dtype=np.float64)[inside], made)
    own = trade[np.ix_(inside, inside)].sum(axis=(0, 1))
    rates = np.broadcast_to(np.asarray(tariff, dtype=np.float64), trade.shape)
    bought = (trade[inside] * (1.0 + rates[inside])).sum(axis=(0, 1))
    home_share = own / np.where(bought > 0, bought, 1.0)
    output = made.sum(axis=0)
    home, abroad = needed * home_share[:, None], needed * (1.0 - home_share)[:, None]
    home *= _within(home.sum(axis=1), ROW_LIMIT * output)[:, None]
    part_final = np.maximum(bought - own - abroad.sum(axis=1), 0.0)[rows]
    kept = [k for k, made_of in enumerate(output) if made_of > 0]
    others = abroad.sum(axis=0) - abroad[rows].sum(axis=0)
    return Network(
        name,
        tuple(names[k] for k in kept),
        output[kept],
        home[np.ix_(kept, kept)],
        others[kept],
        np.zeros(len(kept)),
        np.ones(len(kept)),
        tuple(parts),
        abroad[np.ix_(rows, kept)],
        part_final,
    )


def carved(other_imports: Floats, old: Floats, new: Floats) -> Floats:
    """Other imports after spending on the material, part of them, changes from old to new, shape (user,), USD."""
    return np.maximum(other_imports + old - new, 0.0)


def with_spending(network: Network, spending: Floats, sigma: Floats) -> Network:
    """The same network that spends R on the controlled material, taken out of its other imports.

    Where R is more than those, the rest comes out of value added.

    Parameters
    ----------
    spending : R, shape (industry,), USD of the network's year; `sigma` : its elasticity, same shape.
    """
    others = carved(network.other_imports, network.spending, spending)
    return replace(network, spending=spending, sigma=sigma, other_imports=others)


def condense(network: Network, groups: Mapping[str, str]) -> Network:
    """The network with industries added up to groups, those that stay being groups of their own (step 17).

    Every user of the material must stay: an average over users hides the loss. Elasticities of a group are means by
    output.
    """
    names = [groups[code] for code in network.industries]
    codes = tuple(dict.fromkeys(names))
    return _remapped(network, codes, (np.array(names) == np.array(codes)[:, None]).astype(np.float64))


def _remapped(network: Network, codes: tuple[str, ...], into: Floats) -> Network:
    """The network on other codes, `into` [new, old] being the share of an old industry that goes to a new one."""
    output = into @ network.output
    return replace(
        network,
        industries=codes,
        output=output,
        use=into @ network.use @ into.T,
        other_imports=into @ network.other_imports,
        spending=into @ network.spending,
        imported_use=network.imported_use @ into.T,
        **{name: into @ (network.output * getattr(network, name)) / output for name in ("sigma", "theta")},
    )


def split_exposed(network: Network, exposed: Mapping[str, float | Mapping[str, float]]) -> Network:
    """The network with users split: each part that touches the material, and the rest (step 22).

    Columns, rows and final use are split pro rata; all spending on the material goes to the first exposed part, out of
    its other imports. Codes become "C27:exposed" and "C27:rest"; a share of one leaves the industry whole. Several
    parts of one industry are named: "334413:Ga", "334413:Ge" and "334413:rest".

    Parameters
    ----------
    exposed : share of the output of an industry that is exposed, in (0, 1], or such shares by name of part.

    Raises
    ------
    UnknownName : an industry the network does not have. InputError : a share outside (0, 1], parts above one together;
        an exposed part that spends more on the material than it imports and adds.
    """
    for code in exposed:
        network.industry(code, "exposed shares")
    pieces = [
        (number, *part)
        for number, code in enumerate(network.industries)
        for part in _parts(code, exposed.get(code, 1.0))
    ]
    origin = np.array([number for number, *_ in pieces])
    into = np.zeros((len(pieces), len(network.industries)))
    into[np.arange(len(pieces)), origin] = [share for _, _, share, _ in pieces]
    split = _remapped(network, tuple(name for _, name, _, _ in pieces), into)
    spending = np.where([first for *_, first in pieces], network.spending[origin], 0.0)
    return replace(split, spending=spending, other_imports=carved(split.other_imports, split.spending, spending))


def _parts(code: str, exposed: float | Mapping[str, float]) -> list[tuple[str, float, bool]]:
    """Name and share of each part of an industry, and whether spending goes there."""
    shares = dict(exposed) if isinstance(exposed, Mapping) else {EXPOSED[1:]: exposed}
    for share in shares.values():
        if not 0.0 < share <= 1.0:
            raise InputError(f"exposed share of {code}", f"{share:g} is not in (0, 1]", "give a share of output")
    left = 1.0 - sum(shares.values())
    if left < -1e-9:
        raise InputError(f"exposed shares of {code}", f"they add up to {1.0 - left:g}", "bring them to at most 1")
    if len(shares) == 1 and left < 1e-9:
        return [(code, 1.0, True)]
    parts: list[tuple[str, float, bool]] = [(f"{code}:{name}", s, n == 0) for n, (name, s) in enumerate(shares.items())]
    return parts if left < 1e-9 else [*parts, (code + REST, left, False)]


def exposed_part(network: Network, code: str, part: str = "") -> str:
    """Code of the exposed part of an industry, or its own where it was not split; `UnknownName` for neither.

    `part` names one of several.
    """
    for name in (f"{code}:{part}" if part else code + EXPOSED, code):
        if name in network.industries:
            return name
    raise UnknownName("industry", code, network.industries, f"network {network.name}")


def part_supply(
    countries: Sequence[str],
    import_share: Floats,
    output: Floats,
    *,
    restrictor: str,
    foreign_product_rule: float | None = None,
) -> Floats:
    """Supply q of imported parts, the sum over countries of import share times output (spec of chains, step 23).

    Parameters
    ----------
    countries : codes of the countries the parts come from.
    import_share : share of each country in the imports of each part, shape (part, country), rows sum to one.
    output : y of the exposed sector behind each part, shape (part, country), hats; not a number where a country was
        not solved: it then takes the mean of those solved, by import share, and 1 where none was.
    restrictor : country whose own parts keep coming.
    foreign_product_rule : what the restrictor lets through of its own parts if the control extends to them, hat; by
        default it does not and they come in full.

    Returns
    -------
    q of each imported row, shape (part,), hats.
    """
    y, own = np.array(output), countries.index(restrictor)
    y[:, own] = 1.0 if foreign_product_rule is None else foreign_product_rule
    weight = np.where(np.isfinite(y) & (np.arange(len(countries)) != own), import_share, 0.0)
    total = weight.sum(axis=1)
    mean = np.where(total > 0, (weight * np.nan_to_num(y)).sum(axis=1) / np.where(total > 0, total, 1.0), 1.0)
    return (import_share * np.where(np.isfinite(y), y, mean[:, None])).sum(axis=1)
