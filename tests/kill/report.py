"""The report of ``make kill``: lines for a person, and whether everything held."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.kill.stretch import Stretch

_SHOWN_FAULTS = 20


def holds(stretches: Sequence[Stretch]) -> bool:
    """Tell whether nothing was lost, doubled or half, and anything was done at all."""
    doses = sum(s.checked.doses for s in stretches if s.checked)
    return doses > 0 and not any(s.faults for s in stretches)


def lines(stretches: Sequence[Stretch], seconds: float) -> Iterator[str]:
    """Write the report."""
    kills = sum(sum(s.moments.values()) for s in stretches)
    yield f"killed {kills} times in {seconds:.0f} s, on {len(stretches)} files"
    yield from _counted("killed in", _sum(s.kills for s in stretches))
    yield from _counted("killed", _sum(Counter(map(str, s.moments.elements())) for s in stretches))
    yield from _counted("the EMR's bad days", _sum(s.bad_days for s in stretches))
    yield from _counted("not let pass by the product", _sum(s.refused for s in stretches))
    checked = [s.checked for s in stretches if s.checked]
    doses, once = sum(c.doses for c in checked), sum(c.delivered_once for c in checked)
    faults = [fault for s in stretches for fault in s.faults]
    yield f"called recorded: {sum(c.called for c in checked)}, of them doses given: {doses}"
    yield f"versions of records and care events in the files: {sum(c.versions for c in checked)}"
    yield f"doses given that are on the EMR exactly once: {once}"
    yield from _counted("faults", Counter(name for name, _ in faults))
    yield from (f"    {name}: {which}" for name, which in faults[:_SHOWN_FAULTS])
    yield _sentence(faults, doses)


def _sentence(faults: Sequence[tuple[str, str]], doses: int) -> str:
    if faults:
        return f"FAILED: {len(faults)} faults"
    if not doses:
        return "FAILED: nothing was given"
    return "held: lost 0, doubled 0, half 0, strangers 0; every chain is whole"


def _counted(title: str, counts: Counter[str]) -> Iterator[str]:
    named = ", ".join(f"{name or 'none'} {number}" for name, number in counts.most_common())
    if counts:
        yield f"{title}: {named}"


def _sum(counters: Iterator[Counter[str]]) -> Counter[str]:
    return sum(counters, start=Counter())
