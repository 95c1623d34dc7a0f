"""What stations find out of one another's records, to FHIR and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bcma.emr.fhir_map import (
    Issue,
    Raw,
    care_bundle,
    encode,
    parse,
    provenance_id,
    read_given_twice,
    read_issue,
    read_reaction,
)
from bcma.model.events import (
    CareEvent,
    DoubleDose,
    DoubleOutcome,
    DoubleSettled,
    LateDose,
    LateDoseTold,
)

EVENT = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b001"
ANOTHER = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b002"
SETTLED = "7d9c2f0e-4a8b-4f1c-9a52-0c3de5a1b003"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
DOUBLE = DoubleDose(event_id=EVENT, patient_id="p1", record_ids=("ma1", "ma2"), at=NOW)
SECOND = replace(DOUBLE, event_id=ANOTHER, record_ids=("ma2", "ma3"), at=LATER)
LATE = LateDose(event_id=EVENT, patient_id="p1", record_id="ma1", order_id="mr1", at=NOW)
TOLD = LateDoseTold(event_id=SETTLED, patient_id="p1", late=LATE, at=LATER, by_id="n1")
Json = dict[str, Any]


def settled(outcome: DoubleOutcome, *issues: DoubleDose) -> DoubleSettled:
    return DoubleSettled(
        event_id=SETTLED,
        patient_id="p1",
        issues=issues or (DOUBLE,),
        outcome=outcome,
        at=LATER,
        by_id="n1",
    )


TWICE = settled(DoubleOutcome.GIVEN_TWICE)
CHARTED = settled(DoubleOutcome.CHARTED_TWICE)


def resources(event: CareEvent) -> list[Json]:
    whole: Json = parse(encode(care_bundle(event)))
    return [entry["resource"] for entry in whole["entry"]]


def issue_of(event: CareEvent) -> Json:
    return resources(event)[0]


@pytest.mark.parametrize("event,code", [(CHARTED, "charted-twice"), (TWICE, "given-twice")])
def test_what_was_found_out_is_the_mitigation_of_the_issue(event: DoubleSettled, code: str) -> None:
    issue = issue_of(event)
    assert issue["id"] == EVENT
    assert issue["mitigation"] == [
        {
            "action": {"coding": [{"system": "urn:bcma:notice", "code": code}]},
            "date": LATER.isoformat(),
            "author": {"reference": "Practitioner/n1"},
        }
    ]
    bare = {name: value for name, value in issue.items() if name != "mitigation"}
    assert bare == issue_of(DOUBLE), "all that was told of it stays"


def test_what_was_charted_twice_is_no_adverse_event() -> None:
    kinds = [resource["resourceType"] for resource in resources(CHARTED)]
    assert kinds == ["DetectedIssue", "Provenance"]


@pytest.mark.hazard("H47")
def test_what_was_given_twice_is_an_adverse_event_with_every_dose_suspected() -> None:
    *issues, event, last = resources(settled(DoubleOutcome.GIVEN_TWICE, DOUBLE, SECOND))
    assert [issue["id"] for issue in issues] == [EVENT, ANOTHER]
    assert event == {
        "resourceType": "AdverseEvent",
        "id": SETTLED,
        "identifier": {"system": "urn:bcma:event", "value": SETTLED},
        "actuality": "actual",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/adverse-event-category",
                        "code": "wrong-dose",
                    }
                ]
            }
        ],
        "event": {"coding": [{"system": "urn:bcma:finding", "code": "documentation.conflict"}]},
        "subject": {"reference": "Patient/p1"},
        "date": LATER.isoformat(),
        "recordedDate": LATER.isoformat(),
        "recorder": {"reference": "Practitioner/n1"},
        "suspectEntity": [
            {"instance": {"reference": f"MedicationAdministration/ma{n}"}} for n in (1, 2, 3)
        ],
    }
    assert last["id"] == provenance_id(SETTLED)
    written = [f"DetectedIssue/{EVENT}", f"DetectedIssue/{ANOTHER}", f"AdverseEvent/{SETTLED}"]
    assert [target["reference"] for target in last["target"]] == written
    assert last["agent"][0]["who"] == {"reference": "Practitioner/n1"}


def test_the_harm_happened_when_the_last_dose_was_given() -> None:
    (_, event, _) = resources(TWICE)
    assert (event["date"], event["recordedDate"]) == (NOW.isoformat(), LATER.isoformat())


@pytest.mark.hazard("H47")
def test_other_stations_read_which_doses_were_given_twice_and_no_reaction() -> None:
    (_, event, _) = resources(TWICE)
    assert read_given_twice(event) == {"ma1", "ma2"}
    assert not read_reaction(event).open
    other = event | {"event": {"text": "nổi mày đay"}}
    assert read_given_twice(other) == frozenset()
    assert read_reaction(other).open
    code = {"coding": [{"system": "urn:bcma:finding", "code": "drug.allergy"}]}
    assert read_given_twice(event | {"event": code}) == frozenset()


@pytest.mark.hazard("H59")
def test_a_late_dose_is_an_issue_that_names_order_and_dose() -> None:
    issue, last = resources(LATE)
    assert issue == {
        "resourceType": "DetectedIssue",
        "id": EVENT,
        "identifier": [{"system": "urn:bcma:event", "value": EVENT}],
        "status": "final",
        "code": {"coding": [{"system": "urn:bcma:notice", "code": "given-after-order-change"}]},
        "severity": "high",
        "patient": {"reference": "Patient/p1"},
        "identifiedDateTime": NOW.isoformat(),
        "implicated": [
            {"reference": "MedicationRequest/mr1"},
            {"reference": "MedicationAdministration/ma1"},
        ],
    }
    assert last["agent"] == [{"who": {"display": "station"}}]
    told = issue_of(TOLD)
    assert told["mitigation"][0]["action"]["coding"][0]["code"] == "prescriber-told"
    assert told | issue == told


@pytest.mark.parametrize(
    "event,read",
    [
        (DOUBLE, Issue(DOUBLE, settled=False)),
        (CHARTED, Issue(DOUBLE, settled=True, outcome=DoubleOutcome.CHARTED_TWICE)),
        (TWICE, Issue(DOUBLE, settled=True, outcome=DoubleOutcome.GIVEN_TWICE)),
        (LATE, Issue(LATE, settled=False)),
        (TOLD, Issue(LATE, settled=True)),
    ],
    ids=["double", "charted twice", "given twice", "late", "late and told"],
)
def test_issues_are_read_back(event: CareEvent, read: Issue) -> None:
    assert read_issue(issue_of(event)) == read


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_an_issue_that_was_withdrawn_is_settled(status: str) -> None:
    assert read_issue(issue_of(DOUBLE) | {"status": status}) == Issue(DOUBLE, settled=True)
    assert read_issue(issue_of(DOUBLE) | {"status": "preliminary"}) == Issue(DOUBLE, settled=False)


def only(reference: str) -> Json:
    return {"implicated": [{"reference": reference}]}


@pytest.mark.parametrize(
    "event,changes",
    [
        (DOUBLE, only("MedicationAdministration/ma1")),
        (DOUBLE, {"implicated": [{"reference": f"MedicationRequest/mr{n}"} for n in (1, 2)]}),
        (DOUBLE, {"patient": None}),
        (DOUBLE, {"identifiedDateTime": None}),
        (DOUBLE, {"code": None}),
        (DOUBLE, {"code": {"coding": [{"system": "urn:other", "code": "DUPTHPY"}]}}),
        (LATE, only("MedicationAdministration/ma1")),
        (LATE, only("MedicationRequest/mr1")),
        (LATE, {"code": {"coding": [{"system": "urn:bcma:notice", "code": "other"}]}}),
    ],
)
def test_other_issues_are_none_of_these(event: CareEvent, changes: Json) -> None:
    spoilt: Raw = {k: v for k, v in (issue_of(event) | changes).items() if v is not None}
    assert read_issue(spoilt) is None


@pytest.mark.parametrize("event", [DOUBLE, LATE], ids=["double", "late"])
def test_a_server_s_own_id_hides_no_event(event: DoubleDose | LateDose) -> None:
    theirs = issue_of(event) | {"id": "4711"}
    assert read_issue(theirs) == Issue(event, settled=False)
    foreign = theirs | {"identifier": [{"system": "urn:other", "value": EVENT}]}
    found = read_issue(foreign)
    assert found is not None
    assert found.found.event_id == "4711"
