"""LaidLaw: a law laid on trade. Averages, weights, sides of a scenario, ranges, and what others publish."""
