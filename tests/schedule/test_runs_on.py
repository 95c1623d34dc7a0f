"""Infusions that run on have no slots: bag follows bag for as long as the order stands."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bcma.model.drug import Form
from bcma.model.order import Dosage, MedicationRequest, Priority, Timing
from bcma.model.quantity import Quantity
from bcma.schedule import Schedule, chains
from tests.rules.builders import (
    HANOI,
    NOW,
    TWICE_DAILY,
    Value,
    at,
    dosage,
    mg,
    order,
    policy,
    product,
)

RATE = Quantity(Decimal(100), "mL/h")
BOUNDED = Timing(bounds_start=at(7), bounds_end=at(7, day=9))
SALINE = replace(product("natri clorid", 9), form=Form.INFUSION)


def drip(**changes: Value) -> Dosage:
    return replace(dosage(), rate=RATE, dose=None, timing=BOUNDED, **changes)


def infusion(*dosages: Dosage, identity: str = "mr1", **changes: Value) -> MedicationRequest:
    return order(identity, *dosages, **({"medication": SALINE} | changes))


@pytest.mark.parametrize(
    "changes,priority,runs_on",
    [
        ({}, Priority.ROUTINE, True),
        ({"dose": mg(500)}, Priority.ROUTINE, True),
        ({"dose": mg(500)}, Priority.STAT, False),
        ({"dose": mg(500)}, Priority.URGENT, False),
        ({}, Priority.STAT, True),
        ({"timing": None}, Priority.STAT, True),
        ({"timing": TWICE_DAILY}, Priority.ROUTINE, False),
        ({"timing": Timing(events=(NOW,))}, Priority.ROUTINE, False),
        ({"timing": Timing(count=1)}, Priority.ROUTINE, False),
        ({"as_needed": True}, Priority.ROUTINE, False),
        ({"rate": None}, Priority.ROUTINE, False),
    ],
)
def test_a_rate_without_a_rhythm_runs_on(
    changes: dict[str, Value], priority: Priority, *, runs_on: bool
) -> None:
    ordered = infusion(replace(drip(), **changes), priority=priority)
    assert ordered.runs_on(ordered.dosages[0]) is runs_on


def test_it_has_no_slots_and_nothing_in_it_is_unreadable() -> None:
    plan = Schedule(policy(), HANOI).slots([infusion(drip())], NOW)
    assert (plan.slots, plan.problems) == ((), ())


def test_it_may_be_given_from_its_start_to_its_end_by_the_clock() -> None:
    opening = Schedule(policy(), HANOI).opening(infusion(drip()))
    assert opening.ends == at(7, day=9)
    assert opening.opens is not None
    assert at(7) - timedelta(seconds=1) < opening.opens < at(7)


def test_beside_it_a_loading_dose_keeps_its_slot() -> None:
    loading = replace(dosage(), timing=Timing(count=1, bounds_start=at(8)), sequence=1)
    plan = Schedule(policy(), HANOI).slots([infusion(loading, drip(sequence=2))], NOW)
    assert [slot.planned for slot in plan.slots] == [at(8)]


@pytest.mark.hazard("H103")
def test_copies_written_anew_every_day_are_one() -> None:
    today = replace(drip(), timing=Timing(bounds_start=at(7, day=9), bounds_end=at(7, day=10)))
    both = (infusion(drip()), infusion(today, identity="mr2"))
    assert [len(chain) for chain in chains(both)] == [2]
