"""What happens to a record after it was made: corrected, never rewritten."""

import pytest

from bcma.bedside import PassState, Phase
from bcma.bedside.acts import Correct
from bcma.model.people import Practitioner
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from tests.bedside.ward import PIN, Bedside, code, held
from tests.rules.builders import MANAGER, NURSE, SECOND, STUDENT, record

GIVEN = Correct("clinical-judgement")


def given() -> tuple[Bedside, str]:
    """Give two tablets, and name the event of the record."""
    ward = Bedside().in_phase(Phase.RECORDED)
    return ward, ward.records[0].event_id or ""


def as_person(ward: Bedside, person: Practitioner, badge: str = "NV-0009") -> Bedside:
    ward.people[badge] = person
    ward.pass_.sign_in(badge, PIN)
    return ward


def nothing_changed(state: PassState, refused: str) -> bool:
    return (state.refused, state.record, state.written) == (refused, None, None)


@pytest.mark.hazard("H85")
def test_a_correction_frees_the_slot_and_the_units() -> None:
    ward, event = given()
    ward.now += SECOND
    state = ward.pass_.act_on(event, GIVEN)
    assert (state.phase, state.record, state.refused) == (
        Phase.RECORDED,
        RecordStatus.ENTERED_IN_ERROR,
        None,
    )
    assert state.verdict is None
    again = ward.scan(code(1, "U1"), code(1, "U2"))
    assert held(again) == set()
    assert ward.pass_.give().record is RecordStatus.GIVEN


def test_a_correction_says_who_when_and_why() -> None:
    ward, event = given()
    first = ward.records[0]
    as_person(ward, ward.people["NV-0002"], "NV-0002")
    ward.now += 60 * SECOND
    ward.pass_.act_on(event, GIVEN)
    (kept,) = ward.records
    assert (kept.event_id, kept.recorder_id, kept.reason) == (event, "n2", "clinical-judgement")
    assert (kept.recorded_at, kept.giver_id, kept.given_at) == (ward.now, "n1", first.given_at)
    assert kept.amount == first.amount


@pytest.mark.parametrize("reason", [None, "no-such-reason"])
def test_a_correction_needs_a_reason_of_the_list(reason: str | None) -> None:
    ward, event = given()
    assert nothing_changed(ward.pass_.act_on(event, Correct(reason)), "documentation.incomplete")


@pytest.mark.parametrize("event", [None, "no-such-event"])
def test_what_was_never_recorded_cannot_be_corrected(event: str | None) -> None:
    ward, _ = given()
    assert nothing_changed(ward.pass_.act_on(event, GIVEN), "documentation.incomplete")


def test_nothing_is_corrected_twice() -> None:
    ward, event = given()
    ward.pass_.act_on(event, GIVEN)
    assert nothing_changed(ward.pass_.act_on(event, GIVEN), "documentation.incomplete")


@pytest.mark.parametrize("person", [STUDENT, MANAGER])
def test_who_may_not_give_corrects_nobody_elses_record(person: Practitioner) -> None:
    ward, event = given()
    as_person(ward, person)
    assert nothing_changed(ward.pass_.act_on(event, GIVEN), "documentation.role")


def test_everybody_may_correct_what_they_charted_themselves() -> None:
    ward = Bedside(records=[record(event_id="e1", giver_id=STUDENT.id)]).signed_in()
    as_person(ward, STUDENT)
    assert ward.pass_.act_on("e1", GIVEN).record is RecordStatus.ENTERED_IN_ERROR


def test_a_correction_needs_a_session() -> None:
    ward, event = given()
    ward.pass_.lock()
    assert nothing_changed(ward.pass_.act_on(event, GIVEN), "documentation.signed-out")


def test_a_correction_that_is_not_saved_is_told() -> None:
    ward, event = given()
    ward.outcome, ward.other = SaveOutcome.NOT_SAVED, record()
    state = ward.pass_.act_on(event, GIVEN)
    assert nothing_changed(state, "documentation.not-saved")
    assert state.conflict == record()


def test_the_dose_in_hand_stays_in_hand_while_another_is_corrected() -> None:
    ward, event = given()
    ward.scan(code(2))
    state = ward.pass_.act_on(event, GIVEN)
    assert (state.phase, state.record) == (Phase.JUDGED, RecordStatus.ENTERED_IN_ERROR)
    assert state.dose is not None
    assert [u.code.lot for u in state.dose.units] == ["L1"]


def test_a_record_of_somebody_else_leaves_the_open_patient_as_it_was() -> None:
    ward = Bedside(records=[record(event_id="e1", patient_id="p2", giver_id=NURSE.id)]).opened()
    state = ward.pass_.act_on("e1", GIVEN)
    assert (state.phase, state.record) == (Phase.NEED_DRUG, RecordStatus.ENTERED_IN_ERROR)
