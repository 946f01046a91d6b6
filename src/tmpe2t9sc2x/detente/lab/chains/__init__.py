"""Chains: what a control of exports costs, by month, with ranges, levers and tables."""
