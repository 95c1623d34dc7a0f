"""The replay in numbers: verdicts, findings, what was set aside, what passed in silence."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final

from bcma.model.record import RecordStatus
from bcma.model.verdict import Severity
from bcma.replay.handled import Handled
from bcma.replay.oracle import Part, Suspicion
from bcma.replay.reenact import Replayed

#: How many events are named beside a number, to be looked at with ``--explain``.
_EXAMPLES: Final = 5
NO_VERDICT: Final = "no verdict"


@dataclass(slots=True)
class Count:
    """A number and the first events behind it."""

    number: int = 0
    events: list[str] = field(default_factory=list)

    def add(self, event: str) -> None:
        """Count an event."""
        self.number += 1
        if len(self.events) < _EXAMPLES:
            self.events.append(event)


Counts = dict[str, Count]


def _counts() -> Counts:
    return defaultdict(Count)


@dataclass(slots=True)
class Report:
    """Everything that is counted; memory does not grow with the number of rows.

    Attributes:
        parts: rows by their part in the replay.
        verdicts: doses that had to pass, by the word when all was scanned.
        findings: the same doses, by code and severity; a code counts once a dose.
        prompted: the same doses, by the ask or warn that the nurse had to act on.
        needless: the same doses that were stopped, by the first stop's code.
        unfinished: those that no stop kept back, and that were not recorded either.
        set_aside: doses that had not to pass, by cause and verdict.
        missed: what passed in silence although it was suspicious.
        withheld: rows "not given", by what became of them.
        not_checked: rights that were not checked, by reason.
    """

    rows: int = 0
    parts: Counts = field(default_factory=_counts)
    verdicts: Counts = field(default_factory=_counts)
    findings: Counts = field(default_factory=_counts)
    prompted: Counts = field(default_factory=_counts)
    needless: Counts = field(default_factory=_counts)
    unfinished: Counts = field(default_factory=_counts)
    set_aside: Counts = field(default_factory=_counts)
    missed: Counts = field(default_factory=_counts)
    withheld: Counts = field(default_factory=_counts)
    not_checked: Counter[str] = field(default_factory=Counter)
    expected: int = 0
    prompts: int = 0
    warns: int = 0
    unprompted: int = 0

    def add(self, row: Replayed) -> None:
        """Count a row."""
        self.rows += 1
        self.parts[row.expected.part.value].add(row.event.id)
        if row.handled is None:
            return
        if row.expected.part is Part.WITHHELD:
            done = row.handled.record.value if row.handled.record else f"– {row.handled.stuck}"
            self.withheld[done].add(row.event.id)
            return
        self._missed(row.event.id, row.handled, row.expected.suspicions)
        word = row.handled.word or NO_VERDICT
        if row.expected.cause is None:
            self._must_pass(row.event.id, row.handled, word)
        else:
            self.set_aside[f"{row.expected.cause.value}: {word}"].add(row.event.id)

    @property
    def needless_count(self) -> int:
        """Count the doses that were stopped without need."""
        return sum(count.number for count in self.needless.values())

    @property
    def missed_count(self) -> int:
        """Count what passed in silence."""
        return sum(count.number for count in self.missed.values())

    def per_hundred(self, number: int) -> float:
        """Give a number per 100 doses that had to pass."""
        return 100 * number / self.expected if self.expected else 0.0

    def _must_pass(self, event: str, handled: Handled, word: str) -> None:
        self.expected += 1
        self.verdicts[word].add(event)
        codes = {(f.code, f.severity) for f in handled.findings}
        for code, severity in codes:
            self.findings[f"{code} {severity.word}"].add(event)
        # what a reason given before holds for demands nothing of the nurse
        held = {(f.code, f.severity) for f in handled.findings if f.holds_back}
        prompts = {c for c in held if c[1] in {Severity.ASK, Severity.WARN}}
        for code, severity in prompts:
            self.prompted[f"{code} {severity.word}"].add(event)
        self.prompts += len(prompts)
        self.warns += sum(severity is Severity.WARN for _, severity in prompts)
        self.unprompted += not prompts
        self.not_checked.update({f"{n.right.value}: {n.why}" for n in handled.not_checked})
        if handled.record is not None:
            return
        stops = handled.stops
        if stops:
            self.needless[stops[0].code].add(event)
        else:
            self.unfinished[handled.stuck or NO_VERDICT].add(event)

    def _missed(self, event: str, handled: Handled, suspicions: frozenset[Suspicion]) -> None:
        for suspicion in suspicions:
            if _in_silence(suspicion, handled):
                self.missed[suspicion.value].add(event)


def _in_silence(suspicion: Suspicion, handled: Handled) -> bool:
    """Tell whether the product said nothing of what was wrong."""
    match suspicion:
        case Suspicion.OTHER_INGREDIENT:
            return not handled.stops
        case Suspicion.OTHER_PRODUCT:
            unknown = {"drug.lot-unknown", "drug.expiry-unknown"}
            said = {f.code for f in handled.findings if f.code.startswith("drug.")} - unknown
            return not said
        case Suspicion.REPEAT | Suspicion.OTHER_DOSE:
            told = any(f.severity > Severity.INFO for f in handled.findings)
            return not told and handled.record is not RecordStatus.GIVEN_IN_PART
