"""Bands scanned and orders read as AuditEvents, there and back; other accesses are none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bcma.emr.fhir_map import Dialect, access_resource, read_access
from bcma.model.order import OrdersRead
from bcma.model.people import BandScan

Value = Any
SCAN = BandScan(
    patient_id="p1",
    band="0001.2",
    station="A",
    at=datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC),
    by_id="n1",
)
READ = OrdersRead(
    patient_id="p1",
    versions=("0f", "1a"),
    ward="NOI",
    station="A",
    at=datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC),
    by_id="n1",
)
AUDIT = "urn:bcma:audit"


def written(**changes: Value) -> dict[str, Value]:
    return {**access_resource(SCAN, "a1"), **changes}


def test_a_scan_is_read_as_it_was_written() -> None:
    assert read_access(written()) == SCAN


def test_it_says_who_looked_at_whose_record_where_and_when() -> None:
    resource = written()
    assert (resource["resourceType"], resource["id"], resource["action"]) == (
        "AuditEvent",
        "a1",
        "R",
    )
    assert resource["recorded"] == "2026-03-02T01:00:05.000+00:00"
    assert resource["agent"][0]["who"]["reference"] == "Practitioner/n1"
    assert resource["entity"][0]["what"]["reference"] == "Patient/p1"
    assert resource["meta"]["tag"] == [{"system": "urn:bcma:event", "code": "a1"}]


def test_a_site_names_its_bands_as_it_likes() -> None:
    site = Dialect(wristband="urn:site:band")
    resource = access_resource(SCAN, "a1", site)
    assert read_access(resource, site) == SCAN
    assert read_access(resource) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": []},
        {"subtype": [{"system": AUDIT, "code": "opened"}]},
        {"subtype": [{"system": "urn:other", "code": "band-scan"}]},
        {"entity": []},
        {"entity": [{"type": {"code": "1"}}]},
        {"entity": written()["entity"][:1]},
        {"entity": written()["entity"][1:]},
        {"entity": [{"what": {"reference": "Group/g1"}}, written()["entity"][1]]},
        {"entity": [written()["entity"][0], {"what": {"identifier": "0001.2"}}]},
        {"source": None},
        {"source": {}},
        {"source": {"observer": {}}},
        {"recorded": "2026-03-02"},
    ],
)
def test_what_lacks_a_half_is_no_scan(changes: dict[str, Value]) -> None:
    assert read_access(written(**changes)) is None


def test_nobody_need_be_named() -> None:
    found = read_access(written(agent=[]))
    assert found is not None
    assert found.by_id == ""


# --- orders read ---


def told(**changes: Value) -> dict[str, Value]:
    return {**access_resource(READ, "a1"), **changes}


def test_what_a_ward_has_read_is_read_as_it_was_written() -> None:
    assert read_access(told()) == READ
    assert read_access(told(agent=[])) == replace(READ, by_id="")


def test_it_names_patient_and_person_by_reference_and_the_orders_by_version() -> None:
    resource = told()
    assert resource["source"] == {"site": "NOI", "observer": {"display": "A"}}
    assert [e["what"] for e in resource["entity"]] == [
        {"reference": "Patient/p1"},
        {"identifier": {"system": "urn:bcma:order-version", "value": "0f"}},
        {"identifier": {"system": "urn:bcma:order-version", "value": "1a"}},
    ]
    assert resource["agent"][0]["who"] == {"reference": "Practitioner/n1"}
    assert resource["subtype"][1] == {"system": AUDIT, "code": "orders-read"}


def test_without_a_ward_nobody_has_read_anything() -> None:
    resource = access_resource(replace(READ, ward=""), "a1")
    assert resource["source"] == {"observer": {"display": "A"}}
    assert read_access(resource) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"subtype": []},
        {"subtype": [{"system": AUDIT, "code": "band-scan"}]},
        {"subtype": [{"system": "urn:other", "code": "orders-read"}]},
        {"entity": told()["entity"][:1]},
        {"entity": told()["entity"][1:]},
        {"entity": written()["entity"]},
        {"entity": [told()["entity"][0], {"what": {"identifier": {"value": "0f"}}}]},
        {"source": {"observer": {"display": "A"}}},
        {"source": {"site": "NOI"}},
        {"source": None},
        {"recorded": "2026-03-02"},
    ],
)
def test_what_lacks_a_half_was_not_read_by_a_ward(changes: dict[str, Value]) -> None:
    assert read_access(told(**changes)) is None


@pytest.mark.parametrize("entity", [{}, {"what": None}, {"what": {"identifier": None}}])
def test_an_entity_that_says_nothing_changes_nothing(entity: dict[str, Value]) -> None:
    assert read_access(told(entity=[*told()["entity"], entity])) == READ
