"""Which patients are read next, where a server is read patient by patient."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from bcma.model.people import Encounter

#: Of what one poll reads, this share is for the patients of the ward.
_OF_WARD: Final = 4, 5
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def of_ward(stays: Iterable[Encounter], ward: str) -> tuple[str, ...]:
    """Give the patients of a ward, each once; without a ward, all."""
    return tuple(dict.fromkeys(s.patient_id for s in stays if not ward or ward in s.wards))


def choose(
    stays: Iterable[Encounter],
    as_of: Mapping[str, datetime | None],
    *,
    ward: str,
    opened: str | None,
    budget: int,
) -> tuple[str, ...]:
    """Choose whom to read in this poll, the most urgent first.

    The open patient always; everybody of the ward who was never read; then who was read
    longest ago, most of them of the ward, so that nobody of the house is left behind.
    """
    stays = tuple(stays)

    def oldest(patients: Iterable[str]) -> list[str]:
        return sorted(patients, key=lambda p: (as_of.get(p) or _NEVER, p))

    mine = oldest(of_ward(stays, ward))
    others = oldest({stay.patient_id for stay in stays}.difference(mine))
    part, whole = _OF_WARD
    share = max(budget * part // whole, budget - len(others))
    never = [patient for patient in mine if as_of.get(patient) is None]
    chosen = [*([opened] if opened else []), *never, *mine[:share]]
    chosen += others[: max(0, budget - len(mine[:share]))]
    return tuple(dict.fromkeys(chosen))
