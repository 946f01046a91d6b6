"""A ground keeps little of the days it was named for, and goes as soon as nothing uses it."""

import gc
import weakref
from datetime import date

from detente.data.importers import importer
from detente.lab.averages.laid_law import KEPT, laid_law

MONTHS = [date(2025, month, 14) for month in range(1, 7)]


def test_a_ground_goes_when_nothing_uses_it_and_keeps_few_days_until_then():
    ground = laid_law(importer("USA").law).only(frozenset(["CAN"]))
    averages = [ground.whole(on) for on in MONTHS]
    assert averages == [ground.whole(on) for on in MONTHS]
    assert len(ground._laid) == len(ground._trades) == KEPT
    used = ground.rates(MONTHS[0]), ground.schedule(MONTHS[0])
    assert [ground.whole(on) for on in MONTHS] == averages
    assert used[0] is ground.rates(MONTHS[0])
    assert used[1] is ground.schedule(MONTHS[0])
    assert len(ground._laid) == KEPT + len(used)
    del used
    assert len(ground._laid) == KEPT
    ground.reaching(date(2019, 1, 1))
    gone, trade = weakref.ref(ground), weakref.ref(ground.at(MONTHS[0]).flows)
    enabled = gc.isenabled()
    gc.disable()
    try:
        del ground
        assert gone() is None
        assert trade() is None
    finally:
        if enabled:
            gc.enable()
