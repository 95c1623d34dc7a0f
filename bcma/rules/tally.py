"""How much the units in hand make, against how much is wanted.

Shared by the rules of drug and dose, and by the bedside, which records what was tallied.
All amounts are in the order's unit.
"""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from bcma.errors import BcmaError
from bcma.model.drug import Form
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.matching import units_of_the_order
from bcma.rules.strength import relative_strength, unit_amount

#: Forms of which any part can be measured out.
_MEASURED = frozenset(
    {
        Form.ORAL_LIQUID,
        Form.POWDER_ORAL,
        Form.INJECTION,
        Form.CONCENTRATE,
        Form.POWDER_INJECTION,
        Form.INFUSION,
        Form.NEBULISER,
        Form.DROPS_EYE,
        Form.DROPS_EAR,
        Form.CREAM,
        Form.INHALER,
    }
)
_HALF = Decimal("0.5")
_PER_WEIGHT = "/kg"
#: A dose of more units than this is no dose: the search for a combination ends here.
_MOST_UNITS = 100


class TargetGap(StrEnum):
    """Why no target amount is known yet."""

    NO_ORDER = "no-order"
    NO_DOSE = "no-dose"
    TO_CHOOSE = "to-choose"
    NO_WEIGHT = "no-weight"
    PART_UNREADABLE = "part-unreadable"


class Fit(StrEnum):
    """How the units in hand meet the target."""

    EXACT = "exact"
    SHORT = "short"
    PART_OF_UNIT = "part-of-unit"
    PART_VOLUME = "part-volume"
    EXCESS = "excess"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The sum of the units in hand against the target.

    Attributes:
        target: what this dose is to be.
        total: what the units in hand make.
        counted: how many units are in hand.
        needed: how many units of the last scanned product make the whole dose.
        volume: how much of the last product's liquid makes the dose, where it is measured.
        short: what is still missing; zero unless ``SHORT``.
    """

    target: Quantity
    total: Quantity
    counted: int
    needed: int
    fit: Fit
    short: Quantity
    volume: Quantity | None = None


def target_amount(attempt: Attempt) -> Quantity | TargetGap:
    """Give the amount that this dose is to be, less what part-doses have given before.

    A range is fixed by the answer to ``dose.choose``; a dose per kilogram by the weight, and
    without one by that answer as well.
    """
    if attempt.order is None or attempt.dosage is None:
        return TargetGap.NO_ORDER
    dose = attempt.dosage.dose
    if dose is None:
        return TargetGap.NO_DOSE
    if isinstance(dose, DoseRange):
        return attempt.answers.amount or TargetGap.TO_CHOOSE
    if dose.unit.endswith(_PER_WEIGHT):
        weight = weight_of(attempt)
        if weight is None:
            return attempt.answers.amount or TargetGap.NO_WEIGHT
        dose = Quantity(dose.value * weight.value, dose.unit.removesuffix(_PER_WEIGHT))
    return _rest(dose, attempt.already_given)


def weight_of(attempt: Attempt) -> Quantity | None:
    """Give the weight in kilograms; ``None`` where none is known or its unit is no weight."""
    weight = None if attempt.chart is None else attempt.chart.weight
    return None if weight is None or not weight.convertible_to("kg") else weight.to("kg")


def is_per_weight(attempt: Attempt) -> bool:
    """Tell whether the dose is ordered by weight."""
    dose = None if attempt.dosage is None else attempt.dosage.dose
    return isinstance(dose, Quantity) and dose.unit.endswith(_PER_WEIGHT)


def _rest(dose: Quantity, before: tuple[Quantity | None, ...]) -> Quantity | TargetGap:
    """Take away what part-doses gave; one that cannot be read leaves no rest to be known."""
    rest = dose.value
    for part in before:
        if part is None or not part.convertible_to(dose.unit):
            return TargetGap.PART_UNREADABLE
        rest -= part.to(dose.unit).value
    return Quantity(max(rest, Decimal(0)), dose.unit)


def tally(attempt: Attempt, target: Quantity) -> Tally | None:
    """Sum the units in hand; ``None`` while no known product is among them.

    Raises:
        UnitError: a unit cannot be expressed in the order's unit.
    """
    units = [u for u in units_of_the_order(attempt) if u.product is not None]
    if not units:
        return None
    last = units[-1]
    per_unit = _held(attempt, last, target.unit)
    if per_unit is None:
        return _from_open_container(attempt, last, units, target)
    total = _sum(attempt, units, target.unit)
    before = total.value - per_unit.value
    counted = sum(u.count for u in units)
    fit = _fit(attempt, last, target, total.value, per_unit)
    return Tally(
        target=target,
        total=total,
        counted=counted,
        needed=_needed(target, before - _before_same(attempt, units, last, target.unit), per_unit),
        fit=fit,
        short=Quantity(max(target.value - total.value, Decimal(0)), target.unit),
        volume=_volume(attempt, last, target) if fit in {Fit.EXACT, Fit.PART_VOLUME} else None,
    )


def _held(attempt: Attempt, unit: UnitInHand, order_unit: str) -> Quantity | None:
    if unit.product is None or attempt.order is None:
        return None
    return unit_amount(unit.product, order_unit, attempt.order.medication)


def _sum(attempt: Attempt, units: list[UnitInHand], order_unit: str) -> Quantity:
    total = Decimal(0)
    for unit in units:
        held = _held(attempt, unit, order_unit)
        if held is not None:
            total += held.value * unit.count
    return Quantity(total, order_unit)


def _before_same(
    attempt: Attempt, units: list[UnitInHand], last: UnitInHand, order_unit: str
) -> Decimal:
    """Give what the units of the last one's product make, without the last one itself."""
    same = [u for u in units if u.product is not None and u.product == last.product]
    per_unit = _held(attempt, last, order_unit)
    return _sum(attempt, same, order_unit).value - (per_unit.value if per_unit else Decimal(0))


def _needed(target: Quantity, by_others: Decimal, per_unit: Quantity) -> int:
    if per_unit.value <= 0:
        raise UnitError(unit=target.unit, target=per_unit.unit)
    rest = max(target.value - by_others, Decimal(0)) / per_unit.value
    return max(1, int(rest.to_integral_value(ROUND_CEILING)))


def _fit(
    attempt: Attempt, last: UnitInHand, target: Quantity, total: Decimal, per_unit: Quantity
) -> Fit:
    """Compare the sum with the target; ``per_unit`` is what the last unit added to it."""
    if total == target.value:
        return Fit.EXACT
    before = total - per_unit.value
    measured = last.product is not None and last.product.form in _MEASURED
    if total < target.value:
        if measured or _can_be_completed(target.value - total, attempt, target.unit):
            return Fit.SHORT
        return Fit.UNUSABLE
    if before >= target.value:
        return Fit.EXCESS
    if measured:
        return Fit.PART_VOLUME
    return _part(last, target.value - before, per_unit)


def _part(last: UnitInHand, wanted: Decimal, per_unit: Quantity) -> Fit:
    """Say whether the wanted rest is a permitted part of the last unit: halves, if divisible."""
    divisible = last.product is not None and last.product.divisible
    halves = wanted / per_unit.value / _HALF
    whole_halves = halves == halves.to_integral_value()
    return Fit.PART_OF_UNIT if divisible and whole_halves else Fit.UNUSABLE


def _can_be_completed(rest: Decimal, attempt: Attempt, order_unit: str) -> bool:
    """Tell whether products in the drug file (or in hand) can make the rest of the dose."""
    steps = _steps(attempt, order_unit)
    if not steps or rest > _MOST_UNITS * max(steps):
        return False
    reachable = {Decimal(0)}
    frontier = reachable
    while frontier:
        sums = {done + step for done in frontier for step in steps}
        frontier = {s for s in sums if s <= rest} - reachable
        reachable |= frontier
        if rest in reachable:
            return True
    return False


def _steps(attempt: Attempt, order_unit: str) -> frozenset[Decimal]:
    """List the amounts by which a dose can grow: whole units, and halves of divisible ones."""
    if attempt.order is None:
        return frozenset()
    products = [*attempt.strengths, *(u.product for u in attempt.units if u.product is not None)]
    steps: set[Decimal] = set()
    for product in products:
        try:
            held = unit_amount(product, order_unit, attempt.order.medication)
        except BcmaError:
            continue  # this strength cannot be expressed in the order's unit: no step by it
        if held is None or held.value <= 0:
            continue
        steps.add(held.value)
        if product.divisible:
            steps.add(held.value * _HALF)
    return frozenset(steps)


def _from_open_container(
    attempt: Attempt, last: UnitInHand, units: list[UnitInHand], target: Quantity
) -> Tally:
    """Measure the dose out of a container whose content is not known: one holds enough."""
    return Tally(
        target=target,
        total=target,
        counted=sum(u.count for u in units),
        needed=1,
        fit=Fit.PART_VOLUME if len(units) == 1 else Fit.EXCESS,
        short=Quantity(Decimal(0), target.unit),
        volume=_volume(attempt, last, target),
    )


def _volume(attempt: Attempt, unit: UnitInHand, target: Quantity) -> Quantity | None:
    """Give how much liquid makes the target, by the product's concentration."""
    product, order = unit.product, attempt.order
    if product is None or order is None or product.form not in _MEASURED:
        return None
    strength = product.ingredients[0].strength if product.ingredients else None
    if strength is None or strength.denominator.unit.startswith("{"):
        return None
    if target.convertible_to(strength.denominator.unit):
        return target.times(1, over=relative_strength(product, order.medication))
    if not strength.numerator.convertible_to(target.unit):
        return None
    return strength.containing(target)
