"""The right drug, continued: the order's state, version, acknowledgement and approval."""

from dataclasses import replace

import pytest

from bcma.model.chart import Chart
from bcma.model.drug import HighAlert
from bcma.model.order import Approval, Decision, Intent, OrderStatus, Priority, Problem
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Severity
from bcma.rules import judge
from bcma.rules.attempt import Attempt
from bcma.rules.order_approval import Standing, approval_of
from tests.rules.builders import (
    MINUTE,
    NOW,
    ORDER,
    PARACETAMOL,
    SECOND,
    Value,
    at,
    attempt,
    chart,
    codes,
    findings_of,
    found_in,
    order,
    policy,
    record,
    unit,
)
from tests.rules.test_judge import lacking

NIGHT = at(20)
CHECKED = policy(verification="hours")


@pytest.mark.hazard("H93")
def test_whatever_could_not_be_read_stops_with_its_words() -> None:
    problems = (Problem("dosageInstruction[0].timing", "khi rảnh"), Problem("status", "?"))
    first, second = findings_of(attempt(order_problems=problems), "drug.order-unreadable")
    order_of = ORDER.reference
    assert first.facts == {
        "order": order_of,
        "reference": "dosageInstruction[0].timing",
        "text": "khi rảnh",
    }
    assert second.facts == {"order": order_of, "reference": "status", "text": "?"}
    assert lacking([first, second]) == []


@pytest.mark.parametrize("status", [OrderStatus.UNKNOWN, OrderStatus.UNREADABLE])
def test_a_status_that_nobody_can_read_is_never_active(status: OrderStatus) -> None:
    tried = attempt(order=order(status=status))
    facts = found_in(tried, "drug.order-unreadable").facts
    assert facts == {"order": ORDER.reference, "reference": "status", "text": status}
    assert findings_of(tried, "drug.order-inactive") == []


@pytest.mark.hazard("H60")
@pytest.mark.parametrize(
    "changes,word",
    [
        ({"order": order(status=OrderStatus.DRAFT)}, "draft"),
        ({"order": order(status=OrderStatus.ON_HOLD)}, "on-hold"),
        ({"order": order(status=OrderStatus.STOPPED)}, "stopped"),
        ({"order": order(status=OrderStatus.CANCELLED)}, "cancelled"),
        ({"order": order(status=OrderStatus.COMPLETED)}, "completed"),
        ({"order": order(status=OrderStatus.ENTERED_IN_ERROR)}, "entered-in-error"),
        ({"order": order(prohibits=True)}, "prohibited"),
        ({"order": order(intent=Intent.PLAN)}, "not-an-order"),
        ({"opens_at": NOW + SECOND}, "not-started"),
        ({"opens_at": NOW}, "not-started"),
        ({"closes_at": NOW - SECOND}, "ended"),
    ],
)
def test_an_order_that_is_not_in_force_stops(changes: dict[str, Value], word: str) -> None:
    found = found_in(attempt(**changes), "drug.order-inactive")
    assert (found.severity, found.release) == (Severity.STOP, ())
    drug = PARACETAMOL.name
    assert found.facts == {"order": ORDER.reference, "drug": drug, "status": word}


@pytest.mark.hazard("H105")
def test_the_last_instant_of_an_order_belongs_to_it() -> None:
    assert codes(attempt(opens_at=NOW - SECOND, closes_at=NOW)) == set()


@pytest.mark.parametrize("intent", [Intent.FILLER_ORDER, Intent.INSTANCE_ORDER])
def test_every_ordering_intent_is_given_from(intent: Intent) -> None:
    assert codes(attempt(order=order(intent=intent))) == set()


@pytest.mark.hazard("H59")
def test_an_order_that_changed_since_it_was_shown_stops() -> None:
    found = found_in(attempt(shown_version="before"), "drug.order-changed")
    assert (found.severity, found.subject) == (Severity.STOP, ORDER.version)
    assert found.facts == {"order": ORDER.reference}
    assert codes(attempt(shown_version="")) == set()


def test_an_order_that_the_ward_has_not_read_is_asked_about_once() -> None:
    site = policy(acknowledge_orders=True)
    found = found_in(attempt(policy=site), "drug.order-unread")
    assert (found.severity, found.subject) == (Severity.ASK, ORDER.version)
    assert found.facts == {"order": ORDER.as_written or ORDER.reference}
    worded = order(as_written="Uống 1 viên")
    assert found_in(attempt(policy=site, order=worded), found.code).facts == {
        "order": "Uống 1 viên"
    }
    read = chart(acknowledged=frozenset({ORDER.version}))
    assert findings_of(attempt(policy=site, chart=read), "drug.order-unread") == []
    assert findings_of(attempt(), "drug.order-unread") == []
    assert findings_of(attempt(policy=site, chart=None), "drug.order-unread") == []


def test_an_order_that_is_not_in_force_need_not_be_read() -> None:
    tried = attempt(policy=policy(acknowledge_orders=True), order=order(status=OrderStatus.STOPPED))
    assert findings_of(tried, "drug.order-unread") == []


@pytest.mark.hazard("H61", "H107")
@pytest.mark.parametrize(
    "changes,severity",
    [
        ({"now": at(7)}, Severity.STOP),
        ({"now": at(7) - SECOND}, Severity.WARN),
        ({"now": at(17) - SECOND}, Severity.STOP),
        ({"now": at(17)}, Severity.WARN),
        ({"order": order(priority=Priority.STAT)}, Severity.WARN),
        ({"order": order(priority=Priority.URGENT)}, Severity.STOP),
        ({"now": NIGHT, "policy": policy(verification="required")}, Severity.STOP),
        ({"policy": policy(verification="off")}, None),
    ],
)
def test_an_unverified_order_stops_by_day_and_warns_by_night(
    changes: dict[str, Value], severity: Severity | None
) -> None:
    found = findings_of(attempt(**({"policy": CHECKED} | changes)), "drug.order-unverified")
    told = (severity, ORDER.version, {"order": ORDER.reference})
    assert [(f.severity, f.subject, f.facts) for f in found] == ([] if severity is None else [told])


def test_by_night_the_warning_is_given_once_per_order() -> None:
    release = ReleaseRecord(code="drug.order-unverified", subject=ORDER.version, reason="emergency")
    before = chart(administrations=(record(given_at=at(8, day=1), releases=(release,)),))
    tried = attempt(policy=CHECKED, now=NIGHT, chart=before)
    assert "drug.order-unverified" not in codes(tried)
    changed = order(version="v2")
    again = attempt(policy=CHECKED, now=NIGHT, order=changed, chart=replace(before, orders=()))
    assert "drug.order-unverified" in codes(again)
    by_day = attempt(policy=CHECKED, chart=before)
    assert "drug.order-unverified" in codes(by_day)


@pytest.mark.hazard("H107")
@pytest.mark.parametrize(
    "judged_by,code,warned",
    [
        (ORDER.version, "drug.order-unverified", False),
        ("v-before", "drug.order-unverified", True),
        ("", "drug.order-unverified", True),
        (ORDER.version, "time.late", True),
    ],
)
def test_by_night_what_another_station_gave_over_the_warning_is_not_warned_of_again(
    judged_by: str, code: str, *, warned: bool
) -> None:
    theirs = record(
        given_at=at(8, day=1), order_version=judged_by, releases=(ReleaseRecord(code=code),)
    )
    tried = attempt(policy=CHECKED, now=NIGHT, chart=chart(administrations=(theirs,)))
    assert ("drug.order-unverified" in codes(tried)) is warned


@pytest.mark.hazard("H107")
def test_by_night_a_high_alert_drug_wants_a_second_person_too() -> None:
    def by_night(level: HighAlert) -> Attempt:
        strong = replace(PARACETAMOL, high_alert=level)
        return attempt(unit(strong), policy=CHECKED, now=NIGHT, order=order(medication=strong))

    tried = by_night(HighAlert.RECOMMENDED)
    found = found_in(tried, "drug.order-unverified")
    assert found.release == ("reason", "witness")
    assert (found.subject, found.facts["order"]) == (ORDER.version, ORDER.reference)
    # Where a witness is required anyway, the second person is asked for once.
    strongest = by_night(HighAlert.REQUIRED)
    assert found_in(strongest, "drug.order-unverified").release == ("reason",)
    assert found_in(strongest, "documentation.witness").severity is Severity.ASK


def approved(
    decision: Decision = Decision.APPROVED, version: str | None = "1", **changes: Value
) -> Chart:
    """Give the chart with a pharmacist's verdict on version 1 of the order."""
    task = Approval(order_id="mr1", decision=decision, at=NOW, order_version_id=version)
    return chart(approvals=(replace(task, **changes),))


@pytest.mark.parametrize(
    "approvals,standing",
    [
        (chart(), Standing.NONE),
        (approved(), Standing.APPROVED),
        (approved(version="2"), Standing.NONE),
        (approved(version=None, at=at(7, day=1)), Standing.APPROVED),
        (approved(version=None, at=at(7, day=1) - MINUTE), Standing.NONE),
        (approved(order_id="mr9"), Standing.NONE),
        (approved(Decision.REJECTED), Standing.REJECTED),
    ],
)
def test_a_verdict_holds_for_its_version(approvals: Chart, standing: Standing) -> None:
    assert approval_of(ORDER, approvals).standing is standing


def test_an_unchanged_copy_keeps_the_verdict_of_its_original() -> None:
    copy = order("mr2", version=ORDER.version, version_id="9")
    assert (
        approval_of(copy, replace(approved(), orders=(ORDER, copy))).standing is Standing.APPROVED
    )
    edited = order("mr2", version="other")
    assert (
        approval_of(edited, replace(approved(), orders=(ORDER, edited))).standing is Standing.NONE
    )
    undated = order(last_updated=None)
    assert approval_of(undated, approved(version=None)).standing is Standing.NONE


def test_a_rejected_order_stops_until_the_prescriber_says_so() -> None:
    tried = attempt(policy=CHECKED, chart=approved(Decision.REJECTED, reason="quá liều"))
    found = found_in(tried, "drug.order-rejected")
    assert (found.severity, found.release) == (Severity.STOP, ("prescriber",))
    assert found.subject == ORDER.version
    assert found.facts == {"order": ORDER.reference, "reason": "quá liều"}
    assert findings_of(attempt(policy=CHECKED, chart=approved()), "drug.order-unverified") == []


def test_the_newest_verdict_counts() -> None:
    both = approved(Decision.REJECTED).approvals[0], approved(at=NOW + MINUTE).approvals[0]
    assert approval_of(ORDER, chart(approvals=both)).standing is Standing.APPROVED


def test_without_a_chart_nothing_is_said_about_approval() -> None:
    assert not findings_of(attempt(chart=None, policy=CHECKED), "drug.order-unverified")
    assert judge(attempt(chart=None)).findings
