"""What a station tells of itself and its ward, and this machine's clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bcma.model.people import Patient


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """Give the present instant."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetbackNotice:
    """The store is not what it was when it last ran (hazard H92).

    Attributes:
        restored: it was restored from an older copy.
        copied: it was made on another machine.
        brought_back: records that the journal gave back.
        missing: records that are known to have been here and are not; the EMR has those that
            were delivered.
        names: the patients whose charts have to be looked at, as far as they are known here.
        unnamed: how many more there are, who came after the older copy was made.
    """

    restored: bool
    copied: bool
    brought_back: int
    missing: int
    names: tuple[str, ...]
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What the status strip says of the station.

    Attributes:
        orders_as_of: server time of the last complete pull, of the open patient where each is
            read alone; ``None`` before the first.
        reached: whether the last exchange with the EMR succeeded; ``None`` before the first.
        failure: code of what ended it, for ``bcma.wording``: the EMR's, or this machine's own.
        notices: doses charted twice, or under a stopped order, of which the person signed in has
            to be told.
        setback: the store was restored from an older copy, or copied from another machine, and
            nobody has seen it yet (hazard H92).
        journal_failure: code of what keeps the journal from having what the store has.
        signing_failure: code of what keeps the station from signing what is recorded.
        rests_until: somebody broke reading off; it goes on by itself then.
    """

    orders_as_of: datetime | None
    reached: bool | None
    unsent: int
    problems: int
    failure: str = ""
    clock_offset: timedelta | None = None
    notices: int = 0
    setback: SetbackNotice | None = None
    journal_failure: str = ""
    signing_failure: str = ""
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WardRow:
    """A patient of this station's ward, with what is overdue and due now."""

    patient: Patient
    bed: str
    overdue: int
    due: int
