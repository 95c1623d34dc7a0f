"""A sandbox with a clock that stands, and a client that speaks to it over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from bcma.emr.sandbox import Sandbox, StoppedClock

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MORNING)


@pytest.fixture
def sandbox(clock: StoppedClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.base_url, timeout=20) as client:
        yield client
