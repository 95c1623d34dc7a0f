"""What timings are read against in these tests."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bcma.model.order import Dosage, MedicationRequest, PeriodUnit, Priority, Timing
from bcma.model.slot import DoseSlot
from bcma.policy import Policy
from bcma.schedule import Frame, Schedule, plan
from tests.rules.builders import HANOI, Value, at, dosage, order, policy

ZONES = tuple(
    map(
        ZoneInfo,
        (
            "Asia/Ho_Chi_Minh",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "UTC",
        ),
    )
)
#: When orders are written unless a test says otherwise.
WRITTEN = at(7)
H, D, WK, MO, Y = (
    PeriodUnit.HOUR,
    PeriodUnit.DAY,
    PeriodUnit.WEEK,
    PeriodUnit.MONTH,
    PeriodUnit.YEAR,
)


def frame(
    authored_on: datetime | None = WRITTEN,
    priority: Priority = Priority.ROUTINE,
    zone: ZoneInfo = HANOI,
    site: Policy | None = None,
) -> Frame:
    return Frame(zone=zone, policy=site or policy(), authored_on=authored_on, priority=priority)


def planned(
    timing: Timing | None, low: datetime, high: datetime, read_in: Frame | None = None
) -> list[str]:
    """Plan a timing and write the instants as day and ward time."""
    read_in = read_in or frame()
    found = plan(timing, read_in).between(low, high)
    return [f"{i.astimezone(read_in.zone):%d %H:%M}" for i in found]


def slots(
    chain: Sequence[MedicationRequest], now: datetime, site: Policy | None = None
) -> tuple[DoseSlot, ...]:
    return Schedule(site or policy(), HANOI).slots(chain, now).slots


def wall(found: Sequence[DoseSlot]) -> list[str]:
    """Write the planned instants as day and ward time."""
    return [f"{s.planned.astimezone(HANOI):%d %H:%M}" for s in found]


def timed(timing: Timing | None, identity: str = "mr1", **changes: Value) -> MedicationRequest:
    """Give an order with this timing."""
    return order(identity, dosage(timing=timing), **changes)


def with_dosages(*dosages: Dosage, **changes: Value) -> MedicationRequest:
    return order("mr1", *dosages, **changes)
