"""Between this station and the EMR: what changed there comes here, what was done here goes."""

from bcma.sync.progress import OnProgress, Progress, Stage
from bcma.sync.reconcile import Nightly
from bcma.sync.report import SyncReport
from bcma.sync.sync import Sync
from bcma.sync.worker import SyncWorker

__all__ = ["Nightly", "OnProgress", "Progress", "Stage", "Sync", "SyncReport", "SyncWorker"]
