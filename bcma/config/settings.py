"""Every setting of a workstation, declared once: name, reader, default, help."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from platformdirs import user_data_path

from bcma.config.values import EmrAuth, Language, Theme, expression, path, secret, url, zone
from bcma.policy.readers import Reader, flag, member, span, text, whole

_SECOND = timedelta(seconds=1)
#: Environment variables of ours begin with it.
PREFIX: Final = "BCMA_"
_NO = False


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        name: dotted, as the TOML file has it: ``emr.url`` is ``url`` in the table ``[emr]``.
        read: from what TOML has, or the text of an environment variable.
        default: as it would be written; ``None`` is nothing. A function is called at load.
        help: one sentence for the person who sets it.
        in_file: whether the file may hold it; secrets may not.
    """

    name: str
    read: Reader[object]
    default: object | Callable[[], object]
    help: str
    in_file: bool = True

    @property
    def variable(self) -> str:
        """Give the environment variable that overrides the file."""
        return PREFIX + self.name.upper().replace(".", "_")

    @property
    def default_now(self) -> object:
        """Give the default as it would be written here."""
        return self.default() if callable(self.default) else self.default


def _word(written: object) -> str:
    """Read a text that may be empty."""
    return written if written == "" else text(written)


def _data_folder() -> str:
    return str(user_data_path("bcma", appauthor=False))


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting("station", text, "A", "Name of this workstation, unique in the hospital."),
    Setting("ward", _word, "", "Ward that this station serves: its code in the EMR. Empty: all."),
    Setting("zone", zone, "Asia/Ho_Chi_Minh", "Time zone of the ward."),
    Setting("language", member(Language), "vi", "Language at start: vi or en."),
    Setting("theme", member(Theme), "light", "Look of the window: light, dark or contrast."),
    Setting("data_folder", path, _data_folder, "Folder of the store."),
    Setting(
        "journal_folder",
        path,
        None,
        "Folder of the journal, on another disk than the store. Left out: beside the store.",
    ),
    Setting("policy_file", path, None, "Site policy; left out: the shipped one."),
    Setting("knowledge_folder", path, None, "Drug knowledge pack; left out: the shipped one."),
    Setting("emr.url", url, "http://127.0.0.1:8080/fhir", "Base address of the FHIR R4 server."),
    Setting("emr.auth", member(EmrAuth), "none", "none, bearer (token) or basic (password)."),
    Setting("emr.user", _word, "", "User name for basic."),
    Setting("emr.secret", secret, None, "Token or password.", in_file=False),
    Setting("emr.secret_file", path, None, "File that holds the token or password, and no more."),
    Setting("emr.connect_timeout", span(_SECOND, 1, 60), 5, "Seconds to reach the server."),
    Setting("emr.read_timeout", span(_SECOND, 1, 600), 30, "Seconds to wait for an answer."),
    Setting(
        "emr.reconcile_hour",
        whole(0, 23),
        3,
        "Hour, by the ward's clock, from which deletions on the server are looked for each night.",
    ),
    Setting("emr.poll", span(_SECOND, 5, 3600), 30, "Seconds between two pulls of changes."),
    Setting(
        "formats.band",
        expression("band", "instance"),
        r"^BN(?P<band>[0-9A-Z]{4,20})\.(?P<instance>[0-9]{1,10})$",
        "Wristband; groups band and instance.",
    ),
    Setting(
        "formats.patient_label",
        expression("mrn"),
        "^HS(?P<mrn>[0-9A-Z]{4,20})$",
        "Chart, tube or bed label; group mrn.",
    ),
    Setting(
        "formats.badge",
        expression("badge"),
        "^(?P<badge>NV-[0-9A-Z-]{3,20})$",
        "Staff badge; group badge.",
    ),
    Setting(
        "formats.drug",
        expression("drug"),
        "^TH(?P<drug>[0-9A-Z-]{2,20})$",
        "The hospital's own drug code; group drug.",
    ),
    Setting(
        "formats.command",
        expression("command"),
        "^CMD-(?P<command>GIVE|HOLD|REFUSE|BACK|WITNESS|UNDO)$",
        "Command sheet; group command.",
    ),
    Setting(
        "formats.bare_mrn",
        expression("mrn"),
        None,
        "A record number without any mark; group mrn. Left out: cannot be told from others.",
    ),
    Setting("systems.wristband", text, "urn:bcma:wristband", "Identifier system of wristbands."),
    Setting("systems.badge", text, "urn:bcma:badge", "Identifier system of staff badges."),
    Setting("systems.gtin", text, "https://www.gs1.org/gtin", "Identifier system of GTINs."),
    Setting("systems.drug", text, "urn:bcma:drug", "Identifier system of hospital drug codes."),
    Setting("systems.registration", text, "urn:bcma:vn-reg", "System of registration numbers."),
    Setting("systems.unit_label", text, "urn:bcma:unit-label", "System of unit label serials."),
    Setting("systems.event", text, "urn:bcma:event", "System of our event identifiers."),
    Setting("pin_hash.passes", whole(1, 20), 3, "Passes of argon2 over a PIN."),
    Setting("pin_hash.memory_kib", whole(8, 1_048_576), 65_536, "Memory of argon2 in KiB."),
    Setting(
        "wedge.threshold_ms",
        whole(20, 150),
        35,
        "Keys closer together than this many milliseconds come from a reader.",
    ),
    Setting("wedge.prefix", _word, "", "What the readers send before every code. Empty: nothing."),
    Setting("wedge.suffix_required", flag, _NO, "The readers end every code by Enter or Tab."),
    Setting("wedge.caps_lock_compensated", flag, _NO, "The readers type around Caps Lock."),
)


def config_help() -> str:
    """List every setting for a person: name, environment variable, default, meaning."""
    lines = []
    for setting in SETTINGS:
        default = "-" if setting.default is None else setting.default
        shown = "per user" if callable(default) else str(default)
        name = setting.name if setting.in_file else f"{setting.name} (environment only)"
        lines += [f"{name}", f"    {setting.help}", f"    {setting.variable}, default: {shown}"]
    return "\n".join(lines)
