"""Rates of infusions, as orders write them."""

from decimal import Decimal

import pytest

from bcma.model.quantity import Quantity, Ratio
from tests.emr.resources import dosage_with, paths_of, quantity


def test_rates_are_read_in_each_form() -> None:
    ratio = {"numerator": quantity(100, "mL"), "denominator": quantity(1, "h")}
    order = dosage_with(doseAndRate=[{"doseQuantity": quantity(1, "g"), "rateRatio": ratio}])
    assert order.problems == ()
    assert order.dosages[0].rate == Ratio(Quantity(Decimal(100), "mL"), Quantity(Decimal(1), "h"))
    order = dosage_with(doseAndRate=[{"rateQuantity": quantity(5, "mL/h")}])
    assert order.dosages[0].rate == Quantity(Decimal(5), "mL/h")
    nothing = {"numerator": quantity(100, "mL"), "denominator": quantity(0, "h")}
    assert dosage_with(doseAndRate=[{"rateRatio": nothing}]).problems


def test_a_rate_may_have_any_unit_that_ends_in_a_time() -> None:
    for unit in ("ug/kg/min", "ug/(kg.min)", "[drp]/min", "m[iU]/min", "L/d"):
        order = dosage_with(doseAndRate=[{"rateQuantity": quantity(5, unit)}])
        assert (order.problems, order.dosages[0].rate) == ((), Quantity(Decimal(5), unit))
    fast = {"low": quantity(50, "mL/h"), "high": quantity(100, "mL/h")}
    assert dosage_with(doseAndRate=[{"rateRange": fast}]).problems == ()


@pytest.mark.hazard("H40")
def test_what_is_no_amount_per_time_is_no_rate() -> None:
    slowly = {"low": quantity(2, "min"), "high": quantity(5, "min")}
    per_bag = {"numerator": quantity(100, "mL"), "denominator": quantity(1, "{bag}")}
    forms = [
        {"rateRange": slowly},
        {"rateQuantity": quantity(5, "mL")},
        {"rateQuantity": quantity(5, "mg/kg")},
        {"rateRatio": per_bag},
    ]
    for form in forms:
        order = dosage_with(doseAndRate=[{"doseQuantity": quantity(1, "g"), **form}])
        assert paths_of(order) == {f"dosageInstruction[0].doseAndRate[0].{next(iter(form))}"}
        assert order.dosages[0].rate is None
