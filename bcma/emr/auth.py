"""How this station proves itself to an EMR: a fixed token, or user and password."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BearerAuth:
    """A token that somebody else issues and renews."""

    token: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """Give the header with the token."""
        return {"Authorization": f"Bearer {self.token}"}

    def renew(self) -> bool:
        """Tell that a fixed token cannot be renewed here."""
        return False


@dataclass(frozen=True, slots=True)
class BasicAuth:
    """User and password (RFC 7617)."""

    user: str
    password: str = field(repr=False)

    def headers(self) -> Mapping[str, str]:
        """Give the header with both."""
        pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {pair}"}

    def renew(self) -> bool:
        """Tell that a password cannot be renewed here."""
        return False
