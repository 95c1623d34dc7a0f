"""Which releases let a finding pass."""

from collections.abc import Iterable
from typing import assert_never

from bcma.model.findings import BY_CODE
from bcma.model.record import ReleaseRecord
from bcma.model.verdict import Finding, ReleaseBy, Severity

_REASON_ALONE = (ReleaseBy.REASON,)


def is_released(finding: Finding, releases: Iterable[ReleaseRecord]) -> bool:
    """Tell whether one of the releases covers this finding as severe as it is now."""
    return any(covers(release, finding) for release in releases)


def covers(release: ReleaseRecord, finding: Finding) -> bool:
    """Tell whether a release is for this finding and was given by all who must.

    A release holds for its subject: the next slot, lot or order version needs its own, unless
    its reason was given for the whole pass.
    """
    if release.code != finding.code:
        return False
    if release.subject != finding.subject and not (
        release.whole_pass and may_hold_for_pass(finding)
    ):
        return False
    if finding.severity is Severity.INFO:
        return True
    if finding.severity is Severity.ASK:
        return release.cannot and finding.cannot is not None and _has(release, finding.cannot)
    return bool(finding.release) and all(_has(release, by) for by in finding.release)


def may_hold_for_pass(finding: Finding) -> bool:
    """Tell whether a reason may be given once for the whole pass.

    So it may for a warning that takes no more than a reason. Stops and asks are about one
    dose, and no policy may weaken a guarded code: they are answered each time.
    """
    is_plain_warning = finding.severity is Severity.WARN and finding.release == _REASON_ALONE
    return is_plain_warning and not BY_CODE[finding.code].guarded


def _has(release: ReleaseRecord, by: ReleaseBy) -> bool:
    match by:
        case ReleaseBy.REASON:
            return release.reason is not None
        case ReleaseBy.WITNESS:
            return release.witness_id is not None
        case ReleaseBy.PHARMACIST:
            return release.pharmacist_id is not None
        case ReleaseBy.PRESCRIBER:
            by_telephone_confirmed = release.witness_id is not None
            in_person_or_read_back = not release.by_telephone or by_telephone_confirmed
            return release.prescriber_id is not None and in_person_or_read_back
    assert_never(by)
