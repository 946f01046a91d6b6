"""How the program is built, read from its sources in one pass: layers, rooms, names, sizes, days, words and disk.

Each check is a function of a module that gives places; a table says what it must see and what it must not.
"""

import ast
import re
import statistics
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from detente.codes.days import BASE_DAY
from detente.codes.declared import declared_note
from detente.codes.errors import InputError, UnknownName
from detente.data.days import days
from detente.data.importers import importer
from detente.data.library import read_to
from detente.economy.families import FAMILIES, family_marked, family_named
from detente.economy.family import Family
from detente.faces.ask.answer import OUT
from detente.faces.report import MODULES
from rows import rows_of

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "detente"
PURE = ("codes", "draws", "law", "trade", "economy", "chains", "evidence", "talks")
BELOW = ("lab", "talks", "evidence", "chains", "economy", "trade")
"""Layers whose sentences stand in the register."""

MOST_LINES = 70_300
"""Lines of code of the package. It may fall; it rises only with a line in the changelog that says for what."""

LATE = 240
"""Imports inside functions, as start-up wants them: their number may fall."""

LEFT = 125
"""Texts below the faces that stand in no refusal where it is raised: all of them are words of refusals that are put
together beside it. Their number may fall; sentences for readers stand in the register."""

ROOMS, FLOORS = 25, 12
"""Of the lab, at most."""


@dataclass
class Module:
    """A module, parsed once; what checks found in it is kept, and the tree is not."""

    name: str
    text: str
    tree: ast.Module = field(repr=False)

    def __post_init__(self) -> None:
        self.nodes = list(ast.walk(self.tree))
        self.docs = {id(node.value) for node in self.nodes if isinstance(node, ast.Expr)}

    @property
    def layer(self) -> str:
        return self.name.split("/")[0]


Place = tuple[int, str]
Check = Callable[[Module], Iterator[Place]]


def called(node: ast.AST) -> str:
    """The name by which something is called; "" for what is no call."""
    function = getattr(node, "func", None)
    return getattr(function, "id", getattr(function, "attr", ""))


def calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in module.nodes if isinstance(node, ast.Call))


def texts(module: Module) -> Iterator[ast.Constant]:
    """Constants that are texts; docstrings are none."""
    constants = (node for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return (node for node in constants if id(node) not in module.docs)


def imports(module: Module) -> Iterator[Place]:
    """Every import as it is written, those inside functions and for type checking included."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, "." * node.level + f"{node.module or ''}:{alias.name}") for alias in node.names)


def late(module: Module) -> Iterator[Place]:
    """Lines of imports that stand neither at the top nor under a condition there."""
    ahead = [inner for node in module.tree.body if isinstance(node, ast.If) for inner in node.body]
    top = {node.lineno for node in (*module.tree.body, *ahead)}
    yield from {node.lineno: (node.lineno, "") for node in module.nodes
                if isinstance(node, ast.ImportFrom) and node.lineno not in top}.values()  # fmt: skip


def impure(module: Module) -> Iterator[Place]:
    """Files that are opened and clocks that are asked."""
    for node in calls(module):
        asked = isinstance(node.func, ast.Attribute) and called(node) in {"now", "today", "utcnow", "fromtimestamp"}
        opened = isinstance(node.func, ast.Name) and called(node) in {
            "open", "input", "print", "exec", "eval", "__import__"
        }  # fmt: skip
        if asked or opened:
            yield node.lineno, called(node)


WRITES = {
    "mkdir", "rmdir", "unlink", "touch", "write_bytes", "write_text", "rename", "symlink_to", "hardlink_to", "chmod",
    "makedirs", "removedirs", "rmtree", "copyfile", "copytree", "mkdtemp", "mkstemp", "NamedTemporaryFile",
    "TemporaryDirectory", "TemporaryFile",
}  # fmt: skip
OF_SYSTEM = {"remove", "move", "replace"}
"""Methods that write to disk; and those that do so as functions of the system's modules alone."""


def writes(module: Module) -> Iterator[Place]:
    """Calls that may write to disk."""
    for node in calls(module):
        name, owner = called(node), getattr(getattr(node.func, "value", None), "id", "")
        modes = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")] if name == "open" else []
        opened = any(re.fullmatch(r"[rbt]*[wax+][rwaxbt+]*", str(getattr(mode, "value", ""))) for mode in modes)
        method = isinstance(node.func, ast.Attribute)
        if opened or (method and (name in WRITES or (name in OF_SYSTEM and owner in ("os", "shutil", "tempfile")))):
            yield node.lineno, name


def of_family(node: ast.expr, name: str) -> bool:
    """Whether an expression is a variable, attribute or call of that name."""
    return called(node) == f"{name}_of" or getattr(node, "id", getattr(node, "attr", "")) == name


def families(module: Module) -> Iterator[Place]:
    """What tells families apart by name, by class or by the methods they happen to have."""
    made = [node for node in calls(module) if called(node) == "Economy"]
    given = {id(inner) for node in made for inner in (*node.args, *(word.value for word in node.keywords))}
    for node in module.nodes:
        named = isinstance(node, ast.Constant) and node.value in FAMILIES and id(node) not in given
        probed = called(node) in ("getattr", "hasattr", "isinstance") and of_family(node.args[0], "family")
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        if named or probed or any(
            isinstance(side, ast.Attribute) and side.attr == "family" and of_family(side.value, "economy")
            for side in sides
        ):  # fmt: skip
            yield node.lineno, "family"


VERBS = {"asked", "at", "found", "held", "one", "said", "told"}
"""They say that something was obtained, not what it is."""


def verbs(module: Module) -> Iterator[Place]:
    """Parameters, and what functions bind, that are called by a verb; fields, methods and constants are none."""
    yield from (place for place in bound(module.tree, local=False) if place[1] in VERBS)


def bound(node: ast.AST, *, local: bool) -> Iterator[Place]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.arg(arg=name):
                yield child.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.FunctionDef(name=name) if local:
                yield child.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield child.lineno, name
            case ast.alias():
                yield child.lineno, child.asname or child.name
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from bound(child, local=function or (local and not isinstance(child, ast.ClassDef)))


DAY = re.compile(r"(?<![\w/-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-\d\d)?(?![\d]|[\w-]*[a-z])")
EXAMPLE = re.compile(r"\b(?:as|like|as in|add \w+:|said_utc:|said:|until:|period:|from:|on:|on|--on|or|written) $|@$")
"""What stands before a day that only shows how days are written."""

EXAMPLES = {"EXAMPLE", "SMALL", "NUMBER", "OFFER", "ADDRESS", "LADDER"}
"""Names of the examples in the description of the interface."""


def literal_days(module: Module) -> Iterator[Place]:
    """Days written in code: calls of `date` with a year, and texts that hold a day which is no example."""
    shown = set(module.docs)
    for node in module.nodes:
        parts: list[ast.AST] = []
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [node] if {getattr(target, "id", "") for target in targets} & EXAMPLES else []
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("question", "len"):
            parts = [*node.args]
        elif isinstance(node, ast.keyword) and node.arg in ("example", "examples"):
            parts = [node]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            parts = [value for key, value in pairs if getattr(key, "value", "") == "example"]
        shown |= {id(inner) for part in parts for inner in ast.walk(part)}
    for node in module.nodes:
        if id(node) in shown:
            continue
        if getattr(getattr(node, "func", None), "id", "") in ("date", "datetime"):
            year = getattr(node.args[0], "value", 0) if node.args else 0
            if isinstance(year, int) and year > 2:
                yield node.lineno, ast.unparse(node)
        elif isinstance(text := getattr(node, "value", None), str) and any(
            not EXAMPLE.search(text[: match.start()]) for match in DAY.finditer(text)
        ):
            yield node.lineno, text[:60]


def flags(module: Module) -> Iterator[Place]:
    """Texts that name a flag of the command line."""
    named = (node for node in texts(module) if re.search(r"(?:^|[\s(`'\"])--[a-z]", node.value))
    yield from ((node.lineno, node.value[:70]) for node in named)


TAKES = {"InputError": 3, "LawError": 3, "MissingData": 1, "SolveError": 1, "NotRated": 1, "DetenteError": 1}
"""Errors, and how many texts each takes: where, what, and what to do."""


def untidy(module: Module) -> Iterator[Place]:
    """What an error says with stray blanks or marks, and what to do with a full stop, which the error adds."""
    for node in calls(module):
        takes = TAKES.get(called(node), 0)
        for k, part in enumerate(node.args[:takes]):
            pieces = part.values if isinstance(part, ast.JoinedStr) else [part]
            text = "".join(
                str(getattr(piece, "value", "")) if isinstance(piece, ast.Constant) else "x" for piece in pieces
            )
            stopped = k == 2 and text.endswith(".") and not text.endswith("...")
            if stopped or text != " ".join(text.split()) or ";." in text or ",." in text:
                yield node.lineno, text


REFUSALS = {"InputError", "UnknownName", "Parameter", "TypeError", "compile", "warn", "headed"}
"""Whose words say what is wrong with what was given, at the place that knows it; or are patterns."""

DECLARED = ("lab/scenario.py", "lab/claims/prices.py")
"""Files that are declarations themselves."""


def sentences(module: Module) -> Iterator[Place]:
    """Texts of five words that people may read: no docstring, no refusal, nothing that is compared or looked up by."""
    if module.layer not in BELOW or module.name.startswith(DECLARED):
        return
    passed = set(module.docs)
    for node in module.nodes:
        refusal = called(node) in REFUSALS or called(node).endswith("Error") or isinstance(node, ast.Raise | ast.Assert)
        if isinstance(node, ast.FunctionDef):
            refusal = node.name.lstrip("_").startswith("refuse")
        elif isinstance(node, ast.ClassDef):
            refusal = any(getattr(base, "id", "").endswith("Enum") for base in node.bases)
        if refusal or isinstance(node, ast.Compare | ast.Subscript):
            passed |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr):
            if id(node) in passed:
                continue
            words = "".join(str(getattr(part, "value", "")) for part in node.values if isinstance(part, ast.Constant))
            passed |= {id(part) for part in node.values}
            if len(re.findall(r"[A-Za-z]{2,}", words)) >= 5:
                yield node.lineno, words
    for node in texts(module):
        if id(node) not in passed and " " in node.value and len(re.findall(r"[A-Za-z]{2,}", node.value)) >= 5:
            yield node.lineno, node.value


def classes(module: Module) -> Iterator[Place]:
    return ((node.lineno, node.name) for node in module.nodes if isinstance(node, ast.ClassDef))


def functions(module: Module) -> Iterator[Place]:
    """How many lines each function has, docstring and decorators left out; and its name."""
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
            yield (node.end_lineno or 0) - body[0].lineno + 2, node.name


def code(module: Module) -> Iterator[Place]:
    """Lines that hold code: none that is blank, a comment, a docstring or an import."""
    lines = {k: "" for k, line in enumerate(module.text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"}
    for node in module.nodes:
        words = isinstance(node, ast.Expr) and isinstance(getattr(node.value, "value", None), str)
        if words or isinstance(node, ast.Import | ast.ImportFrom):
            for line in range(node.lineno, (node.end_lineno or 0) + 1):
                lines.pop(line, None)
    yield from lines.items()


NAMES_CODE = re.compile(r"(?:detente\.)?[a-z]\w*(?:\.\w+)*\.\w+(?::\w+)?")


def is_there(name: str) -> bool:
    """Whether a dotted name is a module of the package, or something in one."""
    above, _, own = name.replace(":", ".").rpartition(".")
    try:
        return hasattr(import_module(above), own) or find_spec(f"{above}.{own}") is not None
    except ImportError:
        return False


def missing(module: Module) -> Iterator[Place]:
    """Texts that name code of the package, to be imported when it is first asked for, and name none that is there."""
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMES_CODE.fullmatch(node.value):
            name = node.value.removeprefix("detente.")
            layer, second, *_ = (*re.split("[.:]", name), "")
            known = (SRC / layer / second).is_dir() or (SRC / layer / f"{second}.py").is_file()
            # A log has a name of two parts.
            if (known or (second and name != node.value)) and not is_there(f"detente.{name}"):
                yield node.lineno, node.value


CHECKS: tuple[Check, ...] = (
    missing, imports, late, impure, writes, families, verbs, literal_days, flags, untidy, sentences, classes, functions,
    code,
)  # fmt: skip


@cache
def read() -> dict[Check, dict[str, list[Place]]]:
    """Places by check and module, and all modules; each is parsed once."""
    seen: dict[Check, dict[str, list[Place]]] = {check: {} for check in CHECKS}
    for path in sorted(SRC.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        module = Module(path.relative_to(SRC).as_posix(), text, ast.parse(text))
        assert ast.get_docstring(module.tree), f"{module.name} does not say what it is"
        for check in CHECKS:
            seen[check][module.name] = list(check(module))
    return seen


def places(check: Check, *layers: str) -> dict[str, list[Place]]:
    """What a check found, by module where it found something; of some layers, or of all."""
    return {name: several for name, several in read()[check].items()
            if several and (not layers or name.split("/")[0] in layers)}  # fmt: skip


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (writes, ["path.write_text('x')", "open(name, 'w')", "path.open(mode='ab')", "os.replace(a, b)", "a.mkdir()"],
         ["text.replace('a', 'b')", "open(name)", "path.open('rb')", "write_bytes(path, b'')"]),
        (families, ['if economy.family == "other": pass', "if self.economy.family != other: pass",
                    'EQUATIONS = {"caliendo_parro": equations}', 'stack = getattr(family, "stack", None)',
                    'if hasattr(family_of(self.economy), "stack"): pass', "isinstance(family, Armington)"],
         ['Economy("a", "armington", countries)', "if grade.family == product: pass"]),
        (verbs, ["def f(found): return found", "def f(*, at=0): return at", "g = lambda one: one[0]",
                 "def f():\n    held = 1\n    return held", "def f(rows):\n    return [at for at in rows]",
                 "def f(row):\n    return (told := row)", "def f():\n    def one(): ...\n    return one",
                 "try: ...\nexcept ValueError as said: ...", "import numpy as held",
                 "def f(x):\n    match x:\n        case [asked]: return asked"],
         ["class A:\n    said: int\n    def at(self, u): return self.found(said=u)"]),
        (literal_days, ['"""Since 2025-01-01."""\nFIRST = date(2025, 1, 1)', 'PRESET = "date=2026-11-25"',
                        'LAST = "2026-12"'],
         ['LEDGER = "2025-26"', 'REPAIR = "write it as 2025-04-15"', 'CASE = "us-china-2025-05"']),
        (flags, ['raise InputError("x", "y", "name it with --asset")', 'N = f"{n} draws; see `detente average --by`"'],
         ['def f():\n    """As `--asset` says."""\n    return "pages 3--4"']),
        (missing, ['RUN = "detente.lab.run.walk"', 'RUN = "detente.lab.none"', 'NAMES = "data.worlds:world_nmes"'],
         ['RUN = "detente.lab.run"', 'NAMES = "data.worlds.world_names"', 'NOTE = "talks.one_rate"', 'WHERE = "a.b"']),
        (untidy, ['InputError(where, "two  blanks", "x")', 'InputError(where, f"{a} is bad", "give one.")'],
         ['InputError(where, f"{a} is bad", f"give {b}, {c} or so")', 'InputError(a, "b", "give 1, 2, ...")']),
    ],
)  # fmt: skip
def test_a_check_sees_what_it_is_for_and_nothing_else(check, bad, good):
    counts = {text: len(list(check(Module("lab/x.py", text, ast.parse(text))))) for text in (*bad, *good)}
    assert counts == dict.fromkeys(bad, 1) | dict.fromkeys(good, 0)


def test_code_that_is_named_in_texts_and_in_files_of_the_package_to_be_loaded_late_is_there():
    """Also by names that leave the room out: of quantities of claims, ways out of an answer, reports."""
    assert not places(missing)
    quantities = (SRC / "data" / "quantities.yaml").read_text(encoding="utf-8")
    named = [f"detente.lab.claims.{name}" for name in re.findall(r": ([a-z]\w*\.\w+)$", quantities, re.MULTILINE)]
    assert len(named) > 20
    named += [
        *(f"detente.faces.{name}" for name in OUT.values()),
        *(f"detente.faces.report.{n}" for n in MODULES.values()),
    ]
    assert not [name for name in named if not is_there(name)]


def test_a_sentence_in_code_is_seen_and_one_of_a_refusal_is_not():
    text = "def f(x):\n    {0}('one and two and three')\n    raise ValueError(f'{{x}} is in the wrong place here')\n"
    counts = [len(list(sentences(Module("lab/x.py", whole, ast.parse(whole)))))
              for whole in (text.format("print"), text.format("InputError"))]  # fmt: skip
    assert counts == [1, 0]


STANDARD = {
    "__future__", "abc", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "itertools", "math", "numbers", "operator", "re",
    "statistics", "string", "textwrap", "types", "typing", "unicodedata", "warnings",
}  # fmt: skip
REGISTER = {f"codes/{name}.py": {"pkgutil", "tomllib"} for name in ("declared", "names")}
"""What reads the register of tables: a part of the program, read as its modules are."""


def test_a_pure_layer_imports_arrays_and_a_little_of_the_standard_library_opens_no_file_and_asks_no_clock():
    allowed = {"numpy", "scipy", "detente"} | STANDARD
    wrong = [
        f"{name}:{line} imports {other}"
        for name, several in places(imports, *PURE).items()
        for line, other in several
        if re.split(r"[.:]", other)[0] not in allowed | REGISTER.get(name, set())
    ]
    assert not wrong, "\n".join(wrong)
    assert not places(impure, *PURE)


def test_imports_are_absolute_and_what_a_function_needs_late_does_not_grow():
    assert not [name for name, several in places(imports).items() if any(other[0] == "." for _, other in several)]
    assert (count := sum(map(len, places(late).values()))) <= LATE, count


def test_the_contracts_name_every_layer_in_order():
    """The purity contract forbids the network to pure layers; another one to all others."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    pure, network, layers = ({each["id"]: each for each in table["contracts"]}[name] for name in
                             ("pure", "network", "layers"))  # fmt: skip
    named = [{name.removeprefix("detente.") for name in each["source_modules"]} for each in (pure, network)]
    packages = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert named == [set(PURE), packages - set(PURE)]
    assert packages == {*PURE, "data", "lab", "faces"}
    assert set(network["forbidden_modules"]) <= set(pure["forbidden_modules"])
    order = "__main__, api, faces, lab, data, talks, economy | chains | evidence, trade, law, draws, codes, version"
    assert ", ".join(re.sub(r"[()]", "", line) for line in layers["layers"]) == order


def test_data_alone_writes_to_disk():
    assert places(writes).keys() == {"data/store.py"}, "use detente.data.store"


IMPORTED_AS = {"pyyaml": "yaml", "vl-convert-python": "vl_convert"}


def test_libraries_that_are_declared_are_imported_and_others_are_not():
    """Some of the extras are for the program; `pydantic_core` comes with pydantic."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = ("arrow", "documents", "duckdb", "excel", "mcp", "pandas", "web")
    lines = [*project["dependencies"], *(line for name in extras for line in project["optional-dependencies"][name])]
    names = [re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in lines]
    declared = [IMPORTED_AS.get(name, name.replace("-", "_")) for name in names]
    imported = {re.split(r"[.:]", other)[0] for several in places(imports).values() for _, other in several}
    assert not {*declared[: len(project["dependencies"])]} - imported
    assert not imported - {*declared} - {*sys.stdlib_module_names} - {"detente", "pydantic_core"}


@cache
def needs() -> dict[str, set[str]]:
    """Modules of the project by their names, and those that each imports, late ones and those for typing too."""
    names = {name: f"detente.{name.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__")
             for name in read()[imports]}  # fmt: skip
    known, found = set(names.values()), {}
    for name, several in read()[imports].items():
        others = {tuple(other.split(":")) for _, other in several if ":" in other}
        whole = {f"{module}.{part}" if f"{module}.{part}" in known else module for module, part in others}
        found[names[name]] = (whole & known) - {names[name]}
    return found


def rooms(package: str) -> dict[str, set[str]]:
    """Room -> rooms it imports from."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, others in needs().items():
        if module.startswith(f"{package}."):
            room, *rest = (name.removeprefix(f"{package}.").split(".")[0] for name in
                           (module, *(each for each in others if each.startswith(f"{package}."))))  # fmt: skip
            found[room] |= {*rest} - {room}
    return found


def in_order(graph: dict[str, set[str]]) -> list[str]:
    """What needs nothing first; fails where things need one another."""
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_nothing_imports_in_a_circle_and_the_lab_is_no_drawer():
    """Who reads one of two modules that name each other must read both."""
    in_order(needs())
    for package in ("lab", "economy", "faces", "faces.web", "law", "talks"):
        in_order(rooms(f"detente.{package}"))
    plan, height = rooms("detente.lab"), dict[str, int]()
    for room in in_order(plan):
        height[room] = 1 + max((height[other] for other in plan.get(room, ())), default=0)
    assert len(plan) <= ROOMS, sorted(plan)
    assert max(height.values()) <= FLOORS


PUBLIC = {("lab/talks/talk.py", "told")}
"""Parameters of the public interface, whose names its users write."""

VAGUE = re.compile(r"(?:^|_)(?:manager|service|engine|util|helper)s?(?:_|$)|(?:^|_)misc(?:_|$)")


def test_variables_are_nouns_and_a_class_has_a_name_of_its_own():
    assert not {name: more for name, several in places(verbs).items()
                if (more := [place for place in several if (name, place[1]) not in PUBLIC])}  # fmt: skip
    owners: dict[str, list[str]] = defaultdict(list)
    for name, several in places(classes).items():
        for _, own in several:
            owners[own].append(name)
    assert not {name: where for name, where in owners.items() if len(where) > 1}
    assert not [name for name in read()[code] if VAGUE.search(Path(name).stem.lower().strip("_"))]


def test_a_family_is_asked_what_it_can_do_and_stands_in_a_room_of_its_own():
    """No module outside its room and the list knows a family by name; its marks are its own."""
    own = {name: type(family_named(name)).__module__.split(".")[2] for name in FAMILIES}
    inside = tuple(f"economy/{room}/" for room in own.values())
    assert not [name for name in places(families) if name != "economy/families.py" and not name.startswith(inside)]
    assert len(set(own.values())) == len(FAMILIES)
    for name, room in own.items():
        family = family_named(name)
        assert isinstance(family, Family)
        assert (family.name, (SRC / "economy" / room).is_dir()) == (name, True)
        assert family_marked(["flows", *family.marks]) == name
    marks = [mark for name in FAMILIES for mark in family_named(name).marks]
    assert len(set(marks)) == len(marks)
    assert not family_named(next(iter(FAMILIES))).marks


@pytest.mark.parametrize("folder", ["src", "tests", "tools", "benchmarks"])
def test_modules_stay_under_900_lines(folder):
    sizes = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert not {name: n for name, n in sizes.items() if n >= 900}


def test_the_program_grows_no_larger_and_functions_are_short():
    total = sum(map(len, places(code).values()))
    assert 0.97 * MOST_LINES < total <= MOST_LINES, total
    lengths = {f"{name}: {own}": lines for name, several in places(functions).items() for lines, own in several}
    assert statistics.median(lengths.values()) <= 12
    assert not {name: lines for name, lines in lengths.items() if lines > 60}, "more than a screen"


DATED = LISTED["dated"]
"""Why a day is written in code: today is an argument, and days of the record are data."""

FLAGGED = {
    "data/assumptions.py": "the column of switches of the register of assumptions is what the command line takes",
    "lab/talks/new/draft.py": "the head of a case file is the command that makes it",
}


def test_days_in_code_have_reasons_and_errors_are_sentences_at_the_faces():
    for written, reasons in (
        (places(literal_days), DATED),
        ({name: several for name, several in places(flags).items() if name.split("/")[0] != "faces"}, FLAGGED),
    ):
        assert not {name: several for name, several in written.items() if name not in reasons}
        assert not reasons.keys() - written.keys(), "a reason without a case"
    known = days()
    assert importer("CHN").law.measure("cn_medium_heavy_rare_earths").start == known["licences"]
    assert known["geneva"] in {period.start for period in importer("USA").law.measure("rec_chn").periods}
    assert BASE_DAY < known["licences"] < known["geneva"] < known["general_licences"]
    assert importer("USA").law.record.to == read_to("usa")
    assert not {name: several for name, several in places(untidy).items() if name.split("/")[1] not in ("mcp", "words")}
    assert str(InputError("a", "is empty", "give one")) == "a: is empty; give one."
    # They stand in the register; a refusal has its words where it is raised, or in a function `refuse_...`.
    held = [f"{name}:{line}: {text}" for name, several in places(sentences).items() for line, text in several]
    assert len(held) <= LEFT, "\n".join(held)


def test_every_note_of_the_register_is_used_and_every_one_that_is_named_is_there():
    files = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in (SRC / "codes/tables").glob("*.toml")
    }
    notes = {f"{file}.{name}" for file, content in files.items() for name in content.get("notes", {})}
    program = "".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    assert not [key for key in notes if f'"{key}"' not in program and f"'{key}'" not in program]
    assert not set(re.findall(r"declared_note\(\s*[\"']([\w.-]+)[\"']", program)) - notes
    with pytest.raises(UnknownName, match="unknown note 'nothing_here'"):
        declared_note("country.nothing_here")


LEFTOVERS = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b|(?<![\w.~/-])/(?:work|root|home|Users)/\w")
"""What is not done, and paths of one machine."""


def own_text_files() -> Iterator[Path]:
    """Text files of the repository, less what tools and commands leave behind."""
    kinds = {".py", ".md", ".toml", ".yaml", ".yml", ".cff", ".csv", ".json", ".txt", ".sh", ".cfg", ""}
    for path in sorted(ROOT.rglob("*")):
        first, *_ = folders = path.relative_to(ROOT).parts
        hidden = any(part[0] == "." and part != ".ci" for part in folders[:-1]) or path.name == ".git"
        if path.suffix in kinds and not hidden and first not in {"out", "build", "dist"} and path.is_file():
            yield path


def test_no_leftovers_and_no_paths_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in own_text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if LEFTOVERS.search(line)
    ]
    assert not found, "\n".join(found)
    assert not [path for path in SRC.rglob("*.py") if "../shared" in path.read_text(encoding="utf-8")], (
        "only tools/ may"
    )


PLACE = re.compile(rf"`((?:{'|'.join(PURE)}|data|lab|faces|tools|tests)/[\w./]*)`")


def test_pages_of_the_architecture_name_what_is_there_and_every_room():
    pages = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in
             ("architecture", "decisions", "adding")}  # fmt: skip
    for text in pages.values():
        named = PLACE.findall(text)
        assert named
        assert not [place for place in named if not (SRC / place).exists() and not (ROOT / place).exists()]
        assert not [name for name in re.findall(r"`(\w+\.py)`", text) if not [*SRC.rglob(name)]]
    rooms = [f"`{package}/{path.parent.name}" for package in ("lab", "economy", "faces/web")
             for path in (SRC / package).glob("*/__init__.py")]  # fmt: skip
    assert not [room for room in rooms if room not in pages["architecture"]]
    picture = pages["architecture"].split("```")[1]
    assert not [path.parent.name for path in SRC.glob("*/__init__.py") if path.parent.name not in picture]
