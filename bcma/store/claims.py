"""What may keep a record from being written, re-read inside the writing transaction (rule 3)."""

from collections.abc import Sequence
from decimal import Decimal

from bcma.model.order import Dosage, DoseRange
from bcma.model.ports import SaveOutcome, SaveResult
from bcma.model.quantity import Quantity
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import history
from bcma.store.patient_file import PatientFile
from bcma.store.reader import Reader
from bcma.store.units import used_up

#: What happens to a dose after it was charted, as a further version of its record.
_FOLLOWS = frozenset(
    {
        RecordStatus.STOPPED,
        RecordStatus.REMOVED,
        RecordStatus.LOST,
        RecordStatus.ENTERED_IN_ERROR,
    }
)


def refusal_of(
    reader: Reader,
    administration: MedicationAdministration,
    previous: MedicationAdministration | None,
) -> SaveResult | None:
    """Say why a record may not be written now, ``None`` if it may.

    ``previous`` is the version before it that this station wrote.
    """
    if administration.revision > 1 and administration.event_id is not None:
        previous = history.recorded(reader, administration.event_id)
        if previous is None or previous.revision != administration.revision - 1:
            return SaveResult(SaveOutcome.NOT_SAVED, administration, previous, "changed-meanwhile")
    if previous is not None and previous.status is RecordStatus.ENTERED_IN_ERROR:
        return SaveResult(SaveOutcome.NOT_SAVED, administration, previous, "entered-in-error")
    if administration.status in _FOLLOWS or (previous is not None and previous.went_in):
        return None  # it tells what became of a dose: nothing can have overtaken that
    if _order_changed(reader, administration):
        return SaveResult(SaveOutcome.ORDER_CHANGED, administration)
    taken = _in_slot(reader, administration)
    if taken is not None:
        return SaveResult(SaveOutcome.SLOT_TAKEN, administration, taken)
    used = _unit_user(reader, administration)
    return None if used is None else SaveResult(SaveOutcome.UNIT_TAKEN, administration, used)


def _order_changed(reader: Reader, administration: MedicationAdministration) -> bool:
    """Tell whether the order is no longer the version that was judged (hazard H59)."""
    if administration.order_id is None:
        return False
    order = reader.order(administration.order_id)
    return order is None or order.version != administration.order_version


def _in_slot(
    reader: Reader, administration: MedicationAdministration
) -> MedicationAdministration | None:
    """Give the record that holds the slot (hazard H46), also under a renewal of the order.

    A dose given in part leaves the rest of its slot to others; only a part that was not known
    when this dose was judged is a surprise. One that was lost (vomited) may be repeated.
    """
    if administration.slot is None and administration.slot_id is None:
        return None
    file = PatientFile(reader, administration.patient_id)
    chain = _chain(file, administration.order_id)
    holding = [
        other
        for other in file.records()
        if other.event_id != administration.event_id
        and other.went_in
        and other.status is not RecordStatus.LOST
        and _same_slot(administration, other, chain)
    ]
    for other in holding:
        if not other.is_part or _overtook(other, administration):
            return other
    from_elsewhere = [o for o in holding if o.recorded_at is None or o.given_at is None]
    if from_elsewhere and not _is_remainder(reader, administration, holding):
        return from_elsewhere[-1]
    return None


def _chain(file: PatientFile, order_id: str | None) -> frozenset[str]:
    """Give the ids of the order and all that it renews or is renewed by (hazard H103)."""
    if order_id is None:
        return frozenset()
    return frozenset({order_id}) | file.renewals().get(order_id, frozenset())


def _same_slot(
    one: MedicationAdministration, other: MedicationAdministration, chain: frozenset[str]
) -> bool:
    """Tell whether two records stand for one slot; the EMR's name only its instant."""
    if one.slot_id is not None and other.slot_id is not None:
        return one.slot_id == other.slot_id
    return one.slot is not None and one.slot == other.slot and other.order_id in chain


def _overtook(other: MedicationAdministration, administration: MedicationAdministration) -> bool:
    """Tell whether a part charted here came after this dose was scanned."""
    if other.recorded_at is None:
        return False
    judged = administration.scanned_at or administration.given_at
    return judged is None or other.recorded_at > judged


def _is_remainder(
    reader: Reader,
    administration: MedicationAdministration,
    parts: Sequence[MedicationAdministration],
) -> bool:
    """Tell whether a dose is no more than what the parts have left of the ordered one.

    The EMR's records do not say when they came to be known here. But a dose that was judged
    without them is a whole one, and makes too much together with them.
    """
    if not administration.went_in:
        return True
    order = None if administration.order_id is None else reader.order(administration.order_id)
    doses = () if order is None else tuple(_most(d) for d in order.dosages)
    amounts = [record.amount for record in (*parts, administration)]
    return any(dose is not None and _fits(amounts, dose) for dose in doses)


def _most(dosage: Dosage) -> Quantity | None:
    return dosage.dose.high if isinstance(dosage.dose, DoseRange) else dosage.dose


def _fits(amounts: Sequence[Quantity | None], dose: Quantity) -> bool:
    together = Decimal(0)
    for amount in amounts:
        if amount is None or not amount.convertible_to(dose.unit):
            return False
        together += amount.to(dose.unit).value
    return together <= dose.value


def _unit_user(
    reader: Reader, administration: MedicationAdministration
) -> MedicationAdministration | None:
    """Give the record that used up one of these units before (hazard H23)."""
    if not administration.went_in:
        return None
    for unit in sorted(used_up(administration.units, reader.medication)):
        for user in history.users_of_unit(reader, unit):
            if user.event_id != administration.event_id:
                return user
    return None
