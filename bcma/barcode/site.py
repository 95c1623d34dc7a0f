"""The forms that a hospital gives its own bands, labels, badges, drug codes and commands."""

import re
from dataclasses import dataclass, fields
from typing import Final

from bcma.errors import DataError

_GROUPS: Final = {
    "band": ("band", "instance"),
    "patient_label": ("mrn",),
    "badge": ("badge",),
    "drug": ("drug",),
    "command": ("command",),
    "bare_mrn": ("mrn",),
}
"""The named groups that each pattern must have."""


class SiteFormatError(DataError):
    """A configured pattern does not compile, or lacks its named group.

    Facts: ``setting``, and ``group`` (the one that is missing) or ``problem``.
    """

    code = "config.code-format"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFormats:
    """Patterns of the codes that a site prints itself, matched against the whole text.

    The defaults are those of the specification. Patterns are regular expressions over ASCII;
    each must hold its named groups.

    Attributes:
        band: wristband, groups ``band`` and ``instance``.
        patient_label: chart, tube or bed label, group ``mrn``.
        badge: staff badge, group ``badge``.
        drug: the hospital's own drug code, group ``drug``.
        command: command sheet, group ``command`` (a member of ``Command``).
        bare_mrn: a record number without any mark, group ``mrn``; None: the site has none
            that can be told from other numbers.

    Raises:
        SiteFormatError: a pattern does not compile, or lacks a group.
    """

    band: str = r"^BN(?P<band>[0-9A-Z]{4,20})\.(?P<instance>[0-9]{1,10})$"
    patient_label: str = r"^HS(?P<mrn>[0-9A-Z]{4,20})$"
    badge: str = r"^(?P<badge>NV-[0-9A-Z-]{3,20})$"
    drug: str = r"^TH(?P<drug>[0-9A-Z-]{2,20})$"
    command: str = r"^CMD-(?P<command>GIVE|HOLD|REFUSE|BACK|WITNESS|UNDO)$"
    bare_mrn: str | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            pattern: str | None = getattr(self, field.name)
            if pattern is not None:
                _check(field.name, pattern)


def _check(setting: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern, re.ASCII).groupindex
    except re.error as problem:
        raise SiteFormatError(setting=setting, problem=problem.msg) from problem
    for group in _GROUPS[setting]:
        if group not in groups:
            raise SiteFormatError(setting=setting, group=group)
