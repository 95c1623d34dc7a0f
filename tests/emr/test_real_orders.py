"""Real, de-identified orders of one hospital: every one is read, or refused with its reason."""

import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bcma.emr.fhir_map import Raw, parse, read_administration, read_order

DATA = Path(__file__).parents[3] / "shared" / "data" / "mimic-demo-dev" / "fhir"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data set is not beside the checkout")


def _resources(kind: str) -> Iterator[Raw]:
    with gzip.open(DATA / f"{kind}.ndjson.gz") as lines:
        for line in lines:
            yield parse(line)


def test_every_real_order_is_read_or_refused_with_a_reason() -> None:
    counts: Counter[str] = Counter()
    for raw in _resources("MedicationRequest"):
        order = read_order(raw, lambda _: None)
        counts["orders"] += 1
        counts["without a readable route"] += not all(d.routes for d in order.dosages)
        counts.update({p.path.rpartition(".")[2] for p in order.problems} or {"read"})
        written = [d.get("doseAndRate") for d in raw["dosageInstruction"]]  # type: ignore[attr-defined]
        doses = [d.dose or d.rate for d in order.dosages]
        assert order.problems or all(dose and was for dose, was in zip(doses, written, strict=True))
    print(dict(counts.most_common()))  # noqa: T201 - the counts are the point
    assert counts["read"] > 0.9 * counts["orders"]


def test_every_real_administration_has_a_status_and_an_instant() -> None:
    counts: Counter[str] = Counter()
    for raw in _resources("MedicationAdministration"):
        record = read_administration(raw)
        counts[record.status.value] += 1
        assert record.given_at is not None
    print(dict(counts.most_common()))  # noqa: T201 - the counts are the point
    assert "unreadable" not in counts
