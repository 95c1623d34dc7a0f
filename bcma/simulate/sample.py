"""The sample ward: invented patients, staff, orders and codes, moved to any instant.

The data lies in ``sample_data`` as of one fixed instant. Moved to another, every instant of
the Bundle moves by the same length: what was overdue is overdue, what is due soon is soon.
Dates without a time (birth dates) stay.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import bcma

#: Beside the package, in a checkout as in an installation.
_FOLDER: Final = Path(bcma.__file__).resolve().parents[1] / "sample_data"
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
#: Planned times of a ward are round: the move is by whole quarters of an hour.
_QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SampleScan:
    """A code to play with: what a reader would deliver, and what it stands for."""

    group: str
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWard:
    """The sample ward as of one instant.

    Attributes:
        ward: code of the ward.
        bundle: a FHIR R4 Bundle (collection) to load into a sandbox EMR.
        pins: invented PINs of the invented staff, by badge.
        unread: ids of orders that are new to the ward; it has read the others.
        scans: the codes of everything that can be scanned.
    """

    ward: str
    bundle: Mapping[str, object]
    pins: Mapping[str, str]
    unread: tuple[str, ...]
    scans: tuple[SampleScan, ...]


def sample_ward(now: datetime) -> SampleWard:
    """Give the sample ward with its doses planned around an aware instant."""
    demo = _read("demo.json")
    written_at = datetime.fromisoformat(demo["now"])
    move = (now - written_at) // _QUARTER * _QUARTER
    return SampleWard(
        ward=demo["ward"],
        bundle={name: _moved(value, move) for name, value in _read("ward.json").items()},
        pins=MappingProxyType(demo["pins"]),
        unread=tuple(demo["unread"]),
        scans=tuple(SampleScan(**scan) for scan in demo["scans"]),
    )


def _read(name: str) -> dict[str, Any]:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return content


def _moved(value: object, move: timedelta) -> object:
    """Move every instant in a JSON value."""
    match value:
        case dict():
            return {name: _moved(inner, move) for name, inner in value.items()}
        case list():
            return [_moved(inner, move) for inner in value]
        case str() if _INSTANT.fullmatch(value):
            return (datetime.fromisoformat(value) + move).isoformat()
        case _:
            return value
