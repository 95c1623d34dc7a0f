"""How long an infusion runs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.drug import Form, Ingredient
from bcma.model.order import DoseRange, PeriodUnit, Span, Timing
from bcma.model.quantity import Quantity, Ratio
from bcma.rules import Attempt
from bcma.rules.infusion import ends_at
from tests.rules.builders import HOUR, NOW, Value, attempt, dosage, mg, order, per, product, unit

BAG = product(
    "paracetamol",
    10,
    Form.INFUSION,
    ingredients=(Ingredient("paracetamol", "Paracetamol", per(10, "mg", "mL")),),
    content=per(100, "mL", "{bag}"),
)


def amount(value: object, code: str) -> Quantity:
    return Quantity(Decimal(str(value)), code)


def bag(**changes: Value) -> Attempt:
    """Hang one gram in 100 mL."""
    dose = dosage(mg(1000), routes=("IV",), **changes)
    return attempt(unit(BAG), order=order("mr1", dose, medication=BAG))


def lasting(value: object, code: PeriodUnit, most: object = None) -> Timing:
    longest = None if most is None else Span(Decimal(str(most)), code)
    return Timing(code="BID", duration=Span(Decimal(str(value)), code), duration_max=longest)


@pytest.mark.hazard("H18")
@pytest.mark.parametrize(
    "timing,length",
    [
        (lasting(30, PeriodUnit.MINUTE), HOUR / 2),
        (lasting("1.5", PeriodUnit.HOUR), HOUR * 1.5),
        (lasting(30, PeriodUnit.SECOND), timedelta(seconds=30)),
        (lasting(1, PeriodUnit.DAY), 24 * HOUR),
        (lasting(1, PeriodUnit.HOUR, 3), 3 * HOUR),
    ],
)
def test_the_time_that_is_ordered_for_it(timing: Timing, length: timedelta) -> None:
    assert ends_at(bag(timing=timing, rate=amount(1, "mL/h"))) == NOW + length


@pytest.mark.hazard("H18")
@pytest.mark.parametrize(
    "rate,hours",
    [
        (amount(50, "mL/h"), 2),
        (amount(250, "mg/h"), 4),
        (amount(1, "mL/min"), Decimal(100) / 60),
        (DoseRange(amount(25, "mL/h"), amount(100, "mL/h")), 4),
        (Ratio(amount(100, "mL"), amount(2, "h")), 2),
    ],
)
def test_the_amount_over_the_rate(rate: Value, hours: Decimal | int) -> None:
    ends = ends_at(bag(rate=rate))
    assert ends is not None
    assert abs(ends - NOW - timedelta(hours=float(hours))) < timedelta(milliseconds=1)


def test_a_rate_below_one_an_hour_ends_too() -> None:
    ends = ends_at(bag(rate=amount("0.05", "mL/h")))
    assert ends == NOW + 2000 * HOUR


def test_a_rate_by_weight_ends_when_the_weight_is_known() -> None:
    by_weight = bag(rate=amount(5, "mg/kg/h"))
    assert ends_at(by_weight) is None
    assert by_weight.chart is not None
    known = replace(by_weight.chart, weight=amount(50, "kg"), weight_at=NOW - HOUR)
    assert ends_at(replace(by_weight, chart=known)) == NOW + 4 * HOUR


@pytest.mark.parametrize(
    "rate",
    [
        None,
        amount(0, "mL/h"),
        amount(5, "mg/kg/h"),
        amount(5, "mL"),
        amount(5, "/h"),
        amount(5, "mL/kg"),
        amount(5, "[iU]/h"),
        Ratio(amount(100, "mL"), amount(1, "kg")),
    ],
)
def test_where_nothing_tells_there_is_no_end(rate: Value) -> None:
    assert ends_at(bag(rate=rate)) is None


def test_without_an_order_or_an_amount_there_is_no_end() -> None:
    timeless = bag(rate=amount(50, "mL/h"), timing=None)
    assert ends_at(timeless) == NOW + 2 * HOUR
    assert timeless.dosage is not None
    doseless = replace(timeless.dosage, dose=None)
    assert ends_at(replace(timeless, dosage=doseless)) is None
    assert ends_at(attempt(unit(BAG), order=None)) is None
