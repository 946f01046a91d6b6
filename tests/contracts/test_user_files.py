"""Files that users give: every damaged, huge or misspelt one is refused in one sentence, by one reader a format."""

from __future__ import annotations

import gzip
import io
import json
import random
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from broken import damaged, mutant, said_by
from detente.codes import Faults, InputError
from detente.data.library import package_folder
from detente.data.usertable import DAY, NUMBER, ROW, SHARE, FileColumn, TableKind, read_table
from detente.data.worlds import load_economy
from detente.data.yamlfile import as_share, parse_yaml, read_bytes, read_toml
from detente.faces.report.saved import from_document

TARIFFS = TableKind("tariffs", (
    FileColumn("importer", ("importer",)), FileColumn("exporter", ("exporter", "origin")),
    FileColumn("tariff", ("tariff",), NUMBER), FileColumn("sector", ("sector",), needed=False, blank=True),
))  # fmt: skip
HEADER = "importer,exporter,tariff"


def test_a_table_saved_by_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbfimporter , exporter,tariff\r\nUSA, CHN ,5e-1\r\n,,\r\n\r\n")
    assert read_table(path, TARIFFS).drop(ROW).to_dicts() == [{"importer": "USA", "exporter": "CHN", "tariff": 0.5}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"importer;origin;tariff\nUSA;CHN;1.234,5\n"),
        ("t.csv", "importer\texporter\ttariff\nUSA\tCHN\t$1,234.50\n".encode("utf-16")),
        ("t.csv.gz", gzip.compress(b"Importer,Exporter,Tariff\nUSA,CHN,1234.5\n")),
    ],
)
def test_a_table_is_read_however_it_is_written_and_packed(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    assert read_table(path, TARIFFS).rows() == [(2, "USA", "CHN", 1234.5)]


COLUMNS = {"day": FileColumn("day", ("day",), DAY), "share": FileColumn("share", ("share",), SHARE)}


@pytest.mark.parametrize(
    ("kind", "cells", "found"),
    [
        ("day", ["04/13/2025", "04/05/2025"], [date(2025, 4, 13), date(2025, 4, 5)]),
        ("day", ["13/04/2025", "04/05/2025"], [date(2025, 4, 13), date(2025, 5, 4)]),
        ("day", ["14.5.2025", "20250515"], [date(2025, 5, 14), date(2025, 5, 15)]),
        ("day", ["04/05/2025"], "row 2: '04/05/2025' in 'day' may begin with the day or with the month"),
        ("day", ["13/04/2025", "04/25/2025"], "row 3: '04/25/2025' in 'day' has day and month the other way round"),
        ("day", ["2025-02-30"], "is not a day"),
        ("share", ["25%", "0.5"], [0.25, 0.5]),
        ("share", ["25"], "may be a share or per cent; write it as 0.25 or 25%"),
        ("share", ["NO"], "is not a number"),
    ],
)
def test_what_leaves_no_doubt_settles_a_column_and_what_stays_in_doubt_is_refused(tmp_path, kind, cells, found):
    path, kind = tmp_path / "t.csv", TableKind("one", (COLUMNS[kind],))
    path.write_text("\n".join([kind.columns[0].name, *cells, ""]))
    if isinstance(found, str):
        with pytest.raises(InputError, match=found):
            read_table(path, kind)
    else:
        assert read_table(path, kind)[kind.columns[0].name].to_list() == found


def test_every_fault_of_a_table_is_told_with_its_row_and_odd_text_with_its_place(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("importer,exporter,tariff\n,CHN,x\nUSA,CHN,1\nUSA,,-1\n")
    with pytest.raises(Faults) as refused:
        read_table(path, TARIFFS)
    rows = [str(fault).split(" in '")[0].rsplit(",", 1)[1] for fault in refused.value.faults]
    assert rows == [" row 2: ''", " row 2: 'x'", " row 4: ''", " row 4: '-1'"]
    path.write_bytes(f"{HEADER}\nUSA,C\xf4te,0.5\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"t\.csv, line 2: cannot be read as text"):
        read_table(path, TARIFFS)


def test_parquet_is_as_strict_as_csv(tmp_path):
    path = tmp_path / "t.parquet"
    good = {"importer": ["USA"], "exporter": ["CHN"], "tariff": [0.5]}
    cases = [
        ({"tariff": [[0.5]]}, "holds list"),
        ({"tariff": [True]}, "holds boolean, not numbers"),
        ({"tariff": [float("inf")]}, "'inf' in 'tariff'"),
        ({"tariff": [None]}, "'' in 'tariff' is blank"),
        ({"importer": [840]}, "holds numbers, not text"),
        ({"sectr": ["x"]}, "did you mean 'sector'"),
    ]
    for changed, hint in cases:
        pl.DataFrame({**good, **changed}).write_parquet(path)
        with pytest.raises(InputError, match=hint):
            read_table(path, TARIFFS)
    pl.DataFrame(good).write_parquet(path)
    assert read_table(path, TARIFFS).drop(ROW).to_dicts() == [{"importer": "USA", "exporter": "CHN", "tariff": 0.5}]


def test_a_device_or_a_file_without_end_is_refused(tmp_path):
    with pytest.raises(InputError, match="larger than 1 MiB"):
        read_bytes(Path("/dev/zero"), most=1 << 20)
    with pytest.raises(InputError, match="is a folder"):
        read_bytes(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        read_bytes(tmp_path / "none")


def test_a_rate_is_a_finite_number():
    for value in (float("nan"), float("inf"), "nan%", "inf%"):
        with pytest.raises(InputError, match="is not a rate"):
            as_share(value, "rate")


LEVELS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
MERGED = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 10))
BAD_YAML = [
    ("aliases of aliases", f"a0: &a0 [{', '.join('x' * 9)}]\n{LEVELS}", "written out"),
    ("merges of merges", f"a0: &a0 {{x: 1}}\n{MERGED}", "written out"),
    ("content within itself", "&a [*a]", "within itself"),
    ("depth without end", "[" * 900 + "]" * 900, "deeper"),
    ("more depth", "[" * 100_000, "nest"),
    ("depth in lists", f"{'- ' * 100_000}x", "deeper"),
    ("depth in keys", f"{'? ' * 100_000}x", "deeper"),
    ("a key that is a mapping", "? {a: 1}\n: b\n", "no single word"),
    ("a key that is a list", "? [a]\n: b\n", "no single word"),
    ("a tag on text", "a: !!str [1]", "tag"),
    ("a tag of a program", "a: !!python/object:os.system x", "tag"),
    ("a set", "a: !!set {b}", "tag"),
    ("a truth that is none", "a: !!bool x", "cannot be read"),
    ("a day that is none", "a: !!timestamp x", "cannot be read"),
    ("a number without end", f"a: {'1' * 6000}", "cannot be read"),
    ("a number in sixteens without end", f"a: 0x{'f' * 6000}", "cannot be read"),
]


@pytest.mark.parametrize(("text", "hint"), [b[1:] for b in BAD_YAML], ids=[b[0] for b in BAD_YAML])
def test_yaml_has_limits(text, hint):
    with pytest.raises(InputError, match=hint) as refused:
        parse_yaml(text, "mine.yaml")
    assert len(str(refused.value).splitlines()) == 1


def test_yaml_may_repeat_itself_within_limits():
    assert parse_yaml("a: &x {b: [1]}\nc: *x\nd: {<<: *x, e: 2}\n", "mine.yaml")["d"] == {"b": [1], "e": 2}


def test_toml_has_finite_numbers(tmp_path):
    path = tmp_path / "t.toml"
    for text, hint in (
        ("a = [1, inf]", "t.toml, a: inf is not a finite"),
        ("a = ", "not valid TOML"),
        ("a = nan", "finite"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=hint):
            read_toml(path)


def test_a_small_file_of_large_arrays_is_refused(tmp_path):
    path = tmp_path / "w.npz"
    np.savez_compressed(path, countries=["A", "B"], flows=np.zeros((9000, 9000)))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="unpacks to more than 512 MiB"):
        load_economy(path)


RNG = np.random.default_rng(0)
FLOWS = RNG.uniform(1, 2, (3, 3)) + 20 * np.eye(3)
WORLD: dict[str, Any] = {
    "family": "caliendo_parro", "countries": ["AAA", "BBB", "CCC"], "sectors": ["x", "y"],
    "flows": np.stack([FLOWS, FLOWS.T], -1), "input_share": np.full((3, 2, 2), 0.2), "trade_elasticity": [4.0, 5.0],
}  # fmt: skip
SIMPLE: dict[str, Any] = {
    "countries": ["AAA", "BBB", "USA"], "flows": RNG.uniform(1, 2, (3, 3)), "gdp": [100.0, 200, 300],
}  # fmt: skip
ODD_ARRAYS = [
    "x", [1, 2], 1.0, [], [[1.0, np.nan]], ["a", "b"], [1j], [b"A", b"B", b"C"], np.zeros((3, 3, 3, 3)), -1.0, np.inf,
    np.zeros((0, 0)), [True], np.asarray(["2020-01-01"], "M8[D]"), np.full((3, 3), -1.0), ["A", "A", "C"],
    ["", "B", "C"], np.full((3, 3), 1e308), True, [1e-300] * 3, np.zeros(1, [("a", int)]),
]  # fmt: skip
ENTRIES = (
    *WORLD, *SIMPLE, "tariff", "final_share", "political_weight", "distribution_share", "elasticity", "name", "notes",
    "elasticities", "elasticity_sets", "services", "unit", "theta_max", "zero_own_trade", "bogus", "scale_elasticity",
)  # fmt: skip


def saved(arrays: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


def test_damaged_worlds_and_odd_arrays_are_refused_or_read(tmp_path):
    path, contents = tmp_path / "w.npz", [saved(WORLD), saved(SIMPLE)]
    for number in range(200):
        rng = random.Random(number)
        path.write_bytes(damaged(rng, rng.choice(contents)))
        said_by(load_economy, path)
    path = tmp_path / "w.npz"
    for number in range(200):
        rng = random.Random(number)
        arrays = dict(rng.choice((WORLD, SIMPLE)))
        arrays[rng.choice(ENTRIES)] = rng.choice(ODD_ARRAYS)
        path.write_bytes(saved(arrays))
        said_by(load_economy, path)


def test_damaged_tables_are_refused_or_read(tmp_path):
    rows = [(a, b, 0.1 * k) for k, (a, b) in enumerate((a, b) for a in "ABCD" for b in "EFGH")]
    frame = pl.DataFrame(rows, schema=["importer", "exporter", "tariff"], orient="row")
    packed = io.BytesIO()
    frame.write_parquet(packed)
    for name, content in (("t.csv", frame.write_csv().encode()), ("t.parquet", packed.getvalue())):
        for number in range(100):
            (tmp_path / name).write_bytes(damaged(random.Random(number), content))
            said_by(read_table, tmp_path / name, TARIFFS)


def as_toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(str(key))} = {as_toml(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, bool | str):
        return json.dumps(value)
    return '"none"' if value is None else value.isoformat() if isinstance(value, date) else repr(value)


def kinds() -> dict[str, tuple[Any, Callable[[Path], object]]]:
    from detente.data.chainfile import chain_file
    from detente.lab.chains.months import from_file

    act = {"name": "a", "elements": ["Dy"], "countries": ["USA"], "start": 1, "wait": "wait", "approved": 0.5}
    licence = {"name": "x", "announced": 1.0, "act": [act], "rule": [{"month": 3, "on": True}]}
    chain = tomllib.loads((package_folder() / "chains" / "gallium_germanium.toml").read_text(encoding="utf-8"))
    return {"chain": (chain, chain_file), "licences": (licence, from_file)}


@pytest.mark.parametrize("kind", ["chain", "licences"])
def test_files_of_odd_values_are_refused_or_read(kind, tmp_path):
    content, read = kinds()[kind]
    for number in range(40):
        changed, *_ = mutant(random.Random(f"{kind} {number}"), content)
        path = tmp_path / f"f{number}.toml"
        lines = (f"{json.dumps(str(key))} = {as_toml(value)}" for key, value in changed.items())
        path.write_text("\n".join(lines), encoding="utf-8")
        said_by(read, path)


def test_results_of_odd_values_are_refused_or_read():
    from detente.codes import Column, Table, Unit
    from detente.faces.formats import to_text
    from detente.faces.report.saved import to_document
    from detente.lab.result import Check, Result
    from detente.lab.scenario import load_scenario

    columns = (Column("code", Unit.CODE, "a"), Column("rate", Unit.SHARE, "b"))
    table = Table("t", "T", columns, {"code": np.asarray(["a", "b"]), "rate": np.asarray([0.1, np.nan])}, ("n",))
    result = Result(load_scenario("geneva")[0], "abc", {"t": table}, ("S.",), (Check("c", 1.0, 1.0, 0.1),))
    content = json.loads(to_document(result))

    def shown(document):
        return [to_text(t) for t in from_document(document).tables.values()]

    for number in range(300):
        changed, *_ = mutant(random.Random(number), content)
        said_by(shown, json.loads(json.dumps(changed, default=str)))


def test_a_result_that_never_ends_is_refused(detente, tmp_path):
    path = tmp_path / "r.json"
    for text, hint in (("[" * 100_000, "depth"), ('{"key": NaN}', "number"), ("{", "not a JSON file (line 1)")):
        path.write_text(text, encoding="utf-8")
        ran = detente("run", str(path))
        assert (ran.code, hint in ran.err) == (2, True), ran.err
    path.unlink()
    path.symlink_to("/dev/zero")
    for given, most in ((str(path), 64), ("/dev/zero", 4)):
        ran = detente("run", given)
        assert ran.code == 2
        assert f"larger than {most} MiB" in ran.err
