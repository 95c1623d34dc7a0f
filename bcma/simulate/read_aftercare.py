"""What a step tells about an earlier dose: its effect, or a suspected reaction."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from bcma.bedside.acts import Act, FollowUp, Suspect
from bcma.simulate.place import Mistake, Node

_WORST_GRADE: Final = 4


def read_follow_up(parts: Mapping[str, Node]) -> Act:
    """Read an effect: words, a score, or an object of both (``text``, ``score``).

    Other members of an object are words by their names: how an effect is told is the ward's.
    """
    value = parts["value"]
    if isinstance(value.value, Mapping):
        members = dict(value.entries())
        score = members.pop("score").number() if "score" in members else None
        words = (_words(name, member) for name, member in members.items())
        return FollowUp("; ".join(words), score)
    if isinstance(value.value, str):
        return FollowUp(value.text())
    return FollowUp(score=value.number())


def read_suspect(parts: Mapping[str, Node]) -> Act:
    """Read a suspected reaction; one tap may say nothing more than that there is one."""
    signs = parts["signs"].items() if "signs" in parts else ()
    return Suspect(
        signs=tuple(sign.text() for sign in signs),
        severity=parts["severity"].text() if "severity" in parts else "",
        grade=_grade(parts["grade"]) if "grade" in parts else None,
    )


def _words(name: str, member: Node) -> str:
    if name == "text":
        return member.text()
    number = isinstance(member.value, int | Decimal) and not isinstance(member.value, bool)
    return f"{name}: {member.number() if number else member.text()}"


def _grade(node: Node) -> int:
    grade = node.whole(low=1)
    if grade > _WORST_GRADE:
        raise node.error(Mistake.UNKNOWN_VALUE, value=grade, known="1, 2, 3, 4")
    return grade
