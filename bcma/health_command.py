"""``bcma health``: is this workstation fit for the next round, or does somebody have to see to it?

Asks without a window; names nobody. Exit status 0: all is well, 1: something needs a person.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

import msgspec

from bcma.app import Checkup, Sign, SystemClock, check_up
from bcma.config import load_config
from bcma.wording import Wording

_NEEDS_A_PERSON: Final = 1
_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_WELL, _ILL = "\N{CHECK MARK}", "\N{BALLOT X}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of the workstation")
    parser.add_argument("--json", action="store_true", help="one JSON object, for monitoring")


def run(args: argparse.Namespace) -> int:
    """Look, and say what was seen.

    Raises:
        bcma.config.ConfigError: the settings have mistakes.
        bcma.policy.PolicyError: the site's policy has mistakes.
    """
    found = check_up(load_config(args.config, os.environ), SystemClock())
    sys.stdout.write(_as_json(found) if args.json else _as_text(found, args.wording))
    return _NEEDS_A_PERSON if found.ill else 0


def _as_text(found: Checkup, wording: Wording) -> str:
    lines = [f"{_WELL if sign.well else _ILL} {_sentence(sign, wording)}" for sign in found.signs]
    key = "health.needs-a-person" if found.ill else "health.well"
    return "\n".join((*lines, wording.sentence(key, count=found.ill), ""))


def _sentence(sign: Sign, wording: Wording) -> str:
    facts = dict(sign.facts)
    if "failure" in facts:
        facts["why"] = wording.sentence(f"error.{facts['failure']}", **facts)
    if "flaw" in facts:
        facts["why"] = wording.sentence(f"audit.broken.{facts['flaw']}", count=facts["at"])
    return wording.sentence(f"health.{sign.code}{'' if sign.well else '.ill'}", **facts)


def _as_json(found: Checkup) -> str:
    signs = [{"code": sign.code, "well": sign.well, **sign.facts} for sign in found.signs]
    written = _ENCODER.encode({"well": not found.ill, "signs": signs})
    return msgspec.json.format(written).decode() + "\n"
