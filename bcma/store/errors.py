"""Why a store cannot be opened or written: one exception per cause."""

from bcma.errors import BcmaError


class StoreError(BcmaError):
    """The store's file cannot be used; ``cause`` says why."""

    code = "store.failed"


class StoreIsMissingError(StoreError):
    """There is no store to look at in ``folder``."""

    code = "store.missing"


class StoreIsNewerError(StoreError):
    """A newer version of the product wrote this store; it was not touched."""

    code = "store.newer"


class StoreIsForeignError(StoreError):
    """The file is a database, but not one of ours; it was not touched."""

    code = "store.foreign"


class StoreIsCorruptError(StoreError):
    """The file is no database, or a damaged one."""

    code = "store.corrupt"


class StoreUnwritableError(StoreError):
    """The file or its folder is read-only, full, or cannot be opened."""

    code = "store.unwritable"


class StoreBusyError(StoreError):
    """Another program holds the store for longer than a write may wait."""

    code = "store.busy"


class NoInstantError(StoreError):
    """A record names neither when it was made nor when the dose was given."""

    code = "store.no-instant"
