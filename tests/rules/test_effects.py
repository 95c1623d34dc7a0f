"""The right response, continued: whether the effect of as-needed doses was looked at."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcma.model.events import EffectCheck
from bcma.model.order import OrderStatus
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Answers, Attempt, BandInHand
from bcma.rules.effect import effects_due
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
    dosage,
    findings_of,
    found_in,
    order,
    policy,
    record,
)

OVERDUE, FOLLOW_UP = "response.overdue", "response.follow-up"
NEEDED = order("mr1", dosage(timing=AS_NEEDED, as_needed=True))


def before(
    given_at: datetime | None = NOW - 7 * HOUR, **changes: Value
) -> MedicationAdministration:
    made = record(given_at=given_at, slot=None, route="PO", medication_name="Paracetamol 500 mg")
    return replace(made, **changes)


def check(at: datetime = NOW - 6 * HOUR, record_id: str = "ev1") -> EffectCheck:
    return EffectCheck(event_id="c1", patient_id="p1", record_id=record_id, at=at)


def next_dose(
    *records: MedicationAdministration, checks: tuple[EffectCheck, ...] = (), **changes: Value
) -> Attempt:
    ordered = changes.pop("order", NEEDED)
    known = chart(ordered, administrations=records, effect_checks=checks)
    answers = Answers(prn_reason="Theo chẩn đoán")
    return attempt(order=ordered, chart=known, answers=answers, **changes)


@pytest.mark.hazard("H77")
def test_the_next_dose_warns_where_the_effect_of_the_last_was_not_looked_at() -> None:
    found = found_in(next_dose(before()), OVERDUE)
    assert (found.severity, found.release) == (Severity.WARN, (ReleaseBy.REASON,))
    assert found.subject == "ev1"
    assert found.facts == {
        "drug": "Paracetamol 500 mg",
        "given_at": NOW - 7 * HOUR,
        "due": NOW - 6 * HOUR,
    }


@pytest.mark.parametrize("names,subject", [((None, "ma1"), "ma1"), ((None, None), "")])
def test_a_dose_of_another_system_is_named_as_far_as_it_has_a_name(
    names: tuple[str | None, str | None], subject: str
) -> None:
    event, resource = names
    last = before(event_id=event, resource_id=resource)
    assert found_in(next_dose(last), OVERDUE).subject == subject


@pytest.mark.hazard("H77")
@pytest.mark.parametrize(
    "route, minutes", [("PO", 60), ("IV", 30), ("SC", 30), (None, 30), ("NG", 30)]
)
def test_it_is_overdue_when_the_time_for_its_route_is_over(route: str | None, minutes: int) -> None:
    due = NOW - minutes * MINUTE
    assert findings_of(next_dose(before(due, route=route)), OVERDUE) == []
    assert findings_of(next_dose(before(due - SECOND, route=route)), OVERDUE)


def test_the_site_sets_the_minutes_and_may_turn_it_off() -> None:
    site = policy(effect_check_minutes={"PO": 120, "IV": 0})
    late = before(NOW - 2 * HOUR - SECOND)
    assert findings_of(next_dose(late, policy=site), OVERDUE)
    assert findings_of(next_dose(before(NOW - 2 * HOUR), policy=site), OVERDUE) == []
    assert findings_of(next_dose(replace(late, route="IV"), policy=site), OVERDUE) == []


def test_after_a_day_nobody_is_asked_any_more() -> None:
    assert findings_of(next_dose(before(NOW - DAY)), OVERDUE)
    assert findings_of(next_dose(before(NOW - DAY - SECOND)), OVERDUE) == []


@pytest.mark.parametrize(
    "made, counts",
    [
        (check(), True),
        (check(NOW - 7 * HOUR), True),
        (check(NOW - 7 * HOUR - SECOND), False),
        (check(record_id="another"), False),
        (check(record_id="ma1"), True),
    ],
)
def test_a_look_at_that_very_dose_is_enough(made: EffectCheck, *, counts: bool) -> None:
    tried = next_dose(before(resource_id="ma1"), checks=(made,))
    assert (findings_of(tried, OVERDUE) == []) is counts


def test_only_the_last_dose_counts() -> None:
    fresh = before(NOW - 10 * MINUTE, event_id="ev2")
    assert findings_of(next_dose(before(), fresh), OVERDUE) == []


@pytest.mark.parametrize(
    "status, counts",
    [
        (RecordStatus.GIVEN, True),
        (RecordStatus.GIVEN_IN_PART, True),
        (RecordStatus.RUNNING, True),
        (RecordStatus.STOPPED, True),
        (RecordStatus.REMOVED, True),
        (RecordStatus.LOST, False),
        (RecordStatus.HELD, False),
        (RecordStatus.REFUSED, False),
        (RecordStatus.ENTERED_IN_ERROR, False),
        (RecordStatus.UNREADABLE, False),
    ],
)
def test_only_what_went_in_has_an_effect(status: RecordStatus, *, counts: bool) -> None:
    tried = next_dose(before(status=status))
    assert bool(findings_of(tried, OVERDUE)) is counts


def test_a_record_without_a_readable_time_is_as_old_as_its_entry() -> None:
    known = before(given_at=None, recorded_at=NOW - 2 * HOUR)
    assert found_in(next_dose(known), OVERDUE).facts["given_at"] == NOW - 2 * HOUR
    assert findings_of(next_dose(before(given_at=None)), OVERDUE) == []


def test_planned_doses_and_orders_out_of_force_are_not_asked() -> None:
    assert findings_of(next_dose(before(), order=order()), OVERDUE) == []
    stopped = replace(NEEDED, status=OrderStatus.STOPPED)
    assert findings_of(next_dose(before(), order=stopped), OVERDUE) == []
    assert findings_of(next_dose(before(), dosage=None), OVERDUE) == []
    assert findings_of(attempt(order=NEEDED, chart=None), OVERDUE) == []
    assert findings_of(next_dose(), OVERDUE) == []


def test_the_warning_is_about_one_dose() -> None:
    tried = next_dose(before(event_id=None, resource_id="ma1"))
    assert found_in(tried, OVERDUE).subject == "ma1"


# --- tasks ---------------------------------------------------------------------------------


def at_the_band(*records: MedicationAdministration, **changes: Value) -> Attempt:
    base = next_dose(*records, **changes)
    band = BandInHand(at=NOW)
    return replace(base, order=None, units=(), chain=(), dosage=None, claim=None, band=band)


@pytest.mark.hazard("H77")
def test_the_band_shows_the_effects_that_are_to_be_looked_at_now() -> None:
    given_at = NOW - HOUR
    found = found_in(at_the_band(before(given_at)), FOLLOW_UP)
    assert (found.severity, found.subject) == (Severity.INFO, "ev1")
    assert found.facts == {"drug": "Paracetamol 500 mg", "given_at": given_at, "next": NOW}
    foreign = before(given_at, event_id=None, resource_id="ma1")
    assert found_in(at_the_band(foreign), FOLLOW_UP).subject == "ma1"
    nameless = before(given_at, event_id=None)
    assert found_in(at_the_band(nameless), FOLLOW_UP).subject == ""
    assert findings_of(at_the_band(before(given_at + SECOND)), FOLLOW_UP) == []


def test_a_dose_in_hand_shows_no_tasks() -> None:
    assert findings_of(next_dose(before()), FOLLOW_UP) == []
    assert findings_of(replace(at_the_band(before()), chart=None), FOLLOW_UP) == []


@pytest.mark.parametrize(
    "made, is_task",
    [
        (before(), True),
        (before(slot=NOW - 7 * HOUR), False),
        (before(order_id="gone", prn_reason="Đau"), True),
        (before(order_id=None, prn_reason="Đau"), True),
        (before(order_id="gone"), False),
        (before(order_id="gone", prn_reason="Đau", event_id=None, resource_id="ma1"), False),
        (before(order_id="mr2"), False),
    ],
)
def test_a_task_follows_every_as_needed_dose(
    made: MedicationAdministration, *, is_task: bool
) -> None:
    known = chart(NEEDED, order("mr2"), administrations=(made,))
    assert bool(effects_due(known, policy(), NOW)) is is_task


def test_tasks_are_in_order_of_their_time() -> None:
    by_mouth = before(NOW - 50 * MINUTE, event_id="a")
    by_vein = before(NOW - 40 * MINUTE, event_id="b", route="IV")
    earlier_by_vein = before(NOW - 45 * MINUTE, event_id="c", route="IV")
    known = chart(NEEDED, administrations=(by_mouth, by_vein, earlier_by_vein))
    tasks = effects_due(known, policy(), NOW)
    assert [task.record.event_id for task in tasks] == ["c", "b", "a"]
    assert [task.is_overdue(NOW) for task in tasks] == [True, True, False]
    assert [task.due for task in tasks][2] == NOW + 10 * MINUTE
