"""What may be given before its order: the units of such a dose, and why it may not (H62)."""

from datetime import datetime
from typing import Final

from bcma.bedside.acts import GiveFirst
from bcma.bedside.course import INCOMPLETE, Course, Step
from bcma.bedside.hand import Dose
from bcma.bedside.orders import OrderInView
from bcma.bedside.scans import only, unit_in_hand
from bcma.model.order import OrderStatus
from bcma.model.quantity import Quantity, UnitError
from bcma.model.scan import UnitCode
from bcma.model.verdict import Finding
from bcma.rules import MatchRank, UnitInHand, judge
from bcma.rules.diluent import must_be_diluted
from bcma.rules.strength import unit_amount

#: The stop that this path answers, and the coded reason under which everything else passes.
NOT_ORDERED: Final = "drug.not-ordered"
REASON: Final = "emergency"
_GTIN_DIGITS: Final = 14


def units_of(course: Course, first: GiveFirst, step: Step) -> tuple[UnitInHand, ...]:
    """Give the units in hand where they are of the drug named, else the drug by its code.

    None, and the step refused, where the drug is unknown or another one is in hand.
    """
    is_gtin = len(first.drug) == _GTIN_DIGITS and first.drug.isdecimal()
    code = UnitCode(gtin=first.drug) if is_gtin else UnitCode(drug=first.drug)
    named = unit_in_hand(code, course.world.drug_file, step.now, REASON)
    if isinstance(named, Finding):
        step.verdict, step.refused = only(named), named.code
        return ()
    in_hand = () if course.hand.dose is None else tuple(course.hand.dose.units)
    if any(unit.product != named.product for unit in in_hand):
        step.refused = NOT_ORDERED
        return ()
    return in_hand or (named,)


def why_not_first(
    course: Course, first: GiveFirst, units: tuple[UnitInHand, ...], step: Step
) -> str | None:
    """Say why a dose is not given before its order.

    It has one; or it must not go in as it is; or the units that were scanned do not make it.
    """
    if first.amount.value <= 0:
        return INCOMPLETE
    if any(unit.product is not None and must_be_diluted(unit.product) for unit in units):
        return "drug.component-missing"
    return _why_not_made(first.amount, units) or _why_not_without_order(course, units, step.now)


def _why_not_made(amount: Quantity, units: tuple[UnitInHand, ...]) -> str | None:
    """Compare what was scanned with the amount; a drug named by hand is not counted."""
    held = [_held(unit, amount.unit) for unit in units if unit.scanned]
    known = [each.value for each in held if each is not None]
    if not known or len(known) < len(held):
        return None  # nothing was scanned, or an open container, or units that do not convert
    if sum(known) < amount.value:
        return "dose.incomplete"
    return "dose.excess" if sum(known[:-1]) >= amount.value else None


def _held(unit: UnitInHand, measure: str) -> Quantity | None:
    try:
        each = None if unit.product is None else unit_amount(unit.product, measure, unit.product)
    except UnitError:
        return None  # recording says so
    return None if each is None else each.times(unit.count)


def _why_not_without_order(
    course: Course, units: tuple[UnitInHand, ...], now: datetime
) -> str | None:
    """Say what an order for this very drug has against the dose: it is settled at that order.

    An order that ran out neither allows nor forbids anything.
    """
    book = course.book(now)
    products = {unit.product.id: unit.product for unit in units if unit.product is not None}
    for product in products.values():
        for view, best in () if book is None else book.fitting(product):
            if best is MatchRank.INGREDIENT or _ran_out(view, now):
                continue
            dose = Dose(units=list(units), order_id=view.order.id)
            held = [f for f in judge(course.attempt(now, dose)).findings if f.holds_back]
            worst = max(held, key=lambda found: found.severity, default=None)
            return INCOMPLETE if worst is None else worst.code
    return None


def _ran_out(view: OrderInView, now: datetime) -> bool:
    if view.order.prohibits or view.problems:
        return False
    is_over = view.closes_at is not None and now > view.closes_at
    return view.order.status is OrderStatus.COMPLETED or (view.is_active and is_over)
