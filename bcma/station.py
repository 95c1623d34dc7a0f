"""``bcma station``: what IT does at a workstation before its first round.

``sync`` reads the EMR once and says what came, ``enrol`` lets a member of staff sign in.
"""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import Final

from bcma.app import Station, SystemClock
from bcma.config import load_config
from bcma.errors import BcmaError
from bcma.wording import Wording

_SHORTEST_PIN: Final = 4
_FAILED: Final = 1


class PinTooShortError(BcmaError):
    """A PIN that can be guessed in a minute is not taken."""

    code = "station.pin-too-short"


class PinsDifferError(BcmaError):
    """The PIN was typed differently the second time; nothing was kept."""

    code = "station.pins-differ"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=["sync", "enrol"], help="what to do")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of the workstation")
    parser.add_argument("--badge", metavar="BADGE", help="whom to enrol, as the badge reads")


def run(args: argparse.Namespace) -> int:
    """Do one action at the configured workstation.

    Raises:
        BcmaError: it could not be done; the sentence says what to do.
    """
    wording: Wording = args.wording
    with Station(load_config(args.config, os.environ), SystemClock()) as station:
        if args.action == "sync":
            return _sync(station, wording)
        return _enrol(station, args.badge or "", wording)


def _sync(station: Station, wording: Wording) -> int:
    report = station.sync_now()
    if not report.reached:
        _say(wording.sentence(f"error.{report.failure}"))
        return _FAILED
    for kind, count in sorted(report.pulled.news.items()):
        _say(f"{kind}: {count}")
    for reference in report.pulled.unreadable:
        _say(wording.sentence("station.unreadable", reference=reference))
    _say(wording.sentence("station.synced", unsent=report.unsent, problems=report.problems))
    return 0


def _enrol(station: Station, badge: str, wording: Wording) -> int:
    station.sync_now()
    pin = getpass.getpass(wording.sentence("station.pin") + " ")
    if len(pin) < _SHORTEST_PIN:
        raise PinTooShortError(count=_SHORTEST_PIN)
    if pin != getpass.getpass(wording.sentence("station.pin-again") + " "):
        raise PinsDifferError
    station.enrol(badge, pin)
    _say(wording.sentence("station.enrolled", badge=badge))
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
