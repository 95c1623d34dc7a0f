"""The version of an order: what a pharmacist approved and a nurse acknowledged.

A hash of drug, dose, unit, route, timing, status and limits. A copy that is written anew
every day has other dates and the same version: bounds and the days of planned instants do
not count, their time of day and the rhythm do.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, is_dataclass
from datetime import time, timedelta, tzinfo
from decimal import Decimal

import msgspec

from bcma.model.drug import Coding, Medication
from bcma.model.order import Dosage, HoldLimit, MedicationRequest, OrderStatus, Timing


def version_of(order: MedicationRequest, zone: tzinfo) -> str:
    """Give the version hash, 64 hex digits; ``zone`` is where planned instants have a time of day.

    What could not be read counts as it was written: a change in it is a new version, too.
    """
    facts = {
        "status": _status(order.status),
        "prohibits": order.prohibits,
        "drug": _drug(order.medication),
        "dosages": [_dosage(d, zone) for d in order.dosages],
        "holds": [_hold(h) for h in order.holds],
        "problems": [(p.path, p.written) for p in order.problems],
    }
    return hashlib.sha256(msgspec.json.encode(_plain(facts), order="deterministic")).hexdigest()


def _status(status: OrderStatus) -> str:
    """Give the status; an order that ran out is the one that ran, which its copies go on with."""
    return (OrderStatus.ACTIVE if status is OrderStatus.COMPLETED else status).value


def _drug(drug: Medication) -> object:
    """Give what identifies the drug: the drug file's entry, else its codes and name."""
    if drug.id:
        return drug.id
    substances = [(i.key, i.strength) for i in drug.ingredients]
    named = drug.name, _codes(drug.codes), drug.form, substances
    # Only of a mixture: the versions of all other orders stay as they were.
    parts = [(c.product.id or c.product.name, c.share) for c in drug.components]
    return (*named, parts) if parts else named


def _dosage(dosage: Dosage, zone: tzinfo) -> object:
    return (
        dosage.sequence,
        dosage.dose,
        dosage.rate,
        sorted(dosage.routes),
        dosage.route_text if not dosage.routes else "",
        dosage.timing and _timing(dosage.timing, zone),
        dosage.as_needed,
        _codes(dosage.as_needed_for),
        dosage.site and (dosage.site.system, dosage.site.code),
        dosage.method and (dosage.method.system, dosage.method.code),
        dosage.crushed,
        dosage.pushed,
        dosage.max_per_period,
        dosage.max_per_administration,
        dosage.max_per_lifetime,
    )


def _timing(timing: Timing, zone: tzinfo) -> object:
    """Give the rhythm, without the days on which it begins and ends."""
    return (
        sorted({event.astimezone(zone).time() for event in timing.events}),
        timing.bounds_length,
        timing.bounds_length_max,
        timing.count,
        timing.count_max,
        timing.duration,
        timing.duration_max,
        timing.frequency,
        timing.frequency_max,
        timing.period,
        timing.period_max,
        timing.period_unit,
        sorted(timing.days_of_week),
        sorted(timing.times_of_day),
        sorted(timing.when),
        timing.offset,
        timing.code,
    )


def _hold(hold: HoldLimit) -> object:
    return (hold.code.system, hold.code.code), hold.low, hold.high, hold.max_age


def _codes(codes: Iterable[Coding]) -> list[tuple[str, str, str]]:
    return sorted((c.system, c.code, "" if c.code else c.display) for c in codes)


def _plain(value: object) -> object:
    """Give values that JSON has, decimals and times as text with the digits as written."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *map(_plain, astuple(value))]
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, Decimal | time | timedelta):
        return str(value)
    return value
