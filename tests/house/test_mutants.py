"""The hand-made mutants are true: each fault can be put in, and the test module that must find it exists."""

import mutants


def test_there_are_enough_of_them_and_each_text_stands_once_in_its_file():
    assert len(mutants.MUTANTS) >= 25
    assert len({mutant.name for mutant in mutants.MUTANTS}) == len(mutants.MUTANTS)
    counts = {m.name: (mutants.PACKAGE / m.file).read_text(encoding="utf-8").count(m.old) for m in mutants.MUTANTS}
    assert {name: count for name, count in counts.items() if count != 1} == {}
    assert not [m.name for m in mutants.MUTANTS if m.old == m.new]


def test_each_killer_is_a_module_of_the_tests(root):
    assert not [m.killer for m in mutants.MUTANTS if not (root / m.killer).is_file()]


def test_a_mutant_is_a_copy_with_one_text_changed(tmp_path):
    mutant = mutants.MUTANTS[0]
    copy = mutants.mutated(mutant, tmp_path / "copy") / "detente"
    changed = (copy / mutant.file).read_text(encoding="utf-8")
    assert mutant.new in changed
    assert (mutants.PACKAGE / mutant.file).read_text(encoding="utf-8").replace(mutant.old, mutant.new) == changed
    assert (copy / "version.py").read_bytes() == (mutants.PACKAGE / "version.py").read_bytes()
