"""Entries: what goods owe at the border, row by row of a file, in dollars and in the order of filing."""
