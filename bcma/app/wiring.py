"""From a configuration to the parts that a station is built of."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx

from bcma.access import PinParameters, StationSigner
from bcma.app.machine import fingerprint
from bcma.barcode import SiteFormats
from bcma.config import Config, EmrAuth
from bcma.emr.auth import BasicAuth, BearerAuth
from bcma.emr.fhir_client import FhirClient
from bcma.emr.fhir_map import Dialect
from bcma.emr.transport import Auth, NoAuth
from bcma.model.ports import Clock
from bcma.policy import Policy, load_policy, shipped_policy
from bcma.store import Origin, Store, StoreIsMissingError
from bcma.sync import Nightly, Sync

_STORE_FILE: Final = "station.db"
_JOURNAL: Final = "journal"
_HOUR: Final = 3600


def site_policy(file: Path | None) -> Policy:
    """Read the site's policy file; without one, the shipped policy holds."""
    return shipped_policy() if file is None else load_policy(file)


def open_store(config: Config, now: datetime | None = None) -> Store:
    """Open the store of a station, made where there is none.

    Args:
        config: where it is, and its journal.
        now: when it is opened; left out, it is only looked at: not made, not compared with its
            journal, and no key is made to sign with.

    Raises:
        bcma.store.StoreError: it cannot be used; it was not touched.
    """
    file = store_file(config)
    if now is None and not (file.exists() and file.stat().st_size):
        raise StoreIsMissingError(folder=str(config.data_folder))
    config.data_folder.mkdir(parents=True, exist_ok=True)
    signer = None if now is None else StationSigner(config.data_folder)
    origin = None if now is None else replace(origin_of(config, now), signer=signer)
    return Store.open(
        store_file(config),
        ward=config.ward,
        dialect=dialect_of(config),
        origin=origin,
    )


def origin_of(config: Config, now: datetime) -> Origin:
    """Say on which machine the station's store stands, and where its journal is."""
    folder = config.journal_folder or config.data_folder / _JOURNAL
    # stations of a house may have their journals on one disk
    journal = folder / quote(config.station, safe="")
    return Origin(machine=fingerprint(), journal=journal, now=now, station=config.station)


def store_file(config: Config) -> Path:
    """Name the file of a station's store."""
    return config.data_folder / _STORE_FILE


def formats_of(config: Config) -> SiteFormats:
    """Give the forms of the codes that the site prints itself."""
    formats = config.formats
    return SiteFormats(
        band=formats.band,
        patient_label=formats.patient_label,
        badge=formats.badge,
        drug=formats.drug,
        command=formats.command,
        bare_mrn=formats.bare_mrn,
    )


def dialect_of(config: Config) -> Dialect:
    """Give how the site's EMR names its identifiers."""
    systems = config.systems
    return Dialect(
        zone=config.zone,
        wristband=systems.wristband,
        badge=systems.badge,
        gtin=systems.gtin,
        drug=systems.drug,
        registration=systems.registration,
        unit_label=systems.unit_label,
        event=systems.event,
    )


def http_of(config: Config, transport: httpx.BaseTransport | None) -> httpx.Client:
    """Build the HTTP client, with the configured time-outs."""
    emr = config.emr
    timeout = httpx.Timeout(
        emr.read_timeout.total_seconds(), connect=emr.connect_timeout.total_seconds()
    )
    return httpx.Client(timeout=timeout, transport=transport)


def auth_of(config: Config) -> Auth:
    """Give how this station proves itself to the EMR."""
    emr = config.emr
    secret = "" if emr.secret is None else emr.secret.value
    match emr.auth:
        case EmrAuth.NONE:
            return NoAuth()
        case EmrAuth.BEARER:
            return BearerAuth(secret)
        case EmrAuth.BASIC:
            return BasicAuth(emr.user, secret)


def client_of(config: Config, http: httpx.Client, machine: Clock) -> FhirClient:
    """Give what speaks to the EMR, and compares its clock with the machine's."""
    return FhirClient(config.emr.url, http, auth=auth_of(config), now=machine.now)


def sync_of(config: Config, store: Store, client: FhirClient, clock: Clock) -> Sync:
    """Give what keeps the store and the EMR together.

    When a station looks for deletions within the hour hangs on the name of its store, so that
    not all of a house ask at once.
    """
    after = timedelta(seconds=int(store.epoch[:8], 16) % _HOUR)
    nightly = Nightly(hour=config.emr.reconcile_hour, zone=config.zone, after=after)
    return Sync(store, client, clock, nightly)


def pins_of(config: Config) -> PinParameters:
    """Give what one check of a PIN costs."""
    cost = config.pin_hash
    return PinParameters(time_cost=cost.passes, memory_kib=cost.memory_kib, lanes=1)
