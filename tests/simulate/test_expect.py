"""What a scenario expects is compared field by field, code by code."""

import pytest

from bcma.model.verdict import Finding, Right, Severity
from bcma.simulate.answer import StepAnswer
from bcma.simulate.expect import Codes, Expect, differences

LATE = Finding(code="time.late", severity=Severity.WARN)
RELEASED = Finding(code="time.early", severity=Severity.WARN, released=True)
NOTE = Finding(code="drug.lot-unknown", severity=Severity.INFO)
ANSWER = StepAnswer(
    scenario="x",
    step=2,
    station="A",
    state="judged",
    patient="Patient/p1",
    order=None,
    verdict="warn",
    findings=(LATE, RELEASED, NOTE),
    rights=dict.fromkeys((right.value for right in Right), "ok") | {"time": "finding"},
    record=None,
    refused=None,
)


@pytest.mark.parametrize(
    "expect",
    [
        Expect(),
        Expect(equal=(("state", "judged"), ("verdict", "warn"), ("order", None))),
        Expect(rights={"time": "finding", "dose": "ok"}),
        Expect(codes=Codes(has=("time.late", "time.early", "drug.lot-unknown"))),
        Expect(codes=Codes(lacks=("dose.excess",))),
        Expect(codes=Codes(only=frozenset({"time.late"}))),
    ],
)
def test_what_holds_is_no_difference(expect: Expect) -> None:
    assert list(differences(expect, ANSWER)) == []


@pytest.mark.parametrize(
    "expect,what",
    [
        (Expect(equal=(("state", "recorded"),)), "state"),
        (Expect(equal=(("verdict", None),)), "verdict"),
        (Expect(equal=(("order", "MedicationRequest/mr1"),)), "order"),
        (Expect(equal=(("record", "given"),)), "record"),
        (Expect(equal=(("refused", "time.late"),)), "refused"),
        (Expect(equal=(("patient", "Patient/p2"),)), "patient"),
        (Expect(rights={"time": "ok"}), "rights.time"),
        (Expect(codes=Codes(has=("time.late", "dose.excess"))), "codes.has"),
        (Expect(codes=Codes(lacks=("time.early",))), "codes.not"),
        (Expect(codes=Codes(lacks=("drug.lot-unknown",))), "codes.not"),
        (Expect(codes=Codes(only=frozenset())), "codes.only"),
        (Expect(codes=Codes(only=frozenset({"time.late", "time.early"}))), "codes.only"),
    ],
)
def test_what_does_not_hold_is_named(expect: Expect, what: str) -> None:
    (difference,) = differences(expect, ANSWER)

    assert (difference.where, difference.what) == ("step 2", what)
