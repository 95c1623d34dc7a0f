"""The reference EMR: HAPI FHIR JPA on a PostgreSQL of its own (``make emr``, docs/emr.md)."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from tests.peers.postgres import cluster, is_installed
from tests.peers.ready import ready_port

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = Path(__file__).with_name("hapi")
BUILD: Final = ROOT / "build" / "emr"
#: What a server that runs in the background tells of itself.
STATE: Final = BUILD / "running.json"
LOG: Final = BUILD / "emr.log"
_START_SECONDS: Final = 300
_STOP_SECONDS: Final = 30
_MEMORY: Final = "-Xmx2g"


def can_run() -> bool:
    """Tell whether this machine has what it needs."""
    return is_installed() and all(shutil.which(name) for name in ("java", "mvn"))


def build() -> None:
    """Fetch HAPI and compile our one class; does nothing where that was done.

    Raises:
        CalledProcessError: it could not be fetched or compiled; Maven says why.
    """
    stamp = BUILD / "built"
    made_of = "".join(p.read_text("utf-8") for p in sorted(SOURCE.rglob("*")) if p.is_file())
    if stamp.is_file() and stamp.read_text("utf-8") == made_of:
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.copytree(SOURCE, BUILD / "source", dirs_exist_ok=True)
    quiet = ["mvn", "--quiet", "--batch-mode", "--strict-checksums"]
    goals = ["dependency:copy-dependencies", f"-DoutputDirectory={BUILD / 'lib'}", "compile"]
    subprocess.run([*quiet, *goals], check=True, cwd=BUILD / "source")
    stamp.write_text(made_of, "utf-8")


@contextmanager
def serving(port: int = 0) -> Iterator[str]:
    """Run the server until the block ends; give its address.

    Raises:
        RuntimeError: it did not start; its log says why.
    """
    build()
    with cluster() as database:
        database.create("emr")
        address = f"jdbc:postgresql://{database.host}:{database.port}/emr"
        secret = f"?user={database.user}&password={database.password}"
        environment = {**os.environ, "EMR_DATABASE": address + secret, "EMR_PORT": str(port)}
        classes = f"{BUILD / 'source' / 'target' / 'classes'}{os.pathsep}{BUILD / 'lib'}/*"
        command = ["java", _MEMORY, "-cp", classes, "EmrServer"]
        with (
            LOG.open("w", encoding="utf-8") as log,
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            ) as server,
        ):
            try:
                yield f"http://127.0.0.1:{ready_port(server, LOG)}/fhir"
            finally:
                server.terminate()
                server.wait(_STOP_SECONDS)


def start(port: int = 0) -> str:
    """Start it in the background where none runs, and give its address once it answers.

    Raises:
        RuntimeError: it did not start in time.
    """
    if address := running():
        return address
    build()
    STATE.unlink(missing_ok=True)
    with LOG.with_suffix(".start").open("w", encoding="utf-8") as said:
        command = [sys.executable, "-m", "tests.peers", "serve", "--port", str(port)]
        subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=said, stderr=said)
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if address := running():
            return address
        time.sleep(0.5)
    message = f"the EMR did not start: see {LOG}"
    raise RuntimeError(message)


def serve(port: int) -> None:
    """Run in the foreground until told to stop, and leave word where it can be found."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with serving(port) as address:
        STATE.write_text(json.dumps({"address": address, "process": os.getpid()}), "utf-8")
        try:
            while True:
                signal.pause()
        finally:
            STATE.unlink(missing_ok=True)


def running() -> str | None:
    """Give the address of the server in the background, where one answers."""
    if not STATE.is_file():
        return None
    address = str(json.loads(STATE.read_text("utf-8"))["address"])
    try:
        httpx.get(f"{address}/metadata", timeout=_STOP_SECONDS).raise_for_status()
    except httpx.HTTPError:
        return None
    return address


def stop() -> None:
    """Stop the server in the background, and throw its database away."""
    if not STATE.is_file():
        return
    process = int(json.loads(STATE.read_text("utf-8"))["process"])
    until = time.monotonic() + 2 * _STOP_SECONDS
    try:
        os.kill(process, signal.SIGTERM)
        while time.monotonic() < until:
            os.kill(process, 0)
            time.sleep(0.2)
    except ProcessLookupError:
        STATE.unlink(missing_ok=True)


def empty(address: str) -> None:
    """Take everything out of a server that allows it."""
    everything = {"name": "expungeEverything", "valueBoolean": True}
    httpx.post(
        f"{address}/$expunge",
        json={"resourceType": "Parameters", "parameter": [everything]},
        headers={"Content-Type": "application/fhir+json"},
        timeout=_STOP_SECONDS,
    ).raise_for_status()
