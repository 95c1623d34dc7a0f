"""A dose that was vomited or lost: its repeat is the prescriber's to allow."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bcma.model.record import RecordStatus
from bcma.model.slot import SlotState
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Attempt, judge
from tests.rules.builders import (
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    Value,
    attempt,
    chart,
    claim_of,
    findings_of,
    found_in,
    record,
    slot,
)


def held(tried: Attempt) -> dict[str, Severity]:
    """Give what holds the dose back, and how strongly."""
    return {f.code: f.severity for f in judge(tried).findings if f.holds_back}


def lost(given_at: datetime, **changes: Value) -> Attempt:
    """Try to repeat the dose of eight o'clock, which was lost after giving."""
    kept = record(RecordStatus.LOST, given_at, slot=NOW, reason="vomited")
    of_slot = claim_of(state=SlotState.LOST, record=kept)
    claim = replace(of_slot, shortest_interval=changes.pop("shortest", 12 * HOUR))
    return attempt(claim=claim, chart=chart(administrations=(kept,)), **changes)


@pytest.mark.hazard("H113")
@pytest.mark.parametrize(
    "given_at,shortest,expected",
    [
        (NOW - 10 * MINUTE, 12 * HOUR, "time.too-soon"),
        (NOW - 6 * HOUR + SECOND, 12 * HOUR, "time.too-soon"),
        (NOW - 6 * HOUR, 12 * HOUR, "time.not-due"),
        (NOW - 10 * MINUTE, None, "time.not-due"),
    ],
)
def test_the_repeat_of_a_lost_dose_is_the_prescribers(
    given_at: datetime, shortest: timedelta | None, expected: str
) -> None:
    tried = lost(given_at, shortest=shortest)
    assert held(tried) == {expected: Severity.STOP}
    (found,) = findings_of(tried, expected)
    assert found.release == (ReleaseBy.PRESCRIBER,)
    assert found.facts["given_at"] == given_at


def test_the_release_of_a_repeat_is_for_this_slot_and_this_lost_dose() -> None:
    found = found_in(lost(NOW - 10 * MINUTE, shortest=None), "time.not-due")
    assert found.subject == f"{slot().id}/ev1"
    assert found.facts["next"] is None


def test_a_single_lost_dose_is_besides_warned_about_within_minutes() -> None:
    tried = lost(NOW - 4 * MINUTE, shortest=None)
    assert held(tried) == {"time.not-due": Severity.STOP, "time.too-soon": Severity.WARN}


def test_the_repeat_of_a_lost_dose_is_neither_early_nor_late() -> None:
    for now in (NOW - 5 * HOUR, NOW + 5 * HOUR):
        assert not {"time.early", "time.late"} & set(held(lost(NOW - 20 * HOUR, now=now)))


@pytest.mark.parametrize(
    "names,of",
    [
        ({"event_id": "ev9", "resource_id": "ma9"}, "ev9"),
        ({"event_id": None, "resource_id": "ma9"}, "ma9"),
        ({"event_id": None, "resource_id": None}, ""),
    ],
)
def test_the_repeat_is_of_the_lost_dose_by_whatever_it_is_called(
    names: dict[str, Value], of: str
) -> None:
    kept = record(RecordStatus.LOST, NOW - 10 * MINUTE, slot=NOW, reason="vomited", **names)
    claim = replace(claim_of(state=SlotState.LOST, record=kept), shortest_interval=None)
    tried = attempt(claim=claim, chart=chart(administrations=(kept,)))
    assert found_in(tried, "time.not-due").subject == f"{slot().id}/{of}"
