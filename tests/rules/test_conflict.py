"""Doses that did not know of one another: two of one slot, two as-needed ones from two stations."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bcma.model.record import Infusion, MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.slot import Claim, ClaimKind
from bcma.rules import Attempt
from tests.rules.builders import (
    AS_NEEDED,
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
    record,
)

CODE = "documentation.conflict"
NEEDED = order("mr1", dosage(mg(500), as_needed=True, timing=AS_NEEDED))
FIRST = NOW - DAY


def dose(event: str, station: str, after: timedelta, **changes: Value) -> MedicationAdministration:
    return record(given_at=FIRST + after, event_id=event, station=station, **changes)


def needed(*before: MedicationAdministration, **changes: Value) -> Attempt:
    return attempt(
        order=NEEDED,
        claim=Claim(kind=ClaimKind.AS_NEEDED),
        chart=chart(NEEDED, administrations=before),
        **changes,
    )


def pair(
    apart: timedelta = HOUR, stations: tuple[str, str] = ("A", "B"), **second: Value
) -> tuple[MedicationAdministration, MedicationAdministration]:
    one, other = stations
    return dose("e1", one, timedelta(0)), dose("e2", other, apart, **second)


@pytest.mark.hazard("H47")
def test_as_needed_doses_of_two_stations_within_the_interval_hold_the_next() -> None:
    found = found_in(needed(*pair()), CODE)
    assert found.subject == "e1/e2"
    assert found.facts == {"planned": FIRST + HOUR, "count": 2}
    assert found_in(needed(*reversed(pair())), CODE).subject == "e1/e2"


@pytest.mark.parametrize(
    "apart,conflict", [(6 * HOUR - SECOND, True), (6 * HOUR, False), (7 * HOUR, False)]
)
def test_the_interval_decides(apart: timedelta, *, conflict: bool) -> None:
    assert bool(findings_of(needed(*pair(apart)), CODE)) is conflict


@pytest.mark.parametrize("stations", [("A", "A"), ("A", ""), ("", "")])
def test_who_could_see_the_first_dose_was_stopped_for_the_second(stations: tuple[str, str]) -> None:
    assert findings_of(needed(*pair(stations=stations)), CODE) == []


EARLY = (ReleaseRecord(code="time.too-soon", prescriber_id="d1"),)


@pytest.mark.parametrize(
    "second",
    [
        {"releases": EARLY},
        {"status": RecordStatus.REFUSED},
        {"status": RecordStatus.LOST},
        {"status": RecordStatus.ENTERED_IN_ERROR},
        {"status": RecordStatus.GIVEN_IN_PART},
        {"infusion": Infusion()},
    ],
)
def test_what_was_let_pass_or_is_no_second_dose_is_no_conflict(second: dict[str, Value]) -> None:
    assert findings_of(needed(*pair(**second)), CODE) == []
    late = (ReleaseRecord(code="time.late"),)
    assert findings_of(needed(*pair(releases=late)), CODE)


def test_without_an_interval_or_a_need_there_is_none() -> None:
    instruction = NEEDED.dosages[0]
    for other in (replace(instruction, timing=None), replace(instruction, as_needed=False)):
        assert findings_of(needed(*pair(), dosage=other), CODE) == []
    assert findings_of(needed(*pair(), dosage=None), CODE) == []


def test_planned_doses_of_two_slots_are_no_conflict_however_close() -> None:
    early, late = (replace(one, slot=one.given_at) for one in pair())
    assert findings_of(attempt(chart=chart(administrations=(early, late))), CODE) == []


def test_each_pair_of_three_is_a_conflict_of_its_own() -> None:
    third = dose("e3", "A", 2 * HOUR)
    found = findings_of(needed(*pair(), third), CODE)
    assert [f.subject for f in found] == ["e1/e2", "e2/e3"]


@pytest.mark.hazard("H47")
@pytest.mark.parametrize("subject,settled", [("e1/e2", True), ("", True), ("e8/e9", False)])
def test_what_a_prescriber_let_pass_once_is_theirs(subject: str, *, settled: bool) -> None:
    passed = (ReleaseRecord(code=CODE, subject=subject, prescriber_id="d1"),)
    later = dose("e3", "A", 12 * HOUR, releases=passed)
    assert bool(findings_of(needed(*pair(), later), CODE)) is not settled


def test_doses_of_one_instant_are_a_conflict_too() -> None:
    assert found_in(needed(*pair(timedelta(0))), CODE).subject == "e1/e2"


def test_doses_without_an_event_of_their_own_are_named_as_far_as_they_can_be() -> None:
    one, other = pair()
    assert found_in(needed(replace(one, event_id=None), other), CODE).subject == "/e2"
    assert found_in(needed(one, replace(other, event_id=None)), CODE).subject == "/e1"


def test_of_two_doses_of_one_slot_too() -> None:
    slot = NOW - DAY
    two = [dose(f"e{n}", "A", timedelta(0), slot=slot) for n in (1, 2)]
    subject = found_in(attempt(chart=chart(administrations=tuple(two))), CODE).subject
    passed = (ReleaseRecord(code=CODE, subject=subject),)
    later = dose("e3", "A", HOUR, releases=passed)
    assert findings_of(attempt(chart=chart(administrations=(*two, later))), CODE) == []
