"""Whether the order may be given from at all; where not, nothing else about it matters."""

from bcma.model.order import ORDERING_INTENTS, OrderStatus
from bcma.rules.attempt import Attempt

_UNREADABLE = frozenset({OrderStatus.UNREADABLE, OrderStatus.UNKNOWN})


def why_not_in_force(attempt: Attempt) -> str | None:
    """Give the word for why the order is not in force: its kind, its status, or its period.

    A status that cannot be read is no answer here: that order is unreadable.
    """
    order = attempt.order
    if order is None or order.status in _UNREADABLE:
        return None
    if order.prohibits:
        return "prohibited"
    if order.status is not OrderStatus.ACTIVE:
        return order.status.value
    if order.intent not in ORDERING_INTENTS:
        return "not-an-order"
    return _outside_its_period(attempt)


def _outside_its_period(attempt: Attempt) -> str | None:
    if attempt.opens_at is not None and attempt.now <= attempt.opens_at:
        return "not-started"
    if attempt.closes_at is not None and attempt.now > attempt.closes_at:
        return "ended"
    return None


def has_unreadable_status(attempt: Attempt) -> bool:
    """Tell whether nobody knows if the order is in force."""
    return attempt.order is not None and attempt.order.status in _UNREADABLE
