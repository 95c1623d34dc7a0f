"""``bcma policy check``: tells whether a site policy is valid, before it takes effect."""

import argparse
import sys
from pathlib import Path

from bcma.policy.load import load_policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=["check"], help="what to do")
    parser.add_argument("file", type=Path, metavar="FILE", help="a site policy (TOML)")


def run(args: argparse.Namespace) -> int:
    """Check the file and print the version that it stands for.

    Raises:
        PolicyError: names every mistake of the file.
    """
    policy = load_policy(args.file)
    sys.stdout.write(f"ok {args.file}: {policy.version}\n")
    return 0
