"""The verbs of `bcma.app.Station` that the window uses; tests put a hand-made one in its place."""

from collections.abc import Callable, Mapping
from typing import Protocol

from bcma.app import Health, Progress, SafetyNotice, Shrinkage, Worklist
from bcma.bedside import PassState
from bcma.bedside.acts import Act
from bcma.config import Config, Language
from bcma.model.quantity import Quantity
from bcma.policy import Policy
from bcma.wording import Wording

#: Badge and PIN of somebody who proves who they are.
Pair = tuple[str, str]


class DeliveryPort(Protocol):
    """What a person decides about what the EMR refused."""

    def retry(self, sequence: int) -> bool:
        """Send again."""
        ...

    def handled(self, sequence: int, reason: str) -> bool:
        """Take off the list, unsent."""
        ...


class CustodyPort(Protocol):
    """What a person says about a store that was restored or copied."""

    def seen(self) -> bool:
        """Say that it was seen."""
        ...


class BandsPort(Protocol):
    """What is known of bands."""

    def is_unknown(self, text: str) -> bool:
        """Tell whether a scan is a band whose holder has to be asked of the EMR."""
        ...


class ExchangePort(Protocol):
    """What a person says about reading from the EMR."""

    def cancel(self) -> bool:
        """Break it off."""
        ...

    def resume(self) -> bool:
        """Go on at once."""
        ...

    def compare_again(self) -> bool:
        """Look at once whether the EMR is whole again."""
        ...

    def accept(self, shown: Shrinkage) -> bool:
        """Believe the EMR that what was shown was deleted on purpose."""
        ...


class SafetyPort(Protocol):
    """What a person finds out about doses charted twice, or late."""

    def charted_twice(self, notice: SafetyNotice, right: str, reason: str) -> PassState:
        """Say that one dose was given."""
        ...

    def given_twice(self, notice: SafetyNotice) -> PassState:
        """Say that every dose went in."""
        ...

    def prescriber_told(self, notice: SafetyNotice) -> PassState:
        """Say that the prescriber knows."""
        ...


class StationPort(Protocol):
    """One workstation, seen from its window.

    Verbs take milliseconds and stay off the network, but for the scan of an unknown band.
    """

    config: Config
    policy: Policy

    @property
    def delivery(self) -> DeliveryPort:
        """Give what is decided about refused deliveries."""
        ...

    @property
    def safety(self) -> SafetyPort:
        """Give what is decided about doses charted twice, or late."""
        ...

    @property
    def custody(self) -> CustodyPort:
        """Give what is said about a store that was restored or copied."""
        ...

    @property
    def bands(self) -> BandsPort:
        """Give what is known of bands."""
        ...

    @property
    def exchange(self) -> ExchangePort:
        """Give what is said about reading from the EMR."""
        ...

    def wording(self, language: Language) -> Wording:
        """Give the words of a language."""
        ...

    def state(self) -> PassState:
        """Give the pass as it stands now, judged afresh."""
        ...

    def sign_in(self, badge: str, pin: str) -> PassState:
        """Sign in; slow on purpose, so on a worker."""
        ...

    def lock(self) -> PassState:
        """Lock; the pass stays."""
        ...

    def scan(self, text: str) -> PassState:
        """Route a scan; that of an unknown band lasts as long as the EMR's answer."""
        ...

    def unable_to_scan(self, what: str, reason: str, typed: Mapping[str, str]) -> PassState:
        """Identify by hand."""
        ...

    def open_order(self, order: str) -> PassState:
        """Pick an order."""
        ...

    def answer(
        self,
        code: str,
        value: object = None,
        *,
        cannot: str | None = None,
        prescriber: Pair | str | None = None,
        witness: Pair | None = None,
    ) -> PassState:
        """Answer an ask."""
        ...

    def release(
        self,
        code: str,
        *,
        reason: str | None = None,
        prescriber: Pair | str | None = None,
        pharmacist: Pair | None = None,
        witness: Pair | None = None,
    ) -> PassState:
        """Let a finding pass."""
        ...

    def give(self, amount: Quantity | None = None, reason: str | None = None) -> PassState:
        """Chart as given."""
        ...

    def hold(self, order: str | None, reason: str) -> PassState:
        """Chart as held."""
        ...

    def refuse(self, order: str | None, reason: str) -> PassState:
        """Chart as refused."""
        ...

    def act_on(self, event_id: str | None, act: Act) -> PassState:
        """Do something about a record that was made before."""
        ...

    def take_back(self) -> PassState:
        """Take the last unit out of the dose."""
        ...

    def health(self) -> Health:
        """Give how the station stands with the EMR; reads whole charts, so on a worker."""
        ...

    def worklist(self) -> Worklist:
        """Give what waits for a person; takes milliseconds for each patient, so on a worker."""
        ...

    def start_sync(
        self, changed: Callable[[], None], progress: Callable[[Progress], None] | None = None
    ) -> None:
        """Deliver and poll in the background; the callbacks come on another thread."""
        ...
