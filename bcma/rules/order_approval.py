"""Whether a pharmacist's verdict holds for an order as it stands now."""

from dataclasses import dataclass
from enum import StrEnum

from bcma.model.chart import Chart
from bcma.model.order import Approval, Decision, MedicationRequest


class Standing(StrEnum):
    """How an order stands with the pharmacist."""

    NONE = "none"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class OrderApproval:
    """The verdict that holds, and the reason of a rejection."""

    standing: Standing
    reason: str = ""


def approval_of(order: MedicationRequest, chart: Chart) -> OrderApproval:
    """Give the newest verdict that holds for this version of the order.

    A Task holds when its focus names the version, else when it is not older than the order.
    An unchanged copy (same version hash) keeps the verdict on the version that it copies.
    """
    same = {o.id: o for o in chart.orders if o.version and o.version == order.version}
    same[order.id] = order
    holding = [
        approval
        for approval in chart.approvals
        if (approval.order_id in same and _holds(approval, same[approval.order_id]))
        or (order.version and approval.order_version == order.version)
    ]
    newest = max(holding, key=lambda a: a.at, default=None)
    if newest is None:
        return OrderApproval(Standing.NONE)
    if newest.decision is Decision.REJECTED:
        return OrderApproval(Standing.REJECTED, newest.reason)
    return OrderApproval(Standing.APPROVED)


def _holds(approval: Approval, order: MedicationRequest) -> bool:
    if approval.order_version_id is not None:
        return approval.order_version_id == order.version_id
    return order.last_updated is not None and approval.at >= order.last_updated
