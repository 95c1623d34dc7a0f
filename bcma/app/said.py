"""What a window or a scenario says, as values of ours."""

from collections.abc import Mapping

from bcma.bedside import BadgePin
from bcma.bedside.told import amount_from


def plain_value(code: str, value: object) -> object:
    """Read an answer as a shell writes it: amounts and people become values of ours."""
    if code == "documentation.witness" and isinstance(value, Mapping):
        badge, pin = value.get("badge"), value.get("pin")
        return BadgePin(badge, pin) if isinstance(badge, str) and isinstance(pin, str) else None
    if isinstance(value, tuple) and len(value) == len(BadgePin._fields):
        return BadgePin(*value)
    amount = amount_from(value)
    return value if amount is None else amount


def badge_pin(pair: tuple[str, str] | None) -> BadgePin | None:
    """Read a badge with its PIN."""
    return None if pair is None else BadgePin(*pair)


def person(who: tuple[str, str] | str | None) -> BadgePin | str | None:
    """Read a person who signs, or one who is only named."""
    return who if who is None or isinstance(who, str) else BadgePin(*who)
