"""Chunks: long work that was stopped goes on, whoever does it, and gives the same."""

import os
from functools import partial

import pytest

from detente.codes import InputError
from detente.lab.work.chunks import Chunk, Crew, Files, chunk_key, given_value, go_on, in_memory, spans


def squares(rows):
    return [(given_value() or 1) * row * row for row in rows]


def refused(rows):
    raise InputError("chunk", f"{rows.start} is done again", "keep it")


def ended(rows):
    os._exit(3)


def unpacked(number, content):
    return [int(word) for word in content.decode().split()]


def files(folder, key="k"):
    return Files(folder, lambda n: f"{key}-{n}.txt", lambda content: " ".join(map(str, content)).encode(), unpacked)


def chunks(work=squares, count=23, size=5):
    return [Chunk(n, len(rows), partial(work, rows)) for n, rows in enumerate(spans(count, size))]


def test_spans_cover_all_once():
    assert [row for rows in spans(23, 5) for row in rows] == list(range(23))
    assert ([len(rows) for rows in spans(23, 5)], spans(0, 5)) == ([5, 5, 5, 5, 3], [])


def test_what_is_kept_is_not_done_again(tmp_path):
    first, told = files(tmp_path), []
    go_on(chunks(), first, Crew(99), lambda done, total: told.append((done, total)))
    assert told == [(5, 23), (10, 23), (15, 23), (20, 23), (23, 23)]
    again = files(tmp_path)
    go_on(chunks(refused), again, Crew(99), lambda *now: told.append(now))
    assert (told[5:], again.in_order()) == ([(23, 23)], first.in_order())
    with pytest.raises(InputError, match="done again"):
        go_on(chunks(refused), files(tmp_path, "other"), Crew(99))


@pytest.mark.parametrize("content", [None, b"", b"0 1 x"])
def test_a_chunk_that_is_missing_or_damaged_is_done_again(tmp_path, content):
    whole = files(tmp_path)
    go_on(chunks(), whole, Crew(99))
    path = tmp_path / "k-3.txt"
    kept = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    again = Files(tmp_path, lambda n: f"k-{n}.txt", whole.pack, strict)
    go_on([chunk if chunk.number == 3 else other for chunk, other in zip(chunks(), chunks(refused), strict=True)],
          again, Crew(99))  # fmt: skip
    assert (path.read_bytes(), again.in_order()) == (kept, whole.in_order())


def strict(number, content):
    found = unpacked(number, content)
    if len(found) != len(spans(23, 5)[number]):
        raise ValueError("cut short")
    return found


def test_processes_and_what_they_are_given_move_nothing():
    here, apart = in_memory(), in_memory()
    go_on(chunks(), here, Crew(99, given=3))
    go_on(chunks(), apart, Crew(2, workers=2, given=3))
    assert (here.in_order(), here.in_order()[0]) == (apart.in_order(), [0, 3, 12, 27, 48])
    assert given_value() is None


def test_a_process_that_is_ended_a_file_for_a_folder_and_no_workers_are_one_sentence(tmp_path):
    shelf = files(tmp_path)
    go_on(chunks()[:1], shelf, Crew(99))
    with pytest.raises(InputError, match="ended before its work"):
        go_on([chunks()[0], *chunks(ended)[1:]], shelf, Crew(2, workers=2))
    assert [path.name for path in tmp_path.iterdir()] == ["k-0.txt"]
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="is a file"):
        files(tmp_path / "file")
    with pytest.raises(InputError, match="0 processes"):
        Crew(2, workers=0)


def test_a_key_hangs_on_all_it_is_given():
    assert chunk_key({"a": 1, "b": 2}, 3) == chunk_key({"b": 2, "a": 1}, 3)
    assert len({chunk_key(1), chunk_key(2), chunk_key(1, 2), chunk_key({"a": 1})}) == 4
