"""How much of each component of an ordered mixture is in hand, against how much is wanted.

Every unit counts for its own component (hazard H29). A component without an amount on the
order means one unit of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bcma.model.drug import Component, Form, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.content import PIECES, is_volume
from bcma.rules.diluent import is_diluent
from bcma.rules.matching import component_of
from bcma.rules.strength import unit_amount


class Stand(StrEnum):
    """How one component stands."""

    MISSING = "missing"
    COMPLETE = "complete"
    DRAWN_UP = "drawn-up"
    LARGER_BAG = "larger-bag"
    EXCESS = "excess"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component of the mixture in hand.

    Attributes:
        wanted: ``None`` where the order does not say how much.
        held: what its units make, as far as it is known, in the unit of ``wanted``.
    """

    component: Component
    units: tuple[UnitInHand, ...]
    stand: Stand
    wanted: Quantity | None = None
    held: Quantity | None = None

    @property
    def name(self) -> str:
        """Give the component's name as the order has it."""
        return self.component.product.name


def parts_of(attempt: Attempt, mixture: Medication, target: Quantity) -> tuple[Part, ...]:
    """Give every component of an ordered mixture as it stands.

    Raises:
        UnitError: an amount cannot be expressed in the unit that is wanted.
    """
    return tuple(_parts(attempt, mixture, target))


def held_by(unit: UnitInHand, component: Component, measure: str) -> Quantity | None:
    """Give what a unit makes of its component; ``None`` for an open container.

    Raises:
        UnitError: nothing says how much that is.
    """
    product = unit.product
    if product is None:
        raise UnitError(unit=measure, target=unit.description)
    if is_volume(measure) and is_diluent(product) and not _has_strength(component.product):
        content = product.content_of_one
        each = None if content is None else content.to(measure)
    else:
        each = unit_amount(product, measure, component.product)
    return None if each is None else each.times(unit.count)


def _parts(attempt: Attempt, mixture: Medication, target: Quantity) -> Iterator[Part]:
    for component in mixture.components:
        units = [
            u
            for u in attempt.units
            if u.product is not None
            and component_of(u.product, mixture, attempt.policy) == component
        ]
        if component.share is None:
            yield _counted(component, units)
        else:
            yield _measured(component, units, _wanted(component.share, mixture, target))


def _counted(component: Component, units: Sequence[UnitInHand]) -> Part:
    count = sum(unit.count for unit in units)
    stand = Stand.COMPLETE if count == 1 else Stand.EXCESS if count else Stand.MISSING
    return Part(component=component, units=tuple(units), stand=stand)


def _measured(component: Component, units: Sequence[UnitInHand], wanted: Quantity) -> Part:
    amounts = [held_by(unit, component, wanted.unit) for unit in units]
    known = [amount.value for amount in amounts if amount is not None]
    total = sum(known, Decimal(0))
    is_open = len(known) < len(units)
    return Part(
        component=component,
        units=tuple(units),
        stand=_with_open(units) if is_open else _stand(units, known, total - wanted.value),
        wanted=wanted,
        held=None if is_open else Quantity(total, wanted.unit),
    )


def _with_open(units: Sequence[UnitInHand]) -> Stand:
    """Measure a component out of a container whose content nobody knows: one holds enough."""
    return Stand.DRAWN_UP if len(units) == 1 else Stand.EXCESS


def _stand(units: Sequence[UnitInHand], known: Sequence[Decimal], over: Decimal) -> Stand:
    if over == 0:
        return Stand.COMPLETE
    if over < 0:
        return Stand.MISSING
    if any(held / unit.count <= over for held, unit in zip(known, units, strict=True)):
        return Stand.EXCESS  # without this one it is complete as well
    hung = any(u.product is not None and u.product.form is Form.INFUSION for u in units)
    return Stand.LARGER_BAG if hung else Stand.DRAWN_UP


def _wanted(share: Ratio, mixture: Medication, target: Quantity) -> Quantity:
    """Give how much of a component the ordered dose takes.

    Raises:
        UnitError: the dose cannot be compared with what the mixture is stated for.
    """
    if target.convertible_to(share.denominator.unit):
        return share.of(target)
    return share.numerator.times(_times_the_mixture(mixture, target))


def _times_the_mixture(mixture: Medication, target: Quantity) -> Decimal:
    """Give how many times the whole mixture is ordered: by the piece, or by its volume.

    Raises:
        UnitError: neither says it.
    """
    content = mixture.content_of_one
    if content is not None and target.convertible_to(content.unit):
        return target.to(content.unit).value / content.value
    if target.unit in PIECES or target.unit.startswith("{"):
        return target.value
    amounts = [c.share.numerator for c in mixture.components if c.share is not None]
    if any(amount.same_as(target) for amount in amounts):
        return Decimal(1)  # named by its base: 500 mL, with 10 mL added to it
    together = sum((amount.to(target.unit).value for amount in amounts), Decimal(0))
    if together <= 0:
        raise UnitError(unit=target.unit, target=mixture.name)
    return target.value / together


def _has_strength(product: Medication) -> bool:
    return any(i.strength is not None for i in product.ingredients)


def shares_of(
    attempt: Attempt, mixture: Medication, target: Quantity
) -> Iterator[tuple[UnitInHand, Quantity | None]]:
    """Give what each unit in hand gave to the mixture, in the unit of its component.

    ``None`` where the order does not say how much, and for what is no component.

    Raises:
        UnitError: an amount cannot be expressed in the unit that is wanted.
    """
    rest = {part.component: part.wanted for part in parts_of(attempt, mixture, target)}
    for unit in attempt.units:
        product = unit.product
        component = None if product is None else component_of(product, mixture, attempt.policy)
        wanted = None if component is None else rest.get(component)
        if component is None or wanted is None:
            yield unit, None
            continue
        held = held_by(unit, component, wanted.unit)
        share = wanted if held is None else Quantity(min(held.value, wanted.value), wanted.unit)
        rest[component] = Quantity(wanted.value - share.value, wanted.unit)
        yield unit, share
