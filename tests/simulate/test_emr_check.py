"""What the EMR must hold at the end."""

from decimal import Decimal

import pytest

from bcma.simulate.emr_check import emr_differences
from bcma.simulate.expect import EmrExpect

GIVEN = {
    "resourceType": "MedicationAdministration",
    "status": "completed",
    "effectiveDateTime": "2026-03-02T01:00:00Z",
    "dosage": {"dose": {"value": Decimal("5.0"), "unit": "mg"}},
    "performer": [{"function": "witness"}, {"function": "performer"}],
    "a/b": {"~": True},
}
SEARCH = "MedicationAdministration?status=completed"


def expect(count: int | None = None, **has: object) -> EmrExpect:
    return EmrExpect(search=SEARCH, count=count, has=tuple(has.items()))


@pytest.mark.parametrize(
    "path,value",
    [
        ("status", "completed"),
        ("/status", "completed"),
        ("dosage.dose.value", 5),
        ("/dosage/dose/value", Decimal("5.00")),
        ("dosage.dose", {"unit": "mg", "value": 5}),
        ("performer.1.function", "performer"),
        ("performer[1].function", "performer"),
        ("/performer/0/function", "witness"),
        ("performer.function", "performer"),
        ("performer", [{"function": "witness"}, {"function": "performer"}]),
        ("/a~1b/~0", True),
        ("effectiveDateTime", "2026-03-02T08:00:00+07:00"),
        ("statusReason.coding.code", None),
    ],
)
def test_paths_that_hold(path: str, value: object) -> None:
    assert list(emr_differences(EmrExpect(search=SEARCH, has=((path, value),)), [GIVEN])) == []


@pytest.mark.parametrize(
    "path,value",
    [
        ("status", "not-done"),
        ("dosage.dose.value", 50),
        ("dosage.dose.value", "5"),
        ("dosage.dose", {"value": 5}),
        ("/performer/function", "performer"),
        ("performer.2.function", "performer"),
        ("/a~1b/~0", 1),
        ("effectiveDateTime", "2026-03-02T08:00:00Z"),
        ("effectiveDateTime", "2026-03-02Tx+07:00"),
        ("nothing.here", "x"),
    ],
)
def test_paths_that_do_not_hold(path: str, value: object) -> None:
    differences = list(emr_differences(EmrExpect(search=SEARCH, has=((path, value),)), [GIVEN]))

    assert [d.what for d in differences] == [path]


def test_a_path_must_hold_for_every_match() -> None:
    matches = [GIVEN, {**GIVEN, "status": "not-done"}]

    (difference,) = emr_differences(expect(2, status="completed"), matches)

    assert (difference.expected, difference.got) == ("completed", "not-done")


def test_a_path_without_any_match_does_not_hold() -> None:
    assert [d.what for d in emr_differences(expect(status="completed"), [])] == ["count"]


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_is_a_difference(count: int) -> None:
    (difference,) = emr_differences(expect(count), [GIVEN])

    assert (difference.expected, difference.got) == (count, 1)
