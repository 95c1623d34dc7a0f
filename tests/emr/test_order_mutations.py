"""Whatever is done to a good order: no exception but ours, and no change goes unseen."""

from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.emr.fhir_map import encode, parse, read_order
from bcma.errors import DataError
from bcma.model.order import MedicationRequest
from tests.emr.resources import drug_file, load

Path = tuple[str | int, ...]
GOOD = load("order")
#: Unit and code say the same; only one of them is left, so that a change of it must be seen.
del GOOD["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["unit"]
GONE = object()
#: Words and names of code systems beside a code: what they say is said by the code as well.
_BESIDE = frozenset({"text", "display", "system", "unit"})
_GUARDED = ("status", "intent", "doNotPerform", "dosageInstruction", "medicationReference")


def _paths(value: Any, here: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any JSON
    if here:
        yield here
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _paths(child, (*here, key))
    if isinstance(value, list):
        for index, child in enumerate(value):
            yield from _paths(child, (*here, index))


ALL = list(_paths(GOOD))
THAT_MATTER = [p for p in ALL if p[0] in _GUARDED and p[-1] not in _BESIDE]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10_000)
    | st.decimals(-10, 10_000, places=2)
    | st.sampled_from(["", " ", "500", "g", "ug", "mL", "IV", "TID", "active", "2026-03-02"])
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=4,
)


def _with(path: Path, value: object) -> dict[str, Any]:
    raw: Any = deepcopy(GOOD)
    place = raw
    for step in path[:-1]:
        place = place[step]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    found: dict[str, Any] = raw
    return found


def _meaning(order: MedicationRequest) -> tuple[object, ...]:
    return (order.status, order.intent, order.prohibits, order.medication, order.dosages)


def _read(raw: dict[str, Any]) -> MedicationRequest | None:
    try:
        return read_order(parse(encode(raw)), drug_file)
    except DataError:
        return None


@pytest.mark.hazard("H93")
@given(path=st.sampled_from(ALL), value=st.just(GONE) | JSON)
def test_no_content_raises_anything_but_a_data_error(path: Path, value: object) -> None:
    _read(_with(path, value))


@pytest.mark.hazard("H93")
@given(path=st.sampled_from(THAT_MATTER), value=st.just(GONE) | JSON)
def test_no_change_of_what_matters_goes_unseen(path: Path, value: object) -> None:
    raw = _with(path, value)
    if encode(raw) == encode(GOOD):
        return
    order = _read(raw)
    good = read_order(GOOD, drug_file)
    assert order is None or order.problems or _meaning(order) != _meaning(good)


@given(path=st.sampled_from(THAT_MATTER), name=st.sampled_from(["modifierExtension", "dose", "x"]))
def test_no_unknown_element_goes_unseen(path: Path, name: str) -> None:
    raw = deepcopy(GOOD)
    place: Any = raw
    for step in path:
        place = place[step]
    if not isinstance(place, dict):
        return
    place[name] = [{"url": "urn:x"}]
    order = _read(raw)
    assert order is None or order.problems


@given(digits=st.decimals("0.001", "99999", places=3))
def test_a_dose_keeps_its_digits(digits: Decimal) -> None:
    path: Path = ("dosageInstruction", 0, "doseAndRate", 0, "doseQuantity", "value")
    order = _read(_with(path, digits))
    assert order is not None
    assert str(order.dosages[0].dose) == f"{digits:f} mg"
