"""Search parameters of medicines, orders, dispensing and administration."""

from bcma.emr.sandbox.parameters.kinds import Kind, SearchParam

SP = SearchParam
TOKEN = Kind.TOKEN
REFERENCE = Kind.REFERENCE
DATE = Kind.DATE

_EFFECTIVE = "effectiveDateTime | effectivePeriod"


def _of_subject(resource: str) -> tuple[SearchParam, ...]:
    return (
        SP(resource, "subject", REFERENCE, "subject", "Patient Group"),
        SP(resource, "patient", REFERENCE, "subject", "Patient"),
    )


def _of_medication(resource: str) -> tuple[SearchParam, ...]:
    return (
        SP(resource, "identifier", TOKEN, "identifier"),
        SP(resource, "status", TOKEN, "status"),
        SP(resource, "code", TOKEN, "medicationCodeableConcept"),
        SP(resource, "medication", REFERENCE, "medicationReference", "Medication"),
        *_of_subject(resource),
    )


_ENCOUNTERS = "Encounter EpisodeOfCare"

MEDICATION: tuple[SearchParam, ...] = (
    SP("Medication", "identifier", TOKEN, "identifier"),
    SP("Medication", "code", TOKEN, "code"),
    SP("Medication", "status", TOKEN, "status"),
    SP("Medication", "form", TOKEN, "form"),
    SP("Medication", "ingredient", REFERENCE, "ingredient.itemReference"),
    SP("Medication", "ingredient-code", TOKEN, "ingredient.itemCodeableConcept"),
    SP("Medication", "lot-number", TOKEN, "batch.lotNumber"),
    SP("Medication", "expiration-date", DATE, "batch.expirationDate"),
    SP("Medication", "manufacturer", REFERENCE, "manufacturer", "Organization"),
    *_of_medication("MedicationRequest"),
    SP("MedicationRequest", "intent", TOKEN, "intent"),
    SP("MedicationRequest", "encounter", REFERENCE, "encounter", "Encounter"),
    SP("MedicationRequest", "authoredon", DATE, "authoredOn"),
    SP("MedicationRequest", "date", DATE, "dosageInstruction.timing.event"),
    SP("MedicationRequest", "category", TOKEN, "category"),
    SP("MedicationRequest", "priority", TOKEN, "priority"),
    SP("MedicationRequest", "requester", REFERENCE, "requester"),
    SP("MedicationRequest", "intended-dispenser", REFERENCE, "dispenseRequest.performer"),
    SP("MedicationRequest", "intended-performer", REFERENCE, "performer"),
    SP("MedicationRequest", "intended-performertype", TOKEN, "performerType"),
    *_of_medication("MedicationDispense"),
    SP("MedicationDispense", "context", REFERENCE, "context", _ENCOUNTERS),
    SP("MedicationDispense", "prescription", REFERENCE, "authorizingPrescription"),
    SP("MedicationDispense", "performer", REFERENCE, "performer.actor"),
    SP("MedicationDispense", "receiver", REFERENCE, "receiver"),
    SP("MedicationDispense", "destination", REFERENCE, "destination", "Location"),
    SP("MedicationDispense", "type", TOKEN, "type"),
    SP("MedicationDispense", "whenprepared", DATE, "whenPrepared"),
    SP("MedicationDispense", "whenhandedover", DATE, "whenHandedOver"),
    *_of_medication("MedicationAdministration"),
    SP("MedicationAdministration", "context", REFERENCE, "context", _ENCOUNTERS),
    SP("MedicationAdministration", "request", REFERENCE, "request", "MedicationRequest"),
    SP("MedicationAdministration", "effective-time", DATE, _EFFECTIVE),
    SP("MedicationAdministration", "performer", REFERENCE, "performer.actor"),
    SP("MedicationAdministration", "device", REFERENCE, "device", "Device"),
    SP("MedicationAdministration", "reason-given", TOKEN, "reasonCode"),
    SP("MedicationAdministration", "reason-not-given", TOKEN, "statusReason"),
    *_of_medication("MedicationStatement"),
    SP("MedicationStatement", "context", REFERENCE, "context", _ENCOUNTERS),
    SP("MedicationStatement", "effective", DATE, _EFFECTIVE),
    SP("MedicationStatement", "category", TOKEN, "category"),
    SP("MedicationStatement", "part-of", REFERENCE, "partOf"),
    SP("MedicationStatement", "source", REFERENCE, "informationSource"),
)
