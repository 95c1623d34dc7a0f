"""A product of the drug file: its codes, substances and facts; what is odd is named on it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.emr.fhir_map import ResourceUnreadable, read_medication
from bcma.model.drug import (
    ContainerUse,
    Controlled,
    Form,
    HighAlert,
    Ingredient,
    Medication,
    Recall,
    SerialLevel,
)
from bcma.model.quantity import Quantity, Ratio
from tests.emr.resources import PARACETAMOL, changed, load, quantity

PACKAGES = "http://terminology.hl7.org/CodeSystem/medicationknowledge-package-type"


def medication_with(**elements: object) -> Medication:
    return read_medication(changed(load("medication"), elements))


def fact(name: str, **value: object) -> dict[str, object]:
    return {"url": "urn:bcma:ext:drug", "extension": [{"url": name, **value}]}


def test_a_good_product_is_read_whole() -> None:
    whole = Medication(
        id="para500",
        name="Paracetamol 500 mg",
        gtins=frozenset({"08935001700111"}),
        drug_codes=frozenset({"PARA500"}),
        registrations=frozenset({"893100123425"}),
        codes=PARACETAMOL.codes,
        form=Form.TABLET,
        form_text="Viên nén bao phim",
        ingredients=(
            Ingredient(
                "N02BE01",
                "Paracetamol",
                Ratio(Quantity(Decimal("500.0"), "mg"), Quantity(Decimal(1), "{tablet}")),
            ),
        ),
        content=Ratio(Quantity(Decimal(1), "{tablet}"), Quantity(Decimal(1), "{tablet}")),
        high_alert=HighAlert.RECOMMENDED,
        container_routes=frozenset({"PO", "NG"}),
        container_use=ContainerUse.MULTI_ONE_PATIENT,
        serial_level=SerialLevel.UNIT,
        controlled=Controlled.PRECURSOR,
        divisible=True,
        look_alike="PARA",
        in_use_life=timedelta(days=28),
        recalls=(Recall(None, "L9", "vỡ viên"),),
    )
    assert whole == PARACETAMOL


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "withdrawn"},
        {"identifier": [{"system": "https://www.gs1.org/gtin", "value": "08935001700112"}]},
        {"identifier": [{"system": "https://www.gs1.org/gtin", "value": "893500170011A"}]},
        {"form": {"coding": [{"system": "urn:bcma:form", "code": "pill"}]}},
        {"amount": {"numerator": {"value": "10", "code": "mL"}}},
        {"ingredient": [{"strength": {}}]},
        {"ingredient": "Paracetamol"},
        {"modifierExtension": [{"url": "urn:x"}]},
        {"extension": [fact("high-alert", valueCode="sometimes")]},
        {"extension": [fact("high-alert", valueString="required")]},
        {"extension": [fact("container-route", valueCode="by mouth")]},
        {"extension": [fact("divisible", valueBoolean="true")]},
        {"extension": [fact("halves", valueBoolean=True)]},
        {"extension": [fact("in-use-life", valueDuration={"value": 4, "unit": "tuần"})]},
        {
            "extension": [
                fact("divisible", valueBoolean=True),
                fact("divisible", valueBoolean=False),
            ]
        },
    ],
)
def test_what_cannot_be_read_is_named_on_the_product(elements: dict[str, object]) -> None:
    assert medication_with(**elements).problems


def test_absent_facts_are_the_defaults_of_the_contract() -> None:
    plain = medication_with(extension=None)
    assert plain.problems == ()
    assert plain.high_alert is HighAlert.NONE
    assert plain.container_use is ContainerUse.SINGLE
    assert plain.serial_level is SerialLevel.PACK
    assert (plain.divisible, plain.must_dilute, plain.scan_exempt) == (False, False, False)


@pytest.mark.parametrize("status, active", [("inactive", False), ("entered-in-error", False)])
def test_a_withdrawn_product_is_inactive(status: str, *, active: bool) -> None:
    assert medication_with(status=status).active is active


def test_without_ingredients_its_own_code_or_name_stands_for_the_substance() -> None:
    assert medication_with(ingredient=None).ingredient_keys == {"N02BE01"}
    named = medication_with(ingredient=None, code={"text": " Đường  Glucose "})
    assert named.ingredient_keys == {"duong glucose"}


def test_a_substance_is_known_by_code_before_name() -> None:
    snomed = {"coding": [{"system": "http://snomed.info/sct", "code": "387517004"}]}
    entries = [{"itemCodeableConcept": snomed}, {"itemCodeableConcept": {"text": "Caffeine"}}]
    assert medication_with(ingredient=entries).ingredient_keys == {"387517004", "caffeine"}


@pytest.mark.parametrize(
    "form, found",
    [
        ({"coding": [{"system": "urn:bcma:form", "code": "tablet-mr"}]}, Form.TABLET_MR),
        (
            {"coding": [{"system": "http://standardterms.edqm.eu", "code": "10210000"}]},
            Form.CAPSULE,
        ),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "385219001"}]}, Form.INJECTION),
        ({"text": "Thuốc nhỏ mắt"}, Form.DROPS_EYE),
        ({"text": "Viên sủi"}, None),
        (
            {
                "coding": [
                    {"system": "urn:bcma:form", "code": "tablet"},
                    {"system": "http://standardterms.edqm.eu", "code": "10210000"},
                ]
            },
            None,
        ),
    ],
)
def test_forms_are_mapped_or_stay_in_words(form: object, found: Form | None) -> None:
    assert medication_with(form=form).form is found


@pytest.mark.parametrize(
    "raw", [{}, {"resourceType": "Medication"}, {"resourceType": "Medication", "id": "a b"}]
)
def test_without_identity_it_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(ResourceUnreadable):
        read_medication(raw)


@pytest.mark.hazard("H40")
def test_a_strength_per_several_millilitres_is_kept_as_written() -> None:
    syrup = load("medication") | {
        "form": {"coding": [{"system": "urn:bcma:form", "code": "oral-liquid"}]},
        "ingredient": [
            {
                "itemCodeableConcept": {"text": "Paracetamol"},
                "strength": {"numerator": quantity(250, "mg"), "denominator": quantity(5, "mL")},
            }
        ],
    }
    (substance,) = read_medication(syrup).ingredients
    per_5 = Ratio(Quantity(Decimal(250), "mg"), Quantity(Decimal(5), "mL"))
    assert substance.strength == per_5


def contained(identity: str, **code: object) -> dict[str, object]:
    return {"resourceType": "Substance", "id": identity, **code}


def test_a_contained_substance_is_known_by_its_own_code() -> None:
    item = {"itemReference": {"reference": "#s1"}}
    atc = {"coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}], "text": "Para"}
    beside = [{"resourceType": "Organization", "id": "s1"}, contained("s1", code=atc)]
    product = medication_with(contained=beside, ingredient=[item])
    assert [(i.key, i.name, i.product_id) for i in product.ingredients] == [
        ("N02BE01", "Para", None)
    ]


@pytest.mark.hazard("H11")
def test_a_local_id_that_leads_nowhere_is_no_substance_that_two_drugs_share() -> None:
    item = {"itemReference": {"reference": "#s1"}}
    for beside in ([contained("s2", code={"text": "Para"})], [contained("s1")], None):
        for identity in ("a", "b"):
            product = medication_with(id=identity, contained=beside, ingredient=[item])
            (ingredient,) = product.ingredients
            assert (ingredient.key, ingredient.product_id) == (f"{identity}#s1", "#s1")


@pytest.mark.parametrize(
    "system, code, unit",
    [
        ("http://snomed.info/sct", "385055001", "{tablet}"),
        (PACKAGES, "amp", "{ampoule}"),
        (PACKAGES, "bag", "{bag}"),
        (PACKAGES, "vial", "{vial}"),
        (PACKAGES, "jar", None),
    ],
)
def test_a_content_may_be_stated_per_dose_form_or_package(
    system: str, code: str, unit: str | None
) -> None:
    one = {"value": 1, "system": system, "code": code}
    product = medication_with(amount={"numerator": quantity(10, "mL"), "denominator": one})
    per = None if unit is None else Ratio(Quantity(Decimal(10), "mL"), Quantity(Decimal(1), unit))
    assert (product.content, bool(product.problems)) == (per, unit is None)
