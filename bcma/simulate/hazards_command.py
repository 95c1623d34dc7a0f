"""``bcma hazards``: prints which tests guard against which hazard."""

import argparse
from pathlib import Path

import bcma
from bcma.simulate.hazard_trace import trace_lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--tests",
        type=Path,
        metavar="FOLDER",
        default=Path(bcma.__file__).resolve().parents[1] / "tests",
        help="where the tests are; left out: those of this checkout",
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per hazard.

    Raises:
        UnreadableTests: there are no tests, as in an installation without the checkout.
        ScenarioError: a scenario is none.
    """
    for line in trace_lines(args.tests):
        print(line)
    return 0
