"""What is about to be done: the facts that several rules read off units and records."""

from dataclasses import replace
from datetime import date

import pytest

from bcma.model.chart import UnitLabel
from bcma.model.drug import SerialLevel
from bcma.rules import Attempt, UnitInHand
from tests.rules.builders import (
    HOUR,
    NOW,
    ORDER,
    PARACETAMOL,
    attempt,
    chart,
    mg,
    product,
    record,
    unit,
)

LABEL = UnitLabel(
    serial="S1",
    dispense_id="d1",
    lot="L8",
    expiry=date(2026, 6, 1),
    beyond_use=NOW + HOUR,
)
SERIALISED = replace(PARACETAMOL, serial_level=SerialLevel.UNIT)


def test_a_record_is_found_by_its_event_among_this_patient_s() -> None:
    first, second = record(event_id="ev1"), record(event_id="ev2", amount=mg(250))
    tried = attempt(chart=chart(administrations=(first, second)))
    assert tried.record("ev2") is second
    assert tried.record("ev1") is first
    assert tried.record("ev3") is None
    assert attempt(chart=None).record("ev1") is None


def test_records_of_every_copy_of_the_order_belong_to_its_chain() -> None:
    renewal, foreign = record(order_id="mr0"), record(order_id="mr9")
    known = chart(administrations=(renewal, foreign, record()))
    tried = attempt(chart=known, chain=(replace(ORDER, id="mr0"), ORDER))
    assert tried.records_of_chain() == (renewal, record())
    assert replace(tried, chart=None).records_of_chain() == ()


def test_the_drug_as_ordered_comes_before_what_is_in_hand() -> None:
    other = product("ibuprofen", 400)
    assert attempt(unit(other), unit(None)).drugs == (PARACETAMOL, other)
    assert attempt(unit(other), order=None).drugs == (other,)


@pytest.mark.hazard("H17", "H18")
@pytest.mark.parametrize(
    "of, lot, last_day",
    [
        (unit(), "L1", date(2027, 12, 31)),
        (unit(label=LABEL), "L1", date(2026, 6, 1)),
        (unit(label=LABEL, code={"lot": None, "expiry": None}), "L8", date(2026, 6, 1)),
        (
            unit(code={"lot": None}, typed_lot="L9", typed_expiry=date(2026, 4, 1)),
            "L9",
            date(2026, 4, 1),
        ),
        (unit(code={"lot": None, "expiry": None}), None, None),
    ],
)
def test_lot_and_last_day_are_read_off_code_label_or_pack(
    of: UnitInHand, lot: str | None, last_day: date | None
) -> None:
    assert (of.lot, of.last_day) == (lot, last_day)


def test_the_earlier_minute_of_code_and_label_counts() -> None:
    assert unit().last_minute is None
    assert unit(label=LABEL).last_minute == NOW + HOUR
    both = unit(label=LABEL, code={"expiry_time": NOW})
    assert both.last_minute == NOW


@pytest.mark.hazard("H24")
@pytest.mark.parametrize(
    "one, other, same",
    [
        (unit(), unit(), False),
        (unit(SERIALISED, code={"serial": "1"}), unit(SERIALISED, code={"serial": "1"}), True),
        (unit(SERIALISED, code={"serial": "1"}), unit(SERIALISED, code={"serial": "2"}), False),
        (unit(code={"serial": "1"}), unit(code={"serial": "1"}), False),
        (unit(label=LABEL), unit(label=LABEL), True),
        (unit(label=LABEL), unit(label=replace(LABEL, serial="S2")), False),
        (unit(label=LABEL), unit(SERIALISED, code={"serial": "S1"}), False),
        (
            unit(SERIALISED, code={"serial": "1"}),
            unit(SERIALISED, code={"serial": "1", "gtin": "00000000000017"}),
            False,
        ),
    ],
)
def test_only_a_serial_of_its_own_makes_two_scans_the_same_unit(
    one: UnitInHand, other: UnitInHand, *, same: bool
) -> None:
    assert one.is_the_same_as(other) is same
    assert other.is_the_same_as(one) is same


@pytest.mark.parametrize(
    "tried, is_dose",
    [
        (attempt(), True),
        (attempt(order=None), True),
        (replace(attempt(), units=()), True),
        (replace(attempt(), units=(), order=None), False),
        (replace(attempt(), units=(), order=None, candidates=(ORDER,)), True),
    ],
)
def test_units_an_order_or_several_that_fit_make_a_dose(tried: Attempt, *, is_dose: bool) -> None:
    assert tried.is_dose is is_dose
