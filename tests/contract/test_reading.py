"""What every server must let us read: itself, resources, searches, pages, changes."""

from datetime import UTC, datetime, timedelta

import pytest

from bcma.emr.capabilities import WayOfWriting, choose_writer
from bcma.emr.errors import Missing, Refused
from bcma.emr.fhir_client import Found
from tests.contract.peer import Peer, meta
from tests.store import ward


def ids(found: tuple[Found, ...]) -> list[object]:
    return [one.resource["id"] for one in found]


def test_it_says_of_itself_how_it_is_written_to_and_asked_for_changes(peer: Peer) -> None:
    able = peer.client.capabilities()
    assert able.fhir_version == "4.0.1"
    assert choose_writer(able) is WayOfWriting.TRANSACTION
    assert choose_writer(able, "AuditEvent") is WayOfWriting.TRANSACTION
    assert able.has_last_updated
    assert able.has_batch


def test_its_clock_is_known_from_any_answer(peer: Peer) -> None:
    peer.client.capabilities()
    assert peer.client.clock_offset is not None


def test_a_resource_comes_back_as_it_was_written(filled: Peer) -> None:
    found, reply = filled.client.read("MedicationRequest", "mr1")
    written = ward.order()
    assert {name: found.resource[name] for name in written} == written
    assert reply.etag == meta(found)["versionId"]


def test_a_decimal_keeps_its_digits(filled: Peer) -> None:
    """1.50 mg is not 1.5 mg: how exactly it was ordered must not get lost."""
    order = ward.order("mr2")
    quantity = {"value": 1.5, "system": "http://unitsofmeasure.org", "code": "mg", "unit": "mg"}
    order["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"] = quantity
    filled.load(order)
    found, _ = filled.client.read("MedicationRequest", "mr2")
    assert b'"value":1.5' in found.raw.replace(b" ", b"")


def test_what_is_not_there_is_told_apart_from_what_is_refused(peer: Peer) -> None:
    with pytest.raises(Missing):
        peer.client.read("Patient", "nobody")


def test_a_search_that_nobody_understands_is_refused(peer: Peer) -> None:
    with pytest.raises(Refused):
        peer.client.search_all("Patient", {"no-such-parameter": "x"})


def test_a_patient_is_found_by_the_band(filled: Peer) -> None:
    by_band = {"identifier": "urn:bcma:wristband|B1.01"}
    assert ids(filled.client.search_all("Patient", by_band)) == ["p1"]
    either = {"identifier": "urn:bcma:wristband|B1.01,urn:bcma:wristband|0.0"}
    assert ids(filled.client.search_all("Patient", either)) == ["p1"]
    assert filled.client.search_all("Patient", {"identifier": "urn:other|B1.01"}) == ()


@pytest.mark.parametrize(
    "kind,parameter",
    [
        ("Encounter", "patient"),
        ("MedicationRequest", "patient"),
        ("MedicationAdministration", "patient"),
        ("MedicationDispense", "patient"),
        ("AllergyIntolerance", "patient"),
        ("Flag", "patient"),
        ("NutritionOrder", "patient"),
        ("Observation", "patient"),
        ("Condition", "patient"),
        ("Task", "patient"),
        ("DetectedIssue", "patient"),
        ("AdverseEvent", "subject"),
    ],
)
def test_everything_about_one_patient_can_be_asked_for(
    filled: Peer, kind: str, parameter: str
) -> None:
    found = filled.client.search_all(kind, {parameter: "Patient/p1", "_count": "500"})
    assert ids(found) == {"Encounter": ["e-p1"], "MedicationRequest": ["mr1"]}.get(kind, [])


def test_pages_follow_one_another_without_loss_or_double(peer: Peer) -> None:
    everybody = [ward.patient(f"p{n:02}", band=f"B{n}.1") for n in range(25)]
    peer.load(*everybody)
    params = {"_count": "7", "_sort": "_lastUpdated"}
    pages = list(peer.client.search("Patient", params))
    assert [len(page.found) for page in pages] == [7, 7, 7, 4]
    found = [one.resource["id"] for page in pages for one in page.found]
    assert sorted(map(str, found)) == [p["id"] for p in everybody]


def test_what_changed_since_an_instant_is_found_and_nothing_older(filled: Peer) -> None:
    (old,) = filled.client.search_all("Patient", {"_id": "p1"})
    since = datetime.fromisoformat(meta(old)["lastUpdated"]).astimezone(UTC)
    changed = {"_lastUpdated": f"gt{since.isoformat()}"}
    assert filled.client.search_all("Patient", changed) == ()
    filled.load(ward.patient("p2", band="B2.01"))
    assert ids(filled.client.search_all("Patient", changed)) == ["p2"]
    later = {"_lastUpdated": f"ge{(since + timedelta(days=1)).isoformat()}"}
    assert filled.client.search_all("Patient", later) == ()


def test_several_searches_are_answered_in_one_exchange_and_in_order(filled: Peer) -> None:
    asked = [("Patient", {"_id": "p1"}), ("Flag", {}), ("Medication", {"_count": "5"})]
    pages = list(filled.client.search_each(asked))
    assert [ids(page.found) for page in pages] == [["p1"], [], ["m1"]]
