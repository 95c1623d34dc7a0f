"""What is done about a running infusion: its rate, pauses, boluses, and taking it over."""

from dataclasses import replace

import pytest

from bcma.bedside import BadgePin, Phase, Proof
from bcma.bedside.acts import Act, Suspect
from bcma.bedside.infusion_acts import (
    AcceptInfusion,
    ChangeBag,
    ChangeRate,
    GiveBolus,
    PauseInfusion,
    ResumeInfusion,
    StopInfusion,
)
from bcma.model.drug import HighAlert
from bcma.model.order import DoseRange, OrderStatus, Timing
from bcma.model.quantity import Quantity
from bcma.model.record import Infusion, RecordStatus
from tests.bedside.infusing_ward import (
    ON,
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
from tests.bedside.ward import BAND, OTHER_BAND, PIN, Bedside, badge_pin, code
from tests.rules.builders import (
    MINUTE,
    NURSE,
    OTHER_NURSE,
    SECOND,
    STUDENT,
    at,
    mg,
    policy,
    record,
)

#: By its rate alone, with boluses of up to 50 mL.
BOLUS = drip(max_per_administration=ml(50), dose=None, timing=ON)
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
        (rate(5, "[iU]/h"), "dose.unit-unknown"),
        (rate(909, "mg/h"), "dose.rate"),
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


@pytest.mark.hazard("H40")
def test_a_rate_may_be_told_in_substance_and_is_kept_as_ordered() -> None:
    ward = running()
    assert act(ward, ChangeRate(rate(720, "mg/h"))).record is RUNNING
    infusion = the_record(ward).infusion
    assert infusion is not None
    assert infusion.rate == rate(80)


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
    ward = running(BOLUS)
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
    assert act(ward, GiveBolus(Quantity.of(20, "[iU]"))).refused == "dose.unit-unknown"
    assert act(ward, GiveBolus(mg(180))).record is RUNNING
    assert act(ward, GiveBolus(ml(21))).refused == "dose.out-of-order"
    assert act(ward, GiveBolus(ml(21), DOCTOR)).record is RUNNING
    kept = the_record(ward)
    assert kept.findings[-1].facts == {"amount": ml(21), "low": None, "high": ml(20)}


@pytest.mark.hazard("H34")
def test_a_bolus_that_nobody_ordered_is_the_prescribers() -> None:
    ward = running()
    assert act(ward, GiveBolus(ml(10))).refused == "dose.out-of-order"
    assert act(ward, GiveBolus(ml(10), DOCTOR)).record is RUNNING
    kept = the_record(ward)
    assert kept.findings[-1].facts == {"amount": ml(10), "low": None, "high": None}
    ward.orders = ()
    assert act(ward, GiveBolus(ml(10))).refused == "dose.out-of-order"


@pytest.mark.parametrize("loading,most", [(ml(40), 40), (DoseRange(ml(20), ml(30)), 30)])
def test_a_dose_of_the_same_order_without_a_rate_is_a_bolus(
    loading: Quantity | DoseRange, most: int
) -> None:
    on = drip(sequence=2, dose=None, timing=ON)
    ward = running(on)
    first = drip(dose=loading, rate=None, timing=Timing(count=1, bounds_start=at(8)))
    ward.orders = (replace(ordered(ward), dosages=(first, on)),)
    assert act(ward, GiveBolus(ml(most + 1))).refused == "dose.out-of-order"
    assert act(ward, GiveBolus(ml(most))).record is RUNNING


def test_an_instruction_without_an_amount_is_no_bolus() -> None:
    on = drip(sequence=2, dose=None, timing=ON)
    ward = running(on)
    open_ = drip(dose=None, rate=None, timing=Timing(count=1, bounds_start=at(8)))
    ward.orders = (replace(ordered(ward), dosages=(open_, on)),)
    assert act(ward, GiveBolus(ml(1))).refused == "dose.out-of-order"


def test_no_bolus_is_larger_than_the_bag() -> None:
    ward = running(drip(max_per_administration=ml(1000)))
    assert act(ward, GiveBolus(ml(551))).refused == INCOMPLETE
    assert act(ward, GiveBolus(ml(550))).record is RUNNING


@pytest.mark.hazard("H05")
def test_a_bolus_wants_the_band_as_every_dose_does() -> None:
    ward = running(BOLUS)
    ward.now += 11 * MINUTE
    assert act(ward, GiveBolus(ml(10))).refused == "patient.rescan"
    ward.scan(BAND)
    assert act(ward, GiveBolus(ml(10))).record is RUNNING


@pytest.mark.hazard("H81")
def test_a_bolus_of_a_high_alert_drug_wants_the_second_person() -> None:
    ward = ward_with(
        BOLUS,
        drug=replace(SALINE, high_alert=HighAlert.REQUIRED),
        site=policy(site_needed_routes=[], witness_min_seconds=0),
    )
    ward.scan(code(31, "B1"))
    ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))
    assert ward.pass_.give().record is RUNNING
    for badge in ("NV-0001", "NV-0005"):
        alone = GiveBolus(ml(10), Proof(witness=badge_pin(badge)))
        assert act(ward, alone).refused == "documentation.witness"
    unproven = GiveBolus(ml(10), Proof(witness=badge_pin("NV-0003", "0000")))
    assert act(ward, unproven).refused == "documentation.witness"
    assert act(ward, GiveBolus(ml(10))).refused == "documentation.witness"
    seen = GiveBolus(ml(10), Proof(witness=badge_pin("NV-0003")))
    assert act(ward, seen).record is RUNNING
    assert the_record(ward).witness_id == "d1"


# --- what speaks against more of it -------------------------------------------------------------

MORE: tuple[Act, ...] = (ChangeRate(rate(50)), GiveBolus(ml(10)), ResumeInfusion())


def standing_still(what: Act) -> Bedside:
    """Start a bag, which a pause is to end for whoever resumes it."""
    ward = running(BOLUS)
    if isinstance(what, ResumeInfusion):
        act(ward, PauseInfusion())
    return ward


@pytest.mark.hazard("H59")
@pytest.mark.parametrize("what", MORE)
@pytest.mark.parametrize("status", [OrderStatus.STOPPED, OrderStatus.ON_HOLD])
def test_nothing_more_of_a_stopped_order_goes_in(what: Act, status: OrderStatus) -> None:
    ward = standing_still(what)
    ward.orders = (replace(ordered(ward), status=status),)
    assert act(ward, what).refused == "drug.order-inactive"
    assert act(ward, StopInfusion(volume=ml(100), reason="other")).refused is None


def test_nothing_runs_again_by_an_order_that_is_not_known_here() -> None:
    ward = standing_still(ResumeInfusion())
    ward.orders = ()
    assert act(ward, ResumeInfusion()).refused == "drug.not-ordered"


@pytest.mark.hazard("H103")
@pytest.mark.parametrize("what", MORE)
def test_what_was_renewed_goes_on_by_the_copy_in_force(what: Act) -> None:
    ward = standing_still(what)
    yesterday = replace(ordered(ward), status=OrderStatus.COMPLETED)
    today = replace(ordered(ward), id="mr2", prior_ids=(yesterday.id,))
    ward.orders = (yesterday, today)
    assert act(ward, what).record is RUNNING


@pytest.mark.hazard("H78")
@pytest.mark.parametrize("what", MORE)
def test_nothing_more_goes_in_after_a_reaction(what: Act) -> None:
    ward = standing_still(what)
    act(ward, Suspect(signs=("hives",)))
    assert act(ward, what).refused == "response.prior-reaction"
    assert act(ward, PauseInfusion()).refused == (
        INCOMPLETE if isinstance(what, ResumeInfusion) else None
    )


@pytest.mark.hazard("H07")
@pytest.mark.parametrize("what", ALL_ACTS)
def test_nothing_is_done_about_it_at_another_patients_bed(what: Act) -> None:
    ward = running()
    ward.scan(OTHER_BAND)
    assert act(ward, what).refused == "patient.mismatch"


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
