"""What of a state is said in words: short texts that several widgets share. No decisions."""

import re
from datetime import datetime

from bcma.bedside import DoseInHand, Due, DueRow, PassState
from bcma.config import Language
from bcma.model.drug import Medication
from bcma.model.order import Dosage, DoseRange
from bcma.model.quantity import Quantity
from bcma.model.slot import SlotState
from bcma.rules.attempt import UnitInHand
from bcma.wording import Wording
from ui.look import Look

#: A space between a number and the word after it.
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[^\W\d]|%)")
#: Between two facts on one line.
DOT = " · "


def local(look: Look, instant: datetime) -> datetime:
    """Give an instant in the ward's zone."""
    return instant.astimezone(look.wording.zone)


def instant(look: Look, at: datetime, now: datetime) -> str:
    """Give the time of an instant, and its day where that is not today."""
    today = local(look, now).date() == local(look, at).date()
    return look.wording.time(at) if today else str(look.wording.fact(at))


def bed(look: Look, written: str) -> str:
    """Take off the word for bed that the EMR may have written, in whichever language."""
    for language in Language:
        caption = Wording(language, look.wording.zone).sentence("screen.banner.bed")
        written = written.removeprefix(caption).strip() or written
    return written


def amount(look: Look, quantity: Quantity | DoseRange | None) -> str:
    """Give an amount or a range of amounts; nothing for none."""
    match quantity:
        case None:
            return ""
        case DoseRange():
            return f"{look.wording.quantity(quantity.low)} – {look.wording.quantity(quantity.high)}"
        case Quantity():
            return look.wording.quantity(quantity)


def route(look: Look, code: str) -> str:
    """Give a route's name within a line; a code without one stays as it is written."""
    name = look.word("route", code)
    return name if name == code else uncapital(name)


def routes(look: Look, dosage: Dosage | None) -> str:
    """Give the allowed routes, or what was written where none could be read."""
    if dosage is None:
        return ""
    if not dosage.routes:
        return dosage.route_text or look.say("no-route")
    return f" {look.say('or')} ".join(route(look, code) for code in dosage.routes)


def capital(text: str) -> str:
    """Begin a line with a capital."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """Go on within a line."""
    return text[:1].lower() + text[1:]


def tight(text: str) -> str:
    """Keep each number and its unit on one line."""
    return _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)


def form(look: Look, drug: Medication) -> str:
    """Give the dose form's name, as the drug file writes it where it has words for it."""
    if drug.form is None:
        return drug.form_text
    return look.word("form", drug.form)


def due_clock(look: Look, line: DueRow) -> str:
    """Give the time that stands in front of a row."""
    if line.due is Due.PROBLEM:
        return "–"
    if line.standing is not None:
        return look.wording.time(line.standing.slot.planned)
    if line.patch is not None:
        return "–" if line.remove_at is None else look.wording.time(line.remove_at)
    if line.next_possible is not None and line.due is Due.AS_NEEDED:
        return look.wording.time(line.next_possible)
    return look.say("due.now")


def due_detail(look: Look, line: DueRow) -> str:
    """Give a row's second line."""
    if line.patch is not None:
        return look.say("due.remove-patch", site=line.patch.site)
    dosage = line.dosage or next(iter(line.order.dosages), None)
    parts = [amount(look, dosage.dose) if dosage else "", routes(look, dosage)]
    if line.due is Due.PROBLEM:
        parts = [line.order.as_written or look.word("due", "problem")]
    elif line.due is Due.AS_NEEDED and line.next_possible is not None:
        parts = [parts[0], look.say("due.earliest", at=look.wording.time(line.next_possible))]
    elif line.standing is not None and line.standing.state is not SlotState.OPEN:
        parts = [parts[0], standing_words(look, line)]
    return DOT.join(part for part in parts if part)


def standing_words(look: Look, line: DueRow) -> str:
    """Tell what has become of a slot, and when."""
    if line.standing is None:
        return ""
    word = look.word("status", line.standing.state)
    record = line.standing.record
    if record is None or record.given_at is None:
        return word
    return f"{word} {look.wording.time(record.given_at)}"


def spoken_due(look: Look, line: DueRow) -> str:
    """Give a row as a screen reader says it."""
    group = look.word("due", line.due)
    return ", ".join(
        (group, due_clock(look, line), line.order.medication.name, due_detail(look, line))
    )


def dose_title(look: Look, dose: DoseInHand) -> str:
    """Name what is being given: drug and route."""
    drug = dose.order.medication if dose.order else None
    if drug is None and dose.units:
        return unit_name(dose.units[-1])
    if drug is None:
        return look.say("several-orders") if dose.candidates else ""
    chosen = route(look, dose.route) if dose.route else routes(look, dose.dosage)
    name, ordered = with_strength(look, drug.name, dose), amount(look, dose.ordered)
    if ordered and not names_amount(name, ordered):
        name = f"{name}{DOT}{ordered}"
    return ", ".join(part for part in (name, chosen) if part)


def plain(text: str) -> str:
    """Give a text with ordinary spaces, for comparing."""
    return " ".join(text.split())


def names_amount(name: str, quantity: str) -> bool:
    """Tell whether a product's name says this amount; ``10 mg/mL`` does not say 10 mg."""
    whole = rf"(?<![\d.,]){re.escape(plain(quantity))}(?![\w/])"
    return re.search(whole, plain(name)) is not None


def with_strength(look: Look, name: str, dose: DoseInHand) -> str:
    """Give the drug's name with the ordered amount, unless the name has a strength already."""
    if any(letter.isdigit() for letter in name):
        return name
    return " ".join(part for part in (name, amount(look, dose.ordered)) if part)


def dose_progress(look: Look, dose: DoseInHand) -> str:
    """Tell the slot and how far the units make the dose."""
    parts = []
    if dose.slot is not None:
        parts.append(look.say("slot-of", time=look.wording.time(dose.slot.planned)))
    if dose.units_needed is not None:
        key = "units-all" if dose.units_counted >= dose.units_needed else "units-some"
        parts.append(look.say(key, n=dose.units_counted, of=dose.units_needed))
    elif dose.units:
        parts.append(look.say("units-scanned", n=dose.units_counted))
    return DOT.join(parts)


def unit_name(unit: UnitInHand) -> str:
    """Give the scanned product's name."""
    return unit.description


def lot_and_expiry(look: Look, unit: UnitInHand) -> str:
    """Give lot and expiry as far as the code or the label says them."""
    label = unit.label
    lot = unit.code.lot or (label.lot if label else None)
    expiry = unit.code.expiry or (label.expiry if label else None)
    parts = [lot or look.say("lot-unknown")]
    parts.append(look.wording.date(expiry) if expiry else look.say("expiry-unknown"))
    return DOT.join(parts)


def window(look: Look, dose: DoseInHand) -> str:
    """Give the planned time with its window."""
    slot = dose.slot
    if slot is None:
        needed = dose.dosage is not None and dose.dosage.as_needed
        return look.word("due", "as-needed") if needed else "—"
    planned = look.wording.time(slot.planned)
    if slot.earliest is None or slot.latest is None:
        return planned
    return f"{planned}  ({look.wording.time(slot.earliest)}–{look.wording.time(slot.latest)})"


def age_and_sex(look: Look, state: PassState) -> str:
    """Give sex and age of the open patient."""
    patient = state.patient
    if patient is None:
        return ""
    sex = look.word("sex", patient.sex)
    birth = patient.birth_date
    if birth is None:
        return sex
    today = local(look, state.now).date()
    had_birthday = (today.month, today.day) >= (birth.month, birth.day)
    years = today.year - birth.year - (0 if had_birthday else 1)
    if years >= 1:
        return f"{sex}, {look.say('banner.age-years', count=years)}"
    return f"{sex}, {look.say('banner.age-days', count=(today - birth).days)}"
