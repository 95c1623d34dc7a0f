"""What is kept in memory is never older than what the store holds."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bcma.emr.fhir_map import access_resource
from bcma.model.chart import Chart, NilByMouth
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from bcma.store import Store
from tests.store import ward


def approval(status: str = "completed") -> ward.Json:
    """Give a verdict that names no patient, only the order."""
    code = {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}
    return {
        "resourceType": "Task",
        "id": "t1",
        "status": status,
        "intent": "order",
        "code": {"coding": [code]},
        "focus": ward.reference("MedicationRequest/mr1"),
    }


def npo(**extra: object) -> ward.Json:
    code = {"system": "urn:bcma:flag", "code": "npo"}
    return {
        "resourceType": "Flag",
        "id": "f1",
        "status": "active",
        "code": {"coding": [code]},
        "subject": ward.reference("Patient/p1"),
        **extra,
    }


def weight(kilograms: int) -> ward.Json:
    return {
        "resourceType": "Observation",
        "id": "w1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": ward.reference("Patient/p1"),
        "effectiveDateTime": "2026-03-01T00:00:00Z",
        "valueQuantity": {
            "value": kilograms,
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
    }


NO_ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "id": "al1",
    "patient": ward.reference("Patient/p1"),
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
}

CHANGES: dict[str, tuple[ward.Json, Callable[[Chart], object]]] = {
    "order": (ward.order(status="stopped"), lambda c: c.orders[0].status),
    "drug file": (ward.medication(status="inactive"), lambda c: c.orders[0].medication.active),
    "named drug": (ward.medication(status="inactive"), lambda c: c.medications[0].active),
    "another order": (ward.order("mr2"), lambda c: len(c.orders)),
    "record": (ward.administration(), lambda c: len(c.administrations)),
    "approval": (approval(), lambda c: len(c.approvals)),
    "label": (ward.dispense(), lambda c: len(c.labels)),
    "stay": (ward.encounter(status="finished"), lambda c: c.encounters[0].status),
    "bed": (ward.location() | {"name": "Khoa Ngoại"}, lambda c: c.encounters[0].ward_name),
    "person": (ward.patient(name="Nguyễn Văn Ba"), lambda c: c.patient.name),
    "allergies": (NO_ALLERGY, lambda c: len(c.allergies)),
    "weight": (weight(50), lambda c: c.weight),
    "flag": (npo(), lambda c: c.nil_by_mouth),
}


@pytest.mark.hazard("H59")
@pytest.mark.parametrize("what", CHANGES)
def test_whatever_the_emr_changes_is_on_the_chart_at_the_next_look(store: Store, what: str) -> None:
    news, read = CHANGES[what]
    before = read(ward.chart(store))
    ward.take(store, news, at=10)
    assert read(ward.chart(store)) != before


def test_a_namesake_who_is_admitted_is_on_the_chart_at_the_next_look(store: Store) -> None:
    assert ward.chart(store).name_alikes == ()
    ward.take(store, ward.patient("p2", band="B2.01"), ward.encounter("p2"))
    assert [alike.patient_id for alike in ward.chart(store).name_alikes] == ["p2"]


def test_what_did_not_change_is_read_once(store: Store) -> None:
    first = ward.chart(store)
    assert ward.chart(store) is first
    ward.take(store, ward.administration(), at=10)
    assert ward.chart(store).orders is first.orders


def test_another_patients_news_leave_a_chart_as_it_is(store: Store) -> None:
    before = ward.chart(store)
    ward.take(store, ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.order("mr2", "p2"), at=10)
    assert ward.chart(store).orders is before.orders


@pytest.mark.hazard("H08")
def test_an_order_that_moves_to_another_record_leaves_the_first(store: Store) -> None:
    ward.take(store, ward.patient("p2", "Lê Văn Cường", "B2.01"))
    assert (len(ward.chart(store).orders), len(ward.chart(store, "p2").orders)) == (1, 0)
    ward.take(store, ward.order(patient_id="p2"), at=10)
    assert (len(ward.chart(store).orders), len(ward.chart(store, "p2").orders)) == (0, 1)


@pytest.mark.hazard("H46")
def test_a_dose_is_on_the_chart_as_soon_as_it_was_recorded(store: Store) -> None:
    assert ward.chart(store).administrations == ()
    assert store.recorder.record(ward.given(store, "e1")).outcome is SaveOutcome.SAVED
    (record,) = ward.chart(store).administrations
    assert (record.event_id, record.status) == ("e1", RecordStatus.GIVEN)


def test_whose_version_counts_changes_with_the_delivery(store: Store) -> None:
    store.recorder.record(ward.given(store, "e1"))
    (parcel,) = store.outbox.deliverable()
    theirs = ward.administration(
        identifier=[{"system": "urn:bcma:event", "value": "e1"}], status="entered-in-error"
    )
    ward.take(store, theirs, at=10)
    (record,) = ward.chart(store).administrations
    assert record.status is RecordStatus.GIVEN
    store.outbox.delivered(parcel.sequence)
    (record,) = ward.chart(store).administrations
    assert record.status is RecordStatus.ENTERED_IN_ERROR


def test_an_acknowledgement_is_on_the_chart_at_the_next_look(store: Store) -> None:
    chart = ward.chart(store)
    assert chart.acknowledged == frozenset()
    store.recorder.acknowledge([ward.orders_read(chart.orders[0].version)])
    assert ward.chart(store).acknowledged == {chart.orders[0].version}


def test_what_another_station_acknowledged_is_on_the_chart_at_the_next_look(store: Store) -> None:
    assert ward.chart(store).acknowledged == frozenset()
    ward.take(store, access_resource(ward.orders_read("v1", station="B"), "a1"))
    assert ward.chart(store).acknowledged == {"v1"}


def test_nil_by_mouth_begins_and_ends_by_the_clock(store: Store) -> None:
    ends = (ward.NOW + timedelta(hours=1)).isoformat()
    ward.take(store, npo(period={"end": ends}))
    assert ward.chart(store).nil_by_mouth is NilByMouth.NOTHING
    later = store.charts.chart("p1", ward.NOW + timedelta(hours=2))
    assert later.nil_by_mouth is NilByMouth.NO


def test_a_child_grows_older_by_the_clock(store: Store) -> None:
    day_after = store.charts.chart("p1", ward.NOW + timedelta(days=1)).age_years
    today = ward.chart(store).age_years
    assert today is not None
    assert day_after is not None
    assert day_after > today


def test_a_chart_says_anew_as_of_when_its_orders_are(store: Store) -> None:
    before = ward.chart(store).orders_as_of
    store.take_page([], complete_at=ward.NOW + timedelta(hours=1))
    assert ward.chart(store).orders_as_of == ward.NOW + timedelta(hours=1) != before


def test_a_second_station_on_the_same_store_sees_what_the_first_one_wrote(path: Path) -> None:
    with Store.open(path, ward=ward.WARD) as one, Store.open(path, ward=ward.WARD) as other:
        ward.fill(one)
        assert ward.chart(other).administrations == ()
        one.recorder.record(ward.given(one, "e1"))
        assert len(ward.chart(other).administrations) == 1
        ward.take(one, ward.order(status="stopped"), at=10)
        assert ward.chart(other).orders != ()
        assert ward.chart(other).orders == ward.chart(one).orders
