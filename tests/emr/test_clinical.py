"""Allergies, measured values, fasting, approvals and labels: doubt counts for the patient."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bcma.emr.fhir_map import (
    ResourceUnreadable,
    latest_weight,
    read_allergy,
    read_approval,
    read_labels,
    read_nil_by_mouth,
    read_observation,
    read_observations,
)
from bcma.model.chart import AllergyIntolerance, AllergyKind, NilByMouth, Observation, UnitLabel
from bcma.model.order import Approval, Decision
from bcma.model.quantity import Quantity
from tests.emr.resources import changed, load, quantity

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"


def status(code: str) -> dict[str, object]:
    return {"coding": [{"system": "urn:x", "code": code}]}


def allergy(**elements: object) -> AllergyIntolerance:
    raw = {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": status("active"),
        "verificationStatus": status("confirmed"),
        "code": {"coding": [{"system": "http://www.whocc.no/atc", "code": "J01C"}]},
    }
    return read_allergy(changed(raw, elements))


def test_the_three_kinds_of_entries() -> None:
    assert allergy().kind is AllergyKind.CODED
    assert allergy(code={"text": "tôm"}).kind is AllergyKind.FREE_TEXT
    assert allergy(code=None).kind is AllergyKind.FREE_TEXT
    for code in ("716186003", "409137002"):
        none = allergy(code={"coding": [{"system": SNOMED, "code": code}]})
        assert (none.kind, none.active) == (AllergyKind.NONE_KNOWN, True)


@pytest.mark.parametrize(
    "elements, active",
    [
        ({"clinicalStatus": status("resolved")}, False),
        ({"clinicalStatus": status("inactive")}, False),
        ({"verificationStatus": status("refuted")}, False),
        ({"verificationStatus": status("entered-in-error")}, False),
        ({"clinicalStatus": status("gone")}, True),
        ({"clinicalStatus": "resolved"}, True),
        ({"clinicalStatus": None, "verificationStatus": None}, True),
    ],
)
def test_an_unreadable_status_is_an_allergy(elements: dict[str, object], *, active: bool) -> None:
    assert allergy(**elements).active is active


@pytest.mark.parametrize("clinical", [status("gone"), "active", status("resolved")])
def test_an_unreadable_none_known_is_no_answer(clinical: object) -> None:
    none = {"coding": [{"system": SNOMED, "code": "716186003"}]}
    assert not allergy(code=none, clinicalStatus=clinical).active


@pytest.mark.parametrize("code", ["429625007", "1003774007", "716184000"])
def test_no_allergy_to_food_or_latex_says_nothing_about_drugs(code: str) -> None:
    assert not allergy(code={"coding": [{"system": SNOMED, "code": code}]}).active


@pytest.mark.parametrize(
    "elements",
    [
        {"criticality": "high"},
        {"reaction": [{"severity": "severe"}]},
        {"reaction": [{"manifestation": [{"coding": [{"system": SNOMED, "code": "39579001"}]}]}]},
        {"reaction": "phản vệ"},
    ],
)
def test_severe_entries(elements: dict[str, object]) -> None:
    assert allergy(**elements).severe
    assert not allergy(criticality="low").severe


def measured(**elements: object) -> Observation | None:
    raw = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "29463-7"}]},
        "effectiveDateTime": "2026-03-01T08:00:00+07:00",
        "valueQuantity": quantity("52.50", "kg"),
    }
    return read_observation(changed(raw, elements))


def test_a_measured_value_keeps_its_digits() -> None:
    found = measured()
    assert found is not None
    assert str(found.value) == "52.50 kg"
    assert latest_weight([found]) == (Quantity(Decimal("52.50"), "kg"), found.at)


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"status": "done"},
        {"effectiveDateTime": "sáng nay"},
        {"effectiveDateTime": None},
        {"code": {"text": "cân nặng"}},
        {"modifierExtension": [{"url": "urn:x"}]},
    ],
)
def test_an_unusable_observation_is_none(elements: dict[str, object]) -> None:
    assert measured(**elements) is None


def test_a_bound_is_no_value() -> None:
    found = measured(valueQuantity=quantity(2, "mmol/L") | {"comparator": "<"})
    assert found is not None
    assert found.value is None
    assert latest_weight([found]) is None


def test_components_are_values_of_their_own() -> None:
    parts = [
        {
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": quantity(v, "mm[Hg]"),
        }
        for code, v in (("8480-6", 95), ("8462-4", 60))
    ]
    raw = {
        "resourceType": "Observation",
        "id": "o2",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": "85354-9"}]},
        "effectivePeriod": {"start": "2026-03-02T00:00:00Z"},
        "component": parts,
    }
    found = {o.code: o.value and o.value.value for o in read_observations(raw)}
    assert found == {"85354-9": None, "8480-6": Decimal(95), "8462-4": Decimal(60)}


def flag(**elements: object) -> dict[str, object]:
    code = {"coding": [{"system": "urn:bcma:flag", "code": "npo"}]}
    return changed({"resourceType": "Flag", "id": "f1", "status": "active", "code": code}, elements)


def diet(kind: object, *schedule: object) -> dict[str, object]:
    oral = {"type": [kind], **({"schedule": list(schedule)} if schedule else {})}
    return {"resourceType": "NutritionOrder", "id": "n1", "status": "active", "oralDiet": oral}


@pytest.mark.hazard("H60")
@pytest.mark.parametrize(
    "elements, level",
    [
        ({}, NilByMouth.NOTHING),
        ({"code": {"coding": [{"system": "urn:bcma:flag", "code": "npo-sips"}]}}, NilByMouth.SIPS),
        ({"code": {"coding": [{"system": "urn:bcma:flag", "code": "falls"}]}}, NilByMouth.NO),
        ({"status": "inactive"}, NilByMouth.NO),
        ({"period": {"end": "2026-03-01T00:00:00Z"}}, NilByMouth.NO),
        ({"period": {"start": "2026-03-03T00:00:00Z"}}, NilByMouth.NO),
        ({"period": {"end": "mai"}}, NilByMouth.NOTHING),
    ],
)
def test_flags(elements: dict[str, object], level: NilByMouth) -> None:
    assert read_nil_by_mouth([flag(**elements)], [], NOW) is level


@pytest.mark.hazard("H60")
def test_diets() -> None:
    def level(*diets: dict[str, object]) -> NilByMouth:
        return read_nil_by_mouth([], diets, NOW)

    over = {"repeat": {"boundsPeriod": {"end": "2026-03-01T00:00:00Z"}}}
    now = {"repeat": {"boundsPeriod": {"start": "2026-03-01T00:00:00Z"}}}
    fasting = {"text": "Nhịn ăn uống"}
    assert level(diet(fasting)) is NilByMouth.NOTHING
    assert level(diet(fasting, over)) is NilByMouth.NO
    assert level(diet(fasting, over, now)) is NilByMouth.NOTHING
    assert level(diet({"coding": [{"system": SNOMED, "code": "182923009"}]})) is NilByMouth.NOTHING
    assert level(diet({"text": "NPO except sips"})) is NilByMouth.SIPS
    assert level(diet({"text": "cháo"})) is NilByMouth.NO
    assert level(diet({"text": "NPO except sips"}), diet(fasting)) is NilByMouth.NOTHING
    assert level(diet(fasting) | {"status": "completed"}) is NilByMouth.NO


def task(**elements: object) -> dict[str, object]:
    raw = {
        "resourceType": "Task",
        "id": "t1",
        "meta": {"lastUpdated": "2026-03-01T17:00:00+07:00"},
        "status": "completed",
        "code": {
            "coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "approve"}]
        },
        "focus": {"reference": "MedicationRequest/mr1/_history/3"},
    }
    return changed(raw, elements)


@pytest.mark.hazard("H61")
def test_an_approval_names_the_version() -> None:
    at = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert read_approval(task()) == Approval(
        order_id="mr1", decision=Decision.APPROVED, at=at, order_version_id="3"
    )
    rejected = read_approval(task(status="rejected", statusReason={"text": "quá liều"}))
    assert rejected is not None
    assert (rejected.decision, rejected.reason) == (Decision.REJECTED, "quá liều")


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "requested"},
        {"status": "entered-in-error"},
        {"status": "approved"},
        {"code": {"text": "approve"}},
        {"focus": {"reference": "ServiceRequest/s1"}},
    ],
)
def test_other_tasks_approve_nothing(elements: dict[str, object]) -> None:
    assert read_approval(task(**elements)) is None


@pytest.mark.parametrize(
    "elements",
    [
        {"meta": None},
        {"meta": {"lastUpdated": "hôm qua"}},
        {"focus": None},
        {"focus": {"reference": "mr1"}},
        {"modifierExtension": [{"url": "urn:x"}]},
    ],
)
def test_an_unreadable_approval_is_refused(elements: dict[str, object]) -> None:
    with pytest.raises(ResourceUnreadable):
        read_approval(task(**elements))


def labels(**elements: object) -> tuple[UnitLabel, ...]:
    raw = {
        "resourceType": "MedicationDispense",
        "id": "d1",
        "status": "completed",
        "identifier": [
            {"system": "urn:bcma:unit-label", "value": "LB000001"},
            {"system": "urn:bcma:unit-label", "value": "LB000002", "use": "old"},
            {"system": "urn:benh-vien:phieu", "value": "PX-1"},
        ],
        "subject": {"reference": "Patient/p1"},
        "authorizingPrescription": [{"reference": "MedicationRequest/mr1"}],
        "medicationReference": {"reference": "Medication/para500"},
    }
    return read_labels(changed(raw, elements))


@pytest.mark.hazard("H22")
def test_labels_of_a_fill() -> None:
    good, old = labels()
    assert (good.serial, good.patient_id, good.order_id) == ("LB000001", "p1", "mr1")
    assert (good.medication_id, good.void) == ("para500", False)
    assert (old.serial, old.void, old.void_reason) == ("LB000002", True, "reprinted")


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "stopped"},
        {"status": "filled"},
        {"status": None},
        {"subject": {"reference": "p1"}},
        {"modifierExtension": [{"url": "urn:x"}]},
    ],
)
def test_labels_of_a_fill_that_does_not_stand_are_void(elements: dict[str, object]) -> None:
    assert all(label.void for label in labels(**elements))


def test_a_contained_drug_gives_lot_and_expiry() -> None:
    drug = load("medication") | {
        "id": "m",
        "batch": {"lotNumber": " L7 ", "expirationDate": "2026-11"},
    }
    label = labels(contained=[drug], medicationReference={"reference": "#m"})[0]
    assert (label.lot, label.expiry) == ("L7", date(2026, 11, 30))
    assert label.medication_id is None
    assert label.product is not None
    assert label.product.drug_codes == {"PARA500"}


def test_a_fill_tells_when_and_for_which_version_of_the_order_it_was_prepared() -> None:
    fill = labels(
        authorizingPrescription=[{"reference": "MedicationRequest/mr1/_history/3"}],
        whenPrepared="2026-03-02T06:00:00+07:00",
        meta={"lastUpdated": "2026-03-02T01:00:00Z"},
    )[0]
    assert (fill.order_id, fill.order_version_id) == ("mr1", "3")
    assert fill.labelled_at == datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
    coarse = labels(whenPrepared="2026-03-02", meta={"lastUpdated": "2026-03-02T01:00:00Z"})[0]
    assert (coarse.labelled_at, coarse.void) == (NOW, False)
