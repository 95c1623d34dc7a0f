"""The right route: known, never assumed, and open to this patient now."""

from dataclasses import replace

import pytest

from bcma.model.chart import NilByMouth
from bcma.model.order import OrderStatus
from bcma.model.record import MedicationAdministration, RecordStatus, ReleaseRecord
from bcma.model.verdict import ReleaseBy, Right, RightState, Severity
from bcma.rules import Answers, Attempt, judge
from bcma.rules.route_taken import feeding_route, route_of, routes_to_judge
from tests.rules.builders import (
    STAY,
    Value,
    at,
    attempt,
    chart,
    codes,
    dosage,
    findings_of,
    found_in,
    order,
    record,
)
from tests.rules.test_judge import lacking

GIVEN_UP = Answers(releases=(ReleaseRecord(code="route.choose", reason="cannot-ask", cannot=True),))


def ordered(
    *routes: str, records: tuple[MedicationAdministration, ...] = (), **changes: Value
) -> Attempt:
    """Try a dose of an order that may go these ways."""
    one = order("mr1", dosage(routes=routes))
    nil = changes.pop("nil_by_mouth", NilByMouth.NO)
    made = chart(one, administrations=records, nil_by_mouth=nil)
    return attempt(order=one, chart=made, **changes)


@pytest.mark.hazard("H94")
@pytest.mark.parametrize("text,shown", [("", None), ("như cũ", "như cũ")])
def test_a_route_that_cannot_be_read_is_never_taken_for_oral(text: str, shown: str | None) -> None:
    unread = attempt(dosage=dosage(routes=(), route_text=text))
    found = found_in(unread, "route.missing")
    assert (found.severity, found.release, found.facts["text"]) == (Severity.STOP, (), shown)
    assert lacking([found]) == []
    assert route_of(unread) is None
    assert findings_of(attempt(dosage=None), "route.missing") == []


def test_of_several_routes_one_is_chosen() -> None:
    found = found_in(ordered("PO", "NG"), "route.choose")
    assert (found.severity, found.facts["routes"]) == (Severity.ASK, ("PO", "NG"))
    assert found.facts["route"] is None
    assert codes(ordered("PO", "NG", answers=Answers(route="NG"))) == set()
    assert codes(ordered("PO", "NG", answers=Answers(route="SC"))) == {"route.choose"}


def test_of_an_order_that_is_not_in_force_no_route_is_chosen() -> None:
    stopped = order("mr1", dosage(routes=("PO", "NG")), status=OrderStatus.STOPPED)
    tried = attempt(order=stopped)
    assert codes(tried) == {"drug.order-inactive"}
    assert judge(tried).rights[Right.ROUTE] is RightState.NOT_CHECKED


def test_the_last_route_is_taken_up_again_without_a_question() -> None:
    before = (
        record(route="NG", given_at=at(8, day=1), event_id="ev1"),
        record(route="IV", given_at=at(20, day=1), event_id="ev2"),
        record(RecordStatus.REFUSED, route="PO", given_at=at(21, day=1), event_id="ev3"),
    )
    again = ordered("PO", "NG", records=before)
    found = found_in(again, "route.choose")
    assert (found.severity, found.facts["route"]) == (Severity.INFO, "NG")
    assert route_of(again) == "NG"
    assert route_of(replace(again, answers=Answers(route="PO"))) == "PO"


def test_the_last_route_of_the_order_counts_before_that_of_other_orders() -> None:
    before = (
        record(route="PO", given_at=at(8, day=1), event_id="ev1"),
        record(route="NG", given_at=at(20, day=1), event_id="ev2", order_id="other"),
    )
    assert route_of(ordered("PO", "NG", records=before)) == "PO"
    later = (*before, record(route="NG", given_at=at(21, day=1), event_id="ev3"))
    assert route_of(ordered("PO", "NG", records=later)) == "NG"


@pytest.mark.parametrize("route", ["PO", "NG"])
def test_a_patient_goes_on_as_fed(route: str) -> None:
    other = record(order_id="other", route=route, given_at=at(9, day=1))
    assert route_of(ordered("PO", "NG", records=(other,))) == route
    assert route_of(ordered("PO", "GTT", records=(other,))) == ("PO" if route == "PO" else None)
    assert route_of(ordered("IV", "SC", records=(other,))) is None


def test_how_a_patient_was_fed_in_an_earlier_stay_says_nothing() -> None:
    before = record(order_id="other", route="NG", given_at=at(8, day=1))
    assert STAY.starts == at(9, day=1)
    assert feeding_route(ordered("PO", "NG", records=(before,))) is None
    on_arrival = replace(before, given_at=STAY.starts)
    assert feeding_route(ordered("PO", "NG", records=(on_arrival,))) == "NG"
    undated = replace(before, given_at=None)
    assert feeding_route(ordered("PO", "NG", records=(undated,))) == "NG"
    refused = replace(on_arrival, status=RecordStatus.REFUSED)
    assert feeding_route(ordered("PO", "NG", records=(refused,))) is None
    elsewhere = ordered("PO", "NG", records=(before,))
    assert elsewhere.chart is not None
    nowhere = replace(elsewhere, chart=replace(elsewhere.chart, encounters=()))
    assert feeding_route(nowhere) == "NG"
    assert feeding_route(replace(nowhere, chart=None)) is None


def test_nil_by_mouth_leaves_the_only_other_route() -> None:
    assert route_of(ordered("PO", "NG", nil_by_mouth=NilByMouth.NOTHING)) == "NG"
    assert route_of(ordered("PO", "IV", "SC", nil_by_mouth=NilByMouth.NOTHING)) is None
    assert route_of(ordered("PO", "NG", nil_by_mouth=NilByMouth.SIPS)) is None
    fed = (record(order_id="other", route="NG", given_at=at(9, day=1)),)
    assert route_of(ordered("PO", "NG", "IV", records=fed, nil_by_mouth=NilByMouth.NOTHING)) == "NG"
    swallowed = (record(order_id="other", route="PO", given_at=at(9, day=1)),)
    assert (
        route_of(ordered("PO", "NG", "IV", records=swallowed, nil_by_mouth=NilByMouth.NOTHING))
        is None
    )


def test_a_route_that_nobody_can_tell_may_be_any_of_those_ordered() -> None:
    unknown = ordered("PO", "NG")
    assert routes_to_judge(unknown) == ()
    assert routes_to_judge(replace(unknown, answers=GIVEN_UP)) == ("PO", "NG")
    assert routes_to_judge(ordered("PO")) == ("PO",)
    assert routes_to_judge(attempt(dosage=None, answers=GIVEN_UP)) == ()
    answered = replace(GIVEN_UP.releases[0], cannot=False)
    assert routes_to_judge(replace(unknown, answers=Answers(releases=(answered,)))) == ()


@pytest.mark.hazard("H60")
def test_nothing_goes_by_mouth_while_nil_by_mouth() -> None:
    found = found_in(ordered("PO", nil_by_mouth=NilByMouth.NOTHING), "route.nil-by-mouth")
    assert (found.severity, found.release) == (Severity.STOP, (ReleaseBy.PRESCRIBER,))
    assert lacking([found]) == []
    assert (found.subject, found.facts) == ("PO", {})
    sips = found_in(ordered("PO", nil_by_mouth=NilByMouth.SIPS), "route.nil-by-mouth")
    assert (sips.severity, sips.holds_back) == (Severity.INFO, False)
    assert findings_of(ordered("PO"), "route.nil-by-mouth") == []


@pytest.mark.hazard("H60")
@pytest.mark.parametrize("route", ["NG", "GTT", "SL", "B", "IV"])
def test_what_does_not_go_by_mouth_goes_on(route: str) -> None:
    fasting = ordered(route, nil_by_mouth=NilByMouth.NOTHING)
    assert findings_of(fasting, "route.nil-by-mouth") == []


@pytest.mark.hazard("H60")
def test_nil_by_mouth_waits_for_the_route_and_for_an_order_in_force() -> None:
    either = ordered("PO", "IV", "SC", nil_by_mouth=NilByMouth.NOTHING)
    assert codes(either) == {"route.choose"}
    assert codes(replace(either, answers=GIVEN_UP)) >= {"route.nil-by-mouth"}
    by_mouth = replace(either, answers=Answers(route="PO"))
    assert codes(by_mouth) == {"route.nil-by-mouth"}
    over = replace(ordered("PO", nil_by_mouth=NilByMouth.NOTHING), closes_at=at(7))
    assert codes(over) == {"drug.order-inactive"}
    assert findings_of(replace(ordered("PO"), chart=None), "route.nil-by-mouth") == []
