"""What two records for one dose mean, and a late dose that the prescriber was told of."""

from dataclasses import replace

import pytest

from bcma.bedside.acts import PrescriberTold, SettleDouble
from bcma.model.events import DoubleOutcome, DoubleSettled, LateDoseTold
from bcma.model.people import Practitioner
from bcma.model.ports import SaveOutcome
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.bedside.ward import PIN, Bedside
from tests.rules.builders import (
    DAY,
    DOCTOR,
    MANAGER,
    MINUTE,
    NOW,
    PHARMACIST,
    STUDENT,
    Value,
    record,
)

ONE, TWO, THREE = (f"{n}" * 8 + f"-{n * 4}-4{n * 3}-8{n * 3}-" + n * 12 for n in "123")
SLOT = NOW - DAY
TWICE = SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE)
ROLE, INCOMPLETE = "documentation.role", "documentation.incomplete"


def charted(wrong: str = TWO, reason: str | None = "other") -> SettleDouble:
    return SettleDouble(outcome=DoubleOutcome.CHARTED_TWICE, wrong=(wrong,), reason=reason)


def dose(event: str, minutes: int = 0, **changes: Value) -> MedicationAdministration:
    made = record(given_at=SLOT + minutes * MINUTE, event_id=event, slot=SLOT)
    return replace(made, **changes)


def ward_of(*records: MedicationAdministration, person: Practitioner | None = None) -> Bedside:
    ward = Bedside(records=list(records))
    if person is not None:
        ward.people["NV-0001"] = person
    return ward.signed_in()


def ward_with_two(person: Practitioner | None = None) -> Bedside:
    return ward_of(dose(ONE), dose(TWO, 5, station="A"), person=person)


def statuses(ward: Bedside) -> dict[str | None, RecordStatus]:
    return {kept.event_id: kept.status for kept in ward.records}


@pytest.mark.hazard("H47", "H85")
def test_charted_twice_is_one_record_in_error() -> None:
    ward = ward_with_two()
    state = ward.pass_.act_on(ONE, charted())
    assert (state.record, state.refused, state.filed) == (RecordStatus.ENTERED_IN_ERROR, None, None)
    assert statuses(ward) == {ONE: RecordStatus.GIVEN, TWO: RecordStatus.ENTERED_IN_ERROR}
    wrong = ward.recorded(TWO)
    assert wrong is not None
    assert (wrong.reason, wrong.recorder_id, wrong.revision) == ("other", "n1", 2)
    assert ward.filed == []


@pytest.mark.hazard("H47")
def test_given_twice_keeps_both_and_files_who_found_it_out() -> None:
    ward = ward_with_two()
    state = ward.pass_.act_on(TWO, TWICE)
    (filed,) = ward.filed
    assert isinstance(filed, DoubleSettled)
    assert state.filed == filed
    assert (filed.outcome, filed.patient_id) == (DoubleOutcome.GIVEN_TWICE, "p1")
    assert (filed.at, filed.by_id) == (ward.now, "n1")
    assert filed.record_ids == (ONE, TWO)
    assert set(statuses(ward).values()) == {RecordStatus.GIVEN}
    assert ward.pass_.act_on(TWO, TWICE).refused == INCOMPLETE, "it is settled"


@pytest.mark.parametrize(
    "person,refused",
    [(DOCTOR, None), (MANAGER, None), (PHARMACIST, ROLE), (STUDENT, ROLE)],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_who_may_give_and_the_ward_manager_may_settle(
    person: Practitioner, refused: str | None
) -> None:
    for act in (charted(), TWICE):
        ward = ward_with_two(person)
        assert ward.pass_.act_on(ONE, act).refused == refused
        unchanged = not ward.filed and set(statuses(ward).values()) == {RecordStatus.GIVEN}
        assert unchanged is (refused is not None)


@pytest.mark.parametrize(
    "act",
    [
        charted(reason=None),
        charted(reason="no-such-reason"),
        charted(wrong=THREE),
        SettleDouble(outcome=DoubleOutcome.CHARTED_TWICE),
        SettleDouble(outcome=DoubleOutcome.CHARTED_TWICE, wrong=(ONE, TWO), reason="other"),
        SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE, wrong=(ONE,), reason="other"),
        SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE, wrong=(THREE,), reason="other"),
    ],
)
def test_what_does_not_add_up_changes_nothing(act: SettleDouble) -> None:
    ward = ward_with_two()
    assert ward.pass_.act_on(ONE, act).refused == INCOMPLETE
    assert (ward.filed, set(statuses(ward).values())) == ([], {RecordStatus.GIVEN})


def test_where_nothing_was_charted_twice_there_is_nothing_to_settle() -> None:
    for records in ((dose(ONE),), (dose(ONE), dose(TWO, 5, slot=NOW)), (dose(ONE, order_id="x"),)):
        ward = ward_of(*records)
        assert ward.pass_.act_on(ONE, TWICE).refused == INCOMPLETE
        assert ward.filed == []


def test_of_three_one_may_be_wrong_and_two_given() -> None:
    ward = ward_of(dose(ONE), dose(TWO, 5), dose(THREE, 9))
    act = SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE, wrong=(TWO,), reason="other")
    assert ward.pass_.act_on(TWO, act).refused is None
    assert statuses(ward)[TWO] is RecordStatus.ENTERED_IN_ERROR
    (filed,) = ward.filed
    assert isinstance(filed, DoubleSettled)
    assert filed.record_ids == (ONE, THREE)


def test_of_three_all_but_one_may_be_wrong() -> None:
    ward = ward_of(dose(ONE), dose(TWO, 5), dose(THREE, 9))
    both = SettleDouble(outcome=DoubleOutcome.CHARTED_TWICE, wrong=(ONE, TWO), reason="other")
    assert ward.pass_.act_on(ONE, both).refused is None
    assert statuses(ward)[THREE] is RecordStatus.GIVEN
    assert ward.pass_.act_on(THREE, TWICE).refused == INCOMPLETE, "nothing is left to settle"


@pytest.mark.parametrize("act", [charted(), TWICE])
def test_what_could_not_be_saved_is_not_settled(act: SettleDouble) -> None:
    ward = ward_with_two()
    ward.outcome = SaveOutcome.NOT_SAVED
    state = ward.pass_.act_on(ONE, act)
    assert (state.refused, state.filed) == ("documentation.not-saved", None)
    assert ward.filed == []


def test_after_a_correction_that_failed_nothing_is_called_given_twice() -> None:
    ward = ward_of(dose(ONE), dose(TWO, 5), dose(THREE, 9))
    ward.outcome = SaveOutcome.NOT_SAVED
    act = SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE, wrong=(TWO,), reason="other")
    assert ward.pass_.act_on(TWO, act).refused == "documentation.not-saved"
    ward.outcome = SaveOutcome.SAVED
    assert ward.filed == []


@pytest.mark.hazard("H59")
@pytest.mark.parametrize(
    "person,refused",
    [(DOCTOR, None), (MANAGER, None), (PHARMACIST, None), (STUDENT, ROLE)],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_that_the_prescriber_knows_of_a_late_dose_is_kept(
    person: Practitioner, refused: str | None
) -> None:
    ward = ward_of(dose(ONE), person=person)
    state = ward.pass_.act_on(ONE, PrescriberTold())
    assert state.refused == refused
    if refused is None:
        (filed,) = ward.filed
        assert isinstance(filed, LateDoseTold)
        assert (filed.late.record_id, filed.late.order_id) == (ONE, "mr1")
        assert (filed.event_id, filed.patient_id) == (filed.late.told_id, "p1")
        assert (filed.at, filed.by_id) == (ward.now, person.id)


@pytest.mark.parametrize(
    "changes", [{"status": RecordStatus.ENTERED_IN_ERROR}, {"event_id": "event-1"}]
)
def test_without_a_late_dose_there_is_nothing_to_tell(changes: dict[str, Value]) -> None:
    kept = replace(dose(ONE), **changes)
    ward = ward_of(kept)
    assert ward.pass_.act_on(kept.event_id, PrescriberTold()).refused == INCOMPLETE
    assert ward.filed == []


def test_nobody_settles_anything_signed_out() -> None:
    ward = ward_with_two()
    ward.pass_.sign_out()
    assert ward.pass_.act_on(ONE, TWICE).refused == "documentation.signed-out"
    ward.pass_.sign_in("NV-0001", PIN)
    assert ward.pass_.act_on(ONE, TWICE).refused is None
