"""Decomposition: a change of real income taken apart, by term or by tariff."""
