"""Scans of wristbands as AuditEvents, there and back; other accesses are none."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bcma.emr.fhir_map import Dialect, band_scan_resource, read_band_scan
from bcma.model.people import BandScan

Value = Any
SCAN = BandScan(
    patient_id="p1",
    band="0001.2",
    station="A",
    at=datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC),
    by_id="n1",
)
AUDIT = "urn:bcma:audit"


def written(**changes: Value) -> dict[str, Value]:
    return {**band_scan_resource(SCAN, "a1"), **changes}


def test_a_scan_is_read_as_it_was_written() -> None:
    assert read_band_scan(written()) == SCAN


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
    resource = band_scan_resource(SCAN, "a1", site)
    assert read_band_scan(resource, site) == SCAN
    assert read_band_scan(resource) is None


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
    assert read_band_scan(written(**changes)) is None


def test_nobody_need_be_named() -> None:
    found = read_band_scan(written(agent=[]))
    assert found is not None
    assert found.by_id == ""
