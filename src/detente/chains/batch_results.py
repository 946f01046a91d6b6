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

if TYPE_CHECKING:
    from detente.chains.batch import Points, Stack

METHOD = "Newton, many networks at once"


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
    stack: Stack
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
        found: list[NetworkEquilibrium | None] = []
        for row, (network, shortage, steps, basket) in enumerate(
            zip(self.networks, self.shortages, *scalars, strict=True)
        ):
            if not largest[row] <= tol:
                found.append(None)
                continue
            name = label_of(network, worst[row])
            certificate = NetworkCertificate(largest[row], walras[row], steps, True, name, METHOD)
            mine = {key: rows[row] for key, rows in values.items()}
            found.append(_equilibrium(network, shortage, self.u[row], basket, certificate, mine))
        return found

    def _values(self) -> dict[str, Floats]:
        """What is read out of all networks together, hats, each of shape (network, industry or row)."""
        stack, at, n = self.stack, self.points, self.stack.material.shape[1]
        bought = np.array([network.spending for network in self.networks]) > 0.0
        final = np.exp((stack.rho - 1.0) * at.basket - stack.rho * at.goods)
        return {
            "price": np.exp(at.goods[:, :n]),
            "bundle": np.exp(at.bundle),
            "bundle_price": np.exp(at.bundle_price),
            "output": np.exp(at.output),
            "quantity": np.where(bought, np.exp(stack.quantity), 1.0),
            "shadow_price": np.where(bought, np.exp(self._shadow_price()), np.nan),
            "value_added": np.ones_like(at.bundle),
            "value_added_price": np.exp(at.composite_price + at.composite / stack.theta),
            "imported_price": np.exp(at.goods[:, n:]),
            "final": final[:, :n],
            "imported_final": final[:, n:],
            "other_imports": np.exp(self._other_imports()),
        }

    def _walras(self) -> Floats:
        """Nominal final demand less all incomes and imports, over final demand, shape (network,); no equation."""
        stack, at, n, held = self.stack, self.points, self.stack.material.shape[1], self.networks
        demand = np.array([network.final_demand for network in held])
        spending = np.array([network.spending for network in held])
        material = np.where(spending > 0.0, np.exp(self._shadow_price() + stack.quantity), 0.0)
        paid = np.array([network.value_added for network in held]) * np.exp(
            at.composite_price + at.composite / stack.theta
        )
        paid += spending * material
        paid += np.array([network.other_imports for network in held]) * np.exp(self._other_imports() + at.basket)
        rows = np.array([network.imported_supply for network in held]) * np.exp(at.goods[:, n:] + stack.imported)
        return (demand - paid.sum(axis=1) - rows.sum(axis=1)) / demand

    def _shadow_price(self) -> Floats:
        """Log lambda = log b - log(q/B)/sigma."""
        at = self.points
        return at.composite_price - (self.stack.quantity - at.composite) / self.stack.sigma

    def _other_imports(self) -> Floats:
        """Log of other imports of each industry."""
        at = self.points
        return at.bundle - self.stack.epsilon * (at.basket - at.bundle_price)


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
