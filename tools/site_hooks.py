"""Pages of the site that are written while it is built: gallery, reference, registers. Used by mkdocs.yml."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from _site_commands import commands_page
from _site_gallery import gallery_files
from _site_keys import scenario_page
from _site_python import python_page
from _site_registers import assumptions_page, data_page

ROOT = Path(__file__).resolve().parents[1]
MOVED = {
    "README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md", "SUPPORT.md": "support.md",
}  # fmt: skip
"""Files at the root of the repository, and the page that has their content on the site."""


UNSEARCHED = ("stable_api.md", "changelog.md")
"""Lists of names and of changes: they answer no question, and a search of one letter fails on an index too large."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Every page that no file of docs/ holds."""
    for path, content in written().items():
        files.append(File.generated(config, path, content=content))
    return files


def written() -> dict[str, str | bytes]:
    """Content of every generated file by its place on the site."""
    return {
        "reference/commands.md": commands_page(),
        "reference/python.md": python_page(),
        "reference/scenario.md": scenario_page(),
        "reference/data.md": data_page(),
        "reference/assumptions.md": assumptions_page(),
        "contributing.md": from_root("CONTRIBUTING.md"),
        "changelog.md": from_root("CHANGELOG.md"),
        "security.md": from_root("SECURITY.md"),
        "support.md": from_root("SUPPORT.md"),
        **gallery_files(),
    }


def from_root(name: str) -> str:
    """A page at the root of the repository, with its links as they are on the site."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for own, target in MOVED.items():
        text = text.replace(f"]({own}", f"]({target}")
    return text.replace("](docs/", "](")


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to files at the root lead to their pages; what tells the tests to write a file is shown as its name."""
    if page.file.src_uri in UNSEARCHED:
        page.meta["search"] = {"exclude": True}
    up = "../" * page.file.src_uri.count("/")
    for name, target in MOVED.items():
        markdown = re.sub(rf"\]\((\.\./)+{re.escape(name)}", f"]({up}{target}", markdown)
    return re.sub(r"<!-- file: (\S+) -->\n(?:\n)?```(\w+)", r'```\2 title="\1"', markdown)
