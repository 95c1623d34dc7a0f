"""Lengths of time out of decimals, exact to the microsecond."""

from datetime import timedelta
from decimal import Decimal

_STEP = timedelta(microseconds=1)


def scaled(unit: timedelta, factor: Decimal) -> timedelta:
    """Give so many of a unit of time; what is less than a microsecond is cut off.

    Raises:
        OverflowError: no calendar holds it.
    """
    return timedelta(microseconds=int(Decimal(unit // _STEP) * factor))
