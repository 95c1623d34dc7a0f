"""Faults as FHIR Parameters: ``POST /$sandbox-faults`` sets all of them, GET shows them.

======================  =================  ====================================================
``lose-replies``        valueCode          none, writes, all
``cut-replies``         valueBoolean       replies end in the middle
``error-status``        valueInteger       401, 409, 412, 429, 500, 503 ... instead of doing it
``retry-after``         valueInteger       seconds that such an answer names
``latency``             valueDecimal       seconds before anything is done
``twice``               valueBoolean       writes are carried out twice
``shuffle``             valueBoolean       what a search finds comes in any order
``one-instant``         valueBoolean       all that is written has one lastUpdated
``clock-offset``        valueDecimal       seconds that the server's clock is ahead
``traffic``             valueCode          all, reads, writes: what the faults are about
``nth``, ``times``      valueInteger       only the n-th of these, only the first so many
``chance``, ``seed``    valueDecimal,      hits each with this probability, repeatably
                        valueInteger
======================  =================  ====================================================

What is not named is off.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from bcma.emr.sandbox.exchange import Reply, Request, json_reply
from bcma.emr.sandbox.faults import Faults, Lost, Traffic
from bcma.emr.sandbox.json_text import Resource, text
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.own_parameters import given, number, parameters

_Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class _Part:
    """One fault: its name in Parameters, which ``value[x]`` it has, and its field."""

    name: str
    key: str
    read: Callable[[Resource, str], object]

    @property
    def field(self) -> str:
        """Give the name of the field of :class:`Faults`."""
        return self.name.replace("-", "_")


def _whole(part: Resource, key: str) -> int:
    return int(number(part, key))


def _seconds(part: Resource, key: str) -> float:
    return float(number(part, key))  # seconds to sleep, for tests


def _offset(part: Resource, key: str) -> float:
    return float(number(part, key, signed=True))


def _chance(part: Resource, key: str) -> float:
    chance = float(number(part, key))
    if chance > 1:
        raise ValueError(key)
    return chance


def _flag(part: Resource, key: str) -> bool:
    if not isinstance(part.get(key), bool):
        raise ValueError(key)  # noqa: TRY004 (a value that cannot be read, whatever its type)
    return part[key] is True


_PARTS = (
    _Part("lose-replies", "valueCode", lambda part, key: Lost(text(part, key))),
    _Part("cut-replies", "valueBoolean", _flag),
    _Part("error-status", "valueInteger", lambda part, key: HTTPStatus(_whole(part, key))),
    _Part("retry-after", "valueInteger", _whole),
    _Part("latency", "valueDecimal", _seconds),
    _Part("twice", "valueBoolean", _flag),
    _Part("shuffle", "valueBoolean", _flag),
    _Part("one-instant", "valueBoolean", _flag),
    _Part("clock-offset", "valueDecimal", _offset),
    _Part("traffic", "valueCode", lambda part, key: Traffic(text(part, key))),
    _Part("nth", "valueInteger", _whole),
    _Part("times", "valueInteger", _whole),
    _Part("chance", "valueDecimal", _chance),
    _Part("seed", "valueInteger", _whole),
)
_OFF = Faults()


def read_faults(request: Request) -> Faults:
    """Read faults; what is not named is off.

    Raises:
        Refusal: 400 for a fault that there is not.
    """
    named = given(request, frozenset(part.name for part in _PARTS))
    try:
        return _faults(named)
    except ValueError as failure:
        raise bad_request("A fault cannot be read", "value") from failure


def _faults(named: Mapping[str, Resource]) -> Faults:
    values = {p.field: p.read(named[p.name], p.key) for p in _PARTS if p.name in named}
    return Faults(**values)  # type: ignore[arg-type] # each part reads the type of its field


def show_faults(faults: Faults) -> Reply:
    """Show what is not off."""
    shown: list[Resource] = []
    for part in _PARTS:
        value = getattr(faults, part.field)
        if value != getattr(_OFF, part.field):
            shown.append({"name": part.name, part.key: value})
    return json_reply(parameters(*shown))
