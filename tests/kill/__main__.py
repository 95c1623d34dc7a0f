"""Kills the program without warning, again and again, and looks what is left.

``python -m tests.kill [--number N] [--seed S]``: a nurse works at the real station, on a real
file, against a sandbox EMR of its own process; the program is ended by SIGKILL at random
instants and at chosen points, and started again on the same file. At the end everything is
delivered: each dose that the screen called given must be on the EMR exactly once.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.kill.rehearsal import rehearse
from tests.kill.report import holds, lines
from tests.kill.sabotage import SPOILS
from tests.kill.stretch import Runner, Stretch

_KILLS_OF_A_FILE = 20
_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print the report.

    Returns:
        1 where anything was lost, doubled or half, or nothing was done at all.
    """
    args = _arguments(arguments)
    began = time.monotonic()
    rehearse()
    stretches = [
        _stretch(f"{args.seed} {place}", min(_KILLS_OF_A_FILE, args.number - place), args.spoil)
        for place in range(0, args.number, _KILLS_OF_A_FILE)
    ]
    print("\n".join(lines(stretches, time.monotonic() - began)))
    return 0 if holds(stretches) else _FAILED


def _stretch(seed: str, number: int, spoil: str | None) -> Stretch:
    old = (int(seed.split()[1]) // _KILLS_OF_A_FILE) % 2 == 1
    with TemporaryDirectory(prefix="bcma-kill-") as folder:
        sabotage = None if spoil is None else SPOILS[spoil]
        return Runner(Path(folder), seed, old=old, sabotage=sabotage).run(number)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.kill", description=__doc__)
    parser.add_argument("--number", type=int, default=20, help="of kills")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same choices")
    parser.add_argument("--spoil", choices=sorted(SPOILS), help="to try the killing itself")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
