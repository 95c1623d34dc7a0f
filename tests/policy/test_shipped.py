"""The shipped policy is the one of the contract."""

from datetime import time, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from bcma.model.drug import Form, HighAlert, Medication
from bcma.model.findings import CATALOGUE
from bcma.model.order import Priority
from bcma.policy import (
    PROFILES,
    PharmacyHours,
    Policy,
    Verification,
    Window,
    WindowClass,
    load_policy,
    shipped_policy,
)

MINUTE = timedelta(minutes=1)
SCENARIO_REASONS = [
    "patient-request",
    "patient-off-ward",
    "prescriber-decision",
    "emergency",
    "asleep",
    "nil-by-mouth",
    "clinical-judgement",
    "damaged-label",
    "no-barcode",
    "scanner-failure",
    "band-damaged",
    "band-missing",
    "isolation",
    "other",
    "vomited",
    "no-stock",
    "no-access",
    "value-out-of-range",
    "suspected-reaction",
    "family-refused",
    "fasting",
    "no-second-person",
    "before-procedure",
    "cannot-ask",
    "own-supply",
]
ACTS = ("hold", "refuse", "not_given", "correct", "unable_to_scan", "cannot-answer")


def test_numbers_are_those_of_the_scenario_specification() -> None:
    policy = Policy.default()
    assert policy.idle_lock == 15 * MINUTE
    assert policy.witness_min == timedelta(seconds=3)
    assert policy.patient_scan == 10 * MINUTE
    assert policy.duplicate == 120 * MINUTE
    assert policy.repeat == 5 * MINUTE
    assert policy.back_chart == 60 * MINUTE
    assert policy.effect_check == {"PO": 60 * MINUTE, "*": 30 * MINUTE}
    assert policy.orders_stale == 15 * MINUTE
    assert policy.orders_downtime == 240 * MINUTE
    assert policy.band_elsewhere == 5 * MINUTE
    assert policy.expires_soon == timedelta(0)
    assert policy.clock_off == timedelta(seconds=120)
    assert (policy.stat_due, policy.now_due) == (60 * MINUTE, 120 * MINUTE)


def test_choices_are_those_of_the_scenario_specification() -> None:
    policy = Policy.default()
    assert policy.band_instance_required is True
    assert policy.acknowledge_orders is True
    assert policy.lot_required is False
    assert policy.expiry_required is False
    assert policy.verification is Verification.HOURS
    assert policy.windows == "ismp"
    assert policy.pharmacy_hours == PharmacyHours(time(7), time(17))
    assert policy.recompute == policy.time_critical == frozenset()
    assert not policy.severity
    assert not policy.release
    assert not policy.high_alert


def test_standard_times_are_those_of_the_scenario_specification() -> None:
    policy = Policy.default()
    assert policy.times_for("BID") == (time(8), time(20))
    assert policy.times_for("tid") == (time(8), time(14), time(20))
    assert policy.times_for("QID") == (time(8), time(12), time(16), time(20))
    assert policy.times_for("QD") == (time(8),)
    assert policy.times_for("QHS") == (time(21),)
    assert policy.times_for("Q8H") is None


def test_every_reason_holds_for_every_finding_and_act() -> None:
    policy = Policy.default()
    for subject in (*ACTS, *(spec.code for spec in CATALOGUE)):
        assert set(SCENARIO_REASONS) <= set(policy.reasons_for(subject))
    assert not policy.reason_allowed("time.late", "because")


@pytest.mark.parametrize(
    "kind, ismp, strict",
    [
        (WindowClass.TIME_CRITICAL, 30, 30),
        (WindowClass.FREQUENT, 30, 30),
        (WindowClass.SEVERAL_DAILY, 60, 30),
        (WindowClass.DAILY_OR_RARER, 120, 30),
    ],
)
def test_windows_of_both_profiles(kind: WindowClass, ismp: int, strict: int) -> None:
    assert Policy.default().window(kind) == Window(ismp * MINUTE, ismp * MINUTE)
    assert shipped_policy("strict").window(kind) == Window(strict * MINUTE, strict * MINUTE)


def test_only_the_strict_profile_stops_at_a_fixed_time_early() -> None:
    assert Policy.default().profile.early_stop is None
    assert shipped_policy("strict").profile.early_stop == 60 * MINUTE


@pytest.mark.parametrize(
    "hours, critical, expected",
    [
        (1, False, WindowClass.FREQUENT),
        (4, False, WindowClass.SEVERAL_DAILY),
        (12, False, WindowClass.SEVERAL_DAILY),
        (24, False, WindowClass.DAILY_OR_RARER),
        (168, False, WindowClass.DAILY_OR_RARER),
        (None, False, WindowClass.DAILY_OR_RARER),
        (24, True, WindowClass.TIME_CRITICAL),
    ],
)
def test_class_of_a_schedule(hours: int | None, *, critical: bool, expected: WindowClass) -> None:
    interval = None if hours is None else timedelta(hours=hours)
    assert WindowClass.of(interval, time_critical=critical) is expected


def test_tablet_and_capsule_may_stand_for_one_another_and_nothing_else() -> None:
    policy = Policy.default()
    pairs = {
        (one, other)
        for one in Form
        for other in Form
        if one is not other and policy.interchangeable(one, other)
    }
    assert pairs == {(Form.TABLET, Form.CAPSULE), (Form.CAPSULE, Form.TABLET)}
    assert policy.interchangeable(Form.PATCH, Form.PATCH)


def test_sites_named_by_the_specification_are_offered_for_their_routes() -> None:
    policy = Policy.default()
    assert "abdomen-left" in policy.sites_for("SC")
    assert "forearm-left" in policy.sites_for("IV")
    assert "chest-left" in policy.sites_for("TD")
    assert policy.sites_for("PO") == ()


def test_every_route_that_needs_a_site_offers_some() -> None:
    policy = Policy.default()
    assert policy.site_needed_routes
    for route in policy.site_needed_routes:
        assert policy.needs_site(route)
        assert policy.sites_for(route)
    assert not policy.needs_site("PO")


def test_ward_meal_times_cover_every_event_of_fhir() -> None:
    events = [
        "MORN",
        "MORN.early",
        "MORN.late",
        "NOON",
        "AFT",
        "AFT.early",
        "AFT.late",
        "EVE",
        "EVE.early",
        "EVE.late",
        "NIGHT",
        "PHS",
        "HS",
        "WAKE",
        "C",
        "CM",
        "CD",
        "CV",
        "AC",
        "ACM",
        "ACD",
        "ACV",
        "PC",
        "PCM",
        "PCD",
        "PCV",
    ]
    assert set(Policy.default().meal_times) == set(events)


def test_stations_of_all_wards() -> None:
    exempt = {"theatre", "dialysis", "emergency", "imaging"}
    assert Policy.default().other_ward_exempt == exempt


@pytest.mark.parametrize(
    "hours, ward_time, is_open",
    [
        (("07:00", "17:00"), time(7), True),
        (("07:00", "17:00"), time(17), False),
        (("07:00", "17:00"), time(6, 59), False),
        (("22:00", "06:00"), time(23), True),
        (("22:00", "06:00"), time(6), False),
        (("22:00", "06:00"), time(5, 59), True),
        (("00:00", "00:00"), time(3), True),
        (("00:00", "24:00"), time(3), True),
        (("07:00", "24:00"), time(23, 59), True),
        (("07:00", "24:00"), time(0), False),
    ],
)
def test_pharmacy_hours(hours: tuple[str, str], ward_time: time, *, is_open: bool) -> None:
    opening, closing = hours
    policy = Policy.default().with_overrides(
        {"pharmacy_hours": {"open": opening, "close": closing}}
    )
    assert policy.pharmacy_hours.contain(ward_time) is is_open


def test_the_stricter_of_drug_file_and_site_decides_on_high_alert() -> None:
    policy = Policy.default().with_overrides({"high_alert": {"KCL": "required", "ASA": "none"}})
    kcl = Medication(id="1", name="KCl", drug_codes=frozenset({"KCL"}))
    asa = Medication(
        id="2", name="ASA", drug_codes=frozenset({"ASA"}), high_alert=HighAlert.RECOMMENDED
    )
    assert policy.high_alert_level(kcl) is HighAlert.REQUIRED
    assert policy.high_alert_level(asa) is HighAlert.RECOMMENDED


def test_time_critical_drugs_are_listed_by_code() -> None:
    policy = Policy.default().with_overrides({"time_critical": ["INS"]})
    assert policy.is_time_critical(
        Medication(id="1", name="insulin", drug_codes=frozenset({"INS"}))
    )
    assert not policy.is_time_critical(Medication(id="2", name="insulin"))


def test_profiles_load_as_any_other_file() -> None:
    folder = files("bcma.policy") / "profiles"
    for name in PROFILES:
        path = folder / f"{name}.toml"
        assert load_policy(Path(str(path))) == shipped_policy(name)


@pytest.mark.parametrize(
    "priority,minutes",
    [
        (Priority.STAT, 60),
        (Priority.URGENT, 120),
        (Priority.ASAP, 120),
        (Priority.ROUTINE, None),
    ],
)
def test_urgent_doses_are_due_within_their_time(priority: Priority, minutes: int | None) -> None:
    expected = None if minutes is None else timedelta(minutes=minutes)
    assert Policy.default().due_within(priority) == expected
