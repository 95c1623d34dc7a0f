"""Contained Medications and their batch: lot and expiry of what was filled or given."""

from datetime import date, datetime
from typing import Final

from bcma.emr.fhir_map.dates import read_last_day, read_moment
from bcma.emr.fhir_map.node import Node

#: Local id of a drug given that stands in no drug file.
UNLISTED: Final = "unlisted"


def node_of_contained(node: Node, identity: str) -> Node | None:
    """Give the contained Medication with this local id."""
    for there in node.nodes("contained"):
        if there.value.get("resourceType") == "Medication" and there.value.get("id") == identity:
            return there
    return None


def batch_of(medication: Node | None) -> tuple[str | None, date | None, datetime | None]:
    """Give lot, last usable day and, where the expiry has a time of day, that instant."""
    batch = None if medication is None else medication.node("batch")
    if batch is None:
        return None, None, None
    number = batch.string("lotNumber")
    lot = None if number is None else number.strip()  # as a barcode has it
    written = batch.string("expirationDate")
    if written is None:
        return lot, None, None
    last_day, moment = read_last_day(written), read_moment(written, None)
    if last_day is None:
        batch.note("expirationDate", written)
    return lot, last_day, None if moment is None else moment.last
