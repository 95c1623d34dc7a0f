"""Every setting of a workstation, declared once; read from TOML and ``BCMA_…`` variables."""

from bcma.config.config import (
    CodeFormats,
    Config,
    EmrAccess,
    IdentifierSystems,
    PinHash,
    Wedge,
)
from bcma.config.load import ConfigError, load_config
from bcma.config.settings import SETTINGS, Setting, config_help
from bcma.config.values import EmrAuth, Language, Secret, Theme

__all__ = [
    "SETTINGS",
    "CodeFormats",
    "Config",
    "ConfigError",
    "EmrAccess",
    "EmrAuth",
    "IdentifierSystems",
    "Language",
    "PinHash",
    "Secret",
    "Setting",
    "Theme",
    "Wedge",
    "config_help",
    "load_config",
]
