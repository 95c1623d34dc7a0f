"""What an aspect is, and how lengths of time are shown."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from bcma.model.explanation import Value
from bcma.model.quantity import Quantity
from bcma.rules.attempt import Attempt

#: One aspect of an attempt.
Look = Callable[[Attempt], Value]

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def length(span: timedelta | None) -> Quantity | None:
    """Give a length of time in whole hours where it is some, else in whole minutes."""
    if span is None:
        return None
    if span and not span % _HOUR:
        return Quantity(Decimal(span // _HOUR), "h")
    return Quantity(Decimal(span // _MINUTE), "min")
