"""What can be wrong in a file of settings, collected until all of it is known.

A site that edits its policy or configuration sees every mistake of the file at once, each
with its line; sentences are in :mod:`bcma.wording` (``mistake.…``).
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from bcma.errors import BcmaError

_NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Mistake(StrEnum):
    """Kinds of mistakes in a file of settings."""

    UNREADABLE_FILE = "unreadable-file"
    SYNTAX = "syntax"
    UNKNOWN_KEY = "unknown-key"
    MISSING = "missing"
    WRONG_TYPE = "wrong-type"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_VALUE = "unknown-value"
    UNKNOWN_FINDING = "unknown-finding"
    UNKNOWN_REASON = "unknown-reason"
    GUARDED = "guarded"
    PATTERN = "pattern"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One mistake, where it stands, and the facts that its sentence names.

    ``key`` is dotted; ``line`` counts from 1 and is ``None`` where the value did not come
    from a file (an environment variable, a scenario).
    """

    mistake: Mistake
    key: str = ""
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS)
    line: int | None = None

    def under(self, parent: str) -> "SettingProblem":
        """Give the same problem, seen from the table that holds the key."""
        return replace(self, key=".".join(filter(None, (parent, self.key))))

    def __str__(self) -> str:
        """Give place, key, mistake and facts in one technical line."""
        facts = " ".join(f"{name}={value}" for name, value in self.facts.items())
        place = "" if self.line is None else f"line {self.line}: "
        return f"{place}{self.key}: {self.mistake} {facts}".rstrip()


class BadSetting(Exception):
    """Raised by a reader, never seen outside; carries one or more problems."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))

    @classmethod
    def of(cls, mistake: Mistake, **facts: object) -> "BadSetting":
        """Build from one mistake at the place that is being read."""
        written = {name: str(value) for name, value in facts.items() if value is not None}
        return cls([SettingProblem(mistake, facts=MappingProxyType(written))])


class SettingsError(BcmaError):
    """A file of settings with mistakes; nothing of it takes effect.

    Attributes:
        file: name of the file as given, or what else the settings came from.
        problems: all mistakes, in the order of their lines.
    """

    code = "settings.invalid"

    def __init__(self, file: str, problems: Iterable[SettingProblem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda p: (p.line or 0, p.key)))
        super().__init__(file=file, problems=tuple(map(str, self.problems)))

    def __str__(self) -> str:
        """Give one technical line per mistake, each beginning with the file."""
        return "\n".join(f"{self.file}: {problem}" for problem in self.problems)


class PolicyError(SettingsError):
    """A site policy with mistakes."""

    code = "policy.invalid"


class Collector:
    """Gathers problems of several places, so that one mistake does not hide the next."""

    def __init__(self) -> None:
        self._problems: list[SettingProblem] = []

    @contextmanager
    def at(self, key: str) -> Iterator[None]:
        """Read the value of ``key``; its problems are noted and reading goes on."""
        try:
            yield
        except BadSetting as bad:
            self._problems.extend(problem.under(key) for problem in bad.problems)

    def finish(self) -> None:
        """End the collection.

        Raises:
            BadSetting: something was noted.
        """
        if self._problems:
            raise BadSetting(self._problems)


def nearest(written: object, known: Iterable[str]) -> str | None:
    """Give the known word that was probably meant."""
    return next(iter(difflib.get_close_matches(str(written), list(known), n=1)), None)
