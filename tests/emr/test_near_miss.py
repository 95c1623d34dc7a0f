"""A near miss to FHIR: an adverse event that might have happened, and back: nothing at all."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bcma.emr.fhir_map import (
    care_bundle,
    encode,
    parse,
    provenance_id,
    read_given_twice,
    read_reaction,
)
from bcma.model.events import NearMiss

EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
IDENTIFIER = {"system": "urn:bcma:event", "value": EVENT}
MISSED = NearMiss(
    event_id=EVENT,
    patient_id="p1",
    at=NOW,
    by_id="n1",
    order_id="mr1",
    medication_id="m1",
    codes=("drug.expired", "dose.excess"),
)
Json = dict[str, Any]


def written(event: NearMiss) -> Json:
    whole: Json = parse(encode(care_bundle(event)))
    first, last = (entry["resource"] for entry in whole["entry"])
    assert last["id"] == provenance_id(EVENT)
    assert last["agent"][0]["who"] == {"reference": "Practitioner/n1"}
    assert last["target"] == [{"reference": f"AdverseEvent/{EVENT}"}]
    found: Json = first
    return found


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


CATEGORY = "http://terminology.hl7.org/CodeSystem/adverse-event-category"


@pytest.mark.hazard("H17", "H25")
def test_a_near_miss_is_an_adverse_event_that_might_have_happened() -> None:
    assert written(MISSED) == {
        "resourceType": "AdverseEvent",
        "id": EVENT,
        "identifier": IDENTIFIER,
        "actuality": "potential",
        "category": [coded(CATEGORY, "expired-drug"), coded(CATEGORY, "wrong-dose")],
        "event": {
            "coding": [
                {"system": "urn:bcma:finding", "code": "drug.expired"},
                {"system": "urn:bcma:finding", "code": "dose.excess"},
            ]
        },
        "subject": {"reference": "Patient/p1"},
        "date": "2026-03-02T01:00:00+00:00",
        "recordedDate": "2026-03-02T01:00:00+00:00",
        "recorder": {"reference": "Practitioner/n1"},
        "suspectEntity": [{"instance": {"reference": "Medication/m1"}}],
    }


def test_a_product_without_a_name_is_not_suspected() -> None:
    assert "suspectEntity" not in written(replace(MISSED, medication_id=None, order_id=None))


@pytest.mark.parametrize(
    "codes, categories",
    [
        (("patient.mismatch",), ["product-use-error"]),
        (("drug.not-ordered", "drug.recalled"), ["product-use-error"]),
        (("drug.expired",), ["expired-drug"]),
        (("drug.in-use-expired", "drug.expired"), ["expired-drug"]),
        (("dose.out-of-order",), ["wrong-dose"]),
        (("dose.rate",), ["wrong-rate"]),
        (("route.lethal",), ["wrong-route-of-administration"]),
        (("route.do-not-crush",), ["wrong-technique"]),
        (("route.patch-on", "time.not-due"), ["wrong-dose", "wrong-time"]),
    ],
)
def test_hl7s_category_is_named_where_one_fits(
    codes: tuple[str, ...], categories: list[str]
) -> None:
    there = written(replace(MISSED, codes=codes))["category"]
    assert there == [coded(CATEGORY, category) for category in categories]


@pytest.mark.hazard("H78")
def test_a_near_miss_that_comes_back_is_no_reaction_and_no_dose_given_twice() -> None:
    assert not read_reaction(written(MISSED)).open
    assert not read_reaction(written(replace(MISSED, medication_id=None))).open
    assert read_given_twice(written(MISSED)) == frozenset()
