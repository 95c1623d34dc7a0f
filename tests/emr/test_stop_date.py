"""When an order should have been stopped or reviewed."""

from datetime import UTC, datetime

import pytest

from bcma.emr.fhir_map import Dialect, read_order
from tests.emr.resources import changed, drug_file, load

REVIEW = "urn:bcma:ext:review"
NOON, DAY_S_END = (
    datetime(2026, 3, 5, 12, tzinfo=UTC),
    datetime(2026, 3, 5, 23, 59, 59, 999999, tzinfo=UTC),
)


def valid_to(end: object) -> dict[str, object]:
    return {"validityPeriod": {"start": "2026-03-01T08:00:00Z", "end": end}}


@pytest.mark.hazard("H66")
@pytest.mark.parametrize(
    "elements,stops",
    [
        ({}, None),
        ({"dispenseRequest": {"quantity": {"value": 3}}}, None),
        ({"dispenseRequest": {"validityPeriod": {"start": "2026-03-01"}}}, None),
        ({"dispenseRequest": valid_to("2026-03-05T12:00:00Z")}, NOON),
        ({"dispenseRequest": valid_to("2026-03-05")}, DAY_S_END),
        ({"extension": [{"url": REVIEW, "valueDate": "2026-03-05"}]}, DAY_S_END),
        ({"extension": [{"url": REVIEW, "valueDateTime": "2026-03-05T12:00:00Z"}]}, NOON),
        (
            {
                "dispenseRequest": valid_to("2026-03-05"),
                "extension": [{"url": REVIEW, "valueDateTime": "2026-03-05T12:00:00Z"}],
            },
            NOON,
        ),
    ],
)
def test_the_stop_date_is_the_end_of_validity_or_the_review_whichever_comes_first(
    elements: dict[str, object], stops: datetime | None
) -> None:
    raw = changed(load("order"), {"dispenseRequest": None, "extension": None} | elements)
    order = read_order(raw, drug_file, Dialect(zone=UTC))
    assert (order.stop_date, order.problems) == (stops, ())


@pytest.mark.hazard("H66", "H93")
@pytest.mark.parametrize(
    "elements,path",
    [
        ({"dispenseRequest": valid_to("5/3/2026")}, "dispenseRequest.validityPeriod.end"),
        ({"extension": [{"url": REVIEW, "valueDate": "mai"}]}, "extension[0].valueDate"),
    ],
)
def test_a_stop_date_that_cannot_be_read_is_a_problem(
    elements: dict[str, object], path: str
) -> None:
    raw = changed(load("order"), {"dispenseRequest": None, "extension": None} | elements)
    order = read_order(raw, drug_file, Dialect(zone=UTC))
    assert (order.stop_date, [p.path for p in order.problems]) == (None, [path])


def test_a_new_stop_date_is_no_new_version() -> None:
    one, other = (
        read_order(changed(load("order"), {"dispenseRequest": valid_to(end)}), drug_file)
        for end in ("2026-03-05T12:00:00Z", "2026-03-09T12:00:00Z")
    )
    assert one.version == other.version
