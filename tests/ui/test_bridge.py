"""One thread crossing: work off the window's thread, answers on it."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from ui.bridge import Bridge


def test_success_comes_back_on_the_windows_thread(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[tuple[int, int]] = []
    bridge.run(
        threading.get_ident,
        lambda worker: seen.append((worker, threading.get_ident())),
        lambda error: pytest.fail(repr(error)),
    )
    qtbot.waitUntil(lambda: bool(seen), timeout=3000)
    bridge.close()
    worker, home = seen[0]
    assert home == threading.get_ident()
    assert worker != home


def test_failure_comes_back_as_the_exception(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[Exception] = []
    bridge.run(lambda: 1 // 0, lambda _: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=3000)
    bridge.close()
    assert isinstance(seen[0], ZeroDivisionError)


def test_call_from_any_thread_arrives(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[int] = []
    other = threading.Thread(target=lambda: bridge.post(lambda: seen.append(threading.get_ident())))
    other.start()
    other.join()
    qtbot.waitUntil(lambda: bool(seen), timeout=3000)
    bridge.close()
    assert seen == [threading.get_ident()]


def test_nothing_is_called_after_closing(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[int] = []
    bridge.post(lambda: seen.append(1))
    bridge.close()
    qtbot.wait(50)
    assert seen == []
