"""The sandbox as a server that does less than all, and may say otherwise."""

from collections.abc import Mapping
from dataclasses import replace

import httpx
import pytest

from bcma.emr.sandbox import Claims, Powers, Sandbox

PATIENT = {"resourceType": "Patient", "id": "p1"}
CREATE = {"resource": PATIENT, "request": {"method": "PUT", "url": "Patient/p1"}}


def transaction(*entries: Mapping[str, object]) -> dict[str, object]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def said(client: httpx.Client) -> tuple[set[str], dict[str, object]]:
    """Give what /metadata says of the server and of patients."""
    rest = client.get("/metadata").json()["rest"][0]
    (patient,) = (kind for kind in rest["resource"] if kind["type"] == "Patient")
    return {each["code"] for each in rest["interaction"]}, patient


def test_without_transactions_none_is_said_nor_taken(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.powers = Powers(transactions=False)
    assert "transaction" not in said(client)[0]
    assert client.post("/", json=transaction(CREATE)).status_code == 405
    batch = {**transaction(CREATE), "type": "batch"}
    assert client.post("/", json=batch).status_code == 200


def test_where_the_server_chooses_ids_a_put_changes_and_does_not_create(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.powers = Powers(update_create=False)
    assert said(client)[1]["updateCreate"] is False
    assert client.put("/Patient/p1", json=PATIENT).status_code == 405
    assert client.post("/", json=transaction(CREATE)).status_code == 405
    made = client.post("/Patient", json=PATIENT).json()
    assert made["id"] != "p1"
    changed = client.put(f"/Patient/{made['id']}", json={**made, "active": True})
    assert changed.status_code == 200


def test_a_server_that_knows_no_conditions_creates_once_more(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.powers = Powers(conditional_create=False)
    unless = {"If-None-Exist": "identifier=a|1"}
    known = {**PATIENT, "identifier": [{"system": "a", "value": "1"}]}
    posted = [client.post("/Patient", json=known, headers=unless).status_code for _ in range(2)]
    assert posted == [201, 201]
    entry = {
        "resource": known,
        "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=a|1"},
    }
    client.post("/", json=transaction(entry))
    assert client.get("/Patient").json()["total"] == 3


def test_what_can_only_be_read_is_loaded_by_the_owner_alone(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.powers = Powers(read_only=frozenset({"Patient"}))
    assert {i["code"] for i in said(client)[1]["interaction"]} == {  # type: ignore[attr-defined]
        "read",
        "vread",
        "search-type",
        "history-instance",
        "history-type",
    }
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]})
    assert client.get("/Patient/p1").status_code == 200
    for reply in (
        client.put("/Patient/p1", json=PATIENT),
        client.post("/Patient", json=PATIENT),
        client.delete("/Patient/p1"),
        client.post("/", json=transaction(CREATE)),
    ):
        assert reply.status_code == 405
    assert client.put("/Group/g1", json={"resourceType": "Group", "id": "g1"}).status_code == 201


NOTHING = Powers(
    transactions=False,
    update_create=False,
    conditional_create=False,
    read_only=frozenset({"Patient"}),
)


@pytest.mark.parametrize(
    "claims,told",
    [
        (Claims.TRUE, (None, None, False)),
        (Claims.SILENT, (None, None, False)),
        (Claims.ALL, (True, True, True)),
    ],
)
def test_what_a_server_says_need_not_be_what_it_does(
    client: httpx.Client,
    sandbox: Sandbox,
    claims: Claims,
    told: tuple[bool | None, bool | None, bool],
) -> None:
    sandbox.powers = replace(NOTHING, claims=claims)
    of_server, of_patient = said(client)
    creates = of_patient.get("updateCreate"), of_patient.get("conditionalCreate")
    assert (*creates, "transaction" in of_server) == told


def test_of_creating_by_put_a_server_may_say_nothing(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    sandbox.powers = Powers(update_create=False, claims=Claims.SILENT)
    assert "updateCreate" not in said(client)[1]


def test_a_server_that_does_not_search_by_time_says_so(
    client: httpx.Client, sandbox: Sandbox
) -> None:
    assert "_lastUpdated" in client.get("/metadata").text
    sandbox.powers = Powers(search_by_time=False)
    assert "_lastUpdated" not in client.get("/metadata").text
    for asked in ({"_lastUpdated": "ge2026"}, {"_sort": "_lastUpdated"}):
        assert client.get("/Patient", params=asked).status_code == 400
    assert client.get("/Patient").status_code == 200


@pytest.mark.parametrize("powers", [Powers(), NOTHING, Powers(search_by_time=False)])
def test_powers_come_through_as_they_were_set(
    client: httpx.Client, sandbox: Sandbox, powers: Powers
) -> None:
    sandbox.powers = powers
    shown = client.get("/$sandbox-powers").json()
    sandbox.powers = Powers(claims=Claims.ALL)
    assert client.post("/$sandbox-powers", json=shown).json() == shown
    assert sandbox.powers == powers


def test_a_power_that_there_is_not_is_refused(client: httpx.Client) -> None:
    for part in ({"name": "claims", "valueCode": "none"}, {"name": "fly", "valueBoolean": True}):
        body = {"resourceType": "Parameters", "parameter": [part]}
        assert client.post("/$sandbox-powers", json=body).status_code == 400
