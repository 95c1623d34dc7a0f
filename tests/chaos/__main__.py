"""Lets everything go wrong between stations and their EMR, again and again.

``python -m tests.chaos [--number N] [--seed S]``: each walk is a day of two stations with
three patients at a server of one of the kinds that there are, while lines lose, cut, repeat
and refuse. When they are well again, each event must be on the EMR exactly once, in order.
"""

import argparse
import logging
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.walk import Walk, walk

_FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk, print the report.

    Returns:
        1 where anything was lost, doubled or out of order.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--number", type=int, default=21, help="of walks")
    parser.add_argument("--seed", type=int, default=0, help="of the first walk")
    args = parser.parse_args(arguments)
    logging.disable()  # refusals are what is tried here
    began = time.monotonic()
    walks = []
    for seed in range(args.seed, args.seed + args.number):
        with TemporaryDirectory(prefix="bcma-chaos-") as folder:
            walks.append(walk(seed, Path(folder)))
    print("\n".join(_lines(walks, time.monotonic() - began)))
    return _FAILED if any(each.wrong for each in walks) else 0


def _lines(walks: Sequence[Walk], seconds: float) -> list[str]:
    told = sum(len(each.told) for each in walks)
    met = sum((each.met for each in walks), Counter[str]())
    servers = Counter(each.server for each in walks)
    wrong = [f"seed {w.seed} ({w.server}): {what}" for w in walks for what in w.wrong]
    return [
        f"{len(walks)} walks, {told} events told, {seconds:.0f} s",
        "servers: " + ", ".join(f"{name} {count}" for name, count in servers.items()),
        "troubles: " + ", ".join(f"{name} {count}" for name, count in met.most_common()),
        *wrong,
        f"{len(wrong)} wrong" if wrong else "each event once on the EMR, in order",
    ]


if __name__ == "__main__":
    sys.exit(main())
