"""Several searches in one exchange: each answered, or said to have failed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from bcma.emr.bundles import Page, asks_only
from bcma.emr.capabilities import Capabilities, read_capabilities
from bcma.emr.errors import EmrError, Missing, NotFhir, Throttled, Unreachable
from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Faults, Lost, Sandbox, StoppedClock
from tests.emr.misbehaving import Answer, misbehaving

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOTH = (("Patient", {"_count": "2"}), ("Medication", {"_id": "m1"}))


def patient(name: str) -> dict[str, object]:
    return {"resourceType": "Patient", "id": name}


def response(*entries: dict[str, object]) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "batch-response", "entry": list(entries)}
    ).encode()


def answered(*ids: str, status: str = "200 OK", **more: object) -> dict[str, object]:
    found = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": patient(name)} for name in ids],
        **more,
    }
    return {"response": {"status": status}, "resource": found}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=StoppedClock(MORNING)) as sandbox:
        entries = [{"resource": patient(f"p{n}")} for n in range(3)]
        entries.append({"resource": {"resourceType": "Medication", "id": "m1"}})
        sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": entries})
        yield sandbox


def ids(page: Page) -> list[object]:
    return [found.resource["id"] for found in page.found]


def test_each_search_is_answered_by_its_first_page_in_order(sandbox: Sandbox) -> None:
    with FhirClient(sandbox.base_url) as client:
        patients, drugs = client.search_each(BOTH)
        assert (ids(patients), ids(drugs)) == (["p0", "p1"], ["m1"])
        assert drugs.next_url is None
        assert patients.server_time == MORNING
        assert [ids(page) for page in client.onward("Patient", patients)] == [["p2"]]
        assert list(client.onward("Medication", drugs)) == []


def test_what_comes_in_a_batch_keeps_its_bytes(sandbox: Sandbox) -> None:
    with FhirClient(sandbox.base_url) as client:
        (found,) = client.search_all("Medication", {"_id": "m1"})
        _, drugs = client.search_each(BOTH)
        assert drugs.found[0].raw == found.raw


@pytest.mark.parametrize(
    "status, kind", [("404 Not Found", Missing), ("429 Too Many Requests", Throttled)]
)
def test_a_search_that_fails_leaves_those_before_it(status: str, kind: type[EmrError]) -> None:
    body = response(answered("p1"), {"response": {"status": status}})
    with misbehaving(lambda *_: Answer(body=body)) as server, FhirClient(server.url) as client:
        pages = client.search_each(BOTH)
        assert ids(next(pages)) == ["p1"]
        with pytest.raises(kind) as failed:
            next(pages)
        assert not failed.value.unknown


@pytest.mark.parametrize(
    "body",
    [
        response(answered("p1")),
        response(answered("p1"), answered("p2"), answered("p3")),
        response({"response": {"status": "200 OK"}, "resource": patient("p1")}, answered()),
        response({"response": {"status": "all is well"}}, answered()),
        response({"response": {"status": "302 Found"}}, answered()),
        response({"resource": patient("p1")}, answered()),
        b"<html>login</html>",
    ],
)
def test_a_reply_that_does_not_answer_every_search_is_refused(body: bytes) -> None:
    with (
        misbehaving(lambda *_: Answer(body=body)) as server,
        FhirClient(server.url) as client,
        pytest.raises(NotFhir),
    ):
        list(client.search_each(BOTH))


def test_a_relative_link_leads_on_from_the_type_that_was_searched() -> None:
    onward = [{"relation": "next", "url": "?_state=a%2Bb"}]

    def answer(method: str, _: str) -> Answer:
        if method == "POST":
            return Answer(body=response(answered("p1", link=onward), answered()))
        return Answer(body=b'{"resourceType": "Bundle"}')

    with misbehaving(answer) as server, FhirClient(server.url) as client:
        first, _ = client.search_each(BOTH)
        list(client.onward("Patient", first))
        assert [path for _, path, _ in server.seen] == ["/fhir", "/fhir/Patient?_state=a%2Bb"]


def test_a_batch_of_searches_is_no_write(sandbox: Sandbox) -> None:
    sandbox.faults = Faults(lose_replies=Lost.WRITES)
    with FhirClient(sandbox.base_url) as client:
        assert len(list(client.search_each(BOTH))) == 2
        sandbox.faults = Faults(lose_replies=Lost.ALL)
        with pytest.raises(Unreachable) as failed:
            client.search_each(BOTH)
        assert not failed.value.unknown


@pytest.mark.parametrize(
    "kind, entries, asks",
    [
        ("batch", [{"request": {"method": "GET"}}], True),
        ("batch", [{"request": {"method": "PUT"}}], False),
        ("batch", [{"request": {"method": "GET"}}, {"request": {"method": "POST"}}], False),
        ("batch", [{"request": {"method": "GET"}}, {}], False),
        ("batch", [], False),
        ("transaction", [{"request": {"method": "GET"}}], False),
    ],
)
def test_only_a_batch_of_reads_asks_only(kind: str, entries: list[object], *, asks: bool) -> None:
    body = json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()
    assert asks_only(body) is asks


def test_what_is_no_json_is_taken_for_a_write() -> None:
    assert not asks_only(b"<html>")


def test_a_server_says_whether_it_takes_batches(sandbox: Sandbox) -> None:
    with FhirClient(sandbox.base_url) as client:
        assert client.capabilities().has_batch
    assert not Capabilities().has_batch
    for code, has in (("batch", True), ("transaction", True), ("history-system", False)):
        rest = {"mode": "server", "interaction": [{"code": code}]}
        assert read_capabilities({"rest": [rest]}).has_batch is has
