"""Policies: best, Nash, cooperative and revenue tariffs, concessions, quotas, decoupling."""
