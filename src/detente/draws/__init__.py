"""Draws of what is not known: inputs with their ranges, samples of them, bands, and what moves a number."""

from detente.draws.bands import BAND, LEAST_DRAWS, MOST_FAILED, band, median_away, moved_by, quantiles, sign_known
from detente.draws.drivers import Driver, associations, columns_of, drivers, swing, widest
from detente.draws.inputs import Input, Value, triangular
from detente.draws.sample import Sample, central, draw, hypercube, sampled, uniforms

__all__ = [
    "BAND", "LEAST_DRAWS", "MOST_FAILED", "Driver", "Input", "Sample", "Value", "associations",
    "band", "central", "columns_of", "draw", "drivers", "hypercube", "median_away", "moved_by",
    "quantiles", "sampled", "sign_known", "swing", "triangular", "uniforms", "widest",
]  # fmt: skip
