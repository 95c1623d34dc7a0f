"""What one synchronisation came to: explicit, never a silent success."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What a pull brought.

    Attributes:
        news: how many resources were new or changed, by type.
        unreadable: ``Type/id`` of what is kept as it came but cannot be understood.
        complete: whether every type was read to its end.
        as_of: the server's time up to which everything was read.
    """

    news: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    complete: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """One pull and push.

    Attributes:
        delivered: records that the EMR took, or turned out to have.
        unsent: records that it does not have yet, refused ones included.
        problems: records that it refused; a person must decide.
        as_of: server time of the last complete pull, this one or an earlier.
        clock_offset: server time minus this machine's; ``None`` where it was not measured.
        failure: code of the error that ended it early (``emr.unreachable`` ...), empty if none.
    """

    pulled: Pulled
    delivered: int
    unsent: int
    problems: int
    as_of: datetime | None
    clock_offset: timedelta | None
    failure: str = ""

    @property
    def reached(self) -> bool:
        """Tell whether the EMR was there from beginning to end."""
        return not self.failure
