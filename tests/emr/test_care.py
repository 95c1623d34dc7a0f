"""Care events to FHIR and back: reactions, effects, allergies asked, values measured."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bcma.emr.fhir_map import (
    Raw,
    ResourceUnreadable,
    care_bundle,
    encode,
    parse,
    provenance_id,
    read_allergy,
    read_effect_check,
    read_observations,
    read_reaction,
)
from bcma.model.chart import AllergyKind, SuspectedReaction
from bcma.model.events import AllergyAsked, CareEvent, DoubleDose, EffectCheck, Reaction

EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
DOSE = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
LATER = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b003"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
IDENTIFIER = {"system": "urn:bcma:event", "value": EVENT}
ASKED = AllergyAsked(event_id=EVENT, patient_id="p1", at=NOW, by_id="n1")
REACTION = Reaction(
    event_id=EVENT, patient_id="p1", record_id=DOSE, at=NOW, by_id="n1", signs=("mày đay", "ngứa")
)
CHECK = EffectCheck(event_id=EVENT, patient_id="p1", record_id=DOSE, at=NOW, by_id="n1")

Json = dict[str, Any]


def written(event: CareEvent) -> Json:
    """Give the resource of an event as a server would send it back."""
    first, last = resources(care_bundle(event))
    assert last["resourceType"] == "Provenance"
    assert last["target"] == [{"reference": f"{first['resourceType']}/{first['id']}"}]
    return first


def resources(bundle: Raw) -> list[Json]:
    return [entry["resource"] for entry in entries(bundle)]


def entries(bundle: Raw) -> list[Json]:
    whole: Json = parse(encode(bundle))
    found: list[Json] = whole["entry"]
    return found


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


@pytest.mark.parametrize("event", [ASKED, REACTION, CHECK], ids=lambda e: type(e).__name__)
def test_an_event_is_one_transaction_that_ends_in_its_provenance(event: CareEvent) -> None:
    bundle = parse(encode(care_bundle(event)))
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "transaction")
    first, last = resources(care_bundle(event))
    assert [entry["request"] for entry in entries(bundle)] == [
        {"method": "PUT", "url": f"{first['resourceType']}/{EVENT}"},
        {"method": "PUT", "url": f"Provenance/{provenance_id(EVENT)}"},
    ]
    assert last["meta"] == {"tag": [{"system": "urn:bcma:event", "code": EVENT}]}
    assert last["agent"][0]["who"] == {"reference": "Practitioner/n1"}
    assert last["recorded"] == "2026-03-02T01:00:00.000+00:00"


def test_nothing_is_written_under_what_is_no_event_id() -> None:
    with pytest.raises(ResourceUnreadable) as refused:
        care_bundle(replace(ASKED, event_id="event-1"))
    assert refused.value.facts["resource"] == "AllergyIntolerance"


@pytest.mark.hazard("H70")
def test_no_known_allergy_is_written_in_its_own_code() -> None:
    assert written(ASKED) == {
        "resourceType": "AllergyIntolerance",
        "id": EVENT,
        "identifier": [IDENTIFIER],
        "clinicalStatus": coded(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"
        ),
        "verificationStatus": coded(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "unconfirmed"
        ),
        "code": coded("http://snomed.info/sct", "716186003"),
        "patient": {"reference": "Patient/p1"},
        "recordedDate": "2026-03-02T01:00:00+00:00",
        "recorder": {"reference": "Practitioner/n1"},
    }
    back = read_allergy(written(ASKED))
    assert (back.kind, back.active) == (AllergyKind.NONE_KNOWN, True)


@pytest.mark.hazard("H70")
def test_a_named_substance_is_written_in_words() -> None:
    asked = written(replace(ASKED, substance="Penicillin"))
    assert asked["code"] == {"text": "Penicillin"}
    back = read_allergy(asked)
    assert (back.kind, back.text, back.active) == (AllergyKind.FREE_TEXT, "Penicillin", True)


@pytest.mark.hazard("H78")
def test_a_reaction_names_the_dose_as_the_suspect() -> None:
    assert written(replace(REACTION, severity="severe", grade=3)) == {
        "resourceType": "AdverseEvent",
        "id": EVENT,
        "extension": [
            {
                "url": "urn:bcma:ext:reaction",
                "extension": [
                    {"url": "sign", "valueString": "mày đay"},
                    {"url": "sign", "valueString": "ngứa"},
                    {"url": "grade", "valueInteger": 3},
                ],
            }
        ],
        "identifier": IDENTIFIER,
        "actuality": "actual",
        "event": {"text": "mày đay; ngứa"},
        "subject": {"reference": "Patient/p1"},
        "date": "2026-03-02T01:00:00+00:00",
        "recordedDate": "2026-03-02T01:00:00+00:00",
        "severity": coded("http://terminology.hl7.org/CodeSystem/adverse-event-severity", "severe"),
        "recorder": {"reference": "Practitioner/n1"},
        "suspectEntity": [{"instance": {"reference": f"MedicationAdministration/{DOSE}"}}],
    }


def test_a_severity_in_other_words_stands_where_fhir_allows_words() -> None:
    told = written(replace(REACTION, signs=(), severity="nặng vừa"))
    assert "severity" not in told  # its binding is required: a server would refuse it
    part = {"url": "severity", "valueString": "nặng vừa"}
    assert told["extension"] == [{"url": "urn:bcma:ext:reaction", "extension": [part]}]


@pytest.mark.parametrize(
    "signs, severity, grade",
    [
        (("mày đay", "khó thở"), "severe", 4),
        (("ngứa",), "nặng vừa", 1),
        (("sốt; rét run",), "", None),
        ((), "mild", 2),
        ((), "", None),
    ],
)
def test_a_reaction_comes_back_as_it_was_reported(
    signs: tuple[str, ...], severity: str, grade: int | None
) -> None:
    event = replace(REACTION, signs=signs, severity=severity, grade=grade)
    assert read_reaction(written(event)) == SuspectedReaction(
        id=EVENT,
        at=NOW,
        suspects=(f"MedicationAdministration/{DOSE}",),
        signs=signs,
        severity=severity,
        grade=grade,
    )


def adverse_event(**extra: object) -> Json:
    suspect = {"instance": {"reference": "Medication/m1"}}
    return {
        "resourceType": "AdverseEvent",
        "id": "ae1",
        "actuality": "actual",
        "subject": {"reference": "Patient/p1"},
        "suspectEntity": [suspect],
        **extra,
    }


def assessed(*verdicts: str) -> Json:
    system = "http://terminology.hl7.org/CodeSystem/adverse-event-causality-assess"
    return {
        "instance": {"reference": "Medication/m1"},
        "causality": [{"assessment": coded(system, verdict)} for verdict in verdicts],
    }


OUTCOME = "http://terminology.hl7.org/CodeSystem/adverse-event-outcome"


@pytest.mark.hazard("H78")
@pytest.mark.parametrize(
    "extra, is_open",
    [
        ({}, True),
        ({"actuality": "potential"}, False),
        ({"actuality": "sermon"}, True),
        ({"actuality": None}, True),
        ({"outcome": coded(OUTCOME, "resolved")}, False),
        ({"outcome": coded(OUTCOME, "resolvedWithSequelae")}, True),
        ({"outcome": coded(OUTCOME, "ongoing")}, True),
        ({"outcome": coded("urn:other", "resolved")}, True),
        ({"suspectEntity": [assessed("Unlikely")]}, False),
        ({"suspectEntity": [assessed("unlikely")]}, False),
        ({"suspectEntity": [assessed("Possible")]}, True),
        ({"suspectEntity": [assessed("Unlikely", "Possible")]}, True),
        ({"suspectEntity": [assessed()]}, True),
        ({"suspectEntity": [assessed("Unlikely"), assessed("Certain")]}, True),
        ({"suspectEntity": [assessed("Unlikely"), {"instance": {"display": "?"}}]}, True),
        ({"suspectEntity": []}, True),
    ],
)
def test_a_reaction_is_open_until_it_is_resolved_or_every_suspect_is_acquitted(
    extra: Json, *, is_open: bool
) -> None:
    assert read_reaction(adverse_event(**extra)).open is is_open


@pytest.mark.parametrize(
    "instance, suspects, unknown",
    [
        ({"reference": "Medication/m1"}, ("Medication/m1",), False),
        ({"reference": "Medication/m1/_history/2"}, ("Medication/m1",), False),
        ({"reference": "Device/d1"}, (), False),
        ({"reference": "Procedure/d1"}, (), False),
        ({"reference": "Immunization/d1"}, (), False),
        ({"reference": "#m1"}, (), True),
        ({"reference": "m1"}, (), True),
        ({"display": "kháng sinh"}, (), True),
        (None, (), True),
    ],
)
def test_a_suspect_that_cannot_be_read_is_not_forgotten(
    instance: Json | None, suspects: tuple[str, ...], *, unknown: bool
) -> None:
    back = read_reaction(adverse_event(suspectEntity=[{"instance": instance}]))
    assert (back.suspects, back.unknown_suspect) == (suspects, unknown)


def test_another_systems_reaction_is_read_as_far_as_it_goes() -> None:
    back = read_reaction(
        adverse_event(
            event={"text": "Phát ban"},
            recordedDate="2026-03-02T01:00:00Z",
            severity={"text": "nặng"},
        )
    )
    assert (back.signs, back.at, back.severity) == (("Phát ban",), NOW, "nặng")
    assert read_reaction(adverse_event(event=coded("urn:x", "rash"))).signs == ("rash",)
    assert read_reaction(adverse_event()).signs == ()


@pytest.mark.parametrize("grade", [0, 5, "2", True])
def test_a_grade_that_there_is_not_is_no_grade(grade: object) -> None:
    part = {"url": "grade", "valueInteger": grade}
    extension = {"url": "urn:bcma:ext:reaction", "extension": [part]}
    assert read_reaction(adverse_event(extension=[extension])).grade is None


@pytest.mark.hazard("H77")
@pytest.mark.parametrize(
    "text, score, value",
    [
        ("đỡ đau", None, {"valueString": "đỡ đau"}),
        (
            "",
            Decimal(2),
            {
                "valueQuantity": {
                    "value": 2,
                    "unit": "{score}",
                    "system": "http://unitsofmeasure.org",
                    "code": "{score}",
                }
            },
        ),
        (
            "đỡ đau",
            Decimal("2.5"),
            {
                "valueString": "đỡ đau",
                "component": [
                    {
                        "code": coded("urn:bcma:observation", "effect-score"),
                        "valueQuantity": {
                            "value": Decimal("2.5"),
                            "unit": "{score}",
                            "system": "http://unitsofmeasure.org",
                            "code": "{score}",
                        },
                    }
                ],
            },
        ),
    ],
)
def test_an_effect_names_its_dose_and_comes_back(
    text: str, score: Decimal | None, value: Json
) -> None:
    event = replace(CHECK, text=text, score=score)
    there = written(event)
    assert there == {
        "resourceType": "Observation",
        "id": EVENT,
        "identifier": [IDENTIFIER],
        "partOf": [{"reference": f"MedicationAdministration/{DOSE}"}],
        "status": "final",
        "code": coded("urn:bcma:observation", "effect-check"),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T01:00:00+00:00",
        "performer": [{"reference": "Practitioner/n1"}],
        **value,
    }
    assert read_effect_check(there) == event
    assert read_observations(there) == (), "it is no measured value"


def foreign(**extra: object) -> Json:
    return {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "partOf": [{"reference": "MedicationAdministration/ma1"}],
        "code": coded("http://loinc.org", "72514-3"),
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T01:00:00Z",
        **extra,
    }


def test_another_systems_look_at_a_dose_counts() -> None:
    expected = EffectCheck(event_id="o1", patient_id="p1", record_id="ma1", at=NOW)
    assert read_effect_check(foreign()) == expected
    worded = foreign(valueCodeableConcept=coded("urn:x", "better"))
    assert read_effect_check(worded) == replace(expected, text="better")


@pytest.mark.parametrize(
    "extra",
    [
        {"partOf": []},
        {"partOf": [{"reference": "Procedure/ma1"}]},
        {"status": "entered-in-error"},
        {"effectiveDateTime": None},
        {"subject": {"reference": "Group/g1"}},
        {"identifier": [IDENTIFIER]},
    ],
    ids=str,
)
def test_what_is_no_look_at_a_dose_is_none(extra: Json) -> None:
    assert read_effect_check(foreign(**extra)) is None


@pytest.mark.hazard("H47")
def test_a_double_dose_is_an_issue_that_implicates_both() -> None:
    double = DoubleDose(event_id=EVENT, patient_id="p1", record_ids=("ma1", "ma2"), at=NOW)
    issue, provenance = resources(care_bundle(double))
    assert (issue["resourceType"], issue["id"], issue["severity"]) == (
        "DetectedIssue",
        EVENT,
        "high",
    )
    assert issue["code"]["coding"][0]["code"] == "DUPTHPY"
    assert issue["patient"] == {"reference": "Patient/p1"}
    assert issue["identifiedDateTime"] == NOW.isoformat()
    assert [i["reference"] for i in issue["implicated"]] == [
        "MedicationAdministration/ma1",
        "MedicationAdministration/ma2",
    ]
    assert provenance["agent"] == [{"who": {"display": "station"}}]
