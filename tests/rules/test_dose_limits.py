"""Limits over a period: where they begin, and what counts towards them."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcma.model.drug import Ingredient
from bcma.model.order import (
    DoseRange,
    MedicationRequest,
)
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import RecordStatus
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Attempt, judge
from tests.rules.builders import (
    HOUR,
    NOW,
    Value,
    dosage,
    found_in,
    mg,
    order,
    per,
    product,
)
from tests.rules.limiting import (
    CODE,
    DRUGS,
    INFUSION,
    OTHER,
    TABLET,
    WITH_CODEINE,
    given,
    limit,
    of,
    severity,
    told,
    with_limit,
)

# --- boundaries ----------------------------------------------------------------------------


@pytest.mark.hazard("H38")
@pytest.mark.parametrize(
    "before,expected",
    [
        (0, None),
        (2199, None),
        (2200, Severity.WARN),
        (3000, Severity.WARN),
        (3001, Severity.STOP),
    ],
)
def test_from_four_fifths_of_the_limit_on_and_above_it(
    before: int, expected: Severity | None
) -> None:
    assert severity(with_limit(given(mg(before)))) is expected


@pytest.mark.hazard("H38")
def test_above_the_limit_the_prescriber_decides_and_sees_what_was_given() -> None:
    found = found_in(with_limit(given(mg(1500), 20), given(mg(2000), 5)), CODE)
    assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
    assert dict(found.facts) == {
        "drug": "paracetamol",
        "given": mg(3500),
        "amount": mg(1000),
        "total": mg(4500),
        "limit": mg(4000),
        "period": of(24, "h"),
        "next": NOW + 4 * HOUR,
    }


def test_near_the_limit_a_reason_is_enough() -> None:
    found = found_in(with_limit(given(mg(2500))), CODE)
    assert (found.severity, found.release) == (Severity.WARN, ("reason",))
    assert (found.facts["total"], found.facts["next"]) == (mg(3500), None)


@pytest.mark.parametrize(
    "hours,expected", [("23.99", Severity.STOP), (24, None), ("24.01", None), (-1, Severity.STOP)]
)
def test_the_period_rolls(hours: object, expected: Severity | None) -> None:
    assert severity(with_limit(given(mg(4000), hours))) is expected


@pytest.mark.parametrize(
    "parts,expected",
    [
        ([(2000, 20), (2000, 10)], NOW + 4 * HOUR),
        ([(500, 20), (3000, 10), (1000, 2)], NOW + 14 * HOUR),
        ([(1000, 20), (1000, 19), (1000, 18), (1000, 17)], NOW + 4 * HOUR),
    ],
)
def test_the_next_dose_is_possible_when_enough_lies_back(
    parts: list[tuple[int, int]], expected: datetime
) -> None:
    tried = with_limit(*(given(mg(amount), hours) for amount, hours in parts))
    assert found_in(tried, CODE).facts["next"] == expected


def test_a_dose_that_is_too_much_by_itself_is_never_possible() -> None:
    found = found_in(with_limit(given(mg(10)), most=limit(900)), CODE)
    assert (found.severity, found.facts["next"]) == (Severity.STOP, None)


@pytest.mark.parametrize(
    "most,hours,expected",
    [
        (limit(4, "g"), 4, Severity.STOP),
        (limit(4000, hours=1, span="d"), 23, Severity.STOP),
        (limit(4000, hours=1, span="wk"), 167, Severity.STOP),
        (limit(4000, hours=4, span="h"), 5, None),
    ],
)
def test_limits_in_other_units_and_periods(
    most: Ratio, hours: int, expected: Severity | None
) -> None:
    assert severity(with_limit(given(mg(4000), hours), most=most)) is expected


def test_a_count_of_doses_is_no_limit_by_amount() -> None:
    for counted in ("{dose}", "1"):
        assert told(with_limit(given(), most=limit(1, counted))) is None
    assert told(with_limit(given(mg(9000)), most=None)) is None


def test_a_limit_of_nothing_stops_every_dose() -> None:
    assert severity(with_limit(most=limit(0))) is Severity.STOP


# --- what counts ---------------------------------------------------------------------------


@pytest.mark.hazard("H38")
def test_paracetamol_from_three_products() -> None:
    codeine = given(of(2, "{tablet}"), 3, WITH_CODEINE)
    infusion = given(of(100, "mL"), 6, INFUSION)
    own = given(mg(1000), 9, TABLET, order_id="mr1", event_id="ev1")
    found = found_in(with_limit(codeine, infusion, own), CODE)
    assert (found.severity, found.facts["given"]) == (Severity.WARN, mg(3000))
    fourth = given(of(1, "{tablet}"), 12, TABLET)
    assert severity(with_limit(codeine, infusion, own, fourth)) is Severity.STOP


@pytest.mark.parametrize(
    "status,counts",
    [
        (RecordStatus.GIVEN, True),
        (RecordStatus.GIVEN_IN_PART, True),
        (RecordStatus.RUNNING, True),
        (RecordStatus.STOPPED, True),
        (RecordStatus.REMOVED, True),
        (RecordStatus.LOST, True),
        (RecordStatus.UNREADABLE, True),
        (RecordStatus.HELD, False),
        (RecordStatus.REFUSED, False),
        (RecordStatus.NOT_GIVEN, False),
        (RecordStatus.ENTERED_IN_ERROR, False),
    ],
)
def test_what_went_in_counts(status: RecordStatus, counts: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (told(with_limit(given(mg(4000), status=status))) is not None) is counts


@pytest.mark.parametrize(
    "changes,expected",
    [
        ({"given_at": NOW - 30 * HOUR, "ended_at": NOW - HOUR}, Severity.STOP),
        ({"given_at": NOW - 30 * HOUR, "ended_at": NOW - 24 * HOUR}, None),
        ({"given_at": NOW - 30 * HOUR, "status": RecordStatus.RUNNING}, Severity.STOP),
        ({"given_at": None, "recorded_at": NOW - HOUR}, Severity.STOP),
        ({"given_at": None, "recorded_at": NOW - 25 * HOUR}, None),
        ({"given_at": None, "recorded_at": None}, Severity.STOP),
    ],
)
def test_what_lasted_or_has_no_instant(changes: Value, expected: Severity | None) -> None:
    assert severity(with_limit(given(mg(4000), **changes))) is expected


def test_another_substance_does_not_count() -> None:
    assert told(with_limit(given(mg(9000), drug=OTHER))) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"medication_id": None},
        {"medication_id": "unknown"},
        {"ingredients": frozenset()},
        {"ingredients": frozenset(), "medication_id": None, "order_id": "mr1"},
        {"medication_id": None, "event_id": "ev", "order_id": "mr1"},
    ],
)
def test_the_substance_is_known_by_record_drug_file_or_order(changes: Value) -> None:
    found = found_in(with_limit(given(mg(4000), **changes)), CODE)
    assert found.facts["given"] == mg(4000)


def test_tablets_are_those_of_the_order_for_us_and_of_the_product_for_others() -> None:
    double = replace(
        product("paracetamol", 1000), ingredients=(Ingredient("paracetamol", "x", per(1000, "mg")),)
    )
    twice = given(of(2, "{tablet}"), drug=double, order_id="mr1")
    theirs, ours = with_limit(twice), with_limit(replace(twice, event_id="ev1"))
    for tried, expected in ((theirs, mg(2000)), (ours, mg(1000))):
        assert tried.chart is not None
        known = replace(tried.chart, medications=(*DRUGS, double))
        lower = replace(tried, chart=known, order=order_with(tried, limit(1500)))
        assert found_in(lower, CODE).facts["given"] == expected


def order_with(tried: Attempt, most: Ratio) -> MedicationRequest:
    """Give the order of an attempt with another limit."""
    assert tried.order is not None
    return replace(tried.order, dosages=(replace(tried.order.dosages[0], max_per_period=most),))


# --- amounts that nobody can tell ----------------------------------------------------------


UNTOLD = NotChecked(Right.DOSE, "amount-unknown")


@pytest.mark.hazard("H38")
@pytest.mark.parametrize(
    "changes,counted",
    [
        ({}, mg(1000)),
        ({"order_id": "mr1"}, mg(1000)),
        ({"order_id": "mr2"}, mg(650)),
        ({"order_id": "mr3"}, mg(1000)),
        ({"order_id": "mr4"}, mg(800)),
        ({"order_id": "none"}, mg(1000)),
    ],
)
@pytest.mark.parametrize("amount", [None, of(2, "mL")])
def test_an_amount_that_nobody_can_tell_counts_as_the_ordered_dose(
    amount: Quantity | None, changes: Value, counted: Quantity
) -> None:
    others = (
        order("mr2", dosage(mg(300)), dosage(mg(650)), dosage(mg(500)), medication=TABLET),
        order("mr3", replace(dosage(), dose=None), medication=TABLET),
        order("mr4", dosage(DoseRange(mg(400), mg(800))), medication=TABLET),
    )
    records = (given(mg(2000)), replace(given(**changes), amount=amount))
    tried = with_limit(*records, others=others)
    assert found_in(tried, CODE).facts["given"] == mg(2000 + counted.value)
    assert UNTOLD in judge(tried).not_checked


def test_known_amounts_are_no_estimate() -> None:
    assert UNTOLD not in judge(with_limit(given())).not_checked
    beyond = replace(given(hours=30), amount=None)
    assert UNTOLD not in judge(with_limit(beyond)).not_checked


def test_an_estimate_by_weight() -> None:
    by_weight = order("mr2", dosage(of(10, "mg/kg")), medication=TABLET)
    unknown = replace(given(order_id="mr2"), amount=None)
    tried = with_limit(given(mg(2500)), unknown, others=(by_weight,), weight=of(50, "kg"))
    assert found_in(tried, CODE).facts["given"] == mg(3000)
    without = with_limit(given(mg(2500)), unknown, others=(by_weight,))
    assert found_in(without, CODE).facts["given"] == mg(3500)


def test_a_substance_without_a_name_is_called_like_its_drug() -> None:
    nameless = replace(TABLET, ingredients=(Ingredient("paracetamol", "", per(500, "mg")),))
    found = found_in(with_limit(given(mg(4000)), drug=nameless), CODE)
    assert found.facts["drug"] == TABLET.name


def test_other_drugs_and_old_doses_between_hide_no_later_one() -> None:
    metformin = given(mg(500), hours=3, drug=OTHER)
    held = given(mg(500), hours=3, status=RecordStatus.HELD)
    records = (given(mg(900), hours=30), metformin, held, given(mg(3500), hours=2))
    found = found_in(with_limit(*records), CODE)
    assert found.facts["given"] == mg(3500)


def test_the_release_names_the_substance_and_the_whole_amount_with_this_dose() -> None:
    found = found_in(with_limit(given(mg(3500))), CODE)
    assert found.subject == "paracetamol 4500 mg"
