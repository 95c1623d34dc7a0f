"""Sentences for people: on a screen, on paper, in an export, from the same keys."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from bcma.config import Language
from bcma.errors import BcmaError
from bcma.model.order import DoseRange
from bcma.model.quantity import Quantity, Ratio
from bcma.model.verdict import Finding
from bcma.policy import SettingProblem, SettingsError, SiteReason
from bcma.wording import numbers
from bcma.wording.catalogue import lookup
from bcma.wording.facts import FAMILY_OF, VOCABULARY

#: What stands for a fact that is not known.
UNKNOWN: Final = "—"
_NO_REASONS: Mapping[str, SiteReason] = MappingProxyType({})


class FindingText(NamedTuple):
    """What a finding says: a headline, and what to do next."""

    headline: str
    todo: str


class Wording:
    """Writes sentences in one language, instants in one zone.

    ``site_reasons`` are the words of reasons that the site's policy added.
    """

    def __init__(
        self,
        language: Language,
        zone: ZoneInfo,
        site_reasons: Mapping[str, SiteReason] = _NO_REASONS,
    ) -> None:
        self.language = language
        self.zone = zone
        self._site_reasons = site_reasons

    def sentence(self, key: str, /, **facts: object) -> str:
        """Write the sentence of a key; an unknown key is shown itself, never nothing."""
        template = lookup(self.language, key)
        return key if template is None else self._fill(template, facts)

    def finding(self, finding: Finding) -> FindingText:
        """Write what a finding says at its severity, and what to do next."""
        key = f"finding.{finding.code}"
        word, facts = finding.severity.word, finding.facts
        return FindingText(self._special(key, word, facts), self._special(f"{key}.do", word, facts))

    def _special(self, key: str, severity: str, facts: Mapping[str, object]) -> str:
        """Write the sentence of a key, or the one that it has for this severity alone."""
        special = f"{key}.{severity}"
        exists = lookup(self.language, special) is not None
        return self.sentence(special if exists else key, **facts)

    def error(self, error: BaseException) -> str:
        """Write what went wrong; an exception without words of its own gets its parent's."""
        facts = error.facts if isinstance(error, BcmaError) else {}
        for kind in type(error).__mro__:
            code = kind.__dict__.get("code")
            if isinstance(code, str) and lookup(self.language, error_key(code)) is not None:
                return self.sentence(error_key(code), **facts)
        return self.sentence(error_key(BcmaError.code), **facts)

    def mistakes(self, error: SettingsError) -> tuple[str, ...]:
        """Write every mistake of a file of settings, one line each."""
        return tuple(self._mistake(problem) for problem in error.problems)

    def word(self, family: str, code: str) -> str:
        """Write the word of a code (``route``, ``PO``); a code without one is shown as it is."""
        if family == "reason" and code in self._site_reasons:
            own = self._site_reasons[code]
            return own.vi if self.language is Language.VI else own.en
        return lookup(self.language, f"{family}.{code}") or code

    def number(self, value: Decimal | int) -> str:
        """Write a number with the language's decimal sign."""
        return numbers.number(self.language, value)

    def unit(self, code: str) -> str:
        """Write a unit for one of it."""
        return numbers.unit(self.language, code)

    def quantity(self, amount: Quantity | None) -> str:
        """Write an amount with its unit."""
        return UNKNOWN if amount is None else numbers.quantity(self.language, amount)

    def date(self, day: date) -> str:
        """Write a date, dd/MM/yyyy."""
        return f"{day:%d/%m}/{day.year:04}"

    def time(self, at: datetime | time) -> str:
        """Write hours and minutes, of an instant in the ward's zone."""
        return f"{at.astimezone(self.zone) if isinstance(at, datetime) else at:%H:%M}"

    def instant(self, at: datetime) -> str:
        """Write an instant with its full date."""
        return f"{self.time(at)} {self.date(at.astimezone(self.zone))}"

    def fact(self, value: object, name: str = "") -> str:
        """Write any fact; where ``name`` is one of :data:`VOCABULARY` the value is a code."""
        match value:
            case None | "" | ():
                text = UNKNOWN
            case bool():
                text = self.sentence("word.yes" if value else "word.no")
            case Quantity() | DoseRange() | Ratio():
                text = numbers.amount(self.language, value)
            case datetime():
                text = f"{self.time(value)} {value.astimezone(self.zone):%d/%m}"
            case date():
                text = self.date(value)
            case int() | Decimal():
                text = self.number(value)
            case tuple() | frozenset():
                text = ", ".join(self.fact(item, name) for item in value)
            case Enum() if type(value) in FAMILY_OF:
                text = self.word(FAMILY_OF[type(value)], str(value.value))
            case _:
                text = self._coded(str(value), name)
        return text

    def _coded(self, code: str, name: str) -> str:
        """Write the word of a code by the first family of its fact that has one."""
        for family in VOCABULARY.get(name, ()):
            if (word := self.word(family, code)) != code:
                return word
        return code

    def _fill(self, template: str, facts: Mapping[str, object]) -> str:
        return template.format_map(_Facts(self, facts))

    def _mistake(self, problem: SettingProblem) -> str:
        text = self.sentence(f"mistake.{problem.mistake}", **problem.facts)
        if problem.line is None:
            return self.sentence("mistake.no-line", key=problem.key, text=text)
        return self.sentence("mistake.line", line=problem.line, key=problem.key, text=text)


class _Facts(dict[str, str]):
    """Facts as text for ``str.format_map``; one that nobody supplied is a dash."""

    def __init__(self, wording: Wording, facts: Mapping[str, object]) -> None:
        super().__init__({name: wording.fact(value, name) for name, value in facts.items()})

    def __missing__(self, key: str) -> str:
        return UNKNOWN


def error_key(code: str) -> str:
    """Give the key of an exception's sentence."""
    return code if code.startswith("error.") else f"error.{code}"
