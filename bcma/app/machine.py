"""Names the machine on which a station runs, so that a copied store is found out (hazard H92)."""

import hashlib
import platform
import sys
from pathlib import Path
from typing import Final

#: Where Linux keeps the number that it gave itself when it was installed.
_FILES: Final = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_WINDOWS: Final = (r"SOFTWARE\Microsoft\Cryptography", "MachineGuid")


def fingerprint() -> str:
    """Give a hash of this machine's name and number: the same at every start, no other's.

    A disk image that was copied without giving the copy a number or a name of its own has the
    same; the records on the EMR tell such stores apart.
    """
    return hashlib.sha256(f"{platform.node()} {_number()}".encode()).hexdigest()


def _number() -> str:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - there is none elsewhere

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS[0]) as key:
            return str(winreg.QueryValueEx(key, _WINDOWS[1])[0])
    return next((file.read_text("ascii").strip() for file in _FILES if file.is_file()), "")
