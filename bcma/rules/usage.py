"""How much of a limit is used up: by all records of the substance, and by the dose in hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from bcma.model.chart import Chart
from bcma.model.drug import Ingredient, Medication
from bcma.model.order import DoseRange, MedicationRequest
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.rules.attempt import Attempt
from bcma.rules.given import length_of
from bcma.rules.limit import Limit
from bcma.rules.target import TargetGap, planned_amount, target_amount
from bcma.rules.weight import by_weight, weight_of


class Part(NamedTuple):
    """What one record used up of a limit, and when; ``told`` is false for an estimate."""

    at: datetime
    value: Decimal
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How much of a limit is used up with this dose, in the limit's unit."""

    limit: Limit
    parts: tuple[Part, ...]
    dose: Decimal
    planned: Decimal

    @property
    def given(self) -> Decimal:
        """Give what was given before."""
        return sum((part.value for part in self.parts), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Give what it is with this dose."""
        return self.given + self.dose

    @property
    def is_told(self) -> bool:
        """Tell whether every amount behind it is known, and none an estimate."""
        return all(part.told for part in self.parts)

    @property
    def share(self) -> Decimal:
        """Give the share of the limit that is used up then."""
        most = self.limit.most.value
        return self.total / most if most else Decimal("Infinity")

    @property
    def possible_at(self) -> datetime | None:
        """Give when enough of what was given lies back far enough; ``None``: it never does."""
        period = length_of_limit(self.limit)
        total = self.total
        for part in sorted(self.parts) if period is not None else ():
            total -= part.value
            if total <= self.limit.most.value:
                return part.at + (period or timedelta())
        return None


def length_of_limit(limit: Limit) -> timedelta | None:
    """Give the rolling period of a limit; ``None`` for one that holds for the whole life."""
    return None if limit.period is None else length_of(limit.period.value, limit.period.unit)


def use_of(limit: Limit, attempt: Attempt) -> Use:
    """Add up this dose and what was given within the period.

    What was given in an amount that nobody can tell counts as the dose of its order, and
    without one as another dose like this one.

    Raises:
        UnitError: this dose is not known, or cannot be expressed in the limit's unit.
    """
    target, planned = target_amount(attempt), planned_amount(attempt)
    if isinstance(target, TargetGap) or isinstance(planned, TargetGap):
        raise UnitError(unit="", target=limit.most.unit)
    dose = limit.part_of(attempt.answers.given_amount or target, attempt.drugs).value
    return Use(
        limit=limit,
        parts=() if attempt.chart is None else tuple(_parts(limit, attempt, attempt.chart, dose)),
        dose=dose,
        planned=limit.part_of(planned, attempt.drugs).value,
    )


def _parts(limit: Limit, attempt: Attempt, chart: Chart, this_dose: Decimal) -> Iterator[Part]:
    period = length_of_limit(limit)
    for record in chart.administrations:
        at = _until(record, attempt.now)
        if not record.went_in or (period is not None and at <= attempt.now - period):
            continue
        order = chart.order(record.order_id)
        drugs = _drugs_of(record, order, chart)
        held = record.ingredients.union(*(drug.ingredient_keys for drug in drugs))
        if limit.substance not in held:
            continue
        used = _told(limit, record.amount, drugs)
        if used is None:
            ordered = None if order is None else _largest_dose(order, attempt)
            yield Part(at, _told(limit, ordered, drugs) or this_dose, told=False)
        else:
            yield Part(at, used, told=True)


def _told(limit: Limit, amount: Quantity | None, drugs: tuple[Medication, ...]) -> Decimal | None:
    try:
        return None if amount is None else limit.part_of(amount, drugs).value
    except UnitError:
        return None


def _until(record: MedicationAdministration, now: datetime) -> datetime:
    """Give until when a drug went in; what runs, or nobody knows when, went in until now."""
    if record.status is RecordStatus.RUNNING:
        return now
    return record.ended_at or record.known_at or now


def _drugs_of(
    record: MedicationAdministration, order: MedicationRequest | None, chart: Chart
) -> tuple[Medication, ...]:
    """Describe what a record gave, the best description first.

    Our own records say pieces and volumes of the drug as ordered, others' of what they gave.
    """
    given = tuple(m for m in chart.medications if m.id and m.id == record.medication_id)
    ordered = () if order is None else (order.medication,)
    known = (*ordered, *given) if record.event_id is not None else (*given, *ordered)
    if len(record.ingredients) != 1:
        return known
    substances = tuple(Ingredient(key, key) for key in record.ingredients)
    return (*known, Medication(id="", name=record.medication_name, ingredients=substances))


def _largest_dose(order: MedicationRequest, attempt: Attempt) -> Quantity | None:
    """Give the largest dose that an order can mean."""
    weight = weight_of(attempt)
    doses = [d.dose.high if isinstance(d.dose, DoseRange) else d.dose for d in order.dosages]
    known = [by_weight(dose, weight) for dose in doses if dose is not None]
    return max((dose for dose in known if dose is not None), key=lambda d: d.value, default=None)
