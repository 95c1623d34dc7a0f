"""The right time: windows, claimed slots, stop dates and moves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bcma.model.order import OrderStatus
from bcma.model.record import Infusion, RecordStatus
from bcma.model.slot import Claim, ClaimKind, SlotState
from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.time import slot_is_open
from tests.rules.builders import (
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    STAY,
    Value,
    at,
    attempt,
    chart,
    claim_of,
    codes,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    policy,
    record,
    slot,
)
from tests.rules.test_judge import lacking

NONE = {"early": None, "late": None}


def due(offset: timedelta, **changes: Value) -> Attempt:
    """Try a dose that is planned this long after now (before: negative)."""
    site = changes.pop("policy", policy())
    return attempt(claim=claim_of(NOW + offset, **changes), policy=site)


@pytest.mark.hazard("H52", "H53")
@pytest.mark.parametrize(
    "offset,expected",
    [
        (HOUR, None),
        (HOUR + SECOND, ("time.early", Severity.WARN)),
        (6 * HOUR, ("time.early", Severity.WARN)),
        (6 * HOUR + SECOND, ("time.early", Severity.STOP)),
        (-HOUR, None),
        (-HOUR - SECOND, ("time.late", Severity.WARN)),
        (-100 * HOUR, ("time.late", Severity.WARN)),
    ],
)
def test_both_edges_of_the_window_belong_to_it(
    offset: timedelta, expected: tuple[str, Severity] | None
) -> None:
    found = [f for f in judge(due(offset)).findings if f.code.startswith("time.")]
    assert [(f.code, f.severity) for f in found] == ([] if expected is None else [expected])
    assert lacking(found) == []


def test_early_and_late_name_their_slot() -> None:
    late = found_in(due(-2 * HOUR), "time.late")
    assert late.subject == slot(NOW - 2 * HOUR).id
    assert late.facts == {
        "planned": NOW - 2 * HOUR,
        "latest": NOW - HOUR,
        "next": NOW + 10 * HOUR,
        "minutes": 120,
    }
    early = found_in(due(2 * HOUR), "time.early")
    assert early.subject == slot(NOW + 2 * HOUR).id
    assert early.facts == {"planned": NOW + 2 * HOUR, "earliest": NOW + HOUR, "minutes": 120}


def test_the_rest_of_a_dose_may_be_late_but_not_the_bottle_that_follows() -> None:
    part = record(RecordStatus.GIVEN_IN_PART, given_at=NOW - HOUR)
    bottle = record(given_at=NOW - HOUR, infusion=Infusion())
    for before, late in ((part, True), (bottle, False)):
        claim = claim_of(NOW - 2 * HOUR, state=SlotState.GIVEN_IN_PART, record=before)
        assert bool(findings_of(attempt(claim=claim), "time.late")) is late


@pytest.mark.parametrize(
    "tried,why",
    [
        (attempt(claim=None), "no-order"),
        (attempt(order=order(status=OrderStatus.STOPPED)), "inactive-order"),
    ],
)
def test_time_is_not_checked_without_an_order_in_force(tried: Attempt, why: str) -> None:
    assert list(slot_is_open(tried)) == [NotChecked(Right.TIME, why)]


@pytest.mark.parametrize(
    "offset,severity", [(HOUR, Severity.WARN), (HOUR + SECOND, Severity.STOP), (30 * MINUTE, None)]
)
def test_a_strict_ward_stops_an_hour_before_and_never_after(
    offset: timedelta, severity: Severity | None
) -> None:
    strict = {"policy": policy(windows="strict"), "early": 30 * MINUTE, "late": 30 * MINUTE}
    found = findings_of(due(offset, **strict), "time.early")
    assert [f.severity for f in found] == ([] if severity is None else [severity])
    assert found_in(due(-50 * HOUR, **strict), "time.late").severity is Severity.WARN


@pytest.mark.parametrize(
    "offset,interval,warned",
    [
        (6 * HOUR, 12 * HOUR, False),
        (6 * HOUR + SECOND, 12 * HOUR, True),
        (12 * HOUR, None, False),
        (12 * HOUR + SECOND, None, True),
        (-500 * HOUR, 12 * HOUR, False),
    ],
)
def test_a_slot_without_window_is_never_late_and_early_from_half_an_interval(
    offset: timedelta,
    interval: timedelta | None,
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    found = findings_of(due(offset, interval=interval, **NONE), "time.early")
    assert [f.severity for f in found] == ([Severity.WARN] if warned else [])
    assert findings_of(due(offset, interval=interval, **NONE), "time.late") == []


@pytest.mark.hazard("H46", "H103")
def test_a_given_slot_stops_and_says_by_whom() -> None:
    given = record(given_at=NOW - HOUR)
    tried = attempt(claim=claim_of(NOW, ClaimKind.ALREADY_GIVEN, SlotState.GIVEN, given))
    found = found_in(tried, "time.already-given")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert (found.facts["given_by"], found.facts["given_where"]) == ("Lê Thu Hà", "B")
    assert (found.subject, found.facts["planned"]) == (slot().id, NOW)
    assert (found.facts["given_at"], found.facts["next"]) == (NOW - HOUR, NOW + 12 * HOUR)
    bare = found_in(attempt(claim=Claim(kind=ClaimKind.ALREADY_GIVEN)), "time.already-given")
    assert bare.subject == ""
    assert lacking([found, bare]) == []


@pytest.mark.hazard("H54")
def test_a_missed_slot_is_chosen_about() -> None:
    before, coming = claim_of(NOW - 8 * HOUR).standing, claim_of(NOW + 4 * HOUR)
    tried = attempt(claim=replace(coming, kind=ClaimKind.MISSED_CHOICE, before=before))
    found = found_in(tried, "time.missed-choice")
    assert (found.severity, found.facts["planned"]) == (Severity.ASK, NOW - 8 * HOUR)
    assert found.facts["next"] == NOW + 4 * HOUR
    assert found.subject == slot(NOW - 8 * HOUR).id
    bare = found_in(attempt(claim=Claim(kind=ClaimKind.MISSED_CHOICE)), "time.missed-choice")
    assert bare.subject == ""
    assert lacking([found, bare]) == []


def test_without_a_slot_nothing_is_due() -> None:
    none_open = Claim(kind=ClaimKind.NOT_DUE, next_planned=NOW + HOUR)
    found = found_in(attempt(claim=none_open), "time.not-due")
    assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
    assert found.facts["next"] == NOW + HOUR
    for kind in (ClaimKind.AS_NEEDED, ClaimKind.UNREADABLE):
        assert codes(attempt(claim=Claim(kind=kind))) == set()
    assert codes(attempt(claim=None)) == set()


@pytest.mark.parametrize(
    "kind, why",
    [(ClaimKind.UNREADABLE, {"unreadable-order"}), (ClaimKind.AS_NEEDED, set())],
)
def test_an_unreadable_schedule_is_not_checked(kind: ClaimKind, why: set[str]) -> None:
    missing = judge(attempt(claim=Claim(kind=kind))).not_checked
    assert {n.why for n in missing if n.right is Right.TIME} == why


@pytest.mark.hazard("H104")
@pytest.mark.parametrize(
    "status,state",
    [
        (RecordStatus.HELD, SlotState.HELD),
        (RecordStatus.REFUSED, SlotState.REFUSED),
        (RecordStatus.NOT_GIVEN, SlotState.NOT_GIVEN),
    ],
)
def test_a_slot_that_was_not_given_is_reopened(status: RecordStatus, state: SlotState) -> None:
    claimed = claim_of(NOW, state=state, record=record(status, reason="asleep"))
    found = found_in(attempt(claim=claimed), "time.reopen")
    assert (found.severity, found.facts["status"], found.facts["reason"]) == (
        Severity.ASK,
        state.value,
        "asleep",
    )
    assert (found.facts["planned"], found.facts["given_by"]) == (NOW, "Lê Thu Hà")
    answered = attempt(claim=claimed, answers=Answers(reopened_slot=found.subject))
    assert codes(answered) == set()


def test_a_claim_without_a_slot_has_nothing_to_reopen() -> None:
    bare = attempt(claim=Claim(kind=ClaimKind.SLOT))
    assert codes(bare) == set()
    assert findings_of(bare, "time.reopen") == []


def test_of_an_order_that_is_not_in_force_no_time_is_judged() -> None:
    stopped = order(status=OrderStatus.STOPPED)
    for claimed in (claim_of(at(20)), Claim(kind=ClaimKind.NOT_DUE)):
        tried = attempt(
            order=stopped,
            claim=claimed,
            chart=chart(stopped, administrations=(record(given_at=NOW - MINUTE),)),
        )
        assert not [c for c in codes(tried) if c.startswith("time.")]


@pytest.mark.hazard("H66")
@pytest.mark.parametrize("planned,passed", [(NOW, False), (NOW + SECOND, True)])
def test_a_stop_date_is_held_against_the_planned_instant(
    planned: datetime, *, passed: bool
) -> None:
    reviewed = order("mr1", dosage(mg(500)), stop_date=NOW)
    tried = attempt(order=reviewed, claim=claim_of(planned), chart=chart(reviewed))
    late = attempt(order=reviewed, chart=chart(reviewed), now=NOW + 50 * MINUTE)
    found = findings_of(tried, "time.stop-date")
    assert [(f.severity, f.facts["limit"], f.subject) for f in found] == [
        (Severity.WARN, NOW, NOW.isoformat())
    ] * passed
    assert findings_of(late, "time.stop-date") == []


@pytest.mark.hazard("H66")
def test_the_stop_date_of_an_as_needed_order_is_held_against_now() -> None:
    reviewed = order("mr1", dosage(mg(500), as_needed=True), stop_date=NOW)
    needed = Claim(kind=ClaimKind.AS_NEEDED)
    tried = attempt(order=reviewed, claim=needed, chart=chart(reviewed))
    assert findings_of(tried, "time.stop-date") == []
    assert findings_of(replace(tried, now=NOW + SECOND), "time.stop-date")
    assert findings_of(replace(tried, now=NOW + SECOND, claim=None), "time.stop-date")


def moved(moved_at: datetime | None, given_at: datetime | None, **changes: Value) -> Attempt:
    stay = replace(STAY, moved_at=moved_at, ward_name="Khoa Ngoại")
    before = () if given_at is None else (record(given_at=given_at),)
    return attempt(chart=chart(encounters=(stay,), administrations=before), **changes)


@pytest.mark.hazard("H58")
def test_after_a_move_the_last_real_dose_is_shown() -> None:
    found = found_in(moved(NOW - HOUR, NOW - 12 * HOUR), "time.moved")
    assert found.severity is Severity.INFO
    assert found.facts == {
        "given_at": NOW - 12 * HOUR,
        "ward": "Khoa Ngoại",
        "next": NOW,
    }
    single = replace(claim_of(), shortest_interval=None)
    for claim in (single, None):
        told = found_in(moved(NOW - HOUR, NOW - 12 * HOUR, claim=claim), "time.moved")
        assert told.facts["next"] is None


@pytest.mark.parametrize(
    "moved_at,given_at",
    [(None, NOW - 12 * HOUR), (NOW - HOUR, None), (NOW - 12 * HOUR, NOW - 12 * HOUR)],
)
def test_who_was_not_moved_since_is_not_told_about(
    moved_at: datetime | None, given_at: datetime | None
) -> None:
    assert findings_of(moved(moved_at, given_at), "time.moved") == []
    assert findings_of(attempt(chart=chart(encounters=())), "time.moved") == []
