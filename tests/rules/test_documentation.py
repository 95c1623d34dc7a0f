"""The right documentation: who charts, with whom, and on how fresh a chart."""

from dataclasses import replace

import pytest

from bcma.model.people import BandScan, Practitioner, Session
from bcma.model.record import RecordStatus, ReleaseRecord
from bcma.model.verdict import Severity
from bcma.rules import Answers, judge
from bcma.rules.documentation import pinned_to
from tests.rules.builders import (
    DAY,
    DOCTOR,
    HOUR,
    MANAGER,
    MINUTE,
    NOW,
    NURSE,
    PHARMACIST,
    SECOND,
    STUDENT,
    Value,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    record,
)
from tests.rules.test_judge import lacking

STALE = "documentation.orders-stale"


@pytest.mark.hazard("H83")
def test_nobody_signed_in_stops() -> None:
    assert found_in(attempt(session=None), "documentation.signed-out").severity is Severity.STOP


@pytest.mark.parametrize(
    "person,may",
    [(NURSE, True), (DOCTOR, True), (PHARMACIST, False), (MANAGER, False), (STUDENT, False)],
)
def test_only_nurses_and_doctors_give(person: Practitioner, may: bool) -> None:  # noqa: FBT001 - a row of the table
    tried = attempt(session=Session(person, NOW))
    assert ("documentation.role" in codes(tried)) is not may
    if not may:
        found = found_in(tried, "documentation.role")
        assert found.facts["roles"] == tuple(role.value for role in person.roles)


@pytest.mark.parametrize(
    "age,severity",
    [
        (15 * MINUTE, None),
        (15 * MINUTE + SECOND, Severity.WARN),
        (4 * HOUR, Severity.WARN),
        (4 * HOUR + SECOND, Severity.STOP),
        (None, Severity.STOP),
    ],
)
def test_old_orders_are_warned_about_and_stop_in_the_end(
    age: Value, severity: Severity | None
) -> None:
    as_of = None if age is None else NOW - age
    tried = attempt(chart=chart(orders_as_of=as_of))
    found = findings_of(tried, STALE)
    assert [f.severity for f in found] == ([] if severity is None else [severity])
    assert lacking(found) == []


def test_how_old_the_orders_are_is_told_in_whole_minutes() -> None:
    stale, offline = NOW - HOUR - 59 * SECOND, NOW - 5 * HOUR - SECOND
    warned = found_in(attempt(chart=chart(orders_as_of=stale)), STALE)
    assert (warned.subject, warned.facts) == ("", {"minutes": 60, "as_of": stale})
    stopped = found_in(attempt(chart=chart(orders_as_of=offline)), STALE)
    assert (stopped.subject, stopped.facts) == ("downtime", {"minutes": 300, "as_of": offline})
    never = found_in(attempt(chart=chart(orders_as_of=None)), STALE)
    assert (never.subject, never.facts) == ("downtime", {"as_of": None})


def test_the_reason_for_the_warning_does_not_release_the_stop() -> None:
    warned = attempt(chart=chart(orders_as_of=NOW - HOUR))
    subject = found_in(warned, STALE).subject
    release = ReleaseRecord(code=STALE, subject=subject, reason="other")
    answers = Answers(releases=(release,))
    assert codes(replace(warned, answers=answers)) == set()
    stopped = attempt(chart=chart(orders_as_of=NOW - DAY), answers=answers)
    assert codes(stopped) == {STALE}


@pytest.mark.hazard("H47")
def test_two_doses_of_one_slot_hold_every_next_dose() -> None:
    slot = NOW - DAY
    two = tuple(record(given_at=slot, slot=slot, event_id=f"e{n}") for n in range(2))
    tried = attempt(chart=chart(administrations=two))
    found = found_in(tried, "documentation.conflict")
    assert (found.release, found.facts["planned"], found.facts["count"]) == (
        ("prescriber",),
        slot,
        2,
    )
    resolved = (two[0], replace(two[1], status=RecordStatus.ENTERED_IN_ERROR))
    assert codes(attempt(chart=chart(administrations=resolved))) == set()


def test_parts_of_one_dose_and_unplanned_doses_are_no_conflict() -> None:
    slot = NOW - DAY
    part = record(RecordStatus.GIVEN_IN_PART, slot=slot, given_at=slot, event_id="e1")
    rest = record(slot=slot, given_at=slot, event_id="e2")
    lost = record(RecordStatus.LOST, slot=slot, given_at=slot, event_id="e5")
    unplanned = tuple(record(given_at=slot, event_id=f"e{n}") for n in range(3, 5))
    tried = attempt(chart=chart(administrations=(part, rest, lost, *unplanned)))
    assert codes(tried) == set()
    assert judge(attempt(chart=None)).findings


LIMIT = 4 * HOUR


def scan(station: str, before: Value) -> BandScan:
    """Give a band scan some time before the news ended."""
    return BandScan(
        patient_id="p1", band="BN0001.2", station=station, at=NOW - DAY - before, by_id="n2"
    )


@pytest.mark.hazard("H110")
@pytest.mark.parametrize(
    "scans,pin",
    [
        ((), None),
        ((scan("B", MINUTE),), "B"),
        ((scan("B", 0 * MINUTE),), "B"),
        ((scan("B", -SECOND),), None),
        ((scan("A", MINUTE),), None),
        ((scan("B", 2 * MINUTE), scan("A", MINUTE)), None),
        ((scan("A", 2 * MINUTE), scan("B", MINUTE)), "B"),
        ((scan("B", MINUTE), scan("C", 2 * MINUTE)), "B"),
    ],
)
def test_in_downtime_a_patient_stays_with_the_station_that_was_last_told(
    scans: tuple[BandScan, ...], pin: str | None
) -> None:
    tried = attempt(station="A", chart=chart(band_scans=scans, orders_as_of=NOW - DAY))
    found = findings_of(tried, "documentation.other-station")
    assert [(f.severity, f.subject, f.facts["station"]) for f in found] == (
        [] if pin is None else [(Severity.WARN, pin, pin)]
    )


@pytest.mark.parametrize("age,pinned", [(LIMIT, False), (LIMIT + SECOND, True), (None, False)])
def test_only_downtime_pins(age: Value, pinned: bool) -> None:  # noqa: FBT001 - a row of the table
    as_of = None if age is None else NOW - age
    known = chart(band_scans=(scan("B", MINUTE),), orders_as_of=as_of)
    assert (pinned_to(attempt(station="A", chart=known)) == "B") is pinned
    assert pinned_to(attempt(chart=None)) is None
