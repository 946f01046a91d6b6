"""The bar for the code: short modules, short functions, names from the field, no leftovers."""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "detente"
SOURCES = sorted(SRC.rglob("*.py"))
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".cff", ".csv", ".json", ".txt", ".sh", ".cfg", ""}
VAGUE = {
    "manager",
    "managers",
    "service",
    "services",
    "engine",
    "engines",
    "util",
    "utils",
    "helper",
    "helpers",
    "misc",
}
LEFTOVERS = re.compile(r"\b(" + "|".join(word.replace(" ", "").upper() for word in ("to do", "fix me")) + r")\b")
LOCAL_PATH = re.compile(r"(?<![\w.~/-])/(work|root|home|Users)/\w")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def own_text_files() -> Iterator[Path]:
    """Text files of the repository, less what tools and commands leave behind."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(p.startswith(".") and p != ".ci" for p in parts[:-1])
        if (
            path.is_file()
            and not hidden
            and parts[0] not in {"out", "build", "dist"}
            and path.suffix in TEXT
            and path.name != ".git"
        ):
            # A worktree's `.git` is a file that names a folder of the machine.
            yield path


def functions() -> Iterator[tuple[str, int]]:
    """Name and number of lines of every function of the package, docstring and decorators left out."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[1].lineno if ast.get_docstring(node) and node.body[1:] else node.body[0].lineno
                yield f"{relative(path)}:{node.name}", (node.end_lineno or start) - start + 2


@pytest.mark.parametrize("folder", ["src", "tests", "tools", "benchmarks"])
def test_modules_stay_under_900_lines(folder):
    sizes = {relative(p): len(p.read_text(encoding="utf-8").splitlines()) for p in (ROOT / folder).rglob("*.py")}
    assert not {name: n for name, n in sizes.items() if n >= 900}


MOST_LINES = 74_300
"""Lines of code of the package. It may fall; it rises only with a line in the changelog that says for what."""


def lines_of_code(text):
    """Lines that hold code: none that is blank, a comment, a docstring or an import."""
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    lines = {line for token in tokens if token.type not in skipped for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        whole = isinstance(node, ast.Import | ast.ImportFrom)
        words = (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        )
        if whole or words:
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


def test_the_program_grows_no_larger():
    assert lines_of_code('"""Words."""\nimport os\n\n# why\nx = 1\n') == 1
    total = sum(lines_of_code(path.read_text(encoding="utf-8")) for path in SOURCES)
    assert 0.97 * MOST_LINES < total <= MOST_LINES, total


def test_the_median_function_is_short():
    lengths = [lines for _, lines in functions()]
    assert statistics.median(lengths) <= 12


def test_no_function_fills_more_than_a_screen():
    assert not {name: lines for name, lines in functions() if lines > 60}


def test_modules_are_named_for_what_they_hold():
    vague = [relative(path) for path in SOURCES if VAGUE & set(path.stem.lower().strip("_").split("_"))]
    assert not vague


def test_every_module_says_what_it_is():
    silent = [relative(p) for p in SOURCES if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not silent


def test_no_leftovers_and_no_paths_of_one_machine():
    found = [
        f"{relative(path)}:{number}: {line.strip()[:80]}"
        for path in own_text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if LEFTOVERS.search(line) or LOCAL_PATH.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_package_reads_nothing_beside_the_repository():
    found = [relative(path) for path in SOURCES if "../shared" in path.read_text(encoding="utf-8")]
    assert not found, f"only tools/ may read the material tables are built from: {found}"


FLAG = re.compile(r"(?:^|[\s(`'\"])--[a-z]")
FLAGGED = {
    "data/assumptions.py": "the column of switches of the register of assumptions is what the command line takes",
    "lab/talks/new/draft.py": "the head of a case file is the command that makes it",
}


def flags_in(text: str) -> list[str]:
    """Texts of code that name a flag of the command line; docstrings do not count."""
    tree = ast.parse(text)
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    named = (node for node in texts if id(node) not in silent and FLAG.search(node.value))
    return [f"line {node.lineno}: {node.value[:70]}" for node in named]


def test_nobody_below_the_faces_speaks_of_flags():
    below = [path for path in SOURCES if path.relative_to(SRC).parts[0] != "faces"]
    named = {path.relative_to(SRC).as_posix(): flags_in(path.read_text(encoding="utf-8")) for path in below}
    assert not {name: flags for name, flags in named.items() if flags and name not in FLAGGED}
    assert not [name for name in FLAGGED if not named[name]], "a reason without a flag"


def test_a_flag_in_a_text_is_seen_and_one_in_a_docstring_is_not():
    assert flags_in('def f():\n    raise InputError("x", "y", "name it with --asset")\n')
    assert flags_in('NOTE = f"{n} draws; see `detente average --range`"\n')
    assert not flags_in('def f():\n    """As `--asset` says."""\n    return "pages 3--4"\n')
