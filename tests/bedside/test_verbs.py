"""What a person does with the dose in hand: give, give less, pick an order, withhold."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import Phase, Proof
from bcma.model.order import DoseRange, OrderStatus, Timing
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.bedside.ward import (
    BAND,
    DUE,
    HALF,
    NEXT_DAY,
    ORDERS,
    TABLET,
    ZINC,
    Bedside,
    code,
    held,
)
from tests.rules.builders import (
    AS_NEEDED,
    MINUTE,
    Value,
    at,
    dosage,
    mg,
    order,
    record,
)

JUDGED, DONE = Phase.JUDGED, Phase.RECORDED
REASON = Proof(reason="clinical-judgement")


def with_order(*dosages: Value, **changes: Value) -> Bedside:
    """Open the patient with one order of zinc in place of the others."""
    base = order("mr2", *dosages, **({"medication": ZINC} | changes))
    return Bedside(orders=(base,)).opened()


# --- giving --------------------------------------------------------------------------------


@pytest.mark.hazard("H104")
def test_a_second_tap_is_no_second_record() -> None:
    ward = Bedside().opened()
    ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr2")
    ward.now += 10 * MINUTE
    ward.scan(BAND)
    assert ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr2").refused == "time.reopen"
    refused = ward.pass_.withhold(RecordStatus.REFUSED, "patient-request", "mr2")
    assert (refused.record, len(ward.records)) == (RecordStatus.REFUSED, 2)


def test_who_looked_again_may_hold_again() -> None:
    ward = Bedside().opened()
    ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr1")
    ward.now += 10 * MINUTE
    ward.scan(BAND, code(1, "U1"), code(1, "U2"))
    ward.pass_.answer("time.reopen", value=True)
    assert ward.pass_.withhold(RecordStatus.HELD, "asleep", None).record is RecordStatus.HELD


def test_a_given_dose_is_recorded_in_full() -> None:
    ward = Bedside().in_phase(JUDGED)
    state = ward.pass_.give()
    assert (state.phase, state.record) == (DONE, RecordStatus.GIVEN)
    (kept,) = ward.records
    assert (kept.amount, kept.route, kept.slot) == (mg(1000), "PO", at(8))
    assert (kept.giver_id, kept.station, kept.band) == ("n1", "A", BAND)
    assert [(u.serial, u.lot, u.amount) for u in kept.units] == [
        ("U1", "L1", mg(500)),
        ("U2", "L1", mg(500)),
    ]
    assert kept.patient_scanned
    assert kept.drug_scanned
    assert kept.slot_id


def test_without_a_dose_in_hand_nothing_is_given() -> None:
    ward = Bedside().opened()
    assert ward.pass_.give().refused == "documentation.incomplete"
    assert ward.pass_.release("time.late", REASON).refused == "time.late"
    assert ward.pass_.answer("dose.choose", mg(1)).refused == "dose.choose"


@pytest.mark.hazard("H24")
def test_less_than_the_dose_is_given_with_a_reason() -> None:
    ward = Bedside().opened()
    ward.scan(code(1, "U1"))
    for amount, reason in (
        (mg(500), None),
        (mg(500), "lười"),
        (mg(0), "other"),
        (mg(501), "other"),
    ):
        refused = ward.pass_.give(amount, reason)
        assert (refused.refused, refused.phase) == ("dose.incomplete", JUDGED)
    assert ward.pass_.give(Quantity(Decimal(1), "mL"), "other").refused == "dose.incomplete"
    state = ward.pass_.give(mg(500), "patient-request")
    assert state.record is RecordStatus.GIVEN_IN_PART
    assert ward.records[0].reason == "patient-request"
    rest = ward.scan(code(1, "U2"))
    assert (rest.dose.ordered if rest.dose else None, held(rest)) == (mg(500), set())
    assert ward.pass_.give().record is RecordStatus.GIVEN


def test_less_is_never_more_than_was_ordered() -> None:
    ward = Bedside().opened()
    ward.scan(code(4))
    ward.pass_.answer("dose.part-unit", mg(5))
    assert ward.pass_.give(mg(10), "other").refused == "dose.out-of-order"
    state = ward.pass_.give()
    assert (state.record, ward.records[0].amount, ward.records[0].wasted) == (
        RecordStatus.GIVEN,
        mg(5),
        mg(5),
    )


@pytest.mark.hazard("H59", "H46", "H23", "H86")
@pytest.mark.parametrize(
    "outcome,refused",
    [
        (SaveOutcome.ORDER_CHANGED, "drug.order-changed"),
        (SaveOutcome.SLOT_TAKEN, "time.already-given"),
        (SaveOutcome.UNIT_TAKEN, "drug.unit-used"),
        (SaveOutcome.NOT_SAVED, "documentation.not-saved"),
    ],
)
@pytest.mark.parametrize("other", [None, record(given_at=at(7))])
def test_what_is_not_durable_is_not_given(outcome: SaveOutcome, refused: str, other: Value) -> None:
    ward = Bedside(outcome=outcome, other=other).in_phase(JUDGED)
    state = ward.pass_.give()
    assert (state.phase, state.record, state.refused) == (JUDGED, None, refused)
    assert state.conflict == other
    assert state.verdict is not None
    assert state.verdict.findings[0].code == refused
    assert ward.records == []
    ward.outcome = SaveOutcome.SAVED
    assert ward.pass_.give().record is RecordStatus.GIVEN


def test_a_part_that_was_not_saved_is_forgotten() -> None:
    ward = Bedside(outcome=SaveOutcome.NOT_SAVED).opened()
    ward.scan(code(1, "U1"))
    ward.pass_.give(mg(500), "other")
    ward.outcome = SaveOutcome.SAVED
    state = ward.pass_.give()
    assert (state.refused, held(state), ward.records) == (
        "dose.incomplete",
        {"dose.incomplete"},
        [],
    )


def test_an_amount_that_stays_unknown_is_not_charted() -> None:
    """An ask that was let pass unanswered leaves nothing to write."""
    ward = with_order(dosage(DoseRange(mg(10), mg(20)), timing=DUE))
    ward.scan(code(2))
    state = ward.pass_.release("dose.choose", Proof(reason="cannot-ask"), cannot=True)
    assert held(state) == set()
    refused = ward.pass_.give()
    assert (refused.refused, refused.phase, ward.records) == (
        "documentation.incomplete",
        JUDGED,
        [],
    )


@pytest.mark.hazard("H59")
def test_an_order_that_changes_in_hand_is_loaded_again() -> None:
    ward = Bedside().in_phase(JUDGED)
    ward.orders = (replace(ORDERS[0], version="new"), *ORDERS[1:])
    assert ward.pass_.give().refused == "drug.order-changed"
    assert held(ward.pass_.open_order("MedicationRequest/mr1")) == set()


def test_an_order_that_vanishes_in_hand_is_not_given() -> None:
    ward = Bedside().in_phase(JUDGED)
    ward.orders = ()
    state = ward.pass_.give()
    assert (state.record, state.refused) == (None, "drug.not-ordered")


# --- orders --------------------------------------------------------------------------------


def test_where_several_fit_one_is_picked() -> None:
    twin = order("mr9", dosage(mg(1000), timing=Timing(code="TID", bounds_start=at(8))))
    ward = Bedside(orders=(ORDERS[0], replace(twin, medication=TABLET))).opened()
    state = ward.scan(code(1, "U1"), code(1, "U2"))
    assert held(state) == {"drug.choose-order"}
    assert held(ward.pass_.open_order("mr9")) == set()
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert ward.records[0].order_id == "mr9"


def test_answers_about_one_order_are_not_taken_over_by_another() -> None:
    ranges = dosage(DoseRange(mg(10), mg(20)), timing=DUE)
    other = dosage(DoseRange(mg(10), mg(30)), timing=Timing(code="TID", bounds_start=at(8)))
    both = (order("mr2", ranges, medication=ZINC), order("mr9", other, medication=ZINC))
    ward = Bedside(orders=both).opened()
    ward.scan(code(2))
    ward.pass_.open_order("mr2")
    ward.pass_.answer("dose.choose", mg(10))
    assert held(ward.pass_.open_order("mr9")) == {"dose.choose"}


def test_an_order_that_is_not_there_cannot_be_opened() -> None:
    assert Bedside().signed_in().pass_.open_order("mr1").refused == "patient.rescan"
    assert Bedside().opened().pass_.open_order("gone").refused == "drug.not-ordered"


# --- withholding ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", [RecordStatus.HELD, RecordStatus.REFUSED, RecordStatus.NOT_GIVEN]
)
def test_a_dose_in_hand_is_withheld(status: RecordStatus) -> None:
    ward = Bedside().in_phase(JUDGED)
    state = ward.pass_.withhold(status, "patient-request", None)
    assert (state.phase, state.record) == (DONE, status)
    (kept,) = ward.records
    assert (kept.reason, kept.slot, kept.amount, kept.units) == ("patient-request", at(8), None, ())


def test_another_order_is_withheld_without_dropping_what_is_in_hand() -> None:
    ward = Bedside().in_phase(JUDGED)
    state = ward.pass_.withhold(RecordStatus.HELD, "asleep", "MedicationRequest/mr2")
    assert (state.record, state.phase) == (RecordStatus.HELD, JUDGED)
    assert ward.pass_.give().record is RecordStatus.GIVEN


@pytest.mark.parametrize(
    "reason,named,refused",
    [
        ("lười", "mr1", "documentation.incomplete"),
        ("asleep", None, "documentation.incomplete"),
        ("asleep", "gone", "drug.not-ordered"),
    ],
)
def test_withholding_needs_a_reason_and_an_order(
    reason: str, named: str | None, refused: str
) -> None:
    ward = Bedside().opened()
    assert ward.pass_.withhold(RecordStatus.HELD, reason, named).refused == refused
    assert ward.records == []


def test_nothing_is_withheld_without_a_patient_by_a_pharmacist_or_after_giving() -> None:
    nobody = Bedside().signed_in()
    assert nobody.pass_.withhold(RecordStatus.HELD, "asleep", "mr1").refused == "patient.rescan"
    pharmacist = Bedside()
    pharmacist.pass_.sign_in("NV-0004", "4711")
    pharmacist.scan(BAND)
    refused = pharmacist.pass_.withhold(RecordStatus.HELD, "asleep", "mr1")
    assert refused.refused == "documentation.role"
    given = Bedside().in_phase(DONE)
    assert given.pass_.withhold(RecordStatus.HELD, "asleep", "mr1").refused == "time.already-given"


# --- the due list --------------------------------------------------------------------------


def test_the_due_list_groups_what_is_overdue_due_later_done_and_unreadable() -> None:
    orders = (
        *ORDERS[:2],
        order("soon", dosage(timing=Timing(events=(at(11),))), medication=HALF),
        order("prn", dosage(as_needed=True, timing=AS_NEEDED), medication=TABLET),
        order("off", dosage(as_needed=True), medication=ZINC, status=OrderStatus.STOPPED),
        order("bad", dosage(timing=Timing(code="??")), medication=HALF),
    )
    ward = Bedside(orders=orders)
    ward.now = at(9, 30)
    ward.opened()
    ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr2")
    ward.records.append(
        record(RecordStatus.RUNNING, given_at=at(21, 30, day=1), slot=at(20, day=1), order_id="mr1")
    )
    rows = [(row.due.value, row.order.id) for row in ward.pass_.state().due]
    assert rows == [
        ("overdue", "mr1"),
        ("soon", "soon"),
        ("later", "mr2"),
        ("later", "mr1"),
        ("as-needed", "prn"),
        ("done", "mr2"),
        ("problem", "bad"),
    ]
    assert "off" not in {row.order.id for row in ward.pass_.state().due}


@pytest.mark.hazard("H103")
def test_yesterdays_copy_and_todays_are_given_once() -> None:
    yesterday = replace(ORDERS[1], id="mr0", version="v2")
    ward = Bedside(orders=(yesterday, replace(ORDERS[1], version="v2"))).opened()
    ward.scan(code(2), code(2))
    assert ward.pass_.give().record is RecordStatus.GIVEN
    ward.scan(code(2))
    assert "time.already-given" in held(ward.pass_.state())
    ward.now += NEXT_DAY
    assert ward.pass_.state().phase is Phase.SIGNED_OUT
