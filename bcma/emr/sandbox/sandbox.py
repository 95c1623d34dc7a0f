"""The sandbox EMR as one object: start, load, set, close."""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

from bcma.emr.sandbox.admin import Admin
from bcma.emr.sandbox.clock import Clock, system_clock
from bcma.emr.sandbox.engine import Engine
from bcma.emr.sandbox.exchange import Reply, Request
from bcma.emr.sandbox.faults import Faults
from bcma.emr.sandbox.handler import BASE_PATH
from bcma.emr.sandbox.interactions import Interactions
from bcma.emr.sandbox.json_text import Resource, read_object, write
from bcma.emr.sandbox.line import Line
from bcma.emr.sandbox.powers import Powers
from bcma.emr.sandbox.server import Server, listen
from bcma.emr.sandbox.storage import Storage


class OpenLine:
    """A further address of a sandbox: what goes wrong on it meets nobody else.

    Args:
        handle: answers a request.
        known_as: the address by which the server knows itself.
        now: the server's clock.
    """

    def __init__(
        self, handle: Callable[[Request], Reply], known_as: str, now: Callable[[], datetime]
    ) -> None:
        ending = threading.Event()
        socket = listen("127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{socket.getsockname()[1]}{BASE_PATH}"
        self._line = Line(handle, ending.wait, (known_as.encode(), self.base_url.encode()))
        self._server = Server(socket, self.base_url, self._line.carry, now, ending)

    @property
    def faults(self) -> Faults:
        """What goes wrong on this line; may be replaced at any time."""
        return self._line.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._line.faults = faults

    def close(self) -> None:
        """Stop listening; the sandbox does it when it ends."""
        self._server.close()


class Sandbox:
    """A FHIR R4 server at ``http://host:port/fhir``, from its making to :meth:`close`.

    Args:
        clock: gives the present; used for ``meta.lastUpdated`` and the Date header.
        host: address to listen at.
        port: port to listen at; 0 takes a free one.
        file: SQLite file to keep everything in; None keeps it in memory.
        faults: what goes wrong.
        powers: what clients may write, and what the server says of it.
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
        powers: Powers | None = None,
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
        self._engine.powers = powers or Powers()
        self._interactions = Interactions(self._engine, Admin(self))
        self._line = Line(self._interactions.handle, ending.wait)
        self._line.faults = faults or Faults()
        self._engine.faults = lambda: self._line.faults
        self._server = Server(socket, self.base_url, self._line.carry, self._engine.now, ending)
        self._lines: list[OpenLine] = []

    @property
    def clock(self) -> Clock:
        """Gives the present; may be replaced at any time."""
        return self._engine.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self._engine.clock = clock

    @property
    def faults(self) -> Faults:
        """What goes wrong, in the server and on its first line; may be replaced at any time."""
        return self._line.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._line.faults = faults

    @property
    def powers(self) -> Powers:
        """What clients may write; may be replaced at any time."""
        return self._engine.powers

    @powers.setter
    def powers(self, powers: Powers) -> None:
        self._engine.powers = powers

    def open_line(self) -> OpenLine:
        """Give a further address of this server, with faults of its own: for one station."""
        opened = OpenLine(self._interactions.handle, self.base_url, self._engine.now)
        self._lines.append(opened)
        return opened

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
        for line in self._lines:
            line.close()
        self._server.close()
        self._engine.storage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
