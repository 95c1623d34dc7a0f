"""How talking to an EMR fails. Facts are codes and types; no URL with a query, no content.

What a server says in words (OperationOutcome) may name a patient: it is kept apart from the
facts, for the problem list on screen, and never enters a log.
"""

from dataclasses import dataclass

from bcma.errors import BcmaError


@dataclass(frozen=True, slots=True)
class Issue:
    """One entry of an OperationOutcome; ``said`` is for the screen only."""

    severity: str
    code: str
    said: str = ""


class EmrError(BcmaError):
    """Root of what goes wrong between this station and the EMR.

    Attributes:
        unknown: the request was a write that may have been carried out, or a part of what it
            belongs to was before: read before sending it again.
    """

    code = "emr.failed"

    def __init__(self, **facts: object) -> None:
        self.unknown = facts.pop("unknown", False) is True
        super().__init__(**facts)


class Unreachable(EmrError):
    """No network, no server, or no reply in time."""

    code = "emr.unreachable"


class Unavailable(EmrError):
    """The server answered that it failed (5xx), or had waited too long for us (408)."""

    code = "emr.unavailable"


class Throttled(Unavailable):
    """The server asks to come back later (429, 503).

    Attributes:
        retry_after: seconds that it asked for; ``None`` where it named none.
    """

    code = "emr.throttled"

    def __init__(self, *, retry_after: float | None = None, **facts: object) -> None:
        super().__init__(retry_after=retry_after, **facts)
        self.retry_after = retry_after


class Refused(EmrError):
    """The server understood and refused (4xx).

    Attributes:
        issues: its OperationOutcome, for the problem list.
    """

    code = "emr.refused"

    def __init__(self, *, issues: tuple[Issue, ...] = (), **facts: object) -> None:
        super().__init__(issues=tuple(i.code for i in issues), **facts)
        self.issues = issues


class Missing(Refused):
    """There is no such resource, or no more (404, 410)."""

    code = "emr.missing"


class Conflict(Refused):
    """Somebody else was faster (409, 412): read, judge again, never overwrite."""

    code = "emr.conflict"


class Unauthorized(Refused):
    """Server or proxy do not know us or do not allow it (401 after renewal, 403, 407)."""

    code = "emr.unauthorized"


class NotFhir(EmrError):
    """A reply that is no FHIR: HTML of a proxy, broken or endless JSON, another resource."""

    code = "emr.not-fhir"


class TooLarge(NotFhir):
    """A reply with more bytes than we take; a smaller page may do."""


class Misdirected(EmrError):
    """A redirect or a next link that leads to another server or round in a circle."""

    code = "emr.misdirected"


class NoWayToWrite(EmrError):
    """This server says that it cannot be written to; ``kinds`` are the types that we would."""

    code = "emr.no-way-to-write"


class WrongWay(EmrError):
    """The server turned out not to create in this way when a part was written already.

    What is there has to be read, and the event written anew, which then goes another way.
    """

    code = "emr.wrong-way"
