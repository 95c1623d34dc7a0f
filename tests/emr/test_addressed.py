"""Every entry of a Bundle that is sent has an address."""

from typing import Any
from uuid import UUID

import pytest

from bcma.emr.bundles import addressed

BASE = "http://emr/fhir"


def entry(method: str, url: str) -> dict[str, Any]:
    return {"request": {"method": method, "url": url}}


def address(of: dict[str, Any]) -> object:
    sent: dict[str, Any] = dict(addressed({"type": "transaction", "entry": [of]}, BASE))
    assert sent["type"] == "transaction"
    (one,) = sent["entry"]
    assert one.items() >= of.items()
    return one.get("fullUrl")


def test_what_is_put_has_the_address_that_it_will_have() -> None:
    assert address(entry("PUT", "Patient/p1")) == f"{BASE}/Patient/p1"
    named = entry("PUT", "Patient/p1") | {"fullUrl": "urn:x"}
    assert address(named) == "urn:x"


@pytest.mark.parametrize(
    "written", [entry("POST", "Patient"), entry("PUT", "Patient?identifier=a|1")]
)
def test_what_gets_its_id_there_is_named_for_this_bundle_only(written: dict[str, Any]) -> None:
    given = str(address(written))
    assert UUID(given.removeprefix("urn:uuid:")).version == 4
    assert address(written) != given


@pytest.mark.parametrize("odd", [entry("DELETE", "Patient/p1"), entry("GET", "Patient"), {}])
def test_what_writes_nothing_needs_none(odd: dict[str, Any]) -> None:
    assert address(odd) is None


def test_a_bundle_without_entries_stays_as_it_is() -> None:
    assert addressed({"type": "transaction"}, BASE) == {"type": "transaction"}
    assert addressed({"entry": ["x"]}, BASE) == {"entry": ["x"]}
