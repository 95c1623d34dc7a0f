"""What the orders allow of a substance over a period: *all products and routes of the ingredient*.

A limit is the prescriber's word about the substance: the strictest of all orders in force for
it holds, whichever of them a dose is given from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bcma.model.drug import Medication
from bcma.model.order import ORDERING_INTENTS, MedicationRequest, OrderStatus
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.attempt import Attempt
from bcma.rules.content import PIECES, converted, is_substance, substance_in
from bcma.rules.weight import by_weight, is_per_weight, weight_of


@dataclass(frozen=True, slots=True)
class WrittenLimit:
    """A limit as an order states it; without a period it holds for the whole life."""

    most: Quantity
    period: Quantity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so much of one substance over a period.

    Attributes:
        drug: as the order names it: what its tablets and millilitres are.
        substance: key of the ingredient.
        most: for this patient; as substance wherever that can be told.
        own: the dose is given from the order that states it.
    """

    drug: Medication
    substance: str
    most: Quantity
    period: Quantity | None
    own: bool

    def part_of(self, amount: Quantity, drugs: tuple[Medication, ...]) -> Quantity:
        """Give how much of it an amount of a drug uses up, in the limit's unit.

        Args:
            amount: of the drug, in any unit.
            drugs: descriptions of that drug; the first that says how is taken.

        Raises:
            UnitError: none of them says.
        """
        for drug in drugs:
            try:
                if is_substance(self.most.unit):
                    return substance_in(amount, drug, self.substance, self.most.unit)
                return converted(amount, self.most.unit, drug)
            except UnitError:
                continue
        raise UnitError(unit=amount.unit, target=self.most.unit)


def written_limits(order: MedicationRequest) -> Iterator[WrittenLimit]:
    """Give the limits of an order by amount; a count of doses is the time rules' (rule 12)."""
    for dosage in order.dosages:
        per_period = dosage.max_per_period
        if per_period is not None and per_period.numerator.unit not in PIECES:
            yield WrittenLimit(per_period.numerator, per_period.denominator)
        if dosage.max_per_lifetime is not None:
            yield WrittenLimit(dosage.max_per_lifetime, None)


def orders_that_limit(attempt: Attempt) -> tuple[MedicationRequest, ...]:
    """Give the dose's own order, and this patient's others in force that share a substance."""
    own, chart = attempt.order, attempt.chart
    if own is None:
        return ()
    shared = substances(attempt)
    others = () if chart is None else chart.orders
    return (
        own,
        *(
            order
            for order in others
            if order.id != own.id
            and shared & order.medication.ingredient_keys
            and is_running(order, attempt.now)
        ),
    )


def substances(attempt: Attempt) -> frozenset[str]:
    """Give the substances of this dose, by the order or by what is in hand."""
    return next((d.ingredient_keys for d in attempt.drugs if d.ingredients), frozenset())


def limits_of(attempt: Attempt) -> Iterator[Limit]:
    """Give every limit on a substance of this dose; one per weight only where that is known."""
    weight, shared = weight_of(attempt), substances(attempt)
    for order in orders_that_limit(attempt):
        own = attempt.order is not None and order.id == attempt.order.id
        drug = next((d for d in attempt.drugs if own and d.ingredients), None)
        for written in written_limits(order):
            most = by_weight(written.most, weight)
            if most is not None:
                of = drug or order.medication
                yield from _by_substance(most, written.period, of, shared, own=own)


def is_limited_by_weight(attempt: Attempt) -> bool:
    """Tell whether the most per administration, or any limit on this dose, is per weight."""
    dosage = attempt.dosage
    if dosage is not None and is_per_weight(dosage.max_per_administration):
        return True
    return any(
        is_per_weight(written.most)
        for order in orders_that_limit(attempt)
        for written in written_limits(order)
    )


def is_running(order: MedicationRequest, now: datetime) -> bool:
    """Tell whether an order is in force, as far as its status and its bounds say."""
    if order.status is not OrderStatus.ACTIVE or order.prohibits:
        return False
    timings = [dosage.timing for dosage in order.dosages]
    over = [t is not None and t.bounds_end is not None and t.bounds_end < now for t in timings]
    ahead = [t is not None and t.bounds_start is not None and t.bounds_start > now for t in timings]
    return order.intent in ORDERING_INTENTS and not (all(over) or all(ahead))


def _by_substance(
    most: Quantity, period: Quantity | None, drug: Medication, shared: frozenset[str], *, own: bool
) -> Iterator[Limit]:
    """Give the limit as one on substance: an amount of a combination means its first one."""
    named = {drug.main_substance} if is_substance(most.unit) else drug.ingredient_keys
    for substance in sorted(named & shared):
        yield Limit(
            drug=drug,
            substance=substance,
            most=_as_substance(most, drug, substance),
            period=period,
            own=own,
        )


def _as_substance(most: Quantity, drug: Medication, substance: str) -> Quantity:
    """Give tablets or millilitres as substance, where the drug's strength is known."""
    if is_substance(most.unit):
        return most
    for strength in drug.strengths(substance):
        try:
            return substance_in(most, drug, substance, strength.numerator.unit)
        except UnitError:
            continue
    return most
