"""JSON as scenario files and the Bundles that they name must have it."""

import json
import re
from decimal import Decimal
from pathlib import Path

from bcma.simulate.place import Cause, Mistake, Node

_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def read_json(path: Path, named: Node | None = None) -> Node:
    """Read a JSON file: UTF-8, no key twice in an object, numbers with all their digits.

    Args:
        path: the file.
        named: where another file names this one; that place is at fault if it is missing.

    Raises:
        ScenarioError: the file cannot be read or is no such JSON.
    """
    whole = Node(None, str(path))
    try:
        written = path.read_bytes()
    except OSError as failure:
        place = named or whole
        raise place.error(
            Mistake.UNREADABLE_FILE, path=str(path), cause=_why_unread(failure)
        ) from failure
    return Node(_parse(written, whole), str(path))


def _parse(written: bytes, whole: Node) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        held: dict[str, object] = {}
        for name, value in pairs:
            if name in held:
                raise whole.error(Mistake.DUPLICATE_KEY, key=name)
            held[name] = value
        return held

    def refuse(word: str) -> object:
        raise ValueError(word)

    try:
        text = written.decode("utf-8-sig")
        value: object = json.loads(
            text, parse_float=Decimal, parse_constant=refuse, object_pairs_hook=unique
        )
        if "\\u" in text and _HALF_A_CHARACTER.search(_shown(value)):
            raise whole.error(Mistake.NOT_JSON, cause=Cause.HALF_CHARACTER)
    except (ValueError, RecursionError, ArithmeticError) as failure:
        raise whole.error(Mistake.NOT_JSON, **_why_not_json(failure)) from failure
    return value


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _why_unread(failure: OSError) -> Cause:
    match failure:
        case FileNotFoundError():
            return Cause.NO_SUCH_FILE
        case IsADirectoryError():
            return Cause.IS_FOLDER
        case PermissionError():
            return Cause.NOT_ALLOWED
        case _:
            return Cause.READ_FAILED


def _why_not_json(failure: Exception) -> dict[str, object]:
    """Give the cause and the facts of its sentence."""
    match failure:
        case json.JSONDecodeError():
            return {"cause": Cause.SYNTAX, "line": failure.lineno, "column": failure.colno}
        case UnicodeDecodeError():
            return {"cause": Cause.NO_UTF8, "byte": failure.start + 1}
        case RecursionError():
            return {"cause": Cause.TOO_DEEP}
        case _:
            return {"cause": Cause.NO_NUMBER}
