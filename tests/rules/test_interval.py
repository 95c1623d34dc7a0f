"""The right time, continued: how long since the last dose, and how many there were."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.order import PeriodUnit, Timing
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import Claim, ClaimKind, SlotState
from bcma.model.verdict import Severity
from bcma.rules import Attempt
from tests.rules.builders import (
    AS_NEEDED,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    Value,
    attempt,
    chart,
    claim_of,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    record,
)
from tests.rules.test_judge import lacking


def given_before(ago: timedelta, **changes: Value) -> tuple[MedicationAdministration, ...]:
    return (record(given_at=NOW - ago, **changes),)


@pytest.mark.hazard("H55")
@pytest.mark.parametrize("ago,stopped", [(6 * HOUR - SECOND, True), (6 * HOUR, False)])
def test_half_the_shortest_interval_keeps_two_doses_apart(
    ago: timedelta,
    stopped: bool,  # noqa: FBT001 - a row of the table
) -> None:
    tried = attempt(chart=chart(administrations=given_before(ago)))
    assert ("time.too-soon" in codes(tried)) is stopped
    if stopped:
        found = found_in(tried, "time.too-soon")
        assert (found.severity, found.release, found.subject) == (
            Severity.STOP,
            ("prescriber",),
            "ev1",
        )
        assert found.facts == {
            "given_at": NOW - ago,
            "given_by": "Lê Thu Hà",
            "next": NOW - ago + 6 * HOUR,
        }


def as_needed(before: tuple[MedicationAdministration, ...] = (), **changes: Value) -> Attempt:
    fields: dict[str, Value] = {"timing": AS_NEEDED} | changes
    needed = order("mr1", dosage(as_needed=True, **fields))
    return attempt(
        order=needed,
        claim=Claim(kind=ClaimKind.AS_NEEDED),
        chart=chart(needed, administrations=before),
    )


@pytest.mark.hazard("H49")
@pytest.mark.parametrize(
    "timing,least",
    [
        (AS_NEEDED, 6 * HOUR),
        (Timing(code="Q4H:PRN"), 4 * HOUR),
        (Timing(code="BID"), 12 * HOUR),
        (replace(AS_NEEDED, code="Q4H"), 6 * HOUR),
        (Timing(frequency=4, period=Decimal(1), period_unit=PeriodUnit.DAY), 6 * HOUR),
        (Timing(period=Decimal("1.5"), period_unit=PeriodUnit.HOUR), 90 * MINUTE),
        (Timing(period=Decimal(1), period_unit=PeriodUnit.MONTH), 31 * DAY),
    ],
)
def test_an_as_needed_dose_keeps_its_interval(timing: Timing, least: timedelta) -> None:
    soon = as_needed(given_before(least - SECOND), timing=timing)
    assert found_in(soon, "time.too-soon").facts["next"] == NOW + SECOND
    assert findings_of(as_needed(given_before(least), timing=timing), "time.too-soon") == []


@pytest.mark.parametrize("timing", [None, Timing(), Timing(period=Decimal(1))])
def test_without_an_interval_the_same_order_again_is_warned_about(timing: Timing | None) -> None:
    again = as_needed(given_before(5 * MINUTE - SECOND), timing=timing)
    assert found_in(again, "time.too-soon").severity is Severity.WARN
    assert findings_of(as_needed(given_before(5 * MINUTE), timing=timing), "time.too-soon") == []


def test_only_what_went_in_at_a_known_time_counts() -> None:
    held = record(RecordStatus.HELD, given_at=NOW - MINUTE)
    undated = record(given_at=None)
    other = record(given_at=NOW - MINUTE, order_id="mr9")
    tried = attempt(chart=chart(administrations=(held, undated, other)))
    assert findings_of(tried, "time.too-soon") == []


@pytest.mark.parametrize(
    "names,subject", [(("ev1", "r1"), "ev1"), ((None, "r1"), "r1"), ((None, None), "")]
)
def test_the_last_dose_is_named_as_far_as_it_has_a_name(
    names: tuple[str | None, str | None], subject: str
) -> None:
    event, resource = names
    before = given_before(MINUTE, event_id=event, resource_id=resource)
    tried = attempt(chart=chart(administrations=before))
    assert found_in(tried, "time.too-soon").subject == subject


@pytest.mark.hazard("H103")
def test_a_dose_under_a_renewal_counts() -> None:
    under_copy = chart(administrations=given_before(MINUTE, order_id="mr0"))
    tried = attempt(chart=under_copy, chain=(order("mr0"), order("mr1")))
    assert found_in(tried, "time.too-soon").severity is Severity.STOP


def test_the_rest_of_a_part_dose_is_not_too_soon_after_its_part() -> None:
    part = record(RecordStatus.GIVEN_IN_PART, given_at=NOW - MINUTE)
    tried = attempt(
        claim=claim_of(NOW, state=SlotState.GIVEN_IN_PART, record=part),
        chart=chart(administrations=(part,)),
    )
    assert findings_of(tried, "time.too-soon") == []


def test_a_single_dose_has_no_interval() -> None:
    single = replace(claim_of(NOW), shortest_interval=None)
    tried = attempt(claim=single, chart=chart(administrations=given_before(10 * MINUTE)))
    assert findings_of(tried, "time.too-soon") == []
    assert findings_of(replace(tried, dosage=None), "time.too-soon") == []


LENGTHS = {"h": HOUR, "d": DAY, "mo": 31 * DAY}


def limit(count: int, value: object = 1, unit_of_time: str = "d", counted: str = "{dose}") -> Ratio:
    return Ratio(Quantity(Decimal(count), counted), Quantity(Decimal(str(value)), unit_of_time))


@pytest.mark.hazard("H50")
@pytest.mark.parametrize(
    "most,ago,stopped",
    [
        (limit(2), DAY - SECOND, True),
        (limit(2), DAY, False),
        (limit(3), HOUR, False),
        (limit(2, 12, "h", "1"), 12 * HOUR - SECOND, True),
        (limit(2, 12, "h"), 12 * HOUR, False),
        (limit(2, 1, "mo"), 30 * DAY, True),
        (limit(2, counted="mg"), HOUR, False),
        (limit(2, 1, "mL"), HOUR, False),
    ],
)
def test_a_rolling_count_is_used_up(
    most: Ratio,
    ago: timedelta,
    stopped: bool,  # noqa: FBT001 - a row of the table
) -> None:
    first = record(given_at=NOW - ago)
    second = record(given_at=NOW - min(ago, 7 * HOUR) + SECOND, event_id="ev2")
    tried = as_needed((first, second), max_per_period=most)
    found = findings_of(tried, "time.prn-max")
    assert len(found) == stopped
    if stopped:
        assert found[0].release == ("prescriber",)
        assert lacking(found) == []
        length = int(most.denominator.value) * LENGTHS[most.denominator.unit]
        assert found[0].facts == {
            "count": 2,
            "limit": most.numerator,
            "next": NOW - ago + length,
        }
