"""Infusions: how one is started, and closed with what went in of its bag."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from bcma.model.drug import Medication
from bcma.model.people import Session
from bcma.model.quantity import Quantity, UnitError
from bcma.model.record import Infusion, MedicationAdministration, RecordStatus
from bcma.rules import Attempt
from bcma.rules.content import converted_by, is_volume
from bcma.rules.infusion import rate_of, running_before

#: A bag holds a little more than its label says, and no more than this.
_OVERFILL: Final = Decimal("1.1")


def started(attempt: Attempt, session: Session, *, part: bool) -> Infusion:
    """Give how an infusion runs that is started now, by whom and where."""
    return Infusion(
        rate=rate_of(attempt),
        part=part,
        ward=attempt.ward,
        accepted_by=session.practitioner.id,
        accepted_at=attempt.now,
    )


def closings(attempt: Attempt, session: Session) -> Iterator[MedicationAdministration]:
    """Close the bags that a new one follows, each with its volume as far as it is known."""
    for record in running_before(attempt):
        volume = attempt.answers.closing.get(record.event_id or "")
        amount = None if volume is None else went_in(record, volume, attempt.drugs)
        yield replace(
            run_through(record, amount, attempt.now),
            revision=record.revision + 1,
            recorder_id=session.practitioner.id,
            recorded_at=attempt.now,
        )


def run_through(
    record: MedicationAdministration, amount: Quantity | None, at: datetime
) -> MedicationAdministration:
    """Give the record of a bag that ran to its end: given, wholly or as a part of the dose."""
    part = record.infusion is not None and record.infusion.part
    status = RecordStatus.GIVEN_IN_PART if part else RecordStatus.GIVEN
    return ended(record, status, amount, at)


def ended(
    record: MedicationAdministration, status: RecordStatus, amount: Quantity | None, at: datetime
) -> MedicationAdministration:
    """Give the record of a bag that ended, with the amount that went in."""
    infusion = record.infusion or Infusion()
    stands = replace(infusion, paused=False)
    return replace(record, status=status, amount=amount, ended_at=at, infusion=stands)


def went_in(
    record: MedicationAdministration, volume: Quantity, drugs: Iterable[Medication]
) -> Quantity:
    """Give a volume in the unit of the dose; as it is where nothing says the concentration."""
    if record.amount is None:
        return volume
    try:
        return converted_by(volume, record.amount.unit, drugs)
    except UnitError:
        return volume


def volume_refused(
    record: MedicationAdministration, volume: Quantity, drugs: Iterable[Medication]
) -> bool:
    """Tell whether so much cannot have gone in: more than the bag holds, or no volume at all."""
    amount = went_in(record, volume, drugs)
    if record.amount is None or not amount.convertible_to(record.amount.unit):
        return not is_volume(volume.unit)
    return amount.to(record.amount.unit).value > record.amount.value * _OVERFILL
