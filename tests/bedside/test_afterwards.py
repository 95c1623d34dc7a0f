"""What happens to a record after it was made: corrected, never rewritten."""

import pytest

from bcma.bedside import PassState, Phase, Proof
from bcma.bedside.acts import Act, Correct, LoseDose
from bcma.model.people import Practitioner
from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordStatus
from tests.bedside.ward import BAND, PIN, Bedside, badge_pin, code, held
from tests.rules.builders import MANAGER, NOW, NURSE, SECOND, STUDENT, mg, record

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


VOMITED = LoseDose("vomited")


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
    assert (first.revision, kept.revision) == (1, 2)
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


@pytest.mark.parametrize("act", [GIVEN, VOMITED])
@pytest.mark.parametrize("person", [STUDENT, MANAGER])
def test_who_may_not_give_changes_nobody_elses_record(person: Practitioner, act: Act) -> None:
    ward, event = given()
    as_person(ward, person)
    assert nothing_changed(ward.pass_.act_on(event, act), "documentation.role")


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


@pytest.mark.hazard("H113")
def test_a_lost_dose_stays_charted_and_is_repeated_by_the_prescriber_only() -> None:
    ward, event = given()
    ward.now += 10 * 60 * SECOND
    assert ward.pass_.act_on(event, VOMITED).record is RecordStatus.LOST
    (kept,) = ward.records
    assert (kept.reason, kept.revision, kept.amount) == ("vomited", 2, mg(1000))
    again = ward.scan(BAND, code(1, "U3"), code(1, "U4"))
    assert held(again) == {"time.too-soon"}
    prescriber = Proof(reason="vomited", prescriber=badge_pin("NV-0003"))
    assert held(ward.pass_.release("time.too-soon", prescriber)) == set()
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert [r.slot for r in ward.records] == [kept.slot, kept.slot]


@pytest.mark.parametrize("status", list(RecordStatus))
def test_only_what_was_given_can_be_lost(status: RecordStatus) -> None:
    ward = Bedside(records=[record(status, event_id="e1")]).opened()
    state = ward.pass_.act_on("e1", VOMITED)
    if status in {RecordStatus.GIVEN, RecordStatus.GIVEN_IN_PART}:
        assert state.record is RecordStatus.LOST
    else:
        assert nothing_changed(state, "documentation.incomplete")


def test_a_dose_is_lost_in_one_of_two_ways() -> None:
    ward, event = given()
    assert nothing_changed(
        ward.pass_.act_on(event, LoseDose("dropped")), "documentation.incomplete"
    )
    assert ward.pass_.act_on(event, LoseDose("lost")).record is RecordStatus.LOST


@pytest.mark.hazard("H113")
def test_the_rest_of_a_lost_part_is_the_whole_dose() -> None:
    """What was lost does not count towards the dose: the repeat is a whole one."""
    lost = record(RecordStatus.LOST, event_id="e1", slot=NOW, amount=mg(500))
    part = record(RecordStatus.GIVEN_IN_PART, event_id="e2", slot=NOW, amount=mg(500))
    ward = Bedside(records=[lost, part]).opened()
    state = ward.scan(code(1, "U1"))
    assert state.dose is not None
    assert state.dose.ordered == mg(500)
