"""What a check answers with: findings, and the verdict over them.

The contract is ``eight-rights``: no free text, no bare yes or no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Self

from bcma.model.quantity import Quantity

#: A value behind a finding; the screen formats it, the record proves what was known.
Fact = str | int | bool | Decimal | date | datetime | Quantity | tuple[str, ...] | None
_NO_FACTS: Mapping[str, Fact] = MappingProxyType({})


class Right(StrEnum):
    """The eight rights of giving a medicine, in reading order."""

    PATIENT = "patient"
    DRUG = "drug"
    DOSE = "dose"
    ROUTE = "route"
    TIME = "time"
    INDICATION = "indication"
    RESPONSE = "response"
    DOCUMENTATION = "documentation"


class Severity(IntEnum):
    """How strongly a finding holds the dose back; comparable, worst is highest."""

    INFO = 1
    WARN = 2
    ASK = 3
    STOP = 4

    @property
    def word(self) -> str:
        """Give the word of the contract: ``info``, ``warn``, ``ask``, ``stop``."""
        return self.name.lower()


class ReleaseBy(StrEnum):
    """Who must act to let a finding pass. Several together are all needed."""

    REASON = "reason"
    WITNESS = "witness"
    PHARMACIST = "pharmacist"
    PRESCRIBER = "prescriber"


#: Nobody may let it pass.
NEVER: tuple[ReleaseBy, ...] = ()


class RightState(StrEnum):
    """How one right stands."""

    OK = "ok"
    FINDING = "finding"
    NEEDS_INPUT = "needs-input"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check has to say about a dose.

    Attributes:
        code: ``right.name`` of the catalogue (:mod:`bcma.model.findings`).
        severity: after the site's policy was applied.
        facts: the values behind it.
        release: who must act to let it pass; empty: nobody (stop) or nobody needed (info).
        cannot: who must act when an ask cannot be answered; ``None``: it must be answered.
        subject: what it is about (slot, order, unit): a release holds for this subject only.
        released: whether somebody entitled has let it pass, or has answered.
    """

    code: str
    severity: Severity
    facts: Mapping[str, Fact] = field(default_factory=lambda: _NO_FACTS)
    release: tuple[ReleaseBy, ...] = NEVER
    cannot: ReleaseBy | None = None
    subject: str = ""
    released: bool = False

    @property
    def right(self) -> Right:
        """Give the right that it belongs to."""
        return Right(self.code.partition(".")[0])

    @property
    def holds_back(self) -> bool:
        """Tell whether the dose cannot be charted as given because of it."""
        return not self.released and self.severity > Severity.INFO

    def as_released(self) -> Self:
        """Give the same finding, let pass."""
        return replace(self, released=True)


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A check that did not run: drawn as such, never as ok."""

    right: Right
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all rules said about one dose (or one band)."""

    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """Give the worst severity that is not released; ``None`` is a pass."""
        return max((f.severity for f in self.findings if not f.released), default=None)

    @property
    def word(self) -> str:
        """Give the verdict's word: ``pass``, ``info``, ``warn``, ``ask`` or ``stop``."""
        return "pass" if self.severity is None else self.severity.word

    @property
    def may_give(self) -> bool:
        """Tell whether the dose may be charted as given."""
        return not any(f.holds_back for f in self.findings)

    @property
    def rights(self) -> Mapping[Right, RightState]:
        """Give the state of each right: stop, ask, warn, not checked, ok; worst wins."""
        return MappingProxyType({right: self._state(right) for right in Right})

    def open_finding(self, code: str) -> Finding | None:
        """Give the worst finding of this code that still holds the dose back."""
        held = (f for f in self.findings if f.code == code and f.holds_back)
        return max(held, key=lambda f: f.severity, default=None)

    def _state(self, right: Right) -> RightState:
        severities = {f.severity for f in self.findings if f.right is right and f.holds_back}
        if Severity.STOP in severities:
            return RightState.FINDING
        if Severity.ASK in severities:
            return RightState.NEEDS_INPUT
        if Severity.WARN in severities:
            return RightState.FINDING
        if any(n.right is right for n in self.not_checked):
            return RightState.NOT_CHECKED
        return RightState.OK
