"""What was given before: the last dose of an order, and how long to wait after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bcma.model.frequency import NoRhythm, read_frequency
from bcma.model.lengths import scaled
from bcma.model.order import PeriodUnit, Timing
from bcma.model.record import MedicationAdministration
from bcma.model.slot import SlotState
from bcma.rules.attempt import Attempt

_ELAPSED: Final = {
    PeriodUnit.SECOND: timedelta(seconds=1),
    PeriodUnit.MINUTE: timedelta(minutes=1),
    PeriodUnit.HOUR: timedelta(hours=1),
    PeriodUnit.DAY: timedelta(days=1),
    PeriodUnit.WEEK: timedelta(weeks=1),
    # The longest there is: a limit per month holds at least as long as it says.
    PeriodUnit.MONTH: timedelta(days=31),
    PeriodUnit.YEAR: timedelta(days=366),
}


@dataclass(frozen=True, slots=True)
class Wait:
    """The last dose, and when the next may be given.

    Attributes:
        ordered: the interval is the order's; otherwise it is only the look-back for the same
            order twice in a row.
    """

    last: MedicationAdministration
    possible: datetime
    ordered: bool


def given_doses(attempt: Attempt) -> tuple[MedicationAdministration, ...]:
    """Give every record of this order, under any of its copies, by which something went in."""
    return tuple(r for r in attempt.records_of_chain() if r.went_in)


def last_given(attempt: Attempt) -> MedicationAdministration | None:
    """Give the last dose of this order, under any of its copies, before the one in hand."""
    timed = [r for r in given_doses(attempt) if r.known_at and not _is_same_dose(r, attempt)]
    return max(timed, key=lambda r: r.known_at or attempt.now, default=None)


def minimum_interval(attempt: Attempt) -> timedelta | None:
    """Give p/f of an as-needed order (rule 12), else half the distance between the slots."""
    if attempt.dosage is None or attempt.claim is None:
        return None
    if attempt.dosage.as_needed:
        return ordered_interval(attempt.dosage.timing)
    shortest = attempt.claim.shortest_interval
    return None if attempt.claim.standing is None or shortest is None else shortest / 2


def wait_after_last(attempt: Attempt) -> Wait | None:
    """Say how long to wait for the next dose; ``None`` where the wait is over."""
    last = last_given(attempt)
    if last is None or last.known_at is None:
        return None
    interval = minimum_interval(attempt)
    if interval is None and _is_infusion(attempt):
        return None  # one bag may follow the other at once
    possible = last.known_at + (attempt.policy.repeat if interval is None else interval)
    return Wait(last, possible, interval is not None) if attempt.now < possible else None


def length_of(count: Decimal, unit: str) -> timedelta | None:
    """Give a length of time by its UCUM unit; ``None`` for a unit that measures no time.

    An unreadable period was made a problem of the order when it was read.
    """
    try:
        return scaled(_ELAPSED[PeriodUnit(unit)], count)
    except ValueError:
        return None


def _is_infusion(attempt: Attempt) -> bool:
    order, dosage = attempt.order, attempt.dosage
    return order is not None and dosage is not None and order.runs(dosage)


def ordered_interval(timing: Timing | None) -> timedelta | None:
    """Give p/f of a timing, also where only a code says it (``Q6H``); ``None`` without either."""
    if timing is None:
        return None
    repeat = timing if timing.has_repeat else _said_by_code(timing.code)
    if repeat.period is None or repeat.period_unit is None:
        return None
    return scaled(_ELAPSED[repeat.period_unit], repeat.period) / (repeat.frequency or 1)


def _said_by_code(code: str | None) -> Timing:
    """Give the rhythm that a frequency code says (``Q6H:PRN``); an empty one where it says none."""
    read = read_frequency(code or "")
    if isinstance(read, NoRhythm):
        return Timing()
    return read.repeat


def _is_same_dose(record: MedicationAdministration, attempt: Attempt) -> bool:
    """Tell whether a record is a part of the dose whose remainder is given now."""
    standing = None if attempt.claim is None else attempt.claim.standing
    if standing is None or standing.state is not SlotState.GIVEN_IN_PART:
        return False
    return any(part == record for part in standing.given)
