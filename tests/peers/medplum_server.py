"""A second foreign server: Medplum's FHIR router over a repository in memory (npm)."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.peers.ready import ready_port

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = Path(__file__).with_name("medplum")
BUILD: Final = ROOT / "build" / "medplum"
LOG: Final = BUILD / "server.log"
_STOP_SECONDS: Final = 30
_FILES: Final = ("package.json", "package-lock.json", ".npmrc", "server.js")


def build() -> None:
    """Fetch what is locked; does nothing where that was done.

    Raises:
        CalledProcessError: it could not be fetched; npm says why.
    """
    stamp = BUILD / "built"
    made_of = "".join((SOURCE / name).read_text("utf-8") for name in _FILES)
    if stamp.is_file() and stamp.read_text("utf-8") == made_of:
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in _FILES:
        shutil.copy(SOURCE / name, BUILD)
    install = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"]
    subprocess.run(install, check=True, cwd=BUILD, stdout=subprocess.DEVNULL)
    stamp.write_text(made_of, "utf-8")


@contextmanager
def serving() -> Iterator[str]:
    """Run the server until the block ends; give its address.

    Raises:
        RuntimeError: it did not start; its log says why.
    """
    build()
    with (
        LOG.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            ["node", "server.js"], cwd=BUILD, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        try:
            yield f"http://127.0.0.1:{ready_port(server, LOG)}/fhir"
        finally:
            server.terminate()
            server.wait(_STOP_SECONDS)
