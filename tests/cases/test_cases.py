"""The cases beside the law: every good, day and partner that a lawyer wrote down."""

import pytest

from detente.lab.statute.book import cases

ALL = [(code, case) for code in ("USA", "CHN") for case in cases(code)]


@pytest.mark.parametrize(("importer", "case"), ALL, ids=[f"{code}-{case.id}" for code, case in ALL])
def test_case(importer, case):
    answer = case.answer(importer)
    if case.total is None or answer.banned:
        assert case.banned in {ban.measure for ban in answer.banned}
        return
    assert answer.uniform, f"lines under the code differ: {[x.total for x in answer.ladders]}"
    assert answer.total == pytest.approx(case.total, abs=1e-9)
    ladder = answer.main
    if case.base is not None:
        assert ladder.base == pytest.approx(case.base, abs=1e-9)
    found = {name: points for name, points in ladder.by_authority().items() if abs(points) > 1e-12}
    wanted = {name: points for name, points in case.authorities.items() if points}
    assert found == pytest.approx(wanted, abs=1e-9)


WORKED = """
bat1 bat2 bat3 bat4 bat6 toy2 toy5 toy6 toy8 toy9 toy10 toy12 car1 car2 car3 car4 car5 car6 car9 car11 car12
car13 car14 car15 bolt1 bolt2 bolt3 bolt4 bolt5 bolt7 bolt8 bolt9 hrc1 hrc3 hrc4 hrc5 hrc7 hrc8 cu1 cu2 cu3
cu4 cu5 cu6 cu7 cu8 watch1 watch3 watch4 watch5 watch7 oil1 pot2 cof1 cof2 cof3 tee1 tee3 tee4 tee6 tee7 tee8
tee9 shoe2 shoe3 shoe4 chip2 chip3 chip4 chip5 phone1 phone2 phone3 sofa2 sofa3
""".split()


def test_every_worked_example_is_a_case():
    """The 75 examples the lawbook was written against, by id."""
    assert len(set(WORKED)) == 75
    assert set(WORKED) <= {case.id for case in cases("USA")}
