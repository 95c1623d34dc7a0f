"""Signs people in by badge and PIN against the staff of this station."""

import logging
from datetime import datetime, timedelta

from bcma.access.pins import PinHasher, PinParameters
from bcma.errors import BcmaError
from bcma.model.audited import AuditKind
from bcma.model.people import Practitioner, Session
from bcma.model.ports import Clock, SignInFailure
from bcma.store import StaffDesk, StoreError

_log = logging.getLogger(__name__)


class EnrolError(BcmaError):
    """Nobody active has this badge, so no PIN can be kept for it."""

    code = "access.unknown-badge"


class StationAuthenticator:
    """Fills :class:`bcma.model.ports.Authenticator`.

    Checks take a fifth of a second on purpose and hold no lock of the store meanwhile: call
    them off the window's thread. Every role may sign in; what it may do, the rules decide.
    """

    def __init__(
        self, staff: StaffDesk, clock: Clock, parameters: PinParameters | None = None
    ) -> None:
        self._staff = staff
        self._clock = clock
        self._parameters = parameters or PinParameters()
        self._hasher = PinHasher(self._parameters)

    def enrol(self, badge: str, pin: str, by: str = "") -> Practitioner:
        """Let the person with this badge sign in here with this PIN, from now on only with it.

        Raises:
            EnrolError: no active member of staff has this badge.
            bcma.store.StoreError: nothing was kept.
        """
        now = self._clock.now()
        person = self._staff.practitioner(badge, now)
        if person is None or not person.active:
            raise EnrolError
        self._staff.enrol(person.id, self._hasher.hash(pin), by, now)
        return person

    def sign_in(self, badge: str, pin: str, now: datetime) -> Session | SignInFailure:
        """Check badge and PIN.

        An unknown badge, an unenrolled person and a wrong PIN answer alike and take alike
        long. A locked-out person is refused even with the right PIN, and learns nothing.
        """
        person = self._staff.practitioner(badge, now)
        kept = self._staff.pin_of(person.id) if person is not None and person.active else None
        right = self._hasher.holds(kept.pin_hash if kept else None, pin)
        if person is None or kept is None:
            return SignInFailure.UNKNOWN
        if kept.locked_until is not None and now < kept.locked_until:
            return SignInFailure.LOCKED_OUT
        if not right:
            return self._refuse(person.id, now)
        if not person.roles:
            return SignInFailure.ROLE
        self._staff.succeeded(person.id, now)
        return Session(person, now)

    def left(self, practitioner_id: str, how: AuditKind, at: datetime) -> None:
        """Note that a session was locked or ended; a full disk keeps nobody signed in."""
        try:
            self._staff.left(practitioner_id, how, at)
        except StoreError as failed:
            _log.warning("%s not noted: %s", how, failed.code)

    def practitioner(self, badge: str) -> Practitioner | None:
        """Give the active person whose badge this is, without proof."""
        person = self._staff.practitioner(badge, self._clock.now())
        return person if person is not None and person.active else None

    def standing(self, practitioner_id: str) -> Practitioner | None:
        """Give an active person with the roles that stand now; without any, nobody."""
        person = self._staff.person(practitioner_id, self._clock.now())
        return person if person is not None and person.active and person.roles else None

    def _refuse(self, practitioner_id: str, now: datetime) -> SignInFailure:
        until = now + timedelta(minutes=self._parameters.lock_minutes)
        locked = self._staff.failed(practitioner_id, now, self._parameters.failures_allowed, until)
        return SignInFailure.LOCKED_OUT if locked else SignInFailure.UNKNOWN
