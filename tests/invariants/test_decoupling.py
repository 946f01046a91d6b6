"""Two blocs that stop trading: against the formula for autarky, and what the path must look like."""

from __future__ import annotations

import numpy as np
import pytest

import detente as dt
from detente.codes import SolveError
from detente.economy import Economy, Shock, decouple
from detente.economy.input_output.accounts import PARAMETERS


def _two(theta: float) -> Economy:
    flows = np.array([[8.0, 2.0], [2.0, 3.0]])
    arrays = {"flows": flows, "input_share": np.zeros((2, 1, 1)), "final_share": np.ones((2, 1))}
    return Economy("two", "caliendo_parro", ("A", "B"), ("all",), arrays, {**PARAMETERS, "trade_elasticity": theta})


@pytest.mark.parametrize("theta", [3.0, 5.0])
def test_two_countries_end_in_autarky_whose_loss_is_known(theta: float) -> None:
    found = decouple(_two(theta), ["A"], ["B"], cost=1e6)
    # Arkolakis, Costinot and Rodriguez-Clare (2012): real income falls by the own share to the power 1 / theta.
    own = np.array([8.0 / 10.0, 3.0 / 5.0])
    assert found.welfare[-1] == pytest.approx(own ** (1.0 / theta) - 1.0, abs=1e-9)
    assert found.trade_left[-1] < 1e-9


def test_losses_grow_as_trade_falls_from_the_baseline_and_the_note_counts_what_stays():
    found = decouple(dt.load_economy("icio-2022-small"), ["USA"], ["CHN"])
    assert found.trade_left[:-1] == pytest.approx([1.0, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01], rel=1e-4)
    for bloc in (["USA"], ["CHN"]):
        assert (np.diff(found.mean(bloc)) < 0).all()
    table = found.table()
    assert table["first"].tolist() == pytest.approx(found.mean(["USA"]).tolist())
    assert max(one.certificate.residual for one in found.equilibria) < 1e-10
    economy = dt.load_economy("libday-2023")
    one = decouple(economy, ["USA"], ["CHN", "RUS"], path=(0.5,))
    two = decouple(economy, ["CHN", "RUS"], ["USA"], path=(0.5,))
    assert np.abs(one.welfare[0]).max() < 1e-12
    assert two.welfare == pytest.approx(one.welfare, abs=1e-9)
    economy = dt.load_economy("icio-2022-small", elasticities="lashkaripour-lugovskyy")
    found = decouple(economy, ["USA"], ["CHN"], cost=20.0, path=(0.5,))
    assert found.trade_left[-1] > 1e-3
    assert any("outlives" in note for note in found.table().notes)


def test_one_sector_hurts_less_than_all_and_a_deficit_that_nothing_carries_is_refused():
    economy = dt.load_economy("icio-2022-small")
    part = decouple(economy, ["USA"], ["CHN"], sectors=["ELE"], path=())
    whole = decouple(economy, ["USA"], ["CHN"], path=())
    assert 0 > part.mean(["CHN"])[-1] > whole.mean(["CHN"])[-1]
    rest = [code for code in economy.countries if code != "USA"]
    with pytest.raises(SolveError, match="closure zero"):
        decouple(economy, ["USA"], rest, path=())
    found = decouple(economy, ["USA"], rest, path=(), shock=Shock(options={"closure": "zero"}))
    assert found.mean(["USA"])[-1] < -0.005
