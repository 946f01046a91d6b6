"""Draws of what is not known: random numbers by name, and Latin hypercubes made of them."""

from detente.draws.streams import hypercube, uniforms

__all__ = ["hypercube", "uniforms"]
