"""New and changed orders: read by a ward in one go, each version once."""

from dataclasses import replace

import pytest

from bcma.bedside.unread import unread_orders
from bcma.model.order import Intent, OrdersRead, OrderStatus
from bcma.model.ports import SaveOutcome
from tests.bedside.ward import ORDERS, Bedside, code, held
from tests.rules.builders import NOW, NURSE, chart, order, policy

UNREAD = "drug.order-unread"


def bedside() -> Bedside:
    return Bedside(site=policy(acknowledge_orders=True))


def listed(ward: Bedside) -> list[str]:
    return [row.order.id for row in unread_orders(ward.chart("p1", NOW))]


def test_only_orders_in_force_that_nobody_read_are_listed() -> None:
    orders = (
        order("new"),
        order("read"),
        order("stopped", status=OrderStatus.STOPPED),
        order("draft", status=OrderStatus.DRAFT),
        order("proposed", intent=Intent.PROPOSAL),
        order("forbidden", prohibits=True),
        order("odd", status=OrderStatus.UNREADABLE),
    )
    rows = unread_orders(chart(*orders, acknowledged=frozenset({"v-read"})))
    assert [(row.patient.id, row.order.id) for row in rows] == [("p1", "new")]


def test_an_unchanged_copy_is_listed_once() -> None:
    copies = (order("first", version="same"), order("second", version="same"), order("other"))
    assert [row.order.id for row in unread_orders(chart(*copies))] == ["first", "other"]


@pytest.mark.hazard("H59")
def test_what_was_read_in_a_batch_is_not_asked_and_what_changed_since_is() -> None:
    ward = bedside().signed_in()
    assert listed(ward) == ["mr1", "mr2", "mr3", "mr4"]
    state = ward.pass_.acknowledge(ORDERS)
    assert state.refused is None
    assert listed(ward) == []
    ward.opened().scan(code(1, "U1"), code(1, "U2"))
    assert UNREAD not in held(ward.pass_.state())
    ward.pass_.take_back()
    ward.pass_.take_back()
    changed = replace(ORDERS[0], version="v-mr1-changed")
    ward.orders = (changed, *ORDERS[1:])
    assert listed(ward) == ["mr1"]
    ward.scan(code(1, "U1"))
    assert UNREAD in held(ward.pass_.state())


def test_a_dose_in_hand_is_judged_anew_when_its_order_was_read() -> None:
    ward = bedside().opened()
    ward.scan(code(1, "U1"), code(1, "U2"))
    assert UNREAD in held(ward.pass_.state())
    state = ward.pass_.acknowledge(ORDERS[:1])
    assert state.verdict is not None
    assert UNREAD not in {f.code for f in state.verdict.findings if f.holds_back}


def test_nobody_reads_for_the_ward_without_being_signed_in() -> None:
    ward = bedside()
    assert ward.pass_.acknowledge(ORDERS[:1]).refused == "documentation.signed-out"
    assert ward.read == []


def test_what_could_not_be_kept_is_said_and_still_unread() -> None:
    ward = bedside().signed_in()
    ward.outcome = SaveOutcome.NOT_SAVED
    assert ward.pass_.acknowledge(ORDERS[:1]).refused == "documentation.not-saved"
    assert listed(ward) == ["mr1", "mr2", "mr3", "mr4"]


def test_what_was_read_is_told_by_patient_with_who_read_it_where_and_when() -> None:
    ward = bedside().signed_in()
    theirs = order("mr9", patient_id="p2")
    ward.pass_.acknowledge((ORDERS[1], theirs, ORDERS[0], ORDERS[1]))
    ours = OrdersRead(
        patient_id="p1",
        versions=("v-mr1", "v-mr2"),
        ward="NOI",
        station="A",
        at=ward.now,
        by_id=NURSE.id,
    )
    assert ward.read == [ours, replace(ours, patient_id="p2", versions=("v-mr9",))]


def test_reading_nothing_writes_nothing() -> None:
    ward = bedside().signed_in()
    ward.outcome = SaveOutcome.NOT_SAVED
    assert ward.pass_.acknowledge([]).refused is None
