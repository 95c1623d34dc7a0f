"""From a judged dose to the record of it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bcma.bedside.infusions import started
from bcma.errors import BcmaError
from bcma.model.drug import Medication
from bcma.model.people import Session
from bcma.model.quantity import Quantity
from bcma.model.record import (
    MedicationAdministration,
    RecordedUnit,
    RecordStatus,
    ReleaseRecord,
)
from bcma.model.verdict import Finding, Verdict
from bcma.rules import covers, judge
from bcma.rules.attempt import Attempt, UnitInHand
from bcma.rules.infusion import runs, runs_unmeasured
from bcma.rules.matching import is_diluent_of_the_dose, is_mixed, units_of_the_order
from bcma.rules.mixture import shares_of
from bcma.rules.route_site import site_of
from bcma.rules.route_taken import route_of
from bcma.rules.strength import unit_amount
from bcma.rules.tally import Tally, tally
from bcma.rules.target import TargetGap, target_amount
from bcma.rules.waste import waste_of
from bcma.rules.witness import SECOND_LOOK, WITNESS_UNAVAILABLE

#: The stop whose value a held dose is held for.
_VALUE: Final = "response.hold"


class Nothing(BcmaError):
    """There is no judged dose to record."""

    code = "bedside.nothing-to-record"


def given_record(
    attempt: Attempt, verdict: Verdict, session: Session, station: str
) -> MedicationAdministration:
    """Build the record of a dose that is given now, whole or in part.

    Raises:
        Nothing: no order, chart or amount is known.
    """
    if attempt.order is None or attempt.chart is None:
        raise Nothing
    measured, answers = _measured(attempt), attempt.answers
    status = RecordStatus.GIVEN_IN_PART if measured.part else RecordStatus.GIVEN
    infusion = started(attempt, session, part=measured.part) if runs(attempt) else None
    return replace(
        _record(attempt, status if infusion is None else RecordStatus.RUNNING, session, station),
        amount=measured.amount,
        wasted=measured.wasted if infusion is None else None,
        infusion=infusion,
        route=route_of(attempt),
        site=site_of(attempt),
        units=_units(attempt, attempt.order.medication, measured.amount),
        witness_id=None if answers.witness is None else answers.witness.practitioner.id,
        second_look_by=_second_look(verdict, attempt.now),
        reason=answers.given_reason,
        findings=verdict.findings,
        releases=_releases(answers.releases, verdict.findings),
        scanned_at=max((u.at for u in attempt.units), default=None),
        drug_scanned=bool(attempt.units) and all(u.scanned for u in attempt.units),
    )


def first_record(
    attempt: Attempt, verdict: Verdict, amount: Quantity, session: Session, station: str
) -> MedicationAdministration:
    """Build the record of a dose that was given before its order exists.

    Raises:
        BcmaError: the product holds nothing that could be expressed in the unit of the amount.
    """
    product = next((u.product for u in attempt.units if u.product is not None), None)
    if product is None:
        raise Nothing
    answers = attempt.answers
    return replace(
        _record(attempt, RecordStatus.GIVEN, session, station),
        amount=amount,
        route=route_of(attempt),
        units=_units(attempt, product, amount),
        witness_id=None if answers.witness is None else answers.witness.practitioner.id,
        findings=verdict.findings,
        releases=_releases(answers.releases, verdict.findings),
        scanned_at=max(u.at for u in attempt.units),
        drug_scanned=all(u.scanned for u in attempt.units),
    )


def paper_record(
    attempt: Attempt, amount: Quantity, session: Session, station: str
) -> MedicationAdministration:
    """Build the record of a dose that was given on paper, when ``attempt`` says: nothing scanned.

    Raises:
        Nothing: no order or chart is known.
    """
    target = target_amount(attempt)
    less = (
        isinstance(target, Quantity)
        and amount.convertible_to(target.unit)
        and amount.to(target.unit).value < target.value
    )
    status = RecordStatus.GIVEN_IN_PART if less else RecordStatus.GIVEN
    record = _record(attempt, status, session, station)
    return replace(
        record,
        amount=amount,
        route=route_of(attempt),
        band=None,
        patient_scanned=False,
        drug_scanned=False,
    )


def withheld_record(
    attempt: Attempt, status: RecordStatus, reason: str, session: Session, station: str
) -> MedicationAdministration:
    """Build the record of a dose that is held, refused or not given, with its coded reason.

    What the units in hand were stopped for is part of it: a near miss is told. So is the
    value for which the dose is held.
    """
    if attempt.order is None or attempt.chart is None:
        raise Nothing
    record = _record(attempt, status, session, station)
    findings = judge(attempt).findings
    if not attempt.units:
        # without a unit in hand only what the patient's values said is known
        findings = tuple(found for found in findings if found.code == _VALUE)
    return replace(
        record,
        reason=reason,
        drug_scanned=False,
        findings=findings,
        releases=_releases(attempt.answers.releases, findings),
    )


def _record(
    attempt: Attempt, status: RecordStatus, session: Session, station: str
) -> MedicationAdministration:
    """Fill what every record holds: patient, order, slot, band, people, versions."""
    order, chart = attempt.order, attempt.chart
    ordered = None if order is None else order.medication
    own = units_of_the_order(attempt) or attempt.units
    product = next((u.product for u in own if u.product is not None), ordered)
    product = ordered if is_mixed(attempt) else product
    if product is None or chart is None:
        raise Nothing
    stay = chart.stay
    standing = None if attempt.claim is None else attempt.claim.standing
    band = None if attempt.band is None else attempt.band.code
    return MedicationAdministration(
        status=status,
        patient_id=chart.patient.id,
        given_at=attempt.now,
        recorded_at=attempt.now,
        event_id=str(uuid.uuid4()),
        order_id=None if order is None else order.id,
        order_version="" if order is None else order.version,
        encounter_id=(order and order.encounter_id) or (None if stay is None else stay.id),
        slot=None if standing is None else standing.slot.planned,
        slot_id=None if standing is None else standing.slot.id,
        band=None if band is None else chart.patient.band_value(band),
        patient_scanned=band is not None,
        medication_id=product.id or None,
        medication_name=product.name,
        ingredients=product.ingredient_keys,
        giver_id=session.practitioner.id,
        giver_name=session.practitioner.name,
        station=station,
        policy_version=attempt.policy.version,
        prn_reason=attempt.answers.prn_reason,
        prn_score=attempt.answers.prn_score,
        measured=tuple(attempt.answers.measured.items()),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """How much is given, how much is left over, and whether a rest of the dose is to follow."""

    amount: Quantity | None = None
    wasted: Quantity | None = None
    part: bool = False


def _measured(attempt: Attempt) -> _Measured:
    """Measure the dose; of an infusion by its rate alone, the bag will tell at its end.

    Raises:
        Nothing: no amount is known.
    """
    target = target_amount(attempt)
    if isinstance(target, TargetGap):
        if runs_unmeasured(attempt):
            return _Measured()
        raise Nothing
    sums = tally(attempt, target)
    amount = attempt.answers.given_amount or _amount(target, sums)
    part = amount.convertible_to(target.unit) and amount.to(target.unit).value < target.value
    return _Measured(amount, None if sums is None else waste_of(attempt, sums), part)


def _second_look(verdict: Verdict, given_at: datetime) -> datetime | None:
    """Give until when a second person has to look at a dose that was given alone."""
    alone = any(found.code == WITNESS_UNAVAILABLE for found in verdict.findings)
    return given_at + SECOND_LOOK if alone else None


def _releases(
    releases: Iterable[ReleaseRecord], findings: Iterable[Finding]
) -> tuple[ReleaseRecord, ...]:
    """Give the releases of this dose.

    A reason given for the whole pass stands on the record of every dose that it let pass, for
    the very finding; on no other.
    """
    of_this_dose = [r for r in releases if not r.whole_pass]
    given_once = [
        replace(release, subject=found.subject)
        for found in findings
        for release in releases
        if release.whole_pass and covers(release, found)
    ]
    return (*of_this_dose, *given_once)


def _amount(target: Quantity, sums: Tally | None) -> Quantity:
    """Give the target, or what the units in hand make where that is less."""
    if sums is None or sums.total.value >= target.value:
        return target
    return sums.total


def _units(
    attempt: Attempt, ordered: Medication, amount: Quantity | None
) -> tuple[RecordedUnit, ...]:
    """Share the amount out among the units: each gives all that it holds, the last one the rest."""
    if amount is None:
        return tuple(_unit(unit, None) for unit in attempt.units)
    if is_mixed(attempt):
        return tuple(_unit(unit, share) for unit, share in shares_of(attempt, ordered, amount))
    rest, units = amount.value, []
    for unit in attempt.units:
        if unit.product is not None and is_diluent_of_the_dose(unit, attempt):
            units.append(_unit(unit, unit.product.content_of_one))
            continue
        held = None if unit.product is None else unit_amount(unit.product, amount.unit, ordered)
        share = rest if held is None else min(held.value * unit.count, rest)
        rest -= share
        units.append(_unit(unit, Quantity(share, amount.unit)))
    return tuple(units)


def _unit(unit: UnitInHand, share: Quantity | None) -> RecordedUnit:
    code, label = unit.code, unit.label
    return RecordedUnit(
        medication_id="" if unit.product is None else unit.product.id,
        gtin=code.gtin,
        drug=code.drug,
        lot=unit.lot,
        expiry=unit.last_day,
        serial=code.serial,
        label=None if label is None else label.serial,
        amount=share,
        scanned=unit.scanned,
        count=unit.count,
    )
