"""What keeps a folder from being replayed; each names the file and what to look at there."""

from bcma.errors import DataError


class FolderIncomplete(DataError):
    """A file of the folder is missing."""

    code = "replay.missing-file"


class FileUnreadable(DataError):
    """A file cannot be read as CSV text: its encoding, its packing or its columns."""

    code = "replay.unreadable-file"


class RowUnreadable(DataError):
    """A row of a file cannot be understood."""

    code = "replay.unreadable-row"


class NothingToReplay(DataError):
    """The folder holds no such event, or no patient at all."""

    code = "replay.nothing"
