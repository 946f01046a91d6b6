"""Harmonized System and tariff-schedule codes: digit strings whose leading zeros are kept.

Inside the program a code is digits only ("8507600010"); dots and blanks are accepted at the edge
and put back for reading ("8507.60.00.10").
"""

from __future__ import annotations

import re

from detente.codes.errors import InputError

LENGTHS = (2, 4, 6, 8, 10)

SECTIONS: tuple[tuple[str, int, int, str], ...] = (
    ("I", 1, 5, "Live animals; animal products"),
    ("II", 6, 14, "Vegetable products"),
    ("III", 15, 15, "Fats and oils"),
    ("IV", 16, 24, "Prepared foodstuffs, beverages, tobacco"),
    ("V", 25, 27, "Mineral products"),
    ("VI", 28, 38, "Chemicals"),
    ("VII", 39, 40, "Plastics and rubber"),
    ("VIII", 41, 43, "Hides, leather, furs"),
    ("IX", 44, 46, "Wood and cork"),
    ("X", 47, 49, "Pulp and paper"),
    ("XI", 50, 63, "Textiles and clothing"),
    ("XII", 64, 67, "Footwear and headgear"),
    ("XIII", 68, 70, "Stone, ceramics, glass"),
    ("XIV", 71, 71, "Pearls, precious stones and metals"),
    ("XV", 72, 83, "Base metals"),
    ("XVI", 84, 85, "Machinery and electrical equipment"),
    ("XVII", 86, 89, "Vehicles, aircraft, vessels"),
    ("XVIII", 90, 92, "Instruments, clocks, musical instruments"),
    ("XIX", 93, 93, "Arms and ammunition"),
    ("XX", 94, 96, "Miscellaneous manufactures"),
    ("XXI", 97, 97, "Works of art"),
    ("XXII", 98, 99, "Special classification provisions"),
)


def digits(text: object, where: str = "", lengths: tuple[int, ...] = LENGTHS) -> str:
    """Digits of a code given with or without dots.

    Raises
    ------
    InputError
        when the text is not a string (a YAML code without quotes loses its zeros), holds anything
        but digits, dots and blanks, or has a length outside `lengths`.
    """
    if not isinstance(text, str):
        quoted = f"{text:04d}" if isinstance(text, int) else str(text)
        raise InputError(where, f"code {text!r} is not text", f'put quotes around it, as in "{quoted}"')
    code = re.sub(r"[.\s]", "", text)
    if not code.isdigit() or not code.isascii():
        words = re.sub(r"[^\w\s]", "", text).strip()
        hint = f"; search words with `detente find {words}`" if words.isalpha() else ""
        raise InputError(where, f"'{text}' is not a tariff code", f"use digits and dots, as in 8507.60.00.10{hint}")
    if len(code) not in lengths:
        wanted = ", ".join(map(str, lengths[:-1])) + f" or {lengths[-1]}"
        raise InputError(where, f"code '{text}' has {len(code)} digits", f"use {wanted} digits")
    return code


def nested(code: str, other: str) -> bool:
    """Whether one of two codes lies in the other, or they are the same: "8507" and "850760"."""
    return code.startswith(other) or other.startswith(code)


def is_words(line: str) -> bool:
    """Whether a reader names goods by words and not by a code."""
    return any(letter.isalpha() for letter in line) and not any(letter.isdigit() for letter in line)


def dotted(code: str) -> str:
    """The code as the schedule prints it: 8507600010 -> 8507.60.00.10."""
    if len(code) <= 4:
        return code
    return ".".join([code[:4], *(code[i : i + 2] for i in range(4, len(code), 2))])


def section(chapter: str) -> str:
    """Roman number of the HS section of a two-digit chapter."""
    number = int(chapter[:2])
    for roman, first, last, _ in SECTIONS:
        if first <= number <= last:
            return roman
    raise InputError("", f"'{chapter}' is not an HS chapter", "chapters run from 01 to 99")
