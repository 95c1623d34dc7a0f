"""Amounts that people say, in mass or in volume, kept in the order's unit."""

from dataclasses import replace
from decimal import Decimal

from bcma.bedside.question import Question
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.rules import Attempt
from bcma.rules.content import converted_by, is_substance
from bcma.rules.target import dose_unit, ordered_dose


def in_unit(amount: Quantity, unit: str, attempt: Attempt) -> Quantity | None:
    """Give an amount in a unit; ``None`` where nothing says how.

    What a nurse says in tablets or millilitres is of what is in hand; an order in tablets or
    millilitres means those of the drug as ordered.
    """
    drugs = attempt.drugs[::-1] if is_substance(unit) else attempt.drugs
    try:
        return converted_by(amount, unit, drugs)
    except UnitError:
        return None


def chosen_amount(question: Question, value: object) -> bool:
    """Take an amount, and keep it in the order's unit: that is how it is recorded.

    Zero is one where the order's range begins with it.
    """
    attempt, unit = question.attempt, dose_unit(question.attempt)
    if unit is None or not _leaves_a_choice(attempt):
        return False
    amount = _zero(attempt, unit) if _is_zero(value) else _positive(value, unit, attempt)
    if amount is None:
        return False
    question.dose.answers = replace(question.dose.answers, amount=amount, part=None)
    return True


def confirmed_part(question: Question, value: object) -> bool:
    """Confirm a part of a unit by the whole dose's amount, or by its volume."""
    facts = question.found.facts
    whole, volume = facts.get("amount"), facts.get("volume")
    if not isinstance(value, Quantity) or not isinstance(whole, Quantity):
        return False
    is_volume = isinstance(volume, Quantity) and value.same_as(volume)
    said = in_unit(value, whole.unit, question.attempt)
    if not is_volume and (said is None or said.value != whole.value):
        return False
    question.dose.answers = replace(question.dose.answers, part=whole)
    return True


def _leaves_a_choice(attempt: Attempt) -> bool:
    """Tell whether the amount is the nurse's to choose: a range, or no weight to compute by."""
    return not isinstance(ordered_dose(attempt), Quantity)


def _is_zero(value: object) -> bool:
    number = value.value if isinstance(value, Quantity) else value
    return isinstance(number, int | Decimal) and not isinstance(number, bool) and number == 0


def _zero(attempt: Attempt, unit: str) -> Quantity | None:
    dose = None if attempt.dosage is None else attempt.dosage.dose
    allowed = isinstance(dose, DoseRange) and dose.low.value == 0
    return Quantity(Decimal(0), unit) if allowed else None


def _positive(value: object, unit: str, attempt: Attempt) -> Quantity | None:
    if not isinstance(value, Quantity) or value.value < 0:
        return None
    return in_unit(value, unit, attempt)
