"""What the model said of the shipped cases as known on their day, from `modelled.yaml`; `tools/build_modelled.py`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml
from detente.evidence.scores import ModelForecast

NAME = "modelled.yaml"


@lru_cache(maxsize=1)
def model_forecasts() -> tuple[ModelForecast, ...]:
    """Forecasts by case, in the order of days."""
    return tuple(_forecast(row) for row in read_yaml(package_folder() / NAME, NAME)["forecasts"])


def model_version() -> str:
    """Version of the rule that made them, and the day on which it was fixed."""
    return str(read_yaml(package_folder() / NAME, NAME)["version"])


def _forecast(row: dict[str, Any]) -> ModelForecast:
    numbers = {key: _number(row[key]) for key in ("p", "before", "rate", "room", "asymmetry", "credibility")}
    return ModelForecast(
        case=str(row["case"]), day=str(row["day"]), partner=str(row["partner"]), threat=str(row["threat"] or ""),
        sample=tuple(float(rate) for rate in row["sample"]), terms=dict(row["terms"]), **numbers,
    )  # fmt: skip


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
