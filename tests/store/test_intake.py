"""One odd resource keeps no other one out, on either database."""

import pytest

from bcma.store import Store, keys, mirror
from tests.store import ward


@pytest.mark.parametrize(
    "odd",
    [
        {"system": "urn:" + "x" * 300, "value": "1"},
        {"system": "urn:site", "value": "x" * 300},
        {"system": "urn:site", "value": "a\0b"},
        {"system": "urn:\0", "value": "1"},
    ],
    ids=["long system", "long value", "null in the value", "null in the system"],
)
def test_an_identifier_that_no_database_takes_keeps_no_patient_out(
    store: Store, odd: ward.Json
) -> None:
    known = ward.patient("p2", band="B2.01")
    ward.take(store, known | {"identifier": [*known["identifier"], odd]})
    with store.reading() as reader:
        assert mirror.find(reader.connection, "Patient", keys.BAND, ["B2"])
