"""Smaller and finer networks: industries summed up to groups, users split into the exposed part and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from detente.chains.baseline import carved
from detente.chains.equilibrium import equilibrium
from detente.chains.measures import gdp_change
from detente.chains.network import Network, Pool, Shortage
from detente.chains.network_equations import Floats
from detente.codes import InputError, UnknownName

EXPOSED, REST = ":exposed", ":rest"


def condense(network: Network, keep: Iterable[str], groups: Mapping[str, str]) -> Network:
    """The network with all industries but some added up to groups (spec of chains, step 17).

    Every user of the material must be kept: an average over users hides the loss. Elasticities and wage shares of a
    group are means by output.

    Parameters
    ----------
    keep : codes that stay; they may not be names of groups.
    groups : group of each other industry.

    Raises
    ------
    UnknownName : a code to keep that the network does not have. InputError : a user left out of `keep`, an industry
        without group, or a group named like an industry that stays.
    """
    kept = set(keep)
    for code in kept:
        network.industry(code, "condense, keep")
    lost = [c for c, R in zip(network.industries, network.spending, strict=True) if R > 0 and c not in kept]
    if lost:
        raise InputError(f"condense, {lost[0]}", "a user of the material would vanish in a group", "keep it")
    missing = [code for code in network.industries if code not in kept and code not in groups]
    if missing:
        raise InputError(f"condense, {missing[0]}", "this industry has no group", "name one or keep it")
    names = [code if code in kept else groups[code] for code in network.industries]
    clash = kept & {groups[code] for code in network.industries if code not in kept}
    if clash:
        raise InputError(f"condense, {min(clash)}", "a group has the name of an industry that stays", "rename it")
    codes = tuple(dict.fromkeys(names))
    place = {code: k for k, code in enumerate(codes)}
    into = np.zeros((len(codes), len(names)))
    into[[place[name] for name in names], np.arange(len(names))] = 1.0
    return _remapped(network, codes, into)


def _remapped(network: Network, codes: tuple[str, ...], into: Floats) -> Network:
    """The network on other codes, `into` [new, old] being the share of an old industry that goes to a new one."""
    output = into @ network.output

    def mean(values: Floats) -> Floats:
        return into @ (network.output * values) / output

    labour = network.labour_share
    value = np.maximum(into @ network.value_added, 1e-300)
    return replace(
        network,
        industries=codes,
        output=output,
        use=into @ network.use @ into.T,
        other_imports=into @ network.other_imports,
        spending=into @ network.spending,
        sigma=mean(network.sigma),
        imported_use=network.imported_use @ into.T,
        theta=mean(np.asarray(network.theta)),
        labour_share=None if labour is None else into @ (network.value_added * labour) / value,
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


def carried_over(shortage: Shortage, network: Network, other: Network) -> Shortage:
    """The same shortage on another network that has the users and imported rows of the first under the same codes."""
    q, rows = np.ones(len(other.industries)), np.ones(len(other.imported_rows))
    for user in np.flatnonzero(network.spending > 0):
        q[other.industry(network.industries[user], "shortage")] = np.asarray(shortage.quantity)[user]
    for code, value in zip(network.imported_rows, np.asarray(shortage.imported), strict=True):
        rows[other.imported_row(code, "shortage")] = value
    pools = tuple(
        Pool(tuple(other.industry(network.industries[user], "pool") for user in pool.users), pool.quantity)
        for pool in shortage.pools
    )
    return Shortage(q, rows, pools)


@dataclass(frozen=True)
class Condensation:
    """How far a small network is from the full one under one shortage.

    Attributes
    ----------
    full, small : change of GDP at base prices, shares.
    industries : number of industries of the two.
    """

    full: float
    small: float
    industries: tuple[int, int]

    @property
    def relative(self) -> float:
        """Difference of the two over the full one, share; zero where nothing changes."""
        return 0.0 if self.full == 0.0 else (self.small - self.full) / self.full


def condensation(network: Network, small: Network, shortage: Shortage, *, period: str = "quarter") -> Condensation:
    """Solve a shortage on the full and on the small network and compare; errors are those of `equilibrium`."""
    full = gdp_change(equilibrium(network, shortage, period=period))
    less = gdp_change(equilibrium(small, carried_over(shortage, network, small), period=period))
    return Condensation(full, less, (len(network.industries), len(small.industries)))
