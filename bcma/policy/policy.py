"""The site policy: what a pharmacist or a head nurse may change, as one frozen value."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Self, assert_never

from bcma.model.drug import Form, HighAlert, Medication
from bcma.model.order import Priority
from bcma.model.verdict import Finding, ReleaseBy, Severity
from bcma.policy.keys import read_settings
from bcma.policy.mistakes import BadSetting, PolicyError
from bcma.policy.overrides import overridden
from bcma.policy.reasons import EVERYWHERE
from bcma.policy.values import AgeGroup, PharmacyHours, SiteReason, Verification
from bcma.policy.windows import Window, WindowClass, WindowProfile
from bcma.policy.witnessed import WitnessedDoses

_VERSION_DIGITS = 16
#: What a problem of :meth:`Policy.with_overrides` names in place of a file.
_OVERRIDES = "policy"
_HIGH_ALERT_ORDER = tuple(HighAlert)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every number, list and severity that a site may set.

    Build it with :func:`bcma.policy.load_policy`, :func:`bcma.policy.shipped_policy` or
    :meth:`with_overrides`. A field is named after its key in the file, without the unit
    (``patient_scan_minutes`` → ``patient_scan``, a timedelta).

    Attributes:
        idle_lock: a session without activity for this long is locked.
        witness_min: a witness who confirms faster is warned about.
        patient_scan: how long a band scan holds.
        other_ward_exempt: ward codes where patients of any ward are given drugs.
        orders_stale, orders_downtime: age of orders that warns, and that stops.
        recompute, time_critical: drug codes.
        weekly_only: drug codes (ATC or the site's) of what is swallowed once a week at most.
        weight_age: for how long a weight holds, by age group.
        expires_soon: zero is off.
        duplicate, repeat: look-back for the same ingredient, and for the same order.
        effect_check: how long after an as-needed dose its effect is looked at, by route (table
            0162); ``*`` is every other route, zero is never.
        back_chart: actual and entry time may differ by this much.
        stat_due, now_due: STAT and NOW orders are due within this of the order.
        windows: name of the profile in ``window_profiles`` that holds.
        standard_times: ward times by code of the timing (BID ...).
        meal_times: ward times by code of ``Timing.when`` (ACM, HS ...).
        sites: routes (table 0162) by site of the body.
        witness_required: groups of doses that want a second person, whatever the drug's level.
        reasons: coded reasons by finding code or act; ``*`` is everything without its own.
        settings: what all this was read from, as TOML or JSON has it.
    """

    idle_lock: timedelta
    witness_min: timedelta
    patient_scan: timedelta
    band_instance_required: bool
    band_elsewhere: timedelta
    other_ward_exempt: frozenset[str]
    acknowledge_orders: bool
    verification: Verification
    orders_stale: timedelta
    orders_downtime: timedelta
    recompute: frozenset[str]
    weight_age: Mapping[AgeGroup, timedelta]
    lot_required: bool
    expiry_required: bool
    expires_soon: timedelta
    duplicate: timedelta
    interchangeable_forms: tuple[frozenset[Form], ...]
    windows: str
    time_critical: frozenset[str]
    weekly_only: frozenset[str]
    repeat: timedelta
    effect_check: Mapping[str, timedelta]
    back_chart: timedelta
    stat_due: timedelta
    now_due: timedelta
    clock_off: timedelta
    site_needed_routes: frozenset[str]
    pharmacy_hours: PharmacyHours
    standard_times: Mapping[str, tuple[time, ...]]
    meal_times: Mapping[str, tuple[time, ...]]
    window_profiles: Mapping[str, WindowProfile]
    severity: Mapping[str, Severity]
    release: Mapping[str, tuple[ReleaseBy, ...]]
    high_alert: Mapping[str, HighAlert]
    witness_required: Mapping[str, WitnessedDoses]
    reasons: Mapping[str, tuple[str, ...]]
    site_reasons: Mapping[str, SiteReason]
    sites: Mapping[str, frozenset[str]]
    settings: Mapping[str, object] = field(repr=False, compare=False)

    @classmethod
    def default(cls) -> "Policy":
        """Give the shipped policy."""
        from bcma.policy.load import shipped_policy  # noqa: PLC0415 - load builds policies

        return shipped_policy()

    @classmethod
    def of(cls, settings: Mapping[str, object]) -> Self:
        """Build from settings that name every key.

        Raises:
            BadSetting: names every mistake.
        """
        return cls(**read_settings(settings), settings=settings)

    def with_overrides(self, overrides: Mapping[str, object]) -> Self:
        """Give this policy with some settings replaced, tables entry by entry.

        Raises:
            PolicyError: names every mistake in the overrides.
        """
        try:
            return type(self).of(merged(self.settings, overrides))
        except BadSetting as bad:
            raise PolicyError(_OVERRIDES, bad.problems) from bad

    @property
    def version(self) -> str:
        """Give a hash of all settings: equal policies have equal versions, on every station."""
        canonical = json.dumps(self.settings, sort_keys=True, default=str)
        return hashlib.sha256(canonical.encode()).hexdigest()[:_VERSION_DIGITS]

    @property
    def profile(self) -> WindowProfile:
        """Give the windows that hold at this site."""
        return self.window_profiles[self.windows]

    def window(self, kind: WindowClass) -> Window:
        """Give how far before and after its planned instant a dose of this class is on time."""
        return self.profile.classes[kind]

    def apply(self, finding: Finding) -> Finding:
        """Give the finding with the site's severity and release, if it sets them."""
        return overridden(finding, self.severity.get(finding.code), self.release.get(finding.code))

    def reasons_for(self, subject: str) -> tuple[str, ...]:
        """Give the reasons to offer for a finding code or an act, in the site's order."""
        return self.reasons.get(subject, self.reasons.get(EVERYWHERE, ()))

    def reason_allowed(self, subject: str, reason: str) -> bool:
        """Tell whether a reason has an effect for a finding code or an act."""
        return reason in self.reasons_for(subject)

    def interchangeable(self, one: Form, other: Form) -> bool:
        """Tell whether two dose forms may stand for one another."""
        return one is other or any({one, other} <= forms for forms in self.interchangeable_forms)

    def effect_check_after(self, route: str | None) -> timedelta | None:
        """Give how long after an as-needed dose its effect is looked at, ``None``: never."""
        otherwise = self.effect_check.get(EVERYWHERE, timedelta(0))
        return self.effect_check.get(route or EVERYWHERE, otherwise) or None

    def needs_site(self, route: str) -> bool:
        """Tell whether the record of a dose by this route names a site of the body."""
        return route in self.site_needed_routes

    def sites_for(self, route: str) -> tuple[str, ...]:
        """Give the sites to offer for a route."""
        return tuple(site for site, routes in self.sites.items() if route in routes)

    def times_for(self, code: str) -> tuple[time, ...] | None:
        """Give the ward's standard times of a timing code (``BID``), ``None`` where it has none."""
        return self.standard_times.get(code.upper())

    def is_time_critical(self, drug: Medication) -> bool:
        """Tell whether the site lists the drug as time-critical."""
        return not self.time_critical.isdisjoint(drug.drug_codes)

    def due_within(self, priority: Priority) -> timedelta | None:
        """Give how soon after the order an urgent dose is due; ``None`` for a routine one."""
        match priority:
            case Priority.STAT:
                return self.stat_due
            case Priority.URGENT | Priority.ASAP:
                return self.now_due
            case Priority.ROUTINE:
                return None
            case _:
                assert_never(priority)

    def is_weekly(self, drug: Medication) -> bool:
        """Tell whether the site lists the drug as one that is given once a week at most."""
        return not self.weekly_only.isdisjoint({*drug.drug_codes, *(c.code for c in drug.codes)})

    def high_alert_level(self, drug: Medication, routes: Collection[str] = ()) -> HighAlert:
        """Give the strictest of the drug file's level, the site's, and that of these routes."""
        if any(doses.contain(drug, routes) for doses in self.witness_required.values()):
            return HighAlert.REQUIRED
        levels = (
            drug.high_alert,
            *(self.high_alert.get(c, HighAlert.NONE) for c in drug.drug_codes),
        )
        return max(levels, key=_HIGH_ALERT_ORDER.index)


def merged(base: Mapping[str, object], changes: Mapping[str, object]) -> dict[str, object]:
    """Lay changes over settings; tables are merged entry by entry, all else is replaced."""
    result = dict(base)
    for name, value in changes.items():
        old = result.get(name)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[name] = merged(old, value)
        else:
            result[name] = value
    return result
