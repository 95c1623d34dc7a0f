"""The right route: known, never assumed."""

import pytest

from bcma.model.verdict import NotChecked, Right, Severity
from bcma.rules import Answers, judge
from tests.rules.builders import attempt, codes, dosage, findings_of, found_in
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
