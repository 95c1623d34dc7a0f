"""A patch on the EMR: a period that is open until it is taken off."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bcma.emr.fhir_map import administration_bundle, encode, parse
from bcma.model.drug import Form
from bcma.model.record import MedicationAdministration, RecordStatus
from tests.emr.resources import PARACETAMOL
from tests.emr.test_administration import GIVEN_AT, RECORD, written


@pytest.mark.hazard("H63")
def test_a_patch_is_on_from_its_start_and_off_at_its_end() -> None:
    patch = replace(PARACETAMOL, form=Form.PATCH)

    def effective(record: MedicationAdministration) -> dict[str, object]:
        bundle: Any = parse(encode(administration_bundle(record, medication=patch)))
        found = bundle["entry"][0]["resource"]
        return {name: value for name, value in found.items() if name.startswith("effective")}

    start, end = GIVEN_AT.isoformat(), (GIVEN_AT + timedelta(days=3)).isoformat()
    assert effective(RECORD) == {"effectivePeriod": {"start": start}}
    off = replace(RECORD, status=RecordStatus.REMOVED, ended_at=GIVEN_AT + timedelta(days=3))
    assert effective(off) == {"effectivePeriod": {"start": start, "end": end}}
    held = replace(RECORD, status=RecordStatus.HELD, reason="asleep")
    assert effective(held) == {"effectiveDateTime": start}
    assert "effectiveDateTime" in written(RECORD)[0]
