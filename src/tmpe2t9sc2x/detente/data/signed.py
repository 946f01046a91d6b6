"""Days on which acts of the US law were signed, from `signed.yaml`: what a day knew of the duties of later ones."""

from __future__ import annotations

from functools import lru_cache

from detente.codes import InputError
from detente.data.library import package_folder
from detente.data.yamlfile import as_date, as_list, as_text, check_keys, read_yaml
from detente.law.known import Signing

NAME = "signed.yaml"
KEYS, NEEDED = ("day", "signed", "measures", "act"), ("day", "signed", "act")


@lru_cache(maxsize=1)
def signings() -> tuple[Signing, ...]:
    """Every signing on record, in order of the first days.

    Raises
    ------
    InputError : a day that comes before its act.
    """
    rows = as_list(read_yaml(package_folder() / NAME, NAME))
    every = [_signing(row, f"{NAME}, entry {n}") for n, row in enumerate(rows, 1)]
    return tuple(sorted(every, key=lambda s: (s.day, s.signed)))


def _signing(row: object, where: str) -> Signing:
    keys = check_keys(row, KEYS, where, NEEDED)
    day, signed = as_date(keys["day"], where), as_date(keys["signed"], where)
    if signed > day:
        raise InputError(where, f"was signed on {signed}, after its first day {day}", "mend one of the days")
    names = [as_text(name, where) for name in as_list(keys.get("measures") or [])]
    return Signing(day, signed, frozenset(names), as_text(keys["act"], where))
