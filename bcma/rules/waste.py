"""What is left of a unit when the dose is given: waste, where the unit serves one dose only."""

from decimal import Decimal

from bcma.model.quantity import Quantity, UnitError
from bcma.rules.attempt import Attempt
from bcma.rules.strength import holds_many_doses
from bcma.rules.tally import Fit, Tally, tally
from bcma.rules.target import TargetGap, target_amount


def waste_of(attempt: Attempt, sums: Tally) -> Quantity | None:
    """Give what is left over; ``None`` where nothing is, or it stays in a pen or bottle."""
    if any(u.product is not None and holds_many_doses(u.product) for u in attempt.units):
        return None
    given = attempt.answers.given_amount or sums.target
    left = sums.total.value - given.to(sums.total.unit).value
    return Quantity(left, sums.total.unit) if left > Decimal(0) else None


def wastes_a_controlled_drug(attempt: Attempt) -> bool:
    """Tell whether a part of a controlled drug is left over, which two people have to see."""
    products = (unit.product for unit in attempt.units)
    if not any(product is not None and product.controlled is not None for product in products):
        return False
    target = target_amount(attempt)
    try:
        sums = None if isinstance(target, TargetGap) else tally(attempt, target)
    except UnitError:
        return False  # nothing can be given at all
    if sums is None or waste_of(attempt, sums) is None:
        return False
    in_part = sums.fit in {Fit.PART_OF_UNIT, Fit.PART_VOLUME}
    return in_part or attempt.answers.given_amount is not None
