"""Formats of publishers, one module each: how a file is known, what its columns mean, what it becomes.

`known.py` finds the modules: one with `FORMATS` is a format, so that a further one is one file.
"""
