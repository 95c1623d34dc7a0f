"""Policy files: TOML to :class:`~bcma.policy.Policy`, every mistake with its line."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from bcma.policy.lines import TomlFile, read_toml
from bcma.policy.mistakes import BadSetting, Collector, PolicyError
from bcma.policy.policy import Policy, merged
from bcma.policy.readers import one_of
from bcma.policy.reasons import EVERYWHERE, check_reasons

#: The key by which a site's file names the shipped profile that it changes.
EXTENDS: Final = "extends"
#: The shipped profiles; the first is the default, and names every key.
PROFILES: Final = ("ismp", "strict")


@cache
def shipped_policy(profile: str = PROFILES[0]) -> Policy:
    """Give a shipped profile by its name.

    Raises:
        PolicyError: the installation is damaged.
    """
    with as_file(files("bcma.policy") / "profiles" / f"{profile}.toml") as path:
        if profile != PROFILES[0]:
            return load_policy(path)
        try:
            return Policy.of(read_toml(path).values)
        except BadSetting as bad:
            raise PolicyError(path.name, bad.problems) from bad


def load_policy(path: Path) -> Policy:
    """Read a site's policy file over the shipped profile that it extends.

    Raises:
        PolicyError: the file cannot be read or has mistakes; names all of them.
    """
    try:
        toml = read_toml(path)
    except BadSetting as bad:
        raise PolicyError(str(path), bad.problems) from bad
    try:
        return _build(toml)
    except BadSetting as bad:
        raise PolicyError(str(path), toml.placed(bad.problems)) from bad


def _build(toml: TomlFile) -> Policy:
    changes = {name: value for name, value in toml.values.items() if name != EXTENDS}
    collector = Collector()
    base = shipped_policy()
    with collector.at(EXTENDS):
        base = shipped_policy(one_of(PROFILES)(toml.values.get(EXTENDS, PROFILES[0])))
    settings = merged(base.settings, changes)
    with collector.at("reasons"):
        check_reasons(settings["reasons"], _known_reasons(settings["site_reasons"]))
    policy = base
    with collector.at(""):
        policy = Policy.of(settings)
    collector.finish()
    return policy


def _known_reasons(site_reasons: object) -> frozenset[str]:
    own = site_reasons if isinstance(site_reasons, Mapping) else {}
    return frozenset(shipped_policy().reasons[EVERYWHERE]).union(own)
