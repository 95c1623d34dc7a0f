"""Task → the pharmacist's verdict on an order."""

from typing import Final

from bcma.emr.fhir_map.datatypes import concept_at, reference_at
from bcma.emr.fhir_map.dialect import TASK_CODE
from bcma.emr.fhir_map.document import Raw, ResourceUnreadable
from bcma.emr.fhir_map.extensions import last_updated
from bcma.emr.fhir_map.node import open_resource, refuse_problems
from bcma.model.order import Approval, Decision

_APPROVE: Final = "approve"


def read_approval(raw: Raw) -> Approval | None:
    """Read a Task; ``None`` for one that approves nothing, or is not decided.

    Raises:
        ResourceUnreadable: an approval of which anything cannot be read; it approves nothing.
    """
    node, identity = open_resource(raw, "Task")
    code = concept_at(node, "code")
    if code is None or code.code_in(TASK_CODE) != _APPROVE:
        return None
    decision = _decision(node.string("status") or "")
    focus = reference_at(node, "focus")
    if decision is None or (focus is not None and focus.kind != "MedicationRequest"):
        return None
    at = last_updated(node)
    reason = concept_at(node, "statusReason")
    refuse_problems(node, "Task", identity)
    if focus is None or at is None:
        missing = "focus" if focus is None else "meta.lastUpdated"
        raise ResourceUnreadable(resource="Task", id=identity, path=missing)
    return Approval(
        order_id=focus.id,
        decision=decision,
        at=at,
        order_version_id=focus.version,
        reason=reason.label if reason else "",
    )


def _decision(status: str) -> Decision | None:
    """Give the decision; every other status of a Task, known or not, has decided nothing."""
    return {"completed": Decision.APPROVED, "rejected": Decision.REJECTED}.get(status)
