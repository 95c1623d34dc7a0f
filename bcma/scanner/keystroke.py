"""The words of the keyboard wedge: what goes into it and what comes out."""

from dataclasses import dataclass
from enum import Enum, Flag, StrEnum, auto
from itertools import pairwise

from bcma.errors import DataError

GS = "\x1d"
"""Group separator of GS1, character 29."""

_LEAST_THRESHOLD = 20
_MOST_THRESHOLD = 150


class Key(Enum):
    """Which kind of key or event a stroke is."""

    CHARACTER = auto()
    ENTER = auto()
    TAB = auto()
    BACKSPACE = auto()
    MODIFIER = auto()
    """Shift, Ctrl, Alt or CapsLock by itself."""
    INPUT_METHOD = auto()
    """Text that an input method committed or is composing, instead of a key."""
    OTHER = auto()
    """Arrows, function keys, Escape, Delete ..."""


class Modifier(Flag):
    """Keys held down during a stroke, as the event says."""

    NONE = 0
    SHIFT = auto()
    CTRL = auto()
    ALT = auto()
    META = auto()


class RejectReason(StrEnum):
    """Why a burst of keys is no scan. It is swallowed: nothing of it reaches a field."""

    INPUT_METHOD = "input-method"
    BACKSPACE = "backspace"
    NON_ASCII = "non-ascii"
    MODIFIER = "modifier"
    KEY = "key"
    AUTO_REPEAT = "auto-repeat"
    CAPS_LOCK = "caps-lock"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    TOO_LONG = "too-long"


VIETNAMESE_TYPING = frozenset(
    {RejectReason.INPUT_METHOD, RejectReason.BACKSPACE, RejectReason.NON_ASCII}
)
"""What Telex, VNI and input methods leave behind: "turn Vietnamese typing off"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStroke:
    """One key press, or one input-method event. Key releases are not fed.

    Attributes:
        at_ms: the event's own time, never the time of its arrival.
        text: what the key types in its layout and with its modifiers; may be empty.
        key: its kind.
        modifiers: keys held down.
        auto_repeat: it repeats a key held down.
        token: the caller's own, such as the event itself; never looked at.
    """

    at_ms: int
    text: str = ""
    key: Key = Key.CHARACTER
    modifiers: Modifier = Modifier.NONE
    auto_repeat: bool = False
    token: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WedgeOutcome:
    """What became of the keys so far.

    Attributes:
        released: a person's strokes, in their order, to be delivered now as they came.
        text: a finished scan's text, prefix and end key taken off.
        ended_ms: time of the last stroke of that scan or rejected burst.
        rejected: a burst was swallowed for this reason.
    """

    released: tuple[KeyStroke, ...] = ()
    text: str | None = None
    ended_ms: int | None = None
    rejected: RejectReason | None = None


class WedgeSettingError(DataError):
    """A wedge setting outside its bounds. Facts: ``setting``, ``value``."""

    code = "config.wedge"


@dataclass(frozen=True, slots=True, kw_only=True)
class WedgeSettings:
    """How this workstation's readers type.

    Attributes:
        threshold_ms: a median gap below this is a reader's; 20 to 150, learnt from a test
            scan (wired readers 7 to 16 ms, wireless ones slower).
        prefix: what a reader sends before every code, taken off; a burst without it is
            rejected. Empty: none.
        suffix_required: the readers end every code by Enter or Tab, so a burst that ends in
            silence has lost its end.
        caps_lock_compensated: the readers watch the CapsLock light and type around it.

    Raises:
        WedgeSettingError: a value is out of bounds.
    """

    threshold_ms: int = 35
    prefix: str = ""
    suffix_required: bool = False
    caps_lock_compensated: bool = False

    def __post_init__(self) -> None:
        if not _LEAST_THRESHOLD <= self.threshold_ms <= _MOST_THRESHOLD:
            raise WedgeSettingError(setting="threshold_ms", value=self.threshold_ms)
        if not self.prefix.isascii():
            raise WedgeSettingError(setting="prefix", value=self.prefix)

    @property
    def hold_ms(self) -> int:
        """How long a key is held while nothing follows: 60 ms as shipped."""
        return max(60, self.threshold_ms * 3 // 2)

    @property
    def end_ms(self) -> int:
        """The silence that ends a burst: longer than a hiccup of a wireless reader."""
        return 3 * self.threshold_ms


def learn_threshold(times_ms: list[int]) -> int:
    """Give the threshold for the reader that typed a test scan at these times.

    Twice the second-slowest gap leaves room for a bad day, within the bounds of the setting.

    Raises:
        WedgeSettingError: fewer than four keys, or slower than any reader: no scan.
    """
    gaps = sorted(later - sooner for sooner, later in pairwise(times_ms))
    slow = gaps[-2] if len(gaps) > 2 else _MOST_THRESHOLD  # noqa: PLR2004 three gaps, four keys
    if slow >= _MOST_THRESHOLD:
        raise WedgeSettingError(setting="threshold_ms", value=slow)
    return min(max(2 * slow, _LEAST_THRESHOLD), _MOST_THRESHOLD)
