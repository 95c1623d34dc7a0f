"""Methotrexate by mouth: once a week, under whatever order."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bcma.model.drug import Coding, Medication
from bcma.model.order import OrderStatus, PeriodUnit, Timing
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Attempt
from tests.rules.builders import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    Value,
    attempt,
    chart,
    claim_of,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    policy,
    product,
    record,
    unit,
)

ATC = "http://www.whocc.no/atc"
CODE = "time.weekly-only"
WEEK = 7 * DAY


def methotrexate(code: str = "L04AX03", system: str = ATC) -> Medication:
    return replace(product("methotrexat", 2.5), codes=(Coding(system, code),))


def weekly(
    *before: MedicationAdministration,
    drug: Medication | None = None,
    interval: timedelta | None = WEEK,
    route: str = "PO",
    **changes: Value,
) -> Attempt:
    """Try the weekly dose after these ones."""
    of = drug or methotrexate()
    ordered = order("mr1", dosage(mg(2.5), routes=(route,)), medication=of)
    return attempt(
        unit(of),
        order=ordered,
        claim=replace(claim_of(), shortest_interval=interval),
        chart=chart(ordered, administrations=before),
        **changes,
    )


def dose(given_at: datetime, **changes: Value) -> MedicationAdministration:
    return record(given_at=given_at, ingredients=frozenset({"methotrexat"}), route="PO", **changes)


@pytest.mark.parametrize("interval", [None, WEEK, WEEK - HOUR, 2 * WEEK])
def test_a_weekly_order_and_a_single_dose_are_no_matter(interval: timedelta | None) -> None:
    assert findings_of(weekly(interval=interval), CODE) == []


@pytest.mark.parametrize("interval", [DAY, 12 * HOUR, 6 * DAY, WEEK - HOUR - SECOND])
def test_an_order_that_says_more_often_is_stopped(interval: timedelta) -> None:
    found = found_in(weekly(interval=interval), CODE)
    assert found.severity is Severity.STOP
    assert found.release == (ReleaseBy.PRESCRIBER, ReleaseBy.PHARMACIST)
    assert (found.facts["given_at"], found.facts["drug"]) == (None, "METHOTREXAT 2.5 mg")


@pytest.mark.parametrize("order_id", ["mr1", "mr-of-another-ward", None])
@pytest.mark.parametrize(
    "since,stopped", [(DAY, True), (6 * DAY - SECOND, True), (6 * DAY, False), (WEEK, False)]
)
def test_a_dose_of_the_last_days_under_any_order_stops(
    order_id: str | None, since: timedelta, *, stopped: bool
) -> None:
    tried = weekly(dose(NOW - since, order_id=order_id))
    assert [f.facts["given_at"] for f in findings_of(tried, CODE)] == [NOW - since] * stopped


def test_a_release_holds_for_this_order_s_version_and_the_last_dose() -> None:
    ordered_daily = found_in(weekly(dose(NOW - WEEK), interval=DAY), CODE)
    assert ordered_daily.subject.endswith("/")
    given = found_in(weekly(dose(NOW - DAY), dose(NOW - 2 * DAY, event_id="ev2")), CODE)
    assert given.subject == f"{ordered_daily.subject}ev1"
    foreign = found_in(weekly(dose(NOW - DAY, event_id=None, resource_id="r9")), CODE)
    assert foreign.subject.endswith("/r9")


def test_of_several_doses_the_last_one_counts() -> None:
    two = (dose(NOW - 20 * DAY, event_id="ev0"), dose(NOW - 3 * DAY))
    assert found_in(weekly(*two), CODE).facts["given_at"] == NOW - 3 * DAY
    assert found_in(weekly(*reversed(two)), CODE).facts["given_at"] == NOW - 3 * DAY


def test_what_did_not_go_in_or_went_elsewhere_does_not_count() -> None:
    for before in (
        dose(NOW - DAY, status=RecordStatus.REFUSED),
        dose(NOW - DAY, status=RecordStatus.ENTERED_IN_ERROR),
        replace(dose(NOW - DAY), route="SC"),
        replace(dose(NOW - DAY), given_at=None),
        replace(dose(NOW - DAY), order_id="mr9", ingredients=frozenset({"folat"})),
    ):
        assert findings_of(weekly(before), CODE) == []
    unsaid = replace(dose(NOW - DAY), route=None)
    assert len(findings_of(weekly(unsaid), CODE)) == 1


@pytest.mark.parametrize(
    "route,stopped", [("PO", True), ("NG", True), ("GTT", True), ("SC", False)]
)
def test_only_what_is_swallowed_is_weekly(route: str, *, stopped: bool) -> None:
    assert bool(findings_of(weekly(interval=DAY, route=route), CODE)) is stopped


def test_the_drugs_are_the_site_s_list() -> None:
    assert findings_of(weekly(interval=DAY, drug=methotrexate("L01BA01")), CODE)
    assert not findings_of(weekly(interval=DAY, drug=methotrexate("N02BE01")), CODE)
    by_code = replace(product("methotrexat", 2.5), drug_codes=frozenset({"MTX25"}))
    assert not findings_of(weekly(interval=DAY, drug=by_code), CODE)
    site = policy(weekly_only=["MTX25"])
    assert findings_of(weekly(interval=DAY, drug=by_code, policy=site), CODE)


def test_a_scanned_product_tells_what_the_order_does_not() -> None:
    named = order("mr1", dosage(mg(2.5)), medication=product("methotrexat", 2.5))
    tried = attempt(
        unit(methotrexate()),
        order=named,
        claim=replace(claim_of(), shortest_interval=DAY),
        chart=chart(named),
    )
    assert len(findings_of(tried, CODE)) == 1


@pytest.mark.parametrize("hours,stopped", [(24, True), (168, False)])
def test_as_needed_is_more_often_where_its_interval_is_shorter(
    hours: int, *, stopped: bool
) -> None:
    timing = Timing(frequency=1, period=Decimal(hours), period_unit=PeriodUnit.HOUR)
    ordered = order(
        "mr1", dosage(mg(2.5), as_needed=True, timing=timing), medication=methotrexate()
    )
    tried = attempt(unit(methotrexate()), order=ordered, chart=chart(ordered))
    assert bool(findings_of(tried, CODE)) is stopped


def test_of_an_order_that_is_not_in_force_nothing_is_said() -> None:
    tried = weekly(interval=DAY)
    assert tried.order is not None
    stopped = replace(tried.order, status=OrderStatus.STOPPED)
    assert findings_of(replace(tried, order=stopped), CODE) == []
    assert findings_of(attempt(order=None, claim=None, dosage=None, chain=()), CODE) == []
    assert findings_of(replace(tried, dosage=None), CODE) == []
    assert findings_of(replace(tried, claim=None), CODE) == []
