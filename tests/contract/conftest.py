"""Every test of this folder runs on each peer; those that are not ours only with ``-m emr``."""

from collections import Counter
from collections.abc import Iterator

import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox
from tests.contract.peer import EXEMPT, HAPI, MEDPLUM, SANDBOX, Peer
from tests.peers import hapi_server, medplum_server
from tests.store import ward

#: Those that are fetched and started first take their time.
_FOREIGN = [pytest.mark.emr, pytest.mark.timeout(400)]
_PEERS = [SANDBOX, pytest.param(HAPI, marks=_FOREIGN), pytest.param(MEDPLUM, marks=_FOREIGN)]


@pytest.fixture(scope="session")
def hapi() -> Iterator[str]:
    """Give the address of the reference EMR: the one that runs, or one for these tests."""
    if address := hapi_server.running():
        yield address
        return
    with hapi_server.serving() as address:
        yield address


@pytest.fixture(scope="session")
def medplum() -> Iterator[str]:
    """Give the address of a server in memory."""
    with medplum_server.serving() as address:
        yield address


@pytest.fixture(params=_PEERS)
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    """Give an empty server."""
    why_not = EXEMPT[request.param].get(request.node.originalname)
    if why_not is not None:
        request.applymarker(pytest.mark.xfail(reason=why_not, strict=True))
    if request.param == SANDBOX:
        with Sandbox() as sandbox, FhirClient(sandbox.base_url) as client:
            yield Peer(SANDBOX, sandbox.base_url, client)
        return
    address = request.getfixturevalue(request.param)
    hapi_server.empty(address)
    with FhirClient(address) as client:
        yield Peer(request.param, address, client)


@pytest.fixture
def filled(peer: Peer) -> Peer:
    """Give a server that knows one ward, one patient, one nurse, one drug and one order."""
    peer.load(ward.location(), *ward.nurse(), ward.medication(), ward.patient())
    peer.load(ward.encounter(), ward.order())
    return peer


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests each peer passed, and what it is exempt from."""
    passed = Counter(
        name
        for report in terminalreporter.stats.get("passed", [])
        for name in EXEMPT
        if "tests/contract" in report.nodeid and f"[{name}" in report.nodeid
    )
    played = sum(
        "test_scenarios" in report.nodeid for report in terminalreporter.stats.get("passed", [])
    )
    if played:
        terminalreporter.write_line(f"{HAPI}: {played} scenarios went as on the sandbox")
    for name, count in passed.items():
        terminalreporter.write_line(f"{name}: {count} passed, {len(EXEMPT[name])} exempt")
        for test, why in EXEMPT[name].items():
            terminalreporter.write_line(f"  {test}: {why}")
