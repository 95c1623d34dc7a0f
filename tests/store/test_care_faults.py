"""Full disks and kills in the middle of a care event: nothing half, nothing silent."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from bcma.store import Store
from tests.store import ward
from tests.store.test_faults import run

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from bcma.store import Store
from tests.store import ward
from tests.store.test_care import REACTION

path = Path(sys.argv[1])
with Store.open(path, ward=ward.WARD) as store:
    ward.fill(store)
    log = Path(f"{path}-wal").stat().st_size
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log, resource.RLIM_INFINITY))
    result = store.recorder.file(REACTION)
    print(result.outcome, result.cause)
    print(len(ward.chart(store).reactions), store.outbox.waiting().unsent)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(store.recorder.file(REACTION).outcome)
    print(len(ward.chart(store).reactions), store.outbox.waiting().unsent)
    print(store.verify_audit())
"""
FILES_UNTIL_KILLED = """
import sys
from dataclasses import replace
from pathlib import Path
from bcma.store import Store
from tests.store import ward
from tests.store.test_care import REACTION

with Store.open(Path(sys.argv[1]), ward=ward.WARD) as store:
    for number in range(1_000_000):
        event = f"{sys.argv[2]}-{number}"
        if store.recorder.file(replace(REACTION, event_id=event)).outcome == "saved":
            print(event, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
@pytest.mark.hazard("H86")
def test_a_full_disk_keeps_no_half_reaction_and_says_so(path: Path) -> None:
    with run(FULL_DISK, str(path)) as child:
        output, _ = child.communicate(timeout=60)
    assert output.splitlines() == ["not-saved input-output", "0 0", "saved", "1 1", "None"]


@pytest.mark.hazard("H86")
def test_a_program_killed_in_the_middle_leaves_whole_events_only(path: Path) -> None:
    with Store.open(path, ward=ward.WARD) as store:
        ward.fill(store)
    saved: list[str] = []
    for turn in range(3):
        with run(FILES_UNTIL_KILLED, str(path), f"turn{turn}") as child:
            assert child.stdout is not None
            saved.append(child.stdout.readline().strip())
            time.sleep(0.03 + 0.041 * turn)
            child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
            saved.extend(line.strip() for line in child.stdout if line.endswith("\n"))
        with Store.open(path, ward=ward.WARD) as store:
            filed = {reaction.id for reaction in ward.chart(store).reactions}
            assert set(saved) <= filed, "what was called saved is there"
            assert store.outbox.waiting().unsent == len(filed), "and on its way"
            assert store.verify_audit() is None
    assert len(saved) > 3
