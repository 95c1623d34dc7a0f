"""How a rule speaks: findings from the catalogue, and checks that did not run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bcma.model.findings import BY_CODE
from bcma.model.verdict import Fact, Finding, NotChecked, ReleaseBy, Right, Severity
from bcma.rules.attempt import Attempt

#: What a rule yields, in the order in which a screen should show it.
Results = Iterator[Finding | NotChecked]


class Scope(StrEnum):
    """When a rule runs: for every band and dose, or only once there is a dose."""

    ALWAYS = "always"
    DOSE = "dose"


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: what it is called in an explanation, and which right it guards.

    ``sees`` names what it looks at, out of :data:`bcma.rules.aspects.ASPECTS`, in the order in
    which a person would compare it.
    """

    right: Right
    check: Callable[[Attempt], Results]
    scope: Scope = Scope.DOSE
    sees: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Give the rule's stable name."""
        return f"{self.right}.{self.check.__name__}"


def finding(
    code: str,
    severity: Severity | None = None,
    *,
    release: tuple[ReleaseBy, ...] | None = None,
    subject: str = "",
    **facts: Fact,
) -> Finding:
    """Build a finding with the catalogue's severity and release.

    ``severity`` chooses among the variants of a code; without it the worst is taken.
    ``release`` chooses where two variants have the same severity.
    """
    variant = BY_CODE[code].variant(severity)
    return Finding(
        code=code,
        severity=variant.severity,
        facts=MappingProxyType(facts),
        release=variant.release if release is None else release,
        cannot=variant.cannot,
        subject=subject,
    )
