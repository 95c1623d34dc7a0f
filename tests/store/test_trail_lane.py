"""What of the audit trail the EMR is told: every access and change, by ids, from now on."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete

from bcma.emr.fhir_map import access_resource, encode
from bcma.model.audited import Audited, AuditedEvent, AuditKind
from bcma.model.events import AllergyAsked
from bcma.model.people import BandScan
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from bcma.store import Loss, Origin, Store
from bcma.store.engine import Database, sqlite_database, sqlite_file
from bcma.store.tables import Delivery, Setting
from tests.store import ward

SCAN = BandScan(patient_id="p1", band="B1.01", station="A", at=ward.NOW, by_id="n1")
EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
CARE = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
WORDS = "điện thoại cho bác sĩ"


def told(store: Store) -> list[Audited]:
    """Give what waits, and take it as told."""
    waiting = store.trail_lane.unsent()
    store.trail_lane.sent(waiting.up_to)
    return [access.what for access in waiting.accesses if isinstance(access.what, Audited)]


def kinds(store: Store) -> list[str]:
    return [audited.kind.value for audited in told(store)]


def test_a_record_and_its_correction_are_a_change_of_one_event(store: Store) -> None:
    given = ward.given(store, EVENT)
    store.recorder.record(given)
    store.recorder.record(replace(given, status=RecordStatus.ENTERED_IN_ERROR, reason="other"))
    first, second = told(store)
    assert first == Audited(
        kind=AuditKind.RECORD,
        station=store.epoch,
        at=first.at,
        by_id=given.giver_id or "",
        patient_id="p1",
        event=AuditedEvent(event_id=EVENT, is_dose=True),
    )
    assert second.event == AuditedEvent(event_id=EVENT, is_dose=True, version=2)


def test_what_the_emr_has_is_named_as_a_resource_there(store: Store) -> None:
    store.recorder.record(ward.given(store, EVENT))
    (parcel,) = store.outbox.deliverable()
    store.outbox.delivered(parcel.sequence)
    (record,) = told(store)
    assert record.event is not None
    assert record.event.is_told


def test_an_event_beside_the_doses(store: Store) -> None:
    asked = AllergyAsked(event_id=CARE, patient_id="p1", at=ward.NOW, by_id="n1", substance=None)
    store.recorder.file(asked)
    (care,) = told(store)
    assert (care.kind, care.patient_id, care.by_id) == (AuditKind.CARE, "p1", "n1")
    assert care.event == AuditedEvent(event_id=CARE, is_dose=False)


def test_a_record_that_was_not_taken_names_its_patient_and_no_more(store: Store) -> None:
    store.recorder.record(ward.given(store, EVENT))
    told(store)
    again = replace(ward.given(store, CARE), reason=WORDS)
    assert store.recorder.record(again).outcome is not SaveOutcome.SAVED
    (refused,) = told(store)
    assert refused.kind is AuditKind.RECORD_REFUSED
    assert refused.patient_id == "p1"
    assert refused.event == AuditedEvent(event_id=CARE, is_dose=True)


def test_people_are_named_by_id(store: Store) -> None:
    staff, later = store.staff, ward.NOW + timedelta(minutes=5)
    staff.enrol("n1", "$argon2id$", "n2", ward.NOW)
    staff.failed("n1", ward.NOW, 2, later)
    staff.failed("n1", ward.NOW, 2, later)
    staff.succeeded("n1", ward.NOW)
    staff.left("n1", AuditKind.LOCK, ward.NOW)
    staff.left("n1", AuditKind.SIGN_OUT, later)
    found = told(store)
    assert [(audited.kind.value, audited.by_id, audited.person_id) for audited in found] == [
        ("enrol", "n2", "n1"),
        ("sign-in-refused", "n1", ""),
        ("locked-out", "n1", ""),
        ("sign-in", "n1", ""),
        ("lock", "n1", ""),
        ("sign-out", "n1", ""),
    ]
    assert found[-1].at == later


def test_what_a_person_decided_of_a_delivery_names_the_event_and_not_the_reason(
    store: Store,
) -> None:
    store.recorder.record(ward.given(store, EVENT))
    (parcel,) = store.outbox.deliverable()
    store.outbox.refused(parcel.sequence, "422", at=ward.NOW)
    store.problems.retry(parcel.sequence, by="n1", at=ward.NOW)
    store.outbox.refused(parcel.sequence, "422", at=ward.NOW)
    store.problems.handled(parcel.sequence, by="n2", reason=WORDS, at=ward.NOW)
    _, retried, handled = told(store)
    assert (retried.kind, retried.by_id) == (AuditKind.DELIVERY_RETRIED, "n1")
    assert (handled.kind, handled.by_id) == (AuditKind.DELIVERY_HANDLED, "n2")
    for decided in (retried, handled):
        assert decided.patient_id == "p1"
        assert decided.event == AuditedEvent(event_id=EVENT, is_dose=True)
        assert WORDS.encode() not in encode(access_resource(decided, "a1"))


def test_what_was_accepted_as_deleted(store: Store) -> None:
    losses = (Loss("Patient", 11, 20),)
    store.losses.note(losses)
    store.losses.accept(losses, by="n1", at=ward.NOW)
    (accepted,) = told(store)
    assert accepted == Audited(
        kind=AuditKind.DELETIONS_ACCEPTED, station=store.epoch, at=ward.NOW, by_id="n1"
    )


def test_what_stations_tell_each_other_is_told_once_by_its_own_lane(store: Store) -> None:
    store.recorder.band_scanned(SCAN)
    store.recorder.acknowledge([ward.orders_read("v1")])
    waiting = store.trail_lane.unsent()
    assert waiting.accesses == ()
    assert waiting.is_news
    store.trail_lane.sent(waiting.up_to)
    assert not store.trail_lane.unsent().is_news


def test_each_has_an_id_of_its_own_for_ever(store: Store) -> None:
    for _ in range(3):
        store.staff.succeeded("n1", ward.NOW)
    first = [access.id for access in store.trail_lane.unsent().accesses]
    assert len(set(first)) == 3
    assert [access.id for access in store.trail_lane.unsent().accesses] == first


def test_so_many_at_a_time(store: Store) -> None:
    for second in range(201):
        store.staff.succeeded("n1", ward.NOW + timedelta(seconds=second))
    assert store.untold().count == 201
    assert len(told(store)) == 200
    assert store.untold().count == 1
    assert [audited.at for audited in told(store)] == [ward.NOW + timedelta(seconds=200)]
    assert told(store) == []


def test_a_store_says_which_station_it_is(tmp_path: Path) -> None:
    origin = Origin(machine="m1", journal=tmp_path / "journal", now=ward.NOW, station="A")
    with Store.open(tmp_path / "named.db", ward=ward.WARD, origin=origin) as store:
        store.staff.succeeded("n1", ward.NOW)
        assert [audited.station for audited in told(store)] == ["A"]
    with Store.open(tmp_path / "named.db", ward=ward.WARD, origin=replace(origin, machine="m2")):
        pass
    with Store.open(tmp_path / "named.db", ward=ward.WARD) as store:
        assert kinds(store) == ["store-copied"]


def test_a_store_that_is_brought_up_to_date_tells_nothing_of_the_years_before(
    tmp_path: Path,
) -> None:
    file = tmp_path / "old.db"
    with Store.open(file, ward=ward.WARD) as store:
        store.staff.succeeded("n1", ward.NOW)
        store.recorder.band_scanned(SCAN)
    _forget(sqlite_database(sqlite_file(file)))
    with Store.open(file, ward=ward.WARD) as store:
        assert told(store) == []
        assert len(store.audit_lane.unsent().accesses) == 1
        store.staff.left("n1", AuditKind.LOCK, ward.NOW)
    with Store.open(file, ward=ward.WARD) as store:
        assert kinds(store) == ["lock"], "what waited goes on waiting after a restart"


def test_an_event_that_was_taken_away_keeps_nothing_else_back(tmp_path: Path) -> None:
    with Store.open(tmp_path / "cut.db", ward=ward.WARD) as store:
        ward.fill(store)
        store.recorder.record(ward.given(store, EVENT))
        _forget_events(sqlite_database(sqlite_file(tmp_path / "cut.db")))
        (record,) = told(store)
    assert (record.kind, record.patient_id, record.event) == (AuditKind.RECORD, "", None)


def _forget(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(Setting).where(Setting.key == "audit-trail-told"))
    database.close()


def _forget_events(database: Database) -> None:
    with database.write() as connection:
        connection.execute(delete(Delivery))
    database.close()
