"""What of a PassState the verdict panel draws."""

from bcma.bedside import PassState, Phase
from bcma.model.explanation import Account
from bcma.model.verdict import Finding, Severity, Verdict


def shown_verdict(state: PassState) -> Verdict | None:
    """Give the verdict to draw: of this step, else of the dose in hand."""
    if state.record is not None and state.phase is not Phase.JUDGED:
        return None
    if state.verdict is not None:
        return state.verdict
    return state.standing_verdict if state.phase is Phase.JUDGED else None


def shown_account(state: PassState) -> Account | None:
    """Give how the verdict to draw came about."""
    if shown_verdict(state) is None:
        return None
    return state.account() if state.verdict is not None else state.standing_account()


def releasable(verdict: Verdict) -> tuple[Finding, ...]:
    """List the open stops that somebody may let pass; none while one may not be."""
    stops = of_severity(verdict, Severity.STOP)
    return stops if all(f.release for f in stops) else ()


def of_severity(verdict: Verdict, severity: Severity) -> tuple[Finding, ...]:
    """List the findings of a severity that nobody has let pass."""
    return tuple(f for f in verdict.findings if f.severity is severity and not f.released)


def worn_patches(state: PassState, verdict: Verdict) -> tuple[str, ...]:
    """Give the events of the patches that have to come off first, as far as they are ours."""
    records = () if state.chart is None else state.chart.administrations
    ours = {record.event_id for record in records}
    return tuple(
        f.subject for f in verdict.findings if f.code == "route.patch-on" and f.subject in ours
    )
