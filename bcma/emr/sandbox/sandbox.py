"""The sandbox EMR as one object: start, load, set, close."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

from bcma.emr.sandbox.admin import Admin
from bcma.emr.sandbox.clock import Clock, system_clock
from bcma.emr.sandbox.engine import Engine
from bcma.emr.sandbox.faults import Faults, Line
from bcma.emr.sandbox.handler import BASE_PATH
from bcma.emr.sandbox.interactions import Interactions
from bcma.emr.sandbox.json_text import Resource, read_object, write
from bcma.emr.sandbox.server import Server, listen
from bcma.emr.sandbox.storage import Storage


class Sandbox:
    """A FHIR R4 server at ``http://host:port/fhir``, from its making to :meth:`close`.

    Args:
        clock: gives the present; used for ``meta.lastUpdated`` and the Date header.
        host: address to listen at.
        port: port to listen at; 0 takes a free one.
        file: SQLite file to keep everything in; None keeps it in memory.
        faults: what goes wrong.
        zone: of dates that name none, in resources and in searches.
        check_references: refuse references to resources that do not exist, and deletions of
            resources that others refer to. HAPI does by default; the sandbox does not, as
            scenarios of bad input need references that lead nowhere.

    Raises:
        StoreUnusable: the file is no store of the sandbox or is in use.
        OSError: host and port cannot be listened at.
    """

    def __init__(  # noqa: PLR0913 (each is a setting of its own, with a default)
        self,
        *,
        clock: Clock = system_clock,
        host: str = "127.0.0.1",
        port: int = 0,
        file: Path | None = None,
        faults: Faults | None = None,
        zone: tzinfo = UTC,
        check_references: bool = False,
    ) -> None:
        ending = threading.Event()
        socket = listen(host, port)
        try:
            storage = Storage(file)
        except BaseException:
            socket.close()
            raise
        self.base_url = f"http://{host}:{socket.getsockname()[1]}{BASE_PATH}"
        self._engine = Engine(storage, self.base_url, clock, zone, check_references)
        self._interactions = Interactions(self._engine, Admin(self))
        self._line = Line(self._interactions.handle, ending.wait, faults or Faults())
        self._server = Server(socket, self.base_url, self._line.carry, self._now, ending)

    @property
    def clock(self) -> Clock:
        """Gives the present; may be replaced at any time."""
        return self._engine.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self._engine.clock = clock

    @property
    def faults(self) -> Faults:
        """What goes wrong; may be replaced at any time."""
        return self._line.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._line.faults = faults

    def _now(self) -> datetime:
        return self.clock()

    def load(self, bundle: Mapping[str, object] | bytes) -> Resource:
        """Keep what a Bundle of any type holds, all or nothing and at one instant.

        Entries without a request are PUT where they have an id, else POSTed. Bytes keep every
        digit of a decimal; a mapping keeps those of :class:`~decimal.Decimal`.

        Returns:
            The response Bundle.

        Raises:
            Refusal: an entry is refused.
        """
        text = bundle if isinstance(bundle, bytes) else write(bundle)
        return self._interactions.load(read_object(text))

    def close(self) -> None:
        """Stop: requests under way are answered, threads have ended, the store is closed."""
        self._server.close()
        self._engine.storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
