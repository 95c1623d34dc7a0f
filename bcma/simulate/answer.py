"""The answer to a step: what of a PassState a scenario may look at, and its JSON."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec

from bcma.bedside.state import PassState, Phase
from bcma.model.quantity import Quantity
from bcma.model.verdict import Fact, Finding, Right, RightState

_ENCODER = msgspec.json.Encoder(decimal_format="number")

NOT_AVAILABLE = "not-available"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAnswer:
    """What one step answered.

    Attributes:
        verdict: of what this step judged; ``None`` where it judged nothing.
        rights: by name; a right that nothing was judged of is ``not-checked``.
        record: what this step wrote.
        refused: why the verb had no effect.
    """

    scenario: str
    step: int
    station: str
    state: str
    patient: str | None
    order: str | None
    verdict: str | None
    findings: tuple[Finding, ...]
    rights: dict[str, str]
    record: str | None
    refused: str | None

    def field(self, name: str) -> str | None:
        """Give one of the fields that are compared by equality."""
        fields = {
            "state": self.state,
            "verdict": self.verdict,
            "record": self.record,
            "refused": self.refused,
            "patient": self.patient,
            "order": self.order,
        }
        return fields[name]

    def to_json(self) -> str:
        """Write the answer as one line of JSON."""
        return _ENCODER.encode(
            {
                "scenario": self.scenario,
                "step": self.step,
                "station": self.station,
                "state": self.state,
                "patient": self.patient,
                "order": self.order,
                "verdict": self.verdict,
                "findings": [_finding(finding) for finding in self.findings],
                "rights": self.rights,
                "record": self.record,
                "refused": self.refused,
            }
        ).decode()


#: The fields of :meth:`StepAnswer.field`.
COMPARED = ("state", "verdict", "record", "refused", "patient", "order")


def step_answer(
    state: PassState, *, scenario: str, step: int, station: str, refused: str | None = None
) -> StepAnswer:
    """Read the answer to a step off the state after it.

    Args:
        state: the state of the pass after the step.
        scenario: title of the scenario.
        step: its number, from 1.
        station: name of the workstation.
        refused: why the step had no effect, where the pass itself does not know.
    """
    verdict = state.verdict
    rights = dict.fromkeys(Right, RightState.NOT_CHECKED) if verdict is None else verdict.rights
    return StepAnswer(
        scenario=scenario,
        step=step,
        station=station,
        state=state.phase.value,
        patient=_patient(state),
        order=_order(state),
        verdict=None if verdict is None else verdict.word,
        findings=state.reported if verdict is None else verdict.findings,
        rights={right.value: rights[right].value for right in Right},
        record=None if state.record is None else state.record.value,
        refused=refused or state.refused,
    )


def _patient(state: PassState) -> str | None:
    """Name the open patient; to nobody who is signed out."""
    if state.patient is None or state.phase is Phase.SIGNED_OUT:
        return None
    return f"Patient/{state.patient.id}"


def _order(state: PassState) -> str | None:
    """Name the order of the dose in hand, else of the record that this step wrote."""
    if state.written is not None and state.written.order_id is not None:
        return f"MedicationRequest/{state.written.order_id}"
    if state.dose is not None and state.dose.order is not None:
        return state.dose.order.reference
    return None


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.word,
        "released": finding.released,
        "facts": {name: plain(fact) for name, fact in finding.facts.items()},
    }


def plain(fact: Fact) -> object:
    """Turn a fact into a JSON value; decimals stay decimals and are written as numbers."""
    match fact:
        case Quantity():
            return {"value": fact.value, "unit": fact.unit}
        case datetime() | date():
            return fact.isoformat()
        case tuple():
            return list(fact)
        case str() | bool() | int() | Decimal() | None:
            return fact
