"""What a person at a station has to find out about doses, and says about it (H47, H59)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bcma.bedside import PassState
from bcma.bedside.acts import Act, PrescriberTold, SettleDouble
from bcma.bedside.settling import may_settle
from bcma.model.events import DoubleOutcome
from bcma.model.order import OrderStatus
from bcma.model.people import Patient, Practitioner, Role
from bcma.model.record import MedicationAdministration
from bcma.store import OpenIssue, Store


class NoticeKind(StrEnum):
    """What there is to find out.

    ``NONE_LEFT``: each of two nurses took back her own record of a dose, so that none stands.
    """

    CHARTED_TWICE = "charted-twice"
    NONE_LEFT = "none-left"
    ORDER_STOPPED = "order-stopped"
    ORDER_CHANGED = "order-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyNotice:
    """Something about given doses that waits for a person.

    Attributes:
        id: names it at this station.
        bed: where the patient lies; empty where it is not known.
        drug: the name of what was given.
        records: the doses, the one given first in front: each with its giver, station and time.
        planned: the slot, where there is one.
        since: when the last of the doses was given.
        changed_at: since when the order is as it is now, where it was stopped or changed.
        concerns_me: the person signed in gave one of the doses, manages the ward, or is the
            pharmacist whom a stopped order concerns.
        may_settle: the person signed in may say what it means; where no record is left, it is
            charted anew instead, which takes it off the list.
    """

    id: str
    kind: NoticeKind
    patient: Patient
    bed: str
    drug: str
    records: tuple[MedicationAdministration, ...]
    planned: datetime | None = None
    since: datetime | None = None
    changed_at: datetime | None = None
    concerns_me: bool = False
    may_settle: bool = False


class SafetyDesk:
    """The doses charted twice, and those under a stopped order, until a person has settled them.

    Args:
        store: the station's store.
        person: gives who is signed in.
        act: does something about a record, as whoever is signed in.
    """

    def __init__(
        self,
        store: Store,
        person: Callable[[], Practitioner | None],
        act: Callable[[str | None, Act], PassState],
    ) -> None:
        self._store = store
        self._person = person
        self._act = act

    def notices(self) -> tuple[SafetyNotice, ...]:
        """List what waits for anybody, what concerns the person signed in first, then by time.

        Raises:
            StoreError: the store cannot be read.
        """
        person = self._person()
        found = [_notice(issue, person) for issue in self._store.issues.open()]
        return tuple(sorted(found, key=_urgency))

    def conflicts(self) -> tuple[SafetyNotice, ...]:
        """List those of the notices that hold the next dose: charted twice (H47).

        Raises:
            StoreError: the store cannot be read.
        """
        return tuple(n for n in self.notices() if n.kind is NoticeKind.CHARTED_TWICE)

    def concerning_me(self) -> int:
        """Count the notices of which the person signed in has to be told.

        Raises:
            StoreError: the store cannot be read.
        """
        return sum(notice.concerns_me for notice in self.notices())

    def charted_twice(self, notice: SafetyNotice, right: str, reason: str) -> PassState:
        """Say that one dose was given: all records but the right one are entered in error.

        Args:
            notice: what is settled.
            right: event of the record that stays.
            reason: coded, of the correction.
        """
        wrong = tuple(r.event_id or "" for r in notice.records if r.event_id != right)
        act = SettleDouble(outcome=DoubleOutcome.CHARTED_TWICE, wrong=wrong, reason=reason)
        return self._act(_event(notice), act)

    def given_twice(self, notice: SafetyNotice) -> PassState:
        """Say that every dose really went in: an adverse event; the prescriber is to be told."""
        return self._act(_event(notice), SettleDouble(outcome=DoubleOutcome.GIVEN_TWICE))

    def prescriber_told(self, notice: SafetyNotice) -> PassState:
        """Say that the prescriber knows of the dose given after the order was stopped."""
        return self._act(_event(notice), PrescriberTold())


def _notice(issue: OpenIssue, person: Practitioner | None) -> SafetyNotice:
    kind = _kind(issue)
    tells = set() if issue.late is None else {Role.PHARMACIST}
    roles = set() if person is None else person.roles
    gave = person is not None and person.id in {record.giver_id for record in issue.records}
    told = {Role.WARD_MANAGER} | tells
    return SafetyNotice(
        id=issue.id,
        kind=kind,
        patient=issue.patient,
        bed=issue.bed,
        drug=next((r.medication_name for r in issue.records if r.medication_name), ""),
        records=issue.records,
        planned=issue.planned,
        since=issue.records[-1].known_at,
        changed_at=None if issue.late is None or issue.order is None else issue.order.last_updated,
        concerns_me=gave or bool(roles & told),
        may_settle=kind is not NoticeKind.NONE_LEFT
        and person is not None
        and (may_settle(person) or bool(roles & tells)),
    )


def _kind(issue: OpenIssue) -> NoticeKind:
    if issue.late is None:
        stands = any(record.went_in for record in issue.records)
        return NoticeKind.CHARTED_TWICE if stands else NoticeKind.NONE_LEFT
    active = issue.order is not None and issue.order.status is OrderStatus.ACTIVE
    return NoticeKind.ORDER_CHANGED if active else NoticeKind.ORDER_STOPPED


def _urgency(notice: SafetyNotice) -> tuple[bool, float, str]:
    since = 0.0 if notice.since is None else notice.since.timestamp()
    return not notice.concerns_me, since, notice.id


def _event(notice: SafetyNotice) -> str | None:
    """Give the event of a record of ours by which the notice is named."""
    return next((r.event_id for r in notice.records if r.event_id is not None), None)
