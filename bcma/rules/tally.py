"""How much the units in hand make, against how much is wanted.

Shared by the rules of drug and dose, and by the bedside, which records what was tallied.
All amounts are in the order's unit. The order in which the units were scanned decides nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from bcma.errors import BcmaError
from bcma.model.drug import Medication
from bcma.model.quantity import Quantity, UnitError
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.matching import is_mixed, units_of_the_order
from bcma.rules.strength import is_measured, unit_amount
from bcma.rules.volume import volume_of

_HALF: Final = Decimal("0.5")
_NONE: Final = Decimal(0)
#: A dose of more units than this is no dose: the search for a combination ends here.
_MOST_UNITS: Final = 100


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
        volume: how much liquid makes the dose, where it is measured and can be told.
        short: what is still missing; zero unless ``SHORT``.
    """

    target: Quantity
    total: Quantity
    counted: int
    needed: int
    fit: Fit
    short: Quantity
    volume: Quantity | None = None


class Held(NamedTuple):
    """A unit in hand, and what one of it makes; ``None`` for an open container."""

    unit: UnitInHand
    product: Medication
    each: Decimal | None

    @property
    def known(self) -> Decimal:
        """Give what all of its count make, as far as it is known."""
        return _NONE if self.each is None else self.each * self.unit.count


def tally(attempt: Attempt, target: Quantity) -> Tally | None:
    """Sum the units in hand; ``None`` while no known product is among them.

    The components of an ordered mixture have no sum: each is counted by itself.

    Raises:
        UnitError: a unit cannot be expressed in the order's unit.
    """
    if attempt.order is None or is_mixed(attempt):
        return None
    ordered = attempt.order.medication
    held = tuple(_held(attempt, ordered, target.unit))
    if not held:
        return None
    total = sum((h.known for h in held), _NONE)
    is_open = any(h.each is None for h in held)
    fit = _with_open(held, target.value) if is_open else _fit(attempt, ordered, held, target)
    whole = target.value if is_open and fit is Fit.PART_VOLUME else total
    measured = fit in {Fit.EXACT, Fit.PART_VOLUME}
    return Tally(
        target=target,
        total=Quantity(whole, target.unit),
        counted=sum(h.unit.count for h in held),
        needed=1 if is_open else _needed(target, held),
        fit=fit,
        short=Quantity(max(target.value - whole, _NONE), target.unit),
        volume=_volume(ordered, held, target) if measured else None,
    )


def _held(attempt: Attempt, ordered: Medication, order_unit: str) -> Iterator[Held]:
    for unit in units_of_the_order(attempt):
        if unit.product is None:
            continue
        amount = unit_amount(unit.product, order_unit, ordered)
        if amount is not None and amount.value <= 0:
            raise UnitError(unit=order_unit, target=unit.product.id)
        yield Held(unit, unit.product, None if amount is None else amount.value)


def _with_open(held: Sequence[Held], target: Decimal) -> Fit:
    """Measure out of a container of unknown content: one, and only what the others leave."""
    containers = sum(h.unit.count for h in held if h.each is None)
    others = sum((h.known for h in held), _NONE)
    return Fit.PART_VOLUME if containers == 1 and others < target else Fit.EXCESS


def _fit(attempt: Attempt, ordered: Medication, held: Sequence[Held], target: Quantity) -> Fit:
    total = sum((h.known for h in held), _NONE)
    if total == target.value:
        return Fit.EXACT
    measured = any(is_measured(h.product) for h in held)
    if total < target.value:
        if measured:
            return Fit.SHORT
        steps = _steps(attempt, ordered, target.unit)
        return Fit.SHORT if _can_be_completed(target.value - total, steps) else Fit.UNUSABLE
    over = total - target.value
    if any(h.each is not None and h.each <= over for h in held):
        return Fit.EXCESS  # without this unit the dose is complete as well
    if measured:
        return Fit.PART_VOLUME
    return Fit.PART_OF_UNIT if any(_may_be_split(h, over) for h in held) else Fit.UNUSABLE


def _may_be_split(held: Held, over: Decimal) -> bool:
    """Tell whether what is too much is the half of this unit, the one part that is permitted."""
    return held.product.divisible and held.each is not None and over == held.each * _HALF


def _needed(target: Quantity, held: Sequence[Held]) -> int:
    last = held[-1]
    others = sum((h.known for h in held if h.product != last.product), _NONE)
    each = last.each or target.value
    rest = max(target.value - others, _NONE) / each
    return max(1, int(rest.to_integral_value(ROUND_CEILING)))


def _volume(ordered: Medication, held: Sequence[Held], target: Quantity) -> Quantity | None:
    """Give the liquid that makes the target: all of the units before, a part of the last one."""
    *others, last = held
    shares = [(h.product, h.known) for h in others]
    shares.append((last.product, target.value - sum((known for _, known in shares), _NONE)))
    volumes = [
        volume_of(Quantity(share, target.unit), product, ordered) for product, share in shares
    ]
    known = [volume for volume in volumes if volume is not None]
    if len(known) < len(volumes):
        return None
    unit = known[-1].unit
    return Quantity(sum((volume.to(unit).value for volume in known), _NONE), unit)


def _can_be_completed(rest: Decimal, steps: frozenset[Decimal]) -> bool:
    """Tell whether products in the drug file (or in hand) can make the rest of the dose."""
    if not steps or rest > _MOST_UNITS * max(steps):
        return False
    reachable = {_NONE}
    frontier = reachable
    while frontier:
        sums = {done + step for done in frontier for step in steps}
        frontier = {s for s in sums if s <= rest} - reachable
        reachable |= frontier
        if rest in reachable:
            return True
    return False


def _steps(attempt: Attempt, ordered: Medication, order_unit: str) -> frozenset[Decimal]:
    """List the amounts by which a dose can grow: whole units, and halves of divisible ones."""
    steps: set[Decimal] = set()
    for product in (*attempt.strengths, *(u.product for u in attempt.units if u.product)):
        try:
            held = unit_amount(product, order_unit, ordered)
        except BcmaError:
            continue  # this strength cannot be expressed in the order's unit: no step by it
        if held is None or held.value <= 0:
            continue
        steps.add(held.value)
        if product.divisible:
            steps.add(held.value * _HALF)
    return frozenset(steps)
