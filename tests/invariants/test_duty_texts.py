"""Rate texts as duties: what is written is what is read, and what is read is what is owed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import InputError
from detente.data.tables import read
from detente.law.duty import Duty, DutyPart, check_parts, parse_duty, read_quantity

UNITS = {"kg": "/kg", "liter": "/liter", "each": " each", "doz": "/doz.", "m2": "/m2", "bbl": "/bbl", "pr": "/pr."}
BASES = ("on the case", "on the battery", "on the movement and case", "on the strap, band or bracelet")
CENTS = st.integers(1, 999_99).map(lambda n: n / 100)
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


@pytest.mark.parametrize(
    ("text", "value", "quantity", "owed"),
    [
        ("33.87¢/kg", 500, "1000", 338.70),  # raw cane sugar beyond the quota, 1701.14.50
        ("35.74¢/kg", 900, "1 t", 357.40),  # refined sugar, 1701.99.50
        ("$1.509/kg", 5000, "1,000 kg", 1509.00),  # cheese, 0406.90.97
        ("$1.541/kg", 5000, "500 kg", 770.50),  # butter, 0405.10.20
        ("$1.092/kg", 4000, "1000 kg", 1092.00),  # whole milk powder, 0402.21.50
        ("$1.865/kg + 8.5%", 10000, "1000 kg", 2715.00),  # butter oil, 0405.90.20
        ("37.5¢/kg", 8000, "1000", 375.00),  # tobacco, 2401.20.85
        ("$1.89/kg + 4.7%", 10000, "100 kg", 659.00),  # cigars, 2402.10.30
        ("31.4¢/kg", 2000, "1000 kg", 314.00),  # cotton beyond the quota, 5201.00.18
        ("6.3¢/liter", 4000, "900 liters", 56.70),  # wine, 2204.21.50
        ("7.85¢/liter", 600, "10 hl", 78.50),  # frozen orange juice, 2009.11.00
        ("10.5¢/bbl", 80_000, "1000 barrels", 105.00),  # crude oil, 2709.00.20
        ("$1.13/m3", 3000, "2 m3", 2.26),  # grapes, 0806.10.20
        ("90¢/pr. + 20%", 900, "100 pairs", 270.00),  # rubber and plastic footwear, 6402.91.80
        ("90¢/pr. + 37.5%", 500, "100 pr.", 277.50),  # cheaper footwear, 6402.91.70
        ("2.8¢/doz.", 100, "1200 No.", 2.80),  # eggs, 0407.21.00: a hundred dozen
        ("17.6¢/kg", 2000, "1000 kg", 176.00),  # chicken cuts, 0207.13.00
        ("29.1¢/kg + 25.9%", 1000, "10 kg", 261.91),  # wool and man-made fiber, 6110.12 and others
        ("49.7¢/kg + 19.7%", 2000, "20 kg", 403.94),  # wool coats, 6201.20.40
        ("52.8¢/kg + 4.3%", 10000, "1000 kg", 958.00),  # chocolate, 1806.32.08
        ("1.1¢/kg on lead content", 1000, "500 kg lead", 5.50),  # lead ore, 2607.00.00
        ("3.7¢/kg on drained weight", 1000, "200 kg", 7.40),  # olives, 2005.70.08
        ("2.5% on the value of the lead content", 1000, "800 USD lead content", 20.00),  # lead, 7801.10.00
        ("36¢ each + 5.3% on the battery", 20, "1 No., $2 battery", 0.466),  # movements, 9108.11.40
        (
            "51¢ each + 6.25% on the case and strap, band or bracelet + 5.3% on the battery",
            *(500, "1 No., 400 USD case and strap, 2 USD battery", 25.616),  # wrist watches, 9101.11.40
        ),
        ("3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content", 900, "100 l, 40 proof liters", 11.94),
        (
            "3.1% on the value of the rifle + 13% on the value of the telescopic sight, if any",
            *(900, "$900 rifle", 27.90),  # 9303.30.80 without a sight
        ),
        ("Free", 900, None, 0.0),
        ("16.5%", 100, None, 16.5),
        ("10.6¢/g", 1000, "1 kg", 106.0),
    ],
)
def test_duties_by_hand(text, value, quantity, owed):
    duty = parse_duty(text)
    assert duty is not None
    amounts = {} if quantity is None else read_quantity(quantity, duty)
    assert duty.of(value, amounts) == pytest.approx(owed, abs=1e-9)


SUGAR = (
    "1.4606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in proportion) "
    "but not less than 0.943854¢/kg"
)
WATCH = "51¢ each + 6.25% on the case and strap, band or bracelet + 5.3% on the battery"


@pytest.mark.parametrize(
    ("degrees", "cents"),
    [(100, 1.4606), (96, 1.377928), (99.5, 1.450266), (75, 0.943900), (74, 0.943854), (0, 0.943854)],
)
def test_the_duty_on_sugar_slides_with_its_degrees(degrees, cents):
    duty = parse_duty(SUGAR)
    assert duty is not None
    assert duty.of(500, read_quantity(f"1000 kg, {degrees} degrees", duty)) == pytest.approx(cents * 10)
    with pytest.raises(InputError, match="also needs degree; give '1000 kg, N degree'"):
        duty.of(500, read_quantity("1000 kg", duty))


@pytest.mark.parametrize(
    ("text", "quantity", "said"),
    [
        ("33.87¢/kg", "1000 liters", "not charged by 'liters'; give N kg"),
        ("33.87¢/kg", "some", "'some' is not an amount with a unit"),
        ("33.87¢/kg", "-5 kg", "'-5 kg' is not an amount of goods; give a positive number"),
        ("33.87¢/kg", "0", "0 kg is no shipment; give a positive number"),
        ("33.87¢/kg", "1e999 kg", "is not an amount of goods"),
        ("33.87¢/kg", "1,5", "'1,5' has a comma that parts no thousands; did you mean 1.5?"),
        ("33.87¢/kg", "0,500 t", "did you mean 0.500?"),
        ("33.87¢/kg", "1,5000 kg", "did you mean 1.5000?"),
        ("33.87¢/kg", "1.000,5 kg", "did you mean 1000.5?"),
        ("33.87¢/kg", "1,500,5 kg", "parts no thousands; write decimals with a point"),
        (SUGAR, "1 t, 96,5 degrees", "did you mean 96.5?"),
        (SUGAR, "1 t, 120 degrees", "120 degrees is over the 100 of pure sugar"),
        (SUGAR, "0 t, 96 degrees", "0 kg is no shipment"),
        (SUGAR, "1 t, 95 brix", "the base duty is not charged by 'brix'; give N kg, N degree"),
        ("4.4¢/liter + 31.4¢/pf. liter", "9 liters, 80 proof", "give N liter, N pf.liter .a liter at 40% alcohol"),
        ("4.4¢/liter + 31.4¢/pf. liter", "9 liters, 19 pf.liter", "19 pf.liter is more than 18, which is pure alcohol"),
        (WATCH, "1", "also needs USD case and strap, USD battery; give '1 each, N USD case and strap, N USD battery'"),
        (WATCH, "1, 900 USD case, 101 USD battery", "worth 1,001.00 USD are more than the goods, worth 1,000.00"),
        (WATCH, "1, 9 USD case, 9 USD case, 1 USD battery", "is given twice"),
        (WATCH, "1, 5 USD movement", "is not charged by 'USD movement'; give N each, N USD case and strap, N USD"),
        (WATCH, "0, 5 USD case, 1 USD battery", "0 each is no shipment"),
        ("33.87¢/kg", "5 kg, 6 kg", "kg is given twice"),
        ("1.1¢/kg on lead content", "500 kg", "give N kg on lead content"),
        ("16.5%", "5 kg", "is on value alone"),
        ("16.5%", "5", "is on value alone"),
        ("See 9822.05.15", "5", "states no amount"),
        ("The rate applicable to the complete, assembled movement", "5", "states no amount"),
        (
            "6% + 2.3¢/jewel, but if in part of a plate the total shall not exceed the duty",
            "5",
            "limit is another duty",
        ),
        ("Free", "5 kg", "is on value alone"),
    ],
)
def test_what_cannot_be_worked_out_is_refused(text, quantity, said):
    duty = parse_duty(text)
    assert duty is not None
    with pytest.raises(InputError, match=said):
        worked_out(duty, 1000.0, quantity)


def worked_out(duty, value, quantity):
    amounts = read_quantity(quantity, duty)
    check_parts(value, amounts)
    return duty.of(value, amounts)


@pytest.mark.parametrize(
    "quantity",
    [
        "1 watch, 200 USD case and strap, 1 USD battery",
        "1, 150 USD cases, 50 USD straps, 1 USD batteries",
        "1 each, 200 USD on the case and strap, band or bracelet, 1 USD on the battery",
        "1 No.; $200 case; $1 battery",
        "1 each,200 USD case,1 USD battery",
    ],
)
def test_the_parts_of_a_watch_may_be_named_as_a_reader_names_them(quantity):
    duty = parse_duty(WATCH)
    assert duty is not None
    amounts = read_quantity(quantity, duty)
    assert list(amounts.values()) == [1.0, 200.0, 1.0]
    check_parts(201.0, amounts)


def test_parts_that_a_good_may_lack_may_be_zero():
    duty = parse_duty("4.4¢/liter + 31.4¢/pf. liter")
    assert duty is not None
    assert read_quantity("1e2 liters, 0 pf.liter", duty) == {"liter": 100.0, "pf.liter": 0.0}


YEN = {"JPY": 150.0, "EUR": 0.9}


@pytest.mark.parametrize(
    ("text", "kind", "least", "value", "quantity", "owed"),
    [
        ("21.3% + 54 JPY/kg", "compound", 0.213, 1000, {"kg": 100}, 249.0),
        ("the greater of 15% or 150 JPY/kg", "mixed", 0.15, 1000, {"kg": 100}, 150.0),
        ("the greater of 15% or 150 JPY/kg", "mixed", 0.15, 100, {"kg": 100}, 100.0),
        ("the greater of 3.7% or 2.9% + 1.5 JPY/m2", "mixed", 0.037, 100, {"m2": 1000}, 12.9),
        ("the lesser of 5.5% or 1.5 JPY/kg", "mixed", 0.0, 1000, {"kg": 100}, 1.0),
        ("15%, at least 75 JPY/liter, at most 150 JPY/liter", "mixed", 0.0, 100, {"liter": 100}, 50.0),
        ("15%, at least 75 JPY/liter, at most 150 JPY/liter", "mixed", 0.0, 500, {"liter": 100}, 75.0),
        ("15%, at least 75 JPY/liter, at most 150 JPY/liter", "mixed", 0.0, 9000, {"liter": 100}, 100.0),
        ("the lesser of 6.2% + 0.27 EUR/kg or 17.9%", "mixed", 0.062, 1000, {"kg": 100}, 92.0),
        (
            "0.9 EUR/liter of alcohol + 0.09 EUR/liter",
            "specific",
            0.0,
            50,
            {"liter of alcohol": 10, "liter": 100},
            20.0,
        ),
        ("45000 JPY each", "specific", 0.0, 9000, {"each": 2}, 600.0),
    ],
)
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


@pytest.mark.parametrize(
    ("text", "quantity", "amounts"),
    [
        (
            "0.9 EUR/liter of alcohol + 0.09 EUR/liter",
            "1 hl, 12 liters alcohol",
            {"liter": 100, "liter of alcohol": 12},
        ),
        (
            "1.19 EUR/kg on lactic matter + 0.275 EUR/kg",
            "1 t, 300 kg lactic matter",
            {"kg": 1000, "kg on lactic matter": 300},
        ),
        ("0.4 EUR/kg on sucrose content", "650 kg sucrose", {"kg on sucrose content": 650}),
        ("the greater of 30% or 4300 JPY/pr", "12 pairs", {"pr": 12}),
    ],
)
def test_quantities_of_the_whole_and_of_a_part(text, quantity, amounts):
    duty = parse_duty(text, YEN)
    assert duty is not None
    assert read_quantity(quantity, duty) == amounts
