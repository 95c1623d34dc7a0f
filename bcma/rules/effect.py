"""Effect checks: when the effect of an as-needed dose is to be looked at, and whether it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bcma.model.chart import Chart
from bcma.model.record import MedicationAdministration, RecordStatus
from bcma.policy import Policy

#: After so long the effect of a dose cannot be told any more: the check is not asked for.
LAPSES_AFTER: Final = timedelta(hours=24)
#: A dose that did not stay in has no effect, and nobody knows what an unreadable record means.
_HAS_EFFECT: Final = frozenset(
    {
        RecordStatus.GIVEN,
        RecordStatus.GIVEN_IN_PART,
        RecordStatus.RUNNING,
        RecordStatus.STOPPED,
        RecordStatus.REMOVED,
    }
)


@dataclass(frozen=True, slots=True)
class EffectDue:
    """A dose whose effect nobody has looked at yet, and when that is due."""

    record: MedicationAdministration
    given_at: datetime
    due: datetime

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the check should have been made by now."""
        return now > self.due


def effects_due(chart: Chart, policy: Policy, now: datetime) -> tuple[EffectDue, ...]:
    """Give every as-needed dose of a patient whose effect is still to be looked at, by due time."""
    lately = chart.history.since(now - LAPSES_AFTER)
    checks = (effect_due(record, chart, policy, now) for record in lately)
    found = [check for check in checks if check and _was_as_needed(check.record, chart)]
    return tuple(sorted(found, key=lambda check: (check.due, check.given_at)))


def effect_due(
    record: MedicationAdministration, chart: Chart, policy: Policy, now: datetime
) -> EffectDue | None:
    """Give the check that is due after an as-needed dose; ``None`` where there is none (left)."""
    given_at = record.known_at
    if given_at is None or now - given_at > LAPSES_AFTER or record.status not in _HAS_EFFECT:
        return None
    after = policy.effect_check_after(record.route)
    if after is None or _was_looked_at(record, given_at, chart):
        return None
    return EffectDue(record, given_at, given_at + after)


def _was_looked_at(record: MedicationAdministration, given_at: datetime, chart: Chart) -> bool:
    return any(
        check.record_id in record.names and check.at >= given_at for check in chart.effect_checks
    )


def _was_as_needed(record: MedicationAdministration, chart: Chart) -> bool:
    """Tell whether a record is of an as-needed dose: its order says so, else our own reason."""
    order = chart.order(record.order_id)
    if order is None:
        return record.event_id is not None and record.prn_reason is not None
    return record.slot is None and any(dosage.as_needed for dosage in order.dosages)
