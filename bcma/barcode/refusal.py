"""How a decoder says no inside ``bcma.barcode``; outside, it is a ``BadCode``."""

from bcma.errors import DataError
from bcma.model.scan import BadCodeReason


class CodeError(DataError):
    """The text has the form of a known code, and breaks one of that code's rules.

    Attributes:
        reason: which rule.
        detail: the application identifier or field, never the value: it may name a person.
    """

    code = "barcode.refused"

    def __init__(self, reason: BadCodeReason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(reason=reason.value, detail=detail)
