"""Duties: a law laid on trade. Averages, sides of a scenario, ranges, reach, and what others publish."""
