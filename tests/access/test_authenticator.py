"""Badge and PIN: who may sign in, who is locked out, and what nobody learns."""

import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bcma.access import EnrolError, PinParameters, StationAuthenticator
from bcma.model.people import Role, Session
from bcma.model.ports import SignInFailure
from bcma.store import Store
from tests.store import ward

BADGE, PIN = "NV-0001", "4711"
CHEAP = PinParameters(time_cost=1, memory_kib=64, lanes=1, failures_allowed=3, lock_minutes=15)


class StandingClock:
    def now(self) -> datetime:
        return ward.NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "station.db", ward=ward.WARD) as opened:
        ward.fill(opened)
        yield opened


@pytest.fixture
def desk(store: Store) -> StationAuthenticator:
    desk = StationAuthenticator(store.staff, StandingClock(), CHEAP)
    desk.enrol(BADGE, PIN)
    return desk


def test_badge_and_pin_open_a_session(desk: StationAuthenticator) -> None:
    session = desk.sign_in(BADGE, PIN, ward.NOW)
    assert isinstance(session, Session)
    assert (session.practitioner.id, session.since) == ("n1", ward.NOW)
    assert session.practitioner.roles == {Role.NURSE}


@pytest.mark.hazard("H82")
@pytest.mark.parametrize("badge, pin", [(BADGE, "0000"), (BADGE, ""), ("NV-9999", PIN), ("", "")])
def test_a_wrong_pin_and_an_unknown_badge_answer_alike(
    desk: StationAuthenticator, badge: str, pin: str
) -> None:
    assert desk.sign_in(badge, pin, ward.NOW) is SignInFailure.UNKNOWN


def test_who_was_not_enrolled_here_cannot_sign_in(store: Store, desk: StationAuthenticator) -> None:
    ward.take(store, *ward.nurse("NV-0002", "n2"))
    assert desk.sign_in("NV-0002", PIN, ward.NOW) is SignInFailure.UNKNOWN
    found = desk.practitioner("NV-0002")
    assert found is not None
    assert found.id == "n2"


def test_too_many_wrong_pins_lock_out_for_a_while(desk: StationAuthenticator) -> None:
    wrong = [desk.sign_in(BADGE, "0000", ward.NOW) for _ in range(3)]
    assert wrong == [SignInFailure.UNKNOWN, SignInFailure.UNKNOWN, SignInFailure.LOCKED_OUT]
    soon, later = ward.NOW + timedelta(minutes=14), ward.NOW + timedelta(minutes=15)
    assert desk.sign_in(BADGE, PIN, soon) is SignInFailure.LOCKED_OUT
    assert isinstance(desk.sign_in(BADGE, PIN, later), Session)


def test_a_lock_outlives_a_restart(store: Store, desk: StationAuthenticator) -> None:
    for _ in range(3):
        desk.sign_in(BADGE, "0000", ward.NOW)
    again = StationAuthenticator(store.staff, StandingClock(), CHEAP)
    assert again.sign_in(BADGE, PIN, ward.NOW) is SignInFailure.LOCKED_OUT


def test_a_right_pin_forgets_the_wrong_ones_before(desk: StationAuthenticator) -> None:
    for _ in range(3):
        desk.sign_in(BADGE, "0000", ward.NOW)
        desk.sign_in(BADGE, "0000", ward.NOW + timedelta(hours=1))
        assert isinstance(desk.sign_in(BADGE, PIN, ward.NOW + timedelta(hours=1)), Session)


@pytest.mark.parametrize(
    "change",
    [{"active": False}, {"identifier": [{"system": "urn:bcma:badge", "value": "NV-0009"}]}],
    ids=["left", "new badge"],
)
def test_who_left_or_has_another_badge_cannot_sign_in(
    store: Store, desk: StationAuthenticator, change: ward.Json
) -> None:
    practitioner, _ = ward.nurse()
    ward.take(store, practitioner | change, at=10)
    assert desk.sign_in(BADGE, PIN, ward.NOW) is SignInFailure.UNKNOWN
    assert desk.practitioner(BADGE) is None


@pytest.mark.parametrize("change", [{"active": False}, {"period": {"end": "2026-03-01T00:00:00Z"}}])
def test_whose_role_ended_may_not_sign_in(
    store: Store, desk: StationAuthenticator, change: ward.Json
) -> None:
    _, role = ward.nurse()
    ward.take(store, role | change, at=10)
    assert desk.sign_in(BADGE, PIN, ward.NOW) is SignInFailure.ROLE


@pytest.mark.hazard("H83")
def test_who_stands_by_the_staff_list_of_now(store: Store, desk: StationAuthenticator) -> None:
    found = desk.standing("n1")
    assert found is not None
    assert (found.id, set(found.roles)) == ("n1", {Role.NURSE})
    assert desk.standing("nobody") is None
    practitioner, role = ward.nurse()
    ward.take(store, role | {"active": False}, at=10)
    assert desk.standing("n1") is None, "without a role"
    ward.take(store, role, at=20)
    assert desk.standing("n1") is not None
    ward.take(store, practitioner | {"active": False}, at=30)
    assert desk.standing("n1") is None, "left"


def test_a_badge_of_two_people_is_nobodys(store: Store, desk: StationAuthenticator) -> None:
    ward.take(store, *ward.nurse(BADGE, "n2"))
    assert desk.sign_in(BADGE, PIN, ward.NOW) is SignInFailure.UNKNOWN


def test_nobody_can_be_enrolled_without_being_in_the_emr(desk: StationAuthenticator) -> None:
    with pytest.raises(EnrolError) as refused:
        desk.enrol("NV-9999", PIN)
    assert PIN not in str(refused.value)


def test_a_new_pin_takes_the_place_of_the_old_one(desk: StationAuthenticator) -> None:
    desk.enrol(BADGE, "8888")
    assert desk.sign_in(BADGE, PIN, ward.NOW) is SignInFailure.UNKNOWN
    assert isinstance(desk.sign_in(BADGE, "8888", ward.NOW), Session)


def test_the_pin_is_nowhere_on_the_disk(
    desk: StationAuthenticator, store: Store, tmp_path: Path
) -> None:
    desk.enrol(BADGE, "9173264508")
    desk.sign_in(BADGE, "9173264508", ward.NOW)
    store.close()
    files = [file.read_bytes() for file in tmp_path.iterdir()]
    assert any(b"$argon2id$" in content for content in files)
    assert not any(b"9173264508" in content for content in files)


def test_sign_ins_and_refusals_are_in_the_audit_trail(
    desk: StationAuthenticator, store: Store
) -> None:
    desk.sign_in(BADGE, "0000", ward.NOW)
    desk.sign_in(BADGE, PIN, ward.NOW)
    assert [entry.what for entry in store.audit_entries()] == [
        "enrol",
        "sign-in-refused",
        "sign-in",
    ]
    assert store.verify_audit() is None


def test_an_unknown_badge_takes_as_long_as_a_wrong_pin(store: Store) -> None:
    slow = PinParameters(time_cost=4, memory_kib=16_384, lanes=1, failures_allowed=99)
    desk = StationAuthenticator(store.staff, StandingClock(), slow)
    desk.enrol(BADGE, PIN)

    def cost(badge: str) -> float:
        began = time.process_time()
        desk.sign_in(badge, "0000", ward.NOW)
        return time.process_time() - began

    unknown = statistics.median(cost("NV-9999") for _ in range(5))
    wrong = statistics.median(cost(BADGE) for _ in range(5))
    assert unknown > wrong / 2
