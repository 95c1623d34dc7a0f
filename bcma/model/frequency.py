"""Frequency codes as hospitals write them (``Q6H:PRN``, ``TID W/MEALS``), read or refused.

Standard codes and the habits of one large hospital (the 85 strings of MIMIC-IV's public demo,
listed in ``docs/frequencies.md``). A code that says no rhythm is refused with the reason: what
is not understood plans nothing (rule 1 of the eight rights).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bcma.model.order import PeriodUnit, Timing


class NoRhythm(StrEnum):
    """Why a frequency code plans nothing."""

    UNKNOWN = "unknown"
    AS_DIRECTED = "as-directed"
    CONTINUOUS = "continuous"
    BY_EVENT = "by-event"
    DAYS_NOT_SAID = "days-not-said"
    REPEAT_NOT_SAID = "repeat-not-said"


@dataclass(frozen=True, slots=True)
class Frequency:
    """What a code says.

    Attributes:
        repeat: the same as a timing; its code, if any, names the ward's table of times, which
            goes before an even spacing.
        as_needed: it is given on need, at most so often.
    """

    repeat: Timing
    as_needed: bool = False


def read_frequency(written: str) -> Frequency | NoRhythm:
    """Read a frequency code, whatever its case and blanks."""
    words = " ".join(written.upper().split())
    plain = _AS_NEEDED.sub("", words).strip()
    as_needed = plain != words
    if as_needed and not plain:
        return Frequency(Timing(), as_needed=True)
    refused = _REFUSED.get(plain)
    if refused is not None:
        return refused
    if plain in _NAMED:
        return Frequency(_NAMED[plain], as_needed)
    for pattern, read in _PATTERNS:
        found = pattern.fullmatch(plain)
        if found is not None:
            repeat = read(found)
            return repeat if isinstance(repeat, NoRhythm) else Frequency(repeat, as_needed)
    return NoRhythm.UNKNOWN


def _every(value: int | str, unit: PeriodUnit, times: int = 1) -> Timing:
    return Timing(frequency=times, period=Decimal(value), period_unit=unit)


def _a_day(times: int, table: str, days: int = 1) -> Timing:
    return replace(_every(days, PeriodUnit.DAY, times), code=table)


def _by_clock(found: re.Match[str]) -> Timing | NoRhythm:
    if int(found["number"]) == 0:
        return NoRhythm.UNKNOWN
    once = _every(found["number"], _CLOCK_UNITS[found["unit"][0]])
    if found["most"] is None:
        return once
    if int(found["most"]) < int(found["number"]):
        return NoRhythm.UNKNOWN
    return replace(once, period_max=Decimal(found["most"]))


def _at_hour(found: re.Match[str]) -> Timing | NoRhythm:
    hour = int(found["hour"])
    return Timing(times_of_day=(time(hour),)) if hour < _HOURS else NoRhythm.UNKNOWN


def _on_days(found: re.Match[str]) -> Timing:
    days = {_DAYS.index(word[:2]) for word in _DAY.findall(found["days"])}
    return Timing(code=_MORNING, days_of_week=tuple(sorted(days)))


def _daily(found: re.Match[str]) -> Timing:
    return _every(1, PeriodUnit.DAY, int(found["times"]))


def _weekly(found: re.Match[str]) -> Timing | NoRhythm:
    """Once a week is a rhythm; more often, it says nothing of the days."""
    return _every(1, PeriodUnit.WEEK) if found["times"] == "1" else NoRhythm.DAYS_NOT_SAID


def _counted(found: re.Match[str]) -> Timing | NoRhythm:
    """Once is once; twice says nothing of when the second is due."""
    return _ONCE if found["times"] == "1" else NoRhythm.REPEAT_NOT_SAID


def _repeated(_found: re.Match[str]) -> NoRhythm:
    """It may be repeated: nobody says when."""
    return NoRhythm.REPEAT_NOT_SAID


_HOURS: Final = 24
#: The ward's table of times for one dose a day.
_MORNING: Final = "QD"
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_CLOCK_UNITS: Final = {"H": PeriodUnit.HOUR, "M": PeriodUnit.MINUTE}
_AS_NEEDED: Final = re.compile(r"(?:^|[: ])PRN$", re.ASCII)
_DAY: Final = re.compile(
    r"MON?(?:DAY)?|TU(?:ES?(?:DAY)?)?|WED?(?:NESDAY)?|TH(?:UR?S?(?:DAY)?)?|FRI?(?:DAY)?"
    r"|SA(?:T(?:URDAY)?)?|SUN?(?:DAY)?",
    re.ASCII,
)
_ONCE: Final = Timing(count=1)
_NAMED: Final[Mapping[str, Timing]] = MappingProxyType(
    {
        **dict.fromkeys(("QD", "DAILY", "EVERY DAY", "ONCE DAILY"), _a_day(1, _MORNING)),
        "BID": _a_day(2, "BID"),
        "TID": _a_day(3, "TID"),
        "QID": _a_day(4, "QID"),
        **dict.fromkeys(("QHS", "HS", "BED", "BEDTIME"), _a_day(1, "QHS")),
        **dict.fromkeys(("QOD", "EVERY OTHER DAY"), _a_day(1, _MORNING, days=2)),
        **dict.fromkeys(("QAM", "AM"), Timing(when=("MORN",))),
        "PM": Timing(when=("AFT",)),
        "QPM": Timing(when=("EVE",)),
        "BREAKFAST": Timing(when=("CM",)),
        "LUNCH": Timing(when=("CD",)),
        "DINNER": Timing(when=("CV",)),
        **dict.fromkeys(("TID W/MEALS", "TIDWM"), Timing(when=("C",))),
        **dict.fromkeys(("TIDAC", "TID AC"), Timing(when=("AC",))),
        **dict.fromkeys(("TIDPC", "TID PC"), Timing(when=("PC",))),
        **dict.fromkeys(("QIDACHS", "ACHS"), Timing(when=("ACM", "ACD", "ACV", "HS"))),
        **dict.fromkeys(("ONCE", "NOW", "NOW X1", "STAT", "STAT X1"), _ONCE),
    }
)
_REFUSED: Final[Mapping[str, NoRhythm]] = MappingProxyType(
    {
        **dict.fromkeys(("ASDIR", "UD", "AS DIRECTED"), NoRhythm.AS_DIRECTED),
        **dict.fromkeys(
            (
                "INFUSION",
                "CONTINUOUS",
                "TITRATE TO",
                "TITRATE TO RASS",
                "LIÊN TỤC",
                "TRUYỀN LIÊN TỤC",
            ),
            NoRhythm.CONTINUOUS,
        ),
        **dict.fromkeys(("HD PROTOCOL", "POST HD", "ON CALL"), NoRhythm.BY_EVENT),
    }
)
_PATTERNS: Final[
    tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Timing | NoRhythm]], ...]
] = (
    (
        re.compile(
            r"Q ?(?P<number>\d{1,3})(?:-(?P<most>\d{1,3}))? ?(?P<unit>H(?:RS?)?|MIN)", re.ASCII
        ),
        _by_clock,
    ),
    (re.compile(r"DAILY ?(?P<hour>\d{1,2})", re.ASCII), _at_hour),
    (re.compile(rf"Q(?P<days>(?:(?:{_DAY.pattern})[ ,/]?)+)", re.ASCII), _on_days),
    (re.compile(r"(?P<times>\d)X/WEEK", re.ASCII), _weekly),
    (re.compile(r"(?P<times>[1-9])X/DAY", re.ASCII), _daily),
    (re.compile(r"(?P<times>\d)X", re.ASCII), _counted),
    (re.compile(r"X(?P<times>\d)", re.ASCII), _counted),
    (re.compile(r"(?:ONCE )?MR ?X?(?P<times>\d)", re.ASCII), _repeated),
)
