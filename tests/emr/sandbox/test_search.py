"""What a search finds, and what it refuses."""

import httpx
import pytest

from bcma.emr.sandbox import Sandbox

URN = "urn:bcma"


def ref(target: str) -> dict[str, str]:
    return {"reference": target}


def administration(name: str, status: str, at: str, order: str) -> dict[str, object]:
    return {
        "resourceType": "MedicationAdministration",
        "id": name,
        "identifier": [{"system": f"{URN}:event", "value": f"e-{name}"}],
        "status": status,
        "subject": ref("Patient/p1"),
        "request": ref(order),
        "effectiveDateTime": at,
    }


WARD: list[dict[str, object]] = [
    {
        "resourceType": "Patient",
        "id": "p1",
        "active": True,
        "birthDate": "1950-05-17",
        "name": [{"use": "official", "family": "Đặng", "given": ["Thị", "Hương"]}],
        "identifier": [
            {"system": f"{URN}:wristband", "value": "1.1"},
            {"system": "urn:mrn", "value": "77"},
        ],
    },
    {
        "resourceType": "Patient",
        "id": "p2",
        "identifier": [{"value": "77"}],
        "meta": {"tag": [{"system": f"{URN}:event", "code": "t1"}]},
    },
    {"resourceType": "Location", "id": "room", "partOf": ref("Location/ward")},
    {"resourceType": "Location", "id": "ward", "name": "Khoa Nội"},
    {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "subject": ref("Patient/p1"),
        "location": [{"location": ref("Location/room")}],
        "period": {"start": "2026-03-01T10:00:00+07:00"},
    },
    {
        "resourceType": "MedicationRequest",
        "id": "mr1",
        "status": "active",
        "intent": "order",
        "subject": ref("Patient/p1"),
        "encounter": ref("Encounter/e1"),
        "authoredOn": "2026-03-01",
        "medicationCodeableConcept": {"coding": [{"system": f"{URN}:drug", "code": "PARA500"}]},
    },
    {
        "resourceType": "Task",
        "id": "t1",
        "status": "completed",
        "focus": ref("MedicationRequest/mr1/_history/1"),
    },
    {
        "resourceType": "Provenance",
        "id": "v1",
        "target": [ref("MedicationAdministration/a1"), ref("Patient/p1")],
    },
    administration("a1", "completed", "2026-03-02T08:00:00+07:00", "MedicationRequest/mr1"),
    administration("a2", "not-done", "2026-03-02T20:00:00+07:00", "MedicationRequest/mr1"),
    administration("a3", "completed", "2026-03-03", "MedicationRequest/mr9"),
]


@pytest.fixture
def ward(sandbox: Sandbox, client: httpx.Client) -> httpx.Client:
    entries = [{"resource": resource} for resource in WARD]
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})
    return client


def found(client: httpx.Client, search: str) -> list[str]:
    reply = client.get(search)
    assert reply.status_code == 200, reply.text
    return [entry["resource"]["id"] for entry in reply.json().get("entry", [])]


@pytest.mark.parametrize(
    "search,ids",
    [
        ("Patient?_id=p1,p2", "p1 p2"),
        ("Patient?identifier=urn:bcma:wristband|1.1", "p1"),
        ("Patient?identifier=77", "p1 p2"),
        ("Patient?identifier=|77", "p2"),
        ("Patient?identifier=urn:mrn|", "p1"),
        ("Patient?identifier=urn:mrn|78,urn:bcma:wristband|1.1", "p1"),
        ("Patient?identifier:not=urn:mrn|77", "p2"),
        ("Patient?identifier=", "p1 p2"),
        ("Patient?name=dang", "p1"),
        ("Patient?family=ĐĂNG", "p1"),
        ("Patient?given=huo", "p1"),
        ("Patient?name=official", ""),
        ("Patient?given:exact=Hương", "p1"),
        ("Patient?given:exact=huong", ""),
        ("Patient?family:contains=an", "p1"),
        ("Patient?birthdate=1950", "p1"),
        ("Patient?birthdate=1950-05-18", ""),
        ("Patient?birthdate=lt1950-05-18&active=true", "p1"),
        ("Patient?active:missing=true", "p2"),
        ("Patient?_tag=urn:bcma:event|t1", "p2"),
        ("Location?partof=ward", "room"),
        ("Encounter?status=in-progress&location=Location/room", "e1"),
        ("Encounter?date=ge2026-03-02", "e1"),
        ("Encounter?location.partof=Location/ward", "e1"),
        ("MedicationRequest?patient.identifier=urn:mrn|77", "mr1"),
        ("MedicationRequest?subject:Patient.name=dang", "mr1"),
        ("MedicationRequest?code=urn:bcma:drug|PARA500&intent=order", "mr1"),
        ("MedicationRequest?encounter=e1&authoredon=2026-03", "mr1"),
        ("MedicationRequest?_has:MedicationAdministration:request:status=not-done", "mr1"),
        ("Task?focus=MedicationRequest/mr1", "t1"),
        ("Provenance?target=MedicationAdministration/a1", "v1"),
        ("Provenance?patient=p1", "v1"),
        ("MedicationAdministration?request=MedicationRequest/mr1", "a1 a2"),
        ("MedicationAdministration?request=mr1&status=completed", "a1"),
        ("MedicationAdministration?status:not=completed", "a2"),
        ("MedicationAdministration?subject:Patient=p1&status=not-done,stopped", "a2"),
        ("MedicationAdministration?patient=Group/p1", ""),
        ("MedicationAdministration?effective-time=2026-03-02", "a1 a2"),
        ("MedicationAdministration?effective-time=gt2026-03-02T08:00:00+07:00", "a2 a3"),
        ("MedicationAdministration?effective-time=ge2026-03-02T08:00:00%2B07:00", "a1 a2 a3"),
        ("MedicationAdministration?effective-time=sa2026-03-02", "a3"),
        (
            "MedicationAdministration?effective-time=le2026-03-02&effective-time=ne2026-03-02T20:00:00+07:00",
            "a1",
        ),
        ("MedicationAdministration?_sort=-effective-time", "a3 a2 a1"),
        ("MedicationAdministration?_sort=status,-_id", "a3 a1 a2"),
    ],
)
def test_finds(ward: httpx.Client, search: str, ids: str) -> None:
    assert found(ward, search) == ids.split()


def test_absolute_references_to_this_server_are_local(ward: httpx.Client) -> None:
    url = f"{ward.base_url}MedicationRequest/mr1"
    assert found(ward, f"MedicationAdministration?request={url}") == ["a1", "a2"]


def test_includes_come_with_their_matches(ward: httpx.Client) -> None:
    reply = ward.get(
        "Encounter?_include=Encounter:patient&_include=Encounter:location"
        "&_include:iterate=Location:partof&_revinclude=MedicationRequest:encounter"
    ).json()
    modes = {e["resource"]["id"]: e["search"]["mode"] for e in reply["entry"]}
    assert modes == {
        "e1": "match",
        "p1": "include",
        "room": "include",
        "ward": "include",
        "mr1": "include",
    }
    assert reply["total"] == 1


def test_last_updated_is_a_cursor(ward: httpx.Client) -> None:
    ward.put("/Patient/p3", json={"resourceType": "Patient", "id": "p3"})
    at = ward.get("/Patient/p3").json()["meta"]["lastUpdated"]
    assert found(ward, f"Patient?_lastUpdated=ge{at}") == ["p3"]
    assert found(ward, f"Patient?_lastUpdated=gt{at}") == []
    assert found(ward, f"Patient?_lastUpdated=lt{at}&_sort=-_id") == ["p2", "p1"]
    assert found(ward, f"Patient?_lastUpdated={at}") == ["p3"]


def test_an_update_is_found_by_its_new_values_only(ward: httpx.Client) -> None:
    ward.put("/Patient/p2", json={"resourceType": "Patient", "id": "p2", "active": False})
    assert found(ward, "Patient?identifier=|77") == []
    assert found(ward, "Patient?active=false") == ["p2"]


def test_counts_without_content(ward: httpx.Client) -> None:
    for search in ("Patient?_summary=count", "Patient?_count=0"):
        reply = ward.get(search).json()
        assert (reply["total"], "entry" in reply) == (2, False)
    assert "total" not in ward.get("Patient?_total=none").json()


def test_only_the_elements_that_were_asked_for_come_on_every_page(ward: httpx.Client) -> None:
    page = ward.get("MedicationAdministration?_elements=id,meta,status&_count=1").json()
    onward = next(link["url"] for link in page["link"] if link["relation"] == "next")
    resources = [shown["entry"][0]["resource"] for shown in (page, ward.get(onward).json())]
    for resource in resources:
        assert set(resource) == {"resourceType", "id", "meta", "status"}
        assert resource["meta"]["versionId"] == "1"
        assert [tag["code"] for tag in resource["meta"]["tag"]] == ["SUBSETTED"]
    whole = ward.get(f"MedicationAdministration/{resources[0]['id']}").json()
    assert "tag" not in whole["meta"]


def test_a_search_may_be_posted(ward: httpx.Client) -> None:
    reply = ward.post("/Patient/_search", data={"name": "dang", "active": "true"})
    assert [e["resource"]["id"] for e in reply.json()["entry"]] == ["p1"]
    assert ward.post("/Patient/_search", json={}).status_code == 415


@pytest.mark.parametrize(
    "search",
    [
        "Patient?colour=red",
        "AdverseEvent?identifier=x",
        "Patient?name:sounds=x",
        "Patient?birthdate=yesterday",
        "Patient?birthdate=ge2026-02-30",
        "Patient?_count=-1",
        "Patient?_count=many",
        "Patient?_sort=colour",
        "Patient?_summary=text",
        "Patient?_include=Patient:colour",
        "Patient?_include=Nonsense:patient",
        "Patient?active:missing=perhaps",
        "Patient?name.family=x",
        "Patient?_has:Flag=x",
        "Flag?subject.colour=x",
        "Patient?identifier=" + ",".join(map(str, range(600))),
        "Flag?" + "subject." * 20 + "name=x",
        "Patient/_history?_sort=_id",
    ],
)
def test_refuses(ward: httpx.Client, search: str) -> None:
    reply = ward.get(search)
    assert reply.status_code == 400
    assert reply.json()["issue"][0]["severity"] == "error"


def test_the_capability_statement_tells_the_truth(client: httpx.Client) -> None:
    statement = client.get("/metadata").json()
    assert statement["fhirVersion"] == "4.0.1"
    assert "no EMR" in statement["description"]
    (rest,) = statement["rest"]
    for resource in rest["resource"]:
        for param in resource["searchParam"]:
            value = "2026" if param["type"] == "date" else "x"
            search = f"/{resource['type']}?{param['name']}={value}&_summary=count"
            if resource["type"] in {"Patient", "MedicationAdministration", "AuditEvent", "Slot"}:
                assert client.get(search).status_code == 200, search


def test_the_landing_page_says_what_it_is(sandbox: Sandbox) -> None:
    page = httpx.get(sandbox.base_url.removesuffix("/fhir") + "/")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "It is no EMR" in page.text
