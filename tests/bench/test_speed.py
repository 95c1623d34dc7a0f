"""How long a nurse waits: for a judgement, for a scan, and a developer for a scenario.

Each limit is a number of floors: what plain Python takes on the same machine at the same time.
On the machine of the limits 10,000 steps of a loop take 0.4 ms when nothing else runs: five floors
are the 2 ms of a judgement, forty the two steps of 8 ms on the sample ward. A scenario's 0.3 s are
disks and sockets more than Python, and do not shrink with the floor of a quiet machine: 1,500.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest

from bcma.bedside import PassState
from bcma.rules import judge
from bcma.rules.attempt import Attempt
from bcma.simulate.play import play
from bcma.simulate.read import read_scenario
from tests.bedside.ward import DUE, TABLET, Bedside, code
from tests.bench.floor import median_ms, python_floor, show, sqlite_floor
from tests.rules.builders import (
    HOUR,
    NOW,
    attempt,
    chart,
    dosage,
    mg,
    order,
    product,
    record,
    unit,
)
from ui.demo import Story, demonstration

ORDERS = tuple(
    order(
        f"mr{number}",
        dosage(mg(10), timing=DUE),
        medication=TABLET if number == 1 else product(f"drug{number}", 10),
    )
    for number in range(1, 16)
)
RECORDS = tuple(
    record(
        given_at=NOW - (number + 1) * 3 * HOUR,
        event_id=f"past{number}",
        order_id=f"mr{number % 15 + 1}",
        slot=NOW - (number + 1) * 3 * HOUR,
        route="PO",
        ingredients=ORDERS[number % 15].medication.ingredient_keys,
    )
    for number in reversed(range(200))
)
SCENARIO = Path(__file__).parents[1] / "scenarios" / "half-a-tablet.json"
#: Of the sample ward: a patient's band, and a unit that is ordered for the patient.
_BAND, _UNIT = "BN260001.2", "]d201089360000000111729123110A101\x1d21P001"


def prepared() -> Attempt:
    """Give one dose of a patient with 15 orders and 200 past records."""
    given = ORDERS[0]
    whole = chart(*ORDERS, administrations=RECORDS)
    return attempt(unit(TABLET), order=given, chart=whole, chain=(given,))


def scanned(ward: Bedside) -> PassState:
    """Scan one unit, and put it down again: two steps."""
    ward.now += timedelta(milliseconds=1)
    state = ward.pass_.scan(code(1, "U1"))
    assert state.verdict is not None
    ward.pass_.take_back()
    return state


def drawn(ward: Bedside) -> None:
    """Do that, and look at the due list once, as a window does."""
    assert len(scanned(ward).due) >= 15


def in_memory() -> Bedside:
    ward = Bedside(orders=ORDERS)
    ward.records = list(RECORDS)
    ward.opened()
    return ward


@pytest.mark.bench
def test_judging_and_scanning_are_quick(capsys: pytest.CaptureFixture[str]) -> None:
    before = python_floor()
    tried = prepared()
    moments = cycle(replace(tried, now=NOW + timedelta(seconds=n)) for n in range(100))
    ward = in_memory()
    rows = {
        "judge one dose, 15 orders, 200 records": median_ms(lambda: judge(next(moments)), 200),
        "scan a unit, take it back": median_ms(lambda: scanned(ward), 60),
        "the same, with the due list drawn": median_ms(lambda: drawn(ward), 60),
    }
    floor = max(before, python_floor())
    with capsys.disabled():
        show(rows | {"(floor) 10,000 steps of Python": floor}, floor)
        show({"(beside) 100 reads of SQLite by key": sqlite_floor()}, floor)
    judged, scan, draw = rows.values()
    assert judged <= 5 * floor
    assert scan <= 20 * floor
    assert draw <= 50 * floor


@pytest.mark.bench
def test_a_station_and_a_scenario_are_quick(capsys: pytest.CaptureFixture[str]) -> None:
    before, story = python_floor(), Story.read()
    badge, pin = next(iter(story.pins.items()))
    with demonstration() as shown:
        station = shown.station
        station.sign_in(badge, pin)
        assert station.scan(_BAND).patient is not None

        def scan() -> None:
            assert station.scan(_UNIT).verdict is not None
            station.take_back()

        rows = {"scan a unit on the sample ward, take it back": median_ms(scan, 60)}
    scenario = read_scenario(SCENARIO)
    rows["play a scenario"] = median_ms(lambda: play(scenario), 10)
    floor = max(before, python_floor())
    with capsys.disabled():
        show(rows, floor)
    scanned_there, played = rows.values()
    assert scanned_there <= 40 * floor
    assert played <= 1500 * floor
