"""The statements of a scan, and what they cost through SQLAlchemy Core with nothing around them."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, Engine, Executable, event

from bcma.store.engine import Database

_TIMES: Final = 3
#: Of one statement, or of each time that it is run.
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Transaction:
    """One reading or writing transaction: its statements with their parameters."""

    writes: bool
    statements: list[tuple[Executable, Values]] = field(default_factory=list)


@contextmanager
def overheard() -> Iterator[list[Transaction]]:
    """List every transaction that is run until the block ends."""
    heard: list[Transaction] = []

    def begun(connection: Connection) -> None:
        heard.append(Transaction(writes="bcma_writes" in connection.get_execution_options()))

    def run(
        _connection: Connection, statement: Executable, many: Values, one: Values, _options: object
    ) -> None:
        heard[-1].statements.append((statement, many or one))

    event.listen(Engine, "begin", begun)
    event.listen(Engine, "before_execute", run)
    try:
        yield heard
    finally:
        event.remove(Engine, "begin", begun)
        event.remove(Engine, "before_execute", run)


def replayed_ms(database: Database, heard: list[Transaction]) -> float:
    """Read by the same statements with the same parameters; give the middle one of a few times.

    What was written is not written again: that leaves the floor a little too low.
    """
    return statistics.median(_replay(database, heard) for _ in range(_TIMES))


def _replay(database: Database, heard: list[Transaction]) -> float:
    began = time.process_time()
    for transaction in heard:
        if transaction.writes:
            continue
        with database.read() as connection:
            for statement, parameters in transaction.statements:
                result = connection.execute(statement, parameters or None)
                if result.returns_rows:
                    result.all()
    return (time.process_time() - began) * 1000
