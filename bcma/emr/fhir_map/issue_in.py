"""DetectedIssue and AdverseEvent → what a person has to find out about doses, or has found out."""

from dataclasses import dataclass
from typing import Final

from bcma.emr.fhir_map.datatypes import (
    concept_at,
    identifiers,
    instant,
    reference_at,
    references_at,
)
from bcma.emr.fhir_map.dialect import ACT_CODE, FINDING, NOTICE, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.issue_out import DUPLICATE_THERAPY, GIVEN_TWICE, LATE_DOSE
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.model.events import DoubleDose, DoubleOutcome, LateDose

_ADMINISTRATION: Final = "MedicationAdministration"
_ORDER: Final = "MedicationRequest"
#: An issue of these statuses is no issue any more.
_WITHDRAWN: Final = frozenset({"cancelled", "entered-in-error"})
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Issue:
    """What stations found about doses, and whether somebody has dealt with it.

    Attributes:
        outcome: what a dose charted twice turned out to be, where a station says so.
    """

    found: DoubleDose | LateDose
    settled: bool
    outcome: DoubleOutcome | None = None


def read_issue(raw: Raw, dialect: Dialect = STANDARD) -> Issue | None:
    """Read an issue about doses in the patient; ``None`` for all others.

    An issue is settled by whoever wrote a mitigation, on the EMR's side too, or withdrew it.

    Raises:
        ResourceUnreadable: it is no DetectedIssue, or has no id.
    """
    node, identity = open_resource(raw, "DetectedIssue")
    # the event, wherever a server of its own ids keeps it
    ours = (i.value for i in identifiers(node, dialect.wall_zone) if i.system == dialect.event)
    event_id = next(ours, identity)
    patient = reference_at(node, "patient", "Patient")
    at = instant(node, "identifiedDateTime")
    implicated = references_at(node, "implicated")
    doses = tuple(r.id for r in implicated if r.kind == _ADMINISTRATION)
    orders = [r.id for r in implicated if r.kind == _ORDER]
    if patient is None or at is None or not doses:
        return None
    settled = bool(node.nodes("mitigation")) or node.string("status") in _WITHDRAWN
    found: DoubleDose | LateDose | None = None
    if _is(node, ACT_CODE, DUPLICATE_THERAPY) and len(doses) == _PAIR:
        found = DoubleDose(
            event_id=event_id, patient_id=patient.id, record_ids=(doses[0], doses[1]), at=at
        )
    elif _is(node, NOTICE, LATE_DOSE) and orders:
        found = LateDose(
            event_id=event_id,
            patient_id=patient.id,
            record_id=doses[0],
            order_id=orders[0],
            at=at,
        )
    return None if found is None else Issue(found, settled, _outcome(node))


def _outcome(node: Node) -> DoubleOutcome | None:
    """Give what was said to it last."""
    actions = [concept_at(mitigation, "action") for mitigation in node.nodes("mitigation")]
    codes = [action.code_in(NOTICE) for action in actions if action is not None]
    known = {outcome.value: outcome for outcome in DoubleOutcome}
    return next((known[code] for code in reversed(codes) if code in known), None)


def read_given_twice(raw: Raw) -> frozenset[str]:
    """Give the doses that an AdverseEvent says were really given twice; none where it is another.

    Raises:
        ResourceUnreadable: it is no AdverseEvent, or has no id.
    """
    node, _ = open_resource(raw, "AdverseEvent")
    if not is_given_twice(node):
        return frozenset()
    instances = (reference_at(suspect, "instance") for suspect in node.nodes("suspectEntity"))
    return frozenset(r.id for r in instances if r is not None and r.kind == _ADMINISTRATION)


def is_given_twice(node: Node) -> bool:
    """Tell whether an AdverseEvent is about a dose given twice, and no reaction to the drug."""
    event = concept_at(node, "event")
    return event is not None and event.code_in(FINDING) == GIVEN_TWICE


def _is(node: Node, system: str, code: str) -> bool:
    written = concept_at(node, "code")
    return written is not None and written.code_in(system) == code
