"""All other examples of the specification: each is read or refused, and none stops a station."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bcma.emr import fhir_map
from bcma.emr.fhir_map import Dialect, Places, Raw
from bcma.errors import DataError
from bcma.simulate.play import play
from bcma.simulate.read import read_scenario
from bcma.sync.kinds import TYPES
from tests.examples.package import Json, examples, needed, nested

pytestmark = needed

WARD: Final = Path(__file__).parents[1] / "scenarios" / "ward.json"
HERE: Final = Dialect(zone=ZoneInfo("Asia/Ho_Chi_Minh"))
NOW: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
READERS: Final[Mapping[str, Callable[[Raw], object]]] = {
    "AdverseEvent": fhir_map.read_reaction,
    "AllergyIntolerance": fhir_map.read_allergy,
    "AuditEvent": fhir_map.read_access,
    "Encounter": lambda raw: fhir_map.read_encounter(raw, Places(), HERE),
    "Flag": lambda raw: fhir_map.read_nil_by_mouth([raw], [], NOW, HERE),
    "Location": fhir_map.read_place,
    "Medication": lambda raw: fhir_map.read_medication(raw, HERE),
    "MedicationAdministration": lambda raw: fhir_map.read_administration(raw, dialect=HERE),
    "MedicationDispense": lambda raw: fhir_map.read_labels(raw, HERE),
    "NutritionOrder": lambda raw: fhir_map.read_nil_by_mouth([], [raw], NOW, HERE),
    "Observation": lambda raw: (
        fhir_map.read_observations(raw, HERE),
        fhir_map.read_effect_check(raw, HERE),
    ),
    "Patient": lambda raw: fhir_map.read_patient(raw, HERE),
    "Practitioner": lambda raw: fhir_map.read_practitioner(raw, [], NOW, HERE),
    "PractitionerRole": lambda raw: fhir_map.read_practitioner(
        {"resourceType": "Practitioner", "id": "x"}, [raw], NOW, HERE
    ),
    "Task": fhir_map.read_approval,
}
#: How many are read, and how many are refused as they have no id.
COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "AdverseEvent": (1, 0),
    "AllergyIntolerance": (6, 1),
    "AuditEvent": (9, 0),
    "Encounter": (11, 0),
    "Flag": (2, 0),
    "Location": (10, 0),
    "Medication": (95, 0),
    "MedicationAdministration": (14, 0),
    "MedicationDispense": (31, 0),
    "NutritionOrder": (13, 0),
    "Observation": (563, 10),
    "Patient": (57, 4),
    "Practitioner": (84, 0),
    "PractitionerRole": (16, 0),
    "Task": (12, 0),
}


@pytest.mark.hazard("H93")
@pytest.mark.parametrize("kind", READERS)
def test_every_example_is_read_or_refused_for_want_of_an_id(kind: str) -> None:
    found = [*examples(kind).values(), *(raw for _, raw in nested(kind))]
    refused = Counter(refusal(kind, raw) for raw in found)
    read, nameless = COUNTS[kind]
    assert refused == Counter({None: read, "id": nameless})


def refusal(kind: str, raw: Raw) -> object:
    """Give which element a resource is refused for; any other exception is a mistake of ours."""
    try:
        READERS[kind](raw)
    except DataError as refused:
        return refused.facts["path"]
    return None


def test_no_known_latex_allergy_does_not_answer_for_drugs() -> None:
    found = {
        name: fhir_map.read_allergy(raw)
        for name, raw in examples(kind="AllergyIntolerance").items()
    }
    assert {name for name, allergy in found.items() if allergy.active} == {
        "example",
        "fishallergy",
        "medication",
        "nka",
        "nkda",
    }


def test_a_station_works_beside_all_of_them(tmp_path: Path) -> None:
    every = [raw for kind in TYPES for raw in examples(kind).values() if "id" in raw]
    package = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": raw} for raw in every],
    }
    steps: list[Json] = [
        {"sign_in": {"badge": "NV-0001", "pin": "4711"}, "expect": {"state": "need-patient"}},
        {"scan": "BN0001.2", "expect": {"verdict": "pass", "patient": "Patient/p1"}},
    ]
    content = {
        "scenario": "A ward beside the specification's examples",
        "now": "2026-03-02T08:00:00+07:00",
        "emr": [str(WARD), package],
        "pins": {"NV-0001": "4711"},
        "steps": steps,
        "expect_emr": [
            {"search": "MedicationRequest", "count": len(examples("MedicationRequest"))}
        ],
    }
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(content, default=float), "utf-8")
    assert play(read_scenario(file)).differences == ()
