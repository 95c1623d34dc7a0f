"""Small values of the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bcma.policy.mistakes import BadSetting, Mistake
from bcma.policy.readers import clock_time, parts, span, text


class Verification(StrEnum):
    """When an order needs a pharmacist's approval before its first dose."""

    HOURS = "hours"
    REQUIRED = "required"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class PharmacyHours:
    """When a pharmacist is there, in ward time; may run over midnight.

    Opening and closing at the same time means around the clock.
    """

    open: time
    close: time

    def contain(self, ward_time: time) -> bool:
        """Tell whether pharmacy is open at a ward wall-clock time (closing time excluded)."""
        if self.open == self.close:
            return True
        if self.open < self.close:
            return self.open <= ward_time < self.close
        return ward_time >= self.open or ward_time < self.close


class AgeGroup(StrEnum):
    """Ages at which a weight grows old differently fast: to 27 days, 1 year, 18 years, above."""

    NEWBORN = "newborn"
    INFANT = "infant"
    CHILD = "child"
    ADULT = "adult"


@dataclass(frozen=True, slots=True)
class SiteReason:
    """The words of a reason that a site added."""

    vi: str
    en: str


def read_hours(written: object) -> PharmacyHours:
    """Read opening and closing time."""
    hours = parts({"open": clock_time, "close": clock_time})(written)
    return PharmacyHours(hours["open"], hours["close"])


def read_weight_days(written: object) -> Mapping[AgeGroup, timedelta]:
    """Read for how many days a weight holds, by age group."""
    days = span(timedelta(days=1), 1, 366)
    limits = parts({group.value: days for group in AgeGroup})(written)
    return MappingProxyType({AgeGroup(name): limit for name, limit in limits.items()})


def read_site_reason(written: object) -> SiteReason:
    """Read a reason's words in both languages."""
    words = parts({"vi": text, "en": text})(written)
    return SiteReason(words["vi"], words["en"])


def read_code(written: object) -> str:
    """Read a code of our own style: lower-case words joined by hyphens."""
    code = text(written)
    if not all(word.isascii() and word.isalnum() and word.islower() for word in code.split("-")):
        raise BadSetting.of(Mistake.PATTERN, value=code, expected="code")
    return code
