"""The sandbox's connections and threads."""

import contextlib
import logging
import socket
import socketserver
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import cast

from bcma.emr.sandbox.exchange import Reply, Request
from bcma.emr.sandbox.handler import Handler

_log = logging.getLogger(__name__)

Carry = Callable[[Request], Reply | None]


def listen(host: str, port: int) -> socket.socket:
    """Listen at an address; connections wait from now on.

    Raises:
        OSError: it cannot be listened at.
    """
    return socket.create_server((host, port), backlog=128)


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves until closed, one thread for each connection.

    Args:
        listening: where connections come in.
        base_url: where FHIR is spoken.
        carry: answers a request; None leaves the client without a reply.
        now: the sandbox's clock.
        ending: set when the server ends.
    """

    daemon_threads = False  # so that close() waits for them

    def __init__(
        self,
        listening: socket.socket,
        base_url: str,
        carry: Carry,
        now: Callable[[], datetime],
        ending: threading.Event,
    ) -> None:
        super().__init__(listening.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.base_url = base_url
        self.carry = carry
        self.now = now
        self._ending = ending
        self._guard = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._accepting = threading.Thread(target=self._accept, name="sandbox-accept")
        self._accepting.start()

    def _accept(self) -> None:
        while not self._ending.is_set():
            self.handle_request()

    def close(self) -> None:
        """Stop accepting, let requests under way be answered, end all threads."""
        self._ending.set()
        with contextlib.suppress(OSError):  # wakes the accepting thread, if it waits
            socket.create_connection(self.socket.getsockname()[:2], timeout=1).close()
        self._accepting.join()
        with self._guard:
            waiting = list(self._connections)
        for connection in waiting:
            with contextlib.suppress(OSError):  # closed by the client meanwhile
                connection.shutdown(socket.SHUT_RD)
        self.server_close()

    def process_request(self, request: object, client_address: object) -> None:
        """Note a connection before its thread begins."""
        connection = cast("socket.socket", request)
        with self._guard:
            self._connections.add(connection)
        super().process_request(connection, cast("tuple[str, int]", client_address))

    def shutdown_request(self, request: object) -> None:
        """Forget a connection and close it."""
        connection = cast("socket.socket", request)
        with self._guard:
            self._connections.discard(connection)
        super().shutdown_request(connection)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 (signature of socketserver)
        """Log what ended a connection, without its content."""
        failure = sys.exc_info()[1]
        if isinstance(failure, OSError):  # the client went away
            _log.debug("connection ended: %s", type(failure).__name__)
        else:
            _log.error("connection failed: %s", type(failure).__name__)
