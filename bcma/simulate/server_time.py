"""A foreign server's clock, told in the time of a scenario.

A scenario goes through hours in a second, and an EMR of its own clock stamps what it is sent
with the hour of the play: an order that was stopped at noon of the scenario would have been
stopped in another month. So every instant of the server is told as the scenario's time at
which the server got there, and every one that it is asked about is put the other way round.
What is dated by us (when a dose was given) is in the scenario's time already.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final
from urllib.parse import quote, unquote

import httpx

from bcma.simulate.network import direct_transport

_DATE: Final = "Date"
#: Of the body as it came these no longer hold once it was written anew.
_OF_THE_BODY: Final = ("Content-Encoding", "Content-Length", "Transfer-Encoding")
_UPDATED: Final = re.compile(rb'("lastUpdated"\s*:\s*")([^"]+)(?=")')
_SEARCHED: Final = re.compile(rb"(_lastUpdated=(?:[a-z]{2})?)(\d[0-9A-Za-z%:+.\-]*)")
#: While a step is played the scenario's time stands still, and the server's goes on: so much
#: slower its time is told, that the order is kept and nobody's minutes are touched.
_SLOWER: Final = 1000
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], datetime]


def _real_time() -> datetime:
    return datetime.now(UTC)


class ScenarioClock:
    """The only thing that is not real: time moves when the file says so.

    Args:
        now: when the scenario begins.
        real: this machine's clock.
    """

    def __init__(self, now: datetime, real: Clock = _real_time) -> None:
        self._now, self._real = now, real
        #: Where it stood from when on, by this machine's clock.
        self.moves = [(real(), now)]

    def now(self) -> datetime:
        """Give the scenario's instant."""
        return self._now

    def set(self, now: datetime) -> None:
        """Go to a later instant."""
        self._now = now
        self.moves.append((self._real(), now))


class ServerTime:
    """What time it was in the scenario at an instant of the server's clock, and back.

    Args:
        clock: the scenario's.
        offset: the server's time less this machine's, measured once.
    """

    def __init__(self, clock: ScenarioClock, offset: timedelta = timedelta()) -> None:
        self._clock, self._offset = clock, offset
        self._there: list[datetime] = []
        self._here: list[datetime] = []

    def now(self) -> datetime:
        """Give the scenario's present instant."""
        return self._clock.now()

    def told(self, instant: datetime) -> datetime:
        """Tell an instant of the server's in the scenario's time."""
        self._follow()
        if instant < self._there[0]:
            return self._here[0] - (self._there[0] - instant)
        return self._slowed(instant)

    def asked(self, instant: datetime) -> datetime:
        """Give the server's instant that :meth:`told` tells as this one, or the first after it."""
        self._follow()
        if instant < self._here[0]:
            return self._there[0] - (self._here[0] - instant)
        at = bisect_right(self._here, instant) - 1
        there = self._there[at] + (instant - self._here[at]) * _SLOWER
        return there if at + 1 == len(self._there) else min(there, self._there[at + 1])

    def _follow(self) -> None:
        """Take note of where the scenario has gone since."""
        for real, now in self._clock.moves[len(self._there) :]:
            there = real + self._offset
            there -= (there - _EPOCH) % _MILLISECOND  # servers stamp whole milliseconds
            self._here.append(max(now, self._slowed(there)) if self._here else now)
            self._there.append(there)

    def _slowed(self, there: datetime) -> datetime:
        at = bisect_right(self._there, there) - 1
        return self._here[at] + (there - self._there[at]) / _SLOWER


class TimedTransport(httpx.BaseTransport):
    """A transport to a server whose instants are put into the scenario's time, and back.

    Args:
        inner: the transport that does the work.
        time: of the server.
    """

    def __init__(self, inner: httpx.BaseTransport, time: ServerTime) -> None:
        self._inner, self._time = inner, time

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and give its answer."""
        response = self._inner.handle_request(self._asking(request))
        body = _UPDATED.sub(self._tell, response.read())
        response.close()
        headers = response.headers.copy()
        for name in _OF_THE_BODY:
            headers.pop(name, None)
        headers[_DATE] = format_datetime(self._time.now().astimezone(UTC), usegmt=True)
        return httpx.Response(
            response.status_code, headers=headers, content=_SEARCHED.sub(self._tell_link, body)
        )

    def close(self) -> None:
        """Close the transport underneath."""
        self._inner.close()

    def _asking(self, request: httpx.Request) -> httpx.Request:
        url = request.url.copy_with(query=_SEARCHED.sub(self._ask, request.url.query))
        headers = request.headers.copy()
        headers.pop("Content-Length", None)
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            content=_SEARCHED.sub(self._ask, request.read()) or None,
            extensions=request.extensions,
        )

    def _tell(self, written: re.Match[bytes]) -> bytes:
        return _put(written, written[2].decode(), self._time.told, quoted=False)

    def _tell_link(self, written: re.Match[bytes]) -> bytes:
        return _put(written, unquote(written[2].decode()), self._time.told, quoted=True)

    def _ask(self, written: re.Match[bytes]) -> bytes:
        return _put(written, unquote(written[2].decode()), self._time.asked, quoted=True)


def transport_to_emr(time: ServerTime | None) -> httpx.BaseTransport:
    """Build a transport to an EMR; ``time`` is of one with a clock of its own."""
    direct = direct_transport()
    return direct if time is None else TimedTransport(direct, time)


def _put(
    written: re.Match[bytes], text: str, into: Callable[[datetime], datetime], *, quoted: bool
) -> bytes:
    """Put an instant into the other time; a whole day, or what is none, is left as it is."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return written[0]
    if instant.tzinfo is None:
        return written[0]
    other = into(instant).astimezone(UTC).isoformat()
    return written[1] + (quote(other) if quoted else other).encode()
