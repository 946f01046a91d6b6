"""New tariffs from words: points added to the baseline, or rates that replace it; goods unless sectors are named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.economy.frame import Economy, Floats, baseline_tariff


def added(
    economy: Economy, importer: str, exporters: Sequence[str], points: float, *, sectors: Sequence[str] | None = None
) -> Floats:
    """Baseline tariffs with `points` (0.30 is thirty) added by one importer: kappa^ = (1 + tau + 0.3) / (1 + tau).

    Parameters
    ----------
    exporters : codes; empty for every other country.
    sectors : codes; None for all goods, that is all sectors the world does not name as services.

    Returns
    -------
    Rates shaped like the tariff of the world, shares.
    """
    tariff, where = _cells(economy, importer, exporters, sectors)
    tariff[where] += points
    return tariff.reshape(baseline_tariff(economy).shape)


def replaced(
    economy: Economy, importer: str, exporters: Sequence[str], rate: float, *, sectors: Sequence[str] | None = None
) -> Floats:
    """Baseline tariffs with those of one importer replaced by `rate`; arguments and result as in `added`."""
    tariff, where = _cells(economy, importer, exporters, sectors)
    tariff[where] = rate
    return tariff.reshape(baseline_tariff(economy).shape)


def goods(economy: Economy) -> tuple[str, ...]:
    """Sectors that are not named as services, in order."""
    services = economy.parameters.get("services", ())
    return tuple(sector for sector in economy.sectors if sector not in services)


def _cells(
    economy: Economy, importer: str, exporters: Sequence[str], sectors: Sequence[str] | None
) -> tuple[Floats, tuple[NDArray[np.int64], ...]]:
    n, s = len(economy.countries), len(economy.sectors)
    to = economy.country(importer)
    partners = exporters or [code for code in economy.countries if code != importer]
    places = np.asarray([economy.country(code) for code in partners if code != importer], dtype=np.int64)
    work = np.asarray([economy.sector(c) for c in (goods(economy) if sectors is None else sectors)], dtype=np.int64)
    return baseline_tariff(economy).reshape(n, n, s).copy(), np.ix_(np.asarray([to]), places, work)
