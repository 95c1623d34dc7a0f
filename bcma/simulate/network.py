"""What lies between a station and the EMR, as a switch that a scenario turns.

It sits below the real HTTP client, so that all above it meets what it meets in life: a
connection that is refused, a reply that never comes, a server that is overloaded.
"""

from functools import cache
from http import HTTPStatus
from ssl import SSLContext
from typing import Final, assert_never

import httpx

from bcma.emr.bundles import asks_only
from bcma.simulate.verbs import Network

_READING: Final = frozenset({"GET", "HEAD"})


@cache
def _certificates() -> SSLContext:
    """Load the certificates once: it takes a tenth of a second, and a scenario half of one."""
    return httpx.create_ssl_context()


def direct_transport() -> httpx.BaseTransport:
    """Build a transport to a server, past any proxy of the environment."""
    return httpx.HTTPTransport(verify=_certificates(), trust_env=False)


class SwitchedTransport(httpx.BaseTransport):
    """A transport whose network a scenario takes down, or makes bad.

    Args:
        inner: the transport that does the work.
    """

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.network = Network.UP

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the network as it is now."""
        match self.network:
            case Network.UP:
                return self._inner.handle_request(request)
            case Network.DOWN:
                message = "network unreachable"
                raise httpx.ConnectError(message, request=request)
            case Network.LOSE_REPLIES:
                return self._without_reply(request)
            case Network.ERROR_503:
                return httpx.Response(HTTPStatus.SERVICE_UNAVAILABLE, request=request)
            case _:
                assert_never(self.network)

    def close(self) -> None:
        """Close the transport underneath."""
        self._inner.close()

    def _without_reply(self, request: httpx.Request) -> httpx.Response:
        """Lose the reply to a write, the case that matters: the server has done the work."""
        response = self._inner.handle_request(request)
        if request.method in _READING or asks_only(request.read()):
            return response
        response.read()
        response.close()
        message = "no reply"
        raise httpx.ReadTimeout(message, request=request)
