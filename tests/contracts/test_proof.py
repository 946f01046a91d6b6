"""Proofs of runs: `tools/verify.py` passes those of shipped scenarios, and finds what a seed has changed in them."""

import importlib.util
import json
import random
import re
import subprocess
import sys
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from detente.faces.report.proof import proof
from detente.faces.words.brief import spoken
from detente.lab.scenario import shipped

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "tools" / "verify.py"
SEED, CHANGES = 20261203, 300

#: What the checker says that it takes on trust, by a pattern of the place; each has its line among `TRUSTED` there.
TRUSTED = {
    r"law\.json/.*/(citation|authority)$": "texts and names",
    r"law\.json/.*/states/": "what goods are made of",
    r"law\.json/.*/claims/\d$": "what goods are made of",
    r"law\.json/.*/claims$": "shares that claim a preference",
    r"brief\.json/\d+/text$": "labels of the brief",
    r"proof\.json/(version|scenario)$": "the name of the scenario and of the version",
    r"proof\.json/not_proved/": "what is listed as not proved",
}


@pytest.fixture(scope="module")
def checker():
    spec = importlib.util.spec_from_file_location("verify", CHECKER)
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def proved(made_once, ran):
    """Archive of a shipped scenario."""
    return lambda name: made_once(f"{name}.proof.zip", lambda path: path.write_bytes(proof(spoken(ran(name)))))


def alone(*args):
    """The checker as an auditor runs it, where the program cannot be imported."""
    ran = subprocess.run([sys.executable, "-I", "-S", CHECKER, *args], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def rewritten(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return str(path)


@pytest.mark.parametrize("name", shipped())
def test_the_proof_of_a_shipped_scenario_holds(proved, name):
    code, out, err = alone(proved(name))
    assert (code, err) == (0, "")
    assert "pairs summed exactly" in out
    assert "Trusted: the data" in out


def test_two_proofs_of_one_run_are_equal(ran, proved):
    assert proof(spoken(ran("geneva"))) == proved("geneva").read_bytes()


def test_the_checker_imports_the_standard_library_alone():
    names = re.findall(r"^(?:from|import) (\w+)", CHECKER.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) <= sys.stdlib_module_names


def leaves(value, path):
    """Places of all texts, numbers and marks of a member."""
    if isinstance(value, dict):
        yield from (leaf for key, part in value.items() for leaf in leaves(part, f"{path}/{key}"))
    elif isinstance(value, list):
        yield from (leaf for at, part in enumerate(value) for leaf in leaves(part, f"{path}/{at}"))
    else:
        yield path, value


def parts(value, path):
    """Places of everything that can be dropped."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield f"{path}/{key}"
        yield from parts(part, f"{path}/{key}")


def parent(content, path):
    """What holds a place, and its key there."""
    *above, last = path.split("/")[1:]
    for key in above:
        content = content[int(key) if isinstance(content, list) else key]
    return content, int(last) if isinstance(content, list) else last


def digit(text, chance):
    """A text with one of its digits another one."""
    at = chance.choice([i for i, letter in enumerate(text) if letter.isdigit()])
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


def other(value, chance, names):
    """Another value than that of a leaf, of the same kind."""
    if value is None or isinstance(value, bool):
        return not value
    if isinstance(value, float | int):
        return value * (1 + 1e-6) + (1e-6 if abs(value) < 1e-3 else 0.0)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        back = value != "0001-01-01" and (value == "9999-12-31" or chance.random() < 0.5)
        return str(date.fromisoformat(value) + timedelta(-1 if back else 1))
    if re.search(r"\d", value) and not re.search("[a-z]{2}", value):
        return digit(value, chance)
    return chance.choice([name for name in names if name != value])


def changed(members, chance):
    """One change of an archive: what was done, and its members after it; None where the place is taken on trust."""
    name = chance.choice(sorted(members))
    if name.endswith(".csv"):
        rows = members[name].decode().splitlines()
        at = chance.randrange(1, len(rows))
        cells = rows[at].split(",")
        column = chance.randrange(len(cells) + 1)
        if column == len(cells):
            row = []
        elif column == 1:
            row = [",".join([cells[0], "XXX", *cells[2:]])]
        else:
            row = [",".join([*cells[:column], digit(cells[column], chance), *cells[column + 1 :]])]
        text = "\n".join([*rows[:at], *row, *rows[at + 1 :], ""])
        return f"{name}, row {at}, column {column}", {**members, name: text.encode()}
    content = json.loads(members[name])
    drop = chance.random() < 0.25
    places = list(parts(content, name)) if drop else [path for path, _ in leaves(content, name)]
    path = chance.choice(places)
    if any(re.search(pattern, path) for pattern in TRUSTED):
        return None
    holder, key = parent(content, path)
    if drop:
        del holder[key]
        return f"{path} dropped", {**members, name: json.dumps(content).encode()}
    old = holder[key]
    kind = path.rpartition("/")[2]
    names = sorted({str(value) for at, value in leaves(content, name) if at.endswith(f"/{kind}")} | {"other"})
    holder[key] = other(old, chance, names)
    return f"{path}: {old} made {holder[key]}", {**members, name: json.dumps(content).encode()}


def refused(checker, check, *given):
    """Whether a check of the checker refuses what it is given."""
    try:
        check(*given)
    except (checker.Wrong, *checker.FAULTS):
        return True
    return False


def test_whatever_a_seed_changes_is_found(checker, proved, drawn):
    members, chance = checker.opened(str(proved("geneva"))), random.Random(SEED)
    checker.check(members)
    unseen, done = [], 0
    while done < drawn(CHANGES):
        found = changed(members, chance)
        if found is None:
            continue
        done += 1
        if not refused(checker, checker.check, found[1]):
            unseen.append(found[0])
    assert unseen == []


def test_whatever_a_seed_changes_in_what_solves_the_world_is_found(checker, proved, drawn):
    members, chance = checker.opened(str(proved("geneva"))), random.Random(SEED)
    data, unseen = members["world_data.json"], []
    for _ in range(drawn(CHANGES) // 2):
        found = changed({"world.json": members["world.json"]}, chance)
        # What the tables hold is compared with these cells elsewhere.
        if "/cells/" not in found[0] and not refused(checker, checker.check_world, found[1]["world.json"], data):
            unseen.append(found[0])
    assert unseen == []
    wrong = json.loads(data)
    wrong["theta"][0] += 1e-6
    with pytest.raises(checker.Wrong, match="not those that were solved"):
        checker.check_world(members["world.json"], json.dumps(wrong).encode())


@pytest.mark.parametrize("closure", ["fixed-transfers", "proportional", "zero"])
def test_a_small_world_is_proved_under_every_closure_and_with_trade_costs(detente, closure, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(
        f"title: own\non: 2025-05-14\nagainst: {{on: 2025-05-13}}\nworld: icio-2022-small\nclosure: {closure}\n"
        "costs: [{exporter: VNM, importer: USA, change: +10%}]\nreport: {talks: false}\nrecord: {history: false}\n",
        encoding="utf-8",
    )  # fmt: skip
    assert detente("run", "own.yaml", "--draws", "0", "--proof", "p.zip").code == 0
    code, out, err = alone("p.zip")
    assert (code, err) == (0, "")
    assert re.search(r"clear every market under 2 laws; \d\d+ cells follow", out)


def test_what_is_trusted_is_said(checker):
    said = " ".join(checker.TRUSTED)
    assert [words for words in TRUSTED.values() if words not in said] == []


def test_bad_archives_are_refused_in_one_sentence(checker, proved, tmp_path):
    path = proved("geneva")
    members = checker.opened(str(path))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(path.read_bytes()[:-5000])
    lost = rewritten(tmp_path / "lost.zip", {n: text for n, text in members.items() if n != "law.json"})
    empty = rewritten(tmp_path / "empty.zip", {"a.txt": b""})
    odd = rewritten(tmp_path / "odd.zip", {**members, "law.json": b"{"})
    cases = {
        str(cut): "is no whole archive", lost: "law.json is missing", empty: "has no member proof.json",
        odd: "is not written as proofs are", str(tmp_path / "none.zip"): "There is no file",
    }  # fmt: skip
    for each, words in cases.items():
        code, out, err = alone(each)
        assert (code, out) == (1, "")
        assert words in err
        assert len(err.strip().splitlines()) == 1


def test_the_command_writes_a_proof_beside_the_answer(detente, proved, tmp_path, monkeypatch, runs_kept):
    monkeypatch.chdir(tmp_path)
    assert detente("run", "geneva", "--draws", "0", "--proof", "p.zip").code == 0
    assert (tmp_path / "p.zip").read_bytes() == proved("geneva").read_bytes()
    ran = detente("run", "geneva", "thirty-four", "--proof", "q.zip")
    assert (ran.code, len(ran.err.strip().splitlines())) == (2, 1)
    assert "--proof: is written of one scenario" in ran.err
