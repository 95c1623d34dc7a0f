"""How much this dose is to be: as ordered, by weight, capped, chosen, less what parts gave."""

from decimal import Decimal
from enum import StrEnum

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.attempt import Attempt
from bcma.rules.content import converted_by
from bcma.rules.weight import by_weight, is_per_weight, unit_given, weight_of


class TargetGap(StrEnum):
    """Why no target amount is known yet."""

    NO_ORDER = "no-order"
    NO_DOSE = "no-dose"
    TO_CHOOSE = "to-choose"
    NO_WEIGHT = "no-weight"
    PART_UNREADABLE = "part-unreadable"
    CAP_UNREADABLE = "cap-unreadable"


def target_amount(attempt: Attempt) -> Quantity | TargetGap:
    """Give the amount that this dose is to be.

    A range is fixed by the answer to ``dose.choose``; a dose per kilogram by the weight, and
    without one by that answer as well. Who wants to give more than that aims at more.
    """
    planned, wanted = planned_amount(attempt), attempt.answers.given_amount
    if isinstance(planned, TargetGap) or wanted is None:
        return planned
    return wanted if wanted.to(planned.unit).value > planned.value else planned


def planned_amount(attempt: Attempt) -> Quantity | TargetGap:
    """Give what the order, and the choice that it leaves, make of this dose."""
    ordered = ordered_dose(attempt)
    if isinstance(ordered, DoseRange):
        return attempt.answers.amount or TargetGap.TO_CHOOSE
    if ordered is TargetGap.NO_WEIGHT:
        return attempt.answers.amount or TargetGap.NO_WEIGHT
    return ordered


def ordered_dose(attempt: Attempt) -> Quantity | DoseRange | TargetGap:
    """Give the dose as ordered for this patient, less what part-doses have given before.

    The most per administration cuts off what is computed or chosen; a fixed dose above it
    contradicts itself and stays as written, for the rules to say so.
    """
    if attempt.order is None or attempt.dosage is None:
        return TargetGap.NO_ORDER
    written = attempt.dosage.dose
    if written is None:
        return TargetGap.NO_DOSE
    dose = _for_this_patient(written, attempt)
    if dose is None:
        return TargetGap.NO_WEIGHT
    cuts = isinstance(dose, DoseRange) or is_per_weight(written)
    try:
        most = cap(attempt) if cuts else None
    except UnitError:
        return TargetGap.CAP_UNREADABLE
    return _rest(_at_most(dose, most), attempt.already_given)


def computed_amount(attempt: Attempt) -> Quantity | None:
    """Give what the weight made of the dose where the order's cap cuts it off, to be shown."""
    dose = None if attempt.dosage is None else attempt.dosage.dose
    if not isinstance(dose, Quantity) or not is_per_weight(dose):
        return None
    whole = by_weight(dose, weight_of(attempt))
    try:
        most = cap(attempt)
    except UnitError:
        return None  # there is no target then, and the dose rules say why
    return whole if whole is not None and most is not None and whole.value > most.value else None


def cap(attempt: Attempt) -> Quantity | None:
    """Give the most per administration in the dose's unit; ``None`` where there is none.

    Raises:
        UnitError: it cannot be expressed in the dose's unit.
    """
    unit, dosage = dose_unit(attempt), attempt.dosage
    most = None if dosage is None else dosage.max_per_administration
    absolute = None if most is None else by_weight(most, weight_of(attempt))
    if absolute is None or unit is None:
        return None
    return converted_by(absolute, unit, attempt.drugs)


def dose_unit(attempt: Attempt) -> str | None:
    """Give the unit in which this dose is given; ``None`` where the order states no dose."""
    dose = None if attempt.dosage is None else attempt.dosage.dose
    if dose is None:
        return None
    return unit_given(dose.low.unit if isinstance(dose, DoseRange) else dose.unit)


def _for_this_patient(dose: Quantity | DoseRange, attempt: Attempt) -> Quantity | DoseRange | None:
    weight = weight_of(attempt)
    if isinstance(dose, Quantity):
        return by_weight(dose, weight)
    low, high = by_weight(dose.low, weight), by_weight(dose.high, weight)
    return None if low is None or high is None else DoseRange(low, high)


def _at_most(dose: Quantity | DoseRange, most: Quantity | None) -> Quantity | DoseRange:
    if most is None:
        return dose
    if isinstance(dose, DoseRange):
        return DoseRange(_smaller(dose.low, most), _smaller(dose.high, most))
    return _smaller(dose, most)


def _smaller(amount: Quantity, most: Quantity) -> Quantity:
    return most if amount.to(most.unit).value > most.value else amount


def _rest(
    dose: Quantity | DoseRange, before: tuple[Quantity | None, ...]
) -> Quantity | DoseRange | TargetGap:
    """Take away what part-doses gave; one that cannot be read leaves no rest to be known."""
    if isinstance(dose, Quantity):
        return _less(dose, before) or TargetGap.PART_UNREADABLE
    low, high = _less(dose.low, before), _less(dose.high, before)
    return DoseRange(low, high) if low and high else TargetGap.PART_UNREADABLE


def _less(dose: Quantity, before: tuple[Quantity | None, ...]) -> Quantity | None:
    rest = dose.value
    for part in before:
        if part is None or not part.convertible_to(dose.unit):
            return None
        rest -= part.to(dose.unit).value
    return Quantity(max(rest, Decimal(0)), dose.unit)
