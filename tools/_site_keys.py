"""Keys of a scenario file, from its JSON schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.lab.scenario import schema

HEAD = """\
# Keys of a scenario

Written from the schema that checks the files, which `detente run --schema` prints. How a file is made stands under
[Scenarios](../scenarios.md).
"""


def scenario_page() -> str:
    """The page: the file, then every part of it."""
    whole = schema()
    parts = [("The file", whole), *sorted(whole.get("$defs", {}).items())]
    return "\n".join([HEAD, *(line for name, part in parts for line in _part(name, part))])


def _part(name: str, part: Mapping[str, Any]) -> Iterator[str]:
    """One object with its keys."""
    if "properties" not in part:
        return
    yield f"## {name}\n"
    if name != "The file":
        yield f"{_text(part.get('description', ''))}\n"
    yield "| key | takes | default | means |\n| --- | --- | --- | --- |"
    required = part.get("required", ())
    for key, value in part["properties"].items():
        default = "required" if key in required else _default(value.get("default"))
        yield f"| `{key}` | {_kind(value)} | {default} | {_text(value.get('description', ''))} |"
    yield ""


def _default(value: Any) -> str:
    return "" if value in (None, "", [], {}) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _kind(value: Mapping[str, Any]) -> str:
    """What a key takes, in words."""
    if "$ref" in value:
        name = value["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "enum" in value or "const" in value:
        return ", ".join(f"`{item}`" for item in value.get("enum", [value.get("const")]) if item != "")
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(_kind(one) for one in value["anyOf"] if one.get("type") != "null"))
    if value.get("type") == "array":
        return f"list of {_kind(value.get('items', {}))}"
    return {"string": value.get("format", "text"), "object": "keys and values"}.get(
        *[value.get("type", "anything")] * 2
    )


def _text(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|").replace("<", "&lt;")
