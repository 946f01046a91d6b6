"""Prices: what a change of the law does to consumer prices and households."""
