"""The killing itself is tried: it finds a program whole, and notices one that is spoilt."""

import subprocess
import sys

import pytest

from tests.kill.sabotage import SPOILS


def killed(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process without threads, which may fork."""
    return subprocess.run(
        [sys.executable, "-m", "tests.kill", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.hazard("H86")
def test_what_the_screen_called_given_survives_every_kill_and_is_on_the_emr_once() -> None:
    done = killed("--number", "8", "--seed", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("held: lost 0, doubled 0, half 0")
    assert done.stdout.startswith("killed 8 times")


@pytest.mark.parametrize(
    "spoilt,noticed",
    [
        ("no-delivery", "an event without its delivery"),
        ("no-audit", "an event without its audit entry"),
        ("not-written", "lost from the file"),
        ("sent-twice", "a record 2 times on the EMR"),
        ("other-seal", "the chain is broken"),
    ],
)
def test_a_spoilt_program_is_noticed(spoilt: str, noticed: str) -> None:
    done = killed("--number", "4", "--spoil", spoilt)
    assert done.returncode == 1, done.stdout + done.stderr
    assert noticed in done.stdout
    assert "FAILED" in done.stdout.splitlines()[-1]


def test_every_way_of_spoiling_is_tried() -> None:
    assert len(SPOILS) == 5
