"""How long to wait before a record is sent again."""

from datetime import timedelta
from random import SystemRandom

_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 300.0
#: Who asks to be left alone for longer is asked again after a day.
_DAY_SECONDS = 86_400.0
_RANDOM = SystemRandom()


def wait_before(attempt: int, retry_after: float | None = None) -> timedelta:
    """Give the wait after the given number of attempts: doubling, jittered, bounded.

    The jitter keeps the stations of a house from coming back all at once. What the server
    asked for (``Retry-After``, seconds) is not undercut, up to a day.
    """
    doubled = _FIRST_SECONDS * 2 ** min(attempt, 16)
    jittered = min(doubled, _LONGEST_SECONDS) * _RANDOM.uniform(0.5, 1.0)
    return timedelta(seconds=max(jittered, min(retry_after or 0.0, _DAY_SECONDS)))
