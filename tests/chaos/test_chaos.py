"""Some walks of every run of the tests; ``make chaos`` takes many more."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bcma.emr.fhir_client import FhirClient
from bcma.emr.sandbox import Sandbox
from tests.chaos.walk import walk
from tests.store.ward import Json
from tests.sync.conftest import SERVERS


@pytest.mark.hazard("H86", "H87")
@pytest.mark.parametrize("seed", range(len(SERVERS)), ids=SERVERS)
def test_whatever_goes_wrong_each_event_is_on_the_emr_once_and_in_order(
    seed: int, tmp_path: Path
) -> None:
    done = walk(seed, tmp_path)
    assert done.told
    assert done.wrong == ()


def doses(sandbox: Sandbox) -> list[Json]:
    with FhirClient(sandbox.base_url) as client:
        found = client.search_all("MedicationAdministration", {"status": "completed"})
        return [dict(dose.resource) for dose in found]


def lose_one(sandbox: Sandbox) -> None:
    dose = doses(sandbox)[0]
    httpx.delete(f"{sandbox.base_url}/MedicationAdministration/{dose['id']}").raise_for_status()


def double_one(sandbox: Sandbox) -> None:
    copy = {**doses(sandbox)[0], "id": "a-copy"}
    sandbox.load({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": copy}]})


def forget_what_ended_an_event(sandbox: Sandbox) -> None:
    with FhirClient(sandbox.base_url) as client:
        last = client.search_all("Provenance")[0].resource["id"]
    httpx.delete(f"{sandbox.base_url}/Provenance/{last}").raise_for_status()


@pytest.mark.parametrize("spoil", [lose_one, double_one, forget_what_ended_an_event])
def test_what_is_lost_or_doubled_is_noticed(
    tmp_path: Path, spoil: Callable[[Sandbox], None]
) -> None:
    assert walk(0, tmp_path, spoil).wrong
