"""Ranges: everything uncertain in a scenario drawn jointly."""
