"""Nothing unexpected ends in a traceback on a screen."""

import logging
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import qInstallMessageHandler, qWarning

from ui import faults


@pytest.fixture
def shown() -> Iterator[list[BaseException]]:
    """Install the handlers, and put the former ones back."""
    before = sys.excepthook
    found: list[BaseException] = []
    faults.install(found.append)
    yield found
    sys.excepthook = before
    qInstallMessageHandler(None)


@pytest.mark.expected_errors("ui.faults: unexpected: ZeroDivisionError")
def test_exception_is_logged_and_shown(shown: list[BaseException]) -> None:
    error = ZeroDivisionError()
    sys.excepthook(ZeroDivisionError, error, None)
    assert shown == [error]


def test_qts_messages_go_to_the_log(
    shown: list[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="ui.qt"):
        qWarning("something of Qt's")
    assert "something of Qt's" in caplog.text
    assert shown == []
