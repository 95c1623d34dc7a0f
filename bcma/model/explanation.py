"""What a judgement was made of: every rule, what it looked at, and what it said."""

from dataclasses import dataclass
from datetime import date

from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import Fact, Finding, NotChecked, Right, Verdict

#: What a rule looked at; ``None`` is a value that nobody knows.
Value = (
    Fact
    | DoseRange
    | tuple[date, ...]
    | tuple[Quantity | None, ...]
    | tuple[Ratio, ...]
    | tuple[str | None, ...]
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that a rule looked at, as it stood then.

    ``readable`` is ``False`` where the value could not be worked out at all.
    """

    aspect: str
    value: Value
    readable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One rule's part in a judgement.

    Attributes:
        rule: its stable name.
        seen: what it looked at.
        findings: what it objected to, asked or noted, as the verdict holds it.
        not_checked: why it did not check, or not all.
    """

    rule: str
    right: Right
    seen: tuple[Seen, ...]
    findings: tuple[Finding, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()

    @property
    def is_content(self) -> bool:
        """Tell whether the rule ran and had nothing at all to say."""
        return not self.findings and not self.not_checked


@dataclass(frozen=True, slots=True)
class Account:
    """A verdict with the explanations of all rules; none where no rule was asked."""

    verdict: Verdict
    explanations: tuple[Explanation, ...] = ()

    @property
    def apart(self) -> tuple[Finding, ...]:
        """Give the findings that no rule raised: of a code without effect, of a refused save."""
        told = [found for one in self.explanations for found in one.findings]
        return tuple(found for found in self.verdict.findings if found not in told)
