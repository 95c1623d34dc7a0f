"""How quick the sandbox is with a year of one ward in it."""

import statistics
import time

import httpx
import pytest

from bcma.emr.sandbox import Sandbox

ADMINISTRATIONS = 25_000
BUNDLE = 500


def administration(number: int) -> dict[str, object]:
    return {
        "resourceType": "MedicationAdministration",
        "id": f"a{number}",
        "identifier": [{"system": "urn:bcma:event", "value": f"e{number}"}],
        "status": "completed",
        "subject": {"reference": f"Patient/p{number % 60}"},
        "request": {"reference": f"MedicationRequest/mr{number % 5_000}"},
        "effectiveDateTime": "2026-03-02T08:00:00+07:00",
        "medicationCodeableConcept": {"coding": [{"system": "urn:bcma:drug", "code": "PARA500"}]},
    }


def transaction(first: int) -> dict[str, object]:
    entries = [
        {
            "resource": administration(number),
            "request": {"method": "PUT", "url": f"MedicationAdministration/a{number}"},
        }
        for number in range(first, first + BUNDLE)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.mark.bench
def test_loading_and_searching_are_quick(client: httpx.Client, sandbox: Sandbox) -> None:
    began = time.perf_counter()
    for first in range(0, ADMINISTRATIONS, BUNDLE):
        client.post(sandbox.base_url, json=transaction(first)).raise_for_status()
    rate = ADMINISTRATIONS / (time.perf_counter() - began)
    times = []
    for number in range(50):
        began = time.perf_counter()
        reply = client.get(f"/MedicationAdministration?request=MedicationRequest/mr{number}")
        times.append(time.perf_counter() - began)
        assert reply.json()["total"] == ADMINISTRATIONS // 5_000
    assert rate >= 2_000
    assert statistics.median(times) <= 0.005
