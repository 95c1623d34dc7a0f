"""Time: from an order's Timing to dose slots, their windows, and the slot that now claims."""

from bcma.schedule.claims import claim, standings
from bcma.schedule.plan import Frame, Plan, UnplannableError, plan
from bcma.schedule.renewals import OrderPeriod, chains, period_of, same_drug
from bcma.schedule.slots import Schedule, SlotPlan, chain_key, slot_id

__all__ = [
    "Frame",
    "OrderPeriod",
    "Plan",
    "Schedule",
    "SlotPlan",
    "UnplannableError",
    "chain_key",
    "chains",
    "claim",
    "period_of",
    "plan",
    "same_drug",
    "slot_id",
    "standings",
]
