"""Bundles: all or nothing, one instant, names resolved."""

from decimal import Decimal

import httpx
import pytest

from bcma.emr.sandbox import Refusal, Sandbox


def entry(method: str, url: str, resource: object = None, **more: object) -> dict[str, object]:
    full_url = more.pop("fullUrl", None)
    request = {"method": method, "url": url, **more}
    content = {} if resource is None else {"resource": resource}
    named = {} if full_url is None else {"fullUrl": full_url}
    return {**named, **content, "request": request}


def bundle(kind: str, *entries: object) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def patient(name: str = "p1", **more: object) -> dict[str, object]:
    return {"resourceType": "Patient", "id": name, **more}


def flag(subject: str, name: str = "f1") -> dict[str, object]:
    return {"resourceType": "Flag", "id": name, "subject": {"reference": subject}}


def test_a_failed_transaction_leaves_nothing_behind(client: httpx.Client) -> None:
    client.put("/Patient/p1", json=patient())
    reply = client.post(
        "",
        json=bundle(
            "transaction",
            entry("PUT", "Patient/p1", patient(active=True)),
            entry("POST", "Patient", patient()),
            entry("PUT", "Flag/f1", flag("Patient/p1"), ifMatch='W/"7"'),
        ),
    )
    assert reply.status_code == 412
    assert "Bundle.entry[2]" in reply.json()["issue"][0]["diagnostics"]
    assert client.get("/Patient").json()["total"] == 1
    assert client.get("/Patient/p1").headers["ETag"] == 'W/"1"'
    assert client.get("/Patient?active=true").json()["total"] == 0
    assert client.get("/_history").json()["total"] == 1


def test_one_transaction_is_one_instant_and_the_next_is_later(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    for name in ("a", "b"):
        sandbox.load(bundle("collection", *({"resource": patient(f"{name}{n}")} for n in range(3))))
    found = client.get("/Patient?_sort=_lastUpdated").json()["entry"]
    instants = [one["resource"]["meta"]["lastUpdated"] for one in found]
    assert instants == ["2026-03-02T01:00:00.000+00:00"] * 3 + ["2026-03-02T01:00:00.001+00:00"] * 3


def test_names_within_the_bundle_become_places(client: httpx.Client) -> None:
    name = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a"
    reply = client.post(
        "",
        json=bundle(
            "transaction",
            entry("POST", "Flag", flag(name)),
            entry("POST", "Patient", patient(), fullUrl=name),
            entry("GET", "Patient?_summary=count"),
        ),
    )
    answers = reply.json()["entry"]
    assert [one["response"]["status"] for one in answers] == [
        "201 Created",
        "201 Created",
        "200 OK",
    ]
    assert answers[2]["resource"]["total"] == 1
    place = answers[1]["response"]["location"].removesuffix("/_history/1")
    assert client.get(f"/Flag?patient={place}").json()["total"] == 1


def test_a_name_that_no_entry_has_is_refused(client: httpx.Client) -> None:
    dangling = flag("urn:uuid:00000000-0000-4000-8000-000000000000")
    reply = client.post("", json=bundle("transaction", entry("PUT", "Flag/f1", dangling)))
    assert reply.status_code == 400
    assert client.get("/Flag").json()["total"] == 0


def test_conditional_create_in_a_transaction_leads_to_what_is_there(client: httpx.Client) -> None:
    band = {"system": "urn:bcma:wristband", "value": "1.1"}
    client.put("/Patient/p1", json=patient(identifier=[band]))
    condition = "identifier=urn:bcma:wristband|1.1"
    unknown = "identifier=urn:bcma:wristband|2.1"
    other = patient(identifier=[{**band, "value": "2.1"}])
    reply = client.post(
        "",
        json=bundle(
            "transaction",
            entry("POST", "Patient", patient(), ifNoneExist=condition, fullUrl="urn:uuid:x"),
            entry("POST", "Patient", other, ifNoneExist=unknown),
            entry("POST", "Patient", other, ifNoneExist=unknown),
            entry("PUT", "Flag/f1", flag("urn:uuid:x")),
            entry("PUT", "Flag/f2", flag(f"Patient?{condition}", "f2")),
        ),
    )
    states = [one["response"]["status"][:3] for one in reply.json()["entry"]]
    assert states == ["200", "201", "200", "201", "201"]
    assert client.get("/Flag?patient=Patient/p1").json()["total"] == 2
    assert client.get("/Patient").json()["total"] == 2


def test_a_batch_does_what_it_can(client: httpx.Client) -> None:
    reply = client.post(
        "",
        json=bundle(
            "batch",
            entry("PUT", "Patient/p1", patient()),
            entry("GET", "Patient/none"),
            entry("PUT", "Patient/p2", patient("p3")),
        ),
    )
    assert [one["response"]["status"][:3] for one in reply.json()["entry"]] == ["201", "404", "400"]
    assert client.get("/Patient").json()["total"] == 1


@pytest.mark.parametrize(
    "bad",
    [
        bundle("collection"),
        {"resourceType": "Patient", "type": "transaction"},
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        {"resourceType": "Bundle", "type": "transaction", "entry": [1]},
        bundle("transaction", {"resource": patient()}),
        bundle("transaction", entry("PUT", "Patient", patient())),
        bundle("transaction", entry("POST", "Patient/p1", patient())),
        bundle("transaction", entry("POST", "Patient")),
        bundle("transaction", entry("PATCH", "Patient/p1", patient())),
        bundle("transaction", *[entry("PUT", "Patient/p1", patient())] * 2),
    ],
)
def test_a_bundle_that_cannot_be_run_is_refused(client: httpx.Client, bad: object) -> None:
    reply = client.post("", json=bad)
    assert reply.status_code == 400
    assert reply.json()["resourceType"] == "OperationOutcome"


def test_load_keeps_ids_and_every_digit(client: httpx.Client, sandbox: Sandbox) -> None:
    dose = {"resourceType": "Basic", "id": "b", "valueDecimal": Decimal("1.50")}
    sandbox.load(bundle("collection", {"resource": dose}, {"resource": {"resourceType": "Basic"}}))
    assert '"valueDecimal":1.50' in client.get("/Basic/b").text
    assert client.get("/Basic").json()["total"] == 2
    with pytest.raises(Refusal):
        sandbox.load(bundle("transaction", entry("PUT", "Basic/c", {"resourceType": "Flag"})))
