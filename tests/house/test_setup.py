"""The set-up script on machines of every kind, played with stand-ins for the system's programs."""

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "installer" / "setup.sh"
REAL_TOOLS = ("cat", "cksum", "dirname", "env", "grep", "ls", "rm", "sed", "sh", "tr")
ALL_PACKAGES = re.findall(
    r"[a-z0-9.+-]+",
    " ".join(re.findall(r'^(?:\w+)="([^$]*?)"', SCRIPT.read_text("utf-8"), re.MULTILINE)),
)

PYTHON = """
case "$1 $2" in
    "-c "*) exit {usable} ;;
    "-m venv")
        mkdir -p .venv/bin
        cp "$0" .venv/bin/python
        echo "#!$PWD/.venv/bin/python" >.venv/bin/pip ;;
esac
"""


@dataclass(slots=True)
class Machine:
    """A checkout on a machine that has only what a test gives it."""

    folder: Path
    programs: Path
    installed: list[str] = field(default_factory=lambda: list(ALL_PACKAGES))

    def program(self, name: str, body: str) -> None:
        """Put a stand-in on the PATH; it writes down how it was called."""
        path = self.programs / name
        path.write_text(
            f'#!/bin/sh\necho "{name} $*" >>"{self.programs}/calls"\n{body}\n', encoding="utf-8"
        )
        path.chmod(0o755)

    def set_up(self) -> tuple[int, str, list[str]]:
        """Run the script; its status, its messages and the calls that changed something."""
        listing = "\n".join(f"installed {name}, " for name in self.installed)
        self.program("dpkg-query", f"cat <<'END'\n{listing}\nEND")
        calls = self.programs / "calls"
        calls.write_text("", encoding="utf-8")
        result = subprocess.run(
            ["/bin/sh", self.folder / "installer" / "setup.sh", "dev"],
            env={"PATH": str(self.programs)},
            capture_output=True,
            text=True,
            check=False,
        )
        changes = [
            line
            for line in calls.read_text("utf-8").splitlines()
            if re.match(r"(sudo -n env|apt-get|python\S* -m)", line)
        ]
        return result.returncode, result.stderr, changes


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of Debian's kind, used by a plain person without sudo, with all installed."""
    folder, programs = tmp_path / "checkout", tmp_path / "programs"
    (folder / "installer").mkdir(parents=True)
    programs.mkdir()
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    shutil.copy(SCRIPT, folder / "installer")
    made = Machine(folder, programs)
    for name in (*REAL_TOOLS, "cp", "mkdir"):
        (programs / name).symlink_to(shutil.which(name) or name)
    made.program("apt-get", "")
    made.program("id", "echo 1000")
    made.program("sudo", "exit 1")
    made.program("python3", PYTHON.format(usable=0))
    return made


def test_a_person_without_rights_is_given_the_line_to_type(machine: Machine) -> None:
    machine.installed.remove("libzbar0")
    machine.installed.remove("xvfb")
    status, said, changes = machine.set_up()
    assert (status, changes) == (3, [])
    assert (
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb libzbar0"
        in said
    )


def test_root_installs_what_is_missing_and_nothing_else(machine: Machine) -> None:
    machine.program("id", "echo 0")
    machine.installed.remove("libzbar0")
    status, _, changes = machine.set_up()
    assert status == 0
    assert "apt-get install -y --no-install-recommends libzbar0" in changes


def test_sudo_is_used_where_it_asks_for_no_password(machine: Machine) -> None:
    machine.program("sudo", "")
    machine.installed.remove("xdotool")
    _, _, changes = machine.set_up()
    assert any(re.match(r"sudo -n env \S+ apt-get install .*xdotool", call) for call in changes)


def test_package_lists_that_cannot_be_renewed_do_not_stop_it(machine: Machine) -> None:
    machine.program("id", "echo 0")
    machine.program("apt-get", 'test "$1" = install')
    machine.installed.remove("libzbar0")
    status, said, _ = machine.set_up()
    assert status == 0
    assert "package lists that are here" in said


def test_a_failed_installation_stops_it(machine: Machine) -> None:
    machine.program("id", "echo 0")
    machine.program("apt-get", "exit 100")
    machine.installed.remove("libzbar0")
    status, _, changes = machine.set_up()
    assert status == 100
    assert not any("python" in call for call in changes)


def test_a_package_that_another_provides_is_not_missing(machine: Machine) -> None:
    machine.installed.remove("libzbar0")
    machine.installed.append("libzbar0t64, libzbar0 (= 0.23.93-4), libzbar0-other")
    status, _, changes = machine.set_up()
    assert status == 0
    assert not any("apt-get" in call for call in changes)


@pytest.mark.parametrize("usable", [None, 1], ids=["no Python", "too old"])
def test_python_itself_is_asked_for(machine: Machine, usable: int | None) -> None:
    if usable is None:
        (machine.programs / "python3").unlink()
    else:
        machine.program("python3", PYTHON.format(usable=usable))
    status, said, _ = machine.set_up()
    assert status == 3
    assert "install -y --no-install-recommends python3 python3-venv" in said


def test_another_system_is_told_what_corresponds(machine: Machine) -> None:
    (machine.programs / "apt-get").unlink()
    status, said, changes = machine.set_up()
    assert status == 0
    assert "libxcb-cursor0" in said
    assert changes


def test_only_hashed_packages_are_installed(machine: Machine) -> None:
    _, _, changes = machine.set_up()
    pip = [call for call in changes if "pip" in call]
    assert len(pip) == 2
    assert "--require-hashes --requirement requirements-dev.txt" in pip[0]
    assert "--no-deps --no-build-isolation --editable ." in pip[1]


def test_a_second_run_changes_nothing(machine: Machine) -> None:
    machine.set_up()
    assert machine.set_up() == (0, "", [])


def test_a_new_lock_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.set_up()
    with (machine.folder / "requirements.txt").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    _, _, changes = machine.set_up()
    assert any("pip" in call for call in changes)
    assert not any("-m venv" in call for call in changes)


def test_a_moved_checkout_gets_a_new_environment(machine: Machine) -> None:
    machine.set_up()
    machine.folder = machine.folder.rename(machine.folder.with_name("elsewhere"))
    _, _, changes = machine.set_up()
    assert any("-m venv" in call for call in changes)


def test_an_environment_of_another_checkout_is_left_alone(machine: Machine, tmp_path: Path) -> None:
    ours, machine.folder = machine.folder, shutil.copytree(machine.folder, tmp_path / "theirs")
    machine.set_up()
    theirs, machine.folder = machine.folder / ".venv", ours
    (ours / ".venv").symlink_to(theirs)
    before = sorted(theirs.rglob("*"))
    status, _, changes = machine.set_up()
    assert (status, sorted(theirs.rglob("*"))) == (0, before)
    assert any("-m venv" in call for call in changes)
    assert not (ours / ".venv").is_symlink()


@pytest.mark.parametrize("status", [0, 1], ids=["reached", "not reached"])
def test_the_examples_of_fhir_are_fetched_where_npm_is_there(machine: Machine, status: int) -> None:
    machine.program("npm", "")
    wanted = f'test "$2" != tests.examples || exit {status}\n'
    machine.program("python3", wanted + PYTHON.format(usable=0))
    done, said, changes = machine.set_up()
    assert done == 0
    assert any("-m tests.examples" in call for call in changes)
    assert ("without the examples" in said) == bool(status)
