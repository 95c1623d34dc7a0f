"""Paper doses: charted for the time at which they were given, and checked afterwards."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcma.bedside import PassState, Phase
from bcma.bedside.acts import BackEntry
from bcma.model.order import DoseRange, OrderStatus
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from bcma.model.verdict import Severity
from tests.bedside.ward import DUE, ORDERS, PIN, ZINC, Bedside, code
from tests.rules.builders import (
    AS_NEEDED,
    HOUR,
    MANAGER,
    MINUTE,
    NOW,
    SECOND,
    Value,
    at,
    dosage,
    mg,
    order,
    record,
)

NOON = at(12)


def zinc_ward(**changes: Value) -> Bedside:
    """Open the patient at noon, with 20 mg of zinc ordered for eight and twenty o'clock."""
    ordered = order("mr2", dosage(mg(20), timing=DUE), medication=ZINC)
    fields: dict[str, Value] = {"now": NOON}
    return Bedside(orders=(ordered,), **(fields | changes)).opened()


def enter(ward: Bedside, given_at: datetime, **changes: Value) -> PassState:
    fields: dict[str, Value] = {"order_id": "mr2", "reason": "scanner-failure"}
    return ward.pass_.back_enter(BackEntry(given_at=given_at, **(fields | changes)))


def refused(state: PassState) -> str | None:
    assert (state.record, state.written) == (None, None)
    return state.refused


@pytest.mark.hazard("H84")
def test_a_paper_dose_is_charted_for_its_time_and_its_slot() -> None:
    ward = zinc_ward()
    state = enter(ward, at(8, 10))
    assert (state.record, state.refused, state.verdict) == (RecordStatus.GIVEN, None, None)
    assert state.phase is Phase.RECORDED
    (kept,) = ward.records
    assert (kept.given_at, kept.recorded_at, kept.slot) == (at(8, 10), ward.now, at(8))
    assert (kept.amount, kept.route, kept.units) == (mg(20), "PO", ())
    assert (kept.patient_scanned, kept.drug_scanned, kept.band) == (False, False, None)
    assert (kept.reason, kept.scanned_at, kept.giver_id) == ("scanner-failure", None, "n1")


@pytest.mark.hazard("H84")
@pytest.mark.parametrize("delay,marked", [(60 * MINUTE, False), (60 * MINUTE + SECOND, True)])
def test_what_is_entered_late_says_why_and_is_marked(delay: Value, *, marked: bool) -> None:
    ward = zinc_ward(now=NOW)
    given_at = ward.now - delay
    if marked:
        for reason in (None, "no-such-reason"):
            state = enter(ward, given_at, reason=reason)
            assert refused(state) == "time.back-charted"
            assert [(f.code, f.released) for f in state.reported] == [("time.back-charted", False)]
    state = enter(ward, given_at, reason="asleep" if marked else None)
    (kept,) = ward.records
    found = [f for f in kept.findings if f.code == "time.back-charted"]
    assert [(f.severity, f.released) for f in found] == [(Severity.WARN, True)] * marked
    assert [(f.facts["minutes"], f.facts["given_at"]) for f in found] == [(60, given_at)] * marked
    assert [(r.code, r.reason, r.at) for r in kept.releases] == [
        ("time.back-charted", "asleep", ward.now)
    ] * marked
    assert state.reported == kept.findings


def test_a_reason_that_is_none_is_refused_even_where_none_is_needed() -> None:
    ward = zinc_ward(now=NOW)
    assert refused(enter(ward, ward.now, reason="no-such-reason")) == "documentation.incomplete"
    assert enter(ward, ward.now, reason=None).record is RecordStatus.GIVEN


def test_nothing_is_charted_for_a_time_to_come() -> None:
    ward = zinc_ward()
    state = enter(ward, ward.now + SECOND)
    assert refused(state) == "time.in-future"
    assert [(f.code, f.facts["given_at"]) for f in state.reported] == [
        ("time.in-future", ward.now + SECOND)
    ]


@pytest.mark.hazard("H46")
def test_a_slot_that_was_given_takes_no_paper_dose() -> None:
    ward = zinc_ward()
    enter(ward, at(8, 10))
    assert refused(enter(ward, at(9))) == "time.already-given"
    ward.outcome = SaveOutcome.SLOT_TAKEN
    ward.records = []
    assert enter(ward, at(9)).refused == "time.already-given"


def test_of_two_open_slots_the_nearer_one_is_taken() -> None:
    """Asking which was meant is needless: the time of giving is known."""
    ward = zinc_ward(now=at(23))
    enter(ward, at(16))
    (kept,) = ward.records
    assert kept.slot == at(20)


@pytest.mark.hazard("H84", "H110")
def test_what_the_checks_find_is_reported_and_holds_nothing_back() -> None:
    ward = zinc_ward()
    ward.orders = (replace(ward.orders[0], status=OrderStatus.ON_HOLD),)
    state = enter(ward, at(8, 10))
    assert state.record is RecordStatus.GIVEN
    assert {f.code for f in state.reported} == {"time.back-charted", "drug.order-inactive"}
    assert {f.released for f in state.reported if f.code == "drug.order-inactive"} == {False}


def test_a_paper_dose_is_held_against_those_before_it_only() -> None:
    needed = order(
        "mr2", replace(dosage(mg(20)), as_needed=True, timing=AS_NEEDED), medication=ZINC
    )
    doses = [
        record(event_id="e1", order_id="mr2", given_at=at(5)),
        record(event_id="e2", order_id="mr2", given_at=at(11, 30)),
    ]
    ward = Bedside(orders=(needed,), now=NOON, records=doses).opened()
    for given_at, soon in ((at(11), False), (at(11) - SECOND, True)):
        state = enter(ward, given_at)
        assert ("time.too-soon" in {f.code for f in state.reported}) is soon
        ward.records = doses


@pytest.mark.parametrize(
    "amount,status",
    [
        (mg(20), RecordStatus.GIVEN),
        (mg(10), RecordStatus.GIVEN_IN_PART),
        (mg(30), RecordStatus.GIVEN),
        (Quantity.of("0.02", "g"), RecordStatus.GIVEN),
    ],
)
def test_another_amount_than_ordered_can_be_entered(amount: Quantity, status: RecordStatus) -> None:
    ward = zinc_ward()
    assert enter(ward, at(8), amount=amount).record is status
    (kept,) = ward.records
    assert kept.amount is not None
    assert kept.amount.same_as(amount)


@pytest.mark.parametrize("amount", [mg(0), Quantity.of(5, "mL")])
def test_an_amount_that_is_none_is_refused(amount: Quantity) -> None:
    assert refused(enter(zinc_ward(), at(8), amount=amount)) == "documentation.incomplete"


def test_of_a_range_the_amount_has_to_be_entered() -> None:
    ward = zinc_ward()
    between = replace(ward.orders[0].dosages[0], dose=DoseRange(mg(10), mg(20)))
    ward.orders = (replace(ward.orders[0], dosages=(between,)),)
    assert refused(enter(ward, at(8))) == "documentation.incomplete"
    assert enter(ward, at(8), amount=mg(10)).record is RecordStatus.GIVEN


def test_an_order_of_nobody_is_not_ordered() -> None:
    assert refused(enter(zinc_ward(), at(8), order_id="mr9")) == "drug.not-ordered"


def test_a_paper_dose_needs_a_patient_a_person_and_the_right_to_give() -> None:
    entry = BackEntry(order_id="mr2", given_at=NOW)
    ward = Bedside()
    assert ward.pass_.back_enter(entry).refused == "documentation.signed-out"
    ward.signed_in()
    assert ward.pass_.back_enter(entry).refused == "patient.rescan"
    ward = zinc_ward()
    ward.people["NV-0009"] = MANAGER
    ward.pass_.sign_in("NV-0009", PIN)
    ward.scan("BN0001.2")
    assert refused(enter(ward, at(8))) == "documentation.role"


def test_what_is_in_hand_stays_in_hand() -> None:
    ward = Bedside(orders=ORDERS, now=NOON).opened()
    ward.scan(code(1, "U1"))
    assert enter(ward, at(8)).record is RecordStatus.GIVEN
    assert ward.pass_.state().phase is Phase.JUDGED


def test_an_infusion_from_the_paper_is_over() -> None:
    ward = zinc_ward()
    assert enter(ward, NOON - 2 * HOUR).record is RecordStatus.GIVEN
