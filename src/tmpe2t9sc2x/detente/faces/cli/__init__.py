"""Command line: `detente`. Commands import what they need when they run, so that help is quick."""

from detente.faces.cli.app import app, main

__all__ = ["app", "main"]
