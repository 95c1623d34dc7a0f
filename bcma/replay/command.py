"""``bcma replay``: re-enacts the folder of a real hospital and prints what came of it."""

import argparse
import sys
from pathlib import Path
from time import monotonic
from typing import Final

from bcma.replay.errors import NothingToReplay
from bcma.replay.explain import explanation
from bcma.replay.folder import read_folder
from bcma.replay.printed import lines, write_json
from bcma.replay.reenact import replay
from bcma.replay.report import Report
from bcma.wording import Wording

_EVERY: Final = 100
_TICK: Final = 1e-9
_INTERRUPTED: Final = 128 + 2
#: An event's number begins with its patient's.
_SEPARATOR: Final = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="of CSV files")
    parser.add_argument(
        "--patients", type=_count, metavar="N", help="only the first N patients, by number"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report there, too")
    parser.add_argument(
        "--explain", metavar="EVENT", help="replay one patient up to this event, and explain it"
    )


def run(args: argparse.Namespace) -> int:
    """Replay.

    Interrupted, it reports what was replayed until then.

    Returns:
        0: there is no target yet; 130 after an interruption.

    Raises:
        DataError: the folder cannot be understood.
    """
    if args.explain is not None:
        _explain(args.folder, args.explain, args.wording)
        return 0
    hospital = read_folder(args.folder, args.patients)
    print(f"{len(hospital.people)} patients, {len(hospital.events)} events", file=sys.stderr)
    report, began, status = Report(), monotonic(), 0
    try:
        for row in replay(hospital):
            report.add(row)
            _progress(report.rows, len(hospital.events), monotonic() - began)
    except KeyboardInterrupt:
        status = _INTERRUPTED
    print(file=sys.stderr)
    seconds = monotonic() - began
    for line in lines(report, seconds):
        print(line)
    if args.json is not None:
        write_json(report, seconds, args.json)
    return status


def _progress(count: int, whole: int, seconds: float) -> None:
    if count % _EVERY == 0 or count == whole:
        text = f"\r{count} of {whole} events, {count / max(seconds, _TICK):.1f} a second"
        print(text, end="", file=sys.stderr, flush=True)


def _explain(folder: Path, event: str, wording: Wording) -> None:
    patient = event.partition(_SEPARATOR)[0]
    hospital = read_folder(folder, only=patient)
    if not any(row.id == event for row in hospital.events):
        raise NothingToReplay(folder=str(folder), what=event)
    for row in replay(hospital, until=event):
        if row.event.id == event:
            for line in explanation(row, wording):
                print(line)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(text)
    return int(text)
