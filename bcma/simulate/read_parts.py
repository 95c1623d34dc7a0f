"""Parts that several verbs of a scenario have: people, amounts and orders."""

from typing import Final

from bcma.bedside.world import BadgePin
from bcma.errors import DataError
from bcma.model.quantity import Quantity
from bcma.simulate.place import Mistake, Node

_ORDER: Final = "MedicationRequest/"


def read_badge_pin(node: Node) -> BadgePin:
    """Read ``{"badge", "pin"}``."""
    parts = node.members({"badge", "pin"})
    return BadgePin(parts["badge"].text(), parts["pin"].text())


def read_amount(node: Node) -> Quantity:
    """Read ``{"value", "unit"}``."""
    parts = node.members({"value", "unit"})
    try:
        return Quantity.of(parts["value"].number(), parts["unit"].text())
    except DataError as bad:
        raise parts["unit"].error(Mistake.UNKNOWN_VALUE, value=parts["unit"].value) from bad


def read_prescriber(node: Node) -> BadgePin | str:
    """Read a prescriber: badge and PIN in person, or the bare badge of one on the telephone."""
    return node.text() if isinstance(node.value, str) else read_badge_pin(node)


def read_order(node: Node) -> str:
    """Read a reference to an order, or its bare id."""
    written = node.text()
    if not written.removeprefix(_ORDER) or "/" in written.removeprefix(_ORDER):
        raise node.error(Mistake.UNKNOWN_VALUE, value=written, known=f"{_ORDER}…")
    return written


def plain_order(node: Node) -> str:
    """Read an order's bare id."""
    return read_order(node).removeprefix(_ORDER)
