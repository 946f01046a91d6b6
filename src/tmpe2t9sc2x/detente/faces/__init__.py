"""Faces: command line, formats and reports; they show results and compute nothing."""
