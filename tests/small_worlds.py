"""Small worlds of family A drawn at random, and a tariff war between two countries of any world."""

import numpy as np

from detente.economy import Economy, Shock, baseline_tariff
from detente.economy.armington.accounts import PARAMETERS
from detente.economy.tariff_table import goods

CODES = ("CHN", "DEU", "JPN", "MEX", "USA")


def drawn_world(seed, sectors=1, codes=CODES, missing=0.0, **parameters):
    """A world of family A; `missing` : share of trade between countries that is not there."""
    draw, n = np.random.default_rng(seed), len(codes)
    flows = draw.uniform(1.0, 10.0, (n, n, sectors))
    if missing:
        flows *= draw.random((n, n, sectors)) > missing
    flows[range(n), range(n)] = draw.uniform(60.0, 200.0, (n, sectors))
    arrays = {"flows": flows[:, :, 0] if sectors == 1 else flows, "distribution_share": draw.uniform(0.0, 0.3, n)}
    names = ("all",) if sectors == 1 else tuple(f"s{k}" for k in range(sectors))
    return Economy("drawn", "armington", codes, names, arrays, {**PARAMETERS, **parameters})


def drawn_tariffs(seed, economy, high):
    """Rates up to `high` on all trade between countries."""
    n, k = len(economy.countries), len(economy.sectors)
    rates = np.random.default_rng(seed + 1).uniform(0.0, high, (n, n, k))
    rates[range(n), range(n)] = 0.0
    return rates[:, :, 0] if k == 1 else rates


def war(world, ours=1.45, theirs=1.25, **options):
    """US and Chinese tariffs on one another's goods with points added."""
    us, china = world.country("USA"), world.country("CHN")
    tariff = np.array(baseline_tariff(world))
    at = [world.sector(code) for code in goods(world)]
    tariff[us, china, at] += ours
    tariff[china, us, at] += theirs
    return Shock(tariff, options=options)
