"""From ``expect`` and ``expect_emr`` as JSON to values of :mod:`bcma.simulate.expect`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bcma.bedside.state import Phase
from bcma.model.findings import BY_CODE
from bcma.model.record import RecordStatus
from bcma.model.verdict import Right, RightState, Severity
from bcma.simulate.answer import COMPARED, NOT_AVAILABLE
from bcma.simulate.expect import Codes, EmrExpect, Expect
from bcma.simulate.place import Mistake, Node

#: The words that a field may have; fields that are not named take any text.
_WORDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "state": frozenset(phase.value for phase in Phase),
        "verdict": frozenset({"pass", *(severity.word for severity in Severity)}),
        "refused": frozenset({*BY_CODE, NOT_AVAILABLE}),
        "record": frozenset(s.value for s in RecordStatus) - {RecordStatus.UNREADABLE.value},
    }
)


def read_expect(node: Node) -> Expect:
    """Read what a step must answer."""
    parts = node.members(optional={*COMPARED, "rights", "codes"})
    return Expect(
        equal=tuple((name, _field(name, parts[name])) for name in COMPARED if name in parts),
        rights=_rights(parts["rights"]) if "rights" in parts else MappingProxyType({}),
        codes=_codes(parts["codes"]) if "codes" in parts else Codes(),
    )


def read_emr_expect(node: Node) -> EmrExpect:
    """Read what the EMR must hold at the end."""
    parts = node.members({"search"}, {"count", "has"})
    if len(parts) == 1:
        raise node.error(Mistake.MISSING_KEY, key="count")
    search = parts["search"].text()
    if not search.partition("?")[0].isalpha():
        raise parts["search"].error(Mistake.UNKNOWN_VALUE, value=search, known="Type?parameters")
    has = parts["has"].entries() if "has" in parts else {}
    return EmrExpect(
        search=search,
        place=parts["search"].place,
        count=parts["count"].whole() if "count" in parts else None,
        has=tuple((path, value.value) for path, value in has.items()),
    )


def _field(name: str, node: Node) -> str | None:
    if node.value is None and name != "state":
        return None
    return node.word(_WORDS[name]) if name in _WORDS else node.text()


def _rights(node: Node) -> Mapping[str, str]:
    parts = node.members(optional={right.value for right in Right})
    states = {state.value for state in RightState}
    return MappingProxyType({name: part.word(states) for name, part in parts.items()})


def _codes(node: Node) -> Codes:
    parts = node.members(optional={"has", "not", "only"})
    return Codes(
        has=_code_list(parts["has"]) if "has" in parts else (),
        lacks=_code_list(parts["not"]) if "not" in parts else (),
        only=frozenset(_code_list(parts["only"])) if "only" in parts else None,
    )


def _code_list(node: Node) -> tuple[str, ...]:
    return tuple(item.word(BY_CODE) for item in node.items())
