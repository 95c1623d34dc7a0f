"""What a mutation run found: how many changes a test noticed, and which none did."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Outcome(Enum):
    """What became of one change."""

    KILLED = "killed"
    SURVIVED = "survived"
    NOT_RUN = "not run"


#: pytest: 0 is a pass; 5 and mutmut's 33 are "no test runs this at all": nothing noticed either.
_UNNOTICED = frozenset({0, 5, 33})


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one function."""

    name: str
    module: str
    outcome: Outcome


def read(folder: Path) -> tuple[Mutant, ...]:
    """Read what mutmut wrote beside each module: an exit code per mutant.

    A test run that was ended for its length (an endless loop) counts as noticed.
    """
    return tuple(
        Mutant(name, _module(file, folder), _outcome(code))
        for file in sorted(folder.rglob("*.meta"))
        for name, code in _codes(file).items()
    )


def table(mutants: tuple[Mutant, ...]) -> Iterator[str]:
    """Write killed, survived and score, per module and in all."""
    run = [m for m in mutants if m.outcome is not Outcome.NOT_RUN]
    yield f"{'module':<32}{'killed':>8}{'survived':>10}{'score':>8}"
    for module in sorted({m.module for m in run}):
        yield _line(module, [m for m in run if m.module == module])
    yield _line("all", run)


def score(mutants: list[Mutant]) -> float:
    """Give the share of changes that a test noticed; of none, all."""
    counts = Counter(m.outcome for m in mutants)
    total = counts[Outcome.KILLED] + counts[Outcome.SURVIVED]
    return counts[Outcome.KILLED] / total if total else 1.0


def _line(name: str, mutants: list[Mutant]) -> str:
    counts = Counter(m.outcome for m in mutants)
    killed, survived = counts[Outcome.KILLED], counts[Outcome.SURVIVED]
    return f"{name:<32}{killed:>8}{survived:>10}{score(mutants):>8.1%}"


def _module(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix().removesuffix(".py.meta")


def _codes(file: Path) -> Mapping[str, int | None]:
    codes: Mapping[str, int | None] = json.loads(file.read_text("utf-8"))["exit_code_by_key"]
    return codes


def _outcome(code: int | None) -> Outcome:
    if code is None:
        return Outcome.NOT_RUN
    return Outcome.SURVIVED if code in _UNNOTICED else Outcome.KILLED
