"""The exception tree.

An exception carries a stable ``code`` and the ``facts`` behind it, never a finished
sentence and never a person's name, PIN or key: :mod:`bcma.wording` writes the sentence
in the reader's language, and a log line stays free of private data.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar


class BcmaError(Exception):
    """Root of everything that the product raises on purpose.

    Attributes:
        code: stable key of the sentence in ``bcma.wording``, ``area.cause``.
        facts: the values that the sentence names; free of personal data.
    """

    code: ClassVar[str] = "error.unexpected"

    def __init__(self, **facts: object) -> None:
        self.facts: Mapping[str, object] = MappingProxyType(dict(facts))
        super().__init__(str(self))

    def __str__(self) -> str:
        """Give the code and facts in one technical line, for logs."""
        facts = " ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.code} {facts}".rstrip()


class DataError(BcmaError):
    """Data from outside that cannot be understood; nothing may be assumed in its place."""

    code = "data.unreadable"
