"""Where a record is on its way to the EMR."""

from enum import StrEnum


class DeliveryState(StrEnum):
    """The state of one delivery.

    ``UNKNOWN``: it was sent and no answer came; it is looked for before it is sent again.
    ``PROBLEM``: the server refused it, and a person must decide; it holds up its lane only.
    """

    PENDING = "pending"
    UNKNOWN = "unknown"
    PROBLEM = "problem"
    DELIVERED = "delivered"
