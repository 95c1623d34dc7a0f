"""The right drug, continued: lot and expiry of each unit in hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bcma.model.chart import UnitLabel
from bcma.model.drug import Recall
from bcma.model.order import PeriodUnit, Span, Timing
from bcma.model.verdict import ReleaseBy, Severity
from tests.rules.builders import (
    MINUTE,
    NOW,
    PARACETAMOL,
    SECOND,
    Value,
    at,
    attempt,
    codes,
    dosage,
    findings_of,
    found_in,
    policy,
    unit,
)

SOON = "drug.expires-soon"
LABEL = UnitLabel(serial="S1", dispense_id="md1", patient_id="p1", order_id="mr1")


@pytest.mark.hazard("H17", "H21")
@pytest.mark.parametrize(
    "code,label,expired",
    [
        ({"expiry": date(2026, 3, 2)}, None, False),
        ({"expiry": date(2026, 3, 1)}, None, True),
        ({"expiry_time": NOW}, None, False),
        ({"expiry_time": NOW - SECOND}, None, True),
        ({}, {"expiry": date(2026, 3, 1)}, True),
        ({}, {"beyond_use": NOW}, False),
        ({}, {"beyond_use": NOW - SECOND}, True),
        # Whichever ends first: both the code's minute and the label's beyond-use time count.
        ({"expiry_time": at(20)}, {"beyond_use": NOW - SECOND}, True),
        ({"expiry_time": NOW - SECOND}, {"beyond_use": at(20)}, True),
    ],
)
def test_a_unit_is_usable_through_its_last_day_or_minute(
    code: dict[str, Value],
    label: dict[str, Value] | None,
    expired: bool,  # noqa: FBT001 - a row of the table
) -> None:
    held = unit(code=code, label=None if label is None else replace(LABEL, **label))
    found = findings_of(attempt(unit(), held), "drug.expired")
    assert [f.subject for f in found] == ([held.key] if expired else [])
    for stop in found:
        assert stop.facts["lot"] == "L1"
        assert stop.facts["expiry"] in {*code.values(), *(label or {}).values()}


@pytest.mark.hazard("H17", "H56")
def test_the_day_is_the_wards_not_the_servers() -> None:
    held = unit(code={"expiry": date(2026, 3, 1)})
    still_sunday_in_utc = datetime(2026, 3, 1, 18, tzinfo=UTC)  # 01:00 on Monday at the ward
    assert "drug.expired" in codes(attempt(held, now=still_sunday_in_utc))


@pytest.mark.parametrize("days,warned", [(0, False), (1, False), (3, True), (2, True)])
@pytest.mark.parametrize(
    "code", [{"expiry": date(2026, 3, 4)}, {"expiry": None, "expiry_time": at(23, day=4)}]
)
def test_what_expires_soon_is_warned_about_where_the_site_wants_it(
    code: dict[str, Value],
    days: int,
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    tried = attempt(unit(code=code), policy=policy(expires_soon_days=days))
    found = findings_of(tried, SOON)
    assert bool(found) is warned
    for warning in found:
        assert (warning.severity, warning.release) == (Severity.WARN, (ReleaseBy.REASON,))
        assert warning.facts["expiry"] in code.values()
        assert (warning.facts["lot"], warning.facts["ends_at"]) == ("L1", None)
        assert warning.subject == tried.units[0].key


def test_what_has_expired_does_not_expire_soon() -> None:
    for code in ({"expiry": date(2026, 3, 1)}, {"expiry_time": NOW - SECOND}):
        for now in (NOW, at(0)):
            tried = attempt(unit(code=code), policy=policy(expires_soon_days=9), now=now)
            assert SOON not in codes(tried) or "drug.expired" not in codes(tried)
    midnight = attempt(unit(code={"expiry": date(2026, 3, 1)}), now=at(0))
    assert "drug.expired" in codes(midnight)


def test_a_unit_that_has_expired_or_never_does_hides_no_other() -> None:
    soon = unit(code={"expiry": date(2026, 3, 3)})
    for other in (unit(code={"expiry": None}), unit(code={"expiry": date(2026, 3, 1)})):
        tried = attempt(other, soon, policy=policy(expires_soon_days=1))
        assert found_in(tried, SOON).subject == soon.key


def test_a_beyond_use_time_is_soon_by_nature() -> None:
    held = unit(code={"expiry": None}, label=replace(LABEL, beyond_use=at(20)))
    assert SOON not in codes(attempt(held, policy=policy(expires_soon_days=9)))


@pytest.mark.hazard("H18")
@pytest.mark.parametrize(
    "minutes,last,warned",
    [
        (60, {"expiry_time": at(9)}, False),
        (61, {"expiry_time": at(9)}, True),
        (16 * 60, {"expiry": date(2026, 3, 2)}, False),
        (16 * 60 + 1, {"expiry": date(2026, 3, 2)}, True),
        (90, {"expiry": date(2026, 3, 2), "expiry_time": at(9)}, True),
    ],
)
def test_an_infusion_that_outlasts_its_bag_is_a_warning(
    minutes: int,
    last: dict[str, Value],
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    runs = Timing(code="BID", duration=Span(Decimal(minutes), PeriodUnit.MINUTE))
    held = unit(code={"expiry": None} | last)
    found = findings_of(attempt(held, dosage=dosage(timing=runs)), SOON)
    assert bool(found) is warned
    for warning in found:
        assert warning.facts["ends_at"] == NOW + minutes * MINUTE


@pytest.mark.hazard("H18")
def test_an_infusion_that_ends_in_time_is_not_told_to_outlast_its_bag() -> None:
    runs = Timing(code="BID", duration=Span(Decimal(60), PeriodUnit.MINUTE))
    tomorrow = unit(code={"expiry": date(2026, 3, 3)})
    site = policy(expires_soon_days=1)
    found = found_in(attempt(tomorrow, dosage=dosage(timing=runs), policy=site), SOON)
    assert found.facts["ends_at"] is None


@pytest.mark.hazard("H18", "H21")
def test_an_infusion_outlasts_the_beyond_use_time_of_a_label() -> None:
    runs = Timing(code="BID", duration=Span(Decimal(2), PeriodUnit.HOUR))
    held = unit(label=replace(LABEL, beyond_use=at(9)))
    found = found_in(attempt(held, dosage=dosage(timing=runs)), SOON)
    assert found.facts["expiry"] == at(9)


@pytest.mark.hazard("H20")
@pytest.mark.parametrize(
    "code,field", [("drug.lot-unknown", "lot"), ("drug.expiry-unknown", "expiry")]
)
def test_what_the_code_does_not_say_is_noted_or_asked(code: str, field: str) -> None:
    held = unit(code={field: None})
    assert found_in(attempt(held), code).severity is Severity.INFO
    asking = policy(**{f"{field}_required": True})
    assert found_in(attempt(held, policy=asking), code).severity is Severity.ASK
    label = replace(LABEL, lot="L9", expiry=date(2027, 1, 1))
    assert findings_of(attempt(unit(code={field: None}, label=label)), code) == []
    assert (found_in(attempt(held), code).subject, held.description) == (held.key, PARACETAMOL.name)
    assert found_in(attempt(held), code).facts["scanned"] == PARACETAMOL.name


@pytest.mark.hazard("H19", "H20")
def test_a_lot_of_a_drug_with_recalled_lots_is_asked_for() -> None:
    recalled = replace(PARACETAMOL, recalls=(Recall(None, "L9", "x"),))
    asked = found_in(attempt(unit(recalled, code={"lot": None})), "drug.lot-unknown")
    assert asked.severity is Severity.ASK
    read = unit(recalled, code={"lot": None}, typed_lot="L9")
    assert found_in(attempt(read), "drug.recalled").facts["lot"] == "L9"
    assert "drug.lot-unknown" not in codes(attempt(read))
    for gtin, severity in (("1", Severity.INFO), (min(PARACETAMOL.gtins), Severity.ASK)):
        one = replace(recalled, recalls=(Recall(gtin, "L9", "x"),))
        nameless = attempt(unit(one, code={"lot": None}))
        assert found_in(nameless, "drug.lot-unknown").severity is severity
    assert findings_of(attempt(unit(None, code={"lot": None})), "drug.lot-unknown")


@pytest.mark.hazard("H17")
def test_an_expiry_that_a_person_read_counts() -> None:
    for day, expired in ((date(2026, 3, 1), True), (date(2026, 3, 2), False)):
        held = unit(code={"expiry": None}, typed_expiry=day)
        assert ("drug.expired" in codes(attempt(held))) is expired
        assert findings_of(attempt(held), "drug.expiry-unknown") == []


def test_the_code_is_believed_before_the_label_and_the_label_before_a_person() -> None:
    label = replace(LABEL, lot="L8")
    assert unit(code={"lot": "L7"}, label=label, typed_lot="L9").lot == "L7"
    assert unit(code={"lot": None}, label=label, typed_lot="L9").lot == "L8"
    assert unit(code={"lot": None}, typed_lot="L9").lot == "L9"


@pytest.mark.hazard("H19")
@pytest.mark.parametrize(
    "recall,lot,stopped",
    [
        (Recall(None, None, "x"), "L1", True),
        (Recall(None, "L1", "x"), "L1", True),
        (Recall(None, "L2", "x"), "L1", False),
        (Recall("00000000000000", "L1", "x"), "L1", False),
        (Recall(min(PARACETAMOL.gtins), "L1", "x"), "L1", True),
        (Recall(None, "L1", "x"), None, False),
    ],
)
def test_a_recalled_lot_stops(
    recall: Recall,
    lot: str | None,
    stopped: bool,  # noqa: FBT001 - a row of the table
) -> None:
    held = unit(replace(PARACETAMOL, recalls=(recall,)), code={"lot": lot})
    tried = attempt(held)
    assert ("drug.recalled" in codes(tried)) is stopped
    if stopped:
        found = found_in(tried, "drug.recalled")
        assert (found.subject, found.facts) == (held.key, {"lot": lot, "reason": "x"})
        behind = attempt(unit(None), held)
        assert found_in(behind, "drug.recalled").subject == held.key


def test_the_lot_of_the_label_is_recalled_too() -> None:
    recalled = replace(PARACETAMOL, recalls=(Recall(None, "L9", "x"),))
    held = unit(recalled, code={"lot": None}, label=replace(LABEL, lot="L9"))
    assert "drug.recalled" in codes(attempt(held))
    assert "drug.recalled" not in codes(attempt(unit(None)))


def test_a_lot_is_soon_over_by_the_day_of_the_ward() -> None:
    """One in the morning here is the day before in Greenwich: AI 7003 is a day of the ward's."""
    last = at(1, day=4)
    for days, warned in ((1, False), (2, True)):
        tried = attempt(
            unit(code={"expiry": None, "expiry_time": last}), policy=policy(expires_soon_days=days)
        )
        assert bool(findings_of(tried, SOON)) is warned


@pytest.mark.parametrize("days,warned", [(0, False), (1, True)])
def test_one_day_ahead_is_a_setting_too(days: int, *, warned: bool) -> None:
    tried = attempt(unit(code={"expiry": date(2026, 3, 3)}), policy=policy(expires_soon_days=days))
    assert bool(findings_of(tried, SOON)) is warned
