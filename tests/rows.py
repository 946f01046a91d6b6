"""Tables of cases that stand in `tests/data/rows.yaml`, by the module and the name of what they are for."""

from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@cache
def _all():
    return yaml.safe_load((HERE / "data" / "rows.yaml").read_text(encoding="utf-8"))


def rows_of(module):
    """The tables of a module, given as its `__file__`."""
    return _all()[Path(module).resolve().relative_to(HERE).with_suffix("").as_posix()]
