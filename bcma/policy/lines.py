"""TOML with line numbers: which line of the file a key stands on."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from bcma.policy.mistakes import BadSetting, Mistake, SettingProblem

_TABLE = re.compile(r"\s*\[\[?(?P<name>[^\[\]]+)\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"""\s*(?P<name>(?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"([^"]*)"|'([^']*)'""")
_POSITION = re.compile(r"\s*\(at line (?P<line>\d+), column \d+\)|\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The values of a TOML file, and the line of every key, by dotted name."""

    values: Mapping[str, object]
    lines: Mapping[str, int]

    def placed(self, problems: Iterable[SettingProblem]) -> tuple[SettingProblem, ...]:
        """Give the problems with the lines of their keys, where they have none yet."""
        return tuple(
            problem if problem.line else replace(problem, line=self._line(problem.key))
            for problem in problems
        )

    def _line(self, key: str) -> int | None:
        """Find the line of a key, or of what holds it: parts of one value share its line."""
        while key and key not in self.lines:
            key = key.rpartition(".")[0]
        return self.lines.get(key)


def read_toml(path: Path) -> TomlFile:
    """Read a file; its numbers with a point become Decimals.

    Raises:
        BadSetting: the file cannot be read, or is no TOML.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failed:
        raise BadSetting.of(Mistake.UNREADABLE_FILE, cause=type(failed).__name__) from failed
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as broken:
        position = _POSITION.search(str(broken))
        line = int(position["line"]) if position and position["line"] else text.count("\n") + 1
        detail = _POSITION.sub("", str(broken))
        raise BadSetting(
            [SettingProblem(Mistake.SYNTAX, facts={"value": detail}, line=line)]
        ) from broken
    return TomlFile(values, _key_lines(text))


def _key_lines(text: str) -> dict[str, int]:
    """Index keys by line; the first of a name wins.

    A text of several lines could look like keys inside: those names are never asked for.
    """
    lines: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if table := _TABLE.fullmatch(line):
            prefix = _dotted(table["name"])
            lines.setdefault(prefix, number)
        elif key := _KEY.match(line):
            name = _dotted(key["name"])
            lines.setdefault(f"{prefix}.{name}" if prefix else name, number)
    return lines


def _dotted(name: str) -> str:
    return ".".join(next(filter(None, match.groups()), match[0]) for match in _PART.finditer(name))
