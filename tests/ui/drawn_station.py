"""A hand-made station: it answers with the state that it was given, and notes every verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bcma.app import Health, Progress, SafetyNotice, Shrinkage, Worklist
from bcma.bedside import PassState
from bcma.bedside.acts import Act
from bcma.config import Config, Language, load_config
from bcma.model.quantity import Quantity
from bcma.policy import Policy
from bcma.wording import Wording
from tests.ui.states import NOW

HEALTHY = Health(NOW - timedelta(minutes=6), reached=True, unsent=2, problems=0)


@dataclass
class DrawnStation:
    """A station that answers every verb with the state that it was given, and notes the verb."""

    shown: PassState
    folder: Path
    done: list[tuple[object, ...]] = field(default_factory=list)
    pin: str = "4711"
    work: Worklist = field(default_factory=Worklist)
    healthy: Health = HEALTHY
    unknown_bands: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.config: Config = load_config(None, {"BCMA_DATA_FOLDER": str(self.folder)})
        self.policy = Policy.default()

    def wording(self, language: Language) -> Wording:
        return Wording(language, self.config.zone)

    def _note(self, *verb: object) -> PassState:
        self.done.append(verb)
        return self.shown

    def state(self) -> PassState:
        return self.shown

    def sign_in(self, badge: str, pin: str) -> PassState:
        return self._note("sign_in", badge, pin)

    def lock(self) -> PassState:
        return self._note("lock")

    def scan(self, text: str) -> PassState:
        return self._note("scan", text)

    def unable_to_scan(self, what: str, reason: str, typed: Mapping[str, str]) -> PassState:
        return self._note("unable_to_scan", what, reason, dict(typed))

    def open_order(self, order: str) -> PassState:
        return self._note("open_order", order)

    def answer(self, code: str, value: object = None, **how: object) -> PassState:
        return self._note("answer", code, value, how)

    def release(self, code: str, **how: object) -> PassState:
        return self._note("release", code, how)

    def give(self, amount: Quantity | None = None, reason: str | None = None) -> PassState:
        return self._note("give", amount, reason)

    def hold(self, order: str | None, reason: str) -> PassState:
        return self._note("hold", order, reason)

    def refuse(self, order: str | None, reason: str) -> PassState:
        return self._note("refuse", order, reason)

    def act_on(self, event_id: str | None, act: Act) -> PassState:
        return self._note("act_on", event_id, act)

    def take_back(self) -> PassState:
        return self._note("take_back")

    def health(self) -> Health:
        return self.healthy

    @property
    def delivery(self) -> "DrawnStation":
        return self

    @property
    def safety(self) -> "DrawnStation":
        return self

    @property
    def custody(self) -> "DrawnStation":
        return self

    @property
    def bands(self) -> "DrawnStation":
        return self

    def is_unknown(self, text: str) -> bool:
        return text in self.unknown_bands

    @property
    def exchange(self) -> "DrawnStation":
        return self

    def cancel(self) -> bool:
        self.done.append(("cancel",))
        return True

    def resume(self) -> bool:
        self.done.append(("resume",))
        return True

    def compare_again(self) -> bool:
        self.done.append(("compare_again",))
        return True

    def accept(self, shown: Shrinkage) -> bool:
        self.done.append(("accept", shown))
        self.work = replace(self.work, shrinkage=replace(shown, accepted=True))
        return True

    def seen(self) -> bool:
        self.done.append(("seen",))
        self.healthy = replace(self.healthy, setback=None)
        return True

    def worklist(self) -> Worklist:
        return self.work

    def retry(self, sequence: int) -> bool:
        self.done.append(("retry", sequence))
        return True

    def handled(self, sequence: int, reason: str) -> bool:
        self.done.append(("handled", sequence, reason))
        return True

    def charted_twice(self, notice: SafetyNotice, right: str, reason: str) -> PassState:
        return self._note("charted_twice", notice.id, right, reason)

    def given_twice(self, notice: SafetyNotice) -> PassState:
        return self._note("given_twice", notice.id)

    def prescriber_told(self, notice: SafetyNotice) -> PassState:
        return self._note("prescriber_told", notice.id)

    def start_sync(
        self, changed: Callable[[], None], progress: Callable[[Progress], None] | None = None
    ) -> None:
        del changed, progress  # nothing is delivered here
        self.done.append(("start_sync",))
