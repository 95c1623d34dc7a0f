"""The sandbox's own operations: set its clock, choose its faults.

``POST /$sandbox-clock`` with Parameters ``instant`` (valueInstant: the clock stands there) and
``advance`` (valueDuration in s, min, h or d: the clock is moved on and stands).
``POST /$sandbox-faults`` with Parameters ``lose-replies`` (valueCode: none, writes, all),
``error-status`` (valueInteger), ``retry-after`` (valueInteger, s), ``latency`` (valueDecimal, s);
what is not named is off. GET shows either.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Protocol

import msgspec

from bcma.emr.sandbox.clock import Clock, StoppedClock
from bcma.emr.sandbox.dates import shown, sortable
from bcma.emr.sandbox.exchange import Reply, Request, json_reply
from bcma.emr.sandbox.faults import Faults, Lost
from bcma.emr.sandbox.json_text import Resource, objects, read_object, text
from bcma.emr.sandbox.outcome import bad_request

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_LATEST = "9000"  # leaves room for what is written after
_MOST_SECONDS = 10**10


class Settable(Protocol):
    """What the operations change."""

    clock: Clock
    faults: Faults


class Admin:
    """The operations.

    Args:
        sandbox: whose clock and faults they set.
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
        if operation == "$sandbox-faults":
            return {"GET": self._show_faults, "POST": self._set_faults}
        raise bad_request("The sandbox has no operation of that name", "not-supported")

    def _show_clock(self, _request: Request) -> Reply:
        instant = shown(sortable(self._sandbox.clock()))
        return json_reply(_parameters({"name": "instant", "valueInstant": instant}))

    def _set_clock(self, request: Request) -> Reply:
        given = _given(request, frozenset({"instant", "advance"}))
        instant = self._sandbox.clock()
        try:
            if "instant" in given:
                instant = datetime.fromisoformat(text(given["instant"], "valueInstant"))
            if "advance" in given:
                instant += _duration(given["advance"])
            is_late = sortable(instant) > _LATEST
        except (ValueError, OverflowError) as failure:
            raise bad_request("instant or advance cannot be read", "value") from failure
        if is_late or instant.tzinfo is None:
            raise bad_request("instant names no time zone or is beyond the calendar", "value")
        self._sandbox.clock = StoppedClock(instant)
        return self._show_clock(request)

    def _show_faults(self, _request: Request) -> Reply:
        faults = self._sandbox.faults
        shown_faults: list[Resource] = [
            {"name": "lose-replies", "valueCode": faults.lose_replies},
            {"name": "retry-after", "valueInteger": faults.retry_after},
            {"name": "latency", "valueDecimal": faults.latency},
        ]
        if faults.error_status is not None:
            shown_faults.append({"name": "error-status", "valueInteger": int(faults.error_status)})
        return json_reply(_parameters(*shown_faults))

    def _set_faults(self, request: Request) -> Reply:
        names = frozenset({"lose-replies", "error-status", "retry-after", "latency"})
        given = _given(request, names)
        try:
            self._sandbox.faults = _faults(given)
        except ValueError as failure:
            raise bad_request("A fault cannot be read", "value") from failure
        return self._show_faults(request)


def _faults(given: Mapping[str, Resource]) -> Faults:
    none: Resource = {}
    status = int(_number(given.get("error-status", none), "valueInteger"))
    lost = text(given.get("lose-replies", none), "valueCode")
    return Faults(
        lose_replies=Lost(lost or "none"),
        error_status=HTTPStatus(status) if status else None,
        retry_after=int(_number(given.get("retry-after", {"valueInteger": 1}), "valueInteger")),
        # seconds to sleep, for tests
        latency=float(_number(given.get("latency", none), "valueDecimal")),
    )


def _given(request: Request, names: frozenset[str]) -> dict[str, Resource]:
    body = read_object(request.body)
    given = {text(part, "name"): part for part in objects(body.get("parameter"))}
    if body.get("resourceType") != "Parameters" or not given or not given.keys() <= names:
        raise bad_request(f"The body is Parameters of {', '.join(sorted(names))}", "structure")
    return given


def _duration(part: Resource) -> timedelta:
    quantity = part.get("valueDuration")
    if not isinstance(quantity, dict) or text(quantity, "code") not in _UNITS:
        raise ValueError(part)
    seconds = _number(quantity, "value") * _UNITS[text(quantity, "code")]
    return timedelta(seconds=float(seconds))  # the sandbox's clock; timedelta takes no Decimal


def _number(holder: Resource, key: str) -> Decimal:
    """Read a number that is not negative and small enough for a duration.

    Raises:
        ValueError: it is none.
    """
    value = holder.get(key, 0)
    digits = bytes(value).decode() if isinstance(value, msgspec.Raw) else str(value)
    try:
        number = Decimal(digits)
    except InvalidOperation as failure:
        raise ValueError(key) from failure
    if not 0 <= number <= _MOST_SECONDS:
        raise ValueError(key)
    return number


def _parameters(*parts: Resource) -> Resource:
    return {"resourceType": "Parameters", "parameter": list(parts)}
