"""What errors say, read from the code: the texts of every mistake and of what to do, with braces for what is put in.

A text may reach an error through names, functions that give it, and parameters of functions that raise it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
TAKES = {
    "InputError": ("where", "what", "repair"),
    "LawError": ("where", "what", "repair"),
    "UnknownName": ("kind", "name", "known", "where", "repair"),
    "MissingData": ("what",),
    "SolveError": ("what",),
    "NotRated": ("what",),
    "DetenteError": ("what",),
    "ValueError": ("check",),
    "Problem": ("status", "what"),
    "answer": ("status", "what"),
}
"""What errors and answers of the server take, in order."""

CHECK = "check"
PARTS = ("kind", "what", "repair", CHECK)
RAISES = re.compile(rf"\b(?:{'|'.join(TAKES)})\(")
SLOT = re.compile(r"\{\w+(?:\|\w+)?\}")
SILENT = {"mcp", "words"}
"""Folders of the faces that refuse nothing a reader sees: assistants are spoken to in English, sentences say none."""

INNER = "inner"
"""Mark of what stands within a text that is put in: its own parts stay in braces."""

DEEPEST = 8
MOST = 24
"""Texts that one place may give."""

FUNCTIONS = {ast.FunctionDef, ast.AsyncFunctionDef}
GIVES = {
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.comprehension, ast.Return, ast.Yield,
}  # fmt: skip
LEAVES = {type(None), str, int, float, bool, bytes, complex, type(...), ast.Name, ast.Constant}
PASSED = {"ctx", "annotation", "returns", "decorator_list", "type_params", "op", "ops"}
"""Statements that give names and functions what they are, and what no text can stand beneath."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple["Module", Function | None]


class Module:
    """A file: its functions and names, and the calls in it by the name of what is called."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(SRC).as_posix()
        self.functions: dict[str, list[Function]] = defaultdict(list)
        self.calls: dict[str, list[tuple[ast.Call, Function | None]]] = defaultdict(list)
        self.names: dict[Function | None, dict[str, list[ast.expr]]] = defaultdict(lambda: defaultdict(list))
        self.given: dict[Function, list[ast.expr]] = defaultdict(list)
        self.above: dict[Function, Function | None] = {}
        self.methods: set[Function] = set()
        self.imports: dict[str, tuple[str, str]] = {}
        self._read(ast.parse(path.read_text(encoding="utf-8")), None)

    def _read(self, tree: ast.AST, within: Function | None) -> None:
        waiting: list[tuple[ast.AST, Function | None]] = [(tree, within)]
        while waiting:
            node, function = waiting.pop()
            kind = type(node)
            if kind in FUNCTIONS:
                self.functions[node.name].append(node)
                self.above[node], function = function, node
            elif kind is ast.ClassDef:
                self.methods |= {part for part in node.body if type(part) in FUNCTIONS}
            elif kind is ast.Call:
                self.calls[called(node)].append((node, function))
            elif kind is ast.ImportFrom:
                self.imports |= {n.asname or n.name: (node.module or "", n.name) for n in node.names}
            elif kind in GIVES:
                self._bind(node, function)
            parts: list[ast.AST] = []
            for field in node._fields:
                value = getattr(node, field, None) if field not in PASSED else None
                parts += value if type(value) is list else [value]
            waiting += [(part, function) for part in reversed(parts) if type(part) not in LEAVES]

    def _bind(self, node: ast.AST, function: Function | None) -> None:
        names = self.names[function]
        if isinstance(node, ast.Assign):
            for target in node.targets:
                bind(names, target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            bind(names, node.target, node.value)
        elif isinstance(node, ast.For | ast.comprehension) and isinstance(node.iter, ast.Tuple | ast.List):
            for item in node.iter.elts:
                bind(names, node.target, item)
        elif isinstance(node, ast.Return | ast.Yield) and node.value is not None and function is not None:
            self.given[function].append(node.value)


def bind(names: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr) -> None:
    """Names of a target with what they are given, several with several."""
    if isinstance(target, ast.Name):
        names[target.id].append(value)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.IfExp):
        bind(names, target, value.body)
        bind(names, target, value.orelse)
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        for name, item in zip(target.elts, value.elts, strict=True):
            bind(names, name, item)


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def parameters(function: Function) -> list[str]:
    return [part.arg for part in (*function.args.posonlyargs, *function.args.args)]


def slot(node: ast.expr) -> str:
    """A name for what is put in."""
    inner = {
        ast.Name: "id", ast.Attribute: "attr", ast.Subscript: "value", ast.BinOp: "left", ast.IfExp: "body",
        ast.Starred: "value",
    }.get(type(node))  # fmt: skip
    if inner is not None:
        part = getattr(node, inner)
        return part if isinstance(part, str) else slot(part)
    if isinstance(node, ast.Call) and called(node) == "len":
        return "count"
    if isinstance(node, ast.Call) and node.args:
        return slot(node.args[0])
    if isinstance(node, ast.ListComp | ast.GeneratorExp):
        return slot(node.generators[0].iter)
    return "part"


class Code:
    """The program: its texts of errors by part, each with a place where it stands."""

    def __init__(self) -> None:
        texts = {
            path: path.read_text(encoding="utf-8") for path in sorted(SRC.rglob("*.py")) if not SILENT & {*path.parts}
        }
        self.rest = {path: text for path, text in texts.items() if not RAISES.search(text)}
        made = [Module(path) for path in texts if path not in self.rest]
        self.modules = {module.name: module for module in made}
        self.texts: dict[str, dict[str, str]] = {part: {} for part in PARTS}
        self.sinks: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.new: list[tuple[Module, Function, str, str]] = []
        for module in self.modules.values():
            for name, takes in TAKES.items():
                for call, function in module.calls[name] if name != "answer" or "/web/" in module.name else ():
                    self._called(call, takes, (module, function))
        while self.new:
            self._follow(*self.new.pop())

    def _called(self, call: ast.Call, takes: tuple[str, ...], place: Place) -> None:
        given = {**dict(zip(takes, call.args, strict=False)), **{k.arg: k.value for k in call.keywords}}
        for part in PARTS:
            if part in given:
                self._put(part, given[part], place)

    def _put(self, part: str, node: ast.expr, place: Place) -> None:
        for text in self._given(node, place, part, ()):
            # What a check of a value says is parted into what is wrong and what to do.
            for piece in text.split("; ") if part == CHECK else [text]:
                self.texts[part].setdefault(piece, f"{place[0].name}:{node.lineno}")

    def _follow(self, module: Module, function: Function, name: str, part: str) -> None:
        """Read what calls of a function give for a parameter of which an error speaks."""
        own = parameters(function)
        index = own.index(name) - (function in module.methods) if name in own else -1
        hidden = function.name.startswith("_")
        if not hidden:
            for path in [path for path, text in self.rest.items() if f"{function.name}(" in text]:
                made = Module(path)
                self.modules[made.name] = made
                del self.rest[path]
        for other in [module] if hidden or function in module.methods else list(self.modules.values()):
            if other is not module and function.name not in other.imports:
                continue
            for call, within in other.calls[function.name]:
                node = next((k.value for k in call.keywords if k.arg == name), None)
                if node is None and 0 <= index < len(call.args):
                    node = call.args[index]
                if node is not None and not isinstance(node, ast.Starred):
                    self._put(part, node, (other, within))

    def _given(self, node: ast.expr, place: Place, part: str, seen: tuple[object, ...]) -> list[str]:
        """The texts that an expression may be; none where it is no text."""
        if len(seen) > DEEPEST:
            return []
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.JoinedStr):
            return self._joined(node, place, seen)
        if isinstance(node, ast.Name):
            return self._named(node.id, place, part, seen)
        if isinstance(node, ast.Call):
            return self._answered(node, place, part, seen)
        if isinstance(node, ast.BinOp):
            first, second = (self._given(side, place, part, seen) for side in (node.left, node.right))
            return [head + tail for head in first for tail in second]
        return [text for inner in choices(node) for text in self._given(inner, place, part, seen)]

    def _joined(self, node: ast.JoinedStr, place: Place, seen: tuple[object, ...]) -> list[str]:
        texts = [""]
        for piece in node.values:
            inner = piece.value
            some = [inner] if isinstance(inner, str) else self._put_in(inner, place, seen)
            texts = [text + word for text in texts for word in some][:MOST]
        return texts

    def _put_in(self, node: ast.expr, place: Place, seen: tuple[object, ...]) -> list[str]:
        """What stands for a part: its texts where one is empty or a piece of the sentence, else braces."""
        if isinstance(node, ast.IfExp):
            sides = (self._given(side, place, "", (*seen, INNER)) for side in (node.body, node.orelse))
            return [text for some in sides for text in some or [f"{{{slot(node)}}}"]]
        texts = []
        local = isinstance(node, ast.Name) and node.id not in every_parameter(place)
        if local or (isinstance(node, ast.Call) and called(node).startswith("_")):
            texts = self._given(node, place, "", (*seen, INNER))
        whole = len(texts) == 1 and isinstance(node, ast.Name) and node.id.isupper()
        piece = INNER not in seen and any(texts) and any(not t.strip(" ,;:") or t[:1] in " ,;" for t in texts)
        return texts if whole or (piece and len(texts) < 5) else [f"{{{slot(node)}}}"]

    def _named(self, name: str, place: Place, part: str, seen: tuple[object, ...]) -> list[str]:
        module, function = place
        if (module.name, function, name) in seen:
            return []
        seen = (*seen, (module.name, function, name))
        texts: list[str] = []
        inner: Function | None = function
        while inner is not None:
            for node in module.names[inner].get(name, ()):
                texts += self._given(node, (module, inner), part, seen)
            if name in every_parameter((module, inner)) and part:
                key = (module.name, inner.lineno)
                if f"{name}:{part}" not in self.sinks[key]:
                    self.sinks[key].add(f"{name}:{part}")
                    self.new.append((module, inner, name, part))
            if texts or name in every_parameter((module, inner)):
                return texts
            inner = module.above[inner]
        home = module if name in module.names[None] else self._home(module, name)
        nodes = [] if home is None else home.names[None][module.imports.get(name, ("", name))[1]]
        return [text for node in nodes for text in self._given(node, (home or module, None), part, seen)]

    def _home(self, module: Module, name: str) -> Module | None:
        """The module that an imported name is of."""
        path = module.imports.get(name, ("", ""))[0].removeprefix("detente.").replace(".", "/")
        return self.modules.get(f"{path}.py") or self.modules.get(f"{path}/__init__.py")

    def _answered(self, call: ast.Call, place: Place, part: str, seen: tuple[object, ...]) -> list[str]:
        """What a function gives, or a text that a method changes in its ends only."""
        if isinstance(call.func, ast.Attribute) and call.func.attr in CHANGES:
            return self._given(call.func.value, place, part, seen)
        if called(call) in ("str", "next", "first_upper") and call.args:
            return self._given(call.args[0], place, part, seen)
        module = place[0]
        home = module if called(call) in module.functions else self._home(module, called(call))
        if home is None or (isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") != "self"):
            return []
        functions = home.functions[module.imports.get(called(call), ("", called(call)))[1]]
        return [
            text
            for function in functions
            if function not in seen
            for node in home.given[function]
            for text in self._given(node, (home, function), "", (*seen, function))
        ]


CHANGES = ("rstrip", "strip", "lower", "removesuffix", "format", "get")


def every_parameter(place: Place) -> set[str]:
    """Names of the parameters of a function."""
    function = place[1]
    return set() if function is None else {*parameters(function), *(part.arg for part in function.args.kwonlyargs)}


def choices(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions of which one is what another is."""
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BoolOp | ast.Dict):
        yield from node.values
    elif isinstance(node, ast.Tuple | ast.List):
        yield from node.elts
    elif isinstance(node, ast.NamedExpr | ast.Subscript):
        yield node.value
    elif isinstance(node, ast.GeneratorExp | ast.ListComp):
        yield node.elt
