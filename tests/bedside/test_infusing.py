"""What is done about a running infusion: its rate, pauses, boluses, and taking it over."""

from dataclasses import replace

import pytest

from bcma.bedside import BadgePin, Phase, Proof
from bcma.bedside.acts import Act
from bcma.bedside.infusion_acts import (
    AcceptInfusion,
    ChangeBag,
    ChangeRate,
    GiveBolus,
    PauseInfusion,
    ResumeInfusion,
    StopInfusion,
)
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, RecordStatus
from tests.bedside.infusing_ward import (
    ON,
    act,
    drip,
    ml,
    rate,
    running,
    the_record,
    ward_with,
)
from tests.bedside.ward import PIN
from tests.rules.builders import (
    MINUTE,
    NURSE,
    OTHER_NURSE,
    SECOND,
    STUDENT,
    mg,
    record,
)

RUNNING, INCOMPLETE = RecordStatus.RUNNING, "documentation.incomplete"
DOCTOR = Proof(reason="prescriber-decision", prescriber=BadgePin("NV-0003", PIN))
ALL_ACTS: tuple[Act, ...] = (
    StopInfusion(volume=ml(100), reason="other"),
    ChangeBag(ml(500)),
    ChangeRate(rate(50)),
    PauseInfusion(),
    ResumeInfusion(),
    GiveBolus(ml(10)),
    AcceptInfusion(),
)


# --- while it runs ------------------------------------------------------------------------------


@pytest.mark.hazard("H43")
@pytest.mark.parametrize(
    "wanted,refused",
    [
        (rate(1), None),
        (rate(100), None),
        (rate("100.1"), "dose.rate"),
        (rate("0.05", "L/h"), None),
        (rate(0), INCOMPLETE),
        (rate(5, "mg/h"), "dose.unit-unknown"),
    ],
)
def test_a_rate_is_set_within_the_order(wanted: Quantity, refused: str | None) -> None:
    ward = running()
    state = act(ward, ChangeRate(wanted))
    assert (state.refused, state.record) == (refused, RUNNING if refused is None else None)
    infusion = the_record(ward).infusion
    assert infusion is not None
    expected = rate(100) if refused else wanted.to("mL/h")
    assert infusion.rate == expected


@pytest.mark.hazard("H43")
def test_the_prescriber_lets_a_higher_rate_pass() -> None:
    ward = running()
    nurse = Proof(reason="clinical-judgement")
    assert act(ward, ChangeRate(rate(150), nurse)).refused == "dose.rate"
    assert act(ward, ChangeRate(rate(150), DOCTOR)).record is RUNNING
    kept = the_record(ward)
    assert [(f.code, f.released, f.facts["limit"]) for f in kept.findings[-1:]] == [
        ("dose.rate", True, rate(100))
    ]
    assert (kept.releases[-1].prescriber_id, kept.releases[-1].code) == ("d1", "dose.rate")


def test_without_an_ordered_rate_none_can_be_set() -> None:
    ward = running()
    ward.orders = ()
    assert act(ward, ChangeRate(rate(50))).refused == "dose.rate-unordered"


def test_an_infusion_stands_still_and_runs_again() -> None:
    ward = running()
    assert act(ward, ResumeInfusion()).refused == INCOMPLETE
    assert act(ward, PauseInfusion("no-such-reason")).refused == INCOMPLETE
    assert act(ward, PauseInfusion("patient-off-ward")).record is RUNNING
    paused = the_record(ward)
    assert paused.infusion is not None
    assert (paused.infusion.paused, paused.reason) == (True, "patient-off-ward")
    assert act(ward, PauseInfusion()).refused == INCOMPLETE
    assert act(ward, ResumeInfusion()).record is RUNNING
    resumed = the_record(ward)
    assert resumed.infusion is not None
    assert (resumed.infusion.paused, resumed.revision) == (False, 3)
    act(ward, PauseInfusion())
    assert the_record(ward).reason == "patient-off-ward"


def test_a_bolus_is_kept_beside_what_runs() -> None:
    ward = running()
    for amount in (ml(10), ml(20)):
        assert act(ward, GiveBolus(amount)).record is RUNNING
    infusion = the_record(ward).infusion
    assert infusion is not None
    assert infusion.boluses == (ml(10), ml(20))
    assert act(ward, GiveBolus(ml(0))).refused == INCOMPLETE
    act(ward, PauseInfusion())
    assert act(ward, GiveBolus(ml(5))).refused == INCOMPLETE


def test_a_bolus_above_the_order_s_most_is_the_prescribers() -> None:
    ward = running(drip(max_per_administration=ml(20), dose=None, timing=ON))
    assert act(ward, GiveBolus(ml(20))).record is RUNNING
    assert act(ward, GiveBolus(mg(20))).refused == "dose.unit-unknown"
    assert act(ward, GiveBolus(ml(21))).refused == "dose.out-of-order"
    assert act(ward, GiveBolus(ml(21), DOCTOR)).record is RUNNING
    kept = the_record(ward)
    assert kept.findings[-1].facts == {"amount": ml(21), "low": None, "high": ml(20)}
    ward.orders = ()
    assert act(ward, GiveBolus(ml(99))).record is RUNNING


# --- taking over --------------------------------------------------------------------------------


@pytest.mark.hazard("H116")
def test_an_infusion_is_taken_over_with_what_is_found_at_the_bed() -> None:
    ward = running()
    ward.pass_.sign_in("NV-0002", PIN)
    ward.now += MINUTE
    assert act(ward, AcceptInfusion(rest=ml(-1))).refused == INCOMPLETE
    assert act(ward, AcceptInfusion(rate=rate(120))).refused == "dose.rate"
    assert act(ward, AcceptInfusion(rate=rate(90), rest=ml(400))).record is RUNNING
    assert the_record(ward).infusion == Infusion(
        rate=rate(90),
        rest=ml(400),
        ward="NOI",
        accepted_by=OTHER_NURSE.id,
        accepted_at=ward.now,
    )
    ward.now += SECOND
    act(ward, AcceptInfusion())
    taken = the_record(ward).infusion
    assert taken is not None
    assert (taken.rate, taken.rest, taken.accepted_at) == (rate(90), None, ward.now)


def test_an_infusion_of_which_nothing_was_noted_can_be_taken_over() -> None:
    ward = ward_with(drip())
    ward.records.append(record(RUNNING, event_id="e1"))
    assert ward.pass_.act_on("e1", AcceptInfusion()).record is RUNNING
    assert the_record(ward).infusion == Infusion(
        ward="NOI", accepted_by=NURSE.id, accepted_at=ward.now
    )


# --- who may, and of what -----------------------------------------------------------------------


@pytest.mark.parametrize("what", ALL_ACTS)
def test_who_may_not_give_does_nothing_about_an_infusion(what: Act) -> None:
    ward = running()
    ward.people["NV-0009"] = STUDENT
    ward.pass_.sign_in("NV-0009", PIN)
    assert act(ward, what).refused == "documentation.role"


@pytest.mark.parametrize("what", ALL_ACTS)
@pytest.mark.parametrize("status", [s for s in RecordStatus if s is not RUNNING])
def test_nothing_is_done_about_what_does_not_run(what: Act, status: RecordStatus) -> None:
    ward = running()
    ward.records = [replace(the_record(ward), status=status)]
    state = act(ward, what)
    assert (state.refused, state.record, state.phase) == (INCOMPLETE, None, Phase.RECORDED)
