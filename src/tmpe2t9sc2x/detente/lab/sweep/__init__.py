"""Sweep: a scenario or the world economy over many values of its fields."""
