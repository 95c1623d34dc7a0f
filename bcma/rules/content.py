"""What an amount of a product holds: pieces and volumes into substance, and back.

A combination is counted by substance: two tablets of paracetamol with codeine are so much
of the one and so much of the other (hazards H38, H40). An amount of substance that is written
of a combination means its first one.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from bcma.errors import DataError
from bcma.model.drug import Form, Medication
from bcma.model.quantity import Quantity, Ratio, UnitError

#: Units that count what is given, whatever its form.
PIECES: Final = frozenset({"{dose}", "1"})
#: Forms that are counted, and what one of them is called.
COUNTED_FORMS: Final[Mapping[Form | None, str]] = {
    Form.TABLET: "{tablet}",
    Form.TABLET_MR: "{tablet}",
    Form.CAPSULE: "{capsule}",
    Form.CAPSULE_MR: "{capsule}",
    Form.PATCH: "{patch}",
    Form.SUPPOSITORY: "{suppository}",
}
SOLID: Final = frozenset(COUNTED_FORMS.values())
VOLUME: Final = "mL"
_MASS: Final = "g"
#: ``viên`` is said of tablets and capsules alike.
_PILLS: Final = frozenset({"{tablet}", "{capsule}"})


def is_substance(unit: str) -> bool:
    """Tell whether a unit measures the drug itself, neither its pieces nor its volume."""
    return not (unit in PIECES or unit.startswith("{") or is_volume(unit))


def is_volume(unit: str) -> bool:
    """Tell whether a unit measures a volume."""
    return Quantity(Decimal(1), unit).convertible_to(VOLUME)


def measures_the_product(unit: str, drug: Medication) -> bool:
    """Tell whether a unit measures the product and not the drug in it: 2 g of a cream."""
    return drug.form is Form.CREAM and Quantity(Decimal(1), unit).convertible_to(_MASS)


def substance_in(amount: Quantity, drug: Medication, substance: str, unit: str) -> Quantity:
    """Give how much of one substance an amount of a drug holds, in a unit.

    Raises:
        UnitError: the drug does not hold it, or nothing says how much.
    """
    whole = amount.convertible_to(unit) and not measures_the_product(amount.unit, drug)
    if whole and substance == drug.main_substance:
        return amount.to(unit)
    for strength in drug.strengths(substance):
        below = _in_denominator(amount, strength, drug)
        if below is not None and strength.numerator.convertible_to(unit):
            return strength.of(below).to(unit)
    raise UnitError(unit=amount.unit, target=substance)


def converted(amount: Quantity, unit: str, drug: Medication) -> Quantity:
    """Give an amount of a drug in another unit: as substance, pieces or volume.

    Raises:
        UnitError: nothing says how the one becomes the other.
    """
    if amount.convertible_to(unit):
        return amount.to(unit)
    for strength in drug.strengths(drug.main_substance):
        below = _in_denominator(amount, strength, drug)
        if below is None:
            continue
        if strength.numerator.convertible_to(unit):
            return strength.of(below).to(unit)
        there = _out_of_denominator(below, unit, drug)
        if there is not None:
            return there
    raise UnitError(unit=amount.unit, target=unit)


def converted_by(amount: Quantity, unit: str, drugs: Iterable[Medication]) -> Quantity:
    """Convert by the first of several descriptions of one drug that says how.

    Raises:
        UnitError: none of them does.
    """
    if amount.convertible_to(unit):
        return amount.to(unit)
    for drug in drugs:
        try:
            return converted(amount, unit, drug)
        except UnitError:
            continue  # this one does not say
    raise UnitError(unit=amount.unit, target=unit)


def _in_denominator(amount: Quantity, strength: Ratio, drug: Medication) -> Quantity | None:
    """Give an amount in the unit that the strength is "per": so many tablets, so much volume."""
    below = strength.denominator.unit
    counted = _counted(amount, drug)
    if {counted.unit, below} <= _PILLS:
        return Quantity(counted.value, below)
    if counted.convertible_to(below):
        return counted.to(below)
    content = drug.content
    if content is not None:
        if counted.unit == content.denominator.unit and content.numerator.convertible_to(below):
            return content.of(counted).to(below)
        if below == content.denominator.unit and content.numerator.convertible_to(counted.unit):
            return content.containing(counted)
    return _by_main_substance(counted, below, drug)


def _by_main_substance(amount: Quantity, below: str, drug: Medication) -> Quantity | None:
    for strength in drug.strengths(drug.main_substance):
        if not strength.numerator.convertible_to(amount.unit) or strength.numerator.value == 0:
            continue
        if strength.denominator.convertible_to(below):
            return strength.containing(amount).to(below)
    return None


def _out_of_denominator(below: Quantity, unit: str, drug: Medication) -> Quantity | None:
    """Give what is counted or measured in another unit of the same drug: mL as ampoules."""
    if below.convertible_to(unit):
        return below.to(unit)
    if {below.unit, unit} <= _PILLS:
        return Quantity(below.value, unit)
    content = drug.content
    try:
        if content is not None and content.denominator.unit == unit:
            return content.containing(below)
        if content is not None and content.denominator.unit == below.unit:
            return content.of(below).to(unit)
    except DataError:
        return None  # the content is stated in another kind
    return None


def _counted(amount: Quantity, drug: Medication) -> Quantity:
    """Name the piece of an amount that is a bare number of a counted form."""
    piece = COUNTED_FORMS.get(drug.form)
    return Quantity(amount.value, piece) if piece and amount.unit in PIECES else amount
