"""Every MedicationRequest of the specification's examples: read, or refused with its reason.

What is expected stands in docs/r4-examples.md, one row an order, and was looked at by hand.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from bcma.emr.fhir_map import Dialect, Raw, ResourceUnreadable, read_medication, read_order
from bcma.model.drug import Medication
from bcma.model.order import Dosage, DoseRange, MedicationRequest, Problem, Timing
from bcma.model.quantity import Quantity, Ratio
from bcma.policy import shipped_policy
from bcma.schedule import Schedule
from tests.examples.package import Json, examples, needed, nested

pytestmark = needed

PAGE: Final = Path(__file__).parents[2] / "docs" / "r4-examples.md"
ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
WARD: Final = Dialect(zone=ZONE)
ROW: Final = re.compile(r"\| `([\w#.-]+)` \| (.+) \| (.+) \| (.+) \|")
NOTHING: Final = "–"
_SHORT: Final = 20


def table() -> dict[str, tuple[str, ...]]:
    """Give the rows of the page: status, what is read, why it is not given from."""
    rows = (ROW.fullmatch(line) for line in PAGE.read_text("utf-8").splitlines())
    return {row[1]: (row[2], row[3], row[4]) for row in rows if row is not None}


def requests() -> dict[str, Json]:
    """Give every order: those with a file of their own, and those inside of something else."""
    own = {name: raw for name, raw in examples("MedicationRequest").items() if raw.get("id")}
    inside = {f"{file}#{raw.get('id', 'none')}": raw for file, raw in nested("MedicationRequest")}
    return own | inside


@cache
def drug_file() -> dict[str, Medication]:
    return {
        identity: read_medication(raw, WARD) for identity, raw in examples("Medication").items()
    }


@pytest.mark.hazard("H93")
def test_every_order_is_read_or_refused_with_a_reason() -> None:
    found = {name: outcome(raw) for name, raw in requests().items()}
    assert found == table()


def outcome(raw: Raw) -> tuple[str, ...]:
    try:
        order = ordered(raw)
    except ResourceUnreadable as refused:
        return NOTHING, NOTHING, f"{refused.code}: {refused.facts['path']}"
    status = f"{order.status}, {order.intent}" if order.intent != "order" else order.status
    dosages = "; ".join(f"{told(d)}" for d in order.dosages)
    read = f"**{order.medication.name}** {dosages}".strip()
    reasons = ", ".join(dict.fromkeys(map(reason, problems(order))))
    return status, read.replace("|", "/"), reasons or NOTHING


def ordered(raw: Raw) -> MedicationRequest:
    return read_order(raw, drug_file().get, WARD)


def problems(order: MedicationRequest) -> Iterator[Problem]:
    """Give what could not be read, of the timing too: that is tried on the second day."""
    yield from order.problems
    if not order.problems:
        begin = order.authored_on or datetime(2015, 1, 15, tzinfo=ZONE)
        schedule = Schedule(shipped_policy(), ZONE)
        yield from schedule.slots((order,), begin + timedelta(days=1)).problems


def reason(problem: Problem) -> str:
    """Write a problem the short way; the words of a whole element would fill the table."""
    path = problem.path.replace("[0]", "").replace("dosageInstruction.", "")
    path = path.replace("dosageInstruction[", "[").replace("doseAndRate.", "")
    short = len(problem.written) < _SHORT and "{" not in problem.written
    return f"`{path}`" + (f" {problem.written}" if problem.written and short else "")


def told(dosage: Dosage) -> str:
    parts = (
        amount(dosage.dose),
        f"at {amount(dosage.rate)}" if dosage.rate else "",
        "/".join(dosage.routes) or "no route",
        "" if dosage.timing is None else rhythm(dosage.timing),
        "as needed" if dosage.as_needed else "",
        f"most {amount(dosage.max_per_period)}" if dosage.max_per_period else "",
    )
    return " ".join(part for part in parts if part)


def amount(value: Quantity | DoseRange | Ratio | None) -> str:
    match value:
        case DoseRange(low, high):
            return f"{low.value}-{high}"
        case Ratio(numerator, denominator):
            return f"{numerator} per {denominator}"
        case _:
            return "" if value is None else str(value)


def rhythm(timing: Timing) -> str:
    """Write a timing the short way: how often, when, from when to when."""
    span = f"-{timing.period_max}" if timing.period_max else ""
    bounds = [f"{at:%d.%m.%Y}" if at else "" for at in (timing.bounds_start, timing.bounds_end)]
    parts = (
        *(f"{at:%d.%m.%Y %H:%M%z}" for at in timing.events),
        f"{timing.frequency}x{timing.period}{span}{timing.period_unit}" if timing.period else "",
        f"count {timing.count}" if timing.count else "",
        *timing.when,
        f"{timing.offset} min before" if timing.offset else "",
        *(f"{at:%H:%M}" for at in timing.times_of_day),
        *(("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day] for day in timing.days_of_week),
        f"for {timing.duration.value}{timing.duration.unit}" if timing.duration else "",
        timing.code or "",
        " to ".join(bounds) if any(bounds) else "",
    )
    return " ".join(part for part in parts if part)
