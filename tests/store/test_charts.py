"""The chart holds what the EMR said and what was done here, and nothing invented."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import AllergyKind, NilByMouth
from bcma.model.order import Decision
from bcma.model.people import EncounterStatus
from bcma.model.ports import SaveOutcome, TypedIdentity
from bcma.model.record import RecordStatus
from bcma.model.scan import Wristband
from bcma.store import Store
from bcma.store.charts import NoPatientError
from tests.store import ward

BAND = Wristband("B1", "01")


def test_a_band_gives_its_holder(store: Store) -> None:
    holder = store.charts.holder_of(BAND)
    assert holder is not None
    assert holder.id == "p1"


@pytest.mark.hazard("H03")
def test_an_older_print_gives_the_same_holder_whose_record_voids_it(store: Store) -> None:
    bands = [
        {"system": "urn:bcma:wristband", "value": "B1.01", "use": "old"},
        {"system": "urn:bcma:wristband", "value": "B1.02"},
    ]
    ward.take(store, ward.patient() | {"identifier": bands}, at=10)
    for instance in ("01", "02", "77"):
        holder = store.charts.holder_of(Wristband("B1", instance))
        assert holder is not None
        assert [band.is_void(ward.NOW) for band in holder.bands] == [True, False]


@pytest.mark.parametrize("held", ["B1.01", "WB-B1.01"])
def test_the_emr_may_hold_a_band_with_or_without_its_leading_letters(
    store: Store, held: str
) -> None:
    ward.take(store, ward.patient(band=held), at=10)
    assert store.charts.holder_of(Wristband("B1", "01", written="WB-B1.01")) is not None


def test_a_band_of_nobody_gives_nobody(store: Store) -> None:
    assert store.charts.holder_of(Wristband("B7", "01")) is None


def test_a_band_on_two_records_identifies_nobody(store: Store) -> None:
    ward.take(store, ward.patient("p2", "Lê Văn Cường", "B1.01"))
    assert store.charts.holder_of(BAND) is None


@pytest.mark.hazard("H08")
def test_a_band_that_moved_with_a_merge_gives_the_record_that_lives_on(store: Store) -> None:
    link = [{"type": "replaced-by", "other": ward.reference("Patient/p2")}]
    ward.take(store, ward.patient("p2"), ward.patient() | {"link": link}, at=10)
    holder = store.charts.holder_of(BAND)
    assert holder is not None
    assert holder.id == "p2"


def merged(patient_id: str, into: str) -> ward.Json:
    link = [{"type": "replaced-by", "other": ward.reference(f"Patient/{into}")}]
    return ward.patient(patient_id, band=f"T-{patient_id}.01") | {"link": link}


@pytest.mark.hazard("H10")
def test_what_was_charted_under_a_temporary_identity_stays_with_the_person(store: Store) -> None:
    temporary = [ward.patient(i, band=f"T-{i}.01") for i in ("t1", "t2")]
    ward.take(store, *temporary)
    given = ward.given(
        store, "ev-1", patient_id="t1", order_id=None, slot=None, slot_id=None, units=()
    )
    assert store.recorder.record(given).outcome is SaveOutcome.SAVED
    elsewhere = ward.administration() | {"subject": ward.reference("Patient/t2")}
    ward.take(store, elsewhere)
    assert ward.chart(store).administrations == ()
    ward.take(store, merged("t1", into="t2"), at=10)
    assert ward.chart(store).administrations == ()
    ward.take(store, merged("t2", into="p1"), at=20)
    found = {record.patient_id for record in ward.chart(store).administrations}
    assert found == {"t1", "t2"}
    ward.take(store, ward.patient("t2", band="T-t2.01"), at=30)
    assert ward.chart(store).administrations == (), "the merge was undone"


@pytest.mark.hazard("H10", "H46")
def test_a_slot_taken_under_the_temporary_identity_is_taken(store: Store) -> None:
    ward.take(store, ward.patient("t1", band="T-t1.01"))
    before = ward.given(store, "ev-1", patient_id="t1", units=())
    assert store.recorder.record(before).outcome is SaveOutcome.SAVED
    ward.take(store, merged("t1", into="p1"), at=10)
    again = store.recorder.record(ward.given(store, "ev-2", units=()))
    assert again.outcome is SaveOutcome.SLOT_TAKEN
    assert again.other == before


def test_records_that_were_merged_in_a_circle_are_one(store: Store) -> None:
    ward.take(store, merged("t1", into="p1"), merged("p1", into="t1"), at=10)
    assert ward.chart(store).patient.replaced_by == "t1"


@pytest.mark.hazard("H05", "H06")
def test_a_newborn_goes_by_the_mothers_number(store: Store) -> None:
    def child(number: int, born: str) -> list[ward.Json]:
        identity = f"c{number}"
        link = {
            "url": "urn:bcma:ext:mother",
            "valueReference": ward.reference("Patient/p1"),
        }
        baby = ward.patient(identity, f"Con {number} bà An", f"C{number}.1")
        baby |= {"extension": [link], "birthDate": born}
        return [baby, ward.encounter(identity)]

    def names(**typed: str) -> list[str]:
        return [p.id for p in store.charts.find_inpatients(TypedIdentity(**typed))]

    ward.take(store, *child(1, "2026-03-01"))
    assert names(mrn="MRN-p1", birth_date="2026-03-01") == ["c1"]
    assert names(mrn="MRN-p1", birth_date="1950-06-01") == ["p1"]
    assert names(mrn="MRN-c1", birth_date="2026-03-01") == ["c1"]
    assert names(mrn="MRN-p9", birth_date="2026-03-01") == []
    ward.take(store, *child(2, "2026-03-01"))
    assert names(mrn="MRN-p1", birth_date="2026-03-01") == ["c1", "c2"]
    assert names(mrn="MRN-p1", name="con 2 ba an") == ["c2"]


def test_an_unknown_patient_has_no_chart(store: Store) -> None:
    with pytest.raises(NoPatientError):
        store.charts.chart("nobody", ward.NOW)


def test_a_chart_gathers_everything_about_a_patient(store: Store) -> None:
    task = {
        "resourceType": "Task",
        "id": "t1",
        "status": "completed",
        "intent": "order",
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}]
        },
        "focus": ward.reference("MedicationRequest/mr1"),
    }
    allergy = {
        "resourceType": "AllergyIntolerance",
        "id": "al1",
        "patient": ward.reference("Patient/p1"),
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
    }
    fasting = {
        "resourceType": "Flag",
        "id": "f1",
        "status": "active",
        "code": {"coding": [{"system": "urn:bcma:flag", "code": "npo"}]},
        "subject": ward.reference("Patient/p1"),
    }
    ward.take(store, task, allergy, fasting, weight("w1", "50", 2), weight("w2", "52.5", 1))
    ward.take(store, ward.dispense(), ward.administration())
    chart = ward.chart(store)
    assert [stay.status for stay in chart.encounters] == [EncounterStatus.IN_PROGRESS]
    assert [approval.decision for approval in chart.approvals] == [Decision.APPROVED]
    assert [allergy.kind for allergy in chart.allergies] == [AllergyKind.NONE_KNOWN]
    assert chart.nil_by_mouth is NilByMouth.NOTHING
    assert [label.serial for label in chart.labels] == ["U-1"]
    assert [record.resource_id for record in chart.administrations] == ["ma1"]
    assert [medication.id for medication in chart.medications] == ["m1"]
    assert chart.weight is not None
    assert chart.weight.value == Decimal("52.5")
    assert chart.weight_at == ward.NOW - timedelta(days=1)
    assert chart.age_years is not None
    assert Decimal("75.7") < chart.age_years < Decimal("75.8")


def weight(name: str, kilograms: str, days_ago: int) -> ward.Json:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
        "subject": ward.reference("Patient/p1"),
        "effectiveDateTime": (ward.NOW - timedelta(days=days_ago)).isoformat(),
        "valueQuantity": {
            "value": float(kilograms),
            "unit": "kg",
            "system": "http://unitsofmeasure.org",
            "code": "kg",
        },
    }


def test_allergies_that_nobody_entered_are_an_empty_list_and_not_none_known(store: Store) -> None:
    assert ward.chart(store).allergies == ()


def test_an_order_learns_of_its_drug_when_the_drug_file_changes(store: Store) -> None:
    assert ward.chart(store).orders[0].medication.name == "Paracetamol 500 mg"
    ward.take(store, ward.medication() | {"code": {"text": "Paracetamol STADA"}}, at=10)
    assert ward.chart(store).orders[0].medication.name == "Paracetamol STADA"


def test_a_bed_learns_of_its_ward_when_the_house_changes(store: Store) -> None:
    assert ward.WARD in ward.chart(store).encounters[0].wards
    moved = ward.location() | {"identifier": [{"system": "urn:site:ward", "value": "NGOAI"}]}
    ward.take(store, moved, at=10)
    assert "NGOAI" in ward.chart(store).encounters[0].wards


@pytest.mark.hazard("H02")
@pytest.mark.parametrize(
    "name, born, alike",
    [
        ("NGUYEN VAN AN", "1980-01-01", True),
        ("Nguyễn An Văn", "1980-01-01", True),
        ("Nguyễn Văn Anh", "1980-01-01", True),
        ("Nguyễn Thị Hoa", "1950-06-01", True),
        ("Trần Thị Hoa", "1950-06-01", False),
        ("Nguyễn Thị Hoa", "1980-01-01", False),
    ],
)
def test_inpatients_who_could_be_mistaken_are_named(
    store: Store, name: str, born: str, *, alike: bool
) -> None:
    ward.take(store, ward.patient("p2", name, "B2.01") | {"birthDate": born}, ward.encounter("p2"))
    assert [who.patient_id for who in ward.chart(store).name_alikes] == (["p2"] if alike else [])


def test_who_went_home_is_mistaken_for_nobody(store: Store) -> None:
    ward.take(store, ward.patient("p2", band="B2.01"), ward.encounter("p2", "finished"))
    assert ward.chart(store).name_alikes == ()


@pytest.mark.hazard("H06")
@pytest.mark.parametrize(
    "typed, found",
    [
        (TypedIdentity(mrn="MRN-p1", birth_date="1950-06-01"), ["p1"]),
        (TypedIdentity(name="nguyen van an", birth_date="01/06/1950"), ["p1"]),
        (TypedIdentity(mrn="MRN-p1", name="Nguyễn Văn Bình"), []),
        (TypedIdentity(mrn="MRN-p2"), []),
        (TypedIdentity(), []),
    ],
)
def test_typed_identifiers_must_all_agree_with_an_inpatient(
    store: Store, typed: TypedIdentity, found: list[str]
) -> None:
    ward.take(store, ward.patient("p2", "Lê Văn Cường", "B2.01"), ward.encounter("p2", "finished"))
    assert [patient.id for patient in store.charts.find_inpatients(typed)] == found


def test_the_wards_list_holds_its_inpatients(store: Store) -> None:
    ward.take(store, ward.patient("p2", band="B2.01"), ward.encounter("p2", "finished"))
    assert [patient.id for patient in store.charts.inpatients()] == ["p1"]
    assert store.charts.inpatients("NGOAI") == ()


@pytest.mark.hazard("H85")
def test_a_record_that_another_station_corrected_is_the_emrs(store: Store) -> None:
    record = ward.given(store, "event-1")
    store.recorder.record(record)
    identifier = [{"system": "urn:bcma:event", "value": "event-1"}]
    ward.take(store, ward.administration(identifier=identifier, status="entered-in-error"))
    ours = replace(record, resource_id="ma1")
    assert ward.chart(store).administrations == (ours,), "not yet delivered: ours holds"
    (parcel,) = store.outbox.deliverable()
    store.outbox.delivered(parcel.sequence)
    assert [r.status for r in ward.chart(store).administrations] == [RecordStatus.ENTERED_IN_ERROR]


def test_one_event_that_is_on_the_emr_twice_counts_once(store: Store) -> None:
    identifier = [{"system": "urn:bcma:event", "value": "event-1"}]
    ward.take(
        store,
        ward.administration("ma1", identifier=identifier),
        ward.administration("ma2", identifier=identifier),
    )
    assert len(ward.chart(store).administrations) == 1


def test_an_older_version_that_comes_late_changes_nothing(store: Store) -> None:
    ward.take(store, ward.order(status="stopped"), at=20)
    assert store.take_page([ward.incoming(ward.order(), version=1, at=10)]) == ()
    assert ward.chart(store).orders[0].status == "stopped"


def test_versions_of_one_instant_are_told_apart_by_their_numbers(store: Store) -> None:
    newer = ward.incoming(ward.order(status="stopped"), version=10_000, at=30)
    older = ward.incoming(ward.order(status="on-hold"), version=9_999, at=30)
    assert store.take_page([newer, older]) == (newer,)
    assert store.take_page([older]) == ()


def test_the_bytes_that_a_decision_used_are_kept(store: Store) -> None:
    used = ward.incoming(ward.order(), at=5)
    store.take_page([used])
    result = store.recorder.record(ward.given(store, "event-1"))
    assert result.outcome is SaveOutcome.SAVED
    ward.take(store, ward.order(status="stopped"), at=10)
    assert store.order_as_judged("event-1") == used.body
    assert store.order_as_judged("event-2") is None


@pytest.mark.hazard("H58")
def test_a_stay_that_was_seen_on_another_ward_before_tells_since_when(store: Store) -> None:
    def lying_on(place: str) -> ward.Json:
        where = {"location": {"reference": f"Location/{place}"}, "status": "active"}
        return ward.encounter() | {"location": [where]}

    (first,) = ward.chart(store).encounters
    assert (first.ward_id, first.moved_at) == ("ward1", None)
    ward.take(store, ward.location() | {"id": "w2", "name": "Khoa Ngoại"}, at=5)
    times = []
    for at, place in ((10, "w2"), (20, "w2"), (30, "ward1"), (40, "ward1")):
        (took,) = ward.take(store, lying_on(place) | {"note": at}, at=at)
        times.append(took.last_updated)
        (now,) = ward.chart(store).encounters
        assert now.ward_id == place
        assert now.moved_at == (times[0] if place == "w2" else times[2])
    ward.take(store, lying_on("w2") | {"status": "finished"}, at=50)
    (over,) = ward.chart(store).encounters
    assert over.moved_at is None
