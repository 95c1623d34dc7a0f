"""The value that a hold limit of the order is held against: measured now, or fresh enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bcma.model.order import HoldLimit
from bcma.model.quantity import Quantity
from bcma.rules.attempt import Attempt

#: An order that limits a value without saying how old it may be means no older one than this:
#: nobody wanted yesterday's heart rate.
UNSTATED_AGE: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of the patient and when it was measured; ``fresh`` where a limit may use it."""

    value: Quantity | None
    at: datetime
    fresh: bool


def limits(attempt: Attempt) -> tuple[HoldLimit, ...]:
    """Give the hold limits of the order."""
    return () if attempt.order is None else attempt.order.holds


def unit_of(limit: HoldLimit) -> str:
    """Give the unit in which the value of a limit is entered."""
    bound = limit.low or limit.high
    return "" if bound is None else bound.unit


def reading(attempt: Attempt, limit: HoldLimit) -> Reading | None:
    """Give the newest value for a limit; one that was entered for this dose is always fresh.

    The newest decides, whatever an older one says: what cannot be read or compared, or lies in
    the future, is fresh for nothing.
    """
    entered = attempt.answers.measured.get(limit.code.code)
    if entered is not None:
        return Reading(entered, attempt.now, fresh=_is_comparable(entered, limit))
    observed = () if attempt.chart is None else attempt.chart.observations
    newest = max(
        (found for found in observed if found.code == limit.code.code),
        key=lambda found: found.at,
        default=None,
    )
    if newest is None:
        return None
    age, most = attempt.now - newest.at, limit.max_age
    young = timedelta(0) <= age < (UNSTATED_AGE if most is None else most)
    comparable = newest.value is not None and _is_comparable(newest.value, limit)
    return Reading(newest.value, newest.at, fresh=young and comparable)


def missing(attempt: Attempt) -> Iterator[tuple[HoldLimit, Reading | None]]:
    """Give the limits for which a value has to be measured first, each code once."""
    seen: set[str] = set()
    for limit in limits(attempt):
        found = reading(attempt, limit)
        if limit.code.code not in seen and (found is None or not found.fresh):
            seen.add(limit.code.code)
            yield limit, found


def bound_met(value: Quantity, limit: HoldLimit) -> Quantity | None:
    """Give the bound that a value is beyond; a value at the bound itself is within."""
    if limit.low is not None and value.to(limit.low.unit).value < limit.low.value:
        return limit.low
    if limit.high is not None and value.to(limit.high.unit).value > limit.high.value:
        return limit.high
    return None


def _is_comparable(value: Quantity, limit: HoldLimit) -> bool:
    bounds = (bound for bound in (limit.low, limit.high) if bound is not None)
    return all(value.convertible_to(bound.unit) for bound in bounds)
