"""The right route: known, never assumed."""

from dataclasses import replace

import pytest

from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Answers, judge
from bcma.rules.route import route_of
from tests.rules.builders import (
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


@pytest.mark.hazard("H94")
@pytest.mark.parametrize("text,shown", [("", None), ("như cũ", "như cũ")])
def test_a_route_that_cannot_be_read_is_never_taken_for_oral(text: str, shown: str | None) -> None:
    found = found_in(attempt(dosage=dosage(routes=(), route_text=text)), "route.missing")
    assert (found.severity, found.release, found.facts["text"]) == (Severity.STOP, (), shown)
    assert lacking([found]) == []


def test_of_several_routes_one_is_chosen() -> None:
    either = dosage(routes=("PO", "IV"))
    found = found_in(attempt(dosage=either), "route.choose")
    assert (found.severity, found.facts["routes"]) == (Severity.ASK, ("PO", "IV"))
    assert codes(attempt(dosage=either, answers=Answers(route="IV"))) == set()
    assert codes(attempt(dosage=either, answers=Answers(route="SC"))) == {"route.choose"}


def test_whether_the_product_can_go_there_is_not_checked_yet() -> None:
    assert NotChecked(Right.ROUTE, "not-built") in judge(attempt()).not_checked
    assert findings_of(attempt(dosage=None), "route.missing") == []


def test_the_last_route_is_taken_up_again_without_a_question() -> None:
    either = dosage(routes=("PO", "NG"))
    orders = (order("mr1", either),)
    before = (record(route="NG", given_at=at(8, day=1)), record(route="IV", given_at=at(20, day=1)))
    again = attempt(
        order=orders[0], dosage=either, chart=chart(orders=orders, administrations=before)
    )
    found = found_in(again, "route.choose")
    assert (found.severity, found.facts["route"]) == (Severity.INFO, "NG")
    assert route_of(again) == "NG"
    assert route_of(replace(again, answers=Answers(route="PO"))) == "PO"
