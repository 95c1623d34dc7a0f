"""Policy files with mistakes are refused as a whole, every mistake with its line."""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bcma.model.verdict import Severity
from bcma.policy import Mistake, Policy, PolicyError, load_policy, shipped_policy
from bcma.policy.lines import TomlFile
from bcma.policy.mistakes import BadSetting


def load(folder: Path, text: str) -> Policy:
    file = folder / "site.toml"
    file.write_text(text, encoding="utf-8")
    return load_policy(file)


def refused(folder: Path, text: str) -> list[tuple[int | None, str, Mistake, str | None]]:
    with pytest.raises(PolicyError) as error:
        load(folder, text)
    assert error.value.file == str(folder / "site.toml")
    return [(p.line, p.key, p.mistake, p.facts.get("nearest")) for p in error.value.problems]


def test_an_empty_file_is_the_shipped_policy(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Policy.default()


def test_a_file_names_only_what_it_changes(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        """
        extends = "strict"
        repeat_minutes = 7.5
        [severity]
        "time.late" = "stop"
        [pharmacy_hours]
        open = 06:30:00
        """,
    )
    assert policy.profile == shipped_policy("strict").profile
    assert policy.repeat.total_seconds() == 450
    assert policy.severity == {"time.late": Severity.STOP}
    assert policy.pharmacy_hours.open.minute == 30
    assert policy.pharmacy_hours.close == Policy.default().pharmacy_hours.close


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """extends = "strct"
patient_scan_minutes = "x"
pateint_scan_minutes = 3
[severity]
"drug.expired" = "info"
"time.late" = "stp"
"drug.expird" = "stop"
[reasons]
"time.late" = ["asleep", "asleeep"]
hold = [7]
[pharmacy_hours]
close = "25:00"
noon = 1
[release]
"drug.allergy" = ["reason"]
[site_reasons.waiting]
vi = "Chờ"
"""
    assert refused(tmp_path, text) == [
        (1, "extends", Mistake.UNKNOWN_VALUE, "strict"),
        (2, "patient_scan_minutes", Mistake.WRONG_TYPE, None),
        (3, "pateint_scan_minutes", Mistake.UNKNOWN_KEY, "patient_scan_minutes"),
        (5, "severity.drug.expired", Mistake.GUARDED, None),
        (6, "severity.time.late", Mistake.UNKNOWN_VALUE, "stop"),
        (7, "severity.drug.expird", Mistake.UNKNOWN_FINDING, "drug.expired"),
        (9, "reasons.time.late", Mistake.UNKNOWN_REASON, "asleep"),
        (10, "reasons.hold.1", Mistake.WRONG_TYPE, None),
        (12, "pharmacy_hours.close", Mistake.WRONG_TYPE, None),
        (13, "pharmacy_hours.noon", Mistake.UNKNOWN_KEY, None),
        (15, "release.drug.allergy", Mistake.GUARDED, None),
        (16, "site_reasons.waiting.en", Mistake.MISSING, None),
    ]


@pytest.mark.parametrize(
    "line, mistake",
    [
        ("idle_lock_minutes = 0", Mistake.OUT_OF_RANGE),
        ('windows = "  "', Mistake.WRONG_TYPE),
        ('severity = "stop"', Mistake.WRONG_TYPE),
        ("idle_lock_minutes = true", Mistake.WRONG_TYPE),
        ("idle_lock_minutes = nan", Mistake.OUT_OF_RANGE),
        ("expires_soon_days = -1", Mistake.OUT_OF_RANGE),
        ("lot_required = 1", Mistake.WRONG_TYPE),
        ('verification = "sometimes"', Mistake.UNKNOWN_VALUE),
        ('windows = "loose"', Mistake.UNKNOWN_VALUE),
        ('recompute = "KCL"', Mistake.WRONG_TYPE),
        ("high_alert = 3", Mistake.WRONG_TYPE),
        ('high_alert = {KCL = "much"}', Mistake.UNKNOWN_VALUE),
        ('pharmacy_hours = "always"', Mistake.WRONG_TYPE),
        ('interchangeable_forms = [["tablet", "pill"]]', Mistake.UNKNOWN_VALUE),
        ('sites = {"Upper Arm" = ["SC"]}', Mistake.PATTERN),
        ('window_profiles = {ismp = {early_stop = "never"}}', Mistake.UNKNOWN_VALUE),
        ("window_profiles = {mine = {early_stop = 5}}", Mistake.MISSING),
        ('release = {"time.late" = ["anybody"]}', Mistake.UNKNOWN_VALUE),
        ("repeat_minutes = ", Mistake.SYNTAX),
        ("repeat_minutes = 1\nrepeat_minutes = 2", Mistake.SYNTAX),
        ('[severity\n"time.late" = "stop"', Mistake.SYNTAX),
    ],
)
def test_each_mistake_is_told_with_a_line(tmp_path: Path, line: str, mistake: Mistake) -> None:
    problems = refused(tmp_path, line)
    assert {problem[2] for problem in problems} == {mistake}
    assert all(problem[0] is not None for problem in problems)


def test_an_unfinished_file_names_its_last_line(tmp_path: Path) -> None:
    assert refused(tmp_path, 'repeat_minutes = 1\nrecompute = ["A",\n')[0][:3] == (
        3,
        "",
        Mistake.SYNTAX,
    )


def test_a_site_profile_of_windows(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        """
        windows = "night"
        [window_profiles.night]
        time_critical = { early = 15, late = 15 }
        frequent = { early = 30, late = 30 }
        several_daily = { early = 45, late = 90 }
        daily_or_rarer = { early = 120, late = 120 }
        early_stop = 90
        """,
    )
    assert policy.profile.early_stop is not None
    assert policy.profile.early_stop.total_seconds() == 5400


def test_a_site_declares_reasons_with_words_and_lists_them(tmp_path: Path) -> None:
    policy = load(
        tmp_path,
        """
        [site_reasons.waiting-for-lab]
        vi = "Chờ xét nghiệm"
        en = "Waiting for lab"
        [reasons]
        "time.late" = ["waiting-for-lab", "asleep"]
        """,
    )
    assert policy.reasons_for("time.late") == ("waiting-for-lab", "asleep")
    assert policy.site_reasons["waiting-for-lab"].vi == "Chờ xét nghiệm"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as error:
        load_policy(tmp_path / "none.toml")
    assert [p.mistake for p in error.value.problems] == [Mistake.UNREADABLE_FILE]


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError) as error:
        load_policy(file)
    assert [p.mistake for p in error.value.problems] == [Mistake.UNREADABLE_FILE]


def test_a_mark_of_byte_order_as_windows_writes_it_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes("\ufeffrepeat_minutes = 9\n".encode())
    assert load_policy(file).repeat.total_seconds() == 540


def test_the_technical_message_names_file_line_and_key(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"site\.toml: line 2: repeat: unknown-key"):
        load(tmp_path, "\nrepeat = 1\n")


def test_settings_that_leave_a_key_out_are_no_policy() -> None:
    settings = {k: v for k, v in Policy.default().settings.items() if k != "repeat_minutes"}
    with pytest.raises(BadSetting, match="repeat_minutes: missing"):
        Policy.of(settings)


def test_a_damaged_installation_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bcma.policy.load.read_toml", lambda _: TomlFile({}, {}))
    with pytest.raises(PolicyError, match=r"ismp\.toml: .*missing"):
        shipped_policy.__wrapped__()


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["stop", "08:00", "asleep", Decimal("1.5")]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["drug.expired", "time.late", "ismp", "open", "*", "hold"])
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(Policy.default().settings)), _values, max_size=3))
def test_any_settings_give_a_policy_or_a_policy_error(settings: dict[str, object]) -> None:
    with suppress(PolicyError):
        assert Policy.default().with_overrides(settings).version
