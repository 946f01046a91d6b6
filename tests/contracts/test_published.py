"""What others published for a law: nearest first, one a publisher."""

from datetime import date
from types import SimpleNamespace

from detente.data.definitions import PublishedFigure
from detente.lab.record import published

ON = date(2025, 4, 10)


def figure(who, day, rate):
    return PublishedFigure(who, "", day, day, rate, 0.01, says="imports of 2024")


def test_figures_stand_by_their_nearest_and_once_a_publisher(monkeypatch):
    far, near = figure("A", date(2025, 4, 14), 0.21), figure("A", ON, 0.22)
    between = figure("B", date(2025, 4, 12), 0.23)
    monkeypatch.setattr(published, "published_averages", lambda: (far, between, near))
    ground = SimpleNamespace(whole=lambda on, reading: 0.2)
    side = SimpleNamespace(
        shipped=True, on=ON, reading=None, average=0.2, ground=ground, law=SimpleNamespace(importer="USA")
    )
    table = published.published_table(side)
    assert table["who"].tolist() == ["A", "B"]
    assert table["rate"].tolist() == [0.22, 0.23]
