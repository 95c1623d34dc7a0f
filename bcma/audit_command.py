"""``bcma audit``: can what this station keeps be believed?

``verify`` follows the audit trail from its first entry to its last, ``signatures`` checks what
people signed here, ``key`` prints the public key by which others can. Only the station's own
folder is read: nothing is asked of the EMR, and nobody need be signed in.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import msgspec

from bcma.access import Keys, Standing, check_store, keys_of, public_key, read_keys
from bcma.app import open_store
from bcma.config import Config, load_config
from bcma.wording import Wording

_FAILED: Final = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=[*_ACTIONS], help="what to do")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of the workstation")
    parser.add_argument(
        "--seal", metavar="SEAL", help="a seal that was noted earlier: is its entry still there?"
    )
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help="public keys besides this station's: JWK (Set)"
    )


def run(args: argparse.Namespace) -> int:
    """Do it; 0 for whole, 1 for broken.

    Raises:
        bcma.store.StoreError: the store cannot be read.
        bcma.access.SigningKeyError: the key cannot be read.
        bcma.access.KeysUnreadable: the file holds no public keys.
    """
    config = load_config(args.config, os.environ)
    return _ACTIONS[args.action](config, args)


def _verify(config: Config, args: argparse.Namespace) -> int:
    wording: Wording = args.wording
    with open_store(config) as store:
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


def _signatures(config: Config, args: argparse.Namespace) -> int:
    """Check what people signed here; what was charted before there was a key is only counted."""
    keys = _known_keys(config, args.keys)
    with open_store(config) as store:
        found = list(check_store(store, keys))
    counts = Counter(event.standing for event in found)
    lines = [
        args.wording.sentence(
            "audit.signatures", count=counts[Standing.GOOD], unsigned=counts[Standing.NONE]
        )
    ]
    bad = [e for e in found if e.standing in {Standing.ALTERED, Standing.UNKNOWN_KEY}]
    for event in bad:
        key = f"audit.signatures.{event.standing}"
        lines.append(args.wording.sentence(key, text=event.event_id, version=event.version))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return _FAILED if bad else 0


def _known_keys(config: Config, file: Path | None) -> Keys:
    """Give this station's own key, and those of a file."""
    others = {} if file is None else read_keys(file)
    return {**others, **keys_of([public_key(config.data_folder)])}


def _key(config: Config, args: argparse.Namespace) -> int:
    """Print the public key, as JSON for whoever collects them and with its name for people."""
    key = public_key(config.data_folder)
    sys.stdout.write(f"{msgspec.json.encode(key).decode()}\n")
    sys.stderr.write(args.wording.sentence("audit.key", text=key["kid"]) + "\n")
    return 0


_ACTIONS: Final = {"verify": _verify, "signatures": _signatures, "key": _key}
