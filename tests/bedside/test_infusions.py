"""Infusions: started by giving, followed bag by bag, and ended with what went in."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bcma.bedside import Due, Proof
from bcma.bedside.infusion_acts import (
    ChangeBag,
    PauseInfusion,
    StopInfusion,
)
from bcma.model.order import OrderStatus, Timing
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, RecordStatus
from tests.bedside.infusing_ward import (
    HEPARIN,
    ON,
    RANGE,
    SALINE,
    act,
    drip,
    ml,
    ordered,
    rate,
    running,
    the_record,
    ward_with,
)
from tests.bedside.ward import BAND, PIN, Bedside, code, held
from tests.rules.builders import (
    HOUR,
    NURSE,
    at,
    mg,
    product,
    record,
)

RUNNING, INCOMPLETE = RecordStatus.RUNNING, "documentation.incomplete"


def later(ward: Bedside, span: timedelta = 5 * HOUR) -> Bedside:
    """Let time pass, and begin anew: band scanned again."""
    ward.now += span
    ward.pass_.sign_in("NV-0001", PIN)
    ward.scan(BAND)
    return ward


# --- starting -----------------------------------------------------------------------------------


def test_giving_starts_what_has_a_rate() -> None:
    ward = running()
    kept = the_record(ward)
    assert (kept.status, kept.amount, kept.wasted, kept.slot) == (RUNNING, ml(500), None, at(8))
    assert kept.infusion == Infusion(
        rate=rate(100), ward="NOI", accepted_by=NURSE.id, accepted_at=kept.given_at
    )
    assert [unit.amount for unit in kept.units] == [ml(500)]


def test_a_short_infusion_over_a_time_is_given_at_once() -> None:
    ward = running(drip(rate=None, dose=Quantity.of(4, "g")))
    kept = the_record(ward)
    assert (kept.status, kept.infusion) == (RecordStatus.GIVEN, None)


def test_of_an_infusion_by_its_rate_alone_the_amount_is_told_at_its_end() -> None:
    ward = running(drip(dose=None, timing=ON))
    kept = the_record(ward)
    assert (kept.status, kept.amount, kept.slot) == (RUNNING, None, None)
    assert [(unit.serial, unit.amount) for unit in kept.units] == [("B1", None)]


def test_the_rate_out_of_a_range_is_answered_and_kept_in_the_order_s_unit() -> None:
    ward = ward_with(drip(rate=RANGE))
    assert held(ward.scan(code(31, "B1"))) == {"dose.choose"}
    for wrong in (mg(5), rate(0), "fast", rate(1, "[iU]/h")):
        assert ward.pass_.answer("dose.choose", wrong).refused == "dose.choose"
    state = ward.pass_.answer("dose.choose", rate("0.1", "L/h"))
    assert held(state) == set()
    assert ward.pass_.give().record is RUNNING
    infusion = the_record(ward).infusion
    assert infusion is not None
    assert infusion.rate == rate(100)


def test_of_dose_and_rate_both_left_open_each_is_answered() -> None:
    both = drip(dose=replace(RANGE, low=ml(250), high=ml(500)), rate=RANGE)
    ward = ward_with(both)
    ward.scan(code(31, "B1"))
    assert "dose.choose" in held(ward.pass_.answer("dose.choose", ml(500)))
    assert held(ward.pass_.answer("dose.choose", rate(60))) == set()
    assert ward.pass_.give().record is RUNNING


# --- bag after bag ------------------------------------------------------------------------------


@pytest.mark.hazard("H65")
def test_a_new_bag_closes_the_one_before_with_its_volume() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    assert held(ward.scan(code(31, "B2"))) == {"time.infusion-running"}
    assert held(ward.pass_.answer("time.infusion-running", ml(480))) == set()
    assert the_record(ward).status is RUNNING, "the old bag runs until the new one is hung"
    assert ward.pass_.give().record is RUNNING
    old, new = ward.records
    assert (old.status, old.amount, old.ended_at) == (RecordStatus.GIVEN, ml(480), ward.now)
    assert (old.revision, old.recorder_id, old.recorded_at) == (2, NURSE.id, ward.now)
    assert (new.revision, [u.serial for u in new.units]) == (1, ["B2"])


@pytest.mark.parametrize("wrong", [mg(50_000), ml(-1), "half", ml(551), rate(3)])
def test_only_a_volume_that_the_bag_can_have_held_is_an_answer(wrong: object) -> None:
    ward = later(running(drip(timing=ON)))
    ward.scan(code(31, "B2"))
    assert ward.pass_.answer("time.infusion-running", wrong).refused == "time.infusion-running"


def test_the_overfill_of_a_bag_is_an_answer() -> None:
    ward = later(running(drip(timing=ON)))
    ward.scan(code(31, "B2"))
    assert ward.pass_.answer("time.infusion-running", ml(550)).refused is None


def test_a_bag_of_unknown_volume_is_closed_with_a_reason() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    ward.scan(code(31, "B2"))
    ward.pass_.release("time.infusion-running", Proof(reason="other"), cannot=True)
    assert ward.pass_.give().record is RUNNING
    assert (ward.records[0].status, ward.records[0].amount) == (RecordStatus.GIVEN, None)


def test_the_volume_is_kept_in_the_unit_of_the_dose() -> None:
    units = drip(dose=Quantity.of(25_000, "[iU]"), rate=rate(1000, "[iU]/h"), timing=ON)
    ward = ward_with(units, drug=HEPARIN)
    ward.scan(code(32, "H1"))
    ward.pass_.give()
    act(later(ward), StopInfusion(volume=ml(120), reason="other"))
    assert the_record(ward).amount == Quantity.of(6000, "[iU]")


def test_the_second_bottle_of_one_dose_follows_the_first() -> None:
    ward = ward_with(drip(dose=ml(1000), timing=DAILY))
    ward.scan(code(31, "B1"))
    assert ward.pass_.give(ml(500), "clinical-judgement").record is RUNNING
    first = the_record(ward).infusion
    assert first is not None
    assert first.part
    later(ward)
    state = ward.scan(code(31, "B2"))
    assert held(state) == {"time.infusion-running"}
    assert state.dose is not None
    assert state.dose.ordered == ml(500)
    ward.pass_.answer("time.infusion-running", ml(500))
    assert ward.pass_.give().record is RUNNING
    old, new = ward.records
    assert (old.status, old.slot) == (RecordStatus.GIVEN_IN_PART, new.slot)
    assert new.infusion is not None
    assert not new.infusion.part
    assert "time.already-given" in held(later(ward).scan(code(31, "B3")))


DAILY = Timing(code="QD", bounds_start=at(8, day=1))


def test_a_loading_dose_comes_before_what_runs_on() -> None:
    loading = drip(sequence=1, rate=None, dose=Quantity.of(1, "g"), timing=ONCE)
    ward = ward_with(loading, drip(sequence=2, dose=None, timing=ON))
    ward.scan(code(31, "B1"))
    assert ward.pass_.give().record is RecordStatus.GIVEN
    later(ward)
    ward.scan(code(31, "B2"))
    assert ward.pass_.give().record is RUNNING
    assert ward.records[-1].slot is None


ONCE = Timing(count=1, bounds_start=at(8))


def test_the_list_of_what_is_due_knows_what_runs_on() -> None:
    ward = ward_with(drip(dose=None, timing=ON))
    (row,) = ward.pass_.state().due
    assert (row.due, row.standing) == (Due.DUE, None)
    ward.scan(code(31, "B1"))
    ward.pass_.give()
    (row,) = ward.pass_.state().due
    assert row.due is Due.RUNNING
    ward.orders = (replace(ordered(ward), status=OrderStatus.STOPPED),)
    assert not ward.pass_.state().due


def test_a_new_bag_that_is_not_saved_leaves_the_old_one_running() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    ward.scan(code(31, "B2"))
    ward.pass_.answer("time.infusion-running", ml(480))
    ward.outcome = SaveOutcome.NOT_SAVED
    assert ward.pass_.give().refused == "documentation.not-saved"
    assert the_record(ward).status is RUNNING


def test_the_bag_is_changed_in_one_act() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    ward.scan(code(31, "B2"))
    assert act(ward, ChangeBag(ml(490))).record is RUNNING
    assert [r.amount for r in ward.records] == [ml(490), None]


@pytest.mark.parametrize("volume", [None, mg(5)])
def test_a_bag_is_not_changed_without_its_volume(volume: Quantity | None) -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    ward.scan(code(31, "B2"))
    assert act(ward, ChangeBag(volume)).refused == INCOMPLETE
    assert held(ward.pass_.state()) == {"time.infusion-running"}


def test_a_bag_is_changed_with_the_next_one_of_this_order_in_hand() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    assert act(ward, ChangeBag(ml(490))).refused == INCOMPLETE
    other = record(RUNNING, event_id="other", order_id="mr9")
    ward.records.append(replace(other, infusion=Infusion()))
    ward.scan(code(31, "B2"))
    assert act(ward, ChangeBag(ml(490)), place=1).refused == INCOMPLETE


def test_a_refused_change_of_bag_leaves_the_question_open() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    ward.scan(code(31, "B2", expiry="250101"))
    assert act(ward, ChangeBag(ml(490))).refused == "drug.expired"
    assert held(ward.pass_.state()) == {"drug.expired", "time.infusion-running"}


# --- ending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "volume,reason,status",
    [
        (ml(500), None, RecordStatus.GIVEN),
        (ml(510), None, RecordStatus.GIVEN),
        (ml(499), None, RecordStatus.STOPPED),
        (ml(500), "prescriber-decision", RecordStatus.STOPPED),
        (ml(120), "no-access", RecordStatus.STOPPED),
        (ml(0), "no-access", RecordStatus.STOPPED),
        (None, "emergency", RecordStatus.STOPPED),
    ],
)
def test_an_infusion_ends_run_through_or_stopped(
    volume: Quantity | None, reason: str | None, status: RecordStatus
) -> None:
    ward = later(running())
    state = act(ward, StopInfusion(volume=volume, reason=reason))
    assert (state.record, state.refused, state.verdict) == (status, None, None)
    kept = the_record(ward)
    assert (kept.amount, kept.reason, kept.ended_at) == (volume, reason, ward.now)
    assert (kept.revision, kept.recorder_id) == (2, NURSE.id)


@pytest.mark.parametrize(
    "stop",
    [
        StopInfusion(),
        StopInfusion(reason="no-such-reason"),
        StopInfusion(volume=ml(-1), reason="other"),
        StopInfusion(volume=ml(551), reason="other"),
        StopInfusion(volume=ml(100), reason="no-such-reason"),
        StopInfusion(volume=rate(3), reason="other"),
    ],
)
def test_an_infusion_does_not_end_without_what_went_in_or_why_it_is_unknown(
    stop: StopInfusion,
) -> None:
    ward = later(running())
    assert act(ward, stop).refused == INCOMPLETE
    assert the_record(ward).status is RUNNING


def test_what_ran_by_its_rate_alone_is_stopped_with_any_volume() -> None:
    ward = later(running(drip(dose=None, timing=ON)))
    assert act(ward, StopInfusion(volume=mg(3), reason="other")).refused == INCOMPLETE
    assert act(ward, StopInfusion(volume=ml(900))).record is RecordStatus.STOPPED
    assert the_record(ward).amount == ml(900)


def test_the_reason_of_a_part_stays_where_a_stop_gives_none() -> None:
    ward = ward_with(drip(dose=ml(1000), timing=DAILY))
    ward.scan(code(31, "B1"))
    ward.pass_.give(ml(500), "clinical-judgement")
    act(ward, StopInfusion(volume=ml(100)))
    assert the_record(ward).reason == "clinical-judgement"


def test_a_paused_infusion_that_ends_does_not_stand_still_any_more() -> None:
    ward = running()
    act(ward, PauseInfusion())
    act(ward, StopInfusion(volume=ml(10)))
    infusion = the_record(ward).infusion
    assert infusion is not None
    assert not infusion.paused


@pytest.mark.parametrize("order_known", [True, False])
def test_a_volume_without_a_known_concentration_is_kept_as_it_is(*, order_known: bool) -> None:
    ward = running(drip(dose=Quantity.of(4, "g"), timing=ON))
    unknown = replace(SALINE, ingredients=product().ingredients, content=None)
    strange = replace(ordered(ward), medication=unknown)
    ward.orders = (strange,) if order_known else ()
    act(ward, StopInfusion(volume=ml(120)))
    assert the_record(ward).amount == ml(120)
