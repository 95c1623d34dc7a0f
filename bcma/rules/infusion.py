"""How long an infusion runs: by the time that is ordered for it, else by amount and rate."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bcma.model.order import Dosage, DoseRange, PeriodUnit
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.attempt import Attempt
from bcma.rules.content import converted_by
from bcma.rules.given import length_of
from bcma.rules.target import TargetGap, target_amount

_HOUR: Final = PeriodUnit.HOUR.value


def ends_at(attempt: Attempt) -> datetime | None:
    """Give when an infusion that starts now will end; ``None`` where nothing tells."""
    if attempt.dosage is None:
        return None
    length = _ordered_length(attempt.dosage) or _length_by_rate(attempt, attempt.dosage)
    return None if length is None else attempt.now + length


def _ordered_length(dosage: Dosage) -> timedelta | None:
    timing = dosage.timing
    if timing is None or timing.duration is None:
        return None
    longest = timing.duration_max or timing.duration
    return length_of(longest.value, longest.unit.value)


def _length_by_rate(attempt: Attempt, dosage: Dosage) -> timedelta | None:
    """Divide the amount by the (lowest) rate, as substance or as a volume."""
    rate = _per_time(dosage.rate)
    amount = target_amount(attempt)
    if rate is None or isinstance(amount, TargetGap) or rate.numerator.value <= 0:
        return None
    try:
        measured = converted_by(amount, rate.numerator.unit, attempt.drugs)
    except UnitError:
        return None  # the dose rules stop on units that do not convert
    hours = rate.containing(measured).to(_HOUR)
    return timedelta(hours=float(hours.value))


def _per_time(rate: Quantity | DoseRange | Ratio | None) -> Ratio | None:
    """Give a rate as so much per so long: ``mL/h`` is so many mL per one hour."""
    match rate:
        case Ratio():
            return rate if rate.denominator.convertible_to(_HOUR) else None
        case DoseRange(low=low):
            return _per_time(low)
        case Quantity():
            amount, _, time = rate.unit.rpartition("/")
            per = Quantity(Decimal(1), time)
            if not amount or "/" in amount or not per.convertible_to(_HOUR):
                return None
            return Ratio(Quantity(rate.value, amount), per)
        case None:
            return None
