"""Microdata: hundreds of millions of rows of trade, grouped first and rated after, month by month."""
