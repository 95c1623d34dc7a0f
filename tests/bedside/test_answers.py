"""Answers to asks, and releases of findings: what counts as one, and for how long."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bcma.bedside import Phase, Proof
from bcma.bedside.told import amount_from
from bcma.model.drug import Controlled, Form, Ingredient
from bcma.model.order import DoseRange, OrdersRead
from bcma.model.ports import SaveOutcome
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.bedside.ward import (
    BAND,
    DUE,
    HALF,
    ORDERS,
    ZINC,
    Bedside,
    badge_pin,
    code,
    held,
)
from tests.rules.builders import (
    MINUTE,
    NURSE,
    SECOND,
    Value,
    at,
    dosage,
    mg,
    order,
    per,
    policy,
    record,
)

JUDGED, DONE = Phase.JUDGED, Phase.RECORDED
REASON = Proof(reason="clinical-judgement")


def with_order(*dosages: Value, **changes: Value) -> Bedside:
    """Open the patient with one order of zinc in place of the others."""
    base = order("mr2", *dosages, **({"medication": ZINC} | changes))
    return Bedside(orders=(base,)).opened()


# --- answers -------------------------------------------------------------------------------


@pytest.mark.hazard("H97")
@pytest.mark.parametrize("value", [None, 2, {"count": "2"}, {"count": True}, {"count": 0}])
def test_a_count_is_a_whole_number_of_units(value: object) -> None:
    ward = Bedside().opened()
    ward.scan(code(2))
    assert ward.pass_.answer("dose.incomplete", value).refused == "dose.incomplete"
    assert held(ward.pass_.answer("dose.incomplete", {"count": 2})) == set()
    ward.pass_.give()
    assert (ward.records[0].units[0].count, ward.records[0].amount) == (2, mg(20))


def test_units_with_a_serial_of_their_own_are_scanned_and_not_counted() -> None:
    ward = Bedside().opened()
    ward.scan(code(1, "U1"))
    assert ward.pass_.answer("dose.incomplete", {"count": 2}).refused == "dose.incomplete"
    nothing = Bedside().opened()
    nothing.pass_.open_order("mr2")
    assert nothing.pass_.answer("dose.incomplete", {"count": 2}).refused == "dose.incomplete"


@pytest.mark.hazard("H17")
def test_a_count_does_not_make_a_stopping_lot_vanish() -> None:
    ward = with_order(dosage(mg(30), timing=DUE))
    ward.scan(code(2, lot="OLD", expiry="251231"), code(2))
    state = ward.pass_.answer("dose.incomplete", {"count": 2})
    assert held(state) == {"drug.expired"}


@pytest.mark.hazard("H44")
@pytest.mark.parametrize("value", [None, mg(0), Quantity(Decimal(1), "mL")])
def test_a_range_is_chosen_from(value: object) -> None:
    ward = with_order(dosage(DoseRange(mg(10), mg(20)), timing=DUE))
    ward.scan(code(2))
    assert ward.pass_.answer("dose.choose", value).refused == "dose.choose"
    grams = Quantity(Decimal("0.01"), "g")
    assert held(ward.pass_.answer("dose.choose", grams)) == set()
    ward.pass_.give()
    assert ward.records[0].amount == mg(10)


@pytest.mark.hazard("H26", "H41")
def test_a_part_is_confirmed_by_the_whole_doses_amount_or_volume() -> None:
    ward = Bedside().opened()
    ward.scan(code(4))
    for wrong in (None, mg(10), Quantity(Decimal(5), "mL")):
        assert ward.pass_.answer("dose.part-unit", wrong).refused == "dose.part-unit"
    assert held(ward.pass_.answer("dose.part-unit", mg(5))) == set()
    vial = replace(
        HALF,
        form=Form.INJECTION,
        controlled=Controlled.NARCOTIC,
        ingredients=(Ingredient("prednisolon", "x", per(10, "mg", "mL")),),
        content=per(1, "mL", "{ampoule}"),
        container_routes=frozenset({"PO"}),
    )
    drawn = Bedside(drugs=(vial,), orders=(replace(ORDERS[3], medication=vial),)).opened()
    drawn.scan(code(4))
    confirmed = drawn.pass_.answer("dose.part-unit", Quantity(Decimal("0.5"), "mL"))
    assert held(confirmed) == {"documentation.witness"}


@pytest.mark.parametrize("value", [None, "SC", ["PO"]])
def test_a_route_is_one_of_those_ordered(value: object) -> None:
    ward = with_order(dosage(mg(10), timing=DUE, routes=("PO", "NG")))
    ward.scan(code(2))
    assert ward.pass_.answer("route.choose", value).refused == "route.choose"
    assert held(ward.pass_.answer("route.choose", "NG")) == set()
    ward.pass_.give()
    assert ward.records[0].route == "NG"


def test_an_order_is_acknowledged_only_by_a_kept_answer() -> None:
    ward = Bedside(site=policy(acknowledge_orders=True)).in_phase(JUDGED)
    for value, outcome in ((False, SaveOutcome.SAVED), (True, SaveOutcome.NOT_SAVED)):
        ward.outcome = outcome
        assert ward.pass_.answer("drug.order-unread", value).refused == "drug.order-unread"
    ward.outcome = SaveOutcome.SAVED
    assert held(ward.pass_.answer("drug.order-unread", value=True)) == set()
    assert ward.read == [
        OrdersRead(
            patient_id="p1",
            versions=("v-mr1",),
            ward="NOI",
            station="A",
            at=ward.now,
            by_id=NURSE.id,
        )
    ]


@pytest.mark.hazard("H54")
@pytest.mark.parametrize("choice,left", [("late", "time.late"), ("next", "time.early")])
def test_a_missed_slot_is_given_late_or_left(choice: str, left: str) -> None:
    ward = Bedside()
    ward.now = at(16)
    ward.opened().scan(code(1, "U1"), code(1, "U2"))
    assert "time.missed-choice" in held(ward.pass_.state())
    for wrong in (None, "later"):
        assert ward.pass_.answer("time.missed-choice", wrong).refused == "time.missed-choice"
    assert held(ward.pass_.answer("time.missed-choice", choice)) == {left}
    assert held(ward.pass_.release(left, REASON)) == set()


@pytest.mark.hazard("H54", "H109")
def test_who_cannot_say_which_slot_is_meant_is_late_for_the_missed_one() -> None:
    ward = Bedside()
    ward.now = at(16)
    ward.opened().scan(code(1, "U1"), code(1, "U2"))
    state = ward.pass_.release("time.missed-choice", REASON, cannot=True)
    assert held(state) == {"time.late"}
    assert held(ward.pass_.release("time.late", REASON)) == set()
    assert ward.pass_.give().record is RecordStatus.GIVEN
    assert (ward.records[0].slot, ward.records[0].releases[0].cannot) == (at(8), True)


@pytest.mark.hazard("H104")
def test_a_held_slot_is_opened_again() -> None:
    ward = Bedside().opened()
    assert ward.pass_.withhold(RecordStatus.HELD, "asleep", "mr1").record is RecordStatus.HELD
    ward.now += 10 * MINUTE
    ward.scan(BAND, code(1, "U1"), code(1, "U2"))
    assert held(ward.pass_.state()) == {"time.reopen"}
    assert ward.pass_.answer("time.reopen", "yes").refused == "time.reopen"
    ward.pass_.answer("time.reopen", value=True)
    assert ward.pass_.give().record is RecordStatus.GIVEN


@pytest.mark.hazard("H81", "H82")
@pytest.mark.parametrize(
    "value",
    [
        None,
        badge_pin("NV-0002", "0000"),
        badge_pin("NV-0005"),
        badge_pin("NV-9999"),
    ],
)
def test_a_witness_proves_who_they_are_and_is_somebody_else(value: object) -> None:
    ward = Bedside().opened()
    ward.scan(code(3))
    ward.now += 5 * SECOND
    asked = ward.pass_.answer("documentation.witness", value)
    assert asked.refused == "documentation.witness"
    assert held(ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))) == set()
    ward.pass_.give()
    assert ward.records[0].witness_id == "n2"


@pytest.mark.hazard("H81", "H82")
def test_the_giver_is_no_witness_and_another_may_still_be_asked() -> None:
    ward = Bedside().opened()
    ward.scan(code(3))
    ward.now += 5 * SECOND
    own = ward.pass_.answer("documentation.witness", badge_pin("NV-0001"))
    assert held(own) == {"documentation.not-independent", "documentation.witness"}
    assert own.verdict is not None
    assert (own.verdict.word, own.refused) == ("stop", "documentation.witness")
    assert held(ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))) == set()


def test_only_an_open_ask_is_answered() -> None:
    ward = Bedside().in_phase(JUDGED)
    assert ward.pass_.answer("dose.incomplete", {"count": 2}).refused == "dose.incomplete"
    rescan = Bedside().in_phase(JUDGED)
    rescan.now += 11 * MINUTE
    assert rescan.pass_.answer("patient.rescan", value=True).refused == "patient.rescan"


@pytest.mark.parametrize(
    "value,amount",
    [
        (mg(5), mg(5)),
        ({"value": 250, "unit": "mg"}, mg(250)),
        ({"value": "0,5", "unit": "mg"}, mg("0.5")),
        ({"value": Decimal("1.5"), "unit": "mg"}, mg("1.5")),
        ({"value": True, "unit": "mg"}, None),
        ({"value": 1.5, "unit": "mg"}, None),
        ({"value": 1, "unit": ""}, None),
        ({"value": 1}, None),
        ("250 mg", None),
    ],
)
def test_amounts_of_a_shell(value: object, amount: Quantity | None) -> None:
    assert amount_from(value) == amount


# --- releases ------------------------------------------------------------------------------


def late() -> Bedside:
    """Have a late dose in hand."""
    ward = Bedside()
    ward.now = at(10)
    ward.opened().scan(code(1, "U1"), code(1, "U2"))
    assert held(ward.pass_.state()) == {"time.late"}
    return ward


def test_a_warning_takes_a_listed_reason() -> None:
    ward = late()
    for proof in (Proof(), Proof(reason="lười")):
        assert ward.pass_.release("time.late", proof).refused == "time.late"
    cannot = ward.pass_.release("time.late", Proof(reason="other"), cannot=True)
    assert cannot.refused == "time.late"
    assert held(ward.pass_.release("time.late", REASON)) == set()
    ward.pass_.give()
    assert [(r.code, r.reason) for r in ward.records[0].releases] == [
        ("time.late", "clinical-judgement")
    ]


@pytest.mark.hazard("H112")
@pytest.mark.parametrize(
    "proof,released",
    [
        (Proof(reason="other"), False),
        (Proof(prescriber=badge_pin("NV-0003")), True),
        (Proof(prescriber=badge_pin("NV-0003", "0000")), False),
        (Proof(prescriber=badge_pin("NV-0002")), False),
        (Proof(prescriber="NV-0003"), False),
        (Proof(prescriber="NV-0003", witness=badge_pin("NV-0002")), True),
        (Proof(prescriber="NV-0003", witness=badge_pin("NV-0001")), False),
        (Proof(prescriber="NV-0003", witness=badge_pin("NV-0005")), False),
        (Proof(prescriber="NV-0002", witness=badge_pin("NV-0002")), False),
        (Proof(prescriber="NV-9999", witness=badge_pin("NV-0002")), False),
        (Proof(pharmacist=badge_pin("NV-0004")), False),
    ],
)
def test_a_prescribers_stop_takes_the_prescriber(proof: Proof, released: bool) -> None:  # noqa: FBT001 - a row of the table
    ward = Bedside()
    ward.now = at(13, 59, day=1)
    ward.records.append(record(given_at=at(12, day=1), order_id="mr1"))
    ward.opened().scan(code(1, "U1"), code(1, "U2"))
    assert "time.too-soon" in held(ward.pass_.state())
    state = ward.pass_.release("time.too-soon", proof)
    assert ("time.too-soon" not in held(state)) is released


@pytest.mark.parametrize("badge,released", [("NV-0004", True), ("NV-0003", False)])
def test_a_pharmacists_stop_takes_the_pharmacist(badge: str, released: bool) -> None:  # noqa: FBT001 - a row of the table
    ward = Bedside(site=policy(verification="required")).in_phase(JUDGED)
    state = ward.pass_.release("drug.order-unverified", Proof(pharmacist=badge_pin(badge)))
    assert ("drug.order-unverified" not in held(state)) is released


def test_a_release_about_the_patient_holds_for_the_pass_and_no_longer() -> None:
    ward = Bedside(site=policy(other_ward_exempt=[])).signed_in()
    ward.pass_.unable_to_scan("band", "band-missing", {"mrn": "26001", "name": "Nguyễn Văn An"})
    ward.scan(code(1, "U1"), code(1, "U2"))
    ward.pass_.give()
    assert "patient.band-unreadable" not in held(ward.scan(code(2)))
    assert held(ward.scan(BAND)) == {"dose.incomplete"}


@pytest.mark.hazard("H108")
@pytest.mark.parametrize("hour,reason,alone", [(20, "no-second-person", True), (8, "other", False)])
def test_the_cannot_of_a_witness_holds_at_night_only(hour: int, reason: str, alone: bool) -> None:  # noqa: FBT001 - a row of the table
    ward = Bedside()
    ward.now = at(hour)
    ward.opened().scan(code(3))
    for bad in (Proof(), Proof(reason="lười")):
        refused = ward.pass_.release("documentation.witness", bad, cannot=True)
        assert refused.refused == "documentation.witness"
    state = ward.pass_.release("documentation.witness", Proof(reason=reason), cannot=True)
    assert ("documentation.witness" not in held(state)) is alone
    if alone:
        ward.now += MINUTE
        ward.pass_.give()
        assert ward.records[0].second_look_by == ward.now + 60 * MINUTE
        assert ward.records[0].witness_id is None


def test_no_second_look_is_owed_after_a_witness() -> None:
    ward = Bedside().opened()
    ward.scan(code(3))
    ward.now += 5 * SECOND
    ward.pass_.answer("documentation.witness", badge_pin("NV-0002"))
    ward.pass_.give()
    assert ward.records[0].second_look_by is None
