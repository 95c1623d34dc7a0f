"""What a scanned unit is, and whether it was used up."""

from dataclasses import replace

import pytest

from bcma.model.ports import SaveOutcome
from bcma.model.record import RecordedUnit, RecordStatus
from bcma.model.scan import UnitCode
from bcma.store import Store
from tests.store import ward

GTIN = "08935001700111"


def test_a_gtin_names_its_product(store: Store) -> None:
    facts = store.drugs.unit_facts(UnitCode(gtin=GTIN))
    assert [product.id for product in facts.products] == ["m1"]
    assert facts.label is None
    assert facts.used_by is None


def test_a_gtin_that_the_drug_file_writes_with_13_digits_is_the_same(store: Store) -> None:
    identifier = [{"system": "https://www.gs1.org/gtin", "value": "8935001700128"}]
    ward.take(store, ward.medication("m2") | {"identifier": identifier})
    facts = store.drugs.unit_facts(UnitCode(gtin="08935001700128"))
    assert [product.id for product in facts.products] == ["m2"]


def test_a_hospital_code_names_its_product(store: Store) -> None:
    facts = store.drugs.unit_facts(UnitCode(drug="DRUG-m1"))
    assert [product.id for product in facts.products] == ["m1"]


def test_the_drug_file_may_hold_a_code_with_its_leading_letters(store: Store) -> None:
    facts = store.drugs.unit_facts(UnitCode(drug="m1", drug_written="DRUG-m1"))
    assert [product.id for product in facts.products] == ["m1"]


@pytest.mark.hazard("H16")
def test_a_code_that_is_not_in_the_drug_file_is_an_empty_answer(store: Store) -> None:
    facts = store.drugs.unit_facts(UnitCode(gtin="04006381333931"))
    assert (facts.products, facts.label, facts.used_by) == ((), None, None)


def test_a_gtin_on_two_products_gives_both_and_no_guess(store: Store) -> None:
    ward.take(store, ward.medication("m2"))
    facts = store.drugs.unit_facts(UnitCode(gtin=GTIN))
    assert {product.id for product in facts.products} == {"m1", "m2"}


def test_a_code_that_left_the_drug_file_is_unknown(store: Store) -> None:
    ward.take(store, ward.medication() | {"identifier": []}, at=10)
    assert store.drugs.unit_facts(UnitCode(gtin=GTIN)).products == ()


def test_our_label_names_product_patient_and_order(store: Store) -> None:
    ward.take(store, ward.dispense("U-1"))
    facts = store.drugs.unit_facts(UnitCode(serial="U-1"))
    assert [product.id for product in facts.products] == ["m1"]
    assert facts.label is not None
    assert (facts.label.patient_id, facts.label.order_id) == ("p1", "mr1")


@pytest.mark.hazard("H23")
def test_a_used_unit_names_the_record_that_used_it(store: Store) -> None:
    ward.take(store, ward.dispense("U-1"))
    units = (RecordedUnit(medication_id="m1", label="U-1", serial="U-1"),)
    record = ward.given(store, "event-1", units=units)
    store.recorder.record(record)
    assert store.drugs.unit_facts(UnitCode(serial="U-1")).used_by == record
    store.recorder.record(replace(record, status=RecordStatus.ENTERED_IN_ERROR))
    assert store.drugs.unit_facts(UnitCode(serial="U-1")).used_by is None


@pytest.mark.hazard("H23")
@pytest.mark.parametrize("status", [RecordStatus.HELD, RecordStatus.REFUSED])
def test_a_unit_of_a_dose_that_was_not_given_is_not_used(
    store: Store, status: RecordStatus
) -> None:
    ward.take(store, ward.dispense("U-1"))
    units = (RecordedUnit(medication_id="m1", label="U-1", serial="U-1"),)
    store.recorder.record(ward.given(store, "event-1", units=units, status=status))
    assert store.drugs.unit_facts(UnitCode(serial="U-1")).used_by is None


def drug_facts(**parts: str) -> list[ward.Json]:
    extension = [
        {"url": name.replace("_", "-"), "valueCode": value} for name, value in parts.items()
    ]
    return [{"url": "urn:bcma:ext:drug", "extension": extension}]


@pytest.mark.hazard("H23", "H101")
@pytest.mark.parametrize(
    "facts, used",
    [
        ({}, False),
        ({"serial_level": "pack"}, False),
        ({"serial_level": "unit"}, True),
        ({"serial_level": "unit", "container_use": "multi-one-patient"}, False),
    ],
)
def test_a_manufacturers_serial_is_used_up_only_where_it_names_one_single_use_unit(
    store: Store, facts: dict[str, str], *, used: bool
) -> None:
    ward.take(store, ward.medication(extension=drug_facts(**facts)), at=10)
    units = (RecordedUnit(medication_id="m1", gtin=GTIN, serial="S-1"),)
    record = ward.given(store, "event-1", units=units)
    store.recorder.record(record)
    found = store.drugs.unit_facts(UnitCode(gtin=GTIN, serial="S-1")).used_by
    assert found == (record if used else None)


@pytest.mark.hazard("H101", "H102")
def test_a_container_of_several_doses_names_every_record_of_it_oldest_first(store: Store) -> None:
    facts = drug_facts(serial_level="unit", container_use="multi-one-patient")
    elsewhere = ward.administration(
        "ma9",
        subject=ward.reference("Patient/p2"),
        extension=[ward.unit_extension(gtin=GTIN, serial="S-1")],
        effectiveDateTime="2026-03-01T01:00:00Z",
    )
    wrong = ward.administration(
        "ma8", status="entered-in-error", extension=[ward.unit_extension(gtin=GTIN, serial="S-1")]
    )
    ward.take(store, ward.medication(extension=facts), elsewhere, wrong, at=10)
    units = (RecordedUnit(medication_id="m1", gtin=GTIN, serial="S-1"),)
    own = ward.given(store, "event-1", units=units)
    store.recorder.record(own)
    found = store.drugs.unit_facts(UnitCode(gtin=GTIN, serial="S-1"))
    assert found.used_by is None
    assert [use.patient_id for use in found.uses] == ["p2", "p1"]
    assert store.drugs.unit_facts(UnitCode(gtin=GTIN, serial="S-2")).uses == ()
    assert store.drugs.unit_facts(UnitCode(gtin=GTIN)).uses == ()
    again = ward.given(store, "event-2", units=units, slot=None, slot_id=None)
    assert store.recorder.record(again).outcome is SaveOutcome.SAVED


@pytest.mark.hazard("H101")
def test_a_labelled_bottle_of_several_doses_is_not_used_up(store: Store) -> None:
    facts = drug_facts(container_use="multi-one-patient")
    ward.take(store, ward.medication(extension=facts), ward.dispense("U-1"), at=10)
    units = (RecordedUnit(medication_id="m1", label="U-1", serial="U-1"),)
    record = ward.given(store, "event-1", units=units)
    store.recorder.record(record)
    found = store.drugs.unit_facts(UnitCode(serial="U-1"))
    assert (found.used_by, found.uses) == (None, (record,))


@pytest.mark.hazard("H14")
def test_other_strengths_of_a_drug_are_found(store: Store) -> None:
    half = ward.medication("m2") | {"identifier": []}
    capsule = ward.medication("m3") | {
        "identifier": [],
        "form": {"coding": [{"system": "urn:bcma:form", "code": "capsule"}]},
    }
    withdrawn = ward.medication("m4") | {"identifier": [], "status": "inactive"}
    ward.take(store, half, capsule, withdrawn)
    (product,) = store.drugs.unit_facts(UnitCode(gtin=GTIN)).products
    assert {found.id for found in store.drugs.strengths_of(product)} == {"m1", "m2"}
