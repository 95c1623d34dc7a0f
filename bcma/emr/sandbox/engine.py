"""What every interaction needs, put together once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from bcma.emr.sandbox.clock import Clock
from bcma.emr.sandbox.faults import Faults
from bcma.emr.sandbox.index import Indexer
from bcma.emr.sandbox.pages import Pages
from bcma.emr.sandbox.powers import Powers
from bcma.emr.sandbox.search import Searching
from bcma.emr.sandbox.storage import Storage
from bcma.emr.sandbox.writing import Writer


@dataclass
class Engine:
    """The sandbox without HTTP.

    Attributes:
        clock: may be replaced at any time.
        zone: of dates that name none.
        check_references: see :class:`~bcma.emr.sandbox.writing.Writer`.
        powers: what clients may write; may be replaced at any time.
        faults: gives what goes wrong in the server itself.
    """

    storage: Storage
    base_url: str
    clock: Clock
    zone: tzinfo
    check_references: bool
    powers: Powers = field(default_factory=Powers)
    faults: Callable[[], Faults] = Faults
    indexer: Indexer = field(init=False)
    pages: Pages = field(init=False)
    searching: Searching = field(init=False)

    def __post_init__(self) -> None:
        self.indexer = Indexer(self.base_url, self.zone)
        self.pages = Pages(self.base_url)
        self.searching = Searching(self.indexer, self.pages, self.base_url, self._faults_now)

    def now(self) -> datetime:
        """Give what the server takes for the present."""
        return self.clock() + timedelta(seconds=self.faults().clock_offset)

    def _faults_now(self) -> Faults:
        return self.faults()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Run one transaction: all that is written in the block, or nothing."""
        same = self.faults().one_instant
        with self.storage.writing(self.now(), same_instant=same) as unit:
            writer = Writer(unit, self.indexer, check_references=self.check_references)
            yield writer
            writer.finish()
