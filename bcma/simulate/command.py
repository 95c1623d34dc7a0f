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
from bcma.simulate.play import Played, play
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
    crashed: int = 0

    def status(self, *, check: bool) -> int:
        """Give the exit status; without ``--check`` a difference is only told."""
        if self.invalid:
            return _INVALID
        return _DIFFERS if self.crashed or (check and self.failed) else 0


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
        0; 1 where the product failed or, with ``--check``, an answer differs; 2 where a file
        is no valid scenario.
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
        played = play(scenario, args.emr)
    except ScenarioError as bad:
        tally.invalid += 1
        _complain(bad, args.wording)
        return
    except Exception as failure:
        if args.debug:
            raise
        _LOG.debug("scenario failed", exc_info=failure)
        tally.crashed += 1
        tally.failed += 1
        print(f"FAILED {file}: {_cause(failure, args.wording)}", file=sys.stderr)
        return
    if played.differences:
        tally.failed += 1
    else:
        tally.passed += 1
    _report(scenario, played, args)


def _cause(failure: Exception, wording: Wording) -> str:
    """Say what stopped the product; of a mistake of ours, only its kind is fit to be shown."""
    if isinstance(failure, BcmaError):
        return wording.error(failure)
    return f"{wording.error(failure)} ({type(failure).__name__})"


def _report(scenario: Scenario, played: Played, args: argparse.Namespace) -> None:
    found = played.differences
    for badge in played.unknown_badges:
        note = args.wording.sentence("scenario.unknown-badge", value=badge)
        print(f"{scenario.file}: pins.{badge}: {note}", file=sys.stderr)
    failed = f"FAILED {scenario.file}: {_difference(found[0])}" if found else None
    if not args.json:
        print(failed or f"ok {scenario.file}: {scenario.title}")
        return
    for answer in played.answers:
        print(answer.to_json())
    if failed and args.check:
        print(failed, file=sys.stderr)


def _difference(difference: Difference) -> str:
    expected, got = _shown(difference.expected), _shown(difference.got)
    return f"{difference.where}, {difference.what}: expected {expected}, got {got}"


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _complain(bad: ScenarioError, wording: Wording) -> None:
    print(scenario_sentence(bad, wording), file=sys.stderr)
