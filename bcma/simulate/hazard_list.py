"""The hazards H01 to H116: what goes wrong at the bedside, and what answers it.

Numbers are stable. ``answer`` is a finding code of the catalogue, or the mechanism.
"""

from typing import Final, NamedTuple


class Hazard(NamedTuple):
    """A hazard."""

    number: str
    title: str
    answer: str


HAZARDS: Final[tuple[Hazard, ...]] = (
    # --- patient -----------------------------------------------------------------------
    Hazard("H01", "band of another patient than the one in hand", "patient.mismatch"),
    Hazard("H02", "two patients with nearly the same name", "patient.name-alike"),
    Hazard("H03", "proxy band: label, old print, taped code", "patient.band-void, not-a-band"),
    Hazard("H04", "patient discharged, moved or deceased", "patient.not-admitted"),
    Hazard("H05", "twins, or mother and baby, confused", "patient.mismatch"),
    Hazard("H06", "band unreadable", "patient.band-unreadable"),
    Hazard("H07", "two patients worked on in parallel", "patient.rescan"),
    Hazard("H08", "record merged after the band was printed", "patient.not-admitted"),
    Hazard("H09", "patient elsewhere, old ward gives", "patient.other-ward, time.already-given"),
    Hazard("H10", "unidentified emergency patient", "temporary identity"),
    # --- drug and unit -----------------------------------------------------------------
    Hazard("H11", "product on no order", "drug.not-ordered"),
    Hazard("H12", "look-alike or sound-alike", "drug.not-ordered, drug.look-alike"),
    Hazard("H13", "right drug, wrong form", "drug.form-differs"),
    Hazard("H14", "other strength that makes the dose", "drug.other-strength"),
    Hazard("H15", "other strength that cannot", "drug.strength-unusable"),
    Hazard("H16", "new brand, code not in the catalogue", "drug.unknown-code"),
    Hazard("H17", "expired lot", "drug.expired"),
    Hazard("H18", "expires before the infusion ends", "drug.expires-soon"),
    Hazard("H19", "recalled or quarantined lot", "drug.recalled"),
    Hazard("H20", "no lot on the code", "drug.lot-unknown"),
    Hazard("H21", "beyond-use time passed", "drug.expired"),
    Hazard("H22", "label of a stopped order still in the drawer", "drug.label-void"),
    Hazard("H23", "same unit scanned twice", "drug.unit-used"),
    Hazard("H24", "one unit too few, then given", "dose.incomplete"),
    Hazard("H25", "one unit too many", "dose.excess"),
    Hazard("H26", "half tablet ordered, whole one scanned", "dose.part-unit"),
    Hazard("H27", "patient's own drug without hospital code", "drug.own-supply"),
    Hazard("H28", "potassium concentrate undiluted", "drug.component-missing, route.lethal"),
    Hazard("H29", "mix with a missing or wrong component", "drug.component-missing"),
    Hazard("H30", "bag or Y-site incompatible", "drug.interaction"),
    Hazard("H31", "oral liquid for a vein, injection by mouth", "route.mismatch"),
    Hazard("H32", "intrathecal against intravenous", "route.lethal"),
    Hazard("H33", "wrong insulin, strength or device", "drug.not-ordered, drug.form-differs"),
    # --- dose --------------------------------------------------------------------------
    Hazard("H34", "tenfold dose", "dose.above-single-max, dose.above-absolute"),
    Hazard("H35", "dose by weight, weight missing", "dose.weight-missing"),
    Hazard("H36", "weight stale or jumped", "dose.weight-stale"),
    Hazard("H37", "limit of kidney or liver", "dose.above-single-max, indication.contradicted"),
    Hazard("H38", "daily maximum passed by several products", "dose.above-daily-max"),
    Hazard("H39", "opioids stacked", "drug.duplicate, response.measure"),
    Hazard("H40", "order and product in different units", "dose.unit-unknown"),
    Hazard("H41", "part of a vial", "dose.part-unit"),
    Hazard("H42", "sliding scale with an old glucose", "response.measure"),
    Hazard("H43", "push or infusion too fast", "dose.rate"),
    Hazard("H44", "order is a range", "dose.choose"),
    Hazard("H45", "dose changed after labelling", "drug.label-void"),
    # --- time and repetition -----------------------------------------------------------
    Hazard("H46", "dose already charted by another nurse", "time.already-given"),
    Hazard("H47", "same dose given at two stations offline", "documentation.conflict"),
    Hazard("H48", "same ingredient under another order", "drug.duplicate"),
    Hazard("H49", "as-needed dose too early", "time.too-soon"),
    Hazard("H50", "as-needed count used up", "time.prn-max"),
    Hazard("H51", "as-needed dose without reason, or score 0", "indication.prn-reason, score-zero"),
    Hazard("H52", "too early", "time.early"),
    Hazard("H53", "too late", "time.late"),
    Hazard("H54", "missed dose, next one close", "time.missed-choice"),
    Hazard("H55", "two missed slots caught up", "time.too-soon"),
    Hazard("H56", "zone, daylight saving or wrong PC clock", "time.clock-off"),
    Hazard("H57", "slot at midnight, month end, 29 February", "slot falls exactly once"),
    Hazard("H58", "transfer restarts the schedule", "time.moved"),
    Hazard("H59", "order stopped between showing and saving", "drug.order-changed"),
    Hazard("H60", "held order, nil by mouth", "drug.order-inactive, route.nil-by-mouth"),
    Hazard("H61", "not verified by the pharmacist", "drug.order-unverified"),
    Hazard("H62", "emergency drug before the order exists", "give-first path"),
    Hazard("H63", "new patch while the old one is on", "route.patch-on"),
    Hazard("H64", "patch removal forgotten", "due task"),
    Hazard("H65", "bag still running when the next starts", "time.infusion-running"),
    Hazard("H66", "antibiotic stop date passed", "time.stop-date"),
    # --- indication, allergy, interaction, response --------------------------------------
    Hazard("H67", "severe allergy to the ingredient", "drug.allergy"),
    Hazard("H68", "allergy across classes", "drug.allergy"),
    Hazard("H69", "allergy only as free text", "drug.allergies-unknown"),
    Hazard("H70", "allergy never asked", "drug.allergies-unknown"),
    Hazard("H71", "contraindicated pair", "drug.interaction"),
    Hazard("H72", "interaction overridden by the prescriber", "drug.interaction as information"),
    Hazard("H73", "knowledge missing, old, unsigned or crashed", "drug.not-checked"),
    Hazard("H74", "no indication", "indication.missing"),
    Hazard("H75", "contradicts diagnosis or pregnancy", "indication.contradicted"),
    Hazard("H76", "value meets the hold limit", "response.hold"),
    Hazard("H77", "effect not assessed before the next dose", "response.overdue"),
    Hazard("H78", "reaction after a dose", "response.prior-reaction"),
    Hazard("H79", "anaphylaxis", "emergency screen"),
    Hazard("H80", "vesicant infusion, site check missed", "response.overdue"),
    # --- documentation, people, machines -------------------------------------------------
    Hazard("H81", "witness not independent", "documentation.not-independent"),
    Hazard("H82", "witness uses the giver's PIN", "own badge and own PIN"),
    Hazard("H83", "next nurse charts in the session of another", "documentation.signed-out"),
    Hazard("H84", "paper dose charted", "time.back-charted"),
    Hazard("H85", "record edited or undone", "append-only record"),
    Hazard("H86", "network lost in mid-save", "durable outbox, delivered exactly once"),
    Hazard("H87", "server refuses the record", "problem list with an owner"),
    Hazard("H88", "half a code, joined codes, wrong input method", "drug.bad-code"),
    Hazard("H89", "scanner types into a field", "scans are caught before any widget"),
    Hazard("H90", "a label printer prints badly", "first-read rate by printer"),
    Hazard("H91", "label for the wrong patient, labels swapped", "scan-back at fill"),
    Hazard("H92", "restored backup rolls data back", "sequence gap found at start"),
    Hazard("H93", "unknown field or unreadable date", "drug.order-unreadable"),
    Hazard("H94", "order without route", "route.missing"),
    Hazard("H95", "rule pack edited without sign-off", "unsigned pack refused"),
    # --- workarounds -----------------------------------------------------------------------
    Hazard("H96", "scanned without looking", "order and product side by side"),
    Hazard("H97", "one pack scanned several times", "drug.unit-used, scan counter"),
    Hazard("H98", "drugs of several patients carried", "one patient at a time"),
    Hazard("H99", "charted before giving", "verify and give are two acts"),
    Hazard("H100", "override without reading", "coded reason, review list"),
    # --- everyday situations -----------------------------------------------------------------
    Hazard("H101", "legitimate second dose from a container", "container use and serial level"),
    Hazard("H102", "pen of one patient used for another", "drug.container-other-patient"),
    Hazard("H103", "dose given under yesterday's and today's copy", "time.already-given"),
    Hazard("H104", "held before, now fit to give", "time.reopen"),
    Hazard("H105", "dose at the order's first or last minute", "judged by the planned instant"),
    Hazard("H106", "syringe from the drug room has no code", "prepare path"),
    Hazard("H107", "no pharmacist at night", "drug.order-unverified"),
    Hazard("H108", "PINs shared to get a witness", "documentation.witness-unavailable"),
    Hazard("H109", "an answer cannot be given", "cannot answer, with a reason"),
    Hazard("H110", "eight hours without network", "downtime mode"),
    Hazard("H111", "reader broken in mid-round", "reader-down declared once"),
    Hazard("H112", "telephone prescriber is a typed name", "read-back by a second person"),
    Hazard("H113", "vomited after giving", "lost after giving"),
    Hazard("H114", "borrowed from another patient's drawer", "drug.other-patient"),
    Hazard("H115", "modified-release tablet crushed", "route.do-not-crush"),
    Hazard("H116", "infusion unknown at handover", "time.infusion-check"),
)

#: Every number.
NUMBERS: Final = tuple(hazard.number for hazard in HAZARDS)
