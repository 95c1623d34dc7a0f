"""Doses given after the order was stopped or changed, unknown to the station: told, and told on."""

from datetime import timedelta

import pytest

from bcma.app import NoticeKind
from bcma.bedside.acts import Correct, PrescriberTold
from bcma.model.events import LateDoseTold
from tests.app.conftest import (
    ANOTHER,
    INCOMPLETE,
    MANAGER,
    NOW,
    NURSE,
    PHARMACIST,
    STUDENT,
    Hospital,
    Json,
    load,
    only_notice,
    order,
)

pytestmark = pytest.mark.hazard("H59")


@pytest.mark.parametrize(
    "changes,kind",
    [
        ({"status": "stopped"}, NoticeKind.ORDER_STOPPED),
        ({"status": "on-hold"}, NoticeKind.ORDER_STOPPED),
        ({"priority": "routine", "doNotPerform": True}, NoticeKind.ORDER_CHANGED),
    ],
)
def test_a_dose_after_the_order_was_changed_is_told_to_nurse_manager_and_pharmacist(
    hospital: Hospital, changes: Json, kind: NoticeKind
) -> None:
    hospital.time.goes_on(minutes=1)
    load(hospital.emr, order(**changes))
    event = hospital.give(hospital.a, NURSE, "U1")
    hospital.sync()
    for badge in (NURSE, MANAGER, PHARMACIST):
        for station in (hospital.a, hospital.b):
            notice = only_notice(station, badge)
            assert (notice.kind, notice.concerns_me) == (kind, True)
            assert notice.may_settle
            assert [r.event_id for r in notice.records] == [event]
            assert notice.changed_at == NOW + timedelta(minutes=1)
            assert station.safety.conflicts() == ()
    assert not only_notice(hospital.b, ANOTHER).concerns_me
    assert not only_notice(hospital.b, STUDENT).may_settle
    as_student = only_notice(hospital.b, STUDENT)
    assert hospital.b.safety.prescriber_told(as_student).refused == "documentation.role"
    (issue,) = hospital.on_emr("DetectedIssue")
    assert issue["severity"] == "high"
    references = [implicated["reference"] for implicated in issue["implicated"]]
    assert references == ["MedicationRequest/mr1", f"MedicationAdministration/{event}"]


def test_it_is_off_the_list_once_the_prescriber_was_told(hospital: Hospital) -> None:
    load(hospital.emr, order(status="stopped"))
    hospital.give(hospital.a, NURSE, "U1")
    hospital.sync()
    state = hospital.b.safety.prescriber_told(only_notice(hospital.b, PHARMACIST))
    assert isinstance(state.filed, LateDoseTold)
    assert hospital.b.safety.notices() == ()
    hospital.sync()
    assert hospital.a.safety.notices() == ()
    (issue,) = hospital.on_emr("DetectedIssue")
    (done,) = issue["mitigation"]
    assert done["action"]["coding"][0]["code"] == "prescriber-told"
    assert done["author"] == {"reference": "Practitioner/s3"}


def test_the_instant_of_the_change_decides(hospital: Hospital) -> None:
    hospital.give(hospital.a, NURSE, "U1")
    hospital.time.goes_on(milliseconds=1)
    load(hospital.emr, order(status="stopped"))
    hospital.sync()
    assert hospital.a.safety.notices() == ()
    assert hospital.on_emr("DetectedIssue") == []


def test_a_change_that_is_none_to_the_dose_is_not_told(hospital: Hospital) -> None:
    load(hospital.emr, order(note=[{"text": "đã giải thích cho người nhà"}]))
    hospital.give(hospital.a, NURSE, "U1")
    hospital.sync()
    assert hospital.a.safety.notices() == ()


def test_a_late_dose_that_was_never_given_is_none(hospital: Hospital) -> None:
    load(hospital.emr, order(status="stopped"))
    event = hospital.give(hospital.a, NURSE, "U1")
    hospital.sync()
    hospital.a.act_on(event, Correct("other"))
    assert hospital.a.safety.notices() == ()
    assert hospital.a.act_on(event, PrescriberTold()).refused == INCOMPLETE
    hospital.sync()
    assert hospital.b.safety.notices() == ()
