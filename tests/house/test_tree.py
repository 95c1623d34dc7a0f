"""What the checkout holds: known places, sizes that fit one sitting, nothing of one machine."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (".ci", "bcma", "docs", "installer", "printing", "sample_data", "tests", "ui")
FILES = (
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
)
CEILING = 400
"""Lines of a source file; 200 are the aim."""

#: Hosts of package registries, written so that this file names none itself.
REGISTRIES = ("py[p]i", "npm[j]s", r"maven\.[a]pache", "python[h]osted", r"deb\.[d]ebian")
FOREIGN = re.compile(
    r"/(?:work|root|farm)/"  # one machine's folders
    r"|/home/[a-z]"
    rf"|(?:{'|'.join(REGISTRIES)})\.(?:org|com)",  # whence packages come is each site's own affair
)


def texts() -> Iterator[tuple[str, str]]:
    """Every text file of the project, by its path."""
    paths = [ROOT / name for name in FILES]
    for folder in FOLDERS:
        paths += (path for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts)
    for path in paths:
        if path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                yield path.relative_to(ROOT).as_posix(), content.decode("utf-8")


def test_files_name_no_machine_and_no_registry() -> None:
    found = [f"{name}: {hit.group()}" for name, text in texts() for hit in FOREIGN.finditer(text)]
    assert found == []


def test_source_files_stay_under_the_ceiling() -> None:
    long = {
        name: lines
        for name, text in texts()
        if name.endswith(".py") and (lines := text.count("\n")) > CEILING
    }
    assert long == {}


def test_the_top_level_stays_as_agreed() -> None:
    assert [name for name in FILES if not (ROOT / name).is_file()] == []
