"""An ordered mixture: which products the ward makes it of."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from bcma.emr.fhir_map import read_order
from bcma.model.drug import Form, Medication
from bcma.model.order import MedicationRequest
from bcma.model.quantity import Quantity, Ratio
from tests.emr.resources import changed, load, quantity

Json = dict[str, Any]
ATC = "http://www.whocc.no/atc"
PRODUCTS = {
    "kcl": Medication(id="kcl", name="Kali clorid 10%", form=Form.CONCENTRATE),
    "nacl": Medication(id="nacl", name="Natri clorid 0,9%", form=Form.INFUSION),
}


def share(value: object, unit: str) -> Json:
    return {"numerator": quantity(value, unit), "denominator": quantity(1, "{bag}")}


def product(reference: str, value: object = 10, **reading: object) -> Json:
    named = {"reference": reference} | reading
    return {"itemReference": named, "strength": share(value, "mL")}


def substance(code: str, name: str, value: object, unit: str) -> Json:
    named = {"coding": [{"system": ATC, "code": code}], "text": name}
    return {"itemCodeableConcept": named, "strength": share(value, unit)}


def ordered(
    *ingredients: Json, form: str | None = "infusion", beside: Sequence[Json] = (), **more: object
) -> MedicationRequest:
    """Read an order that contains the mixture of these ingredients."""
    mixture: Json = {
        "resourceType": "Medication",
        "id": "mix",
        "code": {"text": "Pha"},
        "ingredient": list(ingredients),
    }
    if form is not None:
        mixture["form"] = {"coding": [{"system": "urn:bcma:form", "code": form}]}
    raw = changed(
        load("order"),
        {
            "contained": [changed(mixture, more), *beside],
            "medicationReference": {"reference": "#mix"},
        },
    )
    return read_order(raw, PRODUCTS.get)


POTASSIUM, SALINE = product("Medication/kcl"), product("Medication/nacl", 500)


@pytest.mark.hazard("H29")
def test_products_are_looked_up_with_what_goes_in_of_each() -> None:
    order = ordered(POTASSIUM, SALINE)
    assert order.problems == ()
    assert [c.product.id for c in order.medication.components] == ["kcl", "nacl"]
    ten = Ratio(Quantity(Decimal(10), "mL"), Quantity(Decimal(1), "{bag}"))
    assert order.medication.components[0].share == ten


def test_a_product_may_be_contained_beside_the_mixture() -> None:
    beside = [{"resourceType": "Medication", "id": "k", "code": {"text": "Kali clorid"}}]
    order = ordered(product("#k"), SALINE, beside=beside)
    assert [c.product.name for c in order.medication.components] == [
        "Kali clorid",
        "Natri clorid 0,9%",
    ]


@pytest.mark.hazard("H93")
@pytest.mark.parametrize("reference", ["Medication/gone", "#gone"])
def test_a_product_that_cannot_be_found_makes_the_order_unreadable(reference: str) -> None:
    order = ordered(product(reference), SALINE)
    assert order.problems
    assert order.medication.components == ()


@pytest.mark.hazard("H29")
def test_substances_for_an_infusion_are_mixed_too() -> None:
    order = ordered(
        substance("B05XA01", "Kali clorid", 1, "g"), substance("B05BB01", "NaCl", 500, "mL")
    )
    first, second = order.medication.components
    assert (first.product.id, first.product.name) == ("", "Kali clorid")
    assert [i.key for i in second.product.ingredients] == ["B05BB01"]
    assert order.medication.ingredient_keys == {"B05XA01", "B05BB01"}
    assert all(i.strength is None for i in order.medication.ingredients)


@pytest.mark.parametrize(
    "mixed,reading",
    [
        (False, {"form": "tablet"}),
        (False, {"form": None}),
        (True, {"form": "injection"}),
        (True, {"form": "powder-injection"}),
        (True, {"form": "concentrate"}),
        (True, {"form": "nebuliser"}),
        (False, {"identifier": [{"system": "urn:bcma:drug", "value": "X1"}]}),
        (False, {"identifier": [{"system": "https://www.gs1.org/gtin", "value": "8935000000014"}]}),
    ],
)
def test_a_combination_from_the_factory_is_no_mixture(
    mixed: bool,  # noqa: FBT001 - a row of the table
    reading: dict[str, Any],
) -> None:
    two = substance("J01CA04", "Amoxicilin", 1, "g"), substance("J01CR", "Clavulanat", 200, "mg")
    assert bool(ordered(*two, **reading).medication.components) is mixed
    assert ordered(two[0]).medication.components == ()


def test_a_substance_by_reference_is_no_product() -> None:
    by_reference = product("Substance/1", display="Kali clorid")
    assert ordered(by_reference, form="tablet").medication.components == ()


def test_a_mixture_without_a_name_is_called_by_what_is_in_it() -> None:
    named = (substance("A12BA01", "Kali clorid", 20, "meq"), substance("B05XA03", "NaCl", 1, "L"))
    assert ordered(*named, code=None).medication.name == "Kali clorid + NaCl"
    assert ordered(*named).medication.name == "Pha"


def test_a_drug_that_says_nothing_of_itself_cannot_be_given() -> None:
    order = ordered(code=None, ingredient=None)
    assert order.medication.name == ""
    assert [problem.path for problem in order.problems] == ["medicationReference"]


@pytest.mark.hazard("H45")
def test_another_amount_of_a_component_is_another_version() -> None:
    assert ordered(POTASSIUM, SALINE).version == ordered(POTASSIUM, SALINE).version
    more = product("Medication/kcl", 20)
    assert ordered(more, SALINE).version != ordered(POTASSIUM, SALINE).version
    other = product("Medication/nacl", 10)
    assert ordered(other, SALINE).version != ordered(POTASSIUM, SALINE).version
