"""What fails a test besides its own assertions.

Here: a log record at ERROR or above, a thread that is left over, a hazard that does not
exist. Warnings, exceptions in threads and Qt's messages are failed by pytest and pytest-qt,
as ``pyproject.toml`` sets them. ``test_guards.py`` proves that each of them bites.
"""

import logging
import re
import threading
import time
from collections.abc import Iterator

import pytest

HAZARDS = frozenset(f"H{number:02}" for number in range(1, 117))
"""The hazards of the specification, H01 to H116."""

GRACE_SECONDS = 2.0
"""How long a thread that was told to stop may take to end."""

ALLOWED_THREADS = {
    "Dummy-": "a thread of Qt's own that once ran Python code: Python never takes it off its list",
}
"""Names of threads that may outlive any test, with the reason."""


@pytest.fixture(autouse=True)
def left_over_threads_fail(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread behind, daemon or not."""
    before = set(threading.enumerate())
    yield
    allowed = (*ALLOWED_THREADS, *_marked(request, "lasting_threads"))
    started = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not thread.name.startswith(allowed)
    ]
    deadline = time.monotonic() + GRACE_SECONDS
    for thread in started:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in started if thread.is_alive()]
    if alive:
        pytest.fail(f"threads left over: {', '.join(alive)}", pytrace=False)


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def unexpected_log_errors_fail(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs an error it did not announce, or announces one that stays away.

    ``@pytest.mark.expected_errors("bcma.sync: .*refused")`` names, as regular expressions over
    ``logger: message``, the errors that a test causes on purpose.
    """
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
    patterns = _marked(request, "expected_errors")
    unexpected = [
        line
        for line in collector.lines
        if not any(re.search(pattern, line) for pattern in patterns)
    ]
    missing = [
        pattern
        for pattern in patterns
        if not any(re.search(pattern, line) for line in collector.lines)
    ]
    if unexpected:
        pytest.fail(f"unexpected log errors: {unexpected}", pytrace=False)
    if missing:
        pytest.fail(f"expected log errors that did not come: {missing}", pytrace=False)


@pytest.fixture(autouse=True)
def unknown_hazards_fail(request: pytest.FixtureRequest) -> None:
    """Fail a test whose hazard marker names no hazard, or nothing at all."""
    for mark in request.node.iter_markers("hazard"):
        unknown = [str(number) for number in mark.args if number not in HAZARDS]
        if unknown or not mark.args:
            pytest.fail(f"not a hazard: {', '.join(unknown) or 'no number'}", pytrace=False)


def _marked(request: pytest.FixtureRequest, name: str) -> tuple[str, ...]:
    """Collect the arguments of every marker ``name`` on the test, its class and its module."""
    return tuple(str(value) for mark in request.node.iter_markers(name) for value in mark.args)
