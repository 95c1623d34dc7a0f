"""A store in a file, a sandbox that ends, and the sandbox as a program."""

import json
import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from bcma.emr.sandbox import Sandbox, StoppedClock, StoreUnusable

PATIENT = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Phạm"}]}


def test_a_file_keeps_everything(tmp_path: Path, clock: StoppedClock) -> None:
    store = tmp_path / "emr.sqlite"
    with Sandbox(clock=clock, file=store) as sandbox:
        assert httpx.put(f"{sandbox.base_url}/Patient/p1", json=PATIENT).status_code == 201
        created = httpx.post(f"{sandbox.base_url}/Patient", json=PATIENT).json()
    with Sandbox(clock=clock, file=store) as sandbox:
        found = httpx.get(f"{sandbox.base_url}/Patient?family=pham").json()
        assert found["total"] == 2
        later = httpx.post(f"{sandbox.base_url}/Patient", json=PATIENT).json()
        assert later["id"] != created["id"]
        assert later["meta"]["lastUpdated"] > created["meta"]["lastUpdated"]


def test_a_file_of_something_else_is_refused_and_kept(tmp_path: Path) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("shopping list " * 100)
    with pytest.raises(StoreUnusable):
        Sandbox(file=other)
    assert other.read_text().startswith("shopping")
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as db:
        db.executescript("CREATE TABLE a (b); PRAGMA user_version = 99;")
    db.close()
    with pytest.raises(StoreUnusable):
        Sandbox(file=newer)


def test_a_file_serves_one_sandbox_at_a_time(tmp_path: Path) -> None:
    store = tmp_path / "emr.sqlite"
    with Sandbox(file=store), pytest.raises(StoreUnusable):
        Sandbox(file=store)


def test_close_ends_threads_and_connections(clock: StoppedClock) -> None:
    before = set(threading.enumerate())
    with httpx.Client() as client:
        with Sandbox(clock=clock) as sandbox:
            assert client.get(f"{sandbox.base_url}/Patient").status_code == 200
            assert set(threading.enumerate()) > before
        assert set(threading.enumerate()) == before
        with pytest.raises(httpx.TransportError):
            client.get(f"{sandbox.base_url}/Patient")


def test_start_and_stop_are_quick() -> None:
    began = time.perf_counter()
    for _ in range(10):
        Sandbox().close()
    assert time.perf_counter() - began < 10 * 0.1  # 3 ms each on an idle machine


def test_a_port_in_use_is_an_error(sandbox: Sandbox) -> None:
    port = httpx.URL(sandbox.base_url).port or 0
    with pytest.raises(OSError, match=r"in use|Address"):
        Sandbox(port=port)


def test_logs_hold_no_content(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bcma"):
        client.put("/Patient/p1", json=PATIENT)
        client.get("/Patient?family=Phạm")
        client.get("/Patient/Phạm")
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bcma")]
    assert ours[:2] == ["PUT Patient/p1", "GET Patient"]
    assert "Phạm" not in " ".join(ours)


PROGRAM = """
import argparse
from bcma.emr.sandbox.command import add_arguments, run
parser = argparse.ArgumentParser()
add_arguments(parser)
raise SystemExit(run(parser.parse_args()))
"""


def test_the_program_serves_what_it_loads_until_it_is_told_to_end(tmp_path: Path) -> None:
    ward = tmp_path / "ward.json"
    entries = [{"resource": PATIENT}]
    ward.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    command = [sys.executable, "-c", PROGRAM, "--port", "0", "--load", str(ward)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        assert program.stdout.readline() == "sandbox, no EMR\n"
        assert httpx.get(f"{url}/Patient/p1").status_code == 200
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0


@pytest.mark.parametrize(
    "content", ["", "{}", '{"resourceType":"Bundle","entry":[{"resource":{}}]}']
)
def test_the_program_says_why_it_cannot_start(tmp_path: Path, content: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(content)
    command = [sys.executable, "-c", PROGRAM, "--port", "0", "--load", str(bad)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "bad.json" in done.stderr
    assert "Traceback" not in done.stderr
