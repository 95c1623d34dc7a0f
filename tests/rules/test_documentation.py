"""The right documentation: who charts, with whom, and on how fresh a chart."""

from dataclasses import replace

import pytest

from bcma.model.drug import Coding, HighAlert
from bcma.model.people import Practitioner, Role, Session
from bcma.model.record import RecordStatus, ReleaseRecord
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt, BandInHand, Second, judge
from bcma.rules.documentation import may_witness
from tests.rules.builders import (
    DAY,
    DOCTOR,
    HOUR,
    MANAGER,
    MINUTE,
    NOW,
    NURSE,
    OTHER_NURSE,
    PARACETAMOL,
    PHARMACIST,
    SECOND,
    STUDENT,
    Value,
    at,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    policy,
    record,
    unit,
)
from tests.rules.test_judge import lacking

NIGHT = at(20)
ALONE = Answers(
    releases=(ReleaseRecord(code="documentation.witness-unavailable", reason="no-second-person"),)
)


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


def high_alert(level: HighAlert = HighAlert.REQUIRED, **changes: Value) -> Attempt:
    drug = replace(PARACETAMOL, high_alert=level)
    instruction = changes.pop("instruction", dosage())
    base = attempt(unit(drug), order=order("mr1", instruction, medication=drug))
    return replace(base, **changes)


def with_witness(person: Practitioner, *, proven: bool = True) -> Answers:
    return Answers(witness=Second(practitioner=person, proven=proven, at=NOW + 5 * SECOND))


@pytest.mark.hazard("H81", "H82")
@pytest.mark.parametrize(
    "answers,expected",
    [
        (Answers(), {"documentation.witness"}),
        (with_witness(OTHER_NURSE), set()),
        (with_witness(PHARMACIST), set()),
        (with_witness(OTHER_NURSE, proven=False), {"documentation.witness"}),
        (with_witness(STUDENT), {"documentation.witness"}),
        (with_witness(replace(OTHER_NURSE, active=False)), {"documentation.witness"}),
        (with_witness(NURSE), {"documentation.not-independent", "documentation.witness"}),
    ],
)
def test_a_high_alert_drug_wants_an_independent_second_person(
    answers: Answers, expected: set[str]
) -> None:
    assert codes(high_alert(answers=answers)) == expected


@pytest.mark.hazard("H81")
def test_a_witness_who_confirms_faster_than_anybody_reads_is_warned_about() -> None:
    hasty = Answers(witness=Second(practitioner=OTHER_NURSE, proven=True, at=NOW + 2 * SECOND))
    found = found_in(high_alert(answers=hasty), "documentation.not-independent")
    assert (found.severity, found.release) == (Severity.WARN, ("reason",))


def test_a_recommended_witness_is_offered() -> None:
    offered = high_alert(HighAlert.RECOMMENDED)
    assert found_in(offered, "documentation.witness").severity is Severity.INFO


def test_the_strictest_level_of_order_unit_and_site_counts() -> None:
    strong = replace(PARACETAMOL, high_alert=HighAlert.REQUIRED)
    assert codes(attempt(unit(strong))) == {"documentation.witness"}
    assert codes(attempt(order=order(medication=strong))) == {"documentation.witness"}
    coded = replace(PARACETAMOL, drug_codes=frozenset({"MOR"}))
    site = policy(high_alert={"MOR": "required"})
    assert codes(attempt(unit(coded), policy=site)) == {"documentation.witness"}
    assert codes(attempt()) == set()


@pytest.mark.hazard("H06", "H111")
@pytest.mark.parametrize("level", [HighAlert.NONE, HighAlert.RECOMMENDED])
def test_what_only_recommends_a_witness_wants_one_for_what_was_identified_by_hand(
    level: HighAlert,
) -> None:
    wanted = level is HighAlert.RECOMMENDED
    by_hand = high_alert(level, band=BandInHand(at=NOW, reason="band-missing"))
    assert ("documentation.witness" in codes(by_hand)) is wanted
    drug = replace(PARACETAMOL, high_alert=level)
    typed = high_alert(level, units=(unit(drug, scanned=False, reason="no-barcode"),))
    assert ("documentation.witness" in codes(typed)) is wanted
    assert codes(high_alert(level)) == set()


@pytest.mark.hazard("H108")
def test_alone_at_night_is_a_warning_of_its_own() -> None:
    tried = high_alert(now=NIGHT, band=replace(attempt_band(), at=NIGHT), answers=ALONE)
    found = found_in(tried, "documentation.witness-unavailable")
    assert (found.severity, found.released) == (Severity.WARN, True)
    assert findings_of(tried, "documentation.witness") == []


def attempt_band() -> BandInHand:
    band = attempt().band
    assert band is not None
    return band


@pytest.mark.hazard("H108")
def test_chemotherapy_and_spinal_doses_are_never_given_alone() -> None:
    spinal = high_alert(instruction=dosage(routes=("IT",)), answers=ALONE)
    assert "documentation.witness" in codes(spinal)
    drug = replace(
        PARACETAMOL,
        high_alert=HighAlert.REQUIRED,
        codes=(Coding("http://www.whocc.no/atc", "L01BA01"),),
    )
    assert "documentation.witness" in codes(attempt(unit(drug), answers=ALONE))
    assert "documentation.witness" in codes(attempt(unit(drug), order=None, answers=ALONE))


@pytest.mark.parametrize(
    "person,may",
    [
        (NURSE, True),
        (DOCTOR, True),
        (PHARMACIST, True),
        (MANAGER, False),
        (STUDENT, False),
        (replace(NURSE, roles=NURSE.roles | {Role.STUDENT}), False),
        (replace(NURSE, active=False), False),
    ],
)
def test_who_may_be_the_second_person(person: Practitioner, may: bool) -> None:  # noqa: FBT001 - a row of the table
    assert may_witness(person) is may


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
    found = findings_of(tried, "documentation.orders-stale")
    assert [f.severity for f in found] == ([] if severity is None else [severity])
    assert lacking(found) == []


def test_the_reason_for_the_warning_does_not_release_the_stop() -> None:
    warned = attempt(chart=chart(orders_as_of=NOW - HOUR))
    subject = found_in(warned, "documentation.orders-stale").subject
    release = ReleaseRecord(code="documentation.orders-stale", subject=subject, reason="other")
    answers = Answers(releases=(release,))
    assert codes(replace(warned, answers=answers)) == set()
    stopped = attempt(chart=chart(orders_as_of=NOW - DAY), answers=answers)
    assert codes(stopped) == {"documentation.orders-stale"}


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
