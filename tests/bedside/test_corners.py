"""What is seldom met: nobody signed in, nothing in hand, a badge that was meant for elsewhere."""

import pytest

from bcma.barcode import SiteFormats
from bcma.bedside import Phase, Proof
from bcma.bedside.course import Course
from bcma.bedside.recording import Nothing, first_record, paper_record
from bcma.bedside.world import Ward, World
from bcma.model.people import Session
from bcma.model.record import RecordStatus
from bcma.rules import judge
from tests.bedside.ward import BAND, Bedside, ClockOf, code, held
from tests.rules.builders import HANOI, MINUTE, NOW, NURSE, attempt, mg, policy

CLOCK = "time.clock-off"


def test_ones_own_badge_in_mid_dose_changes_nothing() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    before = ward.pass_.state()
    state = ward.pass_.scan("NV-0001")
    assert (state.phase, state.dose) == (Phase.JUDGED, before.dose)
    assert state.verdict == before.standing_verdict


@pytest.mark.hazard("H83")
def test_anothers_badge_locks_the_station() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    assert ward.pass_.scan("NV-0002").phase is Phase.SIGNED_OUT
    assert ward.pass_.scan("NV-0009").phase is Phase.SIGNED_OUT


def test_less_than_the_dose_is_charted_where_no_more_can_be_had() -> None:
    ward = Bedside().opened()
    ward.scan(code(2))
    assert held(ward.pass_.state()) == {"dose.incomplete"}
    ward.pass_.release("dose.incomplete", Proof(reason="no-stock"), cannot=True)
    ward.pass_.give()
    assert [(r.status, r.amount) for r in ward.records] == [(RecordStatus.GIVEN_IN_PART, mg(10))]


def test_a_warning_that_is_there_before_any_dose_takes_one_reason_for_all() -> None:
    ward = Bedside(site=policy(severity={CLOCK: "warn"}), clock_offset=5 * MINUTE).opened()
    ward.pass_.release(CLOCK, Proof(reason="other"))
    ward.scan(code(2), code(2))
    assert held(ward.pass_.state()) == set()
    ward.pass_.give()
    assert [r.code for r in ward.records[0].releases] == [CLOCK]
    ward.scan(code(4))
    assert CLOCK not in held(ward.pass_.state())


def test_an_act_needs_somebody_who_acts() -> None:
    ward = Bedside()
    site = Ward(code="NOI", station="A", zone=HANOI, policy=ward.site, formats=SiteFormats())
    course = Course(site, World(ward, ward, ward, ward, ClockOf(ward)))
    with pytest.raises(LookupError, match="signed-out"):
        _ = course.giver


def test_a_record_of_a_dose_without_unit_or_order_is_none() -> None:
    session = Session(NURSE, NOW)
    nothing = attempt(units=())
    with pytest.raises(Nothing):
        first_record(nothing, judge(nothing), mg(500), session, "A")
    for spoiled in (attempt(order=None, units=()), attempt(chart=None)):
        with pytest.raises(Nothing):
            paper_record(spoiled, mg(500), session, "A")


def test_a_list_of_what_is_due_equals_its_rows() -> None:
    due = Bedside().opened().pass_.state().due
    assert due == tuple(due)
    assert due != tuple(due)[1:]


def test_every_verdict_can_be_accounted_for_and_no_verdict_cannot() -> None:
    ward = Bedside().in_phase(Phase.JUDGED)
    state = ward.pass_.scan(BAND)
    account = state.account()
    assert account is not None
    assert (account.verdict, account.apart) == (state.verdict, ())
    assert state.standing_account() == account
    ward.pass_.give()
    assert ward.pass_.state().account() is None
    stopped = ward.pass_.scan("]d2").account()
    assert stopped is not None
    assert [f.code for f in stopped.apart] == ["drug.bad-code"]
    assert stopped.explanations == ()
