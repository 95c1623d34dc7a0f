"""Doses that want a second person whatever the drug file says: a readable list of the site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bcma.model.drug import Form, Medication
from bcma.policy.readers import Reader, flag, listing, parts, set_of, text


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessedDoses:
    """A group of drugs, by the routes on which they want a second person.

    Attributes:
        atc: how the ATC codes of the group begin.
        routes: HL7 table 0162; empty means by any route.
        concentrated: only what has to be diluted before it is given.
    """

    atc: tuple[str, ...]
    routes: frozenset[str] = frozenset()
    concentrated: bool = False

    def contain(self, drug: Medication, routes: Collection[str]) -> bool:
        """Tell whether a drug by one of these routes belongs to the group.

        A rinse or lock of a line (``scan_exempt``) is no dose of its drug.
        """
        return (
            any(code.startswith(self.atc) for code in drug.atc_codes)
            and (not self.routes or not self.routes.isdisjoint(routes))
            and (not self.concentrated or _is_concentrate(drug))
            and not drug.scan_exempt
        )


def _is_concentrate(drug: Medication) -> bool:
    return drug.must_dilute or drug.form is Form.CONCENTRATE


_KEYS: Final[Mapping[str, Reader[Any]]] = {
    "atc": listing(text),
    "routes": set_of(text),
    "concentrated": flag,
}


def read_witnessed(written: object) -> WitnessedDoses:
    """Read a group, all of whose keys are written out; without ATC codes it holds nothing."""
    return WitnessedDoses(**parts(_KEYS)(written))
