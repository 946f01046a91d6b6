"""Averages under a definition by name: choices in the first line, options before them, in every face."""

from datetime import date

import pytest

import detente as dt
from detente.codes import InputError
from detente.data.definitions import Counted, Publisher, definition
from detente.lab.averages import definitions
from detente.lab.averages.averages import average
from detente.lab.averages.laid_law import laid_law, span_of, trade_of

DAY = date(2025, 8, 7)


def test_choices_are_ours_or_of_a_file_hold_before_their_day_and_give_way_to_an_option():
    plain = average(laid_law(dt.load_law()), DAY)["average"][0]
    assert definitions.average_as("detente", DAY) == pytest.approx(float(plain), abs=1e-12)
    assert definitions.average_table_as("detente", DAY).notes[0] == "as Détente counts: every choice as ours"
    view = definitions.view_as("yale", date(2025, 5, 12))
    assert (view.on, view.claims, view.whole_metals) == (date(2025, 5, 14), "2024", True)
    assert definitions.view_as("yale", date(2025, 10, 17)).claims == "2025H2"
    assert [c.name for c in definitions.choices("collected", DAY)] == ["scope", "paid"]
    assert all(choice.words and choice.apply for choice in definitions.choices("piie", DAY))
    who = definition("yale")
    post = {day: who.chosen_on(date.fromisoformat(day)).answer for day in ("2025-11-16", "2025-11-17")}
    assert post == {"2025-11-16": "partners", "2025-11-17": "world"}
    table = definitions.average_table_as("tax-foundation", DAY, changed={"claims": "2025H2"})
    assert "USMCA claims of late 2025 (yours)" in table.notes[0]
    assert "claims of 2024" not in table.notes[0]
    assert table["average"][0] < definitions.average_table_as("tax-foundation", DAY)["average"][0]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("post", ["own", "partners", "world"])
def test_rows_of_a_breakdown_average_to_the_whole(post):
    view = definitions.View(DAY, claims="2024", whole_metals=True, post=post)
    rows = definitions.table_of_view(view, ["partner"])
    assert rows["average"] @ rows["imports"] / rows["imports"].sum() == pytest.approx(
        definitions.value_of(view), abs=1e-12
    )


def test_what_moves_trade_moves_the_average_and_weights_of_a_span_are_the_mean_of_its_years():
    plain, partners, world = (
        definitions.value_of(definitions.View(DAY, post=post)) for post in ("", "partners", "world")
    )
    assert world < partners < plain < definitions.value_of(definitions.View(DAY, whole_metals=True))
    span, years = trade_of("USA", "all", "2024", "2017-2019"), [
        trade_of("USA", "all", "2024", str(year)) for year in (2017, 2018, 2019)
    ]  # fmt: skip
    assert span.total == pytest.approx(sum(year.total for year in years) / 3, rel=1e-12)
    totals = [np_sum(flows, "DEU") for flows in (span, *years)]
    assert totals[0] == pytest.approx(sum(totals[1:]) / 3, rel=1e-9)
    assert span_of("2024") == () == span_of("my-file.csv")
    with pytest.raises(InputError, match="ends before it begins"):
        span_of("2019-2017")


def np_sum(flows, code):
    whole, _ = flows.expanded()
    return float(whole.value[whole.partner_at == whole.partners.index(code)].sum())


def test_law_that_a_report_counts_is_taken_on_its_day_alone():
    who = Publisher(name="x", title="X", counts=(Counted(date(2025, 5, 12), "the cut", date(2025, 5, 14)),))
    assert [c.words for c in definitions.choices(who, date(2025, 5, 12))] == ["the cut"]
    assert definitions.choices(who, date(2025, 5, 13)) == ()


def test_the_command_names_every_choice_in_its_first_line(detente):
    told = dt.average("2025-05-12", publisher="yale").headline
    assert "It printed 17.8% on 12 May 2025, 2.4 points above" in told
    assert told.startswith("As Yale Budget Lab counts (USMCA claims of 2024;")
    assert "China at 30%" in told
    done = detente("average", "--as", "yale", "--on", "2025-05-12")
    assert dt.average("2025-05-12", publisher="yale", void="basis:IEEPA")["average"][0] < definitions.average_as(
        "yale", date(2025, 5, 12)
    )
    assert "Next: detente reconcile 17.8 --on 2025-05-14 --publisher yale" in " ".join(done.out.split())


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("name", "partner", "code"), [
    ("piie", "China", "CHN"), ("piie", "156", "CHN"), ("yale", "china", "CHN"), ("yale", "European Union", "EU"),
    ("pwbm", "Mexico", "MEX"), ("piie-china", "United States", "USA"),
])  # fmt: skip
def test_a_partner_is_named_as_everywhere(name, partner, code):
    """By name, code or number: the same average, in the importer whose imports the publisher counts."""
    by_name, by_code = (dt.average("2025-06-01", publisher=name, partner=one) for one in (partner, code))
    assert by_name.to_dict()["tables"] == by_code.to_dict()["tables"]


def test_a_publisher_of_another_importer_keeps_it_where_a_partner_is_named():
    table = definitions.average_table_as("piie-china", date(2025, 6, 1), changed={"partner": "United States"})
    assert table["average"][0] == pytest.approx(definitions.average_as("piie-china", date(2025, 6, 1)))
