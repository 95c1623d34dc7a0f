"""Records for one dose: what names them on every station, and when they are settled."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from bcma.model.double import Double, late_dose, name_of, settlement_id
from bcma.model.events import DoubleDose, DoubleOutcome
from bcma.model.record import MedicationAdministration, RecordStatus

ONE, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)


def record(
    event_id: str | None, at: datetime | None = NOW, **changes: object
) -> MedicationAdministration:
    made = MedicationAdministration(
        status=RecordStatus.GIVEN, patient_id="p1", given_at=at, event_id=event_id, order_id="mr1"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.hazard("H47")
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_stations_tell_the_same(order: tuple[int, int]) -> None:
    pair = record(ONE), record(OTHER, LATER)
    (found,) = Double((pair[order[0]], pair[order[1]])).issues
    assert found == DoubleDose(
        event_id=str(uuid5(UUID(ONE), OTHER)), patient_id="p1", record_ids=(ONE, OTHER), at=LATER
    )


def test_records_are_told_under_the_names_that_the_emr_has_for_them() -> None:
    (found,) = Double((record(ONE, resource_id="ma1"), record(OTHER))).issues
    assert found.record_ids == ("ma1", OTHER)
    assert found.event_id == str(uuid5(UUID(ONE), OTHER))


@pytest.mark.parametrize("name", ["00-their-own", "zz-their-own", ONE])
def test_with_another_systems_record_the_event_of_ours_is_the_namespace(name: str) -> None:
    theirs = record(None, resource_id=name)
    (found,) = Double((record(OTHER), theirs)).issues
    assert found.event_id == str(uuid5(UUID(OTHER), name))
    assert set(found.record_ids) == {OTHER, name}


def test_what_no_event_of_ours_or_no_time_is_in_is_not_told() -> None:
    theirs = record(None, resource_id="ma1")
    assert Double((theirs, replace(theirs, resource_id="ma2"))).issues == ()
    assert Double((record("event-1"), record("event-2"))).issues == ()
    assert Double((record(ONE, None), record(OTHER, None))).issues == ()
    (found,) = Double((record(ONE, None, recorded_at=NOW), record(OTHER, None))).issues
    assert found.at == NOW


def test_it_is_named_by_its_records_and_as_old_as_the_last() -> None:
    double = Double((record(OTHER), record(ONE, LATER)), NOW)
    assert double.subject == f"{ONE}/{OTHER}"
    assert double.since == LATER
    assert [name_of(r) for r in (record(None, resource_id="ma1"), record(None))] == ["ma1", ""]


def test_every_two_of_three_are_told() -> None:
    third = "33333333-3333-4333-8333-333333333333"
    issues = Double((record(third), record(OTHER), record(ONE))).issues
    assert [issue.record_ids for issue in issues] == [(ONE, OTHER), (ONE, third), (OTHER, third)]


def test_what_was_found_out_is_named_by_the_first_issue_and_the_outcome() -> None:
    issues = [
        DoubleDose(event_id=name, patient_id="p1", record_ids=("a", "b"), at=NOW)
        for name in (OTHER, ONE)
    ]
    for outcome in DoubleOutcome:
        assert settlement_id(issues, outcome) == str(uuid5(UUID(ONE), outcome.value))


@pytest.mark.hazard("H59")
def test_a_late_dose_is_named_by_its_event() -> None:
    late = late_dose(record(ONE, resource_id="ma1"))
    assert late is not None
    assert late.event_id == str(uuid5(UUID(ONE), "late-dose"))
    assert (late.patient_id, late.record_id, late.order_id, late.at) == ("p1", "ma1", "mr1", NOW)
    assert late.told_id == str(uuid5(UUID(late.event_id), "told"))


@pytest.mark.parametrize(
    "spoilt",
    [
        record(None),
        record("event-1"),
        record(ONE, None),
        record(ONE, order_id=None),
        record(f"{{{ONE}}}"),
    ],
)
def test_a_record_that_is_not_ours_or_without_time_or_order_is_no_late_dose(
    spoilt: MedicationAdministration,
) -> None:
    assert late_dose(spoilt) is None
