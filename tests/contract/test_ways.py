"""Every way of writing, on every server: also those that the server would not need."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from bcma.emr.capabilities import WayOfWriting
from bcma.emr.deliver import Writer, already_there, deliver
from bcma.emr.fhir_map import STANDARD, Change, Raw, administration_bundle, care_bundle
from bcma.emr.finding import find_dose, version_on
from bcma.model.quantity import Quantity
from bcma.model.record import RecordStatus
from tests.contract.peer import Peer
from tests.contract.test_writing import RELEASED, care, record

WAYS = [way for way in WayOfWriting if way is not WayOfWriting.NONE]
MEASURED = (("8867-4", Quantity(Decimal(72), "/min")), ("8480-6", Quantity(Decimal(121), "mm[Hg]")))
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.value)


def names(peer: Peer, kind: str) -> list[str]:
    return [f"{kind}/{found.resource['id']}" for found in peer.client.search_all(kind)]


def references(resource: Raw, element: str) -> set[str]:
    """Give where the references of an element lead, without version."""
    listed = resource.get(element)
    assert isinstance(listed, list)
    return {str(each["reference"]).partition("/_history")[0] for each in listed}


@every_way
@pytest.mark.hazard("H86")
def test_an_event_is_whole_and_there_once_however_often_it_is_written(
    filled: Peer, way: WayOfWriting
) -> None:
    dose = record(measured=MEASURED, findings=(RELEASED,))
    for _ in range(2):
        deliver(filled.client, administration_bundle(dose), way)
    assert already_there(filled.client, str(dose.event_id))
    (there,) = names(filled, "MedicationAdministration")
    (last,) = filled.client.search_all("Provenance")
    issues, values = names(filled, "DetectedIssue"), names(filled, "Observation")
    assert (len(issues), len(values)) == (1, 2)
    assert references(last.resource, "target") == {there, *issues, *values}
    for found in filled.client.search_all("Observation"):
        assert references(found.resource, "partOf") == {there}


@every_way
@pytest.mark.hazard("H85")
def test_a_correction_changes_what_is_there(filled: Peer, way: WayOfWriting) -> None:
    dose = record(measured=MEASURED)
    deliver(filled.client, administration_bundle(dose), way)
    found = find_dose(filled.client, [dose.event_id], STANDARD)
    assert found is not None
    wrong = replace(
        dose,
        status=RecordStatus.ENTERED_IN_ERROR,
        reason="other",
        revision=2,
        resource_id=str(found.resource["id"]),
    )
    change = Change(str(uuid4()), version_on(found))
    deliver(filled.client, administration_bundle(wrong, change=change), way)
    for kind in ("MedicationAdministration", "Observation"):
        there = filled.client.search_all(kind)
        assert {one.resource["status"] for one in there} == {"entered-in-error"}
    assert len(filled.client.search_all("Provenance")) == 2


@every_way
@pytest.mark.hazard("H77", "H78")
def test_what_follows_a_dose_leads_to_it(filled: Peer, way: WayOfWriting) -> None:
    dose = record()
    deliver(filled.client, administration_bundle(dose), way)
    (there,) = names(filled, "MedicationAdministration")
    reaction, check = care(str(uuid4()), str(dose.event_id))[2:4]
    for event in (reaction, replace(check, event_id=str(uuid4()))):
        for _ in range(2):
            deliver(filled.client, care_bundle(event), way)
    (effect,) = filled.client.search_all("Observation")
    assert references(effect.resource, "partOf") == {there}
    (adverse,) = filled.client.search_all("AdverseEvent")
    assert adverse.resource["suspectEntity"] == [{"instance": {"reference": there}}]


def test_the_way_that_a_server_takes_is_found_by_itself(filled: Peer) -> None:
    writer = Writer(filled.client, filled.client.capabilities())
    dose = record()
    writer.write(administration_bundle(dose))
    assert already_there(filled.client, str(dose.event_id))
