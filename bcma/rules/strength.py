"""What one unit of a product makes of an order, in the order's unit.

An order in tablets, patches or millilitres means those of the product that was ordered: a
unit of another product counts by its strength, never piece for piece (hazards H15, H34, H40).
"""

from decimal import Decimal
from typing import Final

from bcma.model.drug import ContainerUse, Form, Ingredient, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.matching import is_same_product

#: Units of an order that simply count what is given.
_PIECES: Final = frozenset({"{dose}", "1"})
_COUNTED_FORMS: Final = {
    Form.TABLET: "{tablet}",
    Form.TABLET_MR: "{tablet}",
    Form.CAPSULE: "{capsule}",
    Form.CAPSULE_MR: "{capsule}",
    Form.PATCH: "{patch}",
    Form.SUPPOSITORY: "{suppository}",
}
_SOLID: Final = frozenset(_COUNTED_FORMS.values())
_VOLUME: Final = "mL"


def unit_amount(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    """Give what one unit of a product makes, in the order's unit.

    ``None`` means an open container (a bottle whose content the file does not name).

    Raises:
        UnitError: the product cannot be expressed in the order's unit.
    """
    if product.container_use is not ContainerUse.SINGLE:
        return _container_holds(product, unit, ordered)
    if _counts_pieces(product, unit):
        return Quantity(_relative_piece(product, ordered), unit)
    if Quantity(Decimal(1), unit).convertible_to(_VOLUME):
        return _volume_held(product, unit, ordered)
    held = product.strength_in(unit)
    if held is not None:
        return held
    strength = product.ingredients[0].strength if product.ingredients else None
    if strength is not None and strength.numerator.convertible_to(unit):
        return None
    raise UnitError(unit=unit, target=product.id)


def _container_holds(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    """Give the whole content of a container of several doses: 300 units, 200 puffs, 100 drops.

    Ordered by the dose, and where the file does not name its content, it is an open container.
    """
    content = product.content_of_one
    strength = product.ingredients[0].strength if product.ingredients else None
    counted = unit in _PIECES or unit.startswith("{")
    if counted and relative_strength(product, ordered) != 1:
        raise UnitError(unit=unit, target=product.id)  # twice as strong a puff is not one puff
    if product.content is not None and product.content.denominator.unit == unit:
        return Quantity(Decimal(1), unit)
    if content is not None and content.convertible_to(unit):
        return content.to(unit).times(relative_strength(product, ordered))
    if strength is not None and strength.numerator.convertible_to(unit):
        fits = content is not None and content.convertible_to(strength.denominator.unit)
        return strength.of(content).to(unit) if content is not None and fits else None
    if strength is not None and strength.denominator.convertible_to(unit):
        relative_strength(product, ordered)  # of unknown strength it would be no dose
        return None
    if counted:
        return None
    raise UnitError(unit=unit, target=product.id)


def relative_strength(product: Medication, ordered: Medication) -> Decimal:
    """Give how many of the ordered product's units (or mL) one of this product's stands for.

    Raises:
        UnitError: the strengths are not known, or differ from one ingredient to the next.
    """
    if is_same_product(product, ordered):
        return Decimal(1)
    wanted = {i.key: i for i in ordered.ingredients}
    ratios = {_times_as_strong(i, wanted[i.key]) for i in product.ingredients if i.key in wanted}
    if len(ratios) != 1 or len(wanted) != len(product.ingredients):
        raise UnitError(unit=product.id, target=ordered.id)
    return ratios.pop()


def _relative_piece(product: Medication, ordered: Medication) -> Decimal:
    """Give how many of the ordered product's pieces one of this product's stands for.

    Ampoules, vials and doses of another product are never counted: the part that is meant
    would have to be measured, and nothing says how much that is.
    """
    if not is_same_product(product, ordered) and product.form not in _COUNTED_FORMS:
        raise UnitError(unit=product.id, target=ordered.id)
    return relative_strength(product, ordered)


def _counts_pieces(product: Medication, unit: str) -> bool:
    if unit in _PIECES:
        return True
    if unit in _SOLID:
        return product.form in _COUNTED_FORMS
    containers = [product.content, *(i.strength for i in product.ingredients)]
    return unit.startswith("{") and any(c and c.denominator.unit == unit for c in containers)


def _volume_held(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    strength = product.ingredients[0].strength if product.ingredients else None
    content = product.content
    if content is not None and content.numerator.convertible_to(unit):
        held = content.numerator.times(1, over=content.denominator.value).to(unit)
        return held.times(relative_strength(product, ordered))
    if strength is not None and strength.denominator.convertible_to(unit):
        relative_strength(product, ordered)  # an open container of unknown strength is no dose
        return None
    raise UnitError(unit=unit, target=product.id)


def _times_as_strong(one: Ingredient, other: Ingredient) -> Decimal:
    if one.strength is None or other.strength is None:
        raise UnitError(unit=one.key, target=other.key)
    mine, theirs = _per_one(one.strength), _per_one(other.strength)
    if theirs.numerator.value == 0:
        raise UnitError(unit=one.key, target=other.key)
    same_kind = (
        mine.denominator.unit == theirs.denominator.unit
        or {
            mine.denominator.unit,
            theirs.denominator.unit,
        }
        <= _SOLID
    )
    if not same_kind:
        raise UnitError(unit=mine.denominator.unit, target=theirs.denominator.unit)
    return mine.numerator.to(theirs.numerator.unit).value / theirs.numerator.value


def _per_one(strength: Ratio) -> Ratio:
    """Give a strength per one of its denominator, volumes in mL."""
    below = strength.denominator
    if below.convertible_to(_VOLUME):
        below = below.to(_VOLUME)
    return Ratio(strength.numerator.times(1, over=below.value), Quantity(Decimal(1), below.unit))
