"""Figures and dates that any compiler of this law must get right, stated independently of the lawbook."""

from datetime import date

import numpy as np
import pytest

from detente.data.importers import importer
from detente.lab.averages.laid_law import scoped
from detente.lab.statute.lookup import look_up
from detente.law.space import Painter


def covered(prefix: str, on: date, without: tuple[str, ...] = (), unconditional: bool = False) -> float:
    """2024 imports (USD), partners published by line, under exemptions whose id begins with a prefix, on a day."""
    flows, law = scoped("all"), importer("USA").law
    flows = flows.take(~flows.estimated)
    painter, mask = Painter(flows.lines), np.zeros(len(flows.lines), dtype=bool)
    for measure in law.measures:
        if measure.id.startswith(prefix) and any(p.start <= on <= p.end for p in measure.periods):
            for goods in measure.goods:
                if goods.start <= on <= goods.end and not (unconditional and goods.where):
                    mask |= painter.masks[painter.paint(goods)]
    left_out = [flows.partners.index(code) for code in without]
    pairs = mask[flows.line_at] & ~np.isin(flows.partner_at, left_out)
    return float(flows.value[pairs].sum())


def test_trade_under_annex_ii_and_the_exemptions_of_section_122():
    """0.97 trillion USD of 2024 imports on 6 April 2025, 0.72 without Canada and Mexico."""
    on = date(2025, 4, 6)
    assert covered("annex2", on) / 1e12 == pytest.approx(0.97, abs=0.01)
    assert covered("annex2", on, ("CAN", "MEX")) / 1e12 == pytest.approx(0.72, abs=0.01)
    # 1.01 trillion USD on the product list.
    names = [m.id for m in importer("USA").law.measures if m.authority == "section_122" and m.kind == "exemption"]
    products = [n for n in names if "product" in n or n.endswith(("_exempt", "_list"))]
    assert products, names
    assert covered(products[0], date(2026, 3, 1), unconditional=True) / 1e12 == pytest.approx(1.01, abs=0.02)


TOY, SHOE = "9503.00.00", "6403.99.60"


@pytest.mark.parametrize(
    ("on", "china", "vietnam"),
    [
        (date(2025, 4, 4), 0.20, 0.085), (date(2025, 4, 5), 0.30, 0.185), (date(2025, 4, 8), 0.30, 0.185),
        (date(2025, 4, 9), 1.04, 0.545), (date(2025, 4, 10), 1.45, 0.185), (date(2025, 5, 13), 1.45, 0.185),
        (date(2025, 5, 14), 0.30, 0.185),
    ],
)  # fmt: skip
def test_the_days_that_published_series_get_wrong(on, china, vietnam):
    """China at 10 and not 34 from 5 to 8 April, the country table for one day, 84 and then 125."""
    assert look_up(TOY, "CHN", on).total == pytest.approx(china)
    assert look_up(SHOE, "VNM", on).total == pytest.approx(vietnam)


@pytest.mark.parametrize(("on", "total"), [(date(2025, 3, 4), 0.25), (date(2025, 3, 6), 0.25), (date(2025, 3, 7), 0.0)])
def test_three_days_without_relief_under_the_agreement(on, total):
    assert look_up("9503.00.00", "MEX", on, claim="USMCA").total == pytest.approx(total)


def test_the_average_rises_by_about_six_points_for_those_three_days():
    from detente.lab.averages.laid_law import laid_law

    # At the claims of later months, as the specification counts; in March itself few goods claimed the treaty.
    table = laid_law(importer("USA").law, claims="2025H2").daily(date(2025, 3, 3), date(2025, 3, 7))
    rise = table["average"][1] - table["average"][4]
    assert rise == pytest.approx(0.06, abs=0.01)
