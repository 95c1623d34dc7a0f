"""The independent second person: wanted by drug, route and circumstance, and fit to be one."""

from dataclasses import replace
from datetime import datetime

import pytest

from bcma.model.drug import Coding, Form, HighAlert
from bcma.model.people import Practitioner, Role
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import ReleaseBy, Severity
from bcma.rules import Answers, Attempt, BandInHand, Second
from bcma.rules.alert import alert_level, needs_second_person
from bcma.rules.witness import SECOND_LOOK, may_witness
from tests.rules.builders import (
    DOCTOR,
    MANAGER,
    MINUTE,
    NOW,
    NURSE,
    OTHER_NURSE,
    PARACETAMOL,
    PHARMACIST,
    SECOND,
    STUDENT,
    Value,
    at,
    attempt,
    codes,
    dosage,
    findings_of,
    found_in,
    mg,
    order,
    policy,
    unit,
)

ATC = "http://www.whocc.no/atc"
NIGHT = at(20)
ALONE = Answers(
    releases=(ReleaseRecord(code="documentation.witness-unavailable", reason="no-second-person"),)
)


def high_alert(level: HighAlert = HighAlert.REQUIRED, **changes: Value) -> Attempt:
    drug = replace(PARACETAMOL, high_alert=level)
    instruction = changes.pop("instruction", dosage())
    base = attempt(unit(drug), order=order("mr1", instruction, medication=drug))
    return replace(base, **changes)


def with_witness(person: Practitioner, *, proven: bool = True) -> Answers:
    return Answers(witness=Second(practitioner=person, proven=proven, at=NOW + 5 * SECOND))


NOT_INDEPENDENT = {"documentation.not-independent", "documentation.witness"}


@pytest.mark.hazard("H81", "H82")
@pytest.mark.parametrize(
    "answers,expected",
    [
        (Answers(), {"documentation.witness"}),
        (with_witness(OTHER_NURSE), set()),
        (with_witness(PHARMACIST), set()),
        (with_witness(OTHER_NURSE, proven=False), {"documentation.witness"}),
        (with_witness(STUDENT), NOT_INDEPENDENT),
        (with_witness(MANAGER), NOT_INDEPENDENT),
        (with_witness(replace(OTHER_NURSE, active=False)), NOT_INDEPENDENT),
        (with_witness(NURSE), NOT_INDEPENDENT),
        (with_witness(NURSE, proven=False), {"documentation.witness"}),
    ],
)
def test_a_high_alert_drug_wants_an_independent_second_person(
    answers: Answers, expected: set[str]
) -> None:
    assert codes(high_alert(answers=answers)) == expected


def test_nobody_signed_in_gives_with_any_witness() -> None:
    tried = high_alert(answers=with_witness(NURSE), session=None)
    assert codes(tried) == {"documentation.signed-out"}


@pytest.mark.hazard("H81")
def test_a_witness_who_confirms_faster_than_anybody_reads_is_warned_about() -> None:
    hasty = Answers(witness=Second(practitioner=OTHER_NURSE, proven=True, at=NOW + 2 * SECOND))
    found = found_in(high_alert(answers=hasty), "documentation.not-independent")
    assert (found.severity, found.release) == (Severity.WARN, ("reason",))


@pytest.mark.parametrize(
    "seconds,shortest,warned",
    [(3, 3, False), (2.999, 3, True), (0, 0, False), (29, 30, True), (30, 30, False)],
)
def test_the_time_to_look_is_counted_from_the_last_unit(
    seconds: float,
    shortest: int,
    warned: bool,  # noqa: FBT001 - a row of the table
) -> None:
    last = NOW + MINUTE
    witness = Second(practitioner=OTHER_NURSE, proven=True, at=last + seconds * SECOND)
    drug = replace(PARACETAMOL, high_alert=HighAlert.REQUIRED)
    tried = high_alert(
        answers=Answers(witness=witness),
        units=(unit(drug), unit(drug, at=last, code={"lot": "L2"})),
        policy=policy(witness_min_seconds=shortest),
    )
    assert bool(findings_of(tried, "documentation.not-independent")) is warned


def test_a_dose_without_units_has_been_shown_long_enough() -> None:
    at_once = Second(practitioner=OTHER_NURSE, proven=True, at=NOW)
    tried = replace(high_alert(answers=Answers(witness=at_once)), units=())
    assert findings_of(tried, "documentation.not-independent") == []


def test_a_recommended_witness_is_offered() -> None:
    found = found_in(high_alert(HighAlert.RECOMMENDED), "documentation.witness")
    assert found.severity is Severity.INFO
    assert found.facts["drug"] == PARACETAMOL.name


def test_the_second_person_is_wanted_for_the_ordered_drug_if_there_is_an_order() -> None:
    wanted = found_in(high_alert(), "documentation.witness")
    assert wanted.facts["drug"] == PARACETAMOL.name
    unordered = found_in(high_alert(order=None), "documentation.witness")
    assert unordered.facts["drug"] is None


def test_the_strictest_level_of_order_unit_and_site_counts() -> None:
    strong = replace(PARACETAMOL, high_alert=HighAlert.REQUIRED)
    assert codes(attempt(unit(strong))) == {"documentation.witness"}
    assert codes(attempt(order=order(medication=strong))) == {"documentation.witness"}
    coded = replace(PARACETAMOL, drug_codes=frozenset({"MOR"}))
    site = policy(high_alert={"MOR": "required"})
    assert codes(attempt(unit(coded), policy=site)) == {"documentation.witness"}
    assert codes(attempt()) == set()


@pytest.mark.hazard("H06", "H111")
@pytest.mark.parametrize("level", [HighAlert.NONE, HighAlert.RECOMMENDED])
def test_what_only_recommends_a_witness_wants_one_for_what_was_identified_by_hand(
    level: HighAlert,
) -> None:
    wanted = level is HighAlert.RECOMMENDED
    by_hand = high_alert(level, band=BandInHand(at=NOW, reason="band-missing"))
    assert ("documentation.witness" in codes(by_hand)) is wanted
    drug = replace(PARACETAMOL, high_alert=level)
    typed = high_alert(level, units=(unit(drug, scanned=False, reason="no-barcode"),))
    assert ("documentation.witness" in codes(typed)) is wanted
    assert codes(high_alert(level)) == set()


@pytest.mark.hazard("H108")
def test_alone_at_night_is_a_warning_of_its_own() -> None:
    tried = high_alert(now=NIGHT, band=replace(attempt_band(), at=NIGHT), answers=ALONE)
    found = found_in(tried, "documentation.witness-unavailable")
    assert (found.severity, found.released) == (Severity.WARN, True)
    assert findings_of(tried, "documentation.witness") == []


def attempt_band() -> BandInHand:
    band = attempt().band
    assert band is not None
    return band


def by_route(atc: str, *routes: str, **changes: Value) -> Attempt:
    """Give a dose of a drug that the drug file says nothing special about."""
    drug = replace(PARACETAMOL, codes=(Coding(ATC, atc),))
    return high_alert(HighAlert.NONE, **changes) if not routes else _by_route(drug, routes, changes)


def _by_route(drug: Value, routes: tuple[str, ...], changes: dict[str, Value]) -> Attempt:
    instruction = dosage(routes=routes)
    tried = attempt(unit(drug), order=order("mr1", instruction, medication=drug))
    return replace(tried, **changes)


@pytest.mark.hazard("H33", "H108")
def test_the_route_decides_where_the_drug_file_says_nothing() -> None:
    assert "documentation.witness" in codes(by_route("A10AB01", "IV"))
    assert "documentation.witness" not in codes(by_route("A10AB01", "SC"))
    assert findings_of(by_route("A10AB01", "SC"), "documentation.witness") == []


def test_while_the_route_is_to_be_chosen_the_strictest_counts() -> None:
    assert "documentation.witness" in codes(by_route("N02AA01", "PO", "IV"))
    by_mouth = by_route("N02AA01", "PO", "IV", answers=Answers(route="PO"))
    assert "documentation.witness" not in codes(by_mouth)
    into_a_vein = by_route("N02AA01", "PO", "IV", answers=Answers(route="IV"))
    assert "documentation.witness" in codes(into_a_vein)
    elsewhere = by_route("N02AA01", "PO", answers=Answers(route="IV"))
    assert "documentation.witness" not in codes(elsewhere), "never ordered so"


@pytest.mark.hazard("H28")
def test_the_concentrate_in_hand_counts_though_the_order_names_no_form() -> None:
    potassium = replace(
        PARACETAMOL, codes=(Coding(ATC, "B05XA01"),), form=Form.CONCENTRATE, must_dilute=True
    )
    assert "documentation.witness" in codes(attempt(unit(potassium)))


@pytest.mark.hazard("H108")
@pytest.mark.parametrize(
    "now,alone",
    [
        (at(6, 59), True),
        (at(7), False),
        (at(16, 59), False),
        (at(17), True),
        (at(20), True),
    ],
)
def test_going_on_alone_is_a_way_out_only_while_pharmacy_is_closed(
    now: datetime,
    alone: bool,  # noqa: FBT001 - a row of the table
) -> None:
    found = found_in(high_alert(now=now), "documentation.witness")
    assert (found.cannot is ReleaseBy.REASON) is alone
    assert bool(found.release) is alone
    assert found.severity is Severity.ASK


@pytest.mark.hazard("H108")
def test_chemotherapy_and_spinal_doses_are_never_given_alone() -> None:
    night: dict[str, Value] = {"now": NIGHT, "answers": ALONE}
    spinal = high_alert(instruction=dosage(routes=("IT",)), **night)
    assert found_in(spinal, "documentation.witness").cannot is None
    assert found_in(spinal, "documentation.witness").release == ()
    assert findings_of(spinal, "documentation.witness-unavailable") == []
    perhaps_spinal = high_alert(instruction=dosage(routes=("IV", "IT")), **night)
    assert found_in(perhaps_spinal, "documentation.witness").cannot is None
    drug = replace(PARACETAMOL, codes=(Coding(ATC, "L01BA01"),))
    assert found_in(attempt(unit(drug), **night), "documentation.witness").cannot is None
    unordered = attempt(unit(drug), order=None, **night)
    assert found_in(unordered, "documentation.witness").cannot is None
    ordered = attempt(unit(), order=order(medication=drug), **night)
    assert found_in(ordered, "documentation.witness").cannot is None
    unknown = attempt(unit(), unit(None), order=order(medication=drug), **night)
    assert found_in(unknown, "documentation.witness").cannot is None


def test_a_second_look_is_owed_within_the_hour() -> None:
    assert SECOND_LOOK == 60 * MINUTE


@pytest.mark.parametrize(
    "person,may",
    [
        (NURSE, True),
        (DOCTOR, True),
        (PHARMACIST, True),
        (MANAGER, False),
        (STUDENT, False),
        (replace(NURSE, roles=NURSE.roles | {Role.STUDENT}), False),
        (replace(NURSE, active=False), False),
    ],
)
def test_who_may_be_the_second_person(person: Practitioner, may: bool) -> None:  # noqa: FBT001 - a row of the table
    assert may_witness(person) is may


def test_a_dose_of_zero_by_scale_needs_no_second_person() -> None:
    assert needs_second_person(high_alert())
    assert not needs_second_person(high_alert(answers=Answers(amount=mg(0))))


def test_without_any_drug_nothing_is_high_alert() -> None:
    nothing = replace(attempt(), order=None, units=())
    assert alert_level(nothing) is HighAlert.NONE
    assert not needs_second_person(nothing)
