"""Doses that did not know of one another: two of one slot, two as-needed ones from two stations."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.order import DoseRange, PeriodUnit
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.slot import Claim, ClaimKind
from bcma.rules import Attempt
from bcma.rules.doubles import doubles
from tests.rules.builders import (
    AS_NEEDED,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    ORDER,
    SECOND,
    TWICE_DAILY,
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
    assert found.facts == {
        "planned": FIRST + HOUR,
        "count": 2,
        "given_by": ("Lê Thu Hà", "Lê Thu Hà"),
    }
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
        told = needed(*pair(), chain=(replace(NEEDED, dosages=(other,)),))
        assert findings_of(told, CODE) == []
    assert findings_of(needed(*pair(), chain=(replace(NEEDED, dosages=()),)), CODE) == []


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
    there = replace(other, event_id=None, resource_id="ma7")
    assert found_in(needed(one, there), CODE).subject == "e1/ma7"


def test_of_two_doses_of_one_slot_too() -> None:
    slot = NOW - DAY
    two = [dose(f"e{n}", "A", timedelta(0), slot=slot) for n in (1, 2)]
    subject = found_in(attempt(chart=chart(administrations=tuple(two))), CODE).subject
    passed = (ReleaseRecord(code=CODE, subject=subject),)
    later = dose("e3", "A", HOUR, releases=passed)
    assert findings_of(attempt(chart=chart(administrations=(*two, later))), CODE) == []


SLOT = NOW - DAY
MORNING = order(
    "mr1",
    dosage(timing=replace(TWICE_DAILY, frequency=2, period=Decimal(1), period_unit=PeriodUnit.DAY)),
)


def planned(*before: MedicationAdministration, **changes: Value) -> Attempt:
    return attempt(order=MORNING, chart=chart(MORNING, administrations=before), **changes)


def slotted(event: str, station: str, minutes: int, **changes: Value) -> MedicationAdministration:
    return dose(event, station, minutes * MINUTE, **({"slot": SLOT} | changes))


def foreign(after: timedelta) -> MedicationAdministration:
    return replace(dose("", "", after), event_id=None, resource_id="ma1")


PART = {"status": RecordStatus.GIVEN_IN_PART}


@pytest.mark.hazard("H47")
@pytest.mark.parametrize(
    "first,second,conflict",
    [
        (250, 250, False),
        (250, Decimal("250.1"), True),
        (250, 500, True),
        (300, 300, True),
    ],
)
def test_parts_from_two_stations_are_a_conflict_where_they_are_more_than_the_dose(
    first: int, second: int, *, conflict: bool
) -> None:
    one = slotted("e1", "A", 0, **PART, amount=mg(first))
    whole = {} if second == 500 else PART
    other = slotted("e2", "B", 5, **whole, amount=mg(second))
    assert bool(findings_of(planned(one, other), CODE)) is conflict
    assert bool(findings_of(planned(other, one), CODE)) is conflict


def test_parts_that_one_station_knew_of_are_none() -> None:
    one = slotted("e1", "A", 0, **PART, amount=mg(300))
    for changes in (
        {"station": "A"},
        {"station": ""},
        {"releases": (ReleaseRecord(code="dose.out-of-order"),)},
        {"amount": None},
        {"amount": Quantity(Decimal(1), "{tablet}")},
    ):
        other = replace(slotted("e2", "B", 5, **PART, amount=mg(300)), **changes)
        assert findings_of(planned(one, other), CODE) == []
    unknown = slotted("e2", "B", 5, **PART, amount=mg(300), order_id="mr9")
    assert findings_of(planned(one, unknown), CODE) == []


def test_of_a_range_the_most_may_be_given_in_parts() -> None:
    ranged = order("mr1", dosage(DoseRange(mg(250), mg(500))))
    parts = [
        slotted(f"e{n}", station, n, **PART, amount=mg(260)) for n, station in ((1, "A"), (2, "B"))
    ]
    few = [replace(part, amount=mg(250)) for part in parts]
    for given, conflict in ((parts, True), (few, False)):
        tried = attempt(order=ranged, chart=chart(ranged, administrations=tuple(given)))
        assert bool(findings_of(tried, CODE)) is conflict


def test_where_no_dose_is_ordered_nothing_is_more_than_it() -> None:
    open_dose = order("mr1", dosage(dose=None))
    bare = replace(open_dose, dosages=(replace(open_dose.dosages[0], dose=None),))
    none = replace(open_dose, dosages=())
    parts = tuple(slotted(f"e{n}", s, n, **PART, amount=mg(900)) for n, s in ((1, "A"), (2, "B")))
    for unmeasured in (bare, none):
        tried = attempt(order=unmeasured, chart=chart(unmeasured, administrations=parts))
        assert findings_of(tried, CODE) == []


@pytest.mark.hazard("H47")
@pytest.mark.parametrize(
    "minutes,conflict", [(-180, True), (-181, False), (180, True), (181, False)]
)
def test_another_systems_record_near_a_slot_of_ours_is_a_second_dose(
    minutes: int, *, conflict: bool
) -> None:
    ours = slotted("e1", "A", 5)
    theirs = foreign(minutes * MINUTE)
    found = findings_of(planned(ours, theirs), CODE)
    assert bool(found) is conflict
    if found:
        assert (found[0].subject, found[0].facts["planned"]) == ("e1/ma1", SLOT)


def test_another_systems_record_is_put_to_the_nearest_of_our_slots_only() -> None:
    later = SLOT + 6 * HOUR
    ours = (slotted("e1", "A", 5), slotted("e2", "A", 365, slot=later))
    theirs = foreign(200 * MINUTE)
    found = found_in(planned(*ours, theirs), CODE)
    assert found.facts["planned"] == later


def test_another_systems_record_without_time_rhythm_or_slot_of_ours_is_none() -> None:
    ours = slotted("e1", "A", 5)
    theirs = foreign(MINUTE)
    timeless = replace(theirs, given_at=None, recorded_at=FIRST)
    assert findings_of(planned(ours, timeless), CODE) == []
    assert findings_of(planned(theirs, replace(theirs, resource_id="ma2")), CODE) == []
    without = order("mr1", dosage(timing=None))
    assert (
        findings_of(
            attempt(order=without, chart=chart(without, administrations=(ours, theirs))), CODE
        )
        == []
    )
    needs = order("mr1", dosage(timing=AS_NEEDED, as_needed=True))
    both = attempt(order=needs, chart=chart(needs, administrations=(ours, theirs)))
    assert findings_of(both, CODE) == []


@pytest.mark.hazard("H47")
def test_three_doses_of_one_slot_are_one_conflict_that_names_all() -> None:
    three = [slotted(f"e{n}", s, n, giver_name=s) for n, s in ((3, "C"), (1, "A"), (2, "B"))]
    found = found_in(planned(*three), CODE)
    assert found.subject == "e1/e2/e3"
    assert found.facts == {"planned": SLOT, "count": 3, "given_by": ("A", "B", "C")}


@pytest.mark.hazard("H103")
def test_doses_under_a_renewal_of_the_order_are_of_one_slot() -> None:
    renewal = replace(MORNING, id="mr2")
    two = (slotted("e1", "A", 0), slotted("e2", "B", 5, order_id="mr2"))
    found = planned(*two, chain=(MORNING, renewal))
    assert found_in(found, CODE).subject == "e1/e2"
    assert findings_of(planned(*two), CODE) == []


@pytest.mark.hazard("H47")
@pytest.mark.parametrize(
    "settled,open_still",
    [
        ((), True),
        ((frozenset({"e1"}),), True),
        ((frozenset({"e1", "e9"}), frozenset({"e2", "e8"})), True),
        ((frozenset({"e1", "e2"}),), False),
        ((frozenset({"ma1", "e2", "e3"}),), False),
    ],
)
def test_what_a_person_has_settled_holds_no_dose(
    settled: tuple[frozenset[str], ...], *, open_still: bool
) -> None:
    two = (slotted("e1", "A", 0, resource_id="ma1"), slotted("e2", "B", 5))
    seen = chart(MORNING, administrations=two, settled_doubles=settled)
    assert bool(findings_of(attempt(order=MORNING, chart=seen), CODE)) is open_still


def test_a_third_dose_is_settled_by_nothing_that_was_said_of_two() -> None:
    three = [slotted(f"e{n}", s, n) for n, s in ((1, "A"), (2, "B"), (3, "C"))]
    pairs = [frozenset(pair) for pair in (("e1", "e2"), ("e1", "e3"), ("e2", "e3"))]
    for settled, open_still in ((pairs[:2], True), (pairs, False)):
        seen = chart(MORNING, administrations=tuple(three), settled_doubles=tuple(settled))
        assert bool(findings_of(attempt(order=MORNING, chart=seen), CODE)) is open_still


def test_a_release_before_the_second_dose_was_given_is_about_another_conflict() -> None:
    passed = (ReleaseRecord(code=CODE, prescriber_id="d1"),)
    one, other = pair()
    before = dose("e0", "A", -DAY, releases=passed)
    assert findings_of(needed(before, one, other), CODE)
    assert findings_of(needed(one, replace(other, releases=passed)), CODE)
    same = dose("e3", "B", HOUR, releases=(*passed, *EARLY))
    assert findings_of(needed(one, other, same), CODE) == []


def test_under_an_order_that_is_not_here_only_a_slot_tells() -> None:
    assert list(doubles((), pair())) == []
    slotted_pair = tuple(replace(one, slot=SLOT) for one in pair())
    (found,) = doubles((), slotted_pair)
    assert (found.planned, found.records) == (SLOT, slotted_pair)


@pytest.mark.hazard("H47")
@pytest.mark.parametrize(
    "ended,changes,conflict",
    [
        (None, {}, True),
        (2 * HOUR, {}, True),
        (HOUR + SECOND, {}, True),
        (HOUR, {}, False),
        (None, {"station": "A"}, False),
        (None, {"station": ""}, False),
        (None, {"status": RecordStatus.ENTERED_IN_ERROR}, False),
        (None, {"given_at": None}, True),
        (None, {"infusion": None}, False),
        (None, {"releases": (ReleaseRecord(code="time.infusion-running"),)}, False),
    ],
)
def test_two_bags_that_two_stations_let_run_together_are_a_conflict(
    ended: timedelta | None, changes: dict[str, Value], *, conflict: bool
) -> None:
    end = None if ended is None else FIRST + ended
    status = RecordStatus.RUNNING if end is None else RecordStatus.STOPPED
    one = dose("e1", "A", timedelta(0), status=status, ended_at=end, infusion=Infusion())
    running: dict[str, Value] = {"status": RecordStatus.RUNNING, "infusion": Infusion()}
    other = replace(dose("e2", "B", HOUR), **(running | changes))
    found = list(doubles((ORDER,), (other, one)))
    assert [double.subject for double in found] == (["e1/e2"] if conflict else [])
    assert all(double.planned is None for double in found)


def test_bags_with_a_slot_are_told_by_it_once() -> None:
    running = {"status": RecordStatus.RUNNING, "infusion": Infusion(), "slot": SLOT}
    (found,) = doubles(
        (ORDER,), (dose("e1", "A", SECOND, **running), dose("e2", "B", HOUR, **running))
    )
    assert found.planned == SLOT
