"""What else may answer in place of an EMR, and what it may answer with."""

import time
from collections.abc import Iterator

import httpx
import pytest

from bcma.emr.errors import EmrError, Misdirected, NotFhir, Unreachable
from bcma.emr.fhir_client import FhirClient
from bcma.emr.transport import Limits
from tests.emr.misbehaving import Answer, misbehaving
from tests.emr.test_fhir_client import WEIGHT, page


@pytest.mark.hazard("H86")
@pytest.mark.parametrize("body", [b"<html>login</html>", b"[]", b'{"ok": true}'])
def test_a_page_in_place_of_the_servers_answer_is_no_proof_of_a_write(body: bytes) -> None:
    """A network that asks for a login answers everything with 200."""
    with misbehaving(lambda *_: Answer(body=body)) as server, FhirClient(server.url) as client:
        for write in (client.put, client.create):
            with pytest.raises(NotFhir) as failed:
                write(WEIGHT)
            assert failed.value.unknown


@pytest.mark.parametrize("body", [b"", b" \n", b'{"resourceType": "OperationOutcome"}'])
def test_a_write_may_be_answered_without_the_resource(body: bytes) -> None:
    answer = Answer(status=201, body=body, headers={"ETag": 'W/"3"'})
    with misbehaving(lambda *_: answer) as server, FhirClient(server.url) as client:
        for write in (client.put, client.create):
            assert (write(WEIGHT).status, write(WEIGHT).etag) == (201, "3")


def test_a_reply_that_never_ends_is_given_up() -> None:
    def trickle() -> Iterator[bytes]:
        while True:
            time.sleep(0.01)  # the trickle itself
            yield b" "

    answer = httpx.MockTransport(lambda _: httpx.Response(200, content=trickle()))
    limits = Limits(body_seconds=0.1)
    with (
        httpx.Client(transport=answer) as line,
        FhirClient("http://emr.example/fhir", line, limits=limits) as client,
    ):
        with pytest.raises(Unreachable) as failed:
            client.search_all("Patient")
        assert not failed.value.unknown
        with pytest.raises(Unreachable) as failed:
            client.put(WEIGHT)
        assert failed.value.unknown


NOWHERE = ["http://[", "//[::1", "http://xn--.../", "http://a:99999999/", "http://a\0b/"]


@pytest.mark.parametrize("onward", NOWHERE)
def test_a_link_that_is_no_address_is_refused(onward: str) -> None:
    answer = Answer(body=page(onward))
    with misbehaving(lambda *_: answer) as server, FhirClient(server.url) as client:
        with pytest.raises(Misdirected):
            client.search_all("Patient")
        with pytest.raises(Misdirected):
            list(client.onward("Patient", next(client.search("Patient"))))


@pytest.mark.parametrize("onward", NOWHERE[:-1])
def test_a_redirect_to_what_is_no_address_is_refused(onward: str) -> None:
    answer = Answer(status=302, headers={"Location": onward})
    with (
        misbehaving(lambda *_: answer) as server,
        FhirClient(server.url) as client,
        pytest.raises(EmrError),
    ):
        client.search_all("Patient")


@pytest.mark.hazard("H46")
def test_nothing_is_answered_out_of_a_cache() -> None:
    """HAPI finds for a minute what it found before, unless it is told not to."""
    with misbehaving(lambda *_: Answer(body=page())) as server, FhirClient(server.url) as client:
        client.search_all("MedicationAdministration")
        assert [headers["Cache-Control"] for _, _, headers in server.seen] == ["no-cache"]
