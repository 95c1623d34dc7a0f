"""The weight that a dose goes by: known, fresh for the age, and not far off the one before."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import Observation, weights_of
from bcma.model.drug import HighAlert, Medication
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import Severity
from bcma.policy import AgeGroup
from bcma.rules import Attempt
from bcma.rules.weight import age_group
from tests.rules.builders import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    Value,
    attempt,
    chart,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    policy,
    product,
    unit,
)

STALE, MISSING = "dose.weight-stale", "dose.weight-missing"
DRUG = product("prednisolon", 10)
PER_KG = Quantity(Decimal("0.5"), "mg/kg")


def kg(value: object) -> Quantity:
    return Quantity(Decimal(str(value)), "kg")


def weighed(value: object, ago: timedelta, unit_: str = "kg", code: str = "29463-7") -> Observation:
    amount = Quantity(Decimal(str(value)), unit_)
    return Observation(id=f"w{ago}", code=code, at=NOW - ago, value=amount)


def by_weight(
    *weights: Observation,
    age: object = 40,
    dose: Value = PER_KG,
    fields: Value = None,
    drug: Medication = DRUG,
    **changes: Value,
) -> Attempt:
    """Try a dose per kilogram for a patient who was weighed."""
    known = order("mr1", dosage(dose, **(fields or {})), medication=drug)
    sorted_ = weights_of(weights)
    latest = sorted_[-1] if sorted_ else None
    return attempt(
        unit(drug),
        order=known,
        strengths=(drug,),
        chart=chart(
            known,
            observations=weights,
            weight=latest and latest.value,
            weight_at=latest and latest.at,
            age_years=None if age is None else Decimal(str(age)),
        ),
        **changes,
    )


def is_stale(tried: Attempt) -> bool:
    return bool(findings_of(tried, STALE))


YEAR = Decimal("365.2425")


@pytest.mark.parametrize(
    "days,group",
    [
        (0, AgeGroup.NEWBORN),
        (27, AgeGroup.NEWBORN),
        (28, AgeGroup.INFANT),
        (364, AgeGroup.INFANT),
        (365, AgeGroup.CHILD),
        (6574, AgeGroup.CHILD),
        (6575, AgeGroup.ADULT),
        (None, AgeGroup.NEWBORN),
    ],
)
def test_whose_limit_a_weight_grows_old_by(days: int | None, group: AgeGroup) -> None:
    assert age_group(None if days is None else Decimal(days) / YEAR) is group


@pytest.mark.hazard("H36")
@pytest.mark.parametrize(
    "age,days", [("0.01", 1), (None, 1), ("0.5", 7), (5, 30), ("17.99", 30), (18, 90), (80, 90)]
)
def test_a_weight_is_as_old_as_its_age_allows(age: object, days: int) -> None:
    limit = days * DAY
    assert not is_stale(by_weight(weighed(20, limit), age=age))
    tried = by_weight(weighed(20, limit + SECOND), age=age)
    found = found_in(tried, STALE)
    assert (found.severity, found.release) == (Severity.WARN, ("reason",))
    assert dict(found.facts) == {
        "value": kg(20),
        "at": NOW - limit - SECOND,
        "limit": days,
        "before": None,
    }


@pytest.mark.hazard("H36")
@pytest.mark.parametrize(
    "now,before,stale",
    [
        (12, 10, False),
        ("12.01", 10, True),
        (8, 10, False),
        ("7.99", 10, True),
        (10, 10, False),
    ],
)
def test_a_fifth_off_the_one_before_is_fine(now: object, before: object, stale: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = by_weight(weighed(before, 10 * DAY), weighed(now, HOUR))
    assert is_stale(tried) is stale
    if stale:
        assert found_in(tried, STALE).facts["before"] == kg(before)


def test_the_one_before_is_the_latest_of_the_earlier_ones_in_any_unit() -> None:
    steady = by_weight(
        weighed(40, 30 * DAY), weighed(58000, 2 * DAY, "g", "3141-9"), weighed(60, HOUR)
    )
    assert not is_stale(steady)
    jumped = by_weight(weighed(60, 30 * DAY), weighed(40, 2 * DAY), weighed(60, HOUR))
    assert is_stale(jumped)


def test_values_that_are_no_weight_are_passed_over() -> None:
    for odd in (
        weighed(170, DAY, "cm"),
        weighed(0, DAY),
        weighed(200, DAY, code="8302-2"),
        replace(weighed(200, DAY), value=None),
    ):
        assert not is_stale(by_weight(weighed(60, 2 * DAY), odd, weighed(60, HOUR)))


def test_a_weight_of_unknown_age_is_stale() -> None:
    tried = by_weight(weighed(60, HOUR))
    assert tried.chart is not None
    undated = replace(tried.chart, weight_at=None)
    assert found_in(replace(tried, chart=undated), STALE).facts["at"] is None
    assert found_in(replace(tried, chart=undated), STALE).subject == ""


def test_the_reason_holds_for_this_weight_only() -> None:
    old = found_in(by_weight(weighed(60, 100 * DAY)), STALE)
    older = found_in(by_weight(weighed(60, 101 * DAY)), STALE)
    assert old.subject != older.subject


@pytest.mark.parametrize("dose", [mg(20), DoseRange(mg(10), mg(20))])
def test_an_amount_asks_for_no_weight(dose: Value) -> None:
    assert not is_stale(by_weight(weighed(60, 900 * DAY), dose=dose))
    assert findings_of(by_weight(dose=dose), MISSING) == []


LIMIT_PER_KG = {"max_per_period": Ratio(PER_KG, Quantity(Decimal(1), "d"))}


@pytest.mark.hazard("H35", "H36")
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dose": DoseRange(PER_KG, Quantity(Decimal(1), "mg/kg"))},
        {"dose": mg(20), "fields": {"max_per_administration": PER_KG}},
        {"dose": mg(20), "fields": LIMIT_PER_KG},
        {"dose": mg(20), "fields": {"max_per_lifetime": PER_KG}},
    ],
)
def test_whatever_goes_by_weight_wants_a_fresh_one(changes: Value) -> None:
    assert is_stale(by_weight(weighed(60, 100 * DAY), **changes))
    assert found_in(by_weight(**changes), MISSING).severity is Severity.WARN


def test_the_limit_of_another_order_for_the_substance_wants_it_too() -> None:
    tried = by_weight(dose=mg(10))
    other = order("mr2", dosage(mg(10), **LIMIT_PER_KG), medication=DRUG)
    assert tried.chart is not None
    with_other = replace(tried.chart, orders=(*tried.chart.orders, other))
    assert findings_of(tried, MISSING) == []
    assert found_in(replace(tried, chart=with_other), MISSING).severity is Severity.WARN


@pytest.mark.hazard("H35")
@pytest.mark.parametrize(
    "changes,severity",
    [
        ({"age": 18}, Severity.WARN),
        ({"age": "17.99"}, Severity.STOP),
        ({"age": None}, Severity.STOP),
        ({"drug": replace(DRUG, high_alert=HighAlert.RECOMMENDED)}, Severity.STOP),
        ({"drug": replace(DRUG, high_alert=HighAlert.REQUIRED)}, Severity.STOP),
    ],
)
def test_a_missing_weight_stops_for_children_and_high_alert_drugs(
    changes: Value, severity: Severity
) -> None:
    assert found_in(by_weight(**changes), MISSING).severity is severity


def test_without_a_chart_no_weight_is_known() -> None:
    tried = replace(by_weight(weighed(60, HOUR)), chart=None)
    assert found_in(tried, MISSING).severity is Severity.STOP
    assert not is_stale(tried)


def test_a_weight_in_a_unit_that_is_none_is_missing_and_not_stale() -> None:
    tried = by_weight(weighed(60, 100 * DAY))
    assert tried.chart is not None
    odd = replace(tried, chart=replace(tried.chart, weight=Quantity(Decimal(60), "mL")))
    assert not is_stale(odd)
    assert findings_of(odd, MISSING)


def test_a_site_sets_how_long_a_weight_holds() -> None:
    strict = policy(weight_days={"adult": 3})
    assert is_stale(by_weight(weighed(60, 4 * DAY), policy=strict))
    assert not is_stale(by_weight(weighed(20, 4 * DAY), age=5, policy=strict))


def test_the_limit_of_a_weight_is_told_in_whole_days() -> None:
    found = found_in(by_weight(weighed(60, 400 * DAY)), STALE)
    assert isinstance(found.facts["limit"], int)


@pytest.mark.hazard("H35")
@pytest.mark.parametrize("severity,age", [(Severity.STOP, 10), (Severity.WARN, 40)])
def test_a_rate_by_weight_wants_the_weight(severity: Severity, age: int) -> None:
    drip = {"rate": Quantity(Decimal(4), "mL/kg/h")}
    found = found_in(by_weight(dose=mg(500), fields=drip, age=age), MISSING)
    assert found.severity is severity
    assert findings_of(by_weight(dose=mg(500), age=age), MISSING) == []
