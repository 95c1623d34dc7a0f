"""Scenario files: what is right is read as it is written."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bcma.bedside.acts import GiveFirst
from bcma.bedside.world import BadgePin
from bcma.model.quantity import Quantity
from bcma.simulate.read import read_scenario
from bcma.simulate.read_verbs import VERBS
from bcma.simulate.scenario import ShippedPack, StationPlan
from bcma.simulate.verbs import (
    Answer,
    Decline,
    Give,
    Network,
    NotBuilt,
    NotGiving,
    Release,
    Restart,
    ScanText,
    SetNetwork,
    SignIn,
    UnableToScan,
)

NOW = "2026-03-02T08:00:00+07:00"
SYNC: dict[str, object] = {"sync": {}}


def write(folder: Path, **changes: object) -> Path:
    content: dict[str, object] = {"scenario": "A title", "now": NOW, "steps": [SYNC], **changes}
    file = folder / "scenario.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def test_everything_left_out_has_its_default(tmp_path: Path) -> None:
    scenario = read_scenario(write(tmp_path))

    assert scenario.title == "A title"
    assert scenario.now == datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert scenario.zone.key == "Asia/Ho_Chi_Minh"
    assert scenario.stations == (StationPlan("A", ""),)
    assert scenario.knowledge is ShippedPack.SHIPPED
    assert (scenario.emr, scenario.pins, scenario.expect_emr) == ((), (), ())


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = write(tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())

    assert read_scenario(file).title == "A title"


def test_time_is_carried_from_step_to_step(tmp_path: Path) -> None:
    steps = [
        {"scan": "a"},
        {"after": "PT20S", "scan": "b"},
        {"at": "2026-03-02T09:00:00+07:00", "scan": "c"},
        {"after": "P1DT0.5S", "scan": "d"},
    ]

    read = read_scenario(write(tmp_path, steps=steps)).steps

    start = datetime(2026, 3, 2, 1, tzinfo=UTC)
    assert [step.at - start for step in read] == [
        timedelta(0),
        timedelta(seconds=20),
        timedelta(hours=1),
        timedelta(days=1, hours=1, milliseconds=500),
    ]
    assert [step.number for step in read] == [1, 2, 3, 4]


def test_a_step_without_station_is_at_the_first(tmp_path: Path) -> None:
    steps = [{"scan": "a"}, {"station": "B", "scan": "b"}]
    stations = {"Z": {"ward": "NOI"}, "B": {"ward": "NOI"}}

    read = read_scenario(write(tmp_path, steps=steps, stations=stations)).steps

    assert [step.station for step in read] == ["Z", "B"]


@pytest.mark.parametrize(
    "step,verb",
    [
        ({"sign_in": {"badge": "NV-0001", "pin": "4711"}}, SignIn(BadgePin("NV-0001", "4711"))),
        ({"scan": "]d201\u001d"}, ScanText("]d201\u001d")),
        ({"scan": ""}, ScanText("")),
        (
            {"unable_to_scan": {"what": "unit", "reason": "no-barcode", "typed": {"drug": "X"}}},
            UnableToScan("unit", "no-barcode", {"drug": "X"}),
        ),
        (
            {"answer": {"code": "dose.choose", "value": {"value": 250, "unit": "mg"}}},
            Answer(code="dose.choose", value=Quantity(Decimal(250), "mg")),
        ),
        (
            {"answer": {"code": "documentation.witness", "value": {"badge": "N", "pin": "1"}}},
            Answer(code="documentation.witness", value=BadgePin("N", "1")),
        ),
        (
            {"answer": {"code": "response.measure", "value": {"8867-4": 72.5}}},
            Answer(code="response.measure", value={"8867-4": Decimal("72.5")}),
        ),
        (
            {"answer": {"code": "response.measure", "cannot": "no-access", "prescriber": "N"}},
            Answer(code="response.measure", cannot="no-access", prescriber="N"),
        ),
        (
            {"release": {"code": "time.early", "prescriber": {"badge": "N", "pin": "1"}}},
            Release(code="time.early", prescriber=BadgePin("N", "1")),
        ),
        (
            {"release": {"code": "time.late", "reason": "asleep", "scope": "pass"}},
            Release(code="time.late", reason="asleep", whole_pass=True),
        ),
        (
            {"release": {"code": "time.late", "reason": "asleep", "scope": "dose"}},
            Release(code="time.late", reason="asleep"),
        ),
        (
            {"answer": {"code": "dose.incomplete", "cannot": "no-stock", "scope": "pass"}},
            Answer(code="dose.incomplete", cannot="no-stock"),
        ),
        (
            {
                "give_first": {
                    "drug": "ADRE1",
                    "amount": {"value": 1, "unit": "mg"},
                    "route": "IM",
                    "witness": {"badge": "N", "pin": "1"},
                    "read_back": True,
                }
            },
            GiveFirst(
                drug="ADRE1",
                amount=Quantity(Decimal(1), "mg"),
                route="IM",
                witness=BadgePin("N", "1"),
                read_back=True,
            ),
        ),
        ({"give": {}}, Give()),
        (
            {"give": {"amount": {"value": 0.50, "unit": "mcg"}, "reason": "vomited"}},
            Give(Quantity(Decimal("0.5"), "ug"), "vomited"),
        ),
        (
            {"hold": {"order": "MedicationRequest/mr1", "reason": "asleep"}},
            NotGiving(Decline.HOLD, "MedicationRequest/mr1", "asleep"),
        ),
        ({"network": "lose-replies"}, SetNetwork(Network.LOSE_REPLIES)),
        ({"restart": {"kill": True}}, Restart(kill=True)),
        ({"waste": {"any": "thing"}}, NotBuilt("waste", {"any": "thing"})),
    ],
)
def test_verbs_are_read(tmp_path: Path, step: dict[str, object], verb: object) -> None:
    (read,) = read_scenario(write(tmp_path, steps=[step])).steps

    assert read.verb == verb


FORMAT = """sign_in sign_out scan unable_to_scan open answer release give hold refuse not_given
stop_infusion remove_patch correct follow_up reaction emr network sync prepare bag_change
rate_change pause resume bolus accept_infusion give_first link_order dose_outcome reassign_unit
waste return_unit missing_dose reader_down downtime back_enter restart"""


def test_every_verb_of_the_format_is_known() -> None:
    assert sorted(VERBS) == sorted(FORMAT.split())


def test_numbers_of_a_bundle_keep_their_digits(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(
        f'{{"scenario": "x", "now": "{NOW}", "steps": [{{"sync": {{}}}}], "emr": ['
        '{"resourceType": "Bundle", "type": "batch", "entry": ['
        '{"resource": {"resourceType": "Basic", "x": 1.50}}]}]}'
    )

    (bundle,) = read_scenario(file).emr

    assert "Decimal('1.50')" in repr(bundle.content)


def test_a_bundle_may_be_a_file_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "ward.json").write_text('{"resourceType": "Bundle", "type": "collection"}')

    (bundle,) = read_scenario(write(tmp_path, emr=["ward.json"])).emr

    assert bundle.file == str(tmp_path / "ward.json")
