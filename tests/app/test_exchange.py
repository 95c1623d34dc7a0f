"""An EMR that suddenly lacks much, and who may believe it; reading that was broken off (H92)."""

from dataclasses import replace
from datetime import timedelta
from threading import Semaphore
from typing import NoReturn

import httpx
import pytest

from bcma.app import Station
from bcma.app.exchange import Shrinkage
from bcma.store import Loss, StoreUnwritableError
from tests.app.conftest import (
    ANOTHER,
    DOCTOR,
    MANAGER,
    NURSE,
    PHARMACIST,
    PIN,
    STUDENT,
    Hospital,
    load,
    order,
)

ORDERS = 40
GONE = Loss("MedicationRequest", 15, 41)


def shrink(hospital: Hospital) -> Shrinkage:
    """Let the EMR lose many orders, and station A find it out in the night."""
    names = [f"lost-{n}" for n in range(ORDERS)]
    load(hospital.emr, *(order(id=name) for name in names))
    hospital.time.goes_on(seconds=1)
    assert hospital.a.sync_now().reached
    for name in names[: GONE.missing]:
        url = f"{hospital.emr.base_url}/MedicationRequest/{name}"
        httpx.delete(url).raise_for_status()
    hospital.time.goes_on(days=1)
    assert hospital.a.sync_now().failure == "sync.server-shrank"
    found = hospital.a.exchange.shrinkage()
    assert found is not None
    return found


def orders_at(station: Station) -> int:
    return len(station.store.charts.chart("p1", station.clock.now()).orders)


@pytest.mark.hazard("H92")
@pytest.mark.parametrize("badge", [MANAGER, PHARMACIST])
def test_who_answers_for_ward_or_drugs_accepts_it_under_their_name(
    hospital: Hospital, badge: str
) -> None:
    station = hospital.a
    shown = shrink(hospital)
    station.sign_in(badge, PIN)
    work = station.worklist()
    assert work.shrinkage == replace(shown, may_accept=True)
    assert (shown.losses, shown.accepted, work.to_do) == ((GONE,), False, 1)
    before = orders_at(station)
    assert station.exchange.cancel()
    assert station.sync_now().failure == "sync.cancelled"
    assert station.exchange.accept(shown)
    assert station.health().rests_until is None, "it is read at once"
    entry = station.store.audit_entries()[-1]
    who = station.state().session
    assert who is not None
    assert (entry.what, entry.who) == ("deletions-accepted", who.practitioner.id)
    assert (entry.at, entry.detail) == (station.clock.now(), ("MedicationRequest 15 41",))
    waiting = station.worklist()
    assert waiting.shrinkage is not None
    assert (waiting.shrinkage.accepted, waiting.to_do) == (True, 0)
    assert orders_at(station) == before, "nothing is marked before the EMR was compared again"
    assert station.sync_now().reached
    assert orders_at(station) == before - GONE.missing
    assert station.worklist().shrinkage is None
    assert not station.exchange.accept(shown), "nothing is missing any more"


@pytest.mark.hazard("H92")
@pytest.mark.parametrize("badge", [NURSE, ANOTHER, DOCTOR, STUDENT, None])
def test_nobody_else_may(hospital: Hospital, badge: str | None) -> None:
    station = hospital.a
    shown = shrink(hospital)
    before = orders_at(station)
    if badge is not None:
        station.sign_in(badge, PIN)
    told = station.worklist().shrinkage
    assert told is not None, "everybody is told that the orders are old"
    assert not told.may_accept
    assert not station.exchange.accept(replace(shown, may_accept=True))
    assert all(e.what != "deletions-accepted" for e in station.store.audit_entries())
    assert station.sync_now().failure == "sync.server-shrank"
    assert orders_at(station) == before


@pytest.mark.hazard("H92")
def test_it_is_known_after_a_restart(hospital: Hospital) -> None:
    shown = shrink(hospital)
    with Station(hospital.a.config, hospital.time, policy=hospital.a.policy) as again:
        assert again.exchange.shrinkage() == shown


def test_an_emr_that_is_whole_again_is_compared_at_once_where_somebody_says_so(
    hospital: Hospital,
) -> None:
    station = hospital.a
    shrink(hospital)
    load(hospital.emr, *(order(id=f"lost-{n}") for n in range(GONE.missing)))
    hospital.time.goes_on(seconds=1)
    assert station.sync_now().failure == "sync.server-shrank", "not looked at again so soon"
    assert station.exchange.compare_again()
    assert station.sync_now().reached
    assert station.exchange.shrinkage() is None


def test_an_exchange_that_the_disk_ended_is_no_success(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station that cannot keep what it reads must not look as if all were well."""
    station, done = hospital.a, Semaphore(0)
    assert station.health().reached

    def full(*_: object) -> NoReturn:
        raise StoreUnwritableError(cause="disk-full")

    with monkeypatch.context() as patch:
        patch.setattr(station.store, "take_page", full)
        station.start_sync(done.release)
        assert done.acquire(timeout=20)
        health = station.health()
        assert (health.reached, health.failure) == (False, "store.unwritable")
    station.exchange.resume()
    assert done.acquire(timeout=20)
    health = station.health()
    assert (health.reached, health.failure) == (True, "")


def test_reading_that_was_broken_off_rests_and_goes_on_when_somebody_says_so(
    hospital: Hospital,
) -> None:
    station = hospital.a
    assert station.health().rests_until is None
    assert station.exchange.cancel()
    assert station.sync_now().failure == "sync.cancelled"
    assert station.health().rests_until == station.clock.now() + timedelta(minutes=5)
    assert station.exchange.resume()
    assert station.health().rests_until is None
    assert station.sync_now().reached
