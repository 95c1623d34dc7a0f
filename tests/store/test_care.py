"""Care events are written whole, delivered like doses, and stand in the chart at once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import AllergyIntolerance, AllergyKind, Observation, SuspectedReaction
from bcma.model.events import AllergyAsked, CareEvent, EffectCheck, NearMiss, Reaction
from bcma.model.ports import SaveOutcome, SaveResult
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.store import Store, StoreIsCorruptError
from bcma.store.codec import decode_care, decode_event, encode_care, kind_of
from tests.store import ward

EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
DOSE = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
ASKED = AllergyAsked(event_id=EVENT, patient_id="p1", at=ward.NOW, by_id="n1", substance="Tôm")
REACTION = Reaction(
    event_id=EVENT,
    patient_id="p1",
    record_id=DOSE,
    at=ward.NOW,
    by_id="n1",
    signs=("mày đay", "ngứa"),
    severity="moderate",
    grade=1,
)
CHECK = EffectCheck(
    event_id=EVENT,
    patient_id="p1",
    record_id=DOSE,
    at=ward.NOW,
    by_id="n1",
    text="đỡ đau",
    score=Decimal("2.5"),
)
MISSED = NearMiss(
    event_id=EVENT,
    patient_id="p1",
    at=ward.NOW,
    by_id="n1",
    order_id="mr1",
    medication_id="m1",
    codes=("drug.expired", "dose.excess"),
)
EVENTS = (ASKED, REACTION, CHECK, MISSED)


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_a_care_event_is_kept_without_loss(event: CareEvent) -> None:
    assert decode_event(kind_of(event), encode_care(event)) == event
    assert encode_care(replace(event)) == encode_care(event)


@pytest.mark.parametrize(
    "kind, body", [("reaction", b"{"), ("reaction", b"{}"), ("sermon", encode_care(CHECK))]
)
def test_an_altered_care_event_is_found_out(kind: str, body: bytes) -> None:
    with pytest.raises(StoreIsCorruptError) as found:
        decode_care(kind, body)
    assert found.value.facts == {"cause": "care-event"}


@pytest.mark.parametrize("event", EVENTS, ids=kind_of)
def test_it_is_written_with_its_audit_entry_and_its_way_to_the_emr(
    store: Store, event: CareEvent
) -> None:
    assert store.recorder.file(event) == SaveResult(SaveOutcome.SAVED)
    (parcel,) = store.outbox.deliverable()
    assert (parcel.record, parcel.lane, parcel.version) == (event, "p1", 1)
    (entry,) = [e for e in store.audit_entries() if e.what == "file"]
    assert (entry.who, entry.subject, entry.at) == ("n1", EVENT, ward.NOW)
    assert entry.detail == (kind_of(event),)
    assert store.verify_audit() is None
    assert ward.chart(store).administrations == (), "it is no dose"


def test_the_same_event_is_written_once_and_another_never_in_its_place(store: Store) -> None:
    store.recorder.file(ASKED)
    assert store.recorder.file(replace(ASKED)) == SaveResult(SaveOutcome.SAVED)
    result = store.recorder.file(replace(ASKED, substance=None))
    assert result == SaveResult(SaveOutcome.NOT_SAVED, cause="other-event")
    assert store.outbox.waiting().unsent == 1
    assert [a.text for a in ward.chart(store).allergies] == ["Tôm"]


@pytest.mark.hazard("H70")
@pytest.mark.parametrize(
    "substance, kind, text",
    [(None, AllergyKind.NONE_KNOWN, ""), ("Penicillin", AllergyKind.FREE_TEXT, "Penicillin")],
)
def test_what_the_patient_answered_stands_in_the_chart_at_once(
    store: Store, substance: str | None, kind: AllergyKind, text: str
) -> None:
    assert ward.chart(store).allergies == ()
    store.recorder.file(replace(ASKED, substance=substance))
    assert ward.chart(store).allergies == (AllergyIntolerance(id=EVENT, kind=kind, text=text),)


@pytest.mark.hazard("H78")
def test_a_reaction_names_the_substances_of_its_dose(store: Store) -> None:
    substances = frozenset({"N02BE01"})
    store.recorder.record(
        ward.given(store, DOSE, ingredients=substances, medication_name="Paracetamol 500 mg")
    )
    store.recorder.file(REACTION)
    expected = SuspectedReaction(
        id=EVENT,
        at=ward.NOW,
        suspects=(f"MedicationAdministration/{DOSE}",),
        signs=("mày đay", "ngứa"),
        severity="moderate",
        grade=1,
        ingredients=substances,
        names=("Paracetamol 500 mg",),
    )
    assert ward.chart(store).reactions == (expected,)
    assert ward.chart(store).reactions[0].open


@pytest.mark.hazard("H77")
def test_an_effect_check_stands_in_the_chart_at_once(store: Store) -> None:
    store.recorder.file(CHECK)
    assert ward.chart(store).effect_checks == (CHECK,)


def adverse_event(**extra: object) -> ward.Json:
    return {
        "resourceType": "AdverseEvent",
        "id": "ae1",
        "actuality": "actual",
        "subject": ward.reference("Patient/p1"),
        "date": "2026-03-02T01:00:00Z",
        **extra,
    }


@pytest.mark.hazard("H78")
@pytest.mark.parametrize(
    "suspect, ingredients, names",
    [
        ("Medication/m1", frozenset({"N02BE01"}), ("Paracetamol 500 mg",)),
        ("MedicationAdministration/ma1", frozenset({"N02BE01"}), ("Paracetamol 500 mg",)),
        ("Medication/gone", frozenset(), ()),
        ("MedicationAdministration/gone", frozenset(), ()),
        ("MedicationStatement/m1", frozenset(), ()),
    ],
)
def test_a_suspect_of_another_system_is_looked_up(
    store: Store, suspect: str, ingredients: frozenset[str], names: tuple[str, ...]
) -> None:
    entity = [{"instance": ward.reference(suspect)}]
    ward.take(store, ward.administration(), adverse_event(suspectEntity=entity))
    (reaction,) = ward.chart(store).reactions
    assert (reaction.ingredients, reaction.names) == (ingredients, names)
    assert reaction.unknown_suspect is not bool(names), "who cannot be found is not forgotten"


def test_the_emrs_version_of_our_event_holds_once_it_is_there(store: Store) -> None:
    store.recorder.file(REACTION)
    closed = {
        "outcome": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/adverse-event-outcome",
                    "code": "resolved",
                }
            ]
        }
    }
    known = {"system": "urn:bcma:event", "value": EVENT}
    ward.take(store, adverse_event(identifier=known, **closed))
    (reaction,) = ward.chart(store).reactions
    assert (reaction.id, reaction.open) == ("ae1", False)


@pytest.mark.hazard("H78")
def test_a_near_miss_is_no_reaction_here_and_none_when_it_comes_back(store: Store) -> None:
    before = ward.chart(store)
    store.recorder.file(MISSED)
    assert ward.chart(store) == before, "it says nothing of the patient"
    known = {"system": "urn:bcma:event", "value": EVENT}
    back = adverse_event(
        identifier=known,
        actuality="potential",
        suspectEntity=[{"instance": ward.reference("Medication/m1")}],
    )
    ward.take(store, back)
    after = ward.chart(store)
    assert not any(reaction.open for reaction in after.reactions)
    assert after.settled_doubles == before.settled_doubles


def test_an_event_of_another_patient_says_nothing_of_this_one(store: Store) -> None:
    store.recorder.file(replace(REACTION, patient_id="p2"))
    assert ward.chart(store).reactions == ()


HEART_RATE = "8867-4"


def test_a_value_measured_for_a_dose_stands_in_the_chart_at_once(store: Store) -> None:
    value = Quantity(Decimal(48), "/min")
    held = ward.given(store, DOSE, status=RecordStatus.HELD, measured=((HEART_RATE, value),))
    store.recorder.record(held)
    (found,) = ward.chart(store).observations
    assert (found.code, found.value, found.at) == (HEART_RATE, value, ward.NOW)
    shown = {
        "resourceType": "Observation",
        "id": found.id,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": HEART_RATE}]},
        "subject": ward.reference("Patient/p1"),
        "effectiveDateTime": "2026-03-02T01:00:00Z",
        "valueQuantity": {"value": 48, "unit": "/min"},
    }
    ward.take(store, shown)
    once = replace(found, display=HEART_RATE)
    assert ward.chart(store).observations == (once,), "the EMR's and ours are one value"


def test_a_value_of_a_record_in_error_is_no_value(store: Store) -> None:
    value = Quantity(Decimal(48), "/min")
    record = ward.given(store, DOSE, measured=((HEART_RATE, value),))
    store.recorder.record(record)
    later = ward.NOW + timedelta(minutes=1)
    wrong = replace(record, status=RecordStatus.ENTERED_IN_ERROR, recorded_at=later)
    assert store.recorder.record(wrong).outcome is SaveOutcome.SAVED
    assert ward.chart(store).observations == ()


def test_values_are_in_order_of_time_whoever_measured_them(store: Store) -> None:
    early = {
        "resourceType": "Observation",
        "id": "zzz",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": HEART_RATE}]},
        "subject": ward.reference("Patient/p1"),
        "effectiveDateTime": "2026-03-01T23:00:00Z",
        "valueQuantity": {"value": 80, "unit": "/min"},
    }
    ward.take(store, early)
    value = Quantity(Decimal(48), "/min")
    store.recorder.record(ward.given(store, DOSE, measured=((HEART_RATE, value),)))
    values = [found.value for found in ward.chart(store).observations]
    assert values == [Quantity(Decimal(80), "/min"), value]
    assert isinstance(ward.chart(store).observations[0], Observation)
