"""Tests that must pass: what the guards allow. Run by ``test_guards.py``."""

import logging
import threading
import time

import pytest

LOG = logging.getLogger("bcma.sync")


@pytest.mark.expected_errors("bcma.sync: ref")
def test_expected_log_error() -> None:
    LOG.error("refused")


def test_log_warning() -> None:
    LOG.warning("offline")


def test_thread_that_is_about_to_end() -> None:
    threading.Thread(target=time.sleep, args=(0.2,)).start()


@pytest.mark.lasting_threads("pool")
def test_thread_that_may_last() -> None:
    threading.Thread(target=time.sleep, args=(5,), name="pool-1", daemon=True).start()


@pytest.mark.hazard("H01", "H116")
def test_hazards_that_exist() -> None:
    pass
