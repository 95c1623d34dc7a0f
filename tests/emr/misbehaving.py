"""A real HTTP server that answers what it is told: for all that a good server never does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, headers, body; a status of 0 hangs up instead.

    A header ``Date`` takes the place of the machine's own, an empty one is not sent.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Misbehaving:
    """The server's address, and the requests that came."""

    url: str
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)


Answers = Callable[[str, str], Answer]


@contextmanager
def misbehaving(answer: Answers) -> Iterator[Misbehaving]:
    """Serve until the block ends; ``answer`` gets method and path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.seen.append((self.command, self.path, dict(self.headers)))
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            found = answer(self.command, self.path)
            if found.status == 0:
                self.close_connection = True
                return
            if "Date" in found.headers:  # else the machine's is told
                self.send_response_only(found.status)
            else:
                self.send_response(found.status)
            for name, value in found.headers.items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        do_POST = do_PUT = do_GET  # noqa: N815 - the names are the standard library's

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told = Misbehaving(f"http://127.0.0.1:{server.server_port}/fhir")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="misbehaving")
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
