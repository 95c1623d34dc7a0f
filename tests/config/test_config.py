"""Every setting is declared once, and every mistake is told at once."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bcma.config import (
    SETTINGS,
    Config,
    ConfigError,
    EmrAuth,
    Language,
    Theme,
    config_help,
    load_config,
)
from bcma.policy import Mistake

TOKEN = "hush-7731"


def load(folder: Path, text: str, **environ: str) -> Config:
    file = folder / "bcma.toml"
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ)


def refused(folder: Path, text: str, **environ: str) -> list[tuple[int | None, str, Mistake]]:
    with pytest.raises(ConfigError) as error:
        load(folder, text, **environ)
    return [(p.line, p.key, p.mistake) for p in error.value.problems]


def test_without_file_and_environment_the_defaults_hold() -> None:
    config = load_config(None, {})
    assert config.language is Language.VI
    assert config.theme is Theme.LIGHT
    assert config.zone == ZoneInfo("Asia/Ho_Chi_Minh")
    assert config.emr.auth is EmrAuth.NONE
    assert config.emr.secret is None
    assert config.emr.read_timeout == timedelta(seconds=30)
    assert config.policy_file is None
    assert config.formats.bare_mrn is None
    assert config.systems.wristband == "urn:bcma:wristband"
    assert config.data_folder.name == "bcma"


@pytest.mark.parametrize(
    "name, code",
    [
        ("band", "BN260001.2"),
        ("patient_label", "HS2600001"),
        ("badge", "NV-0001"),
        ("drug", "TH12"),
    ],
)
def test_default_formats_match_the_specification(name: str, code: str) -> None:
    pattern = getattr(load_config(None, {}).formats, name)
    assert re.fullmatch(pattern, code)
    assert not re.fullmatch(pattern, code.lower())


def test_the_environment_stands_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        'ward = "NOI"\nstation = "B"\n[emr]\nurl = "https://emr.example/fhir/"\npoll = 60\n',
        BCMA_WARD="NGOAI",
        BCMA_EMR_POLL="90",
        BCMA_WEDGE_SUFFIX_REQUIRED="true",
    )
    assert config.ward == "NGOAI"
    assert config.station == "B"
    assert config.emr.url == "https://emr.example/fhir"
    assert config.emr.poll == timedelta(seconds=90)
    assert config.wedge.suffix_required is True


def test_a_name_of_digits_in_the_environment_stays_a_name() -> None:
    assert load_config(None, {"BCMA_STATION": "07"}).station == "07"


def test_all_mistakes_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    text = """zone = "Asia/Hanoi"
lnguage = "vi"
[emr]
url = "ftp://emr"
auth = "bearer"
poll = 1
[formats]
band = "^BN(?P<band>[0-9]+$"
badge = "^NV.*$"
[pin_hash]
passes = 1.5
"""
    assert refused(tmp_path, text, BCMA_THEME="pink") == [
        (None, "BCMA_THEME", Mistake.UNKNOWN_VALUE),
        (1, "zone", Mistake.PATTERN),
        (2, "lnguage", Mistake.UNKNOWN_KEY),
        (4, "emr.url", Mistake.PATTERN),
        (5, "emr.auth", Mistake.MISSING),
        (6, "emr.poll", Mistake.OUT_OF_RANGE),
        (8, "formats.band", Mistake.PATTERN),
        (9, "formats.badge", Mistake.PATTERN),
        (11, "pin_hash.passes", Mistake.WRONG_TYPE),
    ]


def test_a_misspelt_variable_is_told_and_a_foreign_one_is_not() -> None:
    with pytest.raises(ConfigError) as error:
        load_config(None, {"BCMA_WRAD": "NOI", "BCMAX": "1", "HOME": "x"})
    assert [(p.key, p.facts["nearest"]) for p in error.value.problems] == [
        ("BCMA_WRAD", "BCMA_WARD")
    ]


def test_a_token_comes_from_the_environment_or_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    text = f'[emr]\nauth = "bearer"\nsecret_file = "{(tmp_path / "token").as_posix()}"\n'
    from_file = load(tmp_path, text).emr.secret
    assert from_file is not None
    assert from_file.value == TOKEN
    from_environment = load(tmp_path, text, BCMA_EMR_SECRET="other").emr.secret
    assert from_environment is not None
    assert from_environment.value == "other"


def test_a_token_in_the_file_itself_is_refused(tmp_path: Path) -> None:
    problems = refused(tmp_path, f'[emr]\nsecret = "{TOKEN}"\n')
    assert problems == [(2, "emr.secret", Mistake.UNKNOWN_KEY)]


def test_a_token_file_that_is_not_there(tmp_path: Path) -> None:
    problems = refused(tmp_path, '[emr]\nauth = "basic"\nsecret_file = "none"\n')
    assert (3, "emr.secret_file", Mistake.UNREADABLE_FILE) in problems


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ConfigError) as error:
        load_config(None, {"BCMA_EMR_SECRET": " "})
    assert [p.key for p in error.value.problems] == ["BCMA_EMR_SECRET"]


def test_a_token_is_never_shown() -> None:
    config = load_config(None, {"BCMA_EMR_AUTH": "bearer", "BCMA_EMR_SECRET": TOKEN})
    for shown in (repr(config), str(config), str(config.emr.secret), repr(config.emr.secret)):
        assert TOKEN not in shown


@pytest.mark.parametrize("address", [f"https://nurse:{TOKEN}@emr.example/fhir", "http://[x"])
def test_a_password_in_an_address_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(None, {"BCMA_EMR_URL": address})
    assert TOKEN not in str(error.value)


def test_a_broken_file_names_its_line(tmp_path: Path) -> None:
    assert refused(tmp_path, "ward = \n") == [(1, "", Mistake.SYNTAX)]


def test_help_names_every_setting_and_no_folder_of_this_machine() -> None:
    text = config_help()
    for setting in SETTINGS:
        assert setting.name in text
        assert setting.variable in text
        assert setting.help in text
    assert str(Path.home()) not in text


def test_names_and_variables_are_unique() -> None:
    assert len({s.name for s in SETTINGS}) == len(SETTINGS)
    assert len({s.variable for s in SETTINGS}) == len(SETTINGS)
