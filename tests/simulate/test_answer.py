"""The answer to a step and its JSON."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bcma.bedside.state import PassState, Phase
from bcma.model.people import Patient
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import Fact, Finding, NotChecked, Right, Severity, Verdict
from bcma.simulate.answer import StepAnswer, plain, step_answer

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def answer(
    findings: tuple[Finding, ...] | None = None,
    *,
    phase: Phase = Phase.JUDGED,
    record: RecordStatus | None = None,
    refused: str | None = None,
) -> StepAnswer:
    written = MedicationAdministration(
        status=RecordStatus.GIVEN, patient_id="p1", given_at=NOW, order_id="mr1"
    )
    state = PassState(
        phase=phase,
        now=NOW,
        patient=Patient(id="p1", name="Trần Thị Bình"),
        verdict=None if findings is None else Verdict(findings, (NotChecked(Right.DRUG, "x"),)),
        record=record,
        written=written if record else None,
    )
    return step_answer(state, scenario="Tên", step=3, station="A", refused=refused)


EXPIRED = Finding(code="drug.expired", severity=Severity.STOP, facts={"expiry": date(2025, 12, 31)})


def test_an_answer_has_the_form_of_the_specification() -> None:
    written = json.loads(answer((EXPIRED,)).to_json())

    assert list(written) == [
        "scenario",
        "step",
        "station",
        "state",
        "patient",
        "order",
        "verdict",
        "findings",
        "rights",
        "record",
        "refused",
    ]
    assert written["verdict"] == "stop"
    assert written["patient"] == "Patient/p1"
    assert written["findings"] == [
        {
            "code": "drug.expired",
            "severity": "stop",
            "released": False,
            "facts": {"expiry": "2025-12-31"},
        }
    ]
    assert written["rights"]["drug"] == "finding"
    assert len(written["rights"]) == 8


def test_nothing_judged_is_null_and_no_right_is_ok() -> None:
    written = json.loads(answer(None).to_json())

    assert written["verdict"] is None
    assert written["findings"] == []
    assert set(written["rights"].values()) == {"not-checked"}


def test_who_is_signed_out_is_not_told_the_patient() -> None:
    assert answer(None, phase=Phase.SIGNED_OUT).patient is None


def test_a_record_names_its_order() -> None:
    recorded = answer(None, phase=Phase.RECORDED, record=RecordStatus.GIVEN)

    assert (recorded.state, recorded.record) == ("recorded", "given")
    assert recorded.order == "MedicationRequest/mr1"


def test_a_verb_that_is_not_built_says_so() -> None:
    assert answer(None, refused="not-available").refused == "not-available"


@pytest.mark.parametrize(
    "fact,written",
    [
        (Quantity(Decimal("1.50"), "mg"), '{"value":1.50,"unit":"mg"}'),
        (Decimal("0.10"), "0.10"),
        (date(2026, 2, 28), '"2026-02-28"'),
        (NOW, '"2026-03-02T01:00:00+00:00"'),
        (("a", "b"), '["a","b"]'),
        (True, "true"),
        (None, "null"),
        ("Nguyễn", '"Nguyễn"'),
    ],
)
def test_facts_are_written_without_losing_anything(fact: Fact, written: str) -> None:
    facts: Mapping[str, Fact] = {"it": fact}
    finding = Finding(code="dose.excess", severity=Severity.STOP, facts=facts)

    assert f'"facts":{{"it":{written}}}' in answer((finding,)).to_json()
    assert plain("text") == "text"
