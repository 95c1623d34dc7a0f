"""The catalogue: every finding code of the eight rights, with its shipped defaults.

Codes are stable and never reused: they are the keys of translations, reports and policy.
One row holds every variant of a code, worst first. ``guarded`` (● in the contract) means
that no site policy may weaken it. Sentences are in ``bcma.wording``.
"""

from dataclasses import dataclass
from typing import Final

from bcma.model.verdict import NEVER, ReleaseBy, Right, Severity

_STOP, _ASK, _WARN, _INFO = Severity.STOP, Severity.ASK, Severity.WARN, Severity.INFO
_REASON = (ReleaseBy.REASON,)
_WITNESS = (ReleaseBy.WITNESS,)
_PHARMACIST = (ReleaseBy.PHARMACIST,)
_PRESCRIBER = (ReleaseBy.PRESCRIBER,)
_PRESCRIBER_WITNESS = (ReleaseBy.PRESCRIBER, ReleaseBy.WITNESS)
_PRESCRIBER_PHARMACIST = (ReleaseBy.PRESCRIBER, ReleaseBy.PHARMACIST)
#: The "cannot answer" of an ask: a coded reason, a prescriber, or none at all.
_CANNOT, _BY_PRESCRIBER, _MUST = ReleaseBy.REASON, ReleaseBy.PRESCRIBER, None


@dataclass(frozen=True, slots=True)
class Variant:
    """One shape of a code: its severity and who may let it pass."""

    severity: Severity
    release: tuple[ReleaseBy, ...] = NEVER
    cannot: ReleaseBy | None = None


@dataclass(frozen=True, slots=True)
class FindingSpec:
    """A row of the catalogue."""

    code: str
    variants: tuple[Variant, ...]
    guarded: bool = False

    @property
    def right(self) -> Right:
        """Give the right that the code belongs to."""
        return Right(self.code.partition(".")[0])

    def variant(self, severity: Severity | None = None) -> Variant:
        """Give the variant of a severity; without one, the worst.

        Raises:
            KeyError: the code has no variant of this severity.
        """
        if severity is None:
            return self.variants[0]
        for variant in self.variants:
            if variant.severity is severity:
                return variant
        raise KeyError(self.code, severity.word)


def _stop(release: tuple[ReleaseBy, ...] = NEVER) -> Variant:
    return Variant(_STOP, release)


def _warn(release: tuple[ReleaseBy, ...] = _REASON) -> Variant:
    return Variant(_WARN, release)


def _ask(cannot: ReleaseBy | None = _CANNOT) -> Variant:
    return Variant(_ASK, _REASON if cannot else NEVER, cannot)


_NOTE: Final = Variant(_INFO)


def _spec(code: str, *variants: Variant, guarded: bool = False) -> FindingSpec:
    return FindingSpec(code, variants, guarded)


CATALOGUE: Final[tuple[FindingSpec, ...]] = (
    # --- patient ---------------------------------------------------------------------
    _spec("patient.unknown-band", _stop(), guarded=True),
    _spec("patient.not-a-band", _stop(), guarded=True),
    _spec("patient.band-void", _stop(), guarded=True),
    _spec("patient.band-elsewhere", _warn()),
    _spec("patient.not-admitted", _stop(), _stop(_PRESCRIBER), guarded=True),
    _spec("patient.other-ward", _warn()),
    _spec("patient.mismatch", _stop(), guarded=True),
    _spec("patient.rescan", _ask(_MUST)),
    _spec("patient.name-alike", _NOTE),
    _spec("patient.band-unreadable", _warn()),
    # --- drug ------------------------------------------------------------------------
    _spec("drug.unknown-code", _stop()),
    _spec("drug.bad-code", _stop()),
    _spec("drug.not-ordered", _stop(_PRESCRIBER), guarded=True),
    _spec("drug.choose-order", _ask(_MUST)),
    _spec("drug.order-inactive", _stop(), guarded=True),
    _spec("drug.order-changed", _stop(), guarded=True),
    _spec("drug.order-unread", _ask()),
    _spec("drug.order-unverified", _stop(_PHARMACIST), _warn()),
    _spec("drug.order-rejected", _stop(_PRESCRIBER)),
    _spec("drug.order-unreadable", _stop(), guarded=True),
    _spec("drug.form-differs", _stop(_PHARMACIST)),
    _spec("drug.strength-unusable", _stop()),
    _spec("drug.other-strength", _NOTE),
    _spec("drug.substitute", _NOTE),
    _spec("drug.substitution-refused", _stop(_PRESCRIBER)),
    _spec("drug.other-patient", _stop(), guarded=True),
    _spec("drug.unit-used", _stop(), guarded=True),
    _spec("drug.container-other-patient", _stop(), guarded=True),
    _spec("drug.in-use-expired", _stop(), guarded=True),
    _spec("drug.container-empty", _ask()),
    _spec("drug.label-void", _stop(), guarded=True),
    _spec("drug.expired", _stop(), guarded=True),
    _spec("drug.expires-soon", _warn()),
    # Policy may ask for expiry and lot (biologics, vaccines).
    _spec("drug.expiry-unknown", _ask(), _NOTE),
    _spec("drug.lot-unknown", _ask(), _NOTE),
    _spec("drug.recalled", _stop(), guarded=True),
    _spec("drug.component-missing", _ask(_MUST)),
    _spec("drug.look-alike", _NOTE),
    _spec("drug.own-supply", _stop(_PHARMACIST)),
    _spec("drug.blood-product", _stop()),
    _spec("drug.allergy", _stop(_PRESCRIBER), _warn(), guarded=True),
    _spec("drug.allergies-unknown", _ask(), _NOTE),
    _spec("drug.interaction", _stop(_PRESCRIBER), _warn(), _NOTE),
    _spec("drug.duplicate", _warn()),
    _spec("drug.unscannable", _warn()),
    # The stop is ours: a check that crashed or could not be read lets nothing pass.
    _spec("drug.not-checked", _stop(), _warn(), _NOTE),
    # --- dose ------------------------------------------------------------------------
    _spec("dose.incomplete", _ask()),
    _spec("dose.excess", _stop(), guarded=True),
    _spec("dose.part-unit", _ask(), _NOTE),
    _spec("dose.choose", _ask()),
    _spec("dose.out-of-order", _stop(_PRESCRIBER)),
    _spec("dose.unit-unknown", _stop(), guarded=True),
    _spec("dose.above-single-max", _stop(_PRESCRIBER_WITNESS), guarded=True),
    _spec("dose.above-absolute", _stop(), guarded=True),
    _spec("dose.below-usual", _NOTE),
    _spec("dose.above-daily-max", _stop(_PRESCRIBER), _warn()),
    _spec("dose.weight-missing", _stop(_PRESCRIBER), _warn()),
    _spec("dose.weight-stale", _warn()),
    _spec("dose.rate", _stop(_PRESCRIBER)),
    _spec("dose.rate-unordered", _stop(_PRESCRIBER)),
    _spec("dose.recompute", _stop(), guarded=True),
    # --- route -----------------------------------------------------------------------
    _spec("route.missing", _stop(), guarded=True),
    _spec("route.choose", _ask(), _NOTE),
    _spec("route.mismatch", _stop(), _stop(_PHARMACIST), guarded=True),
    _spec("route.lethal", _stop(), guarded=True),
    _spec("route.do-not-crush", _stop(_PHARMACIST)),
    _spec("route.site-needed", _ask(), _NOTE),
    _spec("route.site-repeated", _warn()),
    _spec("route.patch-on", _stop()),
    _spec("route.nil-by-mouth", _stop(_PRESCRIBER), _NOTE),
    # --- time ------------------------------------------------------------------------
    _spec("time.early", _stop(_PRESCRIBER), _warn()),
    _spec("time.late", _warn()),
    _spec("time.missed-choice", _ask()),
    _spec("time.not-due", _stop(_PRESCRIBER)),
    _spec("time.already-given", _stop(), guarded=True),
    _spec("time.reopen", _ask()),
    _spec("time.too-soon", _stop(_PRESCRIBER), _warn()),
    _spec("time.prn-max", _stop(_PRESCRIBER)),
    _spec("time.weekly-only", _stop(_PRESCRIBER_PHARMACIST)),
    _spec("time.infusion-running", _ask()),
    _spec("time.infusion-check", _NOTE),
    _spec("time.stop-date", _warn()),
    _spec("time.in-future", _stop(), guarded=True),
    _spec("time.back-charted", _warn()),
    _spec("time.clock-off", _stop(), _NOTE),
    _spec("time.moved", _NOTE),
    # --- indication ------------------------------------------------------------------
    _spec("indication.missing", _warn(), _NOTE),
    _spec("indication.prn-reason", _ask()),
    _spec("indication.score-zero", _warn()),
    _spec("indication.contradicted", _stop(_PRESCRIBER), _warn()),
    # --- response --------------------------------------------------------------------
    _spec("response.measure", _ask(_BY_PRESCRIBER), _ask()),
    _spec("response.hold", _stop(_PRESCRIBER)),
    _spec("response.prior-reaction", _stop(_PRESCRIBER_WITNESS)),
    _spec("response.overdue", _warn()),
    _spec("response.follow-up", _NOTE),
    # --- documentation ---------------------------------------------------------------
    _spec("documentation.signed-out", _stop(), guarded=True),
    _spec("documentation.role", _stop(), guarded=True),
    _spec("documentation.witness", _ask(), _NOTE),
    _spec("documentation.witness-unavailable", _warn()),
    _spec("documentation.not-independent", _stop(), _warn(), guarded=True),
    _spec("documentation.incomplete", _ask()),
    _spec("documentation.not-saved", _stop(), guarded=True),
    _spec("documentation.orders-stale", _stop(_REASON), _warn()),
    _spec("documentation.other-station", _warn()),
    _spec("documentation.conflict", _stop(_PRESCRIBER)),
)

BY_CODE: Final[dict[str, FindingSpec]] = {spec.code: spec for spec in CATALOGUE}
