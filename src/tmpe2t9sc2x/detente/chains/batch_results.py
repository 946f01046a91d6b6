"""Equilibria of many networks read out of stacked arrays, each with the certificate of its own equations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.chains.equilibrium import NetworkCertificate, NetworkEquilibrium, label_of
from detente.chains.network import Network, Shortage
from detente.chains.network_equations import Floats
from detente.codes import declared_note

if TYPE_CHECKING:
    from detente.chains.batch import NetworkStack, Points


@dataclass(frozen=True)
class Solved:
    """Where a stack of networks stands after its last step.

    Attributes
    ----------
    networks, shortages : what was solved. stack, points : arrays of it, shape (network, ...).
    u : unknowns, shape (network, unknown); `steps` : Newton steps of each.
    """

    networks: Sequence[Network]
    shortages: Sequence[Shortage]
    stack: NetworkStack
    points: Points
    u: Floats
    steps: NDArray[np.int64]

    def equilibria(self, tol: float) -> list[NetworkEquilibrium | None]:
        """The equilibrium of each network; None where its equations are not solved within the tolerance."""
        size = np.abs(self.points.residual)
        worst = np.nan_to_num(size, nan=np.inf).argmax(axis=1).tolist()
        largest, walras = size.max(axis=1).tolist(), self._walras().tolist()
        values = {name: list(rows) for name, rows in self._values().items()}
        scalars = self.steps.tolist(), np.exp(self.points.basket[:, 0]).tolist()
        method, answers = declared_note("chains.newton_many"), list[NetworkEquilibrium | None]()
        for row, (network, shortage, steps, basket) in enumerate(
            zip(self.networks, self.shortages, *scalars, strict=True)
        ):
            if not largest[row] <= tol:
                answers.append(None)
                continue
            name = label_of(network, worst[row])
            certificate = NetworkCertificate(largest[row], walras[row], steps, True, name, method)
            mine = {key: rows[row] for key, rows in values.items()}
            answers.append(_equilibrium(network, shortage, self.u[row], basket, certificate, mine))
        return answers

    def _values(self) -> dict[str, Floats]:
        """What is read out of all networks together, hats, each of shape (network, industry or row)."""
        stack, points, n = self.stack, self.points, self.stack.material.shape[1]
        bought = np.array([network.spending for network in self.networks]) > 0.0
        final = np.exp((stack.rho - 1.0) * points.basket - stack.rho * points.goods)
        return {
            "price": np.exp(points.goods[:, :n]),
            "bundle": np.exp(points.bundle),
            "bundle_price": np.exp(points.bundle_price),
            "output": np.exp(points.output),
            "quantity": np.where(bought, np.exp(stack.quantity), 1.0),
            "shadow_price": np.where(bought, np.exp(self._shadow_price()), np.nan),
            "value_added": np.ones_like(points.bundle),
            "value_added_price": np.exp(points.composite_price + points.composite / stack.theta),
            "imported_price": np.exp(points.goods[:, n:]),
            "final": final[:, :n],
            "imported_final": final[:, n:],
            "other_imports": np.exp(self._other_imports()),
        }

    def _walras(self) -> Floats:
        """Nominal final demand less all incomes and imports, over final demand, shape (network,); no equation."""
        stack, points, n, networks = self.stack, self.points, self.stack.material.shape[1], self.networks
        demand = np.array([network.final_demand for network in networks])
        spending = np.array([network.spending for network in networks])
        material = np.where(spending > 0.0, np.exp(self._shadow_price() + stack.quantity), 0.0)
        paid = np.array([network.value_added for network in networks]) * np.exp(
            points.composite_price + points.composite / stack.theta
        )
        paid += spending * material
        paid += np.array([network.other_imports for network in networks]) * np.exp(
            self._other_imports() + points.basket
        )
        rows = np.array([network.imported_supply for network in networks]) * np.exp(
            points.goods[:, n:] + stack.imported
        )
        return (demand - paid.sum(axis=1) - rows.sum(axis=1)) / demand

    def _shadow_price(self) -> Floats:
        """Log lambda = log b - log(q/B)/sigma."""
        points = self.points
        return points.composite_price - (self.stack.quantity - points.composite) / self.stack.sigma

    def _other_imports(self) -> Floats:
        """Log of other imports of each industry."""
        points = self.points
        return points.bundle - self.stack.epsilon * (points.basket - points.bundle_price)


def _equilibrium(
    network: Network,
    shortage: Shortage,
    u: Floats,
    basket: float,
    certificate: NetworkCertificate,
    values: dict[str, Floats],
) -> NetworkEquilibrium:
    return NetworkEquilibrium(
        network=network,
        shortage=shortage,
        period="quarter",
        allocation="own",
        u=u,
        wage=np.nan,
        rental=np.nan,
        basket=basket,
        certificate=certificate,
        **values,
    )
