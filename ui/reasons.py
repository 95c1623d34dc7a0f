"""Coded reasons as chips: the likely ones first, all others one tap away."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QApplication, QWidget

from ui.chips import Chip, ChipGrid
from ui.kit import Kit
from ui.widgets import clear, column, focus_one

#: How many reasons are shown at once, the last being "other".
_AT_ONCE = 6
#: Which reasons are likely, by the finding's code, its right, or the act; only an order of
#: display: what may be chosen is the policy's.
_LIKELY: Mapping[str, tuple[str, ...]] = {
    "hold": (
        "prescriber-decision",
        "nil-by-mouth",
        "value-out-of-range",
        "patient-off-ward",
        "suspected-reaction",
    ),
    "refuse": ("patient-request", "family-refused", "fasting", "asleep", "cannot-ask"),
    "give": ("no-stock", "prescriber-decision", "clinical-judgement", "patient-request", "vomited"),
    "time": ("patient-off-ward", "no-stock", "emergency", "patient-request", "before-procedure"),
    "patient": ("band-damaged", "band-missing", "isolation", "emergency", "scanner-failure"),
    "drug": ("prescriber-decision", "clinical-judgement", "emergency", "no-stock", "damaged-label"),
    "dose": (
        "clinical-judgement",
        "prescriber-decision",
        "patient-request",
        "no-stock",
        "emergency",
    ),
    "documentation": (
        "no-second-person",
        "emergency",
        "clinical-judgement",
        "scanner-failure",
        "prescriber-decision",
    ),
    "correct": (
        "other",
        "scanner-failure",
        "emergency",
        "clinical-judgement",
        "prescriber-decision",
    ),
    "unable-band": ("band-damaged", "band-missing", "isolation", "emergency", "scanner-failure"),
    "unable-unit": ("damaged-label", "no-barcode", "scanner-failure", "own-supply", "emergency"),
}
_ICONS = {
    "prescriber-decision": "stethoscope",
    "clinical-judgement": "stethoscope",
    "no-stock": "pill",
    "emergency": "ambulance",
    "patient-off-ward": "bed-outline",
    "patient-request": "account-outline",
    "family-refused": "account-group-outline",
    "asleep": "sleep",
    "nil-by-mouth": "silverware-variant",
    "fasting": "silverware-variant",
    "value-out-of-range": "test-tube",
    "before-procedure": "stethoscope",
    "damaged-label": "barcode-off",
    "band-damaged": "barcode-off",
    "band-missing": "barcode-off",
    "no-barcode": "barcode-off",
    "scanner-failure": "barcode-off",
    "isolation": "shield-outline",
    "suspected-reaction": "alert-outline",
    "other": "dots-horizontal",
}


def likely_first(subject: str, allowed: Sequence[str]) -> list[str]:
    """Put the likely reasons for a subject first; nothing is added or left out."""
    likely = _LIKELY.get(subject) or _LIKELY.get(subject.partition(".")[0], ())
    first = [code for code in likely if code in allowed]
    return first + [code for code in allowed if code not in first]


class ReasonChips(QWidget):
    """The reasons for one subject; choosing one tells it."""

    def __init__(
        self, kit: Kit, subject: str, choose: Callable[[str], None], *, likely: str = ""
    ) -> None:
        super().__init__()
        self._kit, self._choose = kit, choose
        self._reasons = likely_first(likely or subject, kit.policy.reasons_for(subject))
        self._layout = column()
        self.setLayout(self._layout)
        self._show(everything=len(self._reasons) <= _AT_ONCE)

    def _show(self, *, everything: bool) -> None:
        look = self._kit.look
        shown = self._reasons if everything else self._reasons[: _AT_ONCE - 1]
        chips = [
            Chip(look.word("reason", code), partial(self._choose, code), _ICONS.get(code, ""))
            for code in shown
        ]
        if not everything:
            more = Chip(look.say("reasons.more"), self._show_all, "dots-horizontal")
            chips.append(more)
        clear(self._layout)
        self._layout.addWidget(ChipGrid(look, chips))

    def _show_all(self) -> None:
        focused = QApplication.focusWidget()
        by_key = focused is not None and self.isAncestorOf(focused)
        self._show(everything=True)
        if by_key:
            focus_one(self)
