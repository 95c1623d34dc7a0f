"""The verbs of `bcma.app.Station` that the window uses; tests put a hand-made one in its place."""

from collections.abc import Callable, Mapping
from typing import Protocol

from bcma.app import Health
from bcma.bedside import PassState
from bcma.bedside.acts import Act
from bcma.config import Config, Language
from bcma.model.quantity import Quantity
from bcma.policy import Policy
from bcma.wording import Wording

#: Badge and PIN of somebody who proves who they are.
Pair = tuple[str, str]


class StationPort(Protocol):
    """One workstation, seen from its window. Verbs take milliseconds and stay off the network."""

    config: Config
    policy: Policy

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
        """Route a scan."""
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
        """Give how the station stands with the EMR."""
        ...

    def start_sync(self, changed: Callable[[], None]) -> None:
        """Deliver and poll in the background; the callback comes on another thread."""
        ...
