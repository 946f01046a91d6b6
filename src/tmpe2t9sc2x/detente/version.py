"""Version of the package, known to every layer."""

VERSION = "0.2.0"
