"""One resource at a time: create, read, update, delete and their preconditions."""

import threading

import httpx
import pytest

from bcma.emr.sandbox import Sandbox

PATIENT = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:bcma:wristband", "value": "801901.1"}],
    "name": [{"family": "Trần", "given": ["Thị", "Đào"]}],
}


def with_id(name: str, **more: object) -> dict[str, object]:
    return {**PATIENT, "id": name, **more}


def test_create_gives_an_id_a_version_and_says_where(client: httpx.Client) -> None:
    reply = client.post("/Patient", json=with_id("ignored"))
    body = reply.json()
    assert reply.status_code == 201
    assert body["id"] != "ignored"
    assert body["meta"] == {"versionId": "1", "lastUpdated": "2026-03-02T01:00:00.000+00:00"}
    assert reply.headers["Location"] == f"{client.base_url}Patient/{body['id']}/_history/1"
    assert reply.headers["ETag"] == 'W/"1"'
    assert reply.headers["Last-Modified"] == "Mon, 02 Mar 2026 01:00:00 GMT"
    assert client.get(f"/Patient/{body['id']}").json() == body


def test_put_creates_under_the_clients_id_then_makes_versions(client: httpx.Client) -> None:
    assert client.put("/Patient/p1", json=with_id("p1")).status_code == 201
    second = client.put("/Patient/p1", json=with_id("p1", active=True))
    assert (second.status_code, second.headers["ETag"]) == (200, 'W/"2"')
    assert "active" not in client.get("/Patient/p1/_history/1").json()
    assert client.get("/Patient/p1/_history/2").json()["active"] is True
    assert client.get("/Patient/p1/_history/3").status_code == 404
    assert client.get("/Patient/p1/_history/x").status_code == 404


def test_put_of_the_same_content_makes_no_version(client: httpx.Client) -> None:
    client.put("/Patient/p1", json=with_id("p1"))
    again = client.put("/Patient/p1", json=with_id("p1"))
    assert (again.status_code, again.headers["ETag"]) == (200, 'W/"1"')


def test_put_of_one_and_a_half_after_one_fifty_is_a_change(client: httpx.Client) -> None:
    for number, value in enumerate(("1.50", "1.5"), start=1):
        body = f'{{"resourceType":"Basic","id":"b","x":{value}}}'
        reply = client.put(
            "/Basic/b", content=body, headers={"Content-Type": "application/fhir+json"}
        )
        assert reply.headers["ETag"] == f'W/"{number}"'


@pytest.mark.parametrize("value", ["1.50", "0.00000001", "1E2", "100", "1e999", "123456789012.10"])
def test_numbers_keep_their_digits(client: httpx.Client, value: str) -> None:
    text = f'{{"resourceType":"Basic","id":"b","valueDecimal":{value}}}'
    client.put("/Basic/b", content=text, headers={"Content-Type": "application/json"})
    assert f'"valueDecimal":{value}}}' in client.get("/Basic/b").text
    assert f'"valueDecimal":{value}}}' in client.get("/Basic?_id=b").text


def test_if_match_of_an_old_version_is_refused_and_changes_nothing(client: httpx.Client) -> None:
    client.put("/Patient/p1", json=with_id("p1"))
    client.put("/Patient/p1", json=with_id("p1", active=True))
    stale = client.put("/Patient/p1", json=with_id("p1"), headers={"If-Match": 'W/"1"'})
    assert stale.status_code == 412
    assert stale.json()["resourceType"] == "OperationOutcome"
    assert client.get("/Patient/p1").headers["ETag"] == 'W/"2"'
    fresh = client.put("/Patient/p1", json=with_id("p1"), headers={"If-Match": 'W/"2"'})
    assert (fresh.status_code, fresh.headers["ETag"]) == (200, 'W/"3"')


def test_if_match_of_a_resource_that_is_not_there_is_refused(client: httpx.Client) -> None:
    reply = client.put("/Patient/p9", json=with_id("p9"), headers={"If-Match": 'W/"1"'})
    assert reply.status_code == 412
    assert client.get("/Patient/p9").status_code == 404


def test_a_deleted_resource_is_gone_until_it_is_put_again(client: httpx.Client) -> None:
    client.put("/Patient/p1", json=with_id("p1"))
    assert client.delete("/Patient/p1").status_code == 200
    assert client.delete("/Patient/p1").status_code == 200
    assert client.get("/Patient/p1").status_code == 410
    assert client.get("/Patient").json()["total"] == 0
    assert client.get("/Patient/p1/_history/1").status_code == 200
    assert client.get("/Patient/p1/_history/2").status_code == 410
    back = client.put("/Patient/p1", json=with_id("p1"))
    assert (back.status_code, back.headers["ETag"]) == (201, 'W/"3"')


def test_history_is_newest_first_with_deletions(client: httpx.Client) -> None:
    client.put("/Patient/p1", json=with_id("p1"))
    client.put("/Patient/p1", json=with_id("p1", active=True))
    client.delete("/Patient/p1")
    history = client.get("/Patient/p1/_history").json()
    assert history["type"] == "history"
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "PUT", "PUT"]
    states = [entry["response"]["status"][:3] for entry in history["entry"]]
    assert states == ["204", "200", "201"]
    assert "resource" not in history["entry"][0]
    assert client.get("/Patient/_history").json()["total"] == 3
    assert client.get("/_history").json()["total"] == 3


def test_conditional_create_finds_what_is_there(client: httpx.Client) -> None:
    condition = {"If-None-Exist": "identifier=urn:bcma:wristband|801901.1"}
    first = client.post("/Patient", json=PATIENT, headers=condition)
    again = client.post("/Patient", json=PATIENT, headers=condition)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Location"] == first.headers["Location"]
    client.post("/Patient", json=PATIENT)
    assert client.post("/Patient", json=PATIENT, headers=condition).status_code == 412


@pytest.mark.parametrize("condition", ["", "identifier=", "colour=red"])
def test_a_condition_that_names_nothing_is_refused(client: httpx.Client, condition: str) -> None:
    reply = client.post("/Patient", json=PATIENT, headers={"If-None-Exist": condition})
    assert reply.status_code == 400
    assert client.get("/Patient").json()["total"] == 0


def test_conditional_creates_at_once_make_one_resource(sandbox: Sandbox) -> None:
    start = threading.Barrier(4)
    seen: list[int] = []

    def create() -> None:
        with httpx.Client(base_url=sandbox.base_url) as client:
            start.wait()
            headers = {"If-None-Exist": "identifier=urn:bcma:wristband|801901.1"}
            seen.append(client.post("/Patient", json=PATIENT, headers=headers).status_code)

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 200, 200, 201]
    assert httpx.get(f"{sandbox.base_url}/Patient").json()["total"] == 1


def test_not_modified_head_and_minimal(client: httpx.Client) -> None:
    created = client.put("/Patient/p1", json=with_id("p1"), headers={"Prefer": "return=minimal"})
    assert (created.status_code, created.content) == (201, b"")
    reply = client.get("/Patient/p1", headers={"If-None-Match": 'W/"1"'})
    assert (reply.status_code, reply.content) == (304, b"")
    head = client.head("/Patient/p1")
    assert (head.status_code, head.content) == (200, b"")
    assert client.get("/Patient/p1").status_code == 200


@pytest.mark.parametrize(
    "method,url,body,status",
    [
        ("PUT", "/Patient/p1", {"resourceType": "Basic", "id": "p1"}, 400),
        ("PUT", "/Patient/p1", {"resourceType": "Patient", "id": "p2"}, 400),
        ("PUT", "/Patient/p1", {"resourceType": "Patient"}, 400),
        ("PUT", "/Patient/a_b", {"resourceType": "Patient", "id": "a_b"}, 400),
        ("POST", "/Patient", {"resourceType": "Patient", "meta": 1}, 400),
        ("POST", "/Patient", [], 400),
        ("POST", "/Nonsense", {"resourceType": "Nonsense"}, 404),
        ("GET", "/Patient/none", None, 404),
        ("GET", "/Patient/p1/$everything", None, 400),
        ("GET", "/$nothing", None, 400),
        ("PATCH", "/Patient/p1", [], 405),
        ("PUT", "/Patient", {"resourceType": "Patient"}, 405),
        ("GET", "/Patient?_format=xml", None, 406),
        ("GET", "/../elsewhere", None, 404),
    ],
)
def test_refusals_have_a_status_and_an_outcome(
    client: httpx.Client, method: str, url: str, body: object, status: int
) -> None:
    reply = (
        client.request(method, url, json=body) if body is not None else client.request(method, url)
    )
    assert reply.status_code == status
    assert reply.json()["resourceType"] == "OperationOutcome"


def test_other_media_types_are_refused(client: httpx.Client) -> None:
    reply = client.post("/Patient", content="<Patient/>", headers={"Content-Type": "text/xml"})
    assert reply.status_code == 415


def test_references_are_checked_where_asked() -> None:
    order = {"resourceType": "Flag", "id": "f", "subject": {"reference": "Patient/p1"}}
    with Sandbox(check_references=True) as strict, httpx.Client(base_url=strict.base_url) as client:
        assert client.put("/Flag/f", json=order).status_code == 400
        client.put("/Patient/p1", json=with_id("p1"))
        assert client.put("/Flag/f", json=order).status_code == 201
        assert client.delete("/Patient/p1").status_code == 409
        assert client.get("/Patient/p1").status_code == 200
        client.delete("/Flag/f")
        assert client.delete("/Patient/p1").status_code == 200
