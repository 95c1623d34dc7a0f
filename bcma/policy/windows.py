"""Windows around a planned instant, by how often a drug is given (eight-rights.md, Time)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bcma.policy.mistakes import BadSetting, Mistake
from bcma.policy.readers import parts, span

_MINUTE = timedelta(minutes=1)
_LONGEST_MINUTES = 24 * 60
#: More often than this is "frequent"; exactly every four hours is "several times a day".
FREQUENT = timedelta(hours=4)
#: At this distance and beyond it is "daily or rarer".
DAILY = timedelta(hours=24)


class WindowClass(StrEnum):
    """How exactly a dose must meet its planned instant (after ISMP)."""

    TIME_CRITICAL = "time_critical"
    FREQUENT = "frequent"
    SEVERAL_DAILY = "several_daily"
    DAILY_OR_RARER = "daily_or_rarer"

    @classmethod
    def of(cls, interval: timedelta | None, *, time_critical: bool) -> "WindowClass":
        """Give the class of a schedule by the shortest distance between its slots.

        ``None`` is a schedule with a single slot: daily or rarer.
        """
        if time_critical:
            return cls.TIME_CRITICAL
        if interval is None or interval >= DAILY:
            return cls.DAILY_OR_RARER
        return cls.FREQUENT if interval < FREQUENT else cls.SEVERAL_DAILY


@dataclass(frozen=True, slots=True)
class Window:
    """How far before and after the planned instant a dose is on time, both sides included."""

    early: timedelta
    late: timedelta


@dataclass(frozen=True, slots=True)
class WindowProfile:
    """The windows of a ward.

    Attributes:
        classes: one window per class.
        early_stop: earlier than this is a stop; ``None``: than half the interval.
    """

    classes: Mapping[WindowClass, Window]
    early_stop: timedelta | None


def read_profile(written: object) -> WindowProfile:
    """Read a profile: one table per class, and ``early_stop`` in minutes or ``"half-interval"``."""
    tables = parts(dict.fromkeys(WindowClass, _window) | {"early_stop": _early_stop})(written)
    early_stop = tables["early_stop"]
    windows = {c: w for c in WindowClass if isinstance(w := tables[c], Window)}
    return WindowProfile(windows, early_stop if isinstance(early_stop, timedelta) else None)


def _window(written: object) -> Window | timedelta | None:
    minutes = span(_MINUTE, 0, _LONGEST_MINUTES)
    sides = parts({"early": minutes, "late": minutes})(written)
    return Window(sides["early"], sides["late"])


def _early_stop(written: object) -> Window | timedelta | None:
    if written == "half-interval":
        return None
    if isinstance(written, str):
        raise BadSetting.of(Mistake.UNKNOWN_VALUE, value=written, nearest="half-interval")
    return span(_MINUTE, 1, _LONGEST_MINUTES)(written)
