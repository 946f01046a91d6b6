"""Files broken at random, and what is said of them: one sentence a mistake, and never an error that is not our own."""

import copy
import re
from datetime import date

from detente.codes import DetenteError, each_fault

ODD = (
    None, "", "x", [], {}, [1], ["a", "b"], {"a": {"b": [1]}}, 0, -1, 5, 1e30, float("nan"), float("inf"), True, "50%",
    "99%", "nan%", "2027-13-01", date(2025, 5, 1), [[]], [None], [{}], "CHN", 10**12,
)  # fmt: skip
"""Values of other kinds than a key takes."""


def places(content, above=()):
    """Paths of everything in a file."""
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield (*above, key)
        yield from places(value, (*above, key))


def holder_of(content, path):
    """What holds the last part of a path."""
    for key in path[:-1]:
        content = content[key]
    return content


def mutant(rng, content, hows=("dropped", "misspelt", "emptied", "wrong", "wrong")):
    """A copy with a key dropped, misspelt, emptied or of a wrong kind; the path of it, and what was done."""
    found = copy.deepcopy(content)
    path = rng.choice(list(places(found)))
    holder, last = holder_of(found, path), path[-1]
    value, how = holder.pop(last), rng.choice(hows)
    if how == "misspelt" and isinstance(holder, dict):
        holder[f"{str(last)[:-1]}{rng.choice('qxz')}{str(last)[-1:]}q"] = value
    elif how in ("emptied", "wrong"):
        odd = None if how == "emptied" else rng.choice(ODD)
        how = "emptied" if odd is None else how
        holder.insert(last, odd) if isinstance(holder, list) else holder.update({last: odd})
    return found, path, how if how != "misspelt" or isinstance(holder, dict) else "dropped"


def damaged(rng, content):
    """Bytes with some bits, a stretch or their end changed."""
    found, at = bytearray(content), rng.randrange(len(content))
    kind = rng.choice(("flip", "cut", "twice", "zero"))
    if kind == "flip":
        for _ in range(rng.randint(1, 6)):
            found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    elif kind == "cut":
        del found[at : at + rng.randint(1, 200)]
    elif kind == "twice":
        found[at:at] = found[at : at + rng.randint(1, 100)]
    else:
        found[at : at + 20] = bytes(20)
    return bytes(found)


DAYS, NUMBERS = re.compile(r"\b20\d\d-\d\d-\d\d\b"), re.compile(r"(?<=[ :=,])\d+(?:\.\d+)?(?=[ ,\n}\]])")
KEYS = re.compile(r"^( *)(?:- )?([A-Za-z_]\w*)( ?[:=] ?)(.*)$")


def spoilt(rng, text, ending):
    """Bytes of a file of text that is spoilt in one way, the way, and whether it must be refused whatever it says."""
    how = rng.choice(("cut", "encoding", "twice", "reversed", "nan", "negative", "strange", "blank"))
    lines = text.splitlines()
    keys = [n for n, line in enumerate(lines) if KEYS.match(line)]
    if how == "cut":
        return text.encode()[: rng.randrange(len(text.encode()))], how, False
    if how == "encoding":
        at = rng.randrange(len(text))
        return text[:at].encode() + b"\xe9\xff" + text[at:].encode(), how, True
    if how == "reversed" and len(days := DAYS.findall(text)) > 1:
        first, last = rng.sample(days, 2)
        return DAYS.sub(lambda day: {first: last, last: first}.get(day[0], day[0]), text).encode(), how, False
    if how in ("nan", "negative") and (found := list(NUMBERS.finditer(text))):
        place = rng.choice(found)
        odd = {"nan": "nan" if ending != "yaml" else ".nan", "negative": f"-{place[0]}"}[how]
        return f"{text[: place.start()]}{odd}{text[place.end() :]}".encode(), how, False
    if ending == "csv" and how in ("twice", "strange", "blank"):
        column = lines[0].split(",")[0] if how == "twice" else "zzq" if how == "strange" else ""
        return "\n".join(f"{line},{column if not n else '1'}" for n, line in enumerate(lines)).encode(), how, True
    if how in ("twice", "strange", "blank") and keys:
        n = rng.choice(keys)
        indent, sign = KEYS.match(lines[n]).group(1, 3)
        own = {"twice": lines[n].replace("- ", "  ", 1), "strange": f"{indent}zzq{sign}1", "blank": f"{indent}{sign}1"}
        return "\n".join([*lines[: n + 1], own[how], *lines[n + 1 :], ""]).encode(), how, how == "twice"
    return text.replace(rng.choice(lines) or " ", "", 1).encode(), "gone", False


def said_by(read, *given):
    """What is said of a file, mistake by mistake, a line each."""
    try:
        read(*given)
    except DetenteError as error:
        told = [str(fault) for fault in each_fault(error)]
        assert not any("\n" in text for text in told), told
        return told
    return []
