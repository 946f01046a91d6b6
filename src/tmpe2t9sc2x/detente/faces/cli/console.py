"""Streams of the command line: what a console cannot show is written in letters that it has, never as an error."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

PLAIN = {
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u2022": "*", "\u00b7": ".",
    "\u00d7": "x", "\u2192": "->", "\u2190": "<-", "\u2194": "<->", "\u2264": "<=", "\u2265": ">=", "\u2248": "~",
    "\u00b1": "+/-", "\u00df": "ss", "\u00e6": "ae", "\u00f8": "o", "\u00d8": "O", "\u00c6": "AE", "\u0142": "l",
    "\u20ac": "EUR", "\u00a7": "s. ", "\u00a0": " ", "\u202f": " ", "\u00ab": "<<", "\u00bb": ">>",
    "\u2500": "-", "\u2502": "|", "\u2514": "`", "\u251c": "+", "\u03c3": "sigma", "\u03b1": "alpha",
    "\u03b3": "gamma", "\u03c1": "rho", "\u03bd": "nu", "\u03b8": "theta", "\u0394": "Delta",
}  # fmt: skip
"""Signs of the program's own texts in plain letters; of others the accent is left away."""


def prepare() -> None:
    """Have standard output and the error stream write what they cannot encode in plain letters."""
    codecs.register_error("detente", _plain)
    for stream in (sys.stdout, sys.stderr):
        encoding = getattr(stream, "encoding", None) or ""
        if isinstance(stream, io.TextIOWrapper) and encoding.lower().replace("-", "") not in ("utf8", "utf16", "utf32"):
            stream.reconfigure(errors="detente")


def _plain(error: UnicodeError) -> tuple[str, int]:
    """What stands for signs that an encoding lacks; in JSON its own escapes, which lose nothing."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    exact = error.object[:1] in ("{", "[")
    return "".join(map(_escape if exact else _letters, signs)), error.end


def _escape(sign: str) -> str:
    pairs = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[i] << 8 | pairs[i + 1]:04x}" for i in range(0, len(pairs), 2))


def _letters(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii") or "?"
