"""Overrides of a finding's severity and release, and why some are refused.

A code marked ● in the contract is *guarded*: a site may raise it, never weaken it.
"""

from dataclasses import replace
from typing import assert_never

from bcma.model.findings import BY_CODE, FindingSpec, Variant
from bcma.model.verdict import NEVER, Finding, ReleaseBy, Severity
from bcma.policy.mistakes import BadSetting, Mistake
from bcma.policy.readers import listing, member, one_of, table

#: Who lets a finding pass whose new severity the catalogue does not foresee.
_REASON = (ReleaseBy.REASON,)


def _keep_severity(code: str, severity: Severity) -> None:
    if BY_CODE[code].guarded and severity < BY_CODE[code].variant().severity:
        raise BadSetting.of(Mistake.GUARDED, value=severity.word)


def _keep_release(code: str, release: tuple[ReleaseBy, ...]) -> None:
    if BY_CODE[code].guarded and _weaker(release, BY_CODE[code]):
        raise BadSetting.of(Mistake.GUARDED, value="+".join(release) or "never")


def _weaker(release: tuple[ReleaseBy, ...], spec: FindingSpec) -> bool:
    """Tell whether fewer people than now could let the finding pass in any of its variants."""
    if not release:
        return False
    return any(not v.release or not set(v.release) <= set(release) for v in spec.variants)


_finding_code = one_of(BY_CODE, Mistake.UNKNOWN_FINDING)
#: Reads severities by finding code.
read_severities = table(_finding_code, member(Severity, lambda s: s.word), _keep_severity)
#: Reads releases by finding code; an empty list is never.
read_releases = table(_finding_code, listing(member(ReleaseBy)), _keep_release)


def overridden(
    finding: Finding, severity: Severity | None, release: tuple[ReleaseBy, ...] | None
) -> Finding:
    """Give the finding with a site's severity and release in place of the shipped ones."""
    if severity is not None and severity is not finding.severity:
        variant = _variant(BY_CODE[finding.code], finding, severity)
        finding = replace(
            finding, severity=severity, release=variant.release, cannot=variant.cannot
        )
    if release is None or finding.severity is Severity.INFO:
        return finding
    if finding.severity is Severity.ASK:
        return replace(
            finding, release=_REASON if release else NEVER, cannot=next(iter(release), None)
        )
    return replace(finding, release=release)


def _variant(spec: FindingSpec, finding: Finding, severity: Severity) -> Variant:
    """Give the catalogue's variant of the new severity, or make one.

    A finding that is raised keeps its release (a stop that may pass is break-glass); one that
    is lowered to a warning takes a reason; a new ask may be answered by "cannot" and a reason.
    """
    for variant in spec.variants:
        if variant.severity is severity:
            return variant
    match severity:
        case Severity.STOP:
            return Variant(severity, finding.release)
        case Severity.ASK:
            return Variant(severity, _REASON, ReleaseBy.REASON)
        case Severity.WARN:
            return Variant(severity, _REASON)
        case Severity.INFO:
            return Variant(severity)
    assert_never(severity)
