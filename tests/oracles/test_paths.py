"""Paths of quarters beside a second writing: every quarter solved anew by scipy from the raw arrays of a world."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import root

from detente.data.worlds import load_economy
from detente.economy import Shock, aggregate, solve
from detente.economy.paths.chain import Pace, path

ZETA, DELTA, RATIO, SHARE = 0.084, 0.05, 0.38, 0.36
QUARTERS = 8


@dataclass
class Raw:
    """The accounts of a world, as its arrays have them; the investment mix sums to one."""

    M: np.ndarray
    t: np.ndarray
    g: np.ndarray
    a: np.ndarray
    mix: np.ndarray
    theta: np.ndarray

    def __post_init__(self):
        self.X = (self.M * (1 + self.t)).sum(1)
        self.pi = self.M * (1 + self.t) / self.X[:, None, :]
        self.va = 1 - self.g.sum(1)
        self.V = (self.va * self.M.sum(0)).sum(1)
        self.D = self.M.sum((1, 2)) - self.M.sum((0, 2))
        self.I = self.V + (self.t * self.M).sum((1, 2)) + self.D


@pytest.fixture(scope="module")
def world():
    small = load_economy("icio-2022-small")
    to = {code: code if code in ("USA", "CHN") else "REST" for code in small.countries}
    work = {s: "SVC" if s == "SVC" else "HARD" if s in ("MET", "ELE", "EEQ", "MAC", "VEH", "OMF") else "SOFT"
            for s in small.sectors}  # fmt: skip
    return aggregate(small, to, work, name="three").with_parameters(capital_share=SHARE, services=("SVC",))


@pytest.fixture(scope="module")
def raw(world):
    arrays = {name: np.asarray(world.arrays[name], float) for name in ("flows", "tariff", "input_share", "final_share")}
    invested = np.asarray(world.arrays["investment_share"], float)
    return Raw(*arrays.values(), invested / invested.sum(1, keepdims=True), world.parameters["trade_elasticity"])


@pytest.fixture(scope="module")
def war(world):
    tariff = np.array(world.arrays["tariff"], float)
    usa, chn, goods = world.country("USA"), world.country("CHN"), [world.sector(s) for s in ("HARD", "SOFT")]
    tariff[usa, chn, goods] += 0.6
    tariff[chn, usa, goods] += 0.4
    return tariff


def quarter(raw, tariff, s, theta, capital):
    """Logs of wages and prices, and spending, of one quarter; `capital` gives its log from wages and prices."""
    n, j = raw.X.shape
    kappa = np.log((1 + tariff) / (1 + raw.t))

    def at(u):
        w, p = u[:n], u[n:].reshape(n, j)
        cost = raw.va * (w - SHARE * capital(w, p))[:, None] + np.einsum("nkj,nk->nj", raw.g, p)
        r = kappa + cost[None] - p[:, None, :]
        share = raw.pi * np.exp(s - theta * r)
        net = share / (1 + tariff)
        A = np.zeros((n, j, n, j))
        for c in range(n):
            A[c] += np.einsum("jk,mk->jmk", raw.g[c], net[:, c, :])
            A[c, :, c, :] += np.outer(raw.a[c], (tariff * net)[c].sum(0))
        X = np.linalg.solve(
            np.eye(n * j) - A.reshape(n * j, n * j), (raw.a * (np.exp(w) * raw.V + raw.D)[:, None]).ravel()
        )
        X = X.reshape(n, j)
        earned = (raw.va * np.einsum("mck,mk->ck", net, X)).sum(1)
        return w, p, r, share, X, earned, (tariff * net).sum(1) * X

    def gap(u):
        w, _, _, share, _, earned, _ = at(u)
        market = earned / raw.V - np.exp(w)
        market[0] = (raw.V * np.exp(w)).sum() / raw.V.sum() - 1
        return np.concatenate([market, (share.sum(1) - 1).ravel()])

    found = root(gap, np.zeros(n + n * j), tol=1e-13)
    assert np.abs(gap(found.x)).max() < 1e-11
    w, p, r, _, _, _, revenue = at(found.x)
    income = np.exp(w) * raw.V + revenue.sum(1) + raw.D
    return w, p, r, income / raw.I / np.exp((raw.a * p).sum(1)) - 1


def test_every_quarter_is_the_second_writing(world, raw, war):
    pace = Pace(short_ratio=RATIO, adoption=ZETA, depreciation=DELTA)
    laid = [war if q < 3 else raw.t for q in range(QUARTERS)]
    own = path(world, laid, pace=pace)
    s, K, short = np.zeros_like(raw.M), np.ones(3), RATIO * raw.theta
    for q, tariff in enumerate(laid):
        stock = np.log(K)
        w, p, r, real = quarter(raw, tariff, s, short, lambda *_, stock=stock: stock)
        assert own.columns["real_income"][q] == pytest.approx(real, abs=1e-8)
        assert own.columns["capital"][q] == pytest.approx(K - 1, abs=1e-8)
        s = (1 - ZETA) * s - ZETA * (raw.theta - short) * r
        K = (1 - DELTA) * K + DELTA * np.exp(w - (raw.mix * p).sum(1))


def test_steady_state_is_the_second_writing(world, raw, war):
    *_, real = quarter(raw, war, 0.0, raw.theta, lambda w, p: w - (raw.mix * p).sum(1))
    found = solve(world, Shock(war, options={"horizon": "steady"}))
    assert found.changes["welfare"] == pytest.approx(real, abs=1e-8)
    assert np.abs(found.changes["welfare"] - solve(world, Shock(war)).changes["welfare"]).max() > 1e-3
