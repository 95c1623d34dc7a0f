"""A folder of CSV files as a :class:`~bcma.replay.chart_rows.Hospital`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final

from bcma.replay.chart_rows import MAIN, Event, Hospital, Item, Order, Person, Stay, Unit
from bcma.replay.errors import NothingToReplay
from bcma.replay.table import Row, rows

_EXPIRED: Final = "Expired"
_KIND_ORDER: Final = {MAIN: 0, "BASE": 1}


def read_folder(folder: Path, patients: int | None = None, only: str | None = None) -> Hospital:
    """Read a folder.

    Args:
        folder: of the CSV files.
        patients: how many patients to keep, by their number; ``None`` keeps all.
        only: the one patient to keep.

    Raises:
        DataError: a file is missing or cannot be understood; it names the place.
    """
    people = _people(folder)
    if only is not None:
        people = [person for person in people if person.id == only]
    people = people[:patients]
    if not people:
        raise NothingToReplay(folder=str(folder), what=only or "patients")
    kept = frozenset(person.id for person in people)
    items = _items(folder)
    details = _details(folder)
    return Hospital(
        people=people,
        stays=[stay for stay in _stays(folder) if stay.patient in kept],
        orders=[order for order in _orders(folder, items) if order.patient in kept],
        events=[event for event in _events(folder, details) if event.patient in kept],
        items=[item for lines in items.values() for item in lines],
        units=[unit for detail in details.values() for unit in detail.units],
    )


def _people(folder: Path) -> list[Person]:
    found = [
        Person(id=row.key("subject_id"), sex=row.text("gender"))
        for row in rows(folder, "patients", ("subject_id", "gender"))
    ]
    return sorted(found, key=lambda person: (len(person.id), person.id))


def _stays(folder: Path) -> list[Stay]:
    columns = ("subject_id", "hadm_id", "admittime", "dischtime")
    return [
        Stay(
            id=row.key("hadm_id"),
            patient=row.key("subject_id"),
            admitted=row.moment("admittime"),
            discharged=row.moment("dischtime"),
        )
        for row in rows(folder, "admissions", columns)
    ]


def _items(folder: Path) -> dict[str, list[Item]]:
    columns = (
        "pharmacy_id",
        "drug_type",
        "drug",
        "formulary_drug_cd",
        "prod_strength",
        "dose_val_rx",
        "dose_unit_rx",
        "form_val_disp",
        "form_unit_disp",
        "route",
    )
    found: dict[str, list[Item]] = defaultdict(list)
    for row in rows(folder, "prescriptions", columns):
        found[row.text("pharmacy_id")].append(
            Item(
                kind=row.text("drug_type"),
                drug=row.text("drug"),
                code=row.text("formulary_drug_cd"),
                strength=row.text("prod_strength"),
                dose=row.text("dose_val_rx"),
                dose_unit=row.text("dose_unit_rx"),
                dispensed=row.text("form_val_disp"),
                dispensed_unit=row.text("form_unit_disp"),
                route=row.text("route"),
            )
        )
    for lines in found.values():
        lines.sort(key=lambda item: _KIND_ORDER.get(item.kind, len(_KIND_ORDER)))
    return found


def _orders(folder: Path, items: dict[str, list[Item]]) -> Iterator[Order]:
    columns = (
        "subject_id",
        "hadm_id",
        "pharmacy_id",
        "starttime",
        "stoptime",
        "medication",
        "status",
        "entertime",
        "verifiedtime",
        "route",
        "frequency",
    )
    for row in rows(folder, "pharmacy", columns):
        identity = row.key("pharmacy_id")
        lines = tuple(items.get(identity, ()))
        prescribed = next((line.route for line in lines if line.route), "")
        yield Order(
            id=identity,
            patient=row.key("subject_id"),
            stay=row.text("hadm_id"),
            drug=row.text("medication"),
            entered=row.moment("entertime"),
            starts=row.moment("starttime"),
            stops=row.instant("stoptime"),
            verified=row.instant("verifiedtime"),
            route=row.text("route") or prescribed,
            frequency=row.text("frequency"),
            expired=row.text("status") == _EXPIRED,
            items=lines,
        )


@dataclass(slots=True)
class _Details:
    """The detail rows of one event: one without an ordinal, and one for each unit."""

    head: Row | None
    units: list[Unit]


def _details(folder: Path) -> dict[str, _Details]:
    columns = (
        "emar_id",
        "parent_field_ordinal",
        "administration_type",
        "pharmacy_id",
        "barcode_type",
        "dose_due",
        "dose_due_unit",
        "dose_given",
        "dose_given_unit",
        "product_amount_given",
        "product_unit",
        "product_code",
        "product_description",
        "route",
    )
    found: dict[str, _Details] = {}
    ordinals: dict[str, list[tuple[str, Unit]]] = defaultdict(list)
    for row in rows(folder, "emar_detail", columns):
        event = row.key("emar_id")
        details = found.setdefault(event, _Details(None, []))
        ordinal = row.text("parent_field_ordinal")
        if ordinal:
            ordinals[event].append((ordinal, _unit(row)))
        else:
            details.head = row
    for event, numbered in ordinals.items():
        found[event].units = [unit for _, unit in sorted(numbered, key=lambda pair: pair[0])]
    return found


def _unit(row: Row) -> Unit:
    return Unit(
        order=row.text("pharmacy_id"),
        barcode=row.text("barcode_type"),
        code=row.text("product_code"),
        description=row.text("product_description"),
        given=row.text("dose_given"),
        given_unit=row.text("dose_given_unit"),
        amount=row.text("product_amount_given"),
        amount_unit=row.text("product_unit"),
    )


def _events(folder: Path, details: dict[str, _Details]) -> list[Event]:
    columns = (
        "subject_id",
        "emar_id",
        "emar_seq",
        "pharmacy_id",
        "charttime",
        "event_txt",
        "scheduletime",
    )
    found = [_event(row, details) for row in rows(folder, "emar", columns)]
    return sorted(found, key=attrgetter("charted", "patient", "sequence"))


def _event(row: Row, details: dict[str, _Details]) -> Event:
    identity, charted = row.key("emar_id"), row.moment("charttime")
    detail = details.get(identity)
    head = None if detail is None else detail.head
    return Event(
        id=identity,
        sequence=row.whole("emar_seq"),
        patient=row.key("subject_id"),
        order=row.text("pharmacy_id"),
        charted=charted,
        planned=row.instant("scheduletime") or charted,
        word=row.text("event_txt"),
        kind=head.text("administration_type") if head else "",
        due=head.text("dose_due") if head else "",
        due_unit=head.text("dose_due_unit") if head else "",
        route=head.text("route") if head else "",
        units=() if detail is None else tuple(detail.units),
    )
