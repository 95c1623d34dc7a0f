"""What stands at the bottom of the verdict panel: the next act and the ways out, by state."""

from collections.abc import Callable
from enum import Enum, auto
from functools import partial

from bcma.bedside import PassState, Phase
from bcma.model.verdict import Verdict
from ui.actions import ActionRow, WayOut, give_button, missing_frame, way_out_button
from ui.acts import Give, GoOn, TakeBack, TakePatchOff
from ui.kit import Kit
from ui.shown import releasable, worn_patches


class Form(Enum):
    """What opens in place of the findings; none of them is a dialog."""

    HOLD = auto()
    REFUSE = auto()
    RELEASE = auto()
    PART = auto()
    UNABLE = auto()
    WHY = auto()


class VerdictActions:
    """Makes the action row; ``open_form`` and ``close_form`` are the panel's."""

    def __init__(
        self, kit: Kit, open_form: Callable[[Form], None], close_form: Callable[[], None]
    ) -> None:
        self._kit, self._open, self._close = kit, open_form, close_form

    def of_misread(self) -> ActionRow:
        """Offer to scan again."""
        look = self._kit.look
        again = way_out_button(
            look, look.say("button.scan-again"), "", partial(self._kit.do, GoOn()), "barcode-scan"
        )
        return ActionRow(look, again, (self._unable(),))

    def of_form(self, form: Form) -> ActionRow:
        """Offer the way back; a form says what is to be filled in."""
        look = self._kit.look
        if form is Form.WHY:
            words = look.say("button.back-to-verdict"), look.say("button.back-hint")
            return ActionRow(look, way_out_button(look, *words, self._close), ())
        text = look.say("form.fill-in" if form is Form.PART else "verdict.choose-reason")
        cancel = WayOut(look.say("button.cancel"), "close", self._close)
        return ActionRow(look, missing_frame(look, text), (cancel,))

    def of_prompt(self, state: PassState) -> ActionRow | None:
        """Say what to scan next; nothing to whoever is signed out."""
        look = self._kit.look
        if state.phase is Phase.SIGNED_OUT:
            return None
        scan = missing_frame(look, look.word("phase", state.phase), "barcode-scan")
        return ActionRow(look, scan, (self._unable(),))

    def of_pass(self, state: PassState) -> ActionRow | None:
        """Offer to give, where there is a dose."""
        look = self._kit.look
        if state.dose is None:
            return self.of_prompt(state)
        give = give_button(look, partial(self._kit.do, Give()))
        return ActionRow(look, give, self._ways_out(state))

    def of_asks(self, state: PassState, verdict: Verdict) -> ActionRow:
        """Say how many findings are open."""
        look = self._kit.look
        left = sum(f.holds_back for f in verdict.findings)
        frame = missing_frame(look, look.say("verdict.questions-left", count=left))
        ways = self._ways_out(state) if state.dose is not None else (self._unable(),)
        if state.dose is not None and verdict.open_finding("dose.incomplete"):
            part = WayOut(
                look.say("button.part"), "circle-half-full", partial(self._open, Form.PART)
            )
            ways = (part, *ways)
        return ActionRow(look, frame, ways)

    def of_stop(self, state: PassState, verdict: Verdict) -> ActionRow:
        """Name the way out of a stop."""
        look = self._kit.look
        if state.dose is not None and state.dose.units:
            act = partial(self._kit.do, TakeBack())
            stays = look.say("verdict.stays")
            following = way_out_button(look, look.say("button.taken-back"), stays, act)
        else:
            act = partial(self._kit.do, GoOn())
            following = way_out_button(look, look.say("button.understood"), "", act)
        ways = list(self._ways_out(state, back=False)) if state.dose and state.dose.order else []
        off = look.say("button.patch-removed")
        for event in worn_patches(state, verdict):
            ways.append(WayOut(off, "bandage", partial(self._kit.do, TakePatchOff(event))))
        if state.dose is not None and releasable(verdict):
            permit = partial(self._open, Form.RELEASE)
            ways.append(WayOut(look.say("button.release"), "account-key-outline", permit))
        return ActionRow(look, following, tuple(ways))

    def _ways_out(self, state: PassState, *, back: bool = True) -> tuple[WayOut, ...]:
        look = self._kit.look
        ways = [
            WayOut(look.say("button.hold"), "pause", partial(self._open, Form.HOLD)),
            WayOut(
                look.say("button.refuse"),
                "hand-front-right-outline",
                partial(self._open, Form.REFUSE),
            ),
        ]
        if back and state.dose is not None and state.dose.units:
            take = partial(self._kit.do, TakeBack())
            ways.append(WayOut(look.say("button.back"), "undo-variant", take))
        elif back:
            ways.append(
                WayOut(look.say("button.close"), "close", partial(self._kit.do, TakeBack()))
            )
        return tuple(ways)

    def _unable(self) -> WayOut:
        look = self._kit.look
        unable = partial(self._open, Form.UNABLE)
        return WayOut(look.say("button.unable-to-scan"), "barcode-off", unable)
