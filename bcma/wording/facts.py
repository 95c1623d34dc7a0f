"""The facts that each finding's sentences name: a rule that raises the code supplies them.

A fact that is missing at run time is shown as a dash. Types:

- ``at``, ``as_of``, ``planned``, ``earliest``, ``next``, ``given_at``: instants;
- ``expiry``, ``limit``: may be dates;
- ``minutes``, ``count``: whole numbers;
- ``amount``, ``total``, ``value``, ``low``, ``high``, ``limit`` and, where doses are
  compared, ``ordered`` and ``scanned``: quantities;
- facts named in ``VOCABULARY``: codes, shown in the reader's language;
- everything else is shown as given.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from bcma.model.drug import Form, HighAlert
from bcma.model.order import OrderStatus
from bcma.model.people import EncounterStatus, Role
from bcma.model.record import RecordStatus
from bcma.model.slot import SlotState

#: Facts whose value is a code, and the families of keys that hold its words, in order.
VOCABULARY: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "route": ("route",),
        "routes": ("route",),
        "site": ("site",),
        "reason": ("reason", "not-checked", "bad-code", "lethal"),
        "status": ("status",),
        "kin": ("kin",),
        "form": ("form",),
        "role": ("role",),
        "roles": ("role",),
        "measure": ("loinc",),
        "missing": ("field",),
        "period": ("period",),
        "expected": ("expected",),
        "component": ("component",),
        # What an explanation shows (bcma.rules.aspects).
        "ordered-routes": ("route",),
        "route-taken": ("route",),
        "container-routes": ("route",),
        "label-routes": ("route",),
        "feeding-route": ("route",),
        "nil-by-mouth": ("nil-by-mouth",),
        "site-ordered": ("site",),
        "site-taken": ("site",),
        "site-before": ("site",),
        "band-by-hand": ("reason",),
        "scanned-by-hand": ("reason",),
        "hold-values": ("loinc",),
        "claim": ("claim",),
        "approval": ("approval",),
        "approval-wanted": ("approval-wanted",),
        "order-priority": ("priority",),
    }
)

#: Enumerations whose members may be facts by themselves, and the family of their words.
FAMILY_OF: Final[Mapping[type[Enum], str]] = MappingProxyType(
    {
        Form: "form",
        Role: "role",
        OrderStatus: "status",
        RecordStatus: "status",
        EncounterStatus: "status",
        SlotState: "status",
        HighAlert: "high-alert",
    }
)

#: Every finding code and the facts in its headline and in what to do next.
FACTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "patient.unknown-band": (),
        "patient.not-a-band": (),
        "patient.band-void": (),
        "patient.band-elsewhere": ("station", "at"),
        "patient.not-admitted": ("status",),
        "patient.other-ward": ("ward",),
        "patient.mismatch": ("patient", "other_patient", "kin"),
        "patient.rescan": (),
        "patient.name-alike": ("other_patient", "mrn", "bed"),
        "patient.band-unreadable": (),
        "drug.unknown-code": ("text",),
        "drug.bad-code": ("reason",),
        "drug.not-ordered": ("scanned",),
        "drug.choose-order": (),
        "drug.order-inactive": ("status",),
        "drug.order-changed": (),
        "drug.order-unread": (),
        "drug.order-unverified": (),
        "drug.order-rejected": ("reason",),
        "drug.order-unreadable": ("text",),
        "drug.form-differs": ("ordered", "scanned"),
        "drug.strength-unusable": ("ordered", "scanned"),
        "drug.other-strength": ("ordered", "scanned", "amount", "total"),
        "drug.substitute": ("ordered",),
        "drug.substitution-refused": ("ordered",),
        "drug.other-patient": (),
        "drug.unit-used": ("serial",),
        "drug.container-other-patient": (),
        "drug.in-use-expired": ("expiry",),
        "drug.container-empty": (),
        "drug.label-void": (),
        "drug.expired": ("expiry",),
        "drug.expires-soon": ("expiry",),
        "drug.expiry-unknown": (),
        "drug.lot-unknown": (),
        "drug.recalled": ("reason", "lot"),
        "drug.component-missing": ("component",),
        "drug.look-alike": ("ordered", "scanned"),
        "drug.own-supply": (),
        "drug.blood-product": (),
        "drug.allergy": ("text",),
        "drug.allergies-unknown": (),
        "drug.interaction": ("drug",),
        "drug.duplicate": ("drug", "given_at"),
        "drug.unscannable": (),
        "drug.not-checked": ("reason",),
        "dose.incomplete": ("count", "total"),
        "dose.excess": ("scanned",),
        "dose.part-unit": ("amount",),
        "dose.choose": ("low", "high"),
        "dose.out-of-order": ("amount",),
        "dose.unit-unknown": ("ordered", "scanned"),
        "dose.above-single-max": ("amount", "limit"),
        "dose.above-absolute": ("amount", "limit"),
        "dose.below-usual": ("amount", "limit"),
        "dose.above-daily-max": ("drug", "given", "amount", "total", "limit", "period", "next"),
        "dose.weight-missing": (),
        "dose.weight-stale": ("value", "at", "before"),
        "dose.rate": ("value", "limit"),
        "dose.rate-unordered": (),
        "dose.recompute": ("giver", "witness", "left"),
        "route.missing": ("text",),
        "route.choose": ("routes", "route"),
        "route.mismatch": ("scanned", "route"),
        "route.lethal": ("scanned", "route", "reason"),
        "route.do-not-crush": ("scanned",),
        "route.site-needed": ("route", "site"),
        "route.site-repeated": ("site",),
        "route.patch-on": ("site", "given_at"),
        "route.nil-by-mouth": (),
        "time.early": ("minutes", "planned", "earliest"),
        "time.late": ("minutes", "planned", "next"),
        "time.missed-choice": ("planned", "next"),
        "time.not-due": ("next",),
        "time.already-given": ("given_at", "given_by"),
        "time.reopen": ("status", "planned"),
        "time.too-soon": ("next", "given_at"),
        "time.prn-max": ("count", "limit", "next"),
        "time.weekly-only": ("given_at",),
        "time.infusion-running": (),
        "time.infusion-check": ("drug",),
        "time.stop-date": ("limit",),
        "time.in-future": ("given_at",),
        "time.back-charted": ("minutes",),
        "time.clock-off": ("minutes",),
        "time.moved": ("given_at",),
        "indication.missing": (),
        "indication.prn-reason": (),
        "indication.score-zero": (),
        "indication.contradicted": ("text",),
        "response.measure": ("measure",),
        "response.hold": ("measure", "value", "limit"),
        "response.prior-reaction": ("drug",),
        "response.overdue": ("drug", "given_at"),
        "response.follow-up": ("drug", "next"),
        "documentation.signed-out": (),
        "documentation.role": (),
        "documentation.witness": (),
        "documentation.witness-unavailable": (),
        "documentation.not-independent": (),
        "documentation.incomplete": ("missing",),
        "documentation.not-saved": (),
        "documentation.orders-stale": ("as_of",),
        "documentation.other-station": ("station",),
        "documentation.conflict": ("count", "planned", "given_by"),
    }
)
