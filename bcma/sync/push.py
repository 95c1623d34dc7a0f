"""To the EMR: what was done here, in order for each patient, each exactly once.

Before a record is sent, the outbox notes that its fate is unknown; until an answer comes,
it is looked for on the server before it is sent again. How it is written, and what makes it
the same when it is written twice, is :mod:`bcma.emr.deliver`'s.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID, uuid5

from bcma.emr.deliver import Writer, already_there, resources_of
from bcma.emr.errors import (
    Conflict,
    EmrError,
    NoWayToWrite,
    Refused,
    Throttled,
    Unauthorized,
    Unreachable,
    WrongWay,
)
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import (
    Change,
    Raw,
    Signed,
    administration_bundle,
    as_signed,
    care_bundle,
    entry,
    read_administration,
    read_issue,
    transaction,
    with_measured,
    written_under,
)
from bcma.emr.finding import ISSUE, find, find_dose, version_on
from bcma.errors import BcmaError, DataError
from bcma.model.drug import Medication
from bcma.model.events import DoubleDose, DoubleSettled, LateDose, LateDoseTold
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.store import DeliveryState, Parcel, Store
from bcma.sync.backoff import wait_before

_log = logging.getLogger(__name__)
#: Servers answer so also where two writes merely met, and where a proxy sent our own twice.
_MET: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
#: So often such an answer leads to reading, judging and writing anew, without a person.
_MEETINGS: Final = 3
#: Versions that say what became of a dose are changes even where this station made no first one.
_CHANGES: Final = frozenset(
    {
        RecordStatus.STOPPED,
        RecordStatus.REMOVED,
        RecordStatus.LOST,
        RecordStatus.ENTERED_IN_ERROR,
    }
)
#: Every station that sees it tells it; the first one's stands, with what was said to it since.
_FOUND_BY_ALL: Final = (DoubleDose, DoubleSettled, LateDose, LateDoseTold)
#: With these nothing else can be sent either.
_LINE_DOWN: Final = (Unreachable, Throttled, Unauthorized)


class BadEventError(DataError):
    """A record whose event id is no UUID: nothing can be written under it."""

    code = "sync.bad-event"


class Pusher:
    """Drains a store's outbox; ``delivered`` counts the records that the EMR now has."""

    def __init__(self, store: Store, client: FhirClient, now: Callable[[], datetime]) -> None:
        self._store = store
        self._outbox = store.outbox
        self._client = client
        self._now = now
        self.delivered = 0

    def push(self, writer: Writer, *, ignore_backoff: bool) -> None:
        """Send what can be sent.

        Raises:
            EmrError: the line is down; whatever was not answered is kept as unknown.
            StoreError: the outbox could not be written.
        """
        held_up: set[str] = set()
        while waiting := self._waiting(held_up, ignore_backoff=ignore_backoff):
            for parcel in waiting:
                if not self._send(parcel, writer):
                    held_up.add(parcel.lane)

    def _waiting(self, held_up: set[str], *, ignore_backoff: bool) -> list[Parcel]:
        heads = self._outbox.deliverable(None if ignore_backoff else self._now())
        return [parcel for parcel in heads if parcel.lane not in held_up]

    def _send(self, parcel: Parcel, writer: Writer) -> bool:
        """Tell whether the EMR has it; whatever else happened is noted in the outbox."""
        state = parcel.state
        try:
            asked = state is DeliveryState.UNKNOWN or isinstance(parcel.record, _FOUND_BY_ALL)
            if asked and self._is_there(parcel):
                return self._delivered(parcel)
            bundle = self._bundle(parcel)
            if not self._outbox.sending(parcel):
                return False  # the other program goes on with this lane
            state = DeliveryState.UNKNOWN
            writer.write(bundle)
        except WrongWay:
            return self._send(replace(parcel, state=state, attempts=parcel.attempts + 1), writer)
        except (NoWayToWrite, DataError) as impossible:
            return self._problem(parcel, impossible)
        except EmrError as failed:
            return self._failed(parcel, failed, state)
        return self._delivered(parcel)

    def _failed(self, parcel: Parcel, failed: EmrError, state: DeliveryState) -> bool:
        if isinstance(failed, Conflict):
            return self._in_conflict(parcel, failed)
        if isinstance(failed, Refused) and not isinstance(failed, Unauthorized):
            return self._problem(parcel, failed)
        if state is DeliveryState.UNKNOWN and not failed.unknown and parcel.state is not state:
            state = DeliveryState.PENDING  # the server said that it did nothing
        asked = failed.retry_after if isinstance(failed, Throttled) else None
        at = self._now() + wait_before(parcel.attempts, asked)
        self._outbox.retry_at(parcel.sequence, at, _outcome(failed), state)
        if isinstance(failed, _LINE_DOWN):
            raise failed
        return False

    def _in_conflict(self, parcel: Parcel, conflict: Conflict) -> bool:
        """Read what is there; never write over it.

        What is written the next time is judged anew by what is read then.
        """
        if self._is_there(parcel):
            return self._delivered(parcel)
        if conflict.facts.get("status") not in _MET or parcel.attempts >= _MEETINGS:
            return self._problem(parcel, conflict)
        at = self._now() + wait_before(parcel.attempts)
        self._outbox.retry_at(parcel.sequence, at, _outcome(conflict), DeliveryState.UNKNOWN)
        return False

    def _delivered(self, parcel: Parcel) -> bool:
        self._outbox.delivered(parcel.sequence)
        self.delivered += 1
        return True

    def _problem(self, parcel: Parcel, failed: BcmaError) -> bool:
        outcome, said = _outcome(failed), _said(failed)
        _log.warning("refused by the EMR: delivery=%d %s", parcel.sequence, outcome)
        self._outbox.refused(parcel.sequence, outcome, at=self._now(), said=said)
        return False

    def _is_there(self, parcel: Parcel) -> bool:
        change = self._change_id(parcel)
        event = parcel.record.event_id if change is None else change
        return event is not None and already_there(self._client, event, self._store.dialect)

    def _bundle(self, parcel: Parcel) -> Raw:
        record = parcel.record
        if isinstance(record, DoubleSettled):
            self._look_for_contradiction(record)
        if not isinstance(record, MedicationAdministration):
            return care_bundle(record, self._store.dialect)
        with self._store.reading() as reader:
            drug = reader.medication(record.medication_id) if record.medication_id else None
        change_id = self._change_id(parcel)
        if change_id is None:
            return self._first(parcel, record, drug)
        return self._change(parcel, record, change_id, drug)

    def _look_for_contradiction(self, said: DoubleSettled) -> None:
        """See that nobody has settled a dose charted twice in another way meanwhile.

        Raises:
            Conflict: a person must find out which of it is true.
        """
        dialect = self._store.dialect
        for issue in said.issues:
            name = {"identifier": f"{dialect.event}|{issue.event_id}"}
            for found in find(self._client, ISSUE, name):
                there = read_issue(found.resource, dialect)
                outcome = None if there is None else there.outcome
                if outcome is not None and outcome is not said.outcome:
                    raise Conflict(what=ISSUE, status=outcome.value)

    def _first(
        self, parcel: Parcel, record: MedicationAdministration, drug: Medication | None
    ) -> Raw:
        """Write the first version of a record; what of it arrived already stays as it is there.

        Somebody else may have changed it since, and it may be there under another id.
        """
        dialect, found = self._store.dialect, None
        if parcel.state is DeliveryState.UNKNOWN:
            found = find_dose(self._client, [record.event_id], dialect)
        if found is None:
            whole = administration_bundle(record, medication=drug, dialect=dialect)
            return self._signed(parcel, record, whole)
        known = replace(record, resource_id=str(found.resource["id"]))
        whole = administration_bundle(known, medication=drug, dialect=dialect)
        return _but_the_dose(self._signed(parcel, record, whole))

    def _signed(self, parcel: Parcel, record: MedicationAdministration, bundle: Raw) -> Raw:
        """Give an event as its author signed it, the name of the store that wrote it included."""
        author, at = record.author_id, record.recorded_at or record.given_at
        if parcel.signature is None or author is None or at is None:
            return written_under(bundle, self._store.epoch)
        return as_signed(bundle, Signed(data=parcel.signature, by=author, at=at))

    def _change_id(self, parcel: Parcel) -> str | None:
        """Give the id of the event that changes an earlier record, ``None`` for a first version.

        It follows from what was written, not from a count: a store that was restored from an
        older copy counts anew, and another change would pass for the one that is there (H92).
        """
        record = parcel.record
        if not isinstance(record, MedicationAdministration):
            return None  # a care event has one version only
        first = parcel.version == 1 and record.revision == 1
        if first and record.status not in _CHANGES:
            return None
        return str(uuid5(_uuid(record.event_id), parcel.digest))

    def _change(
        self,
        parcel: Parcel,
        record: MedicationAdministration,
        change_id: str,
        drug: Medication | None,
    ) -> Raw:
        """Write a later version of a record, over the version on the EMR that was judged.

        Where others have taken it back too, theirs stands, with who did so here and why beside it.

        Raises:
            Conflict: another station has changed it since.
        """
        dialect, before = self._store.dialect, self._outbox.before(parcel)
        names = record.resource_id, record.event_id
        found = find_dose(self._client, names, dialect, record.event_id)
        there = None if found is None else read_administration(found.resource, dialect=dialect)
        record = self._whole(_as_there(record, there))
        change = Change(change_id, told=() if before is None else before.findings)
        whole = administration_bundle(record, medication=drug, change=change, dialect=dialect)
        ours = self._signed(parcel, record, whole)
        if found is None or there is None:
            return ours
        # a line that broke in the middle may have left half of this very change there
        half_there = there == read_administration(resources_of(ours)[0], dialect=dialect)
        in_error = there.status is RecordStatus.ENTERED_IN_ERROR
        if not half_there and in_error and record.status is there.status:
            return _but_the_dose(ours)
        if not half_there and (in_error or not _is_judged(record, before, there)):
            raise Conflict(what="MedicationAdministration", status=there.status.value)
        change = replace(change, replaces=version_on(found))
        whole = administration_bundle(record, medication=drug, change=change, dialect=dialect)
        return self._signed(parcel, record, whole)

    def _whole(self, record: MedicationAdministration) -> MedicationAdministration:
        """Give a record that is taken back with what another station measured for it.

        That is in error as well, and only the station that charted it has it in its record.
        """
        if record.status is not RecordStatus.ENTERED_IN_ERROR:
            return record
        name = {"identifier": f"{self._store.dialect.event}|{record.event_id}"}
        values = find(self._client, "Observation", name)
        return with_measured(record, (found.resource for found in values))


def _as_there(
    record: MedicationAdministration, there: MedicationAdministration | None
) -> MedicationAdministration:
    """Name a record and its patient as the EMR does, who may be merged by now (H10)."""
    if there is None:
        return replace(record, resource_id=None)
    return replace(record, resource_id=there.resource_id, patient_id=there.patient_id)


def _but_the_dose(bundle: Raw) -> Raw:
    """Give what an event writes beside the record of the dose, which comes first."""
    _, *rest = resources_of(bundle)
    return transaction(entry(dict(resource)) for resource in rest)


def _is_judged(
    record: MedicationAdministration,
    before: MedicationAdministration | None,
    there: MedicationAdministration,
) -> bool:
    """Tell whether what is there is the version that was judged, ours or another station's."""
    if there.revision != max(record.revision - 1, 1):
        return False
    if before is None or before.revision != there.revision:
        return True  # the version before this one was another station's
    changed = before.differs_in_amount(there) and record.differs_in_amount(there)
    return before.status is there.status and not changed


def _said(failed: BcmaError) -> str:
    """Give the server's words, a line for each: for the problem list on screen only."""
    issues = failed.issues if isinstance(failed, Refused) else ()
    return "\n".join(issue.said for issue in issues if issue.said)


def _outcome(failed: BcmaError) -> str:
    """Give the server's answer in codes: what it said in words may name a patient."""
    issues = failed.issues if isinstance(failed, Refused) else ()
    status = failed.facts.get("status", "")
    return " ".join(filter(None, (failed.code, str(status), *(issue.code for issue in issues))))


def _uuid(event_id: str | None) -> UUID:
    try:
        return UUID(event_id or "")
    except ValueError as broken:
        raise BadEventError(event=event_id) from broken
