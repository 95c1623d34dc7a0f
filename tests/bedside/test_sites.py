"""Sites and routes: answered, taken unasked, and put right."""

from dataclasses import replace

from bcma.bedside import Proof
from bcma.model.drug import Coding, Form
from tests.bedside.ward import BAND, DUE, PIN, ZINC, Bedside, code, held
from tests.rules.builders import HOUR, NOW, Value, dosage, mg, order, record


def injected(*routes: str, **changes: Value) -> Bedside:
    """Open the patient with an order for an ampoule, and scan it."""
    vial = replace(ZINC, form=Form.INJECTION)
    instruction = dosage(mg(10), timing=DUE, routes=routes, **changes)
    ordered = order("mr9", instruction, medication=vial)
    ward = Bedside(drugs=(vial,), orders=(ordered,)).opened()
    ward.scan(code(2))
    return ward


def test_a_site_is_one_that_the_policy_lists_for_the_route() -> None:
    ward = injected("SC")
    for wrong in (None, "elbow-left", "knee", ["abdomen-left"]):
        assert ward.pass_.answer("route.site-needed", wrong).refused == "route.site-needed"
    state = ward.pass_.answer("route.site-needed", "abdomen-left")
    assert (held(state), state.refused) == (set(), None)
    assert state.dose is not None
    assert state.dose.site == "abdomen-left"
    ward.pass_.give()
    assert ward.records[0].site == "abdomen-left"


def test_a_site_may_be_left_open_with_a_reason() -> None:
    ward = injected("IM")
    state = ward.pass_.release("route.site-needed", Proof(reason="cannot-ask"), cannot=True)
    assert (held(state), state.refused) == (set(), None)
    ward.pass_.give()
    assert ward.records[0].site is None


def test_the_line_of_the_last_dose_is_kept_until_another_is_named() -> None:
    ward = injected("IV")
    ward.pass_.answer("route.site-needed", "hand-left")
    ward.pass_.give()
    ward.now += 12 * HOUR
    ward.pass_.sign_in("NV-0001", PIN)
    ward.scan(BAND)
    again = ward.scan(code(2))
    assert held(again) == set()
    moved = ward.pass_.answer("route.site-needed", "forearm-right")
    assert (moved.refused, held(moved)) == (None, set())
    assert ward.pass_.answer("route.site-needed", "hand-left").refused == "route.site-needed"
    ward.pass_.give()
    assert [record.site for record in ward.records] == ["hand-left", "forearm-right"]


def test_a_line_that_is_not_put_right_goes_into_the_record() -> None:
    ward = injected("IV", site=Coding("urn:bcma:site", "elbow-left"))
    ward.pass_.give()
    assert ward.records[0].site == "elbow-left"


def test_another_site_may_be_named_where_the_last_one_was_taken_again() -> None:
    ward = injected("SC")
    ward.pass_.answer("route.site-needed", "abdomen-left")
    ward.pass_.give()
    ward.now += 12 * HOUR
    ward.pass_.sign_in("NV-0001", PIN)
    ward.scan(BAND)
    ward.scan(code(2))
    again = ward.pass_.answer("route.site-needed", "abdomen-left")
    assert held(again) == {"route.site-repeated"}
    other = ward.pass_.answer("route.site-needed", "abdomen-right")
    assert (held(other), other.refused) == (set(), None)


def test_a_route_taken_unasked_may_be_put_right() -> None:
    either = order("mr2", dosage(mg(10), timing=DUE, routes=("PO", "NG")), medication=ZINC)
    ward = Bedside(orders=(either,)).opened()
    ward.records.append(record(route="NG", given_at=NOW - HOUR, order_id="x", event_id="x"))
    assert held(ward.scan(code(2))) == set()
    assert ward.pass_.answer("route.choose", "SL").refused == "route.choose"
    state = ward.pass_.answer("route.choose", "PO")
    assert (state.refused, state.dose and state.dose.route) == (None, "PO")


def test_what_was_let_pass_is_no_question_any_more() -> None:
    ward = injected("SC")
    ward.pass_.release("route.site-needed", Proof(reason="cannot-ask"), cannot=True)
    state = ward.pass_.answer("route.site-needed", "abdomen-left")
    assert state.refused == "route.site-needed"
