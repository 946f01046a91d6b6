"""Parts with the material inside: what importers can still buy once the countries that make the parts run short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from detente.chains.condense import exposed_part
from detente.chains.equilibrium import NetworkEquilibrium
from detente.chains.network_equations import Floats
from detente.codes import InputError, UnknownName


def exposed_output(equilibrium: NetworkEquilibrium, sectors: Sequence[str]) -> Floats:
    """Output y of the exposed part of each sector of a producer country, shape (sector,), hats.

    `UnknownName` for a sector the network does not have.
    """
    places = [equilibrium.network.industry(exposed_part(equilibrium.network, code)) for code in sectors]
    return equilibrium.output[places]


def outputs_of_parts(
    solved: Mapping[str, NetworkEquilibrium], countries: Sequence[str], sector_of: Sequence[str]
) -> Floats:
    """Output of the exposed sector behind each part in each country, shape (part, country), hats.

    Parameters
    ----------
    solved : equilibrium of each producer country that was solved; a bloc may be entered under each of its members.
    countries : codes of the countries the parts come from.
    sector_of : sector of the producers' networks that makes each part.

    Countries that were not solved hold not-a-number. `UnknownName` for a solved country that no part comes from.
    """
    for code in solved:
        if code not in countries:
            raise UnknownName("country", code, countries, "producers of parts")
    y = np.full((len(sector_of), len(countries)), np.nan)
    for column, code in enumerate(countries):
        if code in solved:
            y[:, column] = exposed_output(solved[code], sector_of)
    return y


def part_supply(
    parts: Sequence[str],
    countries: Sequence[str],
    import_share: ArrayLike,
    output: ArrayLike,
    *,
    restrictor: str,
    foreign_product_rule: float | None = None,
) -> Floats:
    """Supply q of imported parts, the sum over countries of import share times output (spec of chains, step 23).

    Parameters
    ----------
    parts : codes of the imported rows; `countries` : codes of the countries they come from.
    import_share : share of each country in the imports of each part, shape (part, country), rows sum to one.
    output : y of the exposed sector behind each part, shape (part, country), hats; not a number where a country was
        not solved: it then takes the mean of those solved, by import share, and 1 where none was.
    restrictor : country whose own parts keep coming.
    foreign_product_rule : what the restrictor lets through of its own parts if the control extends to them, hat; by
        default it does not and they come in full.

    Returns
    -------
    q of each imported row, shape (part,), hats.

    Raises
    ------
    InputError : shares that do not sum to one or shapes that do not fit, with the part. UnknownName : a restrictor that
        is not among the countries.
    """
    if restrictor not in countries:
        raise UnknownName("country", restrictor, countries, "restrictor")
    share, y = np.asarray(import_share, dtype=np.float64), np.array(output, dtype=np.float64)
    if share.shape != y.shape or share.shape != (len(parts), len(countries)):
        what = f"shapes {share.shape} and {y.shape} do not fit {len(parts)} parts and {len(countries)} countries"
        raise InputError("imported parts", what, "use the same axes for both")
    bad = ~(np.abs(share.sum(axis=1) - 1.0) < 1e-6) | (share < 0).any(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        raise InputError(f"imported part {parts[row]}", f"shares sum to {share[row].sum():g}", "make them sum to one")
    y[:, countries.index(restrictor)] = 1.0 if foreign_product_rule is None else foreign_product_rule
    others = np.arange(len(countries)) != countries.index(restrictor)
    solved = np.isfinite(y) & others
    weight = np.where(solved, share, 0.0)
    total = weight.sum(axis=1)
    mean = np.where(total > 0, (weight * np.nan_to_num(y)).sum(axis=1) / np.where(total > 0, total, 1.0), 1.0)
    return (share * np.where(np.isfinite(y), y, mean[:, None])).sum(axis=1)
