"""Each guard bites: tests that misbehave are run in a pytest of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUMMARY = re.compile(r"^(PASSED|FAILED|ERROR) \S+::(\w+)(?: - (.*))?$", re.MULTILINE)

REASONS = {
    "test_warning": "DeprecationWarning: old way",
    "test_exception_in_a_thread": "PytestUnhandledThreadExceptionWarning",
    "test_log_error": "unexpected log errors: ['bcma.sync: lost']",
    "test_another_log_error_than_the_expected_one": "unexpected log errors: ['bcma.sync: lost']",
    "test_expected_log_error_that_stays_away": "did not come: ['refused']",
    "test_thread_left_over": "threads left over",
    "test_daemon_left_over": "threads left over",
    "test_qt_message": "FAILED",
    "test_exception_in_a_slot": "Exceptions caught in Qt event loop",
    "test_expected_failure_that_passes": "XPASS(strict)",
    "test_no_such_hazard": "not a hazard: H117",
    "test_hazard_without_its_letter": "not a hazard: 38",
    "test_hazard_without_a_number": "not a hazard: no number",
}


def outcomes(file: str) -> dict[str, str]:
    """Run one file of tests; per test that failed, why (empty for one that passed)."""
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", HERE / file],
        env=os.environ | {"COLUMNS": "250"},
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, str] = {}
    for outcome, name, reason in SUMMARY.findall(result.stdout):
        found[name] = found.get(name, "") + ("" if outcome == "PASSED" else f"{outcome} {reason}")
    return found


@pytest.fixture(scope="module")
def misbehaviour() -> dict[str, str]:
    return outcomes("misbehaviour.py")


@pytest.mark.parametrize("name", REASONS)
def test_misbehaviour_fails(misbehaviour: dict[str, str], name: str) -> None:
    assert REASONS[name] in misbehaviour[name]


def test_every_misbehaviour_has_its_reason(misbehaviour: dict[str, str]) -> None:
    assert set(misbehaviour) == set(REASONS)


def test_good_behaviour_passes() -> None:
    assert outcomes("good_behaviour.py") == {
        "test_expected_log_error": "",
        "test_log_warning": "",
        "test_thread_that_is_about_to_end": "",
        "test_thread_that_may_last": "",
        "test_hazards_that_exist": "",
    }


def test_a_misspelt_marker_is_refused() -> None:
    with pytest.raises(pytest.fail.Exception, match="hazzard"):
        _ = pytest.mark.hazzard
