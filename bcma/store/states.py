"""Where a record is on its way to the EMR."""

from enum import StrEnum
from typing import Final


class DeliveryState(StrEnum):
    """The state of one delivery.

    ``UNKNOWN``: it was sent and no answer came; it is looked for before it is sent again.
    ``PROBLEM``: the server refused it, and a person must decide; it holds up its lane only.
    ``HANDLED``: it was refused, and a person has seen to it in another way than by sending it.
    """

    PENDING = "pending"
    UNKNOWN = "unknown"
    PROBLEM = "problem"
    DELIVERED = "delivered"
    HANDLED = "handled"


#: What is still on its way; values, as the tables have them.
OPEN: Final = (
    DeliveryState.PENDING.value,
    DeliveryState.UNKNOWN.value,
    DeliveryState.PROBLEM.value,
)
