"""What a scenario expects, and how an answer differs from it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bcma.simulate.answer import StepAnswer

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Finding codes: ``has`` and ``not`` of all, ``only`` of those that hold the dose back."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    only: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a step must answer; what is not named may be anything.

    Attributes:
        equal: fields of the answer and their values, ``None`` included.
        rights: a part of the rights.
    """

    equal: tuple[tuple[str, str | None], ...] = ()
    rights: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    codes: Codes = field(default_factory=Codes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmrExpect:
    """What the EMR must hold at the end.

    Attributes:
        search: resource type and parameters.
        place: where the file says so.
        count: number of matches; ``None`` with ``has``: at least one.
        has: JSON pointer or dotted path → value, for every match.
    """

    search: str
    place: str = ""
    count: int | None = None
    has: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as expected."""

    where: str
    what: str
    expected: object
    got: object


def differences(expect: Expect, answer: StepAnswer) -> Iterator[Difference]:
    """Give all differences between an answer and what was expected of it, in reading order."""
    where = f"step {answer.step}"
    for name, wanted in expect.equal:
        got = answer.field(name)
        if got != wanted:
            yield Difference(where, name, wanted, got)
    for right, wanted in expect.rights.items():
        if answer.rights[right] != wanted:
            yield Difference(where, f"rights.{right}", wanted, answer.rights[right])
    yield from _code_differences(expect.codes, answer, where)


def _code_differences(codes: Codes, answer: StepAnswer, where: str) -> Iterator[Difference]:
    all_codes = sorted({finding.code for finding in answer.findings})
    holding = sorted({finding.code for finding in answer.findings if finding.holds_back})
    missing = [code for code in codes.has if code not in all_codes]
    if missing:
        yield Difference(where, "codes.has", list(codes.has), all_codes)
    if any(code in all_codes for code in codes.lacks):
        yield Difference(where, "codes.not", list(codes.lacks), all_codes)
    if codes.only is not None and set(holding) != codes.only:
        yield Difference(where, "codes.only", sorted(codes.only), holding)
