"""What every server must let us write: one event as one unit of work, once, over what we saw."""

from decimal import Decimal
from uuid import uuid4

import pytest

from bcma.emr.capabilities import WayOfWriting
from bcma.emr.deliver import already_there, deliver
from bcma.emr.errors import Conflict, Refused
from bcma.emr.fhir_map import (
    BAND_SCAN,
    STANDARD,
    Raw,
    access_resource,
    administration_bundle,
    care_bundle,
    entry,
    read_administration,
    transaction,
)
from bcma.model.events import (
    AllergyAsked,
    CareEvent,
    DoubleDose,
    EffectCheck,
    NearMiss,
    Reaction,
)
from bcma.model.people import BandScan
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.verdict import Finding, ReleaseBy, Severity
from tests.contract.peer import Peer, meta
from tests.store import ward

KIND = "MedicationAdministration"


def record(**changes: object) -> MedicationAdministration:
    """Give a record of the order of :func:`filled`, under an event of its own."""
    values = {
        "status": RecordStatus.GIVEN,
        "patient_id": "p1",
        "given_at": ward.NOW,
        "recorded_at": ward.NOW,
        "event_id": str(uuid4()),
        "order_id": "mr1",
        "encounter_id": "e-p1",
        "slot": ward.SLOT,
        "slot_id": "slot-1",
        "medication_id": "m1",
        "medication_name": "Paracetamol 500 mg",
        "amount": Quantity(Decimal("500.0"), "mg"),
        "route": "PO",
        "giver_id": "n1",
        "giver_name": "Trần Thị Bình",
    }
    return MedicationAdministration(**(values | changes))  # type: ignore[arg-type] # of any field


def bundle(of: MedicationAdministration) -> Raw:
    return administration_bundle(of, medication=None)


def on(peer: Peer, kind: str = KIND) -> list[str]:
    return [str(found.resource["id"]) for found in peer.client.search_all(kind)]


def test_an_event_is_written_as_one_and_found_again(filled: Peer) -> None:
    one = record()
    assert one.event_id is not None
    assert not already_there(filled.client, one.event_id)
    deliver(filled.client, bundle(one), WayOfWriting.TRANSACTION)
    assert already_there(filled.client, one.event_id)
    found, _ = filled.client.read(KIND, one.event_id)
    back = read_administration(found.resource, dialect=STANDARD)
    assert (back.status, back.amount, back.slot) == (one.status, one.amount, one.slot)
    by_event = {"identifier": f"urn:bcma:event|{one.event_id}"}
    assert len(filled.client.search_all(KIND, by_event)) == 1
    by_order = {"request": "MedicationRequest/mr1"}
    assert len(filled.client.search_all(KIND, by_order)) == 1


def test_an_event_that_is_written_twice_is_there_once(filled: Peer) -> None:
    twice = bundle(record())
    for _ in range(2):
        deliver(filled.client, twice, WayOfWriting.TRANSACTION)
    assert len(on(filled)) == 1
    assert len(on(filled, "Provenance")) == 1


def test_entry_by_entry_it_comes_to_the_same(filled: Peer) -> None:
    one = record()
    deliver(filled.client, bundle(one), WayOfWriting.PUT)
    assert one.event_id is not None
    assert already_there(filled.client, one.event_id)
    assert on(filled) == [one.event_id]


def test_a_unit_of_work_that_is_refused_in_part_leaves_nothing(filled: Peer) -> None:
    good: ward.Json = dict(bundle(record()))
    bad: ward.Json = {"resourceType": KIND, "id": str(uuid4()), "status": "nonsense"}
    entries = [*good["entry"], entry(bad)]
    with pytest.raises(Refused):
        filled.client.transaction(transaction(entries))
    assert on(filled) == []
    assert on(filled, "Provenance") == []


def test_what_somebody_else_changed_is_never_written_over(filled: Peer) -> None:
    found, _ = filled.client.read("Patient", "p1")
    seen = meta(found)["versionId"]
    first = ward.patient(band="B1.02")
    filled.client.put(first, seen)
    with pytest.raises(Conflict):
        filled.client.put(ward.patient(band="B1.03"), seen)
    with pytest.raises(Conflict):
        filled.client.transaction(transaction([entry(ward.patient(band="B1.04"), seen)]))
    now, _ = filled.client.read("Patient", "p1")
    assert now.resource["identifier"] == first["identifier"]


def test_what_is_invalid_is_refused_with_the_place(filled: Peer) -> None:
    broken = ward.administration("ma1", status="nonsense")
    with pytest.raises(Refused) as refused:
        filled.load(broken)
    assert refused.value.issues


#: One that could not be read is not ours to write.
OURS = [status for status in RecordStatus if status is not RecordStatus.UNREADABLE]
RELEASED = Finding(
    code="time.late", severity=Severity.WARN, facts={}, release=(ReleaseBy.REASON,), released=True
)
LATE = ReleaseRecord(code="time.late", reason="patient-off-ward")


@pytest.mark.parametrize("status", OURS, ids=lambda status: status.value)
def test_every_state_of_a_record_is_valid_fhir(filled: Peer, status: RecordStatus) -> None:
    held = status in {RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN}
    one = record(
        status=status,
        amount=None if held else Quantity(Decimal("500.0"), "mg"),
        reason="asleep" if held else None,
        findings=(RELEASED,),
        releases=(LATE,),
    )
    deliver(filled.client, bundle(one), WayOfWriting.TRANSACTION)
    found, _ = filled.client.read(KIND, str(one.event_id))
    assert read_administration(found.resource, dialect=STANDARD).status is status


def care(event: str, dose: str) -> tuple[CareEvent, ...]:
    who = ward.Teller(event_id=event, patient_id="p1", at=ward.NOW, by_id="n1")
    return (
        AllergyAsked(**who),
        AllergyAsked(**who, substance="Penicillin"),
        Reaction(**who, record_id=dose, signs=("mày đay",), severity="severe", grade=3),
        EffectCheck(**who, record_id=dose, text="đỡ đau", score=Decimal(2)),
        DoubleDose(**who, record_ids=(dose, str(uuid4()))),
        NearMiss(**who, codes=("drug.expired",), medication_id="m1"),
    )


@pytest.mark.parametrize("number", range(6))
def test_everything_else_that_is_told_of_a_patient_is_valid_fhir(filled: Peer, number: int) -> None:
    dose = record()
    deliver(filled.client, bundle(dose), WayOfWriting.TRANSACTION)
    event = str(uuid4())
    told = care(event, str(dose.event_id))[number]
    if isinstance(told, DoubleDose):
        second = record(event_id=told.record_ids[1])
        deliver(filled.client, bundle(second), WayOfWriting.TRANSACTION)
    deliver(filled.client, care_bundle(told), WayOfWriting.TRANSACTION)
    assert already_there(filled.client, event)


def test_a_band_scan_is_a_valid_audit_event_and_found_by_its_kind(filled: Peer) -> None:
    scan = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")
    resource = access_resource(scan, str(uuid4()))
    deliver(filled.client, transaction([entry(resource)]), WayOfWriting.TRANSACTION)
    params = {"subtype": f"urn:bcma:audit|{BAND_SCAN}", "date": "ge2026-03-01"}
    found = filled.client.search_all("AuditEvent", params)
    assert [one.resource["id"] for one in found] == [resource["id"]]
