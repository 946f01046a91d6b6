"""Draws of what is not known: inputs with their ranges, samples of them, bands, and what moves a number."""

from detente.draws.bands import (
    BAND,
    LEAST_DRAWS,
    MOST_FAILED,
    Driver,
    associations,
    band,
    columns_of,
    drivers,
    median_away,
    moved_by,
    quantiles,
    swing,
    widest,
)
from detente.draws.sample import Input, Sample, Value, central, draw, hypercube, sampled, triangular, uniforms

__all__ = [
    "BAND", "LEAST_DRAWS", "MOST_FAILED", "Driver", "Input", "Sample", "Value", "associations",
    "band", "central", "columns_of", "draw", "drivers", "hypercube", "median_away", "moved_by",
    "quantiles", "sampled", "swing", "triangular", "uniforms", "widest",
]  # fmt: skip
