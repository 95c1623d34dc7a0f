"""An ordered mixture: which products the ward makes it of."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bcma.emr.fhir_map.node import Node
from bcma.model.drug import Component, Form, Ingredient, Medication

#: Looks a product up: by its id, or by ``#id`` among those that the order contains.
ProductOf = Callable[[str], Medication | None]
#: Forms that a ward mixes; tablets of two substances come so from the factory.
_MIXED: Final = frozenset(
    {Form.INFUSION, Form.INJECTION, Form.CONCENTRATE, Form.POWDER_INJECTION, Form.NEBULISER}
)


def with_components(drug: Medication, node: Node, product_of: ProductOf) -> Medication:
    """Add to a drug as ordered the products of which it is mixed, if it is a mixture.

    So it is where it names products as its ingredients, or several substances for an infusion
    and no product of the drug file. A product that cannot be found is noted.
    """
    if not any(i.product_id for i in drug.ingredients) and not _is_mixed_by_hand(drug):
        return drug
    components: list[Component] = []
    for ingredient in drug.ingredients:
        product = _product(ingredient, product_of)
        if product is None:
            node.note("ingredient.itemReference", ingredient.product_id)
            return drug
        components.append(Component(product, ingredient.strength))
    substances = tuple(i for c in components for i in c.product.ingredients)
    nameless = tuple(replace(i, strength=None) for i in substances)
    return replace(drug, components=tuple(components), ingredients=nameless)


def _is_mixed_by_hand(drug: Medication) -> bool:
    of_the_file = drug.gtins or drug.drug_codes
    return len(drug.ingredients) > 1 and not of_the_file and drug.form in _MIXED


def _product(ingredient: Ingredient, product_of: ProductOf) -> Medication | None:
    """Give the product of an ingredient; a mere substance is a product that nobody has named."""
    if ingredient.product_id is not None:
        return product_of(ingredient.product_id)
    substance = replace(ingredient, strength=None)
    return Medication(id="", name=ingredient.name, codes=ingredient.codes, ingredients=(substance,))
