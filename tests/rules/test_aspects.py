"""What rules look at is what stands in the attempt: each aspect on an attempt that fills it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from bcma.model.chart import NameAlike, UnitLabel
from bcma.model.drug import Coding, Form, HighAlert, Recall
from bcma.model.explanation import Value
from bcma.model.order import (
    Approval,
    Decision,
    DoseRange,
    HoldLimit,
    Intent,
    OrderStatus,
    Priority,
    Problem,
)
from bcma.model.people import EncounterStatus, Role
from bcma.model.quantity import Quantity, Ratio
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.model.slot import Claim, ClaimKind, SlotStanding, SlotState
from bcma.rules import ASPECTS, Answers, Attempt, BandInHand, Second
from tests.rules.builders import (
    HOUR,
    MINUTE,
    NOW,
    NURSE,
    ORDER,
    OTHER_NURSE,
    PARACETAMOL,
    PATIENT,
    STAY,
    attempt,
    chart,
    claim_of,
    dosage,
    mg,
    per,
    policy,
    record,
    slot,
    unit,
)


def hours(value: int) -> Quantity:
    return Quantity(Decimal(value), "h")


def minutes(value: int) -> Quantity:
    return Quantity(Decimal(value), "min")


def look(aspect: str, tried: Attempt) -> Value:
    return ASPECTS[aspect](tried)


LABEL = UnitLabel(serial="L1", dispense_id="d1", patient_id="p2", order_id="mr1", void=True)
LIMITED = Ratio(Quantity(Decimal(4), "{dose}"), Quantity(Decimal(24), "h"))
LIKE = NameAlike("p2", "Nguyễn Văn Ân", "26002", date(1970, 1, 1), "3")
WITNESS = Second(practitioner=OTHER_NURSE, proven=True, at=NOW - MINUTE)
BY_HAND = BandInHand(at=NOW - 7 * MINUTE, reason="band-missing")
OLDER = Claim(
    kind=ClaimKind.MISSED_CHOICE,
    standing=SlotStanding(slot(), SlotState.OPEN),
    before=SlotStanding(slot(NOW - 12 * HOUR), SlotState.OPEN),
    next_planned=NOW + 12 * HOUR,
)
WRITTEN = replace(
    ORDER,
    version="0123456789",
    priority=Priority.STAT,
    prohibits=True,
    intent=Intent.PLAN,
    substitution_allowed=False,
    reasons=("Sốt",),
    holds=(HoldLimit(code=Coding("http://loinc.org", "8867-4")),),
)
APPROVED = Approval(
    order_id="mr1", decision=Decision.APPROVED, at=NOW, order_version_id=ORDER.version_id
)
WITHDRAWN = replace(PARACETAMOL, recalls=(Recall(None, "L7", "x"),))


@pytest.mark.parametrize(
    "aspect, changes, value",
    [
        ("patient", {}, "Nguyễn Văn An"),
        ("band", {}, "BN0001.2"),
        ("band", {"band": BY_HAND}, None),
        ("band-void", {}, False),
        ("band-by-hand", {"band": BY_HAND}, "band-missing"),
        ("band-age", {"band": BY_HAND}, minutes(7)),
        ("record-merged", {}, False),
        ("record-merged", {"chart": chart(patient=replace(PATIENT, replaced_by="p9"))}, True),
        ("deceased", {"chart": chart(patient=replace(PATIENT, deceased=True))}, True),
        ("stay-ward", {}, "Nội"),
        ("stay-ward", {"chart": chart(encounters=())}, None),
        (
            "stay",
            {"chart": chart(encounters=(replace(STAY, status=EncounterStatus.FINISHED),))},
            EncounterStatus.FINISHED,
        ),
        ("station-ward", {}, "NOI"),
        ("name-alikes", {"chart": chart(name_alikes=(LIKE,))}, ("Nguyễn Văn Ân",)),
        ("weight", {"chart": chart(weight=Quantity.of(60, "kg"))}, Quantity.of(60, "kg")),
        ("order", {}, "PARACETAMOL 500 mg"),
        (
            "orders-fitting",
            {"candidates": (ORDER, replace(ORDER, as_written="a\nb"))},
            ("PARACETAMOL 500 mg", "a · b"),
        ),
        ("order-problems", {"order_problems": (Problem("dose", "1/2?"),)}, ("1/2?",)),
        ("order-problems", {"order_problems": (Problem("dose", ""),)}, ("dose",)),
        ("order-orders", {}, True),
        ("order-orders", {"order": WRITTEN}, False),
        ("order-prohibits", {"order": WRITTEN}, True),
        ("order-opens", {"opens_at": NOW}, NOW),
        ("order-closes", {"closes_at": NOW}, NOW),
        ("order-version", {"order": WRITTEN}, "01234567"),
        ("order-version-shown", {"shown_version": "0123456789"}, "01234567"),
        ("order-acknowledged", {}, False),
        ("order-acknowledged", {"chart": chart(acknowledged=frozenset({ORDER.version}))}, True),
        ("acknowledgement-wanted", {}, False),
        ("order-priority", {"order": WRITTEN}, "stat"),
        ("approval", {}, "none"),
        (
            "approval",
            {"order": WRITTEN, "chart": chart(WRITTEN, approvals=(APPROVED,))},
            "approved",
        ),
        ("approval-wanted", {}, "off"),
        ("pharmacy-hours", {}, "07:00–17:00"),
        ("substitution-allowed", {"order": WRITTEN}, False),
        ("ordered-drug", {}, "PARACETAMOL 500 mg"),
        ("ordered-form", {}, Form.TABLET),
        ("ordered-strengths", {}, (per(500, "mg"),)),
        ("ordered-dose", {"dosage": dosage(DoseRange(mg(1), mg(2)))}, DoseRange(mg(1), mg(2))),
        ("ordered-routes", {}, ("PO",)),
        ("route-written", {"dosage": dosage(route_text="uống?")}, "uống?"),
        ("order-reasons", {"order": WRITTEN}, ("Sốt",)),
        ("as-needed", {"dosage": dosage(as_needed=True)}, True),
        ("scanned", {}, ("PARACETAMOL 500 mg",)),
        ("scanned-forms", {}, (Form.TABLET,)),
        ("scanned-at", {}, (NOW,)),
        ("scanned-by-hand", {}, ()),
        (
            "scanned-by-hand",
            {"units": (unit(scanned=False, reason="damaged-label"),)},
            ("damaged-label",),
        ),
        ("labels", {"units": (unit(label=LABEL),)}, ("L1",)),
        ("serials", {"units": (unit(label=LABEL),)}, ("L1",)),
        ("label-patients", {"units": (unit(label=LABEL),)}, ("p2",)),
        ("labels-void", {"units": (unit(label=LABEL),)}, True),
        ("labels-void", {}, False),
        ("label-orders", {"units": (unit(label=LABEL),)}, (OrderStatus.ACTIVE,)),
        ("label-orders", {"units": (unit(label=replace(LABEL, order_id="gone")),)}, ()),
        ("label-orders", {"units": (unit(label=replace(LABEL, order_id=None)),)}, ()),
        ("units-used-at", {"units": (unit(used_by=record(given_at=NOW)),)}, (NOW,)),
        ("expires-soon-limit", {"policy": policy(expires_soon_days=2)}, hours(48)),
        ("expires-soon-limit", {}, None),
        ("expiry-required", {}, False),
        ("lot-required", {}, False),
        ("recalled-lots", {"units": (unit(WITHDRAWN),)}, ("L7",)),
        ("knowledge-absent", {"knowledge_absent": True}, True),
        ("dose-target", {}, mg(500)),
        ("dose-sum", {"units": (unit(), unit())}, mg(1000)),
        ("dose-sum", {"dosage": dosage(Quantity.of(5, "mmol"))}, None),
        ("dose-sum", {"dosage": None}, None),
        ("units-counted", {"units": (unit(count=2), unit())}, 3),
        ("units-needed", {}, 1),
        ("given-before", {"already_given": (mg(250), None)}, (mg(250), None)),
        ("dose-chosen", {"answers": Answers(amount=mg(2))}, mg(2)),
        ("part-confirmed", {"answers": Answers(part=mg(2))}, mg(2)),
        ("less-given", {"answers": Answers(given_amount=mg(2))}, mg(2)),
        ("high-alert", {}, HighAlert.NONE),
        ("now", {}, NOW),
        ("claim", {}, "slot"),
        ("slot-planned", {}, NOW),
        ("slot-opens", {}, NOW - HOUR),
        ("slot-ends", {}, NOW + HOUR),
        ("slot-interval", {}, hours(12)),
        ("slot-state", {"claim": claim_of(state=SlotState.HELD)}, SlotState.HELD),
        ("slot-older", {"claim": OLDER}, NOW - 12 * HOUR),
        ("slot-older", {}, None),
        ("slot-next", {}, NOW + 12 * HOUR),
        ("repeat-limit", {}, minutes(5)),
        ("doses-limit", {"dosage": dosage(max_per_period=LIMITED)}, LIMITED.numerator),
        ("doses-limit-period", {"dosage": dosage(max_per_period=LIMITED)}, LIMITED.denominator),
        ("signed-in", {}, NURSE.name),
        ("roles", {}, (Role.NURSE,)),
        ("witness", {"answers": Answers(witness=WITNESS)}, OTHER_NURSE.name),
        ("witness-at", {"answers": Answers(witness=WITNESS)}, NOW - MINUTE),
        ("orders-as-of", {}, NOW - MINUTE),
        ("orders-age", {}, minutes(1)),
        ("orders-stale-limit", {}, minutes(15)),
        ("orders-downtime-limit", {}, hours(4)),
    ],
)
def test_an_aspect_is_what_stands_there(
    aspect: str, changes: dict[str, object], value: object
) -> None:
    assert look(aspect, attempt(**changes)) == value


def given(*ago: int) -> tuple[MedicationAdministration, ...]:
    return tuple(record(given_at=NOW - hours * HOUR, giver_name=f"g{hours}") for hours in ago)


def test_the_last_dose_is_seen_with_its_giver() -> None:
    tried = attempt(chart=chart(administrations=given(30, 6, 18)))
    assert look("last-given", tried) == NOW - 6 * HOUR
    assert look("last-given-by", tried) == "g6"


def test_of_many_doses_the_latest_eight_are_seen_newest_first() -> None:
    held = record(RecordStatus.HELD, given_at=NOW - timedelta(minutes=5))
    tried = attempt(chart=chart(administrations=(held, *given(*range(1, 11)))))
    assert look("doses-recorded", tried) == tuple(NOW - ago * HOUR for ago in range(1, 9))
