"""Two stations that could not see one another: who is told, who settles it, who learns of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bcma.app import NoticeKind
from bcma.bedside.acts import Correct
from bcma.model.events import DoubleOutcome, DoubleSettled
from bcma.model.record import RecordStatus
from tests.app.conftest import (
    ANOTHER,
    DOCTOR,
    INCOMPLETE,
    MANAGER,
    NOW,
    NURSE,
    PHARMACIST,
    PIN,
    STUDENT,
    THIRD_NURSE,
    Hospital,
    load,
    only_notice,
    order,
)

pytestmark = pytest.mark.hazard("H47")


def test_both_nurses_and_the_ward_manager_are_told_at_either_station(hospital: Hospital) -> None:
    hospital.given_twice()
    for station in (hospital.a, hospital.b):
        for badge in (NURSE, ANOTHER, MANAGER):
            assert only_notice(station, badge).concerns_me
            assert station.health().notices == 1
        for badge in (THIRD_NURSE, DOCTOR, PHARMACIST, STUDENT):
            assert not only_notice(station, badge).concerns_me
            assert station.health().notices == 0
        station.sign_out()
        (notice,) = station.safety.notices()
        assert not notice.concerns_me
        assert not notice.may_settle


def test_a_notice_says_who_gave_what_to_whom_and_when(hospital: Hospital) -> None:
    one, other = hospital.given_twice()
    notice = only_notice(hospital.b, ANOTHER)
    assert notice.kind is NoticeKind.CHARTED_TWICE
    assert (notice.patient.id, notice.drug) == ("p1", "Amlodipin 5 mg")
    assert notice.bed
    assert [r.event_id for r in notice.records] == [one, other]
    assert [r.giver_name for r in notice.records] == ["Lê Thị Lan", "Phạm Văn Minh"]
    assert [r.station for r in notice.records] == ["A", "B"]
    assert (notice.planned, notice.since) == (NOW, NOW + timedelta(minutes=12))
    assert notice.changed_at is None
    assert notice.id == "/".join(sorted((one, other)))
    assert hospital.b.safety.conflicts() == (notice,)


@pytest.mark.parametrize(
    "badge,may",
    [
        (NURSE, True),
        (THIRD_NURSE, True),
        (DOCTOR, True),
        (MANAGER, True),
        (PHARMACIST, False),
        (STUDENT, False),
    ],
)
def test_who_may_give_and_the_ward_manager_may_settle_it(
    hospital: Hospital, badge: str, *, may: bool
) -> None:
    hospital.given_twice()
    notice = only_notice(hospital.a, badge)
    assert notice.may_settle is may
    state = hospital.a.safety.given_twice(notice)
    assert state.refused == (None if may else "documentation.role")
    assert bool(hospital.a.safety.notices()) is not may


def test_charted_twice_is_settled_at_both_stations_by_the_ward_manager(
    hospital: Hospital,
) -> None:
    one, other = hospital.given_twice()
    assert hospital.holds_the_next(hospital.a)
    notice = only_notice(hospital.b, MANAGER)
    state = hospital.b.safety.charted_twice(notice, right=one, reason="other")
    assert (state.record, state.refused) == (RecordStatus.ENTERED_IN_ERROR, None)
    assert hospital.b.safety.notices() == ()
    assert hospital.b.health().notices == 0
    hospital.sync()
    assert hospital.a.safety.notices() == ()
    assert not hospital.holds_the_next(hospital.a)
    kept = {r["id"]: r["status"] for r in hospital.on_emr("MedicationAdministration")}
    assert kept == {one: "completed", other: "entered-in-error"}
    (issue,) = hospital.on_emr("DetectedIssue")
    (done,) = issue["mitigation"]
    assert done["action"]["coding"][0]["code"] == "charted-twice"
    assert done["author"] == {"reference": "Practitioner/s5"}
    assert hospital.on_emr("AdverseEvent") == []


def test_given_twice_keeps_both_and_reports_an_adverse_event(hospital: Hospital) -> None:
    one, other = hospital.given_twice()
    notice = only_notice(hospital.a, NURSE)
    state = hospital.a.safety.given_twice(notice)
    assert isinstance(state.filed, DoubleSettled)
    assert state.filed.outcome is DoubleOutcome.GIVEN_TWICE
    assert hospital.a.safety.notices() == (), "before anything is delivered"
    hospital.sync()
    assert {r["status"] for r in hospital.on_emr("MedicationAdministration")} == {"completed"}
    (event,) = hospital.on_emr("AdverseEvent")
    assert event["actuality"] == "actual"
    suspects = {s["instance"]["reference"] for s in event["suspectEntity"]}
    assert suspects == {f"MedicationAdministration/{name}" for name in (one, other)}
    (issue,) = hospital.on_emr("DetectedIssue")
    assert issue["mitigation"][0]["action"]["coding"][0]["code"] == "given-twice"
    assert hospital.b.safety.notices() == ()
    assert not hospital.holds_the_next(hospital.a)
    assert not hospital.holds_the_next(hospital.b)


def test_a_dose_given_twice_is_no_reaction_to_the_drug(hospital: Hospital) -> None:
    hospital.given_twice()
    hospital.a.safety.given_twice(only_notice(hospital.a, NURSE))
    hospital.sync()
    for station in (hospital.a, hospital.b):
        hospital.holds_the_next(station)
        verdict = station.state().standing_verdict
        assert verdict is not None
        assert "response.prior-reaction" not in {found.code for found in verdict.findings}


def test_what_both_settle_alike_without_a_network_is_told_once(hospital: Hospital) -> None:
    hospital.given_twice()
    for station, badge in ((hospital.a, NURSE), (hospital.b, MANAGER)):
        station.safety.given_twice(only_notice(station, badge))
    hospital.sync()
    (event,) = hospital.on_emr("AdverseEvent")
    assert event["recorder"] == {"reference": "Practitioner/s1"}, "the first one's stands"
    (issue,) = hospital.on_emr("DetectedIssue")
    assert issue["mitigation"][0]["author"] == {"reference": "Practitioner/s1"}
    assert hospital.b.store.outbox.waiting().unsent == 0


def test_what_the_emr_s_own_people_settle_is_settled_here(hospital: Hospital) -> None:
    hospital.given_twice()
    (issue,) = hospital.on_emr("DetectedIssue")
    load(hospital.emr, issue | {"mitigation": [{"action": {"text": "đã trao đổi"}}]})
    hospital.sync()
    assert hospital.a.safety.notices() == ()
    assert not hospital.holds_the_next(hospital.b)


def test_a_correction_at_the_bedside_settles_it_too(hospital: Hospital) -> None:
    _, other = hospital.given_twice()
    hospital.b.sign_in(ANOTHER, PIN)
    hospital.b.act_on(other, Correct("other"))
    hospital.sync()
    (issue,) = hospital.on_emr("DetectedIssue")
    assert issue["mitigation"][0]["author"] == {"reference": "Practitioner/s2"}
    assert hospital.a.safety.notices() == ()
    hospital.sync()
    assert len(hospital.on_emr("Provenance")) == 5, "told once"


def test_nothing_is_settled_by_half(hospital: Hospital) -> None:
    one, _ = hospital.given_twice()
    notice = only_notice(hospital.a, NURSE)
    desk = hospital.a.safety
    assert desk.charted_twice(notice, right="", reason="other").refused == INCOMPLETE
    assert desk.charted_twice(notice, right=one, reason="").refused == INCOMPLETE
    assert desk.prescriber_told(replace(notice, records=())).refused == INCOMPLETE
    assert desk.notices() == (notice,)


def test_what_concerns_me_comes_first(hospital: Hospital) -> None:
    load(hospital.emr, order(status="stopped"))
    hospital.given_twice()
    kinds = [notice.kind for notice in hospital.a.safety.notices()]
    assert sorted(kinds) == ["charted-twice", "order-stopped", "order-stopped"]
    only = [notice for notice in hospital.a.safety.notices() if notice.concerns_me]
    assert hospital.a.safety.notices()[: len(only)] == tuple(only)
    assert len(only) == hospital.a.health().notices == 2


@pytest.mark.hazard("H47", "H85")
def test_where_each_took_back_her_own_record_both_are_asked(hospital: Hospital) -> None:
    one, other = hospital.given_twice()
    for station, badge, event in ((hospital.a, NURSE, one), (hospital.b, ANOTHER, other)):
        station.sign_in(badge, PIN)
        assert station.act_on(event, Correct("other")).refused is None
    hospital.sync()
    for station in (hospital.a, hospital.b):
        notices = [only_notice(station, badge) for badge in (NURSE, ANOTHER, MANAGER)]
        assert {(n.kind, n.concerns_me) for n in notices} == {(NoticeKind.NONE_LEFT, True)}
        assert not any(n.may_settle for n in notices)
        assert [r.event_id for r in notices[0].records] == [one, other]
        assert notices[0].planned == NOW
        assert station.safety.conflicts() == ()
    hospital.a.sign_in(NURSE, PIN)
    hospital.a.scan("BN0001.2")
    assert hospital.a.not_given("mr1", "other").record is RecordStatus.NOT_GIVEN
    assert hospital.a.safety.notices() == (), "it is charted anew"
