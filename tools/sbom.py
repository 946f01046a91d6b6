"""Write what an installation is made of as a CycloneDX bill of materials: python tools/sbom.py --out sbom.json

Packages are those that this environment has for the package and the extras that are named (`--extras web,postgres`);
tables are those of the catalogue, with their hashes, publishers and terms. The same environment gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import uuid
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
NAME, FORMAT = "detente", "1.6"
EXTRAS = "web,postgres,documents"


def installed(extras: tuple[str, ...]) -> Iterator[tuple[Distribution, list[str]]]:
    """The package and all that it needs here, each with the names of what it needs itself."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(NAME, extras)]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    found: dict[str, tuple[Distribution, set[str]]] = {}
    while waiting:
        key = waiting.pop()
        if key in seen:
            continue
        seen.add(key)
        try:
            package = distribution(key[0])
        except PackageNotFoundError:
            continue
        needs = found.setdefault(key[0], (package, set()))[1]
        for need in wanted(package, key[1]):
            name = canonicalize_name(need.name)
            needs.add(name)
            waiting.append((name, tuple(sorted(need.extras))))
    for name in sorted(found):
        package, needs = found[name]
        yield package, sorted(need for need in needs if need in found)


def wanted(package: Distribution, extras: tuple[str, ...]) -> Iterator[Requirement]:
    """What a package needs on this machine, with some of its extras."""
    for line in package.requires or ():
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield need


def purl(package: Distribution) -> str:
    """Address of a package that does not depend on where it was taken from."""
    return f"pkg:pypi/{canonicalize_name(package.metadata['Name'])}@{package.version}"


def licences(package: Distribution) -> list[dict[str, Any]]:
    """Terms of a package: its expression, else what it says in words."""
    about = package.metadata
    expression = about.get("License-Expression")
    if expression:
        return [{"expression": expression}]
    rows = [line.rsplit(" :: ", 1)[-1] for line in about.get_all("Classifier") or () if line.startswith("License ::")]
    plain = (about.get("License") or "").strip().splitlines()
    names = rows or [line for line in plain[:1] if 0 < len(line) < 80]
    return [{"license": {"name": name}} for name in names]


def component(package: Distribution) -> dict[str, Any]:
    """A package as a component."""
    about = package.metadata
    name = canonicalize_name(about["Name"])
    return {
        "type": "library", "bom-ref": purl(package), "name": name, "version": package.version,
        "purl": purl(package), **({"description": about["Summary"]} if about.get("Summary") else {}),
        **({"licenses": licences(package)} if licences(package) else {}),
    }  # fmt: skip


def table(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A table of the package as a component."""
    return {
        "type": "data", "bom-ref": f"table:{name}", "name": name, "version": str(entry.get("vintage", "")),
        "description": str(entry.get("title", "")), "publisher": str(entry.get("publisher", "")),
        "licenses": [{"license": {"name": str(entry.get("licence", ""))}}],
        **({"hashes": [{"alg": "SHA-256", "content": entry["sha256"]}]} if entry.get("sha256") else {}),
    }  # fmt: skip


def bill(extras: tuple[str, ...]) -> dict[str, Any]:
    """The bill of materials."""
    from detente.data.library import catalogue

    packages = list(installed(extras))
    refs = {canonicalize_name(package.metadata["Name"]): purl(package) for package, _ in packages}
    own = next(component(package) for package, _ in packages if canonicalize_name(package.metadata["Name"]) == NAME)
    parts = [component(package) for package, _ in packages if refs[NAME] != purl(package)]
    parts += [table(name, entry) for name, entry in sorted(catalogue().items())]
    tables = [part["bom-ref"] for part in parts if part["type"] == "data"]
    needs = [
        {"ref": ref, "dependsOn": [*(refs[need] for need in named), *(tables if ref == refs[NAME] else ())]}
        for ref, named in ((purl(package), named) for package, named in packages)
    ]
    content = {"metadata": {"component": own | {"type": "application"}}, "components": parts, "dependencies": needs}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        **content,
    }


def main() -> None:
    """Write the file that is named, or print it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--extras", default=EXTRAS)
    asked.add_argument("--out", type=Path)
    given = asked.parse_args()
    text = json.dumps(bill(tuple(filter(None, given.extras.split(",")))), ensure_ascii=False, indent=1)
    if given.out:
        given.out.write_text(f"{text}\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
