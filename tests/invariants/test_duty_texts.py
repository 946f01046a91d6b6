"""Rate texts as duties: what is written is what is read, and what is read is what is owed."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import InputError
from detente.data.tables import read
from detente.law.duty import Duty, DutyPart, check_parts, parse_duty, read_quantity

UNITS = {"kg": "/kg", "liter": "/liter", "each": " each", "doz": "/doz.", "m2": "/m2", "bbl": "/bbl", "pr": "/pr."}
BASES = ("on the case", "on the battery", "on the movement and case", "on the strap, band or bracelet")
CENTS = st.integers(1, 999_99).map(lambda n: n / 100)
ROWS = yaml.safe_load((Path(__file__).parents[1] / "data" / "duty_texts.yaml").read_text(encoding="utf-8"))
PER_CENT = st.integers(1, 2_000).map(lambda n: n / 10)


@st.composite
def texts(draw) -> tuple[str, tuple[DutyPart, ...]]:
    """A rate text as the schedule writes it, and the addends it states."""
    addends: list[tuple[str, DutyPart]] = []
    for unit in draw(st.lists(st.sampled_from(sorted(UNITS)), max_size=2, unique=True)):
        cents = draw(CENTS)
        money = f"${cents / 100:.4f}" if draw(st.booleans()) else f"{cents:.2f}¢"
        addends.append((f"{money}{UNITS[unit]}", DutyPart(round(cents / 100, 12), unit)))
    bases = ["", *draw(st.lists(st.sampled_from(BASES), max_size=2, unique=True))]
    for basis in bases if draw(st.booleans()) or not addends else []:
        share = draw(PER_CENT)
        addends.append((f"{share:.1f}% {basis}".strip(), DutyPart(round(share / 100, 8), basis=basis)))
    return " + ".join(text for text, _ in addends), tuple(part for _, part in addends)


@given(texts())
def test_what_is_written_is_read(written):
    text, parts = written
    duty = parse_duty(text)
    assert duty is not None
    assert [(p.unit, p.basis) for p in duty.parts] == [(p.unit, p.basis) for p in parts]
    assert [p.amount for p in duty.parts] == pytest.approx([p.amount for p in parts])
    assert parse_duty(duty.text) == duty


@given(texts(), st.floats(0.01, 1e6), st.floats(0.01, 1e4), st.floats(1.1, 9.0))
def test_a_duty_grows_with_the_shipment(written, value, amount, factor):
    duty = parse_duty(written[0])
    assert duty is not None
    quantity = dict.fromkeys(duty.measures, amount)
    once, more = duty.of(value, quantity), duty.of(value * factor, {m: q * factor for m, q in quantity.items()})
    assert more == pytest.approx(once * factor)
    assert once >= duty.minimum * value - 1e-9 or any(p.basis for p in duty.parts)


@given(st.sampled_from(sorted(UNITS)), st.integers(1, 999_999))
def test_a_bare_number_and_a_named_unit_are_one(unit, amount):
    duty = Duty("", "specific", (DutyPart(0.1, unit),))
    assert read_quantity(amount, duty) == read_quantity(f"{amount:,} {unit}", duty) == {unit: amount}


def test_every_text_of_the_schedule_is_read():
    """All but texts that point elsewhere ("See ...", "The rate applicable to ...") state amounts."""
    frame = read("usa_lines", ["general_text", "other_text"])
    written = {text for column in frame for text in column.drop_nulls().to_list()}
    duties = [duty for text in written if (duty := parse_duty(text))]
    silent = [duty.text for duty in duties if duty.kind == "other"]
    assert not [text for text in silent if text[0].isdigit() or text[0] in "$¢"]
    amounts = [duty for duty in duties if duty.kind in ("specific", "compound")]
    assert len(amounts) > 700
    limited = [duty for duty in amounts if duty.limit]
    assert len(limited) == 3, "movement parts, whose duty is limited by that of the complete movement"
    for duty in amounts:
        if not duty.limit:
            assert duty.of(1000.0, dict.fromkeys(duty.measures, 100.0)) > 0, duty.text


@pytest.mark.parametrize(("text", "value", "quantity", "owed"), ROWS["owed"])
def test_duties_by_hand(text, value, quantity, owed):
    duty = parse_duty(text)
    assert duty is not None
    amounts = {} if quantity is None else read_quantity(quantity, duty)
    assert duty.of(value, amounts) == pytest.approx(owed, abs=1e-9)


@pytest.mark.parametrize(("text", "quantity", "said"), ROWS["refused"])
def test_what_cannot_be_worked_out_is_refused(text, quantity, said):
    duty = parse_duty(text)
    assert duty is not None
    with pytest.raises(InputError, match=said):
        worked_out(duty, 1000.0, quantity)


def worked_out(duty, value, quantity):
    amounts = read_quantity(quantity, duty)
    check_parts(value, amounts)
    return duty.of(value, amounts)


YEN = {"JPY": 150.0, "EUR": 0.9}


@pytest.mark.parametrize(("text", "kind", "least", "value", "quantity", "owed"), ROWS["bounded"])
def test_duties_in_other_money_and_with_bounds(text, kind, least, value, quantity, owed):
    duty = parse_duty(text, YEN)
    assert duty is not None
    assert (duty.kind, round(duty.minimum, 8), set(duty.measures)) == (kind, least, set(quantity))
    assert duty.of(value, quantity) == pytest.approx(owed)
    assert duty.single_unit is None or kind != "mixed"


def test_money_without_a_rate_is_refused():
    with pytest.raises(InputError, match="JPY"):
        parse_duty("54 JPY/kg")


@pytest.mark.parametrize(
    "text", ["8% (01 JAN-31 MAY), 12% (01 JUN-31 OCT)", "9% + EA", "Entry Price", "30% or 4300 yen"]
)
def test_seasons_and_recipes_state_no_amount(text):
    duty = parse_duty(text, YEN)
    assert duty is not None
    assert (duty.kind, duty.parts) == ("other", ())


@pytest.mark.parametrize(("text", "quantity", "amounts"), ROWS["quantities"])
def test_quantities_of_the_whole_and_of_its_parts_as_a_reader_names_them(text, quantity, amounts):
    duty = parse_duty(text, YEN)
    assert duty is not None
    assert read_quantity(quantity, duty) == amounts
