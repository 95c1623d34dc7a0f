"""What an infusion is, at what rate it runs and for how long: as ordered, or as chosen."""

from datetime import datetime, timedelta
from decimal import ROUND_UP
from typing import Final

from bcma.model.lengths import scaled
from bcma.model.order import Dosage, DoseRange, PeriodUnit
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.rules.attempt import Attempt
from bcma.rules.given import length_of
from bcma.rules.rate_units import rate_in
from bcma.rules.target import TargetGap, target_amount
from bcma.rules.volume import device_step
from bcma.rules.weight import weight_of

_HOUR: Final = PeriodUnit.HOUR.value


def ends_at(attempt: Attempt) -> datetime | None:
    """Give when an infusion that starts now will end; ``None`` where nothing tells."""
    if attempt.dosage is None:
        return None
    length = _ordered_length(attempt.dosage) or _length_by_rate(attempt, attempt.dosage)
    return None if length is None else attempt.now + length


def runs(attempt: Attempt) -> bool:
    """Tell whether this dose is started and then runs, at an ordered rate."""
    order, dosage = attempt.order, attempt.dosage
    return order is not None and dosage is not None and order.runs(dosage)


def runs_unmeasured(attempt: Attempt) -> bool:
    """Tell whether it runs by its rate alone: no amount is ordered, the bag is what there is."""
    return runs(attempt) and attempt.dosage is not None and attempt.dosage.dose is None


def rates(dosage: Dosage | None) -> tuple[Quantity, Quantity] | None:
    """Give the lowest and the highest rate as ordered; ``None`` where none is.

    So much per so long (a litre in seven hours) is rounded up to what a pump can be set to.
    """
    match None if dosage is None else dosage.rate:
        case Quantity() as fixed:
            return fixed, fixed
        case DoseRange(low, high):
            return low, high
        case Ratio(numerator, denominator):
            unit = f"{numerator.unit}/{denominator.unit}"
            exact = Quantity(numerator.value / denominator.value, unit)
            step = device_step(exact)
            if step is not None and step.unit == unit:
                exact = Quantity(exact.value.quantize(step.value, ROUND_UP), unit)
            return exact, exact
        case _:
            return None


def rate_of(attempt: Attempt) -> Quantity | None:
    """Give the rate of this dose: chosen out of the ordered range, or the one that is ordered."""
    ordered = rates(attempt.dosage)
    if attempt.answers.rate is not None or ordered is None:
        return attempt.answers.rate
    low, high = ordered
    return low if low == high else None


def running_before(attempt: Attempt) -> tuple[MedicationAdministration, ...]:
    """Give the bags of this order, under any of its copies, that are still running."""
    return tuple(
        record
        for record in attempt.records_of_chain()
        if record.status is RecordStatus.RUNNING and record.event_id is not None
    )


def _ordered_length(dosage: Dosage) -> timedelta | None:
    timing = dosage.timing
    if timing is None or timing.duration is None:
        return None
    longest = timing.duration_max or timing.duration
    return length_of(longest.value, longest.unit.value)


def _length_by_rate(attempt: Attempt, dosage: Dosage) -> timedelta | None:
    """Divide the amount by the (lowest) rate, as substance or as a volume."""
    ordered, amount = rates(dosage), target_amount(attempt)
    if ordered is None or isinstance(amount, TargetGap):
        return None
    per_hour = f"{amount.unit}/{_HOUR}"
    try:
        rate = rate_in(ordered[0], per_hour, attempt.drugs, weight_of(attempt))
    except UnitError:
        return None  # the dose rules stop on units that do not convert
    return scaled(timedelta(hours=1), amount.value / rate.value) if rate.value > 0 else None
