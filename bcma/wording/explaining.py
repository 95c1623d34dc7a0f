"""A judgement in words: each rule, what it looked at, and what it said.

The one place of these sentences: the command line prints the lines, the screen draws the parts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bcma.model.explanation import Account, Explanation, Seen
from bcma.model.verdict import Finding, NotChecked, Right, Severity
from bcma.wording.wording import UNKNOWN, Wording

_INDENT = "  "


class Mark(StrEnum):
    """What kind of answer a rule gave, mildest first."""

    CONTENT = "content"
    NOT_CHECKED = "not-checked"
    RELEASED = "released"
    INFO = "info"
    WARN = "warn"
    ASK = "ask"
    STOP = "stop"


_MARKS = tuple(Mark)
_OPEN = {
    Severity.INFO: Mark.INFO,
    Severity.WARN: Mark.WARN,
    Severity.ASK: Mark.ASK,
    Severity.STOP: Mark.STOP,
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer of a rule."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule: its title, what it looked at (label and value), what it said."""

    title: str
    seen: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    seen_lines: tuple[str, ...]

    @property
    def worst(self) -> Mark:
        """Give the gravest of its answers."""
        return max((said.mark for said in self.said), key=_MARKS.index)

    @property
    def lines(self) -> tuple[str, ...]:
        """Give it as lines of text, indented by meaning."""
        inside = (*self.seen_lines, *(f"→ {said.text}" for said in self.said))
        return (self.title, *(_INDENT + line for line in inside))


@dataclass(frozen=True, slots=True)
class RightText:
    """One right with its rules, the gravest first; ``None``: what no rule said."""

    right: Right | None
    heading: str
    rules: tuple[RuleText, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Give it as lines of text."""
        inside = (line for rule in self.rules for line in rule.lines)
        return (self.heading, *(_INDENT + line for line in inside))


def explained(wording: Wording, account: Account) -> tuple[RightText, ...]:
    """Write how a verdict came about, right by right."""
    return tuple(_sections(wording, account))


def _sections(wording: Wording, account: Account) -> Iterator[RightText]:
    if account.apart:
        said = tuple(_finding(wording, found) for found in account.apart)
        alone = RuleText(wording.sentence("explain.apart.why"), (), said, ())
        yield RightText(None, wording.sentence("explain.apart"), (alone,))
    for right in Right:
        rules = [_rule(wording, one) for one in account.explanations if one.right is right]
        if not rules:
            continue
        state = wording.word("right-state", account.verdict.rights[right])
        heading = wording.sentence("explain.right", right=wording.word("right", right), state=state)
        rules.sort(key=lambda rule: _MARKS.index(rule.worst), reverse=True)
        yield RightText(right, heading, tuple(rules))


def _rule(wording: Wording, one: Explanation) -> RuleText:
    key = f"rule.{one.rule}"
    said = [_finding(wording, found) for found in one.findings]
    said += [_not_checked(wording, missing) for missing in one.not_checked]
    if one.is_content:
        said.append(Said(Mark.CONTENT, wording.sentence(f"{key}.ok")))
    seen = tuple(_seen(wording, value) for value in one.seen)
    lines = tuple(
        wording.sentence("explain.seen", aspect=label, value=value) for label, value in seen
    )
    return RuleText(wording.sentence(key), seen, tuple(said), lines)


def _seen(wording: Wording, seen: Seen) -> tuple[str, str]:
    label = wording.sentence(f"aspect.{seen.aspect}")
    if not seen.readable:
        return label, wording.sentence("explain.unreadable")
    return label, wording.fact(seen.value, seen.aspect) or UNKNOWN


def _finding(wording: Wording, found: Finding) -> Said:
    headline, todo = wording.finding(found)
    severity = wording.word("severity", found.severity.word)
    severity = severity[:1].upper() + severity[1:]
    if found.released:
        text = wording.sentence("explain.released", severity=severity, headline=headline)
        return Said(Mark.RELEASED, text)
    text = wording.sentence("explain.found", severity=severity, headline=headline, todo=todo)
    return Said(_OPEN[found.severity], text)


def _not_checked(wording: Wording, missing: NotChecked) -> Said:
    why = wording.word("not-checked", missing.why)
    return Said(Mark.NOT_CHECKED, wording.sentence("explain.not-checked", why=why))
