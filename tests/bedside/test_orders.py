"""Which order a product is given from, and until when."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bcma.bedside import Due, DueRow, Phase
from bcma.bedside.due import DueList, due_list
from bcma.bedside.orders import OrderBook
from bcma.bedside.recording import Nothing, given_record, withheld_record
from bcma.bedside.scans import without_effect
from bcma.model.order import MedicationRequest, OrderStatus, Priority, Timing
from bcma.model.people import Session
from bcma.model.record import RecordStatus
from bcma.model.scan import BloodProduct, CitizenCard, InsuranceCard, PatientLabel
from bcma.model.slot import ClaimKind
from bcma.rules import judge
from tests.bedside.ward import DUE, ORDERS, TABLET, UNORDERED, ZINC, Bedside, code, held
from tests.rules.builders import (
    AS_NEEDED,
    HANOI,
    HOUR,
    MINUTE,
    NOW,
    NURSE,
    SECOND,
    Value,
    at,
    attempt,
    chart,
    dosage,
    mg,
    order,
    policy,
    record,
)

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


def book(*orders: MedicationRequest, now: Value = NOW, **changes: Value) -> OrderBook:
    return OrderBook(chart(*orders, **changes), now, policy(), HANOI)


def fitting(*orders: MedicationRequest, **changes: Value) -> list[str]:
    return [view.order.id for view, _ in book(*orders, **changes).fitting(ZINC)]


def zinc(identity: str, timing: Timing = DUE, **changes: Value) -> MedicationRequest:
    amount = changes.pop("amount", 20)
    needed = changes.pop("as_needed", False)
    instruction = dosage(mg(amount), timing=timing, as_needed=needed)
    return order(identity, instruction, **({"medication": ZINC} | changes))


def test_nothing_fits_a_drug_that_is_not_ordered() -> None:
    assert book(*ORDERS).fitting(UNORDERED) == ()


@pytest.mark.parametrize(
    "others",
    [
        zinc("b", status=OrderStatus.STOPPED),
        zinc("b", medication=replace(ZINC, id="x", gtins=frozenset(), drug_codes=frozenset())),
        zinc("b", timing=Timing(code="BID", bounds_start=at(18))),
        zinc("b", timing=AS_NEEDED, as_needed=True),
    ],
    ids=["stopped", "another maker", "later", "as needed"],
)
def test_active_then_exact_then_due_comes_first(others: MedicationRequest) -> None:
    others = replace(others, dosages=(replace(others.dosages[0], dose=mg(30)),))
    assert fitting(zinc("a"), others) == ["a"]
    assert fitting(others, zinc("a")) == ["a"]


def test_of_equal_rank_the_nurse_chooses() -> None:
    assert fitting(zinc("a"), zinc("b", amount=10)) == ["a", "b"]


def test_among_equals_the_order_on_the_label_is_meant() -> None:
    orders = book(zinc("mr1", amount=10), zinc("mr2"))
    assert [v.order.id for v, _ in orders.fitting(ZINC, "mr2")] == ["mr2"]
    assert [v.order.id for v, _ in orders.fitting(ZINC, "elsewhere")] == ["mr1", "mr2"]


def test_a_given_order_gives_way_to_one_that_is_due() -> None:
    given = (record(given_at=NOW, order_id="a", slot=NOW),)
    assert fitting(zinc("a"), zinc("b", amount=10), administrations=given) == ["b"]


@pytest.mark.hazard("H103")
def test_of_copies_the_one_in_whose_period_the_slot_lies_is_given_from() -> None:
    yesterday = zinc("a", replace(DUE, bounds_end=at(23, day=1)))
    today = zinc("b", replace(DUE, bounds_start=at(0), bounds_end=at(23)))
    tomorrow = zinc("c", replace(DUE, bounds_start=at(0, day=3)))
    assert fitting(yesterday, today, tomorrow) == ["b"]
    named = book(yesterday, today).view("a")
    assert named is not None
    assert named.order.id == "a"


@pytest.mark.hazard("H105")
@pytest.mark.parametrize(
    "now,closes",
    [
        (at(13, 59), at(14)),  # the slot of eight is open for half its interval more
        (at(15), at(14)),
    ],
)
def test_an_open_slot_stays_claimable_for_half_an_interval(now: Value, closes: Value) -> None:
    ended = zinc("a", replace(DUE, bounds_end=at(8)))
    (view,) = book(ended, now=now).since(LONG_AGO)
    assert view.closes_at == closes


@pytest.mark.hazard("H105")
def test_half_an_interval_after_its_end_an_order_is_over() -> None:
    ended = replace(zinc("a"), dosages=(dosage(mg(20), timing=replace(DUE, bounds_end=at(8))),))
    for now, inactive in ((at(14), False), (at(14) + 3 * SECOND, True)):
        ward = Bedside(orders=(ended,))
        ward.now = now - 3 * SECOND
        ward.opened().scan(code(2), code(2))
        assert ("drug.order-inactive" in held(ward.pass_.state())) is inactive


def test_a_taken_slot_and_a_slot_without_interval_end_with_the_order() -> None:
    ended = zinc("a", replace(DUE, bounds_end=at(9)))
    given = (record(given_at=NOW, order_id="a", slot=NOW),)
    (view,) = book(ended, administrations=given).since(LONG_AGO)
    assert view.closes_at == at(9)


def test_a_claim_says_when_there_is_nothing_to_claim() -> None:
    unreadable = zinc("a", Timing(code="??"))
    mixed = replace(
        zinc("b"),
        dosages=(
            dosage(timing=Timing(events=(at(8, month=6),))),
            dosage(as_needed=True, timing=AS_NEEDED),
        ),
    )
    kinds = [book(o).since(LONG_AGO)[0].claim.kind for o in (unreadable, mixed, zinc("c"))]
    assert kinds == [ClaimKind.UNREADABLE, ClaimKind.AS_NEEDED, ClaimKind.SLOT]
    over = book(zinc("d", Timing(events=(at(8, month=6),)))).since(LONG_AGO)[0]
    assert (over.claim.kind, over.urgency(NOW)) == (ClaimKind.NOT_DUE, 0)
    assert over.dosage is over.order.dosages[0]
    bare = book(order("e", medication=ZINC, dosages=())).since(LONG_AGO)[0]
    assert bare.dosage is None


def rows(*orders: MedicationRequest, **changes: Value) -> list[DueRow]:
    return list(due_list(book(*orders, **changes)))


def test_a_stopped_order_lists_what_was_given_and_nothing_open() -> None:
    stopped = zinc("a", status=OrderStatus.STOPPED, last_updated=at(9))
    given = (record(given_at=NOW, order_id="a", slot=NOW),)
    found = rows(stopped, administrations=given)
    assert [(r.due.value, r.order.id) for r in found] == [("done", "a")]


def test_a_running_dose_is_listed_as_running() -> None:
    running = (record(RecordStatus.RUNNING, given_at=NOW, order_id="a", slot=NOW),)
    assert "running" in {r.due.value for r in rows(zinc("a"), administrations=running)}


@pytest.mark.parametrize("minutes,group", [(-60, "due"), (61, "overdue"), (-61, "soon")])
def test_a_slot_is_due_within_its_window(minutes: int, group: str) -> None:
    found = rows(zinc("a"), now=NOW + minutes * MINUTE)
    planned = [r for r in found if r.standing and r.standing.slot.planned == NOW]
    assert [r.due.value for r in planned] == [group]
    later = rows(zinc("a"), now=NOW - 4 * HOUR)
    assert "later" in {r.due.value for r in later}


def test_a_record_needs_an_order_an_amount_and_a_chart() -> None:
    session = Session(NURSE, NOW)
    for spoiled in (attempt(order=None), attempt(chart=None), attempt(dosage=None)):
        with pytest.raises(Nothing):
            given_record(spoiled, judge(spoiled), session, "A")
    with pytest.raises(Nothing):
        withheld_record(attempt(order=None), RecordStatus.HELD, "asleep", session, "A")


def test_a_dose_without_units_is_recorded_whole() -> None:
    flush = replace(attempt(), units=())
    kept = given_record(flush, judge(flush), Session(NURSE, NOW), "A")
    assert (kept.amount, kept.wasted, kept.units, kept.drug_scanned) == (mg(500), None, (), False)


@pytest.mark.parametrize(
    "inert,expected",
    [
        (PatientLabel("26001"), "patient.not-a-band"),
        (CitizenCard("1", "A", None), "patient.not-a-band"),
        (InsuranceCard("1", "A", None), "patient.not-a-band"),
        (BloodProduct("=W1"), "drug.blood-product"),
    ],
)
def test_codes_without_effect(inert: Value, expected: str) -> None:
    found = without_effect(inert, Bedside())
    assert found is not None
    assert found.code == expected


def test_units_that_cannot_be_summed_are_shown_without_a_sum() -> None:
    unknown = replace(TABLET, ingredients=())
    ward = Bedside(drugs=(unknown,), orders=(replace(ORDERS[0], medication=unknown),)).opened()
    state = ward.scan(code(1, "U1"))
    assert state.dose is not None
    assert (state.dose.total, state.dose.ordered) == (None, mg(1000))
    assert held(state) == {"dose.unit-unknown"}


def test_nobody_signed_in_has_no_verb() -> None:
    verbs = Bedside().pass_
    states = (
        verbs.open_order("mr1"),
        verbs.answer("dose.choose", mg(1)),
        verbs.give(),
        verbs.withhold(RecordStatus.HELD, "asleep", "mr1"),
        verbs.take_back(),
    )
    assert {s.refused for s in states} == {"documentation.signed-out"}
    assert {s.phase for s in states} == {Phase.SIGNED_OUT}


def test_an_as_needed_order_tells_when_the_next_dose_may_be_given() -> None:
    def row(*given_at: Value, timing: Timing = AS_NEEDED) -> DueRow:
        doses = tuple(record(given_at=when, order_id="a") for when in given_at)
        on_need = zinc("a", timing=timing, as_needed=True)
        (found,) = due_list(book(on_need, administrations=doses))
        return found

    assert row().next_possible is None
    assert row(at(5), at(6)).next_possible == at(12)
    assert row(at(5), None).next_possible == at(11)
    assert row(at(6), timing=Timing(bounds_start=at(1))).next_possible is None
    assert row(at(6), timing=Timing(code="q8h prn")).next_possible == at(14)
    refused = record(RecordStatus.REFUSED, given_at=at(7), order_id="a")
    on_need = zinc("a", timing=AS_NEEDED, as_needed=True)
    (found,) = due_list(book(on_need, administrations=(refused,)))
    assert found.next_possible is None


@pytest.mark.parametrize(
    "priority,minutes", [(Priority.STAT, 60), (Priority.URGENT, 120), (Priority.ASAP, 120)]
)
def test_an_urgent_dose_is_overdue_once_its_time_has_passed(
    priority: Priority, minutes: int
) -> None:
    ordered = order("a", replace(dosage(mg(20)), timing=None), medication=ZINC, priority=priority)
    urgent = replace(ordered, authored_on=NOW - minutes * MINUTE)
    (due,) = due_list(book(urgent))
    assert due.due is Due.DUE
    (late,) = due_list(book(urgent, now=NOW + SECOND))
    assert late.due is Due.OVERDUE


def test_an_as_needed_order_that_is_not_in_force_is_not_listed() -> None:
    on_need = zinc("a", timing=AS_NEEDED, as_needed=True, status=OrderStatus.ON_HOLD)
    assert due_list(book(on_need)) == ()


def test_a_list_of_what_is_due_is_a_sequence_like_any_other() -> None:
    rows = DueList(book(zinc("a"), zinc("b", amount=10)))
    assert rows[:1] == (rows[0],)
    assert hash(rows) == hash(tuple(rows))
