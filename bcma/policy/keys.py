"""Every key of a policy file: how it is written, and where it goes in a Policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from bcma.model.drug import Form, HighAlert
from bcma.policy.mistakes import BadSetting, Collector, Mistake, nearest
from bcma.policy.overrides import read_releases, read_severities
from bcma.policy.readers import (
    Reader,
    clock_time,
    flag,
    listing,
    member,
    set_of,
    span,
    table,
    text,
)
from bcma.policy.reasons import read_reasons
from bcma.policy.values import (
    Verification,
    read_code,
    read_hours,
    read_site_reason,
    read_weight_days,
)
from bcma.policy.windows import read_profile
from bcma.policy.witnessed import read_witnessed

_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
_DAY_MINUTES = 24 * 60
_TWO_DAYS = 2 * _DAY_MINUTES
_YEAR = 366


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the file, the field of :class:`~bcma.policy.Policy` it fills, and its reader."""

    name: str
    field: str
    read: Reader[object]


def _same(name: str, read: Reader[object]) -> Key:
    return Key(name, name, read)


KEYS: Final[tuple[Key, ...]] = (
    Key("idle_lock_minutes", "idle_lock", span(_MINUTE, 1, _TWO_DAYS)),
    Key("witness_min_seconds", "witness_min", span(_SECOND, 0, 600)),
    Key("patient_scan_minutes", "patient_scan", span(_MINUTE, 0, _TWO_DAYS)),
    _same("band_instance_required", flag),
    Key("band_elsewhere_minutes", "band_elsewhere", span(_MINUTE, 0, _TWO_DAYS)),
    _same("other_ward_exempt", set_of(text)),
    _same("acknowledge_orders", flag),
    _same("verification", member(Verification)),
    Key("orders_stale_minutes", "orders_stale", span(_MINUTE, 0, _TWO_DAYS)),
    Key("orders_downtime_minutes", "orders_downtime", span(_MINUTE, 1, _TWO_DAYS)),
    _same("recompute", set_of(text)),
    Key("weight_days", "weight_age", read_weight_days),
    _same("lot_required", flag),
    _same("expiry_required", flag),
    Key("expires_soon_days", "expires_soon", span(_DAY, 0, _YEAR)),
    Key("duplicate_minutes", "duplicate", span(_MINUTE, 0, _TWO_DAYS)),
    _same("interchangeable_forms", listing(set_of(member(Form)))),
    _same("windows", text),
    _same("time_critical", set_of(text)),
    _same("weekly_only", set_of(text)),
    Key("effect_check_minutes", "effect_check", table(text, span(_MINUTE, 0, _DAY_MINUTES))),
    Key("repeat_minutes", "repeat", span(_MINUTE, 0, _TWO_DAYS)),
    Key("back_chart_minutes", "back_chart", span(_MINUTE, 0, _TWO_DAYS)),
    Key("stat_due_minutes", "stat_due", span(_MINUTE, 1, _TWO_DAYS)),
    Key("now_due_minutes", "now_due", span(_MINUTE, 1, _TWO_DAYS)),
    Key("clock_off_seconds", "clock_off", span(_SECOND, 1, 3600)),
    _same("site_needed_routes", set_of(text)),
    _same("pharmacy_hours", read_hours),
    _same("standard_times", table(text, listing(clock_time))),
    _same("meal_times", table(text, listing(clock_time))),
    _same("window_profiles", table(text, read_profile)),
    _same("severity", read_severities),
    _same("release", read_releases),
    _same("high_alert", table(text, member(HighAlert))),
    _same("witness_required", table(read_code, read_witnessed)),
    _same("reasons", read_reasons),
    _same("site_reasons", table(read_code, read_site_reason)),
    _same("sites", table(read_code, set_of(text))),
)
BY_NAME: Final[Mapping[str, Key]] = {key.name: key for key in KEYS}


def read_settings(settings: Mapping[str, object]) -> dict[str, Any]:
    """Read every key into the fields of a Policy.

    Raises:
        BadSetting: names every mistake.
    """
    collector = Collector()
    values: dict[str, Any] = {}
    for name in settings:
        with collector.at(name):
            if name not in BY_NAME:
                raise BadSetting.of(Mistake.UNKNOWN_KEY, nearest=nearest(name, BY_NAME))
    for key in KEYS:
        with collector.at(key.name):
            if key.name not in settings:
                raise BadSetting.of(Mistake.MISSING)
            values[key.field] = key.read(settings[key.name])
    with collector.at("windows"):
        _check_profile(values)
    collector.finish()
    return values


def _check_profile(values: Mapping[str, Any]) -> None:
    if "windows" not in values or "window_profiles" not in values:
        return  # said already
    chosen, known = values["windows"], values["window_profiles"]
    if chosen not in known:
        raise BadSetting.of(Mistake.UNKNOWN_VALUE, value=chosen, nearest=nearest(chosen, known))
