"""The world libday-2023: 194 countries, one sector, goods trade and GDP of 2023 (CEPII BACI, World Bank)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, MissingData
from detente.data.library import package_folder
from detente.economy.armington.accounts import calibrate
from detente.economy.frame import Economy

NAME = "libday-2023"
EU = "AUT BEL BGR CYP DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVN SWE"
"""The Union in the published tables: 25 members, without Czechia and Slovakia."""

MINIMUM = 0.10
NOTES = (
    "flows: CEPII BACI 2023 (goods, Etalab Open Licence 2.0); GDP: World Bank WDI (CC BY 4.0)",
    "own trade is spending less imports; baseline tariffs are zero",
)


@lru_cache(maxsize=1)
def load_libday() -> Economy:
    """The economy of family A: flows (importer, exporter), gdp and announced (country,), USD and shares.

    The same object every time, so that what a solve derives from the baseline is derived once.
    """
    path = package_folder() / "worlds" / f"{NAME}.npz"
    if not path.exists():
        raise MissingData(f"{path.name} is not in the package; build it with tools/build_world_libday.py.")
    with np.load(path, allow_pickle=False) as arrays:
        countries = tuple(arrays["countries"].tolist())
        flows, gdp, announced = (np.asarray(arrays[name], dtype=np.float64) for name in ("flows", "gdp", "announced"))
    return calibrate(NAME, countries, flows, gdp, extra={"announced": announced}, notes=NOTES)


def announced_tariff(economy: Economy, *, minimum: float = MINIMUM) -> NDArray[np.float64]:
    """US rates announced on 2 April 2025, at least `minimum` on every partner, shape (importer, exporter), share."""
    if "announced" not in economy.arrays:
        raise InputError(f"world {economy.name}", "holds no announced rates", f"use the world {NAME}")
    usa = economy.country("USA")
    tariff = np.zeros((len(economy.countries),) * 2)
    tariff[usa] = np.maximum(minimum, economy.arrays["announced"])
    tariff[usa, usa] = 0.0
    return tariff


def confrontation(
    economy: Economy, partners: Sequence[str], *, rate: float | None = None, everybody: float = MINIMUM
) -> NDArray[np.float64]:
    """A US tariff of `everybody` on all and theirs on the US, and a higher one both ways with the partners named.

    `rate` is that of the partners, by default the one announced for each. Shape (importer, exporter), shares.
    """
    usa, tariff = economy.country("USA"), np.zeros((len(economy.countries),) * 2)
    one_way = np.full(len(economy.countries), everybody)
    for code in partners:
        partner = economy.country(code)
        one_way[partner] = announced_tariff(economy)[usa, partner] if rate is None else rate
    one_way[usa] = 0.0
    tariff[usa], tariff[:, usa] = one_way, one_way
    return tariff
