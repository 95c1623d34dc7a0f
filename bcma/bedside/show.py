"""From what is in hand to what shells draw of it."""

from bcma.bedside.state import DoseInHand
from bcma.errors import BcmaError
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity
from bcma.rules import Attempt
from bcma.rules.route_site import site_of
from bcma.rules.route_taken import route_of
from bcma.rules.tally import Tally, tally
from bcma.rules.target import TargetGap, target_amount


def dose_in_hand(attempt: Attempt) -> DoseInHand | None:
    """Show the dose as far as it is known; ``None`` where nothing is in hand."""
    if not attempt.is_dose:
        return None
    target = target_amount(attempt)
    sums = None if isinstance(target, TargetGap) else _sums(attempt, target)
    standing = None if attempt.claim is None else attempt.claim.standing
    return DoseInHand(
        order=attempt.order,
        candidates=attempt.candidates,
        dosage=attempt.dosage,
        slot=None if standing is None else standing.slot,
        units=attempt.units,
        ordered=_ordered(attempt, target),
        total=None if sums is None else sums.total,
        units_needed=None if sums is None else sums.needed,
        units_counted=sum(u.count for u in attempt.units),
        route=route_of(attempt),
        site=site_of(attempt),
    )


def _ordered(attempt: Attempt, target: Quantity | TargetGap) -> Quantity | DoseRange | None:
    if not isinstance(target, TargetGap):
        return target
    return None if attempt.dosage is None else attempt.dosage.dose


def _sums(attempt: Attempt, target: Quantity) -> Tally | None:
    try:
        return tally(attempt, target)
    except BcmaError:
        return None  # the dose rules have said why
