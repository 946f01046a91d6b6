"""Charts: pure functions from tables to Vega-Lite specifications under one theme, and their drawing."""

from detente.faces.charts.frame import NARROW, WIDE, Chart, ChartSetting
from detente.faces.charts.gallery import ENTRIES, brief_charts, charts, charts_of

__all__ = ["ENTRIES", "NARROW", "WIDE", "Chart", "ChartSetting", "brief_charts", "charts", "charts_of"]
