"""One workstation of a scenario: a real station, its store, and the network before it."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bcma.app import Station
from bcma.config import Config, PinHash, load_config
from bcma.model.ports import Clock
from bcma.policy import Policy
from bcma.simulate.network import SwitchedTransport
from bcma.simulate.scenario import Scenario, StationPlan
from bcma.simulate.server_time import ServerTime, transport_to_emr
from bcma.simulate.verbs import Network

#: "When 30 s or more of scenario time have passed since its last sync" (scenario.md).
_POLL: Final = timedelta(seconds=30)
#: Nobody attacks the PINs of a scenario: they may be cheap to check.
_CHEAP_HASH: Final = PinHash(passes=1, memory_kib=64)


class Desk:
    """A workstation, from its first start to :meth:`close`; restarts keep its store.

    Args:
        config: its settings; the store goes into its data folder.
        policy: of the site.
        clock: the scenario's.
        knowledge_absent: no drug knowledge pack, on purpose.
        server_time: of an EMR with a clock of its own; ``None``: its clock is the scenario's.
    """

    def __init__(
        self,
        config: Config,
        policy: Policy,
        clock: Clock,
        *,
        knowledge_absent: bool = False,
        server_time: ServerTime | None = None,
    ) -> None:
        self.name = config.station
        self._config = config
        self._policy = policy
        self._clock = clock
        self._knowledge_absent = knowledge_absent
        self._server_time = server_time
        self._network = Network.UP
        self._last_sync: datetime | None = None
        self._starts = 0
        self._open()

    @property
    def network(self) -> Network:
        """What lies between this workstation and the EMR."""
        return self._network

    @network.setter
    def network(self, network: Network) -> None:
        self._network = self._transport.network = network

    def sync(self) -> None:
        """Pull and push once."""
        self._last_sync = self._clock.now()
        self.station.sync_now()

    def poll(self) -> None:
        """Sync as in life: while the network is up, every 30 seconds."""
        due = self._last_sync is None or self._clock.now() - self._last_sync >= _POLL
        if due and self._network is Network.UP:
            self.sync()

    def restart(self, *, kill: bool) -> None:
        """Close and reopen the program on its store.

        Killed, it goes on with the files as they lay on the disk at that instant.
        """
        left = self._config.data_folder
        if kill:
            left = left.with_name(f"{self.name}-{self._starts}")
            shutil.copytree(self._config.data_folder, left)
        self.station.close()
        self._config = replace(self._config, data_folder=left)
        self._open()

    def close(self) -> None:
        """End the program."""
        self.station.close()

    def _open(self) -> None:
        self._starts += 1
        self._transport = SwitchedTransport(transport_to_emr(self._server_time))
        self._transport.network = self._network
        self.station = Station(
            self._config,
            self._clock,
            policy=self._policy,
            transport=self._transport,
            knowledge_absent=self._knowledge_absent,
        )


def desk_config(scenario: Scenario, plan: StationPlan, emr_url: str, folder: Path) -> Config:
    """Build the configuration of a workstation: shipped settings and the scenario's."""
    shipped = load_config(None, {})
    data_folder = folder / plan.name
    data_folder.mkdir()
    return replace(
        shipped,
        station=plan.name,
        ward=plan.ward,
        zone=scenario.zone,
        data_folder=data_folder,
        knowledge_folder=scenario.knowledge if isinstance(scenario.knowledge, Path) else None,
        emr=replace(shipped.emr, url=emr_url),
        pin_hash=_CHEAP_HASH,
    )
