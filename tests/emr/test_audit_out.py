"""Every kind of entry of the audit trail as an AuditEvent after IHE BALP, by ids only."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bcma.emr.fhir_map import Dialect, access_resource, read_access
from bcma.emr.fhir_map.audit_out import FORMS
from bcma.model.audited import Audited, AuditedEvent, AuditKind
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan

AT = datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC)
RECORD = AuditedEvent(event_id="e1", is_dose=True, is_told=True)
GIVEN = Audited(
    kind=AuditKind.RECORD, station="A", at=AT, by_id="n1", patient_id="p1", event=RECORD
)
REST = "http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
AUTHENTICATION = DICOM, "110114"
CREATE, READ = (("http://hl7.org/fhir/restful-interaction", code) for code in ("create", "read"))
LOGIN, LOGOUT = (DICOM, "110122"), (DICOM, "110123")
STATION = {
    "type": {"coding": [{"system": DICOM, "code": "110153"}]},
    "who": {"display": "A"},
    "requestor": False,
}


def coding(of: tuple[str, str]) -> dict[str, str]:
    return {"system": of[0], "code": of[1]}


def written(told: Audited, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of any type
    return dict(access_resource(replace(told, **changes), "a1"))


def test_every_kind_of_entry_has_a_form() -> None:
    assert set(FORMS) == set(AuditKind)


@pytest.mark.parametrize(
    "kind,about,detail,action,outcome",
    [
        ("record", REST, CREATE, "C", "0"),
        ("file", REST, CREATE, "C", "0"),
        ("replayed", REST, CREATE, "C", "0"),
        ("record-refused", REST, CREATE, "C", "4"),
        ("band-scan", REST, READ, "R", "0"),
        ("orders-read", REST, READ, "R", "0"),
        ("acknowledge", REST, READ, "R", "0"),
        ("enrol", (DICOM, "110113"), (DICOM, "110137"), "E", "0"),
        ("sign-in", AUTHENTICATION, LOGIN, "E", "0"),
        ("sign-in-refused", AUTHENTICATION, LOGIN, "E", "4"),
        ("locked-out", AUTHENTICATION, LOGIN, "E", "4"),
        ("lock", AUTHENTICATION, LOGOUT, "E", "0"),
        ("sign-out", AUTHENTICATION, LOGOUT, "E", "0"),
        ("delivery-retried", REST, None, "E", "0"),
        ("delivery-handled", REST, None, "E", "0"),
        ("deletions-accepted", REST, None, "E", "0"),
        ("setback-seen", REST, None, "E", "0"),
        ("store-restored", REST, None, "E", "0"),
        ("store-copied", REST, None, "E", "0"),
    ],
)
def test_each_kind_is_what_it_is(
    kind: str, about: tuple[str, str], detail: tuple[str, str] | None, action: str, outcome: str
) -> None:
    resource = written(GIVEN, kind=AuditKind(kind))
    assert resource["type"] == coding(about)
    before = [] if detail is None else [coding(detail)]
    assert resource["subtype"] == [*before, {"system": "urn:bcma:audit", "code": kind}]
    assert (resource["action"], resource["outcome"]) == (action, outcome)


def test_a_record_says_who_wrote_it_where_and_when_and_of_whom() -> None:
    resource = written(GIVEN)
    assert (resource["resourceType"], resource["id"]) == ("AuditEvent", "a1")
    assert resource["meta"] == {"tag": [{"system": "urn:bcma:event", "code": "a1"}]}
    assert resource["recorded"] == "2026-03-02T01:00:05.000+00:00"
    author = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "AUT"
    assert resource["agent"] == [
        {
            "type": {"coding": [coding(author)]},
            "who": {"reference": "Practitioner/n1"},
            "requestor": True,
        },
        STATION,
    ]
    assert resource["source"] == {"observer": {"display": "A"}}
    kind = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
    role = "http://terminology.hl7.org/CodeSystem/object-role"
    assert resource["entity"] == [
        {
            "what": {"reference": "Patient/p1"},
            "type": coding((kind, "1")),
            "role": coding((role, "1")),
        },
        {
            "what": {
                "reference": "MedicationAdministration/e1",
                "type": "MedicationAdministration",
                "identifier": {"system": "urn:bcma:event", "value": "e1"},
            },
            "type": coding((kind, "2")),
            "role": coding((role, "4")),
        },
    ]


@pytest.mark.parametrize("kind", [AuditKind.RECORD, AuditKind.CARE, AuditKind.REPLAYED])
def test_a_later_version_is_an_update(kind: AuditKind) -> None:
    resource = written(GIVEN, kind=kind, event=replace(RECORD, version=2))
    assert resource["action"] == "U"
    assert [s["code"] for s in resource["subtype"]] == ["update", kind.value]


def test_what_was_done_about_a_later_version_is_no_update() -> None:
    later = replace(RECORD, version=2)
    assert written(GIVEN, kind=AuditKind.DELIVERY_RETRIED, event=later)["action"] == "E"


@pytest.mark.parametrize(
    "event,what",
    [
        (replace(RECORD, is_told=False), {"type": "MedicationAdministration"}),
        (replace(RECORD, is_dose=False), {}),
    ],
)
def test_what_the_emr_has_not_as_such_is_named_by_its_event(
    event: AuditedEvent, what: dict[str, str]
) -> None:
    dialect = Dialect(event="urn:site:event")
    resource: dict[str, Any] = access_resource(replace(GIVEN, event=event), "a1", dialect)
    named = {"identifier": {"system": "urn:site:event", "value": "e1"}}
    assert resource["entity"][1]["what"] == what | named


def test_what_nobody_did_the_station_did() -> None:
    told = Audited(kind=AuditKind.STORE_RESTORED, station="A", at=AT)
    resource = written(told)
    assert resource["agent"] == [STATION | {"requestor": True}]
    assert "entity" not in resource


def test_a_person_who_is_enrolled_is_named_beside_who_did_it() -> None:
    told = Audited(kind=AuditKind.ENROL, station="A", at=AT, by_id="n2", person_id="n1")
    resource = written(told)
    assert resource["agent"][0] == {"who": {"reference": "Practitioner/n2"}, "requestor": True}
    (entity,) = resource["entity"]
    assert entity["what"] == {"reference": "Practitioner/n1"}
    assert (entity["type"]["code"], entity["role"]["code"]) == ("1", "11")


@pytest.mark.parametrize("kind", [k for k in AuditKind if k.value != "band-scan"])
def test_none_of_them_is_taken_for_what_stations_tell_each_other(kind: AuditKind) -> None:
    assert read_access(written(GIVEN, kind=kind)) is None


def test_reading_is_an_access_at_a_station_too() -> None:
    scan = BandScan(patient_id="p1", band="B1.01", station="A", at=AT, by_id="n1")
    read = OrdersRead(patient_id="p1", versions=("v1",), ward="NOI", station="A", at=AT, by_id="n1")
    for told in (scan, read):
        agents: Any = access_resource(told, "a1")["agent"]
        assert agents[0]["type"]["coding"][0]["code"] == "IRCP"
        assert agents[1] == STATION
