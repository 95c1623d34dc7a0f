"""What came of one row at the station."""

from dataclasses import dataclass

from bcma.model.record import RecordStatus
from bcma.model.verdict import Finding, NotChecked, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What came of one row at the station.

    Attributes:
        word: the verdict's word when all was scanned, before any answer; empty where there
            was no dose to judge.
        seen: what it found then.
        later: what it found besides while answers were given.
        not_checked: which checks did not run.
        record: what was written; ``None`` where nothing was.
        stuck: the finding that kept it from being written.
    """

    word: str
    seen: tuple[Finding, ...] = ()
    later: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    record: RecordStatus | None = None
    stuck: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give everything that it found."""
        return self.seen + self.later

    @property
    def stops(self) -> tuple[Finding, ...]:
        """Give what stopped it."""
        return tuple(f for f in self.findings if f.severity is Severity.STOP)
