"""Whether the clock can be trusted that says when a dose is given."""

from datetime import timedelta

import pytest

from bcma.model.verdict import Severity
from bcma.rules import Attempt, judge
from tests.rules.builders import (
    MINUTE,
    NOW,
    SECOND,
    Value,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    policy,
    unit,
)

LIMIT = 120 * SECOND


def band_only(**changes: Value) -> Attempt:
    return attempt(order=None, claim=None, dosage=None, chain=(), **changes)


def test_a_scan_after_now_tells_of_a_wrong_clock() -> None:
    found = found_in(attempt(unit(at=NOW + SECOND)), "time.in-future")
    assert (found.severity, found.release) == (Severity.STOP, ())
    assert found.facts["given_at"] == NOW + SECOND
    later = attempt(unit(), unit(at=NOW + MINUTE))
    assert found_in(later, "time.in-future").facts["given_at"] == NOW + MINUTE
    assert codes(attempt(unit(at=NOW))) == set()


@pytest.mark.hazard("H56")
@pytest.mark.parametrize(
    "offset,minutes",
    [
        (LIMIT, None),
        (-LIMIT, None),
        (LIMIT + SECOND, 2),
        (-LIMIT - SECOND, 2),
        (60 * MINUTE, 60),
        (3 * MINUTE - SECOND, 2),
        (timedelta(0), None),
    ],
)
def test_a_clock_that_is_off_is_told_and_costs_no_click(
    offset: timedelta, minutes: int | None
) -> None:
    tried = attempt(clock_offset=offset)
    told = [(f.severity, f.facts["minutes"]) for f in findings_of(tried, "time.clock-off")]
    assert told == ([] if minutes is None else [(Severity.INFO, minutes)])
    assert judge(tried).may_give


@pytest.mark.hazard("H56")
@pytest.mark.parametrize("ahead", [LIMIT, LIMIT + SECOND, LIMIT + 59 * SECOND])
def test_without_any_trustworthy_time_nothing_is_given(ahead: timedelta) -> None:
    tried = attempt(chart=chart(orders_as_of=NOW + ahead))
    found = findings_of(tried, "time.clock-off")
    stops = [(f.severity, f.release, f.facts["minutes"]) for f in found]
    assert stops == ([] if ahead == LIMIT else [(Severity.STOP, (), 2)])


def test_a_clock_that_was_never_measured_is_trusted_until_it_contradicts_the_server() -> None:
    for as_of in (None, NOW, NOW - 60 * MINUTE):
        assert findings_of(attempt(chart=chart(orders_as_of=as_of)), "time.clock-off") == []
    assert findings_of(attempt(chart=None), "time.clock-off") == []


def test_a_measured_clock_is_not_held_against_the_server_s_old_time() -> None:
    ahead = chart(orders_as_of=NOW + 60 * MINUTE)
    assert findings_of(attempt(chart=ahead, clock_offset=SECOND), "time.clock-off") == []


def test_the_clock_is_told_with_the_band_already() -> None:
    assert findings_of(band_only(clock_offset=LIMIT + SECOND), "time.clock-off")
    assert not findings_of(band_only(clock_offset=LIMIT), "time.clock-off")


def test_the_limit_is_the_site_s() -> None:
    site = policy(clock_off_seconds=300)
    assert not findings_of(attempt(policy=site, clock_offset=300 * SECOND), "time.clock-off")
    assert findings_of(attempt(policy=site, clock_offset=301 * SECOND), "time.clock-off")
