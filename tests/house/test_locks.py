"""The locks: complete, hashed, of one mind, and free of any registry's name."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(.*)$")


def pins(lock: str) -> dict[str, int]:
    """Per pinned requirement (name, version, marker) of a lock, how many hashes it has."""
    counts: dict[str, int] = {}
    current = ""
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if line.startswith("    --hash=sha256:"):
            counts[current] += 1
        else:
            current = line.removesuffix(" \\")
            counts[current] = 0
    return counts


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    counts = pins(lock)
    assert counts
    assert [line for line, hashes in counts.items() if not hashes or not PIN.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_host_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links", text)


def test_what_is_tested_is_what_is_shipped() -> None:
    assert set(pins("requirements.txt")) <= set(pins("requirements-dev.txt"))


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = {
        re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in project["dependencies"]
    }
    locked = {line.split("==")[0] for line in pins("requirements.txt")}
    assert declared <= locked
