"""The right response: values that are to be measured before a dose, and its hold limits."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import Observation
from bcma.model.drug import Coding, Ingredient, Medication
from bcma.model.order import HoldLimit, OrderStatus
from bcma.model.quantity import Quantity
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import NotChecked, ReleaseBy, Right, RightState, Severity
from bcma.rules import Answers, Attempt, judge
from tests.rules.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PARACETAMOL,
    SECOND,
    Value,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    order,
    product,
    unit,
)

MEASURE, HOLD = "response.measure", "response.hold"
HEART_RATE, GLUCOSE, BREATHING = "8867-4", "15074-8", "9279-1"
LOINC, ATC = "http://loinc.org", "http://www.whocc.no/atc"


def amount(value: object, unit_: str = "/min") -> Quantity:
    return Quantity(Decimal(str(value)), unit_)


def limit(code: str = HEART_RATE, **changes: Value) -> HoldLimit:
    made = HoldLimit(
        code=Coding(LOINC, code, "Nhịp tim"), low=amount(60), max_age=timedelta(minutes=30)
    )
    return replace(made, **changes)


def seen(
    value: object = 72, at: datetime = NOW, code: str = HEART_RATE, unit_: str = "/min"
) -> Observation:
    measured = None if value is None else amount(value, unit_)
    return Observation(id=f"o-{at.isoformat()}", code=code, at=at, value=measured)


def dose(
    *observed: Observation,
    holds: tuple[HoldLimit, ...] = (limit(),),
    of: Medication = PARACETAMOL,
    **changes: Value,
) -> Attempt:
    """Try a dose of an order with hold limits, on a chart with values."""
    ordered = order("mr1", medication=of, holds=holds, **changes.pop("order", {}))
    known = chart(ordered, observations=observed)
    return attempt(unit(of), order=ordered, chart=known, **changes)


def entered(**values: object) -> Answers:
    names = {"heart_rate": HEART_RATE, "glucose": GLUCOSE, "breathing": BREATHING}
    return Answers(measured={names[name]: amount(value) for name, value in values.items()})


# --- measure first -------------------------------------------------------------------------


@pytest.mark.hazard("H76")
def test_a_value_is_asked_for_where_there_is_none() -> None:
    found = found_in(dose(), MEASURE)
    assert (found.severity, found.cannot, found.subject) == (
        Severity.ASK,
        ReleaseBy.REASON,
        HEART_RATE,
    )
    assert found.facts == {
        "measure": HEART_RATE,
        "display": "Nhịp tim",
        "unit": "/min",
        "low": amount(60),
        "high": None,
        "value": None,
        "at": None,
    }
    assert judge(dose()).rights[Right.RESPONSE] is RightState.NEEDS_INPUT


@pytest.mark.hazard("H76", "H42")
@pytest.mark.parametrize(
    "age, asked",
    [
        (timedelta(0), False),
        (30 * MINUTE - SECOND, False),
        (30 * MINUTE, True),
        (30 * MINUTE + SECOND, True),
        (-SECOND, True),
    ],
)
def test_a_value_counts_while_it_is_younger_than_its_limit(age: timedelta, *, asked: bool) -> None:
    tried = dose(seen(at=NOW - age))
    assert (codes(tried) == {MEASURE}) is asked
    if asked:
        facts = found_in(tried, MEASURE).facts
        assert (facts["value"], facts["at"]) == (amount(72), NOW - age)


@pytest.mark.parametrize("age, asked", [(DAY - SECOND, False), (DAY, True)])
def test_without_a_limit_of_age_a_value_of_the_last_day_counts(
    age: timedelta, *, asked: bool
) -> None:
    tried = dose(seen(at=NOW - age), holds=(limit(max_age=None),))
    assert (codes(tried) == {MEASURE}) is asked


def test_a_limit_of_age_zero_wants_every_value_now() -> None:
    assert codes(dose(seen(at=NOW), holds=(limit(max_age=timedelta(0)),))) == {MEASURE}


def test_the_newest_value_decides_even_where_it_cannot_be_read() -> None:
    older, newer = seen(80, NOW - 20 * MINUTE), seen(None, NOW - 10 * MINUTE)
    assert codes(dose(newer, older)) == {MEASURE}
    assert codes(dose(older, seen(70, NOW - 10 * MINUTE))) == set()
    assert codes(dose(seen(70, NOW - 10 * MINUTE), seen(40, NOW - 20 * MINUTE))) == set()


def test_a_value_of_another_kind_is_no_value_for_the_limit() -> None:
    assert codes(dose(seen(code=BREATHING))) == {MEASURE}


@pytest.mark.parametrize("unit_, code", [("mg/dL", MEASURE), ("mol/L", HOLD), ("umol/L", HOLD)])
def test_a_value_whose_unit_cannot_be_compared_counts_as_missing(unit_: str, code: str) -> None:
    glucose = limit(GLUCOSE, low=amount(4, "mmol/L"))
    value = {"mg/dL": 100, "mol/L": "0.003", "umol/L": 3000}[unit_]
    tried = dose(seen(value, code=GLUCOSE, unit_=unit_), holds=(glucose,))
    assert codes(tried) == {code}


def test_both_bounds_have_to_be_comparable() -> None:
    odd = limit(low=amount(60), high=amount(10, "mmol/L"))
    assert codes(dose(seen(72), holds=(odd,))) == {MEASURE}


def test_each_code_is_asked_for_once() -> None:
    holds = (limit(), limit(low=None, high=amount(120)), limit(BREATHING, low=amount(10)))
    asked = findings_of(dose(holds=holds), MEASURE)
    assert [found.subject for found in asked] == [HEART_RATE, BREATHING]
    assert [found.facts["unit"] for found in asked] == ["/min", "/min"]


def test_the_unit_of_an_upper_limit_is_asked_for_too() -> None:
    (found,) = findings_of(dose(holds=(limit(low=None, high=amount(7, "mmol/L")),)), MEASURE)
    assert found.facts["unit"] == "mmol/L"
    assert (found.facts["low"], found.facts["high"]) == (None, amount(7, "mmol/L"))


def test_a_value_entered_for_this_dose_is_fresh() -> None:
    assert codes(dose(answers=entered(heart_rate=72))) == set()
    stale_and_low = seen(40, NOW - HOUR)
    assert codes(dose(stale_and_low, answers=entered(heart_rate=72))) == set()
    assert codes(dose(seen(72), answers=entered(heart_rate=48))) == {HOLD}


def drug(name: str, atc: str | None = None) -> Medication:
    codes_ = (Coding(ATC, atc),) if atc else ()
    return product(name, 500, codes=codes_)


@pytest.mark.hazard("H109")
@pytest.mark.parametrize(
    "of, by",
    [
        (drug("Kalium", "A12BA01"), ReleaseBy.PRESCRIBER),
        (drug("Ka-li", "B05XA01"), ReleaseBy.PRESCRIBER),
        (drug("Actrapid", "A10AB01"), ReleaseBy.PRESCRIBER),
        (drug("Lanoxin", "C01AA05"), ReleaseBy.PRESCRIBER),
        (drug("Digoxin 0,25 mg"), ReleaseBy.PRESCRIBER),
        (drug("Insulin Mixtard"), ReleaseBy.PRESCRIBER),
        (drug("Kali clorid 10%"), ReleaseBy.PRESCRIBER),
        (drug("KCl 10%"), ReleaseBy.PRESCRIBER),
        (drug("Potassium chloride"), ReleaseBy.PRESCRIBER),
        (drug("Metoprolol", "C07AB02"), ReleaseBy.REASON),
        (drug("Metformin", "A10BA02"), ReleaseBy.REASON),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_potassium_insulin_and_digoxin_without_a_value_are_the_prescribers(
    of: Medication, by: ReleaseBy
) -> None:
    assert found_in(dose(of=of), MEASURE).cannot is by


def test_the_substance_of_a_unit_in_hand_counts_as_the_ordered_one() -> None:
    ingredient = Ingredient("digoxin", "Digoxin")
    of = product("lanoxin", 1, ingredients=(ingredient,))
    ordered = order("mr1", holds=(limit(),))
    tried = attempt(unit(of), order=ordered, chart=chart(ordered))
    assert found_in(tried, MEASURE).cannot is ReleaseBy.PRESCRIBER


def test_a_reason_suffices_unless_the_prescriber_has_to_decide() -> None:
    by_reason = ReleaseRecord(code=MEASURE, subject=HEART_RATE, reason="no-stock", cannot=True)
    answers = Answers(releases=(by_reason,))
    assert codes(dose(answers=answers)) == set()
    digoxin = drug("Digoxin", "C01AA05")
    assert codes(dose(of=digoxin, answers=answers)) == {MEASURE}
    prescriber = replace(by_reason, prescriber_id="d1")
    assert codes(dose(of=digoxin, answers=Answers(releases=(prescriber,)))) == set()


@pytest.mark.parametrize(
    "tried, why",
    [
        (attempt(order=None, chain=(), dosage=None, claim=None), "no-order"),
        (dose(seen(40), order={"status": OrderStatus.STOPPED}), "inactive-order"),
    ],
)
def test_without_an_order_in_force_values_are_not_checked(tried: Attempt, why: str) -> None:
    assert NotChecked(Right.RESPONSE, why) in judge(tried).not_checked
    assert findings_of(tried, MEASURE) == findings_of(tried, HOLD) == []


def test_without_limits_the_response_is_ok() -> None:
    assert judge(attempt()).rights[Right.RESPONSE] is RightState.OK
    assert judge(attempt(chart=None)).rights[Right.RESPONSE] is RightState.OK


# --- hold ----------------------------------------------------------------------------------


@pytest.mark.hazard("H76")
def test_a_value_beyond_the_limit_stops_the_dose() -> None:
    found = found_in(dose(seen(48, NOW - 5 * MINUTE)), HOLD)
    assert (found.severity, found.release) == (Severity.STOP, (ReleaseBy.PRESCRIBER,))
    assert found.facts == {
        "measure": HEART_RATE,
        "display": "Nhịp tim",
        "value": amount(48),
        "limit": amount(60),
        "at": NOW - 5 * MINUTE,
    }
    assert judge(dose(seen(48))).rights[Right.RESPONSE] is RightState.FINDING


@pytest.mark.hazard("H76")
@pytest.mark.parametrize(
    "value, bound",
    [("59.9", 60), (60, None), ("60.1", None), (119, None), (120, None), ("120.1", 120)],
)
def test_a_value_at_the_limit_is_within_it(value: object, bound: int | None) -> None:
    both = limit(low=amount(60), high=amount(120))
    found = findings_of(dose(seen(value), holds=(both,)), HOLD)
    assert [f.facts["limit"] for f in found] == ([] if bound is None else [amount(bound)])


def test_a_stale_or_unreadable_value_holds_nothing() -> None:
    assert findings_of(dose(seen(48, NOW - HOUR)), HOLD) == []
    assert findings_of(dose(seen(None)), HOLD) == []
    assert findings_of(dose(), HOLD) == []


def test_the_entered_value_is_as_old_as_now() -> None:
    assert found_in(dose(answers=entered(heart_rate=48)), HOLD).facts["at"] == NOW


def test_a_release_holds_for_the_value_it_was_given_for() -> None:
    release = ReleaseRecord(code=HOLD, subject=f"{HEART_RATE} 48", prescriber_id="d1")
    answers = Answers(releases=(release,))
    assert codes(dose(seen(48), answers=answers)) == set()
    assert codes(dose(seen(44), answers=answers)) == {HOLD}


@pytest.mark.hazard("H39")
def test_each_limit_is_held_against_its_own_value() -> None:
    sedation = "54632-5"
    holds = (
        limit(BREATHING, low=amount(10)),
        limit(sedation, low=amount(-2, "{score}"), high=None),
    )
    tired = (seen(8, code=BREATHING), seen(-3, code=sedation, unit_="{score}"))
    found = findings_of(dose(*tired, holds=holds), HOLD)
    assert [f.facts["measure"] for f in found] == [BREATHING, sedation]


@pytest.mark.hazard("H76")
def test_a_limit_without_a_value_hides_no_other() -> None:
    holds = (limit(), limit(BREATHING, low=amount(10)))
    tired = dose(seen(8, code=BREATHING), holds=holds)
    assert codes(tired) == {MEASURE, HOLD}
    assert found_in(tired, HOLD).facts["measure"] == BREATHING


def test_a_limit_without_any_bound_is_measured_in_no_unit() -> None:
    found = found_in(dose(holds=(limit(low=None),)), MEASURE)
    assert found.facts["unit"] == ""
