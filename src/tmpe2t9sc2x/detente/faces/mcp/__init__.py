"""Assistants: the numbers of the program as tools of the Model Context Protocol, read only."""
