"""No slot lost or doubled, walked day by day in any year, zone and rule (H56, H57, H103)."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bcma.model.order import MedicationRequest, Timing
from bcma.model.record import MedicationAdministration
from bcma.model.slot import ClaimKind
from bcma.schedule import Schedule, chains, claim, plan, standings
from bcma.schedule.patterns import wall_instant
from tests.rules.builders import DAY, HOUR, policy, record
from tests.schedule.frames import ZONES, frame, timed
from tests.schedule.test_properties import timings

pytestmark = pytest.mark.hazard("H56", "H57")

_WALK_DAYS = 20
_STEP = timedelta(hours=12)
_SITE = policy()


def walk(
    chain: tuple[MedicationRequest, ...], zone: ZoneInfo, begin: datetime, days: int
) -> dict[datetime, set[tuple[str, int]]]:
    """Look at a chain twice a day and gather every slot of the span that was ever seen."""
    schedule, end = Schedule(_SITE, zone), begin + days * DAY
    seen: dict[datetime, set[tuple[str, int]]] = {}
    now = begin
    while now <= end:
        for slot in schedule.slots(chain, now).slots:
            if begin <= slot.planned < end:
                seen.setdefault(slot.planned, set()).add((slot.id, slot.dosage))
        now += _STEP
    return seen


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), timings(zone))))
def test_whenever_one_looks_a_slot_is_the_same(drawn: tuple[ZoneInfo, Timing]) -> None:
    zone, timing = drawn
    assert timing.bounds_start is not None
    begin = timing.bounds_start.astimezone(UTC)
    order = timed(timing, authored_on=timing.bounds_start)
    seen = walk((order,), zone, begin, _WALK_DAYS)
    exact = plan(timing, frame(timing.bounds_start, zone=zone))
    end = begin + _WALK_DAYS * DAY
    expected = [at for at in exact.between(begin, end) if at < end]
    # A count begins at the first dose, and that may lie in the early window of the start.
    assert timing.count is not None or set(expected) <= set(seen)
    assert all(len(ids) == 1 for ids in seen.values())
    everything = [slot_id for ids in seen.values() for slot_id, _ in ids]
    assert len(everything) == len(set(everything))


@st.composite
def wall_timings(draw: st.DrawFn) -> Timing:
    if draw(st.booleans()):
        return Timing(code=draw(st.sampled_from(["QD", "BID", "TID", "QID", "QHS"])))
    times = draw(st.sets(st.times().map(_minute), min_size=1, max_size=4))
    return Timing(times_of_day=tuple(sorted(times)))


def _minute(at: time) -> time:
    return at.replace(second=0, microsecond=0)


@pytest.mark.hazard("H103")
@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ZONES),
    wall_timings(),
    st.dates(date(2019, 1, 1), date(2031, 12, 31)),
    st.integers(2, 9),
)
def test_an_order_written_anew_every_day_plans_what_one_order_plans(
    zone: ZoneInfo, timing: Timing, first: date, days: int
) -> None:
    """Instants, ids and number are those of the one order, clock changes included."""
    midnights = [wall_instant(first + n * DAY, time(0), zone) for n in range(days + 1)]
    copies = [
        timed(_within(timing, start, end - timedelta(microseconds=1)), f"mr{n}", authored_on=start)
        for n, (start, end) in enumerate(pairwise(midnights))
    ]
    whole = timed(
        _within(timing, midnights[0], midnights[-1] - timedelta(microseconds=1)),
        "mr0",
        authored_on=midnights[0],
    )
    (chain,) = chains(copies)
    assert [copy.id for copy in chain] == [copy.id for copy in copies]
    by_copies = walk(chain, zone, midnights[0], days)
    assert by_copies == walk((whole,), zone, midnights[0], days)


def _within(timing: Timing, start: datetime, end: datetime) -> Timing:
    return Timing(
        code=timing.code, times_of_day=timing.times_of_day, bounds_start=start, bounds_end=end
    )


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), timings(zone))),
    st.integers(0, 60 * 24),
)
def test_a_dose_given_is_never_claimed_again(
    drawn: tuple[ZoneInfo, Timing], hours_later: int
) -> None:
    """What the same scan claims next is another slot in its window, or nothing (H46)."""
    zone, timing = drawn
    assert timing.bounds_start is not None
    now = timing.bounds_start.astimezone(UTC) + hours_later * HOUR
    found = Schedule(_SITE, zone).slots((timed(timing, authored_on=now),), now).slots
    records: list[MedicationAdministration] = []
    claimed: set[str] = set()
    for _ in range(4):
        claim_now = claim(standings(found, records), now)
        standing = claim_now.standing
        if claim_now.kind is not ClaimKind.SLOT or standing is None:
            break
        assert standing.slot.id not in claimed
        assert not claimed or standing.slot.window_contains(now)
        claimed.add(standing.slot.id)
        records.append(record(given_at=now, slot=standing.slot.planned, slot_id=standing.slot.id))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(ZONES).flatmap(lambda zone: st.tuples(st.just(zone), timings(zone))),
    st.randoms(use_true_random=False),
)
def test_a_punctual_nurse_gives_every_slot_once(
    drawn: tuple[ZoneInfo, Timing], random: Random
) -> None:
    """Always nearest to its own slot, she is never asked, stopped, or led to another (H57)."""
    zone, timing = drawn
    assert timing.bounds_start is not None
    order, schedule = timed(timing, authored_on=timing.bounds_start), Schedule(_SITE, zone)
    begin = timing.bounds_start.astimezone(UTC)
    planned = [s.planned for s in schedule.slots((order,), begin).slots]
    records: list[MedicationAdministration] = []
    for before, at, after in zip(planned, planned[1:], planned[2:], strict=False):
        near = min(at - before, after - at) / 5
        now = at + near * random.uniform(-1, 1)
        done = claim(standings(schedule.slots((order,), now).slots, records), now)
        if not records and done.kind is ClaimKind.MISSED_CHOICE:
            done = claim(standings(schedule.slots((order,), now).slots, records), now, "next")
        assert done.kind is ClaimKind.SLOT
        assert done.standing is not None
        assert done.standing.slot.planned == at
        records.append(record(given_at=now, slot=at, slot_id=done.standing.slot.id))
