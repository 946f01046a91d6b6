"""What every test may use: the root of the repository, what is computed once for all of them, and waiting.

Property tests are the same on every run. Results of shipped scenarios, and folders that several modules compare with,
are made once for the whole suite, also where it runs in several processes: the first that asks makes them, the others
read what it left.
"""

import gc
import hashlib
import os
import pickle
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import _lru_cache_wrapper, lru_cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # no locks of this kind: every process makes its own
    fcntl = None

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # As the program does, before NumPy loads: small arrays are faster on one thread, and sums keep their order.
    os.environ.setdefault(_name, "1")

# The programs that tests start are read from byte code, as installed ones are.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Tables are as wide as where nobody looks, also in workers whose terminal claims to be narrow.
os.environ["COLUMNS"] = "120"

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from detente.data.limits import MEMORY, resident  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # for `teaching` and `touching`, which several use
sys.path.append(str(ROOT / "tools"))
import sample  # noqa: E402

MOST = 3_000_000_000
"""Bytes that a process may hold after a test: near it, all is let go again. 1.5 GB is the aim: collecting takes 0.55, a
server with the engines of two cases 1.2."""

HELD: list[tuple[int, str]] = [(0, "")]
"""Bytes that processes held at most after a test, and after which."""

SPENT: list[float] = [0.0]
"""Processor seconds of this process, and of those it started, until the last report."""

OUT: list[int] = []
"""How many cases each process left out."""

TODAY = date(2026, 11, 25)
"""The day that "today" means in the scenarios that are run once for all."""

HOUSE = {"deadline": None, "derandomize": True, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("house", max_examples=50, **HOUSE)
settings.register_profile("long", max_examples=200, **HOUSE)
settings.load_profile("house")


def pytest_addoption(parser):
    """Parts of the suite, and what a whole run measures."""
    parser.addoption(
        "--sample", type=float, metavar="SECONDS", help="run modules drawn by the commit, so long together"
    )
    parser.addoption("--fuzz", action="store_true", help="draw thousands of odd requests, lines and calls, not 50 each")
    parser.addoption("--every", action="store_true", help="run what is sampled otherwise, and all draws of properties")
    parser.addoption("--seconds", type=Path, metavar="FILE", help="write processor seconds by module")


def pytest_report_header(config):
    """Say what a sample is of, and how to have all."""
    most = config.option.sample
    if most:
        count, every = len(sample.chosen(most)), sum(1 for _ in sample.HERE.rglob("test_*.py"))
        return f"sample by {sample.commit()}: {count} of {every} modules; `make test` runs all"
    if config.option.every:
        return None
    return (
        f"sampled by {sample.commit()}: families of cases and half of the draws of properties; what changed is run "
        "in full (--every runs all); 50 odd requests, command lines and calls (--fuzz draws thousands)"
    )


def pytest_ignore_collect(collection_path, config):
    """Of a sample nothing else is even read."""
    most, path = config.option.sample, collection_path
    return True if most and path.suffix == ".py" and path.name[:5] == "test_" and not sample.is_in(path, most) else None


def pytest_make_parametrize_id(val):
    """Bytes are named by their length: packed ones hold the time, and a test has one name in all processes."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def pytest_configure(config):
    """Modules go to processes in the order of `pytest_collection_modifyitems`, not by their number of tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False
    if config.option.every:
        settings.load_profile("long")
    if config.option.sample:
        MEMORY.budget = 700_000_000


def pytest_collection_modifyitems(config, items):
    """The longest modules first, so that no process is left alone with one at the end; where answers are kept, all
    tests of a case together. A sample has one case of law in six.
    """
    if config.option.sample:
        thinned = sample.HERE / sample.THINNED
        items[:] = [item for item in items if item.path != thinned or sample.draw(item.nodeid) % 6 == 0]
    if not config.option.every:
        without = sample.left_out(items)
        OUT.append(len(without))
        items[:] = [item for item in items if item not in without]
        for test in {item.obj for item in items if getattr(item.obj, "is_hypothesis_test", False)}:
            halve(test)
    seconds = {sample.HERE / name: spent for name, spent in sample.known().items()}

    def order(item) -> tuple[float, str, str]:
        case = getattr(getattr(item, "callspec", None), "id", "~") if "answers_kept" in item.fixturenames else ""
        return -seconds.get(item.path, sample.UNKNOWN), str(item.path), case

    items.sort(key=order)


def pytest_collection_finish():
    """What stands for good is not looked through again each time that memory is given back."""
    gc.collect()
    gc.freeze()


def halve(test):
    """Draw half as often as a property says itself."""
    own = getattr(test, "_hypothesis_internal_use_settings", None)
    if own is not None and own.max_examples != settings.default.max_examples:
        test._hypothesis_internal_use_settings = settings(own, max_examples=max(2, own.max_examples // 2))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Give back what can be made again: after a module what it kept itself, and all that is over the budget, whatever
    an earlier one could not do without; between two tests what has grown. The first test after which that is not
    enough fails.
    """
    result = yield
    last = nextitem is None or nextitem.path != item.path
    for kept in vars(item.module).values() if last else ():
        if isinstance(kept, _lru_cache_wrapper) and kept.__module__ == item.module.__name__:
            kept.cache_clear()
    if last or resident() > 0.75 * MOST:
        MEMORY._next = 0.0
    MEMORY.trim()
    (before, _), now = HELD[0], resident()
    HELD[:] = [max(HELD[0], (now, item.nodeid))]
    if now > MOST >= before:
        pytest.fail(f"this process holds {now / 1e9:.1f} GB now, more than {MOST / 1e9:.1f}; what keeps it?")
    return result


def processor() -> float:
    """Seconds of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """A report says how much of the processor was spent since the last."""
    report = yield
    before, SPENT[0] = SPENT[0], processor()
    report.spent = SPENT[0] - before
    return report


def pytest_sessionfinish(session):
    """Tell the process that shows results how much this one held, and left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput |= {"held": HELD[0], "out": max(OUT, default=0)}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Hear it."""
    said = getattr(node, "workeroutput", {})
    HELD.append(tuple(said.get("held", HELD[0])))
    OUT.append(said.get("out", 0))


@pytest.fixture(scope="session", autouse=True)
def _one_core():
    """Here nothing begins a second process by itself: it would have to read and compile everything again, and the other
    cores are at other tests. Tests of processes say how many they want; programs that tests start have all cores.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("detente.lab.work.chunks.processors", lambda: 1)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def drawn(request):
    """How many odd requests, lines or calls are drawn of so many that a long run draws."""
    return lambda most: most if request.config.option.fuzz else 25


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """Where something is that is made once for all processes: `made_once(name, make)`, `make` writes to a path."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if fcntl and "PYTEST_XDIST_WORKER" in os.environ else own) / "made-once"
    folder.mkdir(exist_ok=True)

    def found(name: str, make: Callable[[Path], object]) -> Path:
        path, half = folder / name, folder / f"half-{name}"
        with (folder / f"{name}.lock").open("w") as lock:
            if fcntl:
                # Let go by the system where its holder ends, also by a kill.
                fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                shutil.rmtree(half, ignore_errors=True)
                make(half)
                half.rename(path)
            if fcntl:
                # Said, not left to closing: a process that was started meanwhile may have the file open as well.
                fcntl.flock(lock, fcntl.LOCK_UN)
        return path

    return found


@pytest.fixture(scope="session")
def run_once(made_once):
    """`detente.lab.run.run` that runs once for all processes what has one key, one scenario and one set of tables."""
    from detente.faces.words.brief import UNTOLD
    from detente.lab.key import data_hashes, key_of
    from detente.lab.parts import tables_without
    from detente.lab.run import run
    from detente.lab.scenario import opened

    for_brief = tables_without(UNTOLD)

    def name_of(scenario, today, on, draws, only, folder) -> str:
        """What the numbers depend on, and what a result says of its scenario."""
        whole, beside = opened(scenario, today, on)
        key = key_of(whole, folder or beside, draws, data_hashes(whole))
        return hashlib.sha256(repr((key, whole.model_dump_json(), sorted(only))).encode()).hexdigest()[:24]

    def again(scenario, *, seen=None, progress=None, executor=None, **asked):
        if asked.get("only") == for_brief:
            # A brief is read off a whole run as well, which others ask for.
            del asked["only"]
        try:
            name = name_of(scenario, **{"today": None, "on": None, "draws": None, "only": (), "folder": None, **asked})
        except Exception:  # refused, in the program's own words
            return run(scenario, **asked)
        path = made_once(f"run-{name}", lambda path: path.write_bytes(pickle.dumps(run(scenario, **asked))))
        found = pickle.loads(path.read_bytes())
        if seen is not None:
            seen(found.tables, set())
        return found

    return again


@pytest.fixture(scope="session")
def keep_runs(run_once):
    """Have runs behind commands and functions made once for the suite: `keep_runs(monkeypatch)`."""

    def keep(patched: pytest.MonkeyPatch) -> None:
        for module in (
            "detente.lab.run.run",
            "detente.lab.compare.run",
            "detente.lab.sweep.scenario.run",
        ):
            patched.setattr(module, run_once)

    return keep


@pytest.fixture
def runs_kept(keep_runs, monkeypatch):
    """Runs are made once for the suite; not for tests of running itself."""
    keep_runs(monkeypatch)


@pytest.fixture(scope="session")
def ran(run_once):
    """Result of a shipped scenario: `ran(name, draws=0)`; `draws=None` for the scenario's own number of them."""

    @lru_cache(maxsize=4)
    def found(name: str, draws: int | None = 0):
        return run_once(name, today=TODAY, draws=draws)

    return found


@pytest.fixture(scope="session")
def opened_case():
    """Engine of a case by name, warm: that of the servers of this process, as long as it is kept."""
    from detente.lab.deal.answer import engine_of

    return lambda case: engine_of(case).ready()


def pytest_terminal_summary(terminalreporter, config):
    """Say at the end what was sampled, which tests did not run, and how to run them; write seconds where asked for."""
    if not config.option.every:
        terminalreporter.write_line(f"{max(OUT, default=0)} cases were left out by {sample.commit()}; --every runs all")
    spent = Counter()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if hasattr(report, "spent"):
            spent[report.nodeid.partition("::")[0].removeprefix("tests/")] += report.spent
    terminalreporter.write_line(
        f"{len(spent)} modules took {spent.total():.0f} seconds of the processor; the largest process held "
        f"{max(HELD)[0] / 1e9:.1f} GB after {max(HELD)[1]}"
    )
    if config.option.seconds:
        sample.write(spent, config.option.seconds)
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    if reasons:
        terminalreporter.section("not run")
        for reason, count in reasons.most_common():
            terminalreporter.write_line(f"{count} {'test' if count == 1 else 'tests'}: {reason}")
        terminalreporter.write_line("Install what is named and run `make test` again; `.ci/run` installs all of it.")
