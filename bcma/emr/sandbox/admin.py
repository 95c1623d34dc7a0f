"""The sandbox's own operations: set its clock, choose what it can do.

``POST /$sandbox-clock`` with Parameters ``instant`` (valueInstant: the clock stands there) and
``advance`` (valueDuration in s, min, h or d: the clock is moved on and stands).
``POST /$sandbox-powers`` with Parameters ``transactions``, ``update-create``,
``conditional-create``, ``search-by-time`` (valueBoolean), ``read-only`` (valueString: types,
apart by commas) and ``claims`` (valueCode: true, silent, all); what is not named it can.
GET shows either. Faults are the line's: :mod:`bcma.emr.sandbox.fault_parameters`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bcma.emr.sandbox.clock import Clock, StoppedClock
from bcma.emr.sandbox.dates import shown, sortable
from bcma.emr.sandbox.exchange import Reply, Request, json_reply
from bcma.emr.sandbox.json_text import Resource, text
from bcma.emr.sandbox.outcome import bad_request
from bcma.emr.sandbox.own_parameters import given, number, parameters
from bcma.emr.sandbox.powers import Claims, Powers

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_LATEST = "9000"  # leaves room for what is written after
_FLAGS = ("transactions", "update-create", "conditional-create", "search-by-time")


class Settable(Protocol):
    """What the operations change."""

    clock: Clock
    powers: Powers


class Admin:
    """The operations.

    Args:
        sandbox: whose clock and powers they set.
    """

    def __init__(self, sandbox: Settable) -> None:
        self._sandbox = sandbox

    def answers(self, operation: str) -> dict[str, Callable[[Request], Reply]]:
        """Find an operation's answers by method.

        Raises:
            Refusal: 400 for an operation that there is not.
        """
        if operation == "$sandbox-clock":
            return {"GET": self._show_clock, "POST": self._set_clock}
        if operation == "$sandbox-powers":
            return {"GET": self._show_powers, "POST": self._set_powers}
        raise bad_request("The sandbox has no operation of that name", "not-supported")

    def _show_clock(self, _request: Request) -> Reply:
        instant = shown(sortable(self._sandbox.clock()))
        return json_reply(parameters({"name": "instant", "valueInstant": instant}))

    def _set_clock(self, request: Request) -> Reply:
        named = given(request, frozenset({"instant", "advance"}))
        instant = self._sandbox.clock()
        try:
            if "instant" in named:
                instant = datetime.fromisoformat(text(named["instant"], "valueInstant"))
            if "advance" in named:
                instant += _duration(named["advance"])
            is_late = sortable(instant) > _LATEST
        except (ValueError, OverflowError) as failure:
            raise bad_request("instant or advance cannot be read", "value") from failure
        if is_late or instant.tzinfo is None:
            raise bad_request("instant names no time zone or is beyond the calendar", "value")
        self._sandbox.clock = StoppedClock(instant)
        return self._show_clock(request)

    def _show_powers(self, _request: Request) -> Reply:
        powers = self._sandbox.powers
        does = powers.transactions, powers.update_create, powers.conditional_create
        has = (*does, powers.search_by_time)
        flags: list[Resource] = [
            {"name": name, "valueBoolean": flag} for name, flag in zip(_FLAGS, has, strict=True)
        ]
        if powers.read_only:
            flags.append({"name": "read-only", "valueString": ",".join(sorted(powers.read_only))})
        return json_reply(parameters(*flags, {"name": "claims", "valueCode": powers.claims}))

    def _set_powers(self, request: Request) -> Reply:
        named = given(request, frozenset({*_FLAGS, "read-only", "claims"}))
        try:
            self._sandbox.powers = _powers(named)
        except ValueError as failure:
            raise bad_request("A power cannot be read", "value") from failure
        return self._show_powers(request)


def _powers(named: Mapping[str, Resource]) -> Powers:
    none: Resource = {}
    transactions, update_create, conditional_create, search_by_time = (
        named.get(name, none).get("valueBoolean") is not False for name in _FLAGS
    )
    read_only = text(named.get("read-only", none), "valueString")
    return Powers(
        transactions=transactions,
        update_create=update_create,
        conditional_create=conditional_create,
        search_by_time=search_by_time,
        read_only=frozenset(filter(None, read_only.split(","))),
        claims=Claims(text(named.get("claims", none), "valueCode") or "true"),
    )


def _duration(part: Resource) -> timedelta:
    quantity = part.get("valueDuration")
    if not isinstance(quantity, dict) or text(quantity, "code") not in _UNITS:
        raise ValueError(part)
    seconds = number(quantity, "value") * _UNITS[text(quantity, "code")]
    return timedelta(seconds=float(seconds))  # the sandbox's clock; timedelta takes no Decimal
