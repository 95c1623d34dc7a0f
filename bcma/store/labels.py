"""The labels of what was dispensed, each with the order as it was when the label was printed.

A fill names its order, seldom the version of it. Which version that was follows from the
instants, as the mirror keeps every body that it has seen (hazards H22, H45).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from bcma.model.chart import UnitLabel
from bcma.model.order import MedicationRequest
from bcma.store.mirror import Ref
from bcma.store.reader import Reader

#: Matches no version of an order: it is not known for which one the label was printed.
UNKNOWN_VERSION: Final = "unknown"
#: What FHIR servers that count versions call the first.
_FIRST: Final = "1"
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def labels_of(reader: Reader, refs: Sequence[Ref]) -> tuple[UnitLabel, ...]:
    """Give the labels of some fills."""
    labels = reader.labels(refs)
    ordered = {label.order_id for label in labels if label.order_id is not None}
    versions = reader.order_versions(ordered)
    return tuple(_with_version(label, versions.get(label.order_id or "", ())) for label in labels)


def _with_version(label: UnitLabel, versions: Sequence[MedicationRequest]) -> UnitLabel:
    if label.order_version is not None or not versions:
        return label
    return replace(label, order_version=_version(label, versions))


def _version(label: UnitLabel, versions: Sequence[MedicationRequest]) -> str | None:
    """Give the hash of the version that the fill names, else of the newest before the label.

    An order that the EMR wrote later than the label, as after a move of its data, was labelled
    in its first version; where this station never saw that one, no version is known.
    """
    if label.order_version_id is not None:
        named = (v for v in versions if v.version_id == label.order_version_id)
        return next((v.version for v in named), UNKNOWN_VERSION)
    printed = label.labelled_at
    dated = [v for v in versions if v.last_updated is not None]
    if printed is None or not dated:
        return None  # without instants nothing says that the order was edited
    before = [v for v in dated if v.last_updated is not None and v.last_updated <= printed]
    if before:
        return max(before, key=_age).version
    return next((v.version for v in dated if v.version_id == _FIRST), UNKNOWN_VERSION)


def _age(order: MedicationRequest) -> tuple[datetime, int]:
    counted = int(order.version_id) if order.version_id.isdecimal() else 0
    return order.last_updated or _LONG_AGO, counted
