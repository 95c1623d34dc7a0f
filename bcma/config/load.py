"""Configuration files and environment to :class:`~bcma.config.Config`, all mistakes at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from bcma.config.config import (
    CodeFormats,
    Config,
    EmrAccess,
    IdentifierSystems,
    PinHash,
    Wedge,
)
from bcma.config.settings import PREFIX, SETTINGS, Setting
from bcma.config.values import EmrAuth, Secret, secret
from bcma.policy.lines import TomlFile, read_toml
from bcma.policy.mistakes import BadSetting, Collector, Mistake, SettingsError, nearest

_FLAGS: Final = {"true": True, "false": False}
#: What a mistake in a variable names in place of a file.
_ENVIRONMENT = "environment"


class ConfigError(SettingsError):
    """A configuration with mistakes; the program does not start on it."""

    code = "config.invalid"


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration: shipped defaults, then the file, then the environment.

    Raises:
        ConfigError: names every mistake of file and environment.
    """
    toml = TomlFile({}, {})
    try:
        if path is not None:
            toml = read_toml(path)
        return _build(toml, environ)
    except BadSetting as bad:
        raise ConfigError(str(path or _ENVIRONMENT), toml.placed(bad.problems)) from bad


def _build(toml: TomlFile, environ: Mapping[str, str]) -> Config:
    written = _flat(toml.values)
    collector = Collector()
    in_file = [setting.name for setting in SETTINGS if setting.in_file]
    for name in written:
        with collector.at(name):
            if name not in in_file:
                raise BadSetting.of(Mistake.UNKNOWN_KEY, nearest=nearest(name, in_file))
    variables = {setting.variable for setting in SETTINGS}
    for name in environ.keys() - variables:
        with collector.at(name):
            if name.startswith(PREFIX) and (meant := nearest(name, variables)):
                raise BadSetting.of(Mistake.UNKNOWN_KEY, nearest=meant)
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        with collector.at(setting.variable if setting.variable in environ else setting.name):
            values[setting.name] = _value(setting, written, environ)
    with collector.at("emr.secret_file"):
        values["emr.secret"] = _secret(values)
    with collector.at("emr.auth"):
        _check_auth(values)
    collector.finish()
    return Config(
        **_group(values, ""),
        emr=EmrAccess(**_group(values, "emr")),
        formats=CodeFormats(**_group(values, "formats")),
        systems=IdentifierSystems(**_group(values, "systems")),
        pin_hash=PinHash(**_group(values, "pin_hash")),
        wedge=Wedge(**_group(values, "wedge")),
    )


def _value(setting: Setting, written: Mapping[str, object], environ: Mapping[str, str]) -> object:
    if setting.variable in environ:
        return _read_text(setting, environ[setting.variable])
    if setting.name in written and setting.in_file:
        return setting.read(written[setting.name])
    default = setting.default_now
    return None if default is None else setting.read(default)


def _read_text(setting: Setting, text: str) -> object:
    """Read a variable: as text, else as the number or flag that the text writes."""
    try:
        return setting.read(text)
    except BadSetting:
        if text.isascii() and text.isdigit():
            return setting.read(int(text))
        if text.lower() in _FLAGS:
            return setting.read(_FLAGS[text.lower()])
        raise


def _flat(tables: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in tables.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _group(values: Mapping[str, Any], table: str) -> dict[str, Any]:
    """Give the settings of one table by their last name; those read away are left out."""
    return {
        name.rpartition(".")[2]: value
        for name, value in values.items()
        if name.rpartition(".")[0] == table and name != "emr.secret_file"
    }


def _secret(values: Mapping[str, Any]) -> Secret | None:
    file: Path | None = values.get("emr.secret_file")
    given: Secret | None = values.get("emr.secret")
    if given is not None or file is None:
        return given
    try:
        return secret(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as failed:
        raise BadSetting.of(Mistake.UNREADABLE_FILE, cause=type(failed).__name__) from failed


def _check_auth(values: Mapping[str, Any]) -> None:
    needs_secret = values.get("emr.auth") in (EmrAuth.BEARER, EmrAuth.BASIC)
    if needs_secret and values.get("emr.secret") is None:
        raise BadSetting.of(Mistake.MISSING, value="emr.secret_file")
