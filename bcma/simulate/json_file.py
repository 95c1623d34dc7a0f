"""JSON as scenario files and the Bundles that they name must have it."""

import json
import re
from decimal import Decimal
from pathlib import Path

from bcma.simulate.place import Mistake, Node

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
            Mistake.UNREADABLE_FILE, path=str(path), reason=failure.strerror
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
            raise whole.error(Mistake.NOT_JSON, reason="half a character")
    except (ValueError, RecursionError, ArithmeticError) as failure:
        raise whole.error(Mistake.NOT_JSON, reason=_cause(failure)) from failure
    return value


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _cause(failure: Exception) -> str:
    match failure:
        case json.JSONDecodeError():
            return f"line {failure.lineno}, column {failure.colno}"
        case UnicodeDecodeError():
            return f"byte {failure.start + 1} is no UTF-8"
        case RecursionError():
            return "nested too deeply"
        case _:
            return "a number that is none"
