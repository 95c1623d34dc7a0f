"""An invented hospital as CSV files: one patient, one day, a few doses."""

import csv
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PATIENT = "7000001"
STAY = "8000001"
DAY = "2150-03-02"
Table = Sequence[Mapping[str, str]]

HEADS = {
    "patients": "subject_id gender",
    "admissions": "subject_id hadm_id admittime dischtime",
    "pharmacy": (
        "subject_id hadm_id pharmacy_id starttime stoptime medication status entertime"
        " verifiedtime route frequency"
    ),
    "prescriptions": (
        "pharmacy_id drug_type drug formulary_drug_cd prod_strength dose_val_rx dose_unit_rx"
        " form_val_disp form_unit_disp route"
    ),
    "emar": "subject_id emar_id emar_seq pharmacy_id charttime event_txt scheduletime",
    "emar_detail": (
        "emar_id parent_field_ordinal administration_type pharmacy_id barcode_type dose_due"
        " dose_due_unit dose_given dose_given_unit product_amount_given product_unit product_code"
        " product_description route"
    ),
}


def at(hour_minute: str) -> str:
    return f"{DAY} {hour_minute}:00"


@dataclass
class Invented:
    """Collects rows, then writes the files."""

    tables: dict[str, list[Mapping[str, str]]] = field(
        default_factory=lambda: (
            {name: [] for name in HEADS}
            | {
                "patients": [{"subject_id": PATIENT, "gender": "F"}],
                "admissions": [
                    {
                        "subject_id": PATIENT,
                        "hadm_id": STAY,
                        "admittime": at("00:10"),
                        "dischtime": at("23:50"),
                    }
                ],
            }
        )
    )

    def order(  # noqa: PLR0913 - a row of two tables
        self,
        number: str,
        drug: str,
        code: str,
        *,
        dose: str = "500",
        unit: str = "mg",
        dispensed: str = "1",
        frequency: str = "BID",
        route: str = "PO",
        strength: str = "500mg Tablet",
        piece: str = "TAB",
        stops: str = "23:00",
    ) -> None:
        self.tables["pharmacy"].append(
            {
                "subject_id": PATIENT,
                "hadm_id": STAY,
                "pharmacy_id": number,
                "starttime": at("01:00"),
                "stoptime": at(stops),
                "medication": drug,
                "status": "Discontinued",
                "entertime": at("00:30"),
                "verifiedtime": at("00:45"),
                "route": route,
                "frequency": frequency,
            }
        )
        self.tables["prescriptions"].append(
            {
                "pharmacy_id": number,
                "drug_type": "MAIN",
                "drug": drug,
                "formulary_drug_cd": code,
                "prod_strength": strength,
                "dose_val_rx": dose,
                "dose_unit_rx": unit,
                "form_val_disp": dispensed,
                "form_unit_disp": piece,
                "route": route,
            }
        )

    def event(  # noqa: PLR0913 - a row with its details
        self,
        sequence: int,
        order: str,
        code: str,
        *,
        charted: str,
        planned: str,
        word: str = "Administered",
        due: str = "500",
        given: str = "500",
        unit: str = "mg",
        pieces: str = "1",
        barcode: str = "if",
        kind: str = "Standard Maintenance Medication",
    ) -> str:
        identity = f"{PATIENT}-{sequence}"
        self.tables["emar"].append(
            {
                "subject_id": PATIENT,
                "emar_id": identity,
                "emar_seq": str(sequence),
                "pharmacy_id": order,
                "charttime": at(charted),
                "event_txt": word,
                "scheduletime": at(planned),
            }
        )
        head = {"administration_type": kind, "dose_due": due, "dose_due_unit": unit}
        share = {
            "parent_field_ordinal": "1.1",
            "pharmacy_id": order,
            "barcode_type": barcode,
            "dose_given": given,
            "dose_given_unit": unit,
            "product_amount_given": pieces,
            "product_unit": "TAB",
            "product_code": code if barcode else "",
        }
        self.tables["emar_detail"] += [{"emar_id": identity} | head, {"emar_id": identity} | share]
        return identity

    def write(self, folder: Path) -> Path:
        (folder / "csv").mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            head = HEADS[name].split()
            with gzip.open(folder / "csv" / f"{name}.csv.gz", "wt", encoding="utf-8") as file:
                writer = csv.DictWriter(file, head, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder


def ordinary_day() -> Invented:
    """A day with a dose on time, one on need, one not given, one late and one mix-up."""
    day = Invented()
    day.order("101", "Paracetamol", "PARA500", frequency="TID")
    day.event(1, "101", "PARA500", charted="08:05", planned="08:00")
    day.order(
        "102",
        "Tramadol",
        "TRAM50",
        dose="25-50",
        dispensed="0.5-1",
        frequency="Q6H:PRN",
        strength="50mg Tablet",
    )
    day.event(2, "102", "TRAM50", charted="09:00", planned="09:00", due="25-50", given="50")
    day.order("103", "Amlodipine", "AMLO5", dose="5", frequency="DAILY", strength="5mg Tablet")
    day.event(
        3, "103", "AMLO5", charted="09:10", planned="09:00", word="Not Given", due="5", given=""
    )
    day.order("104", "Metoprolol Tartrate", "METO25", dose="25", strength="25mg Tablet")
    day.event(4, "104", "METO25", charted="08:06", planned="08:00", due="25", given="25")
    day.event(5, "104", "METO25", charted="22:30", planned="20:00", due="25", given="25")
    day.order("105", "Furosemide", "FURO40", dose="40", strength="40mg Tablet")
    day.order("106", "Digoxin", "DIGO250", dose="250", unit="mcg", strength="250 mcg Tablet")
    day.event(6, "105", "DIGO250", charted="10:00", planned="10:00", due="40", given="40")
    return day
