"""Tests that must fail: ``test_guards.py`` runs them, the suite does not collect them."""

import logging
import threading
import time
import warnings

import pytest
from PySide6.QtCore import QTimer, qWarning
from pytestqt.qtbot import QtBot

LOG = logging.getLogger("bcma.sync")


def outlive(daemon: bool) -> None:  # noqa: FBT001 - Thread's own argument
    threading.Thread(target=time.sleep, args=(5,), daemon=daemon).start()


def test_warning() -> None:
    warnings.warn("old way", DeprecationWarning, stacklevel=1)


def test_exception_in_a_thread() -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()


def test_log_error() -> None:
    LOG.error("lost")


@pytest.mark.expected_errors("refused")
def test_another_log_error_than_the_expected_one() -> None:
    LOG.error("refused")
    LOG.critical("lost")


@pytest.mark.expected_errors("refused")
def test_expected_log_error_that_stays_away() -> None:
    LOG.warning("refused")


def test_thread_left_over() -> None:
    outlive(daemon=False)


def test_daemon_left_over() -> None:
    outlive(daemon=True)


def test_qt_message() -> None:
    qWarning("cannot draw")


def test_exception_in_a_slot(qtbot: QtBot) -> None:
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(20)


@pytest.mark.xfail
def test_expected_failure_that_passes() -> None:
    pass


@pytest.mark.hazard("H117")
def test_no_such_hazard() -> None:
    pass


@pytest.mark.hazard("38")
def test_hazard_without_its_letter() -> None:
    pass


@pytest.mark.hazard
def test_hazard_without_a_number() -> None:
    pass
