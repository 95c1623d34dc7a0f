"""The one write: what it re-reads, and what it answers."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, MedicationAdministration, RecordedUnit, RecordStatus
from bcma.store import DeliveryState, Store
from tests.store import ward


def test_a_given_dose_is_in_the_chart_the_outbox_and_the_audit(store: Store) -> None:
    record = ward.given(store, "event-1")
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED
    assert ward.chart(store).administrations == (record,)
    (parcel,) = store.outbox.deliverable()
    assert parcel.record == record
    assert parcel.state is DeliveryState.PENDING
    assert store.verify_audit() is None


def test_a_record_survives_reopening(store: Store, path: Path) -> None:
    record = ward.given(store, "event-1")
    store.recorder.record(record)
    store.close()
    with Store.open(path, ward=ward.WARD) as again:
        assert ward.chart(again).administrations == (record,)
        assert again.epoch == store.epoch


def test_the_same_record_twice_is_written_once(store: Store) -> None:
    record = ward.given(store, "event-1")
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED
    assert store.outbox.waiting().unsent == 1


@pytest.mark.hazard("H59")
@pytest.mark.parametrize("change", [{"status": "stopped"}, {"status": "on-hold"}])
def test_an_order_that_changed_since_it_was_judged_is_told(
    store: Store, change: dict[str, str]
) -> None:
    record = ward.given(store, "event-1")
    ward.take(store, ward.order(**change), at=10)
    assert store.recorder.record(record).outcome is SaveOutcome.ORDER_CHANGED
    assert ward.chart(store).administrations == ()
    assert store.outbox.deliverable() == ()


@pytest.mark.hazard("H59")
def test_an_order_that_was_rewritten_unchanged_may_be_given(store: Store) -> None:
    record = ward.given(store, "event-1")
    ward.take(store, ward.order(note=[{"text": "sau ăn"}]), at=10)
    assert store.recorder.record(record).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H59")
def test_an_order_that_is_not_here_is_changed(store: Store) -> None:
    record = ward.given(store, "event-1", order_id="mr-gone")
    assert store.recorder.record(record).outcome is SaveOutcome.ORDER_CHANGED


@pytest.mark.hazard("H46")
def test_a_slot_charted_here_is_taken(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    result = store.recorder.record(ward.given(store, "event-2", giver_id="n2"))
    assert result.outcome is SaveOutcome.SLOT_TAKEN
    assert result.other == first


@pytest.mark.hazard("H46")
def test_a_slot_charted_elsewhere_is_taken(store: Store) -> None:
    record = ward.given(store, "event-1")
    ward.take(store, ward.administration(), at=10)
    result = store.recorder.record(record)
    assert result.outcome is SaveOutcome.SLOT_TAKEN
    assert result.other is not None
    assert result.other.resource_id == "ma1"


@pytest.mark.hazard("H46", "H103")
def test_a_slot_charted_elsewhere_under_the_order_that_this_one_renews_is_taken(
    store: Store,
) -> None:
    renewal = ward.order("mr2", priorPrescription=ward.reference("MedicationRequest/mr1"))
    ward.take(store, renewal, ward.administration())
    version = next(o.version for o in ward.chart(store).orders if o.id == "mr2")
    record = ward.given(store, "event-1", order_id="mr2", order_version=version)
    assert store.recorder.record(record).outcome is SaveOutcome.SLOT_TAKEN


def at_once(store: Store, records: Sequence[MedicationAdministration]) -> list[SaveOutcome]:
    """Chart each record in a thread of its own, all at the same moment."""
    barrier = threading.Barrier(len(records))

    def chart_it(record: MedicationAdministration) -> SaveOutcome:
        barrier.wait()
        return store.recorder.record(record).outcome

    with ThreadPoolExecutor(len(records)) as threads:
        return list(threads.map(chart_it, records))


@pytest.mark.hazard("H46")
def test_two_threads_that_chart_one_slot_get_one_saved_and_one_taken(store: Store) -> None:
    for turn in range(5):
        records = [
            ward.given(store, f"event-{turn}-{side}", slot_id=f"slot-{turn}", slot=None)
            for side in range(2)
        ]
        assert sorted(at_once(store, records)) == [SaveOutcome.SAVED, SaveOutcome.SLOT_TAKEN]
    assert store.verify_audit() is None


def test_another_slot_of_the_order_is_free(store: Store) -> None:
    store.recorder.record(ward.given(store, "event-1"))
    later = ward.SLOT + timedelta(hours=6)
    second = ward.given(store, "event-2", slot=later, slot_id="slot-2")
    assert store.recorder.record(second).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H104")
def test_a_held_slot_can_be_given_later(store: Store) -> None:
    held = ward.given(store, "event-1", status=RecordStatus.HELD, units=(), reason="asleep")
    store.recorder.record(held)
    assert store.recorder.record(ward.given(store, "event-2")).outcome is SaveOutcome.SAVED


def test_a_given_slot_cannot_be_held(store: Store) -> None:
    store.recorder.record(ward.given(store, "event-1"))
    held = ward.given(store, "event-2", status=RecordStatus.HELD, units=(), reason="asleep")
    assert store.recorder.record(held).outcome is SaveOutcome.SLOT_TAKEN


def test_the_rest_of_a_part_dose_can_be_given(store: Store) -> None:
    part = ward.given(store, "event-1", status=RecordStatus.GIVEN_IN_PART)
    store.recorder.record(part)
    rest = ward.given(store, "event-2", scanned_at=ward.NOW + timedelta(minutes=5))
    assert store.recorder.record(rest).outcome is SaveOutcome.SAVED


def test_a_part_dose_charted_after_this_one_was_scanned_is_a_surprise(store: Store) -> None:
    part = ward.given(
        store,
        "event-1",
        status=RecordStatus.GIVEN_IN_PART,
        recorded_at=ward.NOW + timedelta(seconds=5),
    )
    store.recorder.record(part)
    assert store.recorder.record(ward.given(store, "event-2")).outcome is SaveOutcome.SLOT_TAKEN


def part_from_elsewhere(amount: int) -> ward.Json:
    in_part = {"coding": [{"system": "urn:bcma:record", "code": "given-in-part"}]}
    dose = {"value": amount, "system": "http://unitsofmeasure.org", "code": "mg"}
    return ward.administration(statusReason=[in_part], dosage={"dose": dose})


@pytest.mark.hazard("H46")
@pytest.mark.parametrize(
    "part, rest, outcome",
    [
        (200, 300, SaveOutcome.SAVED),
        (200, 500, SaveOutcome.SLOT_TAKEN),  # judged before the part was known
        (200, 301, SaveOutcome.SLOT_TAKEN),
    ],
)
def test_what_a_part_given_elsewhere_left_can_be_given_and_no_more(
    store: Store, part: int, rest: int, outcome: SaveOutcome
) -> None:
    ward.take(store, part_from_elsewhere(part))
    dose = ward.given(store, "event-2", amount=Quantity(Decimal(rest), "mg"))
    assert store.recorder.record(dose).outcome is outcome


def test_the_rest_of_a_part_given_elsewhere_can_be_held(store: Store) -> None:
    ward.take(store, part_from_elsewhere(200))
    held = ward.given(
        store, "event-2", status=RecordStatus.HELD, amount=None, units=(), reason="asleep"
    )
    assert store.recorder.record(held).outcome is SaveOutcome.SAVED


LABELLED = (RecordedUnit(medication_id="m1", label="U-1", serial="U-1"),)


@pytest.mark.hazard("H23")
def test_a_labelled_unit_is_used_up_by_one_dose(store: Store) -> None:
    first = ward.given(store, "event-1", units=LABELLED)
    store.recorder.record(first)
    again = ward.given(store, "event-2", units=LABELLED, slot=None, slot_id=None)
    result = store.recorder.record(again)
    assert result.outcome is SaveOutcome.UNIT_TAKEN
    assert result.other == first


@pytest.mark.hazard("H23")
def test_a_unit_used_at_another_station_is_used_up(store: Store) -> None:
    used = ward.administration(extension=[ward.unit_extension(label="U-1")], request=None)
    del used["request"]
    ward.take(store, used)
    record = ward.given(store, "event-1", units=LABELLED)
    assert store.recorder.record(record).outcome is SaveOutcome.UNIT_TAKEN


@pytest.mark.hazard("H23", "H85")
def test_a_corrected_dose_frees_its_units_and_its_slot(store: Store) -> None:
    first = ward.given(store, "event-1", units=LABELLED)
    store.recorder.record(first)
    wrong = replace(first, status=RecordStatus.ENTERED_IN_ERROR, reason="other")
    assert store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    again = ward.given(store, "event-2", units=LABELLED)
    assert store.recorder.record(again).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H101")
def test_the_serial_of_a_pack_is_not_used_up(store: Store) -> None:
    pack = (RecordedUnit(medication_id="m1", gtin="08935001700111", serial="PACK"),)
    store.recorder.record(ward.given(store, "event-1", units=pack))
    second = ward.given(store, "event-2", units=pack, slot_id="slot-2", slot=None)
    assert store.recorder.record(second).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H85")
def test_a_correction_is_a_further_version_and_both_are_delivered_in_order(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    wrong = replace(first, status=RecordStatus.ENTERED_IN_ERROR, reason="other")
    store.recorder.record(wrong)
    assert ward.chart(store).administrations == (wrong,)
    (head,) = store.outbox.deliverable()
    assert (head.version, head.record) == (1, first)
    store.outbox.delivered(head.sequence)
    (head,) = store.outbox.deliverable()
    assert (head.version, head.record) == (2, wrong)


@pytest.mark.hazard("H85")
def test_what_was_entered_in_error_stays_so(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    store.recorder.record(replace(first, status=RecordStatus.ENTERED_IN_ERROR))
    result = store.recorder.record(replace(first, status=RecordStatus.LOST))
    assert (result.outcome, result.cause) == (SaveOutcome.NOT_SAVED, "entered-in-error")


def test_a_lost_dose_is_recorded_though_the_order_was_stopped(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    ward.take(store, ward.order(status="stopped"), at=10)
    lost = replace(first, status=RecordStatus.LOST, reason="vomited")
    assert store.recorder.record(lost).outcome is SaveOutcome.SAVED


def test_a_refused_attempt_is_kept_in_the_audit_trail(store: Store) -> None:
    store.recorder.record(ward.given(store, "event-1"))
    store.recorder.record(ward.given(store, "event-2", giver_id="n2"))
    assert any(
        entry.what == "record-refused" and entry.subject == "event-2" and entry.who == "n2"
        for entry in store.audit_entries()
    )


@pytest.mark.parametrize(
    "broken", [{"event_id": None}, {"given_at": None, "recorded_at": None}], ids=["event", "time"]
)
def test_a_record_without_event_or_instant_is_not_saved(
    store: Store, broken: dict[str, None]
) -> None:
    record = replace(ward.given(store, "event-1"), **broken)  # type: ignore[arg-type]
    assert store.recorder.record(record).outcome is SaveOutcome.NOT_SAVED
    assert store.outbox.deliverable() == ()


def test_an_acknowledgement_is_the_wards(store: Store, path: Path) -> None:
    for by in ("n1", "n2"):
        kept = store.recorder.acknowledge([ward.orders_read("v1", by_id=by)])
        assert kept.outcome is SaveOutcome.SAVED
    assert ward.chart(store).acknowledged == {"v1"}
    with Store.open(path, ward="NGOAI") as other_ward:
        assert ward.chart(other_ward).acknowledged == frozenset()


def test_an_acknowledgement_is_of_one_patients_order(store: Store) -> None:
    ward.take(store, ward.patient("p2", band="B2.01"), ward.order("mr2", "p2"))
    (theirs,) = ward.chart(store, "p2").orders
    assert [o.version for o in ward.chart(store).orders] == [theirs.version], "they read the same"
    store.recorder.acknowledge([ward.orders_read(theirs.version)])
    assert ward.chart(store, "p2").acknowledged == frozenset()
    store.recorder.acknowledge([ward.orders_read(theirs.version, patient_id="p2")])
    assert ward.chart(store, "p2").acknowledged == {theirs.version}


@pytest.mark.hazard("H113")
def test_a_lost_dose_may_be_repeated_in_its_slot(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    lost = replace(first, status=RecordStatus.LOST, revision=2)
    assert store.recorder.record(lost).outcome is SaveOutcome.SAVED
    assert store.recorder.record(ward.given(store, "event-2")).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H85")
def test_a_change_is_made_to_the_version_that_was_read(store: Store) -> None:
    first = ward.given(store, "event-1")
    lost = replace(first, status=RecordStatus.LOST, revision=2)
    result = store.recorder.record(lost)
    assert (result.outcome, result.cause) == (SaveOutcome.NOT_SAVED, "changed-meanwhile")
    store.recorder.record(first)
    store.recorder.record(lost)
    wrong = replace(first, status=RecordStatus.ENTERED_IN_ERROR, revision=2)
    result = store.recorder.record(wrong)
    assert (result.outcome, result.other) == (SaveOutcome.NOT_SAVED, lost)
    wrong = replace(wrong, revision=3)
    assert store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    result = store.recorder.record(replace(wrong, revision=4))
    assert result.cause == "entered-in-error"


@pytest.mark.hazard("H85")
def test_a_record_is_found_by_its_event_in_its_latest_version(store: Store) -> None:
    record = ward.given(store, "event-1")
    store.recorder.record(record)
    wrong = replace(record, status=RecordStatus.ENTERED_IN_ERROR, recorder_id="n2")
    store.recorder.record(wrong)
    assert store.charts.recorded("event-1") == wrong
    assert store.charts.recorded("event-2") is None


def running(store: Store, event: str) -> MedicationAdministration:
    """Give a bag of its own slot, as another order's would be."""
    bag = ward.given(store, event, status=RecordStatus.RUNNING, slot=None, slot_id=None)
    assert store.recorder.record(bag).outcome is SaveOutcome.SAVED
    return bag


@pytest.mark.hazard("H65")
def test_a_new_bag_and_the_end_of_the_old_one_are_written_together(store: Store) -> None:
    old = running(store, "event-1")
    ended = replace(old, status=RecordStatus.GIVEN, revision=2)
    new = replace(old, event_id="event-2", units=())
    assert store.recorder.record(new, [ended]).outcome is SaveOutcome.SAVED
    assert [r.status for r in ward.chart(store).administrations] == [
        RecordStatus.GIVEN,
        RecordStatus.RUNNING,
    ]
    assert store.outbox.waiting().unsent == 3
    assert store.recorder.record(new, [ended]).outcome is SaveOutcome.SAVED
    assert store.outbox.waiting().unsent == 3, "the same act twice is written once"


@pytest.mark.hazard("H65")
def test_what_keeps_one_of_them_from_being_written_keeps_both(store: Store) -> None:
    old = running(store, "event-1")
    ended = replace(old, status=RecordStatus.GIVEN, revision=2)
    new = replace(old, event_id="event-2", units=())
    overtaken = replace(ended, revision=3)
    result = store.recorder.record(new, [overtaken])
    assert (result.outcome, result.cause) == (SaveOutcome.NOT_SAVED, "changed-meanwhile")
    changed = replace(new, order_version="another")
    assert store.recorder.record(changed, [ended]).outcome is SaveOutcome.ORDER_CHANGED
    nameless = replace(ended, event_id=None)
    assert store.recorder.record(new, [nameless]).cause == "no-event-id"
    assert ward.chart(store).administrations == (old,)


def test_the_first_of_two_bottles_leaves_the_slot_to_the_second(store: Store) -> None:
    first = replace(
        ward.given(store, "event-1", status=RecordStatus.RUNNING), infusion=Infusion(part=True)
    )
    store.recorder.record(first)
    later = ward.given(store, "event-2", recorded_at=first.recorded_at, units=())
    assert first.recorded_at is not None
    later = replace(later, scanned_at=first.recorded_at)
    assert store.recorder.record(later).outcome is SaveOutcome.SAVED


def test_the_audit_names_who_wrote_the_version(store: Store) -> None:
    first = ward.given(store, "event-1")
    store.recorder.record(first)
    store.recorder.record(replace(first, status=RecordStatus.LOST, revision=2, recorder_id="n9"))
    assert [e.who for e in store.audit_entries() if e.what == "record"] == [first.giver_id, "n9"]
