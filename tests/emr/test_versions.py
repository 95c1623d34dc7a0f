"""What a later version of a record says: who wrote it, where, and what was let pass."""

from dataclasses import replace

import pytest

from bcma.emr.fhir_map import Change, read_administration
from bcma.model.record import RecordStatus, ReleaseRecord
from bcma.model.verdict import Finding, Severity
from tests.emr.test_administration import LATER, RECORD, foreign, written

ISSUE = "DetectedIssue"


@pytest.mark.hazard("H85")
def test_the_author_of_a_correction_is_who_corrected_and_its_issues_are_not_told_again() -> None:
    late = Finding(code="time.late", severity=Severity.WARN, released=True)
    early = replace(late, code="time.early")
    wrong = replace(
        RECORD, status=RecordStatus.ENTERED_IN_ERROR, recorder_id="n9", findings=(late, early)
    )
    resources = written(wrong, change=Change(LATER, told=(late,)))
    codes = [r["code"]["coding"][0]["code"] for r in resources if r["resourceType"] == ISSUE]
    assert codes == ["time.early"]
    agents = [a["who"]["reference"] for a in resources[-1]["agent"]]
    assert agents == ["Practitioner/n9", "Practitioner/n2"]
    (giver, *_) = resources[0]["performer"]
    assert giver["actor"]["reference"] == "Practitioner/n1"


def test_where_it_was_given_and_what_was_let_pass_is_read_back() -> None:
    let_pass = tuple(ReleaseRecord(code=code) for code in ("time.too-soon", "time.late"))
    record = replace(RECORD, station="A", releases=(*let_pass, replace(let_pass[0], subject="x")))
    resource = written(record)[0]
    codes = [e["valueCode"] for e in resource["extension"] if e["url"] == "urn:bcma:ext:released"]
    assert codes == ["time.late", "time.too-soon"]
    back = read_administration(resource)
    assert (back.station, [r.code for r in back.releases]) == ("A", codes)
    bare = read_administration(written(RECORD)[0])
    assert (bare.station, bare.releases) == ("", ())
    odd = foreign(extension=[{"url": "urn:bcma:ext:released", "valueString": "x"}])
    assert odd.releases == ()
