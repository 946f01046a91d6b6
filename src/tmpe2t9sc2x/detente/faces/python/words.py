"""Words: sentences that name options of the command line, in the words of Python."""

from __future__ import annotations

import re

_SET = re.compile(r"--set (\w+)=([\w.]+)")
_NAMED = re.compile(r"--(claim|switch) (?:'([^']*)'|([\w-]+))")
_FLAG = re.compile(r"--([a-z][a-z-]+)")


def in_python(text: str) -> str:
    """A sentence with its flags as arguments: "--set us_content=1" -> "set={'us_content': 1}", "--as-of" -> "as_of"."""
    text = _SET.sub(r"set={'\1': \2}", text)
    text = _NAMED.sub(lambda named: f"{named[1]}='{named[2] or named[3]}'", text)
    return _FLAG.sub(lambda flag: flag[1].replace("-", "_"), text)
