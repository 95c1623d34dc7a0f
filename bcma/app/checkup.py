"""One look at a workstation: is it fit for the next round, or does somebody have to see to it?

Looks only: nothing is pulled, sent or charted, and nobody need be signed in.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import httpx

from bcma.access import SigningKeyError, public_key
from bcma.app.wiring import auth_of, http_of, open_store, origin_of, site_policy
from bcma.config import Config
from bcma.emr.errors import EmrError
from bcma.emr.fhir_client import FhirClient
from bcma.model.ports import Clock
from bcma.store import Store, StoreError

_GIB: Final = 2**30
#: Less room than this is told: a year of a ward's records takes about as much.
_LEAST_ROOM: Final = 1 * _GIB


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that was looked at: what, whether it is well, and the facts of its sentence."""

    code: str
    well: bool
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at, in reading order."""

    signs: tuple[Sign, ...]

    @property
    def ill(self) -> int:
        """Count what needs a person."""
        return sum(not sign.well for sign in self.signs)


def check_up(
    config: Config, clock: Clock, *, transport: httpx.BaseTransport | None = None
) -> Checkup:
    """Look at a station, whether or not its window is open.

    Raises:
        bcma.policy.PolicyError: the policy has mistakes; it names all of them.
    """
    policy = site_policy(config.policy_file)
    emr, keeps_audit = _of_emr(config, clock, policy.clock_off, transport)
    try:
        with open_store(config) as store:
            journal = origin_of(config, clock.now()).journal
            delivery = _of_delivery(store, clock.now(), policy.orders_stale)
            key = _of_key(config)
            audit = _of_audit(store, clock.now(), policy.orders_stale, kept=keeps_audit)
            signs = (*_of_store(store, journal), key, *emr, *delivery, audit)
    except StoreError as broken:
        facts = {**broken.facts, "failure": broken.code}
        signs = (Sign("store-failed", well=False, facts=facts), *emr)
    return Checkup((*signs, _room(config)))


def _of_store(store: Store, journal: Path) -> Iterator[Sign]:
    found = store.condition()
    yield Sign("store", found.sound, {"kind": found.kind, "version": found.version})
    checked = store.check_audit()
    facts: dict[str, object] = {"count": checked.entries}
    if checked.broken is not None:
        facts |= {"at": checked.broken.sequence, "flaw": checked.broken.why.value}
    yield Sign("audit", checked.broken is None, facts)
    lacks = store.journal_lacks(journal)
    yield Sign("journal" if lacks is not None else "other-journal", lacks == 0, {"count": lacks})
    back = store.setback()
    if back is not None:
        facts = {"count": back.brought_back, "missing": back.missing}
        yield Sign("restored" if back.restored else "copied", well=False, facts=facts)
    yield Sign("staff", found.staff > 0, {"count": found.staff})


def _of_key(config: Config) -> Sign:
    """Look whether what is recorded can be signed; a key is made at the first start only."""
    try:
        return Sign("key", well=True, facts={"name": public_key(config.data_folder)["kid"]})
    except SigningKeyError as failed:
        return Sign("key", well=False, facts={**failed.facts, "failure": failed.code})


def _of_emr(
    config: Config, clock: Clock, limit: timedelta, transport: httpx.BaseTransport | None
) -> tuple[tuple[Sign, ...], bool]:
    """Ask the server what it can: the least question that every FHIR server answers.

    Returns:
        Also whether it keeps an audit trail, as far as is known.
    """
    with http_of(config, transport) as http:
        client = FhirClient(config.emr.url, http, auth=auth_of(config), now=clock.now)
        keeps_audit = True
        try:
            keeps_audit = client.capabilities().keeps_audit
            signs = [Sign("emr", well=True)]
        except EmrError as failed:
            signs = [Sign("emr", well=False, facts={"failure": failed.code})]
        offset = client.clock_offset
    if offset is not None:
        seconds = round(offset.total_seconds())
        signs.append(Sign("clock", abs(offset) <= limit, {"seconds": seconds}))
    return tuple(signs), keeps_audit


def _of_delivery(store: Store, now: datetime, limit: timedelta) -> Iterator[Sign]:
    """Look at what came and what went; ``limit`` is the age from which either is told."""
    as_of = store.orders_as_of()
    yield Sign("orders", as_of is not None and now - as_of <= limit, {"as_of": as_of})
    lost = sum(loss.missing for loss in store.losses.found())
    if lost:
        yield Sign("shrank", well=False, facts={"count": lost})
    waits = store.backlog()
    unsent = {"count": waits.waiting, "unknown": waits.unknown, "since": waits.since}
    yield Sign("unsent", waits.since is None or now - waits.since <= limit, unsent)
    unclear = len(store.issues.open())
    yield Sign("unclear", well=unclear == 0, facts={"count": unclear})
    refused = {"count": waits.refused, "since": waits.refused_since}
    yield Sign("refused", waits.refused == 0, refused)


def _of_audit(store: Store, now: datetime, limit: timedelta, *, kept: bool) -> Sign:
    """Look at what of the audit trail the EMR lacks; where it keeps none, that is as it is."""
    waits = store.untold()
    if not kept:
        return Sign("audit-stays", well=True, facts={"count": waits.count})
    fresh = waits.since is None or now - waits.since <= limit
    return Sign("untold", fresh, {"count": waits.count, "since": waits.since})


def _room(config: Config) -> Sign:
    places = (config.data_folder.absolute(), *config.data_folder.absolute().parents)
    free = shutil.disk_usage(next(place for place in places if place.exists())).free
    return Sign("disk", free >= _LEAST_ROOM, {"free": round(Decimal(free) / _GIB, 1)})
