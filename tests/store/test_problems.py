"""What the EMR refused is listed with its owner until a person has dealt with it (hazard H87)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bcma.model.events import DoubleDose, EffectCheck
from bcma.store import DeliveryState, Problem, Store, Waiting
from tests.store import ward

LATER = ward.NOW + timedelta(minutes=3)
EVENT = str(uuid4())


@pytest.fixture
def refused(store: Store) -> Store:
    """A dose that the EMR refused, and an effect check behind it."""
    store.recorder.record(ward.given(store, EVENT, recorder_id="n2"))
    check = EffectCheck(
        event_id=str(uuid4()), patient_id="p1", record_id=EVENT, at=ward.NOW, by_id="n1", text="x"
    )
    store.recorder.file(check)
    refuse(store)
    return store


def refuse(store: Store) -> None:
    sequence = store.outbox.deliverable()[0].sequence
    store.outbox.refused(sequence, "emr.refused 422 invalid", at=LATER, said="dose missing")


def only(store: Store) -> Problem:
    (problem,) = store.problems.list()
    return problem


@pytest.mark.hazard("H87")
def test_a_refused_event_is_listed_with_all_that_a_person_needs(refused: Store) -> None:
    problem = only(refused)
    assert (problem.event_id, problem.patient_id, problem.kind) == (EVENT, "p1", "dose")
    assert (problem.since, problem.owner_id) == (LATER, "n2"), "who recorded it owns it"
    assert (problem.outcome, problem.said) == ("emr.refused 422 invalid", "dose missing")
    assert problem.behind == 1, "its patient's lane waits"
    assert refused.outbox.deliverable() == ()


@pytest.mark.parametrize("author", ["n1", ""])
def test_a_care_event_is_owned_by_whoever_told_it(store: Store, author: str) -> None:
    event = DoubleDose(
        event_id=EVENT, patient_id="p1", record_ids=("a", "b"), at=ward.NOW, by_id=author
    )
    store.recorder.file(event)
    refuse(store)
    problem = only(store)
    assert (problem.kind, problem.owner_id, problem.behind) == ("double-dose", author, 0)


def test_a_dose_without_a_recorder_is_the_givers(store: Store) -> None:
    store.recorder.record(ward.given(store, EVENT))
    refuse(store)
    assert only(store).owner_id == "n1"


@pytest.mark.hazard("H87")
def test_a_person_sends_a_problem_again_and_it_is_looked_for_first(refused: Store) -> None:
    sequence = only(refused).sequence
    assert refused.problems.retry(sequence, by="n2", at=LATER)
    (head,) = refused.outbox.deliverable(LATER)
    assert (head.sequence, head.state, head.attempts) == (sequence, DeliveryState.UNKNOWN, 0)
    entry = refused.audit_entries()[-1]
    assert (entry.what, entry.who, entry.at) == ("delivery-retried", "n2", LATER)
    assert (entry.subject, entry.detail) == (EVENT, (str(sequence),))
    assert refused.verify_audit() is None


@pytest.mark.hazard("H87")
def test_a_problem_that_was_seen_to_otherwise_frees_its_lane(refused: Store) -> None:
    sequence = only(refused).sequence
    assert refused.problems.handled(sequence, by="m1", reason=" entered by hand ", at=LATER)
    assert refused.problems.list() == ()
    assert refused.outbox.waiting() == Waiting(unsent=1, problems=0)
    (behind,) = refused.outbox.deliverable()
    assert isinstance(behind.record, EffectCheck)
    entry = refused.audit_entries()[-1]
    assert (entry.what, entry.who) == ("delivery-handled", "m1")
    assert entry.detail == (str(sequence), "entered by hand")
    assert len(ward.chart(refused).administrations) == 1, "the record stays"
    assert refused.verify_audit() is None


def test_nothing_is_taken_off_the_list_without_a_reason(refused: Store) -> None:
    before = refused.audit_entries()
    assert not refused.problems.handled(only(refused).sequence, by="m1", reason=" ", at=LATER)
    assert refused.audit_entries() == before
    assert only(refused).event_id == EVENT


def test_what_is_no_problem_any_more_is_left_alone(refused: Store) -> None:
    sequence = only(refused).sequence
    refused.outbox.delivered(sequence)
    before = refused.audit_entries()
    assert not refused.problems.retry(sequence, by="n2", at=LATER)
    assert not refused.problems.handled(sequence, by="n2", reason="done", at=LATER)
    assert refused.audit_entries() == before
