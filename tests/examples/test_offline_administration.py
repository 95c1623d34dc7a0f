"""The specification's ExampleScenario of administration at the bedside without a network, played.

The nurse's tablet and its nurse are a station here, both systems of the hospital are the sandbox.
The package holds the story alone: the resources that it names are written after their
descriptions, with "medication X" out of the sample ward.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox
from bcma.simulate.play import play, state_after
from bcma.simulate.read import read_scenario
from bcma.simulate.scenario import Scenario
from tests.examples.package import Json, example, needed

pytestmark = needed

WARD: Final = Path(__file__).parents[1] / "scenarios" / "ward.json"
X: Final = "]d2010893500000006917271231\x1d10L1\x1d21U"
IN: Final = {"sign_in": {"badge": "NV-0001", "pin": "4711"}}
BAND: Final = {"scan": "BN0001.2"}
PRESCRIPTION: Final = "iherx001"
MORNING, LUNCH, EVENING = (f"{PRESCRIPTION}.{number:03}" for number in (1, 2, 3))
UNREAD, STALE = "drug.order-unread", "documentation.orders-stale"
TAKEN, NOT_TAKEN, NOT_CLEAR = "Patient took drugs", "No drugs", "Not clear"
QUERY = (
    "2.Query for medication administration orders,\\n- For today's shifts\\n- For today's patients"
)

#: What each step of the resource is at a station; a pause is time that passes.
STEPS: Final[Mapping[str, Sequence[Json]]] = {
    "1. Get today's schedule": [IN],
    QUERY: [{"sync": {}}, {"network": "down"}],
    "Notify (alert)": [{**BAND, "at": "2026-03-02T07:58:00+07:00", "expect": {"verdict": "pass"}}],
    "Read orders": [
        {"open": {"order": f"MedicationRequest/{MORNING}"}},
        {"answer": {"code": UNREAD, "value": True}, "expect": {"refused": None}},
    ],
    "Ask if patient took meds": [BAND],
    "Register Meds taken": [
        {"scan": f"{X}1", "expect": {"verdict": "pass"}},
        {"give": {}, "expect": {"record": "given"}},
    ],
    "Register Meds NOT taken": [
        {
            "refuse": {"order": f"MedicationRequest/{MORNING}", "reason": "patient-request"},
            "expect": {"record": "refused"},
        }
    ],
    "Administer drug": [
        {"sign_out": {}},  # between the rounds; what was not recorded is not in hand any more
        {**IN, "at": "2026-03-02T11:45:00+07:00"},
        BAND,
        {"scan": f"{X}2", "expect": {"codes": {"only": [UNREAD, STALE]}}},
        {"answer": {"code": UNREAD, "value": True}},
        {"release": {"code": STALE, "reason": "other"}},
    ],
    "Register administration": [
        {"give": {}, "expect": {"record": "given", "order": f"MedicationRequest/{LUNCH}"}}
    ],
    "Nurse updates administration report": [
        {
            "after": "PT5M",
            "dose_outcome": {"record": "the last", "outcome": "vomited"},
            "expect": {"record": "lost", "refused": None},
        }
    ],
    "Refresh": [{"network": "up"}, {"sync": {}}],
}

MORNINGS: Final = f"MedicationAdministration?request=MedicationRequest/{MORNING}"
#: The report of the morning, by the alternative that is played.
REPORTED: Final[Mapping[str, Json]] = {
    TAKEN: {"search": MORNINGS, "count": 1, "has": {"status": "completed"}},
    NOT_TAKEN: {"search": MORNINGS, "count": 1, "has": {"status": "not-done"}},
    NOT_CLEAR: {"search": MORNINGS, "count": 0},
}
#: The report of lunch: taken, then not kept.
REVISED: Final[Json] = {
    "search": f"MedicationAdministration?request=MedicationRequest/{LUNCH}",
    "count": 1,
    "has": {"meta.versionId": "2", "statusReason[0].coding[0].code": "vomited"},
}


def story() -> Json:
    """Give the resource."""
    return example("ExampleScenario-example")


def operations(steps: Sequence[Json], choice: str) -> Iterator[Json]:
    """Give the operations of a process in order, of alternatives those of one."""
    for step in steps:
        if "operation" in step:
            yield step["operation"]
        for process in step.get("process", ()):
            yield from operations(process["step"], choice)
        chosen = [a for a in step.get("alternative", ()) if a["title"] == choice]
        assert bool(chosen) == ("alternative" in step)
        for alternative in chosen:
            yield from operations(alternative["step"], choice)


def played(choice: str, folder: Path, *, until: str = "") -> Scenario:
    """Write the resource's process as a scenario, up to one of its operations."""
    steps: list[Json] = []
    (process,) = story()["process"]
    for operation in operations(process["step"], choice):
        if operation["name"] == until:
            break
        steps += [{"after": "PT5S"} | step for step in STEPS[operation["name"]]]
    for step in steps:
        if "at" in step:
            del step["after"]
    last_record = max((n for n, step in enumerate(steps, 1) if "give" in step), default=0)
    ended = [] if until else [REPORTED[choice], REVISED]
    content = {
        "scenario": process["title"],
        "now": "2026-03-02T07:50:00+07:00",
        "emr": [str(WARD), bundle(list(resources()))],
        "policy": {"verification": "off"},  # the story knows no pharmacist
        "pins": {"NV-0001": "4711"},
        "steps": steps,
        "expect_emr": ended,
    }
    file = folder / "scenario.json"
    file.write_text(json.dumps(content).replace('"the last"', str(last_record)), "utf-8")
    return read_scenario(file)


def resources() -> Iterator[Json]:
    """Write the requests as the resource describes them: the day's intakes are planned singly."""
    yield request(PRESCRIPTION, "original-order", {"code": {"text": "TID"}})
    days = [(day, hour) for day in (2, 3) for hour in (8, 12, 18)]
    for number, (day, hour) in enumerate(days, 1):
        planned = {"event": [f"2026-03-{day:02}T{hour:02}:00:00+07:00"]}
        one = request(f"{PRESCRIPTION}.{number:03}", "instance-order", planned)
        yield one | {"basedOn": [{"reference": f"MedicationRequest/{PRESCRIPTION}"}]}


def request(identity: str, intent: str, timing: Json) -> Json:
    milligrams = {"value": 500, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    return {
        "resourceType": "MedicationRequest",
        "id": identity,
        "status": "active",
        "intent": intent,
        "medicationReference": {"reference": "Medication/metf500"},
        "subject": {"reference": "Patient/p1"},
        "encounter": {"reference": "Encounter/e1"},
        "authoredOn": "2026-03-02T07:00:00+07:00",
        "reasonCode": [{"text": "Đái tháo đường"}],
        "dosageInstruction": [
            {
                "timing": timing,
                "route": {"text": "uống"},
                "doseAndRate": [{"doseQuantity": milligrams}],
            }
        ],
    }


def bundle(entries: Sequence[Json]) -> Json:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in entries],
    }


@pytest.mark.parametrize("choice", [TAKEN, NOT_TAKEN, NOT_CLEAR])
@pytest.mark.hazard("H46", "H56")
def test_the_process_ends_with_every_report_on_the_emr(choice: str, tmp_path: Path) -> None:
    result = play(played(choice, tmp_path))
    assert result.differences == ()


@pytest.mark.parametrize("choice", [TAKEN, NOT_TAKEN])
def test_without_a_network_the_reports_wait_on_the_device(choice: str, tmp_path: Path) -> None:
    with Sandbox() as emr, FhirClient(emr.base_url) as client:
        assert play(played(choice, tmp_path, until="Refresh"), emr.base_url).differences == ()
        assert client.search_all("MedicationAdministration") == ()


def test_the_query_brings_every_planned_administration(tmp_path: Path) -> None:
    scenario = played(TAKEN, tmp_path, until="Read orders")
    state = state_after(scenario, len(scenario.steps))
    rows = [(row.order.id, row.due.value) for row in state.due]
    assert rows == [(MORNING, "due"), (LUNCH, "later"), (EVENING, "later")]
    assert state.chart is not None
    told: dict[str, Any] = {instance["resourceId"]: instance for instance in story()["instance"]}
    planned = {i["resourceId"] for i in told["iherx001bundle"]["containedInstance"]}
    assert {order.id for order in state.chart.orders} == planned | {PRESCRIPTION}


def test_the_story_is_the_one_that_was_looked_at() -> None:
    (process,) = story()["process"]
    named = {o["name"] for c in REPORTED for o in operations(process["step"], c)}
    assert named == set(STEPS)
    (lunch,) = [i for i in story()["instance"] if i["resourceId"] == "iheadm002"]
    versions = [version["description"] for version in lunch["version"]]
    assert versions == ["Medication just taken", "Medication rejected"]
