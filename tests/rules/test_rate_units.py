"""Rates in other units: a pump is set in mL/h, whatever the order is written in."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.model.drug import Form
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.rate_units import is_rate_by_weight, rate_in
from tests.rules.builders import per, product

#: Noradrenaline, 4 mg in 50 mL.
PUMP = replace(
    product("noradrenalin", 4),
    form=Form.INJECTION,
    ingredients=(replace(product("noradrenalin", 4).ingredients[0], strength=per(80, "ug", "mL")),),
)
FIFTY = Quantity(Decimal(50), "kg")


def rate(value: str, unit: str) -> Quantity:
    return Quantity(Decimal(value), unit)


@pytest.mark.hazard("H40")
@pytest.mark.parametrize(
    "given,wanted",
    [
        (rate("3.75", "mL/h"), rate("0.1", "ug/kg/min")),
        (rate("0.1", "ug/kg/min"), rate("3.75", "mL/h")),
        (rate("0.1", "ug/kg/min"), rate("5", "ug/min")),
        (rate("5", "ug/min"), rate("0.1", "ug/kg/min")),
        (rate("0.1", "ug/kg/min"), rate("6", "ug/kg/h")),
        (rate("300", "ug/h"), rate("3.75", "mL/h")),
        (rate("0.3", "mg/h"), rate("90", "mL/d")),
        (rate("0.1", "L/h"), rate("100", "mL/h")),
    ],
)
def test_a_rate_is_the_same_in_every_unit(given: Quantity, wanted: Quantity) -> None:
    assert rate_in(given, wanted.unit, [PUMP], FIFTY) == wanted


@pytest.mark.parametrize(
    "given,unit,weight",
    [
        (rate("1", "mL/h"), "ug/kg/min", None),
        (rate("1", "mL/h"), "ug/kg/min", Quantity(Decimal(0), "kg")),
        (rate("1", "ug/kg/min"), "mL/h", None),
        (rate("1", "mL"), "mL/h", FIFTY),
        (rate("1", "mL/h"), "mL", FIFTY),
        (rate("1", "mL/m2/h"), "mL/h", FIFTY),
        (rate("1", "mL/h"), "mL/m2/h", FIFTY),
    ],
)
def test_what_nothing_converts_is_told(given: Quantity, unit: str, weight: Quantity | None) -> None:
    with pytest.raises(UnitError) as told:
        rate_in(given, unit, [PUMP], weight)
    assert told.value.facts == {"unit": given.unit, "target": unit}


@pytest.mark.parametrize("given", [rate("1", "[iU]/h"), rate("1", "mL/kg")])
def test_a_unit_of_another_kind_is_told(given: Quantity) -> None:
    with pytest.raises(UnitError):
        rate_in(given, "mL/h", [PUMP], FIFTY)


@pytest.mark.hazard("H35")
def test_the_smallest_newborn_has_a_weight() -> None:
    tiny = Quantity(Decimal("0.5"), "kg")
    assert rate_in(rate("2", "ug/kg/h"), "ug/h", [PUMP], tiny) == rate("1", "ug/h")


def test_without_a_concentration_substance_is_no_volume() -> None:
    with pytest.raises(UnitError):
        rate_in(rate("1", "mg/h"), "mL/h", [], FIFTY)


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    "ordered,by_weight",
    [
        (rate("0.1", "ug/kg/min"), True),
        (DoseRange(rate("1", "mL/kg/h"), rate("2", "mL/kg/h")), True),
        (Ratio(rate("4", "mL/kg"), rate("1", "h")), True),
        (Ratio(rate("1", "L"), rate("7", "h")), False),
        (rate("100", "mL/h"), False),
        (rate("100", "mL"), False),
        (DoseRange(rate("1", "mL/h"), rate("2", "mL/h")), False),
        (None, False),
    ],
)
def test_a_rate_by_weight_is_known_by_its_unit(
    ordered: Quantity | DoseRange | Ratio | None,
    by_weight: bool,  # noqa: FBT001 - a row of the table
) -> None:
    assert is_rate_by_weight(ordered) is by_weight
