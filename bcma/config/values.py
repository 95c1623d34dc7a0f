"""What settings are made of besides numbers and texts."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bcma.policy.mistakes import BadSetting, Mistake
from bcma.policy.readers import text


class Language(StrEnum):
    """Languages of screen and paper."""

    VI = "vi"
    EN = "en"


class Theme(StrEnum):
    """Looks of the window."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class EmrAuth(StrEnum):
    """How this station proves itself to the EMR."""

    NONE = "none"
    BEARER = "bearer"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or token; it shows in no repr, log or message."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        """Hide the value."""
        return "***"


def secret(written: object) -> Secret:
    """Read a password or token."""
    if not isinstance(written, str) or not written.strip():
        raise BadSetting.of(Mistake.WRONG_TYPE, value="***", expected="text")
    return Secret(written.strip())


def zone(written: object) -> ZoneInfo:
    """Read the name of a time zone."""
    name = text(written)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise BadSetting.of(Mistake.PATTERN, value=name, expected="zone") from unknown


def url(written: object) -> str:
    """Read the address of a server, without a slash at its end and without a password in it."""
    address = text(written)
    try:
        parts = urlsplit(address)
    except ValueError as broken:
        raise BadSetting.of(Mistake.PATTERN, value="", expected="url") from broken
    if parts.username or parts.password:
        raise BadSetting.of(Mistake.PATTERN, value=f"…@{parts.hostname}", expected="url")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting.of(Mistake.PATTERN, value=address, expected="url")
    return address.rstrip("/")


def path(written: object) -> Path:
    """Read a file or folder; ``~`` is the user's home."""
    return Path(text(written)).expanduser()


def expression(*groups: str) -> "ExpressionReader":
    """Build a reader of regular expressions that hold these named groups."""
    return ExpressionReader(groups)


@dataclass(frozen=True, slots=True)
class ExpressionReader:
    """Reads a regular expression over ASCII."""

    groups: tuple[str, ...]

    def __call__(self, written: object) -> str:
        """Read the expression."""
        pattern = text(written)
        try:
            found = re.compile(pattern, re.ASCII).groupindex
        except re.error as broken:
            raise BadSetting.of(Mistake.PATTERN, value=pattern, expected="expression") from broken
        for group in self.groups:
            if group not in found:
                raise BadSetting.of(Mistake.PATTERN, value=pattern, expected=f"(?P<{group}>…)")
        return pattern
