"""How closely an order fits a product: exact, same ingredients and form, same ingredients."""

from decimal import Decimal
from typing import Final

from bcma.model.drug import Component, Form, Medication
from bcma.model.order import MedicationRequest, OrderStatus
from bcma.model.quantity import Quantity
from bcma.policy import Policy
from bcma.rules.attempt import Attempt, MatchRank, UnitInHand
from bcma.rules.diluent import is_diluent, may_be_diluted, must_be_diluted
from bcma.rules.salt import is_other_salt

#: ATC group of insulins; they are told apart by their units in a volume.
_INSULINS: Final = "A10A"
_UNITS: Final = "[iU]"
_VOLUME: Final = "mL"
#: Ranks from none to exact.
RANKS: Final = (
    MatchRank.NONE,
    MatchRank.COMPONENT,
    MatchRank.INGREDIENT,
    MatchRank.FORM,
    MatchRank.EXACT,
)
#: Forms of which a mixture is made.
_MIXED: Final = frozenset(
    {Form.INFUSION, Form.INJECTION, Form.CONCENTRATE, Form.POWDER_INJECTION, Form.NEBULISER}
)


def rank(product: Medication, order: MedicationRequest, policy: Policy) -> MatchRank:
    """Rank one order against one product."""
    ordered = order.medication
    if is_same_product(product, ordered):
        return MatchRank.EXACT
    if not _same_ingredients(product, ordered):
        component = component_of(product, ordered, policy)
        return MatchRank.NONE if component is None else MatchRank.COMPONENT
    if _is_other_insulin(product, ordered) or is_other_salt(product, ordered):
        return MatchRank.INGREDIENT
    if forms_agree(product.form, ordered.form, policy):
        return MatchRank.FORM
    return MatchRank.INGREDIENT


def _is_other_insulin(product: Medication, ordered: Medication) -> bool:
    """Tell whether it is insulin of another concentration or out of another kind of container.

    U-500 never stands for U-100, nor a vial for a pen, whatever the sum makes (hazard H33).
    """
    if not product.is_in_class(_INSULINS) or not ordered.ingredients:
        return False
    mine, theirs = _concentration(product), _concentration(ordered)
    if None not in {mine, theirs} and mine != theirs:
        return True
    return bool(ordered.id) and product.container_use is not ordered.container_use


def _concentration(insulin: Medication) -> Decimal | None:
    """Give the units in a millilitre, where the drug file says them so."""
    for strength in insulin.strengths(insulin.main_substance):
        by_volume = strength.denominator.convertible_to(_VOLUME)
        if by_volume and strength.numerator.convertible_to(_UNITS):
            return strength.of(Quantity(Decimal(1), _VOLUME)).to(_UNITS).value
    return None


def component_of(product: Medication, mixture: Medication, policy: Policy) -> Component | None:
    """Give the component of an ordered mixture that a product is, if it is one."""
    found = (c for c in mixture.components if _is_component(product, c.product, policy))
    return next(found, None)


def is_mixed(attempt: Attempt) -> bool:
    """Tell whether components of an ordered mixture are in hand, to be counted one by one."""
    order = attempt.order
    if order is None or not order.medication.components:
        return False
    products = (u.product for u in attempt.units if u.product is not None)
    return any(rank(p, order, attempt.policy) is MatchRank.COMPONENT for p in products)


def is_ordered(unit: UnitInHand, attempt: Attempt) -> bool:
    """Tell whether any order of this patient, in any state, is for this unit's drug."""
    orders = () if attempt.chart is None else attempt.chart.orders
    if attempt.order is None:
        return unit.product is not None and waits_for(unit.product, attempt) is not None
    if unit.product is None:
        return True
    if is_diluent_of_the_dose(unit, attempt):
        return True
    return any(rank(unit.product, o, attempt.policy) is not MatchRank.NONE for o in orders)


def is_diluent_of_the_dose(unit: UnitInHand, attempt: Attempt) -> bool:
    """Tell whether a unit is the fluid for another one in hand: part of the dose (H28, H29)."""
    order, product = attempt.order, unit.product
    if order is None or product is None or not is_diluent(product):
        return False
    if order.medication.components:
        return False  # the order itself says what it is mixed with
    if rank(product, order, attempt.policy) is not MatchRank.NONE:
        return False
    drugs = (order.medication, *(u.product for u in units_of_the_order(attempt)))
    return any(drug is not None and may_be_diluted(drug) for drug in drugs)


def waits_for(fluid: Medication, attempt: Attempt) -> Medication | None:
    """Give the ordered concentrate for which a diluent was scanned first."""
    orders = () if attempt.chart is None else attempt.chart.orders
    active = (o.medication for o in orders if o.status is OrderStatus.ACTIVE and not o.prohibits)
    return next(filter(must_be_diluted, active), None) if is_diluent(fluid) else None


def units_of_the_order(attempt: Attempt) -> tuple[UnitInHand, ...]:
    """Give the units in hand that are of the ordered drug; the others are no part of the dose."""
    order = attempt.order
    if order is None:
        return attempt.units
    return tuple(
        unit
        for unit in attempt.units
        if unit.product is None or rank(unit.product, order, attempt.policy) is not MatchRank.NONE
    )


def forms_agree(scanned: Form | None, ordered: Form | None, policy: Policy) -> bool:
    """Tell whether the scanned form may stand for the ordered one.

    An order that names no form leaves it open; a product whose form is not known does not fit
    an order that names one.
    """
    if ordered is None:
        return True
    return scanned is not None and policy.interchangeable(scanned, ordered)


def is_same_product(product: Medication, ordered: Medication) -> bool:
    """Tell whether the order names this very product: entry, GTIN or site code."""
    if ordered.id and product.id == ordered.id:
        return True
    if product.gtins & ordered.gtins:
        return True
    return bool(product.drug_codes & ordered.drug_codes)


def _is_component(product: Medication, wanted: Medication, policy: Policy) -> bool:
    if is_same_product(product, wanted):
        return True
    if not _same_ingredients(product, wanted):
        return False
    if wanted.form is None:
        return product.form in _MIXED  # a substance by name: nobody mixes tablets
    return forms_agree(product.form, wanted.form, policy)


def _same_ingredients(product: Medication, ordered: Medication) -> bool:
    """Compare the whole sets: paracetamol with codeine is no paracetamol."""
    if product.ingredient_keys and ordered.ingredient_keys:
        return product.ingredient_keys == ordered.ingredient_keys
    scanned = {(c.system, c.code) for c in product.codes}
    return bool(scanned & {(c.system, c.code) for c in ordered.codes})
