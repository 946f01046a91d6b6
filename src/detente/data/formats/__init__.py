"""Formats of publishers: how a file is known, what its columns mean, what it becomes.

A format is an entry of a YAML file here; what no column and no verb can say is a function of `shapes.py`.
"""
