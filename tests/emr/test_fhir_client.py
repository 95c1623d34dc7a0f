"""The client against the sandbox EMR over real HTTP, and against servers that misbehave."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bcma.emr.capabilities import (
    WayOfWriting,
    choose_writer,
)
from bcma.emr.deliver import already_there, deliver
from bcma.emr.errors import (
    Conflict,
    EmrError,
    Misdirected,
    Missing,
    NotFhir,
    NoWayToWrite,
    Refused,
    Throttled,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import administration_bundle, read_administration
from bcma.emr.sandbox import Faults, Lost, Sandbox, StoppedClock
from bcma.emr.transport import Limits
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.emr.misbehaving import Answer, misbehaving

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVENT = "0f8fad5b-d9cb-469f-a165-70867728950e"
RECORD = MedicationAdministration(
    status=RecordStatus.NOT_GIVEN,
    patient_id="p1",
    given_at=MORNING,
    event_id=EVENT,
    order_id="mr1",
    giver_id="n1",
    reason="asleep",
    medication_name="Paracetamol 500 mg",
)
WEIGHT: dict[str, object] = {
    "resourceType": "Observation",
    "id": "o1",
    "status": "final",
    "code": {"text": "cân"},
}
BOTH = [WayOfWriting.TRANSACTION, WayOfWriting.PUT]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=StoppedClock(MORNING)) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[FhirClient]:
    with FhirClient(sandbox.base_url, now=lambda: MORNING) as client:
        yield client


def test_the_sandbox_takes_transactions(client: FhirClient) -> None:
    able = client.capabilities()
    assert able.fhir_version == "4.0.1"
    assert able.has_last_updated
    assert choose_writer(able) is WayOfWriting.TRANSACTION


def test_what_was_put_is_read_with_its_bytes_and_version(client: FhirClient) -> None:
    weight = WEIGHT | {"valueQuantity": {"value": Decimal("52.50"), "code": "kg"}}
    assert client.put(weight).status == 201
    found, reply = client.read("Observation", "o1")
    assert reply.etag == "1"
    assert reply.server_time == MORNING
    assert b"52.50" in found.raw
    value = found.resource["valueQuantity"]
    assert isinstance(value, dict)
    assert str(value["value"]) == "52.50"


def test_a_stale_version_is_a_conflict(client: FhirClient) -> None:
    client.put(WEIGHT)
    client.put(WEIGHT | {"status": "amended"}, if_match="1")
    with pytest.raises(Conflict):
        client.put(WEIGHT | {"status": "corrected"}, if_match="1")


def test_what_is_not_there_is_missing(client: FhirClient) -> None:
    with pytest.raises(Missing):
        client.read("Observation", "none")


def test_pages_are_followed_to_the_end(client: FhirClient) -> None:
    for number in range(7):
        client.put(WEIGHT | {"id": f"o{number}"})
    pages = list(client.search("Observation", {"_count": "3"}))
    assert [len(page.found) for page in pages] == [3, 3, 1]
    assert len({f.resource["id"] for f in client.search_all("Observation")}) == 7


def test_conditional_create_creates_once(client: FhirClient) -> None:
    system = "urn:bcma:event"
    weight = {k: v for k, v in WEIGHT.items() if k != "id"} | {
        "identifier": [{"system": system, "value": EVENT}]
    }
    query = {"identifier": f"{system}|{EVENT}"}
    assert client.create(weight, query).status == 201
    assert client.create(weight, query).status == 200
    assert len(client.search_all("Observation")) == 1


@pytest.mark.parametrize("way", BOTH)
def test_an_event_is_delivered(client: FhirClient, way: WayOfWriting) -> None:
    assert not already_there(client, EVENT)
    written = deliver(client, administration_bundle(RECORD), way)
    assert [w.status for w in written] == [201, 201]
    assert already_there(client, EVENT)
    found, _ = client.read("MedicationAdministration", EVENT)
    record = read_administration(found.resource)
    assert replace(record, ingredients=frozenset(), resource_id=None) == RECORD


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("way", BOTH)
def test_a_lost_reply_is_unknown_and_the_event_is_found(
    client: FhirClient, sandbox: Sandbox, way: WayOfWriting
) -> None:
    sandbox.faults = Faults(lose_replies=Lost.WRITES)
    with pytest.raises(Unreachable) as lost:
        deliver(client, administration_bundle(RECORD), way)
    assert lost.value.unknown
    sandbox.faults = Faults()
    assert already_there(client, EVENT) is (way is WayOfWriting.TRANSACTION)
    deliver(client, administration_bundle(RECORD), way)
    assert already_there(client, EVENT)
    assert len(client.search_all("MedicationAdministration")) == 1


def test_a_server_that_cannot_be_written_to_is_told_of_by_what_we_would_write(
    client: FhirClient,
) -> None:
    with pytest.raises(NoWayToWrite) as refused:
        deliver(client, administration_bundle(RECORD), WayOfWriting.NONE)
    assert refused.value.facts["kinds"] == ("MedicationAdministration", "Provenance")


@pytest.mark.hazard("H87")
def test_a_refusal_keeps_the_servers_words_out_of_the_facts(client: FhirClient) -> None:
    with pytest.raises(Refused) as refused:
        client.put({"resourceType": "Observation", "id": "bad id"})
    assert refused.value.issues
    assert refused.value.issues[0].said not in str(refused.value)


def test_an_overloaded_server_is_told_apart(client: FhirClient, sandbox: Sandbox) -> None:
    sandbox.faults = Faults(error_status=503, retry_after=7)  # type: ignore[arg-type]
    with pytest.raises(Throttled) as throttled:
        client.capabilities()
    assert throttled.value.retry_after == 7
    assert not throttled.value.unknown


def test_nobody_there_is_unreachable_and_nothing_was_sent() -> None:
    with misbehaving(lambda *_: Answer()) as gone:
        pass
    with FhirClient(gone.url) as client, pytest.raises(Unreachable) as failed:
        client.put(WEIGHT)
    assert not failed.value.unknown


def page(*links: str, entries: int = 0) -> bytes:
    entry = [{"resource": {"resourceType": "Patient", "id": str(n)}} for n in range(entries)]
    link = [{"relation": "next", "url": url} for url in links]
    return json.dumps({"resourceType": "Bundle", "entry": entry, "link": link}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>login</html>",
        b"",
        b"[]",
        b'{"resourceType": "Patient"}',
        b'{"resourceType": "Bundle", "entry": {}}',
        b'{"resourceType": "Bundle", "entry": [{"resource": 5}]}',
        b'{"resourceType": "Bundle", "entry": [' + b"[" * 20000,
    ],
)
def test_what_is_no_fhir_is_refused(body: bytes) -> None:
    with misbehaving(lambda *_: Answer(body=body)) as server, FhirClient(server.url) as client:
        with pytest.raises(NotFhir):
            client.search_all("Patient")
        with pytest.raises(EmrError):
            client.transaction({"resourceType": "Bundle", "entry": [{}]})


def test_another_resource_than_was_asked_for_is_refused() -> None:
    body = b'{"resourceType": "Observation", "id": "p1"}'
    with (
        misbehaving(lambda *_: Answer(body=body)) as server,
        FhirClient(server.url) as client,
        pytest.raises(NotFhir),
    ):
        client.read("Patient", "p1")


def test_a_transaction_whose_reply_misses_an_entry_is_unknown() -> None:
    body = b'{"resourceType": "Bundle", "entry": [{"response": {"status": "201 Created"}}]}'
    with misbehaving(lambda *_: Answer(body=body)) as server, FhirClient(server.url) as client:
        with pytest.raises(NotFhir) as failed:
            client.transaction({"resourceType": "Bundle", "entry": [{}, {}]})
        assert failed.value.unknown


def test_too_much_is_refused() -> None:
    limits = Limits(body_bytes=1000)
    with (
        misbehaving(lambda *_: Answer(body=b" " * 1001)) as server,
        FhirClient(server.url, limits=limits) as client,
        pytest.raises(NotFhir),
    ):
        client.search_all("Patient")


@pytest.mark.parametrize("onward", ["?page=2", "http://other.example/fhir/Patient?page=2"])
def test_a_page_that_leads_nowhere_new_is_refused(onward: str) -> None:
    answer = Answer(body=page(onward, entries=1))
    with misbehaving(lambda *_: answer) as server, FhirClient(server.url) as client:
        with pytest.raises(Misdirected):
            client.search_all("Patient")
        assert len(server.seen) <= 2


def test_a_next_link_is_followed_verbatim() -> None:
    def answer(_: str, path: str) -> Answer:
        return Answer(
            body=page(entries=1)
            if "state" in path
            else page(f"{server.url}?_state=a%2Bb~c", entries=2)
        )

    with misbehaving(answer) as server, FhirClient(server.url) as client:
        assert len(client.search_all("Patient", [("name", "Ngọc")])) == 3
        assert [path for _, path, _ in server.seen] == [
            "/fhir/Patient?name=Ng%E1%BB%8Dc",
            "/fhir?_state=a%2Bb~c",
        ]


def test_a_redirect_stays_on_the_server() -> None:
    def answer(_: str, path: str) -> Answer:
        if path.endswith("moved"):
            return Answer(body=b'{"resourceType": "Patient", "id": "p1"}')
        target = "/fhir/moved" if path.endswith("p1") else "http://other.example/p2"
        return Answer(status=307, headers={"Location": target})

    with misbehaving(answer) as server, FhirClient(server.url) as client:
        assert client.read("Patient", "p1")[0].resource["id"] == "p1"
        with pytest.raises(Misdirected):
            client.read("Patient", "p2")
        with pytest.raises(Misdirected):
            client.put({"resourceType": "Patient", "id": "p1"})


def test_a_redirect_in_a_circle_ends() -> None:
    answer = Answer(status=302, headers={"Location": "/fhir/Patient/p1"})
    with misbehaving(lambda *_: answer) as server, FhirClient(server.url) as client:
        with pytest.raises(Misdirected):
            client.read("Patient", "p1")
        assert len(server.seen) == Limits().redirects + 1


@pytest.mark.parametrize(
    "status, kind, unknown",
    [
        (400, Refused, False),
        (407, Unauthorized, False),
        (408, Unavailable, True),
        (422, Refused, False),
        (403, Unauthorized, False),
        (404, Missing, False),
        (410, Missing, False),
        (409, Conflict, False),
        (412, Conflict, False),
        (429, Throttled, False),
        (500, Unavailable, True),
        (502, Unavailable, True),
        (503, Throttled, True),
    ],
)
def test_every_status_has_its_error(status: int, kind: type[EmrError], *, unknown: bool) -> None:
    with (
        misbehaving(lambda *_: Answer(status=status, body=b"no")) as server,
        FhirClient(server.url) as client,
        pytest.raises(kind) as failed,
    ):
        client.put(WEIGHT)
    assert failed.value.unknown is unknown
    assert failed.value.facts["status"] == status


class Renewing:
    """A proof that is renewed once."""

    def __init__(self) -> None:
        self.token = "old"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        self.token = "new"
        return True


@pytest.mark.parametrize("works", [True, False])
def test_a_401_renews_once(*, works: bool) -> None:
    def answer(*_: str) -> Answer:
        proof = server.seen[-1][2]["Authorization"]
        if works and proof == "Bearer new":
            return Answer(body=b'{"resourceType": "Patient", "id": "p1"}')
        return Answer(status=401)

    with misbehaving(answer) as server, FhirClient(server.url, auth=Renewing()) as client:
        if works:
            client.read("Patient", "p1")
        else:
            with pytest.raises(Unauthorized):
                client.read("Patient", "p1")
        assert len(server.seen) == 2


@pytest.mark.parametrize(
    "written, least, most",
    [("2", 2, 2), ("Mon, 21 Oct 2199 07:28:09 GMT", 10**9, 10**10)],
)
def test_retry_after_may_be_seconds_or_a_date(written: str, least: int, most: int) -> None:
    wait = _retry_after(written)
    assert wait is not None
    assert least <= wait <= most


@pytest.mark.parametrize("written", ["soon", "-3", "inf", "Wed, 21 Oct 2015 07:28:09 GMT"])
def test_a_senseless_retry_after_is_none(written: str) -> None:
    assert _retry_after(written) is None


def _retry_after(written: str) -> float | None:
    answer = Answer(status=429, headers={"Retry-After": written})
    with (
        misbehaving(lambda *_: answer) as server,
        FhirClient(server.url) as client,
        pytest.raises(Throttled) as throttled,
    ):
        client.read("Patient", "p1")
    return throttled.value.retry_after
