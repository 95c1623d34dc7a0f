"""The examples of the FHIR R4 specification, as npm has them: fetched once, and never changed.

They are in the public domain (CC0) and too big to be kept here: ``python -m tests.examples``
fetches them into ``build``, which ``installer/setup.sh dev`` does where npm is there.
"""

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from bcma.emr.fhir_map import parse

_NAME: Final = "hl7.fhir.r4.examples"
_VERSION: Final = "4.0.1"
_SHA512: Final = (
    "0d705d21939e41a48a220094ef0e87382eecc3fe81cf29668a92e4056e1ffffa"
    "53f8173de31fbc2c89b04ddbda35384f2683b3a41cefc40ccdaa37aedd7ff32f"
)
_FOLDER: Final = Path(__file__).parents[2] / "build" / "examples"
FILE: Final = _FOLDER / f"{_NAME}-{_VERSION}.tgz"
#: The Bundles that are collections of definitions are a hundred megabytes, and none of ours.
_MOST_BYTES: Final = 1_000_000

Json = dict[str, Any]

needed = pytest.mark.skipif(
    not FILE.is_file(), reason="the examples of FHIR were not fetched: python -m tests.examples"
)


class ChangedError(Exception):
    """The package is not the one that was looked at."""


def fetch() -> None:
    """Fetch the package where it is not there yet.

    Raises:
        CalledProcessError: npm could not.
        ChangedError: it is another one than was looked at.
    """
    if not FILE.is_file():
        _FOLDER.mkdir(parents=True, exist_ok=True)
        quietly = ["--silent", "--ignore-scripts", "--pack-destination", str(_FOLDER)]
        subprocess.run(["npm", "pack", *quietly, f"{_NAME}@{_VERSION}"], check=True)
    if hashlib.sha512(FILE.read_bytes()).hexdigest() != _SHA512:
        FILE.unlink()
        raise ChangedError(FILE.name)


@cache
def files() -> dict[str, bytes]:
    """Give every file of a resource by its name, but for the biggest."""
    fetch()
    with tarfile.open(FILE) as package:
        wanted = (m for m in package if m.name.endswith(".json") and m.size <= _MOST_BYTES)
        return {Path(m.name).stem: _content(package, m) for m in wanted}


def _content(package: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    content = package.extractfile(member)
    assert content is not None
    return content.read()


def example(name: str) -> Json:
    """Read the resource of one file, as the product reads it."""
    return parse(files()[name])


def examples(kind: str) -> dict[str, Json]:
    """Read every file of one type of resource; its definition is none."""
    names = (name for name in files() if name.startswith(f"{kind}-"))
    return {name.removeprefix(f"{kind}-"): example(name) for name in sorted(names)}


def nested(kind: str) -> Iterator[tuple[str, Json]]:
    """Give every resource of a type that a Bundle or another resource holds, and the file."""
    for name, body in sorted(files().items()):
        if kind.encode() in body and not name.startswith(f"{kind}-"):
            for found in _inside(json.loads(body), kind):
                yield name, parse(json.dumps(found).encode())


def _inside(value: object, kind: str) -> Iterator[Json]:
    if isinstance(value, list):
        for entry in value:
            yield from _inside(entry, kind)
    elif isinstance(value, dict):
        if value.get("resourceType") == kind and "resourceId" not in value:  # that only names one
            yield value
        for part in value.values():
            yield from _inside(part, kind)
