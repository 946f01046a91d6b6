"""Duties in a run: averages before and after, what adds up to them, who bears most, revenue and products."""
