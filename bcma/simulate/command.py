"""``bcma simulate``: plays scenario files and compares."""

import argparse
import json
import logging
import sys
from dataclasses import dataclass
from pathlib import Path

from bcma.errors import BcmaError
from bcma.simulate.expect import Difference
from bcma.simulate.place import ScenarioError
from bcma.simulate.play import play
from bcma.simulate.read import read_scenario, scenario_files
from bcma.simulate.scenario import Scenario
from bcma.simulate.sentences import scenario_sentence
from bcma.wording import Wording

_LOG = logging.getLogger(__name__)
_DIFFERS, _INVALID = 1, 2


@dataclass(slots=True)
class _Tally:
    passed: int = 0
    failed: int = 0
    invalid: int = 0

    def status(self, *, check: bool) -> int:
        """Give the exit status; without ``--check`` a difference is only told."""
        if self.invalid:
            return _INVALID
        return _DIFFERS if check and self.failed else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="scenarios, or folders of them",
    )
    parser.add_argument("--check", action="store_true", help="exit 1 if any answer differs")
    parser.add_argument("--json", action="store_true", help="print one JSON object per step")
    parser.add_argument("--emr", metavar="URL", help="play against this empty FHIR server")


def run(args: argparse.Namespace) -> int:
    """Play all scenarios.

    Returns:
        0; 1 with ``--check`` where an answer differs; 2 where a file is no valid scenario.
    """
    tally = _Tally()
    try:
        files = list(scenario_files(args.paths))
    except ScenarioError as bad:
        _complain(bad, args.wording)
        return _INVALID
    for file in files:
        _play_file(file, args, tally)
    if not args.json:
        print(f"{tally.passed} passed, {tally.failed + tally.invalid} failed")
    return tally.status(check=args.check)


def _play_file(file: Path, args: argparse.Namespace, tally: _Tally) -> None:
    try:
        scenario = read_scenario(file)
        found = _played(scenario, args)
    except ScenarioError as bad:
        tally.invalid += 1
        _complain(bad, args.wording)
        return
    if found:
        tally.failed += 1
    else:
        tally.passed += 1
    _report(scenario, found, args)


def _played(scenario: Scenario, args: argparse.Namespace) -> tuple[Difference, ...]:
    """Play one scenario; a failure of the product is a difference, and is told as one."""
    try:
        played = play(scenario, args.emr)
    except ScenarioError:
        raise
    except Exception as failure:
        if args.debug:
            raise
        _LOG.debug("scenario failed", exc_info=failure)
        text = args.wording.error(failure) if isinstance(failure, BcmaError) else ""
        return (Difference("play", "error", None, text or repr(failure)),)
    if args.json:
        for answer in played.answers:
            print(answer.to_json())
    return played.differences


def _report(scenario: Scenario, found: tuple[Difference, ...], args: argparse.Namespace) -> None:
    verdict = f"FAILED {scenario.file}: {_difference(found[0])}" if found else None
    if not args.json:
        print(verdict or f"ok {scenario.file}: {scenario.title}")
    elif verdict and args.check:
        print(verdict, file=sys.stderr)


def _difference(difference: Difference) -> str:
    expected, got = _shown(difference.expected), _shown(difference.got)
    return f"{difference.where}, {difference.what}: expected {expected}, got {got}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _complain(bad: ScenarioError, wording: Wording) -> None:
    print(scenario_sentence(bad, wording), file=sys.stderr)
