"""MedicationDispense → the unit labels that pharmacy printed."""

from datetime import datetime
from typing import Final

from bcma.emr.fhir_map.batch import batch_of, node_of_contained
from bcma.emr.fhir_map.datatypes import (
    Identifier,
    identifiers,
    instant,
    reference_at,
    references_at,
)
from bcma.emr.fhir_map.dialect import EXT_ORDER_VERSION, STANDARD, Dialect
from bcma.emr.fhir_map.document import Raw
from bcma.emr.fhir_map.extensions import extensions, last_updated
from bcma.emr.fhir_map.node import Node, open_resource
from bcma.emr.fhir_map.order_drug import contained_medication
from bcma.model.chart import UnitLabel

#: The statuses of a fill whose units may be given; any other status voids its labels.
_GOOD: Final = frozenset({"preparation", "in-progress", "completed"})


def read_labels(raw: Raw, dialect: Dialect = STANDARD) -> tuple[UnitLabel, ...]:
    """Read one label per labelled unit of a fill.

    A label is void when its identifier is old, when the fill did not stand, or when anything
    about the fill cannot be read. The end of the identifier's period is its beyond-use time.

    Raises:
        ResourceUnreadable: it is no MedicationDispense, or has no id.
    """
    node, identity = open_resource(raw, "MedicationDispense")
    status = node.string("status") or "unreadable"
    patient = reference_at(node, "subject", "Patient")
    orders = references_at(node, "authorizingPrescription", "MedicationRequest")
    drug = reference_at(node, "medicationReference", "Medication")
    inside = None if drug is None or drug.kind else node_of_contained(node, drug.id)
    product = None
    if inside is not None and drug is not None:
        product = contained_medication(node, drug.id, dialect)
    lot, expiry, use_by = batch_of(inside)
    version = next((e.string("valueString") for e in extensions(node, EXT_ORDER_VERSION)), None)
    printed = [i for i in identifiers(node, dialect.wall_zone) if i.system == dialect.unit_label]
    cause = status if status not in _GOOD else ""
    if node.problems and not cause:
        cause = f"unreadable: {node.problems[0].path}"
    return tuple(
        UnitLabel(
            serial=label.value,
            dispense_id=identity,
            patient_id=None if patient is None else patient.id,
            order_id=orders[0].id if len(orders) == 1 else None,
            order_version=version,
            order_version_id=orders[0].version if len(orders) == 1 else None,
            labelled_at=_labelled_at(raw),
            medication_id=drug.id if drug is not None and drug.kind else None,
            product=product,
            lot=lot,
            expiry=expiry,
            beyond_use=_earliest(use_by, label.ends),
            void=bool(cause) or label.void,
            void_reason=cause or _why_void(label),
        )
        for label in printed
    )


def _labelled_at(raw: Raw) -> datetime | None:
    """Give when the fill was prepared, and no later than the EMR knew of it.

    A bare day does not tell the versions of that day apart; it is legal, and nothing to note.
    """
    apart = Node(raw)
    return _earliest(instant(apart, "whenPrepared"), last_updated(apart))


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((i for i in instants if i is not None), default=None)


def _why_void(label: Identifier) -> str:
    return "reprinted" if label.void else ""
