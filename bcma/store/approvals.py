"""The pharmacist's verdicts, each with the version of the order that it was given on.

An unchanged copy keeps its approval, whatever the server counts as a new version: what
decides is the hash of the version that was approved, if this station has seen it.
"""

from collections.abc import Sequence
from dataclasses import replace

from bcma.model.order import Approval, MedicationRequest
from bcma.store.reader import Reader


def approvals_of(reader: Reader, order_ids: Sequence[str]) -> tuple[Approval, ...]:
    """Give the verdicts on some orders."""
    approvals = reader.approvals(order_ids)
    versions = reader.order_versions({a.order_id for a in approvals})
    return tuple(_with_version(a, versions[a.order_id]) for a in approvals)


def _with_version(approval: Approval, versions: Sequence[MedicationRequest]) -> Approval:
    approved = _approved(approval, versions)
    return approval if approved is None else replace(approval, order_version=approved.version)


def _approved(
    approval: Approval, versions: Sequence[MedicationRequest]
) -> MedicationRequest | None:
    if approval.order_version_id is not None:
        named = (v for v in versions if v.version_id == approval.order_version_id)
        return next(named, None)
    before = [v for v in versions if v.last_updated is not None and v.last_updated <= approval.at]
    return max(before, key=lambda v: v.last_updated or approval.at, default=None)
