"""What shells hand over is read strictly: needs, measured values, numbers."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside.told import Need, measured_from, need_from, number_from
from bcma.model.drug import Coding
from bcma.model.order import HoldLimit
from bcma.model.quantity import Quantity
from bcma.rules import Attempt
from tests.rules.builders import AS_NEEDED, PARACETAMOL, attempt, dosage, order, unit

ANALGESIC = replace(PARACETAMOL, codes=(Coding("http://www.whocc.no/atc", "N02BE01"),))


def for_pain_or_fever() -> Attempt:
    need = dosage(timing=AS_NEEDED, as_needed=True, as_needed_text="Đau hoặc sốt")
    ordered = order("mr1", need, medication=ANALGESIC, reasons=())
    return attempt(unit(ANALGESIC), order=ordered)


@pytest.mark.hazard("H51")
@pytest.mark.parametrize(
    "value, need",
    [
        ({"reason": "đau", "score": 6}, Need("đau", Decimal(6))),
        ({"reason": "đau", "score": Decimal("2.5")}, Need("đau", Decimal("2.5"))),
        ({"reason": "đau", "score": 0}, Need("đau", Decimal(0))),
        ({"reason": "đau", "score": 10}, Need("đau", Decimal(10))),
        ({"reason": " sốt "}, Need("sốt", None)),
        ({"reason": "sốt", "score": None}, Need("sốt", None)),
        ({"reason": "sốt", "score": Decimal("38.9")}, Need("sốt", Decimal("38.9"))),
        ("sốt", Need("sốt", None)),
        ("đau", None),
        ({"reason": "đau"}, None),
        ({"reason": "đau", "score": None}, None),
        ({"reason": "đau", "score": 11}, None),
        ({"reason": "đau", "score": Decimal("10.1")}, None),
        ({"reason": "đau", "score": -1}, None),
        ({"reason": "sốt", "score": -1}, None),
        ({"reason": "đau", "score": "6"}, None),
        ({"reason": "sốt", "score": "6"}, None),
        ({"reason": "đau", "score": True}, None),
        ({"reason": "mất ngủ", "score": 3}, None),
        ({"reason": 6, "score": 6}, None),
        ({"score": 6}, None),
        ({"reason": "đau", "score": 6, "pulse": 80}, None),
        ({}, None),
        (6, None),
        (None, None),
    ],
)
def test_a_need_is_a_reason_of_the_order_with_the_score_that_the_drug_asks_for(
    value: object, need: Need | None
) -> None:
    assert need_from(for_pain_or_fever(), value) == need


def quantity(written: tuple[str, str]) -> Quantity:
    number, unit_ = written
    return Quantity(Decimal(number), unit_)


def limited() -> Attempt:
    def limit(code: str, unit_: str) -> HoldLimit:
        return HoldLimit(code=Coding("http://loinc.org", code), low=Quantity(Decimal(4), unit_))

    holds = (limit("8867-4", "/min"), limit("15074-8", "mmol/L"))
    return attempt(order=order(holds=holds))


@pytest.mark.hazard("H76")
@pytest.mark.parametrize(
    "value, read",
    [
        ({"8867-4": 72}, {"8867-4": ("72", "/min")}),
        ({"8867-4": Decimal("72.5")}, {"8867-4": ("72.5", "/min")}),
        ({"8867-4": 72, "15074-8": 5}, {"8867-4": ("72", "/min"), "15074-8": ("5", "mmol/L")}),
        ({"15074-8": {"value": 5000, "unit": "umol/L"}}, {"15074-8": ("5", "mmol/L")}),
        ({"15074-8": {"value": 90, "unit": "mg/dL"}}, None),
        ({"15074-8": "5"}, None),
        ({"8867-4": True}, None),
        ({"8867-4": None}, None),
        ({"8867-4": 72, "15074-8": "cao"}, None),
        ({"8480-6": 120}, None),
        ({"8867-4": 72, "8480-6": 120}, None),
        ({}, None),
        (72, None),
        (None, None),
    ],
)
def test_values_are_read_by_code_in_the_unit_of_the_limit(
    value: object, read: dict[str, tuple[str, str]] | None
) -> None:
    told = measured_from(limited(), value)
    assert told == (None if read is None else {code: quantity(q) for code, q in read.items()})


@pytest.mark.parametrize(
    "value, number",
    [(5, Decimal(5)), (Decimal("0.5"), Decimal("0.5")), (False, None), ("5", None), (None, None)],
)
def test_a_number_is_a_number_only(value: object, number: Decimal | None) -> None:
    assert number_from(value) == number
