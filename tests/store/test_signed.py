"""What is kept of the signature of who charted a record."""

from pathlib import Path
from typing import Final

import pytest

from bcma.access import StationSigner
from bcma.model.ports import SaveOutcome
from bcma.store import Origin, Store
from tests.store import ward

EVENT: Final = "6f0a1c1e-0000-4000-8000-000000000001"


def signatures(folder: Path, **changes: object) -> list[bytes | None]:
    """Record a dose at a station that signs, and give what is kept of the signatures."""
    signer = StationSigner(folder)
    origin = Origin(machine="m1", journal=folder / "journal", now=ward.NOW, signer=signer)
    with Store.open(folder / "station.db", ward=ward.WARD, origin=origin) as store:
        ward.fill(store)
        given = ward.given(store, EVENT, **changes)
        assert store.recorder.record(given).outcome is SaveOutcome.SAVED
        return [event.signature for event in store.signed_events()]


def test_it_is_kept_with_the_record(tmp_path: Path) -> None:
    (signature,) = signatures(tmp_path)
    assert signature is not None
    assert len(signature.split(b".")) == 3, "a compact JWS"


def test_it_is_made_also_for_a_drug_that_nobody_could_name(tmp_path: Path) -> None:
    assert signatures(tmp_path, medication_id=None, units=()) != [None]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"giver_id": None}, id="charted-by-nobody"),
        pytest.param({"given_at": None}, id="cannot-be-sent"),
    ],
)
def test_without_it_the_record_is_kept_all_the_same(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    assert signatures(tmp_path, **changes) == [None]


def test_a_station_without_a_key_records_unsigned(tmp_path: Path) -> None:
    (tmp_path / "signing-key.json").write_text("no key", "utf-8")
    assert signatures(tmp_path) == [None]
