"""``bcma sandbox``: the sandbox EMR as a program of its own."""

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from bcma.emr.sandbox.sandbox import Sandbox
from bcma.errors import BcmaError

DEFAULT_PORT = 8090
_FAILED = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="port to listen at; 0 takes a free one"
    )
    parser.add_argument(
        "--load",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FILE",
        help="FHIR R4 Bundles to begin with",
    )
    parser.add_argument(
        "--file", type=Path, metavar="STORE", help="keep everything in this file; else in memory"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted or terminated; to be called on the main thread.

    Returns:
        0, or 2 where it could not start, with the reason on standard error.
    """
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Sandbox(host=args.host, port=args.port, file=args.file) as sandbox:
            for file in args.load:
                _load(sandbox, file)
            sys.stdout.write(f"{sandbox.base_url}\nsandbox, no EMR\n")
            sys.stdout.flush()
            while not ended.wait(1):  # on Windows a signal is seen only between waits
                pass
    except (BcmaError, OSError, OverflowError) as failure:
        sys.stderr.write(f"sandbox: {failure}\n")
        return _FAILED
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _load(sandbox: Sandbox, file: Path) -> None:
    try:
        sandbox.load(file.read_bytes())
    except BcmaError:
        sys.stderr.write(f"sandbox: {file.name}\n")
        raise
