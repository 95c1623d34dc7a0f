"""What one unit of a product makes of an order, in the order's unit.

An order in tablets, patches or millilitres means those of the product that was ordered: a
unit of another product counts by its strength, never piece for piece (hazards H15, H34, H40).
"""

from decimal import Decimal
from typing import Final

from bcma.model.drug import ContainerUse, Form, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError
from bcma.rules.content import (
    COUNTED_FORMS,
    PIECES,
    SOLID,
    VOLUME,
    is_volume,
)
from bcma.rules.matching import is_same_product

#: Forms of which any part can be measured out.
_MEASURED: Final = frozenset(
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
#: Forms of which one container serves many doses, whatever the drug file says of its use.
_MANY_DOSES: Final = frozenset({Form.DROPS_EYE, Form.DROPS_EAR, Form.CREAM, Form.INHALER})


def unit_amount(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    """Give what one unit of a product makes, in the order's unit.

    ``None`` means an open container (a bottle whose content the file does not name).

    Raises:
        UnitError: the product cannot be expressed in the order's unit.
    """
    if holds_many_doses(product):
        return _container_holds(product, unit, ordered)
    if _counts_pieces(product, unit):
        return Quantity(_relative_piece(product, ordered), unit)
    if is_volume(unit):
        return _volume_held(product, unit, ordered)
    return _substance_held(product, unit, ordered)


def is_measured(product: Medication) -> bool:
    """Tell whether any part of a product can be measured out.

    What has no form of the short list (nasal sprays) is measured where its strength or its
    content is a volume.
    """
    if product.form is not None and product.form is not Form.OTHER:
        return product.form in _MEASURED
    strengths = (s.denominator.unit for s in product.strengths(product.main_substance))
    content = () if product.content is None else (product.content.numerator.unit,)
    return any(is_volume(unit) for unit in (*strengths, *content))


def holds_many_doses(product: Medication) -> bool:
    """Tell whether one container of a product serves many doses."""
    return product.form in _MANY_DOSES or product.container_use is not ContainerUse.SINGLE


def _container_holds(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    """Give the whole content of a container of several doses: 300 units, 200 puffs, 100 drops.

    Ordered by the dose, and where the file does not name its content, it is an open container.
    """
    content = product.content_of_one
    counted = unit in PIECES or unit.startswith("{")
    if counted and relative_strength(product, ordered) != 1:
        raise UnitError(unit=unit, target=product.id)  # twice as strong a puff is not one puff
    if product.content is not None and product.content.denominator.unit == unit:
        return Quantity(Decimal(1), unit)
    if content is not None and content.convertible_to(unit):
        return content.to(unit).times(relative_strength(product, ordered))
    for strength in _ordered_strengths(product, ordered):
        if strength.numerator.convertible_to(unit):
            fits = content is not None and content.convertible_to(strength.denominator.unit)
            return strength.of(content).to(unit) if content is not None and fits else None
        if strength.denominator.convertible_to(unit):
            relative_strength(product, ordered)  # of unknown strength it would be no dose
            return None
    if counted or (is_volume(unit) and is_same_product(product, ordered)):
        return None
    raise UnitError(unit=unit, target=product.id)


def relative_strength(product: Medication, ordered: Medication) -> Decimal:
    """Give how many of the ordered product's units (or mL) one of this product's stands for.

    Raises:
        UnitError: the strengths are not known, or differ from one ingredient to the next.
    """
    if is_same_product(product, ordered):
        return Decimal(1)
    substances = product.ingredient_keys
    if substances != ordered.ingredient_keys:
        raise UnitError(unit=product.id, target=ordered.id)
    ratios = {_times_as_strong(product, ordered, substance) for substance in substances}
    if len(ratios) != 1:
        raise UnitError(unit=product.id, target=ordered.id)
    return ratios.pop()


def _relative_piece(product: Medication, ordered: Medication) -> Decimal:
    """Give how many of the ordered product's pieces one of this product's stands for.

    Ampoules, vials and doses of another product are never counted: the part that is meant
    would have to be measured, and nothing says how much that is.
    """
    if not is_same_product(product, ordered) and product.form not in COUNTED_FORMS:
        raise UnitError(unit=product.id, target=ordered.id)
    return relative_strength(product, ordered)


def _counts_pieces(product: Medication, unit: str) -> bool:
    if unit in PIECES:
        return True
    if unit in SOLID:
        return product.form in COUNTED_FORMS
    containers = [product.content, *(i.strength for i in product.ingredients)]
    return unit.startswith("{") and any(c and c.denominator.unit == unit for c in containers)


def _volume_held(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    content = product.content_of_one
    if content is not None and content.convertible_to(unit):
        return content.to(unit).times(relative_strength(product, ordered))
    if any(s.denominator.convertible_to(unit) for s in product.strengths(product.main_substance)):
        relative_strength(product, ordered)  # an open container of unknown strength is no dose
        return None
    raise UnitError(unit=unit, target=product.id)


def _substance_held(product: Medication, unit: str, ordered: Medication) -> Quantity | None:
    strengths = _ordered_strengths(product, ordered)
    if not any(s.numerator.convertible_to(unit) for s in strengths):
        raise UnitError(unit=unit, target=product.id)
    return product.strength_in(unit, _substance(product, ordered))


def _ordered_strengths(product: Medication, ordered: Medication) -> tuple[Ratio, ...]:
    """Give this product's strengths of the substance that an amount of the order means.

    Of a combination all substances must stand in the ordered proportion, as far as it is known.

    Raises:
        UnitError: they do not.
    """
    named = ordered.ingredients
    if len(product.ingredients) > 1 and named and all(i.strength for i in named):
        relative_strength(product, ordered)
    return product.strengths(_substance(product, ordered))


def _substance(product: Medication, ordered: Medication) -> str:
    """Give the substance that is counted: the ordered one, where this product names it so.

    An order by a site code alone names the product and no substance of it.
    """
    wanted = ordered.main_substance
    return wanted if wanted in product.ingredient_keys else product.main_substance


def _times_as_strong(product: Medication, ordered: Medication, substance: str) -> Decimal:
    """Compare the strengths of one substance in two products, in a kind that both state."""
    for mine in product.strengths(substance):
        for theirs in ordered.strengths(substance):
            ratio = _ratio(_per_one(mine), _per_one(theirs))
            if ratio is not None:
                return ratio
    raise UnitError(unit=product.id, target=ordered.id)


def _ratio(mine: Ratio, theirs: Ratio) -> Decimal | None:
    below = {mine.denominator.unit, theirs.denominator.unit}
    same_kind = len(below) == 1 or below <= SOLID
    if not same_kind or not mine.numerator.convertible_to(theirs.numerator.unit):
        return None
    if theirs.numerator.value == 0:
        return None
    return mine.numerator.to(theirs.numerator.unit).value / theirs.numerator.value


def _per_one(strength: Ratio) -> Ratio:
    """Give a strength per one of its denominator, volumes in mL."""
    below = strength.denominator
    if below.convertible_to(VOLUME):
        below = below.to(VOLUME)
    return Ratio(strength.numerator.times(1, over=below.value), Quantity(Decimal(1), below.unit))
