"""The terminal as a reader meets it: help, completion, names, progress, encodings, closed streams, little memory."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from detente.codes.errors import InputError, UnknownName, did_you_mean
from detente.codes.table import Column, shown_cell
from detente.codes.units import Unit
from detente.data.chain_world import check_bloc
from detente.data.importer_lines import goods_name, names_of_groups, words_of_line
from detente.data.worlds import load_economy
from detente.faces.ask.question import names as questions
from detente.faces.charts import drawing as memory
from detente.faces.cli import law, progress
from detente.faces.cli.app import ASKED, _grouped, _letters, commands_of, ended
from detente.faces.cli.catalogue import EXAMPLES, GROUPS, MODULES
from detente.faces.cli.completion import SHELLS, script
from detente.faces.cli.progress import Progress
from detente.faces.formats import hanging
from detente.faces.report.readers import readable
from detente.lab.record.tables import in_words
from detente.lab.scenario import shipped
from detente.lab.sweep.world import _coded
from detente.lab.world.chosen import countries_of, country_of, players_of
from rows import rows_of

LISTED = rows_of(__file__)

MODULE = sys.modules[Progress.__module__]


SMALL, LARGE = "icio-2022-small", "icio-2022"


NAMES = [name for commands in GROUPS.values() for name in commands]


@pytest.fixture
def offered(detente, monkeypatch):
    """What bash is offered for the last of some words behind the name of the program."""

    def ask(*words):
        monkeypatch.setenv(ASKED, "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(("detente", *words)))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        return detente().out.strip("\n").splitlines()

    return ask


def test_every_command_stands_in_a_group_and_in_the_help(detente):
    made = {name: command for module in MODULES for name, command in commands_of(module).items()}
    assert set(made) == {name for names in MODULES.values() for name in names}
    asked = {name.partition(" ")[0] for name in questions()}
    assert {name for name, command in made.items() if not command.hidden} | asked == set(NAMES)
    listing = detente("--help").out
    assert [line.split()[0] for line in listing.splitlines() if re.match(r"  (?!detente)[a-z]", line)] == NAMES


def test_commands_are_grouped_without_changing_those_that_were_given():
    given = {"record keeping": commands_of("data")["data"]}
    assert {*_grouped(given)} == {"record"}
    assert {*given} == {"record keeping"}


@pytest.mark.parametrize("words", ["", *EXAMPLES])
def test_help_has_an_example_and_fits_a_screen(detente, monkeypatch, words):
    monkeypatch.setenv("COLUMNS", "80")
    lines = detente(*words.split(), "--help").out.splitlines()
    assert len(lines) <= 64
    assert max(map(len, lines)) <= 100
    assert not re.search(r"<\w+>", "\n".join(lines))
    assert not words or f"  {EXAMPLES[words]}" in lines


@pytest.mark.parametrize("words", EXAMPLES)
def test_an_example_calls_its_command_with_options_it_has(offered, words):
    call = shlex.split(EXAMPLES[words])
    assert call[0] == "detente"
    start = words.split() if words not in ("economy", "chain") else [words]
    assert call[1 : 1 + len(start)] == start
    for word in (word for word in call if word.startswith("--")):
        before = call[1 : call.index(word)]
        assert word in offered(*before, word), word
    if words == "run":
        names = [word for k, word in enumerate(call) if k > 1 and not word.startswith("-") and call[k - 1][:2] != "--"]
        assert set(names) <= set(shipped())


def test_completion_offers_commands_options_and_known_names(offered):
    assert (offered(""), offered("av"), offered("--co")) == (NAMES, ["average"], ["--completion"])
    assert (offered("law", "sh"), offered("run", "gen")) == (["show"], ["geneva"])
    assert (offered("talks", "two"), offered("talks", "rec")) == (["two-country"], ["record"])
    assert offered("talks", "record", "--ca") == ["--case"]
    assert "gallium-germanium" in offered("chain", "run", "ga")
    assert offered("economy", "solve", "--world", "lib") == ["libday-2023"]
    assert offered("run", "geneva", "--dr") == ["--draws", "--dry-run"]
    assert offered("economy", "optimal", "US", "--partner", "Germ") == ["Germany"]
    assert offered("rate", "8507.60", "South\\ Kor") == ["South\\ Korea"]
    assert offered("average", "--by", "co") == ["country"]
    assert "--help" in offered("law", "--")
    assert offered("average", "--from", "") == []
    assert offered("nonsense", "x") == offered("x") == []


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_asks_the_program(detente, shell):
    assert f"complete_{shell}" in detente("--completion", shell).out
    refused = detente("--completion", f"{shell}x")
    assert refused.code == 2
    assert f"did you mean '{shell}'?" in refused.err
    before = detente("completion", shell)
    assert (before.code, before.out) == (2, "")
    assert "write detente --completion bash" in before.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes(tmp_path):
    program = tmp_path / "detente"
    program.write_text(f"#!{sys.executable}\nfrom detente.faces.cli import main\nmain()\n")
    program.chmod(0o755)
    typed = "COMP_WORDS=(detente rate 8507.60 'South\\ K'); COMP_CWORD=3; _detente_completion detente"
    asked = f"{script('bash')}\n{typed}; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    path = {**os.environ, "PATH": os.pathsep.join((str(tmp_path), os.environ["PATH"]))}
    ran = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=False, env=path)
    assert ran.stdout == "South\\ Korea\n", ran.stderr


@pytest.mark.parametrize(
    ("text", "code"), [("US", "USA"), ("germany", "DEU"), ("South Korea", "KOR"), ("156", "CHN"), ("ROW", "ROW")]
)
def test_a_country_of_a_world_has_any_of_its_names(text, code):
    assert country_of(load_economy(LARGE), text, "--country") == code


def test_the_union_is_one_player_where_the_world_has_it():
    assert players_of(load_economy(SMALL), ["US", "EU"]) == ["USA", "EUN"]
    with pytest.raises(InputError, match="'EU' is 27 countries in the world icio-2022; name one of them, or take"):
        players_of(load_economy(LARGE), ["US", "EU"])
    assert len(countries_of(load_economy(LARGE), ["EU", "Germany"], "--second")) == 27
    with pytest.raises(UnknownName, match="did you mean 'Germany'"):
        country_of(load_economy(LARGE), "Germny", "--country")
    with pytest.raises(UnknownName, match=r"there it is part of European Union \(EUN\)"):
        country_of(load_economy(SMALL), "Germany", "--country")


def test_a_sweep_a_chain_and_the_importer_take_names_of_people():
    economy = load_economy(SMALL)
    assert _coded(economy, "tariff.US.China.ELE") == "tariff.USA.CHN.ELE"
    assert (_coded(economy, "points.US.all"), _coded(economy, "scale")) == ("points.USA.all", "scale")
    assert [check_bloc(name) for name in ("Japan", "EU", "us", "South Korea", "ROW")] == [
        "JPN", "EU27", "USA", "KOR", "ROW",
    ]  # fmt: skip
    with pytest.raises(UnknownName, match="Germany is counted in EU27"):
        check_bloc("Germany")
    assert [law._law_code(text) for text in ("US", "china", "chn", "")] == ["USA", "CHN", "CHN", ""]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_a_line_a_tenth_where_nobody_looks(monkeypatch, capsys):
    clock = iter([float(n) for n in range(1000)])
    monkeypatch.setattr(MODULE.time, "monotonic", lambda: next(clock))
    with Progress("sweep", "points") as told:
        for done in range(0, 201):
            told(done, 200)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == progress.TENTHS
    assert all(re.match(r"sweep: [\d,]+ of 200 points, \d+ s", line) for line in lines)
    assert lines[-1].startswith("sweep: 200 of 200 points")


def test_nothing_is_told_in_the_first_half_second_nor_when_quiet(monkeypatch, capsys):
    with Progress("sweep", "points") as told:
        told(10, 10)
    monkeypatch.setattr(MODULE, "QUIET_UNTIL", 0.0)
    with Progress("sweep", "points", quiet=True) as told:
        told(10, 10)
    with Progress("talks") as told:
        told.part("equilibria", 10, 10, everywhere=False)
    assert capsys.readouterr().err == ""


def test_on_a_terminal_one_line_is_rewritten_and_taken_away(monkeypatch):
    written = []
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(Progress, "_write", lambda self, text: written.append(text))
    monkeypatch.setattr(MODULE, "QUIET_UNTIL", 0.02)
    monkeypatch.setattr(MODULE, "EVERY", 0.01)
    with Progress("nash") as told:
        MODULE.time.sleep(0.06)
        told.part("rounds", 3, 4)
        MODULE.time.sleep(0.03)
    assert written[0].startswith("\rnash: 0 s")
    assert any("3 of 4 rounds" in text for text in written)
    assert all(text.startswith("\r") and "\n" not in text for text in written)
    assert not written[-1].strip()


NAMED = LISTED["named"]


@pytest.mark.parametrize("code", NAMED)
def test_goods_are_named_from_the_whole_path(code):
    assert goods_name(words_of_line(code)) == NAMED[code]


def test_a_group_is_named_by_what_it_shares_and_a_line_goes_on_beneath_its_words():
    lines = [words_of_line(code) for code in ("8703230140", "8703230160")]
    assert names_of_groups(lines, ["870323"] * 2) == {
        "870323": "Motor cars, with only spark-ignition engine, over 1,500 to 3,000 cc, new"
    }
    assert hanging("  +1.50%  one two three", 18) == "  +1.50%  one two\n          three"
    assert hanging("", 18) == ""


@pytest.mark.parametrize("args", [(), ("law", "--help"), ("run", "-h")], ids=" ".join)
def test_help_is_help_and_no_error(detente, args):
    ran = detente(*args)
    assert ran.code == (0 if args and args[-1].startswith("-") else 2)
    assert "Usage: detente" in ran.out
    assert "detente: " not in ran.out + ran.err


def test_an_interrupted_command_says_so_and_leaves_with_130(detente, monkeypatch):
    import detente.lab.run as lab

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(lab, "run", interrupted)
    ran = detente("run", "geneva", "--draws", "0")
    assert (ran.code, ran.err.strip()) == (130, "detente: interrupted")


def test_a_traceback_is_shown_of_errors_alone_and_when_asked_for(detente):
    """Without a command the program shows its help, whether or not tracebacks are asked for."""
    with pytest.raises(InputError):
        detente("run", "geneva", "--draws", "abc", "--trace")
    plain, traced = detente(), detente("--trace")
    assert (traced.code, traced.out) == (plain.code, plain.out)
    assert "Traceback" not in traced.err


RATE = ("rate", "8507.60.00.10", "CHN", "--on", "2025-04-15")


def program(*args: str, env: dict[str, str] | None = None, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from detente.faces.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, env={**os.environ, **(env or {})}, **options)  # type: ignore[call-overload]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_without_unicode_gets_plain_letters(encoding):
    env = {"PYTHONIOENCODING": encoding}
    ran = program(*RATE, env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"-----" in ran.stdout
    assert b"?" not in ran.stdout
    promises = ("talks", "record", "promise", "--format", "json")
    exact = program(*promises, env={"PYTHONIOENCODING": "utf-8"}).stdout.decode("utf-8")
    assert json.loads(program(*promises, env=env).stdout.decode(encoding)) == json.loads(exact)


def test_letters_that_stand_for_others():
    assert "".join(map(_letters, "Détente – 5 × 10 → “Łódź” 中")) == 'Detente - 5 x 10 -> "?odz" ?'
    assert _letters("\u2500") == "-"


@pytest.mark.skipif(os.name == "nt", reason="streams are closed by a shell")
def test_a_closed_stream_ends_in_silence():
    call = f'"{sys.executable}" -c "from detente.faces.cli import main; main()"'
    closed = subprocess.run(f"{call} {' '.join(RATE)} >&-", shell=True, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_too_little_memory_is_a_sentence(detente, monkeypatch):
    def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("detente.lab.averages.averages.average", out_of_memory)
    ran = detente("average", "--on", "2025-04-15")
    assert ran.code == 1
    assert "not enough memory" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_report_without_memory_for_charts_says_so(monkeypatch):
    import numpy as np

    from detente.codes import Column, Table, Unit
    from detente.faces.report.content import content
    from detente.lab.result import Result
    from detente.lab.scenario import load_scenario

    table = Table("t", "t", (Column("x", Unit.NONE, "x"),), {"x": np.asarray([1.0])})
    result = Result(load_scenario("geneva")[0], "abc", {"t": table})
    monkeypatch.setattr(sys.modules["detente.faces.report.content"], "can_draw", lambda: False)
    found = content(result)
    assert found.charts == ()
    assert memory.LEFT_OUT in found.note


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a limit of memory that this system keeps")
def test_a_limit_of_memory_does_not_end_the_program(tmp_path):
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "from detente.faces.charts.drawing import can_draw; print(can_draw())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, b"False\n")


def test_without_a_limit_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(memory, "_limited", lambda: False)
    monkeypatch.setattr(memory, "memory_left", lambda: None)
    monkeypatch.setattr(memory, "_drawn_elsewhere", lambda: pytest.fail("tried"))
    memory.can_draw.cache_clear()
    assert memory.can_draw()
    memory.can_draw.cache_clear()


def test_names_for_people_hold_words_and_no_codes():
    assert str(UnknownName("axis", "nope", ("row", "column"), "here")) == "here: unknown axis 'nope'; use row, column."
    many = [f"name number {n}" for n in range(100)]
    assert str(UnknownName("name", "x", many)).endswith("; there are 100, as " + ", ".join(many[:3]) + ".")
    assert str(UnknownName("axis", "rows", ("row", "column"))).endswith("did you mean 'row'?")
    assert did_you_mean("nope", ["pe", "np", "PER"]) == "", "a code is no slip of a longer word"
    assert did_you_mean("CHM", ["CHN", "che", "CH"]).endswith("'CHN' or 'che'")
    column = Column("x", Unit.NONE, "")
    assert [shown_cell(value, column) for value in (True, False, float("inf"), -0.0)] == ["yes", "no", "infinite", "0"]
    shown = in_words("cn_medium_heavy_rare_earths in the lawbook of CHN is in force")
    assert shown.endswith(" of China is in force")
    assert "cn_" not in shown
    assert in_words("rate of USA on CHN: 145% to 30%") == "rate of the United States on China: 145% to 30%"
    assert in_words("at most 257 USD a tonne") == "at most 257 USD a tonne"


def test_a_closed_error_stream_leaves_standard_output_alone(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    assert (ended(InputError("--on", "is no day")), capsys.readouterr().out) == (2, "")


def test_how_a_day_is_typed_stays_as_it_is_typed():
    assert (
        readable("date: 'x' is not a date; write it as 2025-04-15.")
        == "date: 'x' is not a date; write it as 2025-04-15."
    )
    assert readable("from 2025-04-15 on") == "from 15 April 2025 on"
