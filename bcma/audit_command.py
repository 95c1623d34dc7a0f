"""``bcma audit verify``: is this station's audit trail whole, from its first entry to its last?

Only the station's own store is read: nothing is asked of the EMR, and nobody need be signed in.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from bcma.app import open_store
from bcma.config import load_config
from bcma.wording import Wording

_FAILED: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=["verify"], help="what to do")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of the workstation")
    parser.add_argument(
        "--seal", metavar="SEAL", help="a seal that was noted earlier: is its entry still there?"
    )


def run(args: argparse.Namespace) -> int:
    """Check the trail; 0 for whole, 1 for broken.

    Raises:
        StoreError: the store cannot be read.
    """
    wording: Wording = args.wording
    with open_store(load_config(args.config, os.environ)) as store:
        checked = store.check_audit()
        noted = args.seal is None or store.audit_holds(args.seal)
    lines = [wording.sentence("audit.holds", count=checked.entries, seal=checked.seal)]
    broken = checked.broken
    if broken is not None:
        reason = wording.sentence(f"audit.broken.{broken.why}", count=broken.sequence)
        lines = [reason, wording.sentence("audit.broken.do", count=checked.entries)]
    if not noted:
        lines.append(wording.sentence("audit.seal-gone"))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0 if noted and broken is None else _FAILED
