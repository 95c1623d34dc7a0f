"""Every kind of scan in every state of the pass: what it answers, and what it leaves."""

import pytest

from bcma.bedside import Phase
from bcma.model.people import Session
from bcma.model.ports import SignInFailure
from bcma.model.record import RecordStatus
from bcma.model.scan import BadCodeReason
from tests.bedside.ward import (
    BAND,
    GONE_BAND,
    OLD_BAND,
    OTHER_BAND,
    PIN,
    TABLET,
    ZINC,
    Bedside,
    badge_pin,
    code,
    held,
)
from tests.rules.builders import MINUTE, NOW, NURSE, PATIENT, SECOND, policy

OUT, WHO, DRUG = Phase.SIGNED_OUT, Phase.NEED_PATIENT, Phase.NEED_DRUG
JUDGED, DONE = Phase.JUDGED, Phase.RECORDED
UNIT, BAD, BLOOD = code(2), "???", "=W00001234567800"
#: the scan, and for each state: the state after it, the verdict's word, what was refused
TABLE: dict[str, dict[Phase, tuple[Phase, str | None, str | None]]] = {
    BAND: {WHO: (DRUG, "pass", None), DRUG: (DRUG, "pass", None), JUDGED: (JUDGED, "pass", None),
           DONE: (DRUG, "pass", None)},
    OTHER_BAND: {WHO: (DRUG, "pass", None), DRUG: (DRUG, "pass", None),
                 JUDGED: (WHO, "stop", None), DONE: (DRUG, "pass", None)},
    OLD_BAND: {WHO: (WHO, "stop", None), DRUG: (DRUG, "stop", None), JUDGED: (JUDGED, "stop", None),
               DONE: (DONE, "stop", None)},
    GONE_BAND: {WHO: (WHO, "stop", None), DRUG: (WHO, "stop", None), JUDGED: (WHO, "stop", None),
                DONE: (WHO, "stop", None)},
    "BN9999.1": {s: (s, "stop", None) for s in (WHO, DRUG, JUDGED, DONE)},
    "HS26001": {s: (s, "stop", None) for s in (WHO, DRUG, JUDGED, DONE)},
    BAD: {s: (s, "stop", None) for s in (WHO, DRUG, JUDGED, DONE)},
    code(99): {s: (s, "stop", None) for s in (WHO, DRUG, JUDGED, DONE)},
    code(6): {s: (s, "stop", None) for s in (WHO, DRUG, JUDGED, DONE)},
    UNIT: {WHO: (WHO, None, "patient.rescan"), DRUG: (JUDGED, "ask", None),
           JUDGED: (JUDGED, "stop", None), DONE: (JUDGED, "ask", None)},
    "NV-0001": {WHO: (WHO, None, None), DRUG: (DRUG, None, None), JUDGED: (JUDGED, "pass", None),
                DONE: (DONE, None, None)},
    "NV-0002": dict.fromkeys((WHO, DRUG, JUDGED, DONE), (OUT, None, None)),
    "CMD-BACK": {WHO: (WHO, None, "documentation.incomplete"),
                 DRUG: (DRUG, None, "documentation.incomplete"), JUDGED: (JUDGED, "ask", None),
                 DONE: (DONE, None, "documentation.incomplete")},
    "CMD-HOLD": {WHO: (WHO, None, "documentation.incomplete"),
                 DRUG: (DRUG, None, "documentation.incomplete"),
                 JUDGED: (JUDGED, "pass", "documentation.incomplete"),
                 DONE: (DONE, None, "documentation.incomplete")},
}  # fmt: skip
ROWS = [(text, phase, *after) for text, row in TABLE.items() for phase, after in row.items()]


@pytest.mark.hazard("H03", "H83", "H88")
@pytest.mark.parametrize("text,phase,after,word,refused", ROWS)
def test_a_scan_in_a_state(
    text: str, phase: Phase, after: Phase, word: str | None, refused: str | None
) -> None:
    ward = Bedside().in_phase(phase)
    assert ward.pass_.state().phase is phase
    written = len(ward.records)
    state = ward.scan(text)
    assert (state.phase, None if state.verdict is None else state.verdict.word) == (after, word)
    assert state.refused == refused
    assert len(ward.records) == written


@pytest.mark.hazard("H83")
@pytest.mark.parametrize("text", [*TABLE, "CMD-GIVE"])
def test_without_a_session_no_scan_has_an_effect(text: str) -> None:
    ward = Bedside()
    state = ward.scan(text)
    assert (state.phase, state.refused) == (OUT, "documentation.signed-out")
    assert state.verdict is not None
    assert state.verdict.word == "stop"
    assert ward.signed_in().pass_.state().phase is WHO


def test_give_by_command_writes_once() -> None:
    ward = Bedside().in_phase(JUDGED)
    assert ward.scan("CMD-GIVE").phase is DONE
    again = ward.scan("CMD-GIVE")
    assert (again.refused, len(ward.records)) == ("documentation.incomplete", 1)


@pytest.mark.parametrize("text", ["CMD-REFUSE", "CMD-WITNESS", "CMD-UNDO"])
def test_commands_that_need_more_than_a_code_ask_for_it(text: str) -> None:
    state = Bedside().in_phase(JUDGED).scan(text)
    assert (state.phase, state.refused) == (JUDGED, "documentation.incomplete")


@pytest.mark.hazard("H01", "H07")
def test_anothers_band_in_mid_dose_voids_what_was_scanned() -> None:
    ward = Bedside().in_phase(JUDGED)
    state = ward.scan(OTHER_BAND)
    assert state.verdict is not None
    (found,) = state.verdict.findings
    assert found.code == "patient.mismatch"
    assert found.facts["patient"] == PATIENT.name
    assert (found.facts["other_patient"], found.facts["kin"]) == ("Phan Thị Tư", "none")
    assert (state.patient, state.dose, ward.records) == (None, None, [])
    assert ward.scan(BAND).dose is None


def test_the_same_band_in_mid_dose_renews_its_scan() -> None:
    ward = Bedside().in_phase(JUDGED)
    ward.now += 9 * MINUTE
    assert held(ward.scan(after=SECOND)) == set()
    ward.now += 2 * MINUTE
    assert held(ward.pass_.state()) == {"patient.rescan"}
    state = ward.scan(BAND)
    assert (state.phase, held(state)) == (JUDGED, set())
    assert state.band_at == ward.now


def test_a_void_print_does_not_renew_it() -> None:
    ward = Bedside().in_phase(JUDGED)
    before = ward.pass_.state().band_at
    assert ward.scan(OLD_BAND).band_at == before


def test_any_print_will_do_where_the_site_says_so() -> None:
    ward = Bedside(site=policy(band_instance_required=False)).signed_in()
    assert ward.scan("BN0001.9").phase is DRUG
    assert Bedside().signed_in().scan("BN0001.9").phase is WHO


@pytest.mark.hazard("H88")
def test_a_record_number_that_is_no_code_is_no_band() -> None:
    state = Bedside().signed_in().scan("26001")
    assert state.verdict is not None
    assert {f.code for f in state.verdict.findings} == {"patient.not-a-band"}
    bad = Bedside().signed_in().scan("???")
    assert bad.misread in set(BadCodeReason)


@pytest.mark.hazard("H23", "H97")
def test_a_serial_in_this_dose_is_not_added_again() -> None:
    ward = Bedside().opened()
    state = ward.scan(code(1, "U1"), code(1, "U1"))
    assert state.verdict is not None
    assert state.verdict.findings[0].code == "drug.unit-used"
    assert state.dose is not None
    assert state.dose.units_counted == 1
    assert held(state) == {"dose.incomplete"}


@pytest.mark.hazard("H17", "H25")
def test_a_stopping_unit_stays_until_it_is_taken_back() -> None:
    ward = Bedside().opened()
    ward.scan(code(1, "U1"), code(1, "U2", expiry="251231"))
    assert held(ward.pass_.state()) == {"drug.expired"}
    assert held(ward.scan(code(1, "U3"))) == {"drug.expired", "dose.excess"}
    assert ward.pass_.give().refused == "drug.expired"
    ward.pass_.take_back()
    assert held(ward.scan("CMD-BACK")) == {"dose.incomplete"}
    assert held(ward.scan(code(1, "U3"))) == set()
    assert ward.scan("CMD-GIVE").record is RecordStatus.GIVEN


def test_taking_the_last_unit_back_leaves_nothing_in_hand() -> None:
    ward = Bedside().opened()
    state = ward.scan(code(2), "CMD-BACK")
    assert (state.phase, state.dose) == (DRUG, None)
    assert ward.pass_.take_back().refused == "documentation.incomplete"


def test_a_code_on_two_products_has_no_effect() -> None:
    ward = Bedside(drugs=(TABLET, ZINC, TABLET)).opened()
    state = ward.scan(code(1))
    assert state.verdict is not None
    (found,) = state.verdict.findings
    assert (found.code, found.facts["reason"], state.phase) == (
        "drug.unknown-code",
        "several",
        DRUG,
    )


@pytest.mark.hazard("H06")
@pytest.mark.parametrize(
    "typed,reason,phase,refused",
    [
        ({"mrn": "26001", "name": PATIENT.name}, "band-damaged", DRUG, None),
        ({"mrn": "26001", "birth_date": "1960-05-01"}, "band-missing", DRUG, None),
        ({"mrn": "26001"}, "band-damaged", WHO, "patient.unknown-band"),
        ({"mrn": "26001", "name": " "}, "band-damaged", WHO, "patient.unknown-band"),
        ({"mrn": "26001", "name": "ai đó"}, "band-damaged", WHO, "patient.unknown-band"),
        ({"mrn": "26001", "name": PATIENT.name}, "lười", WHO, "documentation.incomplete"),
    ],
)
def test_a_patient_without_a_readable_band(
    typed: dict[str, str], reason: str, phase: Phase, refused: str | None
) -> None:
    ward = Bedside().signed_in()
    state = ward.pass_.unable_to_scan("band", reason, typed)
    assert (state.phase, state.refused) == (phase, refused)
    if phase is DRUG:
        assert held(ward.scan(code(1, "U1"), code(1, "U2"))) == set()
        ward.pass_.give()
        (record,) = ward.records
        assert (record.patient_scanned, record.band) == (False, None)
        assert "patient.band-unreadable" in {r.code for r in record.releases}


@pytest.mark.hazard("H111")
@pytest.mark.parametrize(
    "typed,refused",
    [
        ({"drug": "ZN", "lot": "L1", "expiry": "2027-12-31"}, None),
        ({"gtin": code(2)[6:19], "lot": "L1"}, None),
        ({"lot": "L1"}, "drug.unknown-code"),
        ({"drug": "ZN", "expiry": "31/12/2027"}, "drug.unknown-code"),
    ],
)
def test_a_unit_without_a_readable_code(typed: dict[str, str], refused: str | None) -> None:
    ward = Bedside().opened()
    state = ward.pass_.unable_to_scan("unit", "no-barcode", typed)
    assert state.refused == refused
    if refused is None:
        assert held(state) == {"dose.incomplete"}
        assert state.verdict is not None
        assert "drug.unscannable" in {f.code for f in state.verdict.findings if f.released}


def test_a_unit_typed_without_a_patient_or_product_has_no_effect() -> None:
    ward = Bedside().signed_in()
    assert ward.pass_.unable_to_scan("unit", "other", {"drug": "ZN"}).refused == "patient.rescan"
    state = ward.opened().pass_.unable_to_scan("unit", "other", {"drug": "NOPE"})
    assert (state.phase, held(state)) == (DRUG, set())
    assert Bedside().pass_.unable_to_scan("band", "other", {}).phase is OUT


@pytest.mark.hazard("H83")
def test_an_idle_station_locks_and_the_same_person_resumes() -> None:
    ward = Bedside().in_phase(JUDGED)
    ward.now += 15 * MINUTE
    assert ward.pass_.state().phase is JUDGED
    ward.now += SECOND
    assert ward.pass_.state().phase is OUT
    assert ward.pass_.give().refused == "documentation.signed-out"
    assert ward.pass_.sign_in("NV-0001", "0000").sign_in_failure is SignInFailure.UNKNOWN
    state = ward.pass_.sign_in("NV-0001", PIN)
    assert (state.phase, ward.records) == (JUDGED, [])


@pytest.mark.hazard("H83")
def test_another_person_ends_the_pass_of_the_one_before() -> None:
    ward = Bedside().in_phase(JUDGED)
    assert ward.pass_.lock().phase is OUT
    assert ward.pass_.lock().phase is OUT
    state = ward.pass_.sign_in("NV-0002", PIN)
    assert (state.phase, state.patient) == (WHO, None)
    assert Bedside().in_phase(JUDGED).pass_.enter(Session(NURSE, NOW)).phase is JUDGED


def test_signing_out_voids_what_was_in_hand() -> None:
    ward = Bedside().in_phase(JUDGED)
    assert ward.pass_.sign_out().phase is OUT
    assert ward.pass_.sign_in("NV-0001", PIN).phase is WHO
    assert badge_pin("NV-0001").pin == PIN
