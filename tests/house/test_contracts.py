"""Who may import whom: the contracts hold, and a planted violation of each is caught."""

import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bcma", "printing", "ui")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {contract["id"]: contract for contract in SETTINGS["tool"]["importlinter"]["contracts"]}
PURE = {"barcode", "bedside", "model", "pharmacy", "rules", "schedule"}
"""The rooms that take values and return values; each from the day that it exists."""


@dataclass(frozen=True, slots=True)
class Planted:
    """An import that must not be: ``importer`` imports ``imported``, and ``contract`` objects."""

    contract: str
    importer: str
    imported: str

    def __str__(self) -> str:
        """Name the case in pytest's report."""
        return f"{self.contract}: {self.importer} imports {self.imported}"


VIOLATIONS = (
    Planted("packages", "printing", "ui"),
    Planted("packages", "bcma.app", "ui"),
    Planted("packages", "bcma.app", "bcma.simulate"),
    Planted("packages", "bcma.simulate", "bcma.replay"),
    Planted("packages", "bcma.replay", "bcma.__main__"),
    Planted("packages", "printing", "bcma.app"),
    Planted("packages", "bcma.reports", "printing"),
    Planted("rooms", "bcma.attic", "bcma.errors"),
    Planted("rooms", "bcma.errors", "bcma.model"),
    Planted("rooms", "bcma.model", "bcma.policy"),
    Planted("rooms", "bcma.policy", "bcma.rules"),
    Planted("rooms", "bcma.rules", "bcma.barcode"),
    Planted("rooms", "bcma.audit", "bcma.wording"),
    Planted("rooms", "bcma.wording", "bcma.emr"),
    Planted("rooms", "bcma.emr", "bcma.scanner"),
    Planted("rooms", "bcma.knowledge", "bcma.store"),
    Planted("rooms", "bcma.store", "bcma.access"),
    Planted("rooms", "bcma.access", "bcma.bedside"),
    Planted("rooms", "bcma.bedside", "bcma.pharmacy"),
    Planted("no-qt", "bcma.wording", "PySide6.QtCore"),
    Planted("no-qt", "printing", "PySide6.QtGui"),
    Planted("pure", "bcma.model", "threading"),
    Planted("pure", "bcma.barcode", "socket"),
    Planted("pure", "bcma.rules", "sqlalchemy"),
    Planted("pure", "bcma.schedule", "asyncio"),
    Planted("pure", "bcma.bedside", "bcma.store.tables"),
    Planted("pure", "bcma.barcode", "http.server"),
    Planted("rules", "bcma.rules.patient", "bcma.rules.drug"),
    Planted("rules", "bcma.rules.alert", "bcma.rules.dose"),
    Planted("rules", "bcma.rules.ninth", "bcma.rules.attempt"),
    Planted("pages", "ui.pages.due", "ui.pages.bedside"),
    Planted("tables", "bcma.sync", "bcma.store.tables"),
)


def module_file(house: Path, module: str) -> Path:
    """Find the file of a module, or where a new one would stand."""
    path = house.joinpath(*module.split("."))
    path.parent.mkdir(exist_ok=True)
    if path.parent != house:
        (path.parent / "__init__.py").touch()
    package = path / "__init__.py"
    return package if package.exists() else path.with_suffix(".py")


def plant(house: Path, case: Planted) -> None:
    """Write the import into a copy of the packages."""
    for module in (case.importer, case.imported):
        if module.split(".")[0] in PACKAGES:
            module_file(house, module).touch()
    with module_file(house, case.importer).open("a", encoding="utf-8") as file:
        file.write(f"\nimport {case.imported}\n")


def broken_contracts(house: Path) -> tuple[set[str], str]:
    """Run the linter; the names of the contracts that do not hold, and all that it said."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=house,
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^Contracts: \d+ kept, \d+ broken\.$", result.stdout, re.MULTILINE), (
        result.stdout + result.stderr
    )
    return set(re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE)), result.stdout


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages, with the linter's cache warmed up."""
    house = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", house)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, house / package, ignore=lambda *_: {"__pycache__"})
    broken, said = broken_contracts(house)
    assert not broken, said
    return house


def test_the_contracts_hold() -> None:
    broken, said = broken_contracts(ROOT)
    assert not broken, said


@pytest.mark.parametrize("case", VIOLATIONS, ids=str)
def test_a_planted_violation_is_caught(original: Path, tmp_path: Path, case: Planted) -> None:
    house = tmp_path / "house"
    shutil.copytree(original, house)
    plant(house, case)
    broken, said = broken_contracts(house)
    assert CONTRACTS[case.contract]["name"] in broken
    assert case.importer in said


def test_every_contract_has_its_violation() -> None:
    assert {case.contract for case in VIOLATIONS} == set(CONTRACTS)


def test_both_ladders_name_the_same_rooms() -> None:
    in_packages, rooms = (
        set(re.findall(r"[\w.]+", " ".join(CONTRACTS[ladder]["layers"])))
        for ladder in ("packages", "rooms")
    )
    assert {room.removeprefix("bcma.") for room in in_packages} - {"ui", "printing"} == rooms


def test_every_pure_room_is_held_to_it() -> None:
    existing = {f"bcma.{room}" for room in PURE if list((ROOT / "bcma").glob(f"{room}*"))}
    assert set(CONTRACTS["pure"]["source_modules"]) == existing
