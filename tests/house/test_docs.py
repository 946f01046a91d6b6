"""The documentation is run: its files are written, its commands executed, its Python evaluated, its links followed.

How pages are written so that this works:

* a ``console`` block holds commands after ``$ ``; each must succeed, or end with the code a comment names
  (``$ detente rate 0101 Narnia  # exit 2``); lines below a command must stand in what it prints, except ``...``;
* ``<!-- file: my-lawbook/x.yaml -->`` before a block writes the block to that file first;
* the result of a run that several commands ask for is kept;
* ``python`` blocks of one page run in one namespace; ``sh`` blocks are for the reader, only make targets are checked.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import write_capacity
import write_case_keys
import write_claim_keys
import write_readers
import write_tables

ROOT = Path(__file__).resolve().parents[2]
OWN = sorted(page for page in (ROOT / "docs").rglob("*.md") if "notebooks" not in page.parts)
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *OWN]
BLOCK = re.compile(
    r"(?:<!-- file: (?P<file>\S+) -->\s*)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
BUILT = re.compile(r"(gallery|reference)/|(gallery|contributing|changelog|security|support)\.md")
"""Pages of the site that no file holds; `make docs` refuses links to such as it does not write."""
EXPECTED = re.compile(r"\s+# exit (\d+)$")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix().removeprefix("docs/")


@dataclass(frozen=True)
class Block:
    kind: str
    text: str
    file: str | None


@dataclass
class Command:
    line: str
    code: int
    shown: list[str]


def blocks(page: Path) -> list[Block]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [Block(m["kind"], m["text"], m["file"]) for m in found]


def runs_something(page: Path) -> bool:
    """Whether a page shows something that is run."""
    return any(block.kind in ("console", "python") for block in blocks(page))


def commands(block: Block) -> list[Command]:
    found: list[Command] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            expected = EXPECTED.search(line)
            found.append(Command(EXPECTED.sub("", line[2:]), int(expected[1]) if expected else 0, []))
        elif line.strip() and line.strip() != "...":
            found[-1].shown.append(" ".join(line.split()))
    return found


def call_main(arguments: list[str], typed: str = "") -> tuple[int, str]:
    """`detente ARGUMENTS` inside this process, with the text of a file as its input: exit code, and what it wrote."""
    from detente.faces.cli import main

    written, before, code = io.StringIO(), (sys.argv, sys.stdin), 0
    sys.argv = ["detente", *arguments]
    if typed:
        sys.stdin = io.StringIO(Path(typed).read_text(encoding="utf-8"))
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        finally:
            sys.argv, sys.stdin = before
    return code, written.getvalue()


def call_shell(line: str) -> tuple[int, str]:
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        line,
        shell=True,
        env={**os.environ, "PATH": scripts},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def execute(command: Command) -> tuple[int, str]:
    line, _, typed = command.line.partition(" < ")
    plain = line.startswith("detente ") and not re.search(r"[|<>]", line)
    return call_main(shlex.split(line)[1:], typed) if plain else call_shell(command.line)


def check(page: Path, command: Command) -> None:
    code, output = execute(command)
    assert code == command.code, f"{page.name}: $ {command.line}\nexit {code}, not {command.code}\n{output}"
    assert "Traceback" not in output, f"{page.name}: $ {command.line}\n{output}"
    printed = [" ".join(line.split()) for line in output.splitlines()]
    for line in command.shown:
        assert line in printed, f"{page.name}: $ {command.line}\ndoes not print: {line}\n{output}"


@pytest.mark.sampled(18)
@pytest.mark.usefixtures("runs_kept")
@pytest.mark.parametrize("shown", [page for page in PAGES if runs_something(page)], ids=name_of)
def test_what_a_page_shows_is_what_happens(shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    namespace: dict[str, object] = {}
    for block in blocks(shown):
        if block.file:
            target = tmp_path / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.kind == "console":
            for command in commands(block):
                check(shown, command)
        elif block.kind == "python":
            exec(compile(block.text, shown.name, "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_inside_the_repository_lead_somewhere(page):
    targets = [m["target"] for m in LINK.finditer(page.read_text(encoding="utf-8"))]
    inside = [t.split("#")[0] for t in targets if not re.match(r"[a-z]+:", t) and not t.startswith("#")]
    missing = [t for t in inside if not (page.parent / t).exists()]
    assert not [t for t in missing if not BUILT.match(os.path.relpath(page.parent / t, ROOT / "docs"))]


@pytest.mark.parametrize(
    ("tool", "page"),
    [
        (write_capacity, write_capacity.page),
        (write_case_keys, write_case_keys.page),
        (write_claim_keys, write_claim_keys.page),
        (write_readers, write_readers.page),
        (write_tables, write_tables.page),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_page_that_a_tool_writes_is_what_it_writes_today(tool, page):
    assert tool.PAGE.read_text(encoding="utf-8") == page(), f"python tools/{tool.__name__}.py"


def test_make_targets_exist_pictures_are_small_and_every_page_is_reached():
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert pictures.keys() == {"brief.webp", "table.webp"}
    assert max(pictures.values()) < 200_000
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        name
        for page in PAGES
        for name in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named <= targets
    reached: set[str] = set()
    for index in ("index.md", "howto/index.md", "coming_from/index.md", "tutorials/index.md"):
        folder = index.removesuffix("index.md")
        text = (ROOT / "docs" / index).read_text(encoding="utf-8")
        reached |= {f"{folder}{m['target'].split('#')[0]}" for m in LINK.finditer(text)} | {"index.md"}
    assert {name_of(page) for page in OWN} <= reached


def test_the_readme_shows_every_command():
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    code, listing = call_main(["--help"])
    offered = set(re.findall(r"^[│|\s]+([a-z][a-z-]+)\s{2,}\S", listing, re.MULTILINE))
    assert code == 0
    assert offered, listing
    undocumented = sorted(name for name in offered if f"detente {name}" not in text)
    assert not undocumented, f"commands no page shows: {undocumented}"
