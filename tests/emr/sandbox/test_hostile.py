"""Hostile input: refused with an OperationOutcome, never a failure of the sandbox."""

import json
import socket
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bcma.emr.sandbox import Sandbox
from bcma.emr.sandbox.parameters import SEARCH_PARAMS

JSON = {"Content-Type": "application/fhir+json"}
NAMES = sorted({param.name for param in SEARCH_PARAMS} | {"_id", "_lastUpdated", "_sort", "_count"})
MODIFIERS = ["", ":not", ":exact", ":missing", ":Patient", ".name", ".identifier", ":Patient.name"]
TYPES = ["Patient", "MedicationAdministration", "MedicationRequest", "Task", "Provenance"]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(allow_nan=False)
)
MEMBERS = [
    "reference",
    "coding",
    "code",
    "system",
    "value",
    "start",
    "end",
    "event",
    "name",
    "id",
    "subject",
    "identifier",
    "meta",
    "effectiveDateTime",
    "effectivePeriod",
    "performer",
]
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4)
    ),
    max_leaves=12,
)
# one sandbox serves all examples of a test; none may depend on what another left there
MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@MANY
@given(
    kind=st.sampled_from(TYPES),
    name=st.sampled_from(NAMES),
    modifier=st.sampled_from(MODIFIERS),
    value=st.text(max_size=30),
)
def test_no_search_makes_it_fail(
    client: httpx.Client, kind: str, name: str, modifier: str, value: str
) -> None:
    text = quote(value.encode("utf-8", "surrogatepass"))
    reply = client.get(f"/{kind}?{name}{modifier}={text}")
    assert reply.status_code in {200, 400}, reply.text
    assert reply.json()["resourceType"] in {"Bundle", "OperationOutcome"}


@MANY
@given(path=st.text(max_size=40))
def test_no_path_makes_it_fail(client: httpx.Client, path: str) -> None:
    reply = client.get("/" + quote(path.encode("utf-8", "surrogatepass")))
    assert reply.status_code in {200, 400, 404, 405}, reply.text


@MANY
@given(kind=st.sampled_from(TYPES), members=st.dictionaries(st.sampled_from(MEMBERS), ANYTHING))
def test_no_resource_makes_it_fail(
    client: httpx.Client, kind: str, members: dict[str, object]
) -> None:
    text = json.dumps({**members, "resourceType": kind})
    reply = client.post(f"/{kind}", content=text, headers=JSON)
    assert reply.status_code in {201, 400}, reply.text


@MANY
@given(body=st.binary(max_size=60) | ANYTHING.map(lambda value: json.dumps(value).encode()))
def test_no_body_makes_it_fail(client: httpx.Client, body: bytes) -> None:
    assert client.post("", content=body, headers=JSON).status_code == 400
    assert client.put("/Patient/p", content=body, headers=JSON).status_code == 400
    assert client.post("/$sandbox-faults", content=body, headers=JSON).status_code == 400


@MANY
@given(entries=st.lists(st.fixed_dictionaries({"resource": ANYTHING, "request": ANYTHING})))
def test_no_bundle_makes_it_fail(client: httpx.Client, entries: list[object]) -> None:
    body = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    reply = client.post("", content=json.dumps(body), headers=JSON)
    assert reply.status_code in {200, 400, 404}, reply.text


@pytest.mark.parametrize("depth", [200, 900, 960, 990, 2_000, 200_000])
def test_deep_nesting_is_kept_or_refused(client: httpx.Client, depth: int) -> None:
    inner = "[" * depth + "]" * depth
    text = f'{{"resourceType":"Basic","id":"b","x":{inner}}}'
    reply = client.put("/Basic/b", content=text, headers=JSON)
    assert reply.status_code in {201, 400}
    transaction = (
        '{"resourceType":"Bundle","type":"transaction","entry":[{"resource":'
        + text
        + ',"request":{"method":"PUT","url":"Basic/b"}}]}'
    )
    assert client.post("", content=transaction, headers=JSON).status_code in {200, 400}
    assert client.get("/Basic").status_code == 200


def test_a_body_that_is_too_long_is_refused(sandbox: Sandbox) -> None:
    raw = f"POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: {33 * 1024 * 1024}\r\n\r\n"
    assert b" 413 " in talk(sandbox, raw.encode())


@pytest.mark.parametrize(
    "raw,status",
    [
        (b"POST /fhir/Patient HTTP/1.1\r\nContent-Length: many\r\n\r\n", b" 400 "),
        (b"POST /fhir/Patient HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b" 400 "),
        (b"POST /fhir/Patient HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b" 411 "),
        (b"GET /fhir/Patient?" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b" 414 "),
        (b"GET http://[/fhir HTTP/1.1\r\nConnection: close\r\n\r\n", b" 400 "),
        (b"BREW /fhir HTTP/1.1\r\n\r\n", b" 501 "),
        (b"nonsense\r\n\r\n", b'"OperationOutcome"'),
        (b"GET /fhir/metadata HTTP/9.9\r\n\r\n", b'"OperationOutcome"'),
    ],
)
def test_what_is_hardly_http_is_answered(sandbox: Sandbox, raw: bytes, status: bytes) -> None:
    assert status in talk(sandbox, raw)


def test_a_client_that_goes_away_harms_nobody(sandbox: Sandbox, client: httpx.Client) -> None:
    with socket.create_connection((str(client.base_url.host), client.base_url.port or 0)) as line:
        line.sendall(b"PUT /fhir/Patient/p HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
    assert client.get("/Patient/p").status_code == 404
    assert sandbox.base_url


def talk(sandbox: Sandbox, raw: bytes) -> bytes:
    url = httpx.URL(sandbox.base_url)
    with socket.create_connection((url.host, url.port or 0), timeout=10) as line:
        line.sendall(raw)
        answer = b""
        while chunk := line.recv(65536):
            answer += chunk
        return answer
