"""What is still running: the bag before, and infusions to be taken over."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcma.model.order import OrderStatus
from bcma.model.record import Infusion, MedicationAdministration, RecordStatus
from bcma.model.slot import Claim, ClaimKind, SlotState
from bcma.model.verdict import Severity
from bcma.rules import Answers, Attempt, judge
from tests.rules.builders import (
    HOUR,
    NOW,
    NURSE,
    ORDER,
    SECOND,
    STAY,
    Value,
    attempt,
    chart,
    claim_of,
    findings_of,
    found_in,
    mg,
    record,
)
from tests.rules.test_rate import ml, rate

STARTED = NOW - 3 * HOUR
RUNS = Infusion(rate=rate(100), ward="NOI", accepted_by=NURSE.id, accepted_at=STARTED)
BAG, CHECK = "time.infusion-running", "time.infusion-check"


def bag(infusion: Infusion | None = RUNS, **changes: Value) -> MedicationAdministration:
    started = record(
        RecordStatus.RUNNING, STARTED, giver_id=NURSE.id, medication_name="Natri clorid"
    )
    return replace(started, infusion=infusion, **changes)


def with_bag(*bags: MedicationAdministration, **changes: Value) -> Attempt:
    return attempt(chart=chart(ORDER, administrations=bags), **changes)


# --- the bag before -----------------------------------------------------------------------------


@pytest.mark.hazard("H65")
def test_the_bag_before_is_asked_about_with_what_is_known_of_it() -> None:
    found = found_in(with_bag(bag(amount=ml(500))), BAG)
    assert (found.severity, found.subject) == (Severity.ASK, "ev1")
    assert found.facts == {
        "drug": "Natri clorid",
        "given_at": STARTED,
        "amount": ml(500),
        "rate": rate(100),
    }
    assert found_in(with_bag(bag(None)), BAG).facts["rate"] is None


def test_every_bag_is_asked_about_until_its_volume_is_told() -> None:
    two = (bag(), bag(event_id="ev2"))
    assert [f.subject for f in findings_of(with_bag(*two), BAG)] == ["ev1", "ev2"]
    told = Answers(closing={"ev1": ml(480)})
    assert [f.subject for f in findings_of(with_bag(*two, answers=told), BAG)] == ["ev2"]


@pytest.mark.parametrize("status", list(RecordStatus))
def test_only_a_running_bag_of_ours_is_asked_about(status: RecordStatus) -> None:
    tried = with_bag(replace(bag(), status=status))
    assert bool(findings_of(tried, BAG)) is (status is RecordStatus.RUNNING)
    assert findings_of(with_bag(bag(event_id=None)), BAG) == []
    assert findings_of(with_bag(bag(order_id="mr9")), BAG) == []


def test_where_no_further_bag_is_due_nothing_is_asked() -> None:
    taken = claim_of(kind=ClaimKind.ALREADY_GIVEN, state=SlotState.RUNNING, record=bag())
    assert findings_of(with_bag(bag(), claim=taken), BAG) == []
    stopped = replace(ORDER, status=OrderStatus.STOPPED)
    assert findings_of(with_bag(bag(), order=stopped), BAG) == []
    assert findings_of(with_bag(bag(), claim=None), BAG)
    assert findings_of(with_bag(bag(), claim=Claim(kind=ClaimKind.RUNS_ON)), BAG)


# --- taking over --------------------------------------------------------------------------------


@pytest.mark.hazard("H116")
@pytest.mark.parametrize(
    "changes,told",
    [
        ({}, False),
        ({"accepted_by": "n2"}, True),
        ({"ward": "NGOAI"}, True),
        ({"ward": ""}, False),
        ({"accepted_at": NOW - 12 * HOUR}, False),
        ({"accepted_at": NOW - 12 * HOUR - SECOND}, True),
        ({"accepted_by": None}, False),  # nobody since whoever started it
        ({"accepted_at": None}, False),
        ({"paused": True}, False),
    ],
)
def test_an_infusion_is_taken_over_by_each_person_ward_and_shift(
    changes: dict[str, Value], *, told: bool
) -> None:
    tried = with_bag(bag(replace(RUNS, **changes)))
    assert [f.severity for f in findings_of(tried, CHECK)] == [Severity.INFO] * told


def test_what_is_to_be_compared_at_the_bed_is_shown() -> None:
    other = replace(RUNS, accepted_by="n2", rest=ml(120))
    found = found_in(with_bag(bag(other)), CHECK)
    assert found.subject == "ev1"
    assert found.facts == {
        "drug": "Natri clorid",
        "given_at": STARTED,
        "given_by": "Lê Thu Hà",
        "rate": rate(100),
        "rest": ml(120),
    }
    assert judge(with_bag(bag(other), claim=None)).findings
    both = with_bag(bag(event_id="ev2"), bag(other))
    assert found_in(both, CHECK).subject == "ev1", "one that is known hides no other"


@pytest.mark.parametrize(
    "since,told", [(STARTED - SECOND, False), (STARTED, False), (STARTED + SECOND, True)]
)
def test_who_was_moved_comes_with_infusions_to_be_taken_over(
    since: datetime, *, told: bool
) -> None:
    moved = chart(ORDER, administrations=(bag(),), encounters=(replace(STAY, moved_at=since),))
    assert bool(findings_of(attempt(chart=moved), CHECK)) is told
    nowhere = chart(ORDER, administrations=(bag(),), encounters=())
    assert findings_of(attempt(chart=nowhere), CHECK) == []


def test_an_infusion_started_by_another_system_or_unknown_hands() -> None:
    assert findings_of(with_bag(bag(event_id=None)), CHECK) == []
    assert findings_of(with_bag(bag(None)), CHECK) == []
    assert findings_of(with_bag(bag(None, giver_id="n2")), CHECK)
    assert findings_of(with_bag(bag(None, given_at=None)), CHECK)
    assert findings_of(with_bag(bag(), session=None), CHECK)
    ended = replace(bag(), status=RecordStatus.STOPPED)
    assert findings_of(with_bag(ended), CHECK) == []
    assert findings_of(with_bag(ended, session=None), CHECK) == []


def test_the_infusions_of_every_order_are_told_with_the_band_already() -> None:
    other = bag(replace(RUNS, accepted_by="n2"), order_id="mr9")
    band = attempt(
        order=None,
        claim=None,
        dosage=None,
        chain=(),
        chart=chart(ORDER, administrations=(other,)),
    )
    assert findings_of(replace(band, units=()), CHECK)
    assert findings_of(attempt(chart=None), CHECK) == []


def test_one_bag_may_follow_the_other_within_minutes() -> None:
    just_ended = replace(bag(), status=RecordStatus.GIVEN, given_at=NOW - SECOND, amount=mg(1))
    runs_on = Claim(kind=ClaimKind.RUNS_ON)
    assert findings_of(with_bag(just_ended, claim=runs_on), "time.too-soon")
    rated = replace(ORDER, dosages=(replace(ORDER.dosages[0], rate=rate(100)),))
    flowing = replace(rated, medication=replace(ORDER.medication, form=None))
    tried = with_bag(just_ended, claim=runs_on, order=flowing, dosage=flowing.dosages[0])
    assert findings_of(replace(tried, chain=(flowing,)), "time.too-soon") == []
