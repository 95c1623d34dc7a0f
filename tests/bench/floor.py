"""How quick this machine is now: what times are compared with, measured in the same run.

Absolute limits hold on the machine they were set for, idle; the ratio to a floor holds anywhere.
"""

import sqlite3
import statistics
import sys
import time
from collections.abc import Callable


def median_ms(act: Callable[[], object], times: int) -> float:
    """Do something often, after a little warming up, and give the median in milliseconds.

    Processor time of all threads, so that whatever else runs on the machine counts little; the
    disk's time is not in it.
    """
    for _ in range(max(3, times // 10)):
        act()
    taken = []
    for _ in range(times):
        began = time.process_time()
        act()
        taken.append(time.process_time() - began)
    return statistics.median(taken) * 1000


def python_floor() -> float:
    """Measure 10,000 steps of plain Python."""

    def loop() -> int:
        total = 0
        for number in range(10_000):
            total += number & 7
        return total

    return median_ms(loop, 50)


def sqlite_floor() -> float:
    """Measure 100 reads of a row by its key."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
    db.executemany("INSERT INTO t VALUES (?, ?)", ((n, "x" * 500) for n in range(1000)))

    def read() -> None:
        for number in range(100):
            db.execute("SELECT body FROM t WHERE id = ?", (number,)).fetchone()

    try:
        return median_ms(read, 50)
    finally:
        db.close()


def show(rows: dict[str, float], floor: float) -> None:
    """Write what was measured, with its ratio to the floor."""
    for name, ms in rows.items():
        sys.stdout.write(f"\n{name:<48}{ms:>9.2f} ms{ms / floor:>9.1f} floors")
    sys.stdout.flush()
