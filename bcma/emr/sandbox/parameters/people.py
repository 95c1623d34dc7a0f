"""Search parameters of people and places."""

from bcma.emr.sandbox.parameters.kinds import Kind, SearchParam

SP = SearchParam
TOKEN = Kind.TOKEN
REFERENCE = Kind.REFERENCE
STRING = Kind.STRING
DATE = Kind.DATE

_PERSON = (
    ("identifier", TOKEN, "identifier"),
    ("active", TOKEN, "active"),
    ("name", STRING, "name"),
    ("family", STRING, "name.family"),
    ("given", STRING, "name.given"),
    ("gender", TOKEN, "gender"),
    ("telecom", TOKEN, "telecom"),
    ("phone", TOKEN, "telecom"),
    ("address", STRING, "address"),
)

PEOPLE_AND_PLACES: tuple[SearchParam, ...] = (
    *(SP("Patient", *row) for row in _PERSON),
    SP("Patient", "birthdate", DATE, "birthDate"),
    SP("Patient", "deceased", TOKEN, "deceasedBoolean"),
    SP("Patient", "death-date", DATE, "deceasedDateTime"),
    SP("Patient", "general-practitioner", REFERENCE, "generalPractitioner"),
    SP("Patient", "link", REFERENCE, "link.other", "Patient RelatedPerson"),
    SP("Patient", "organization", REFERENCE, "managingOrganization", "Organization"),
    *(SP("Practitioner", *row) for row in _PERSON),
    SP("PractitionerRole", "identifier", TOKEN, "identifier"),
    SP("PractitionerRole", "active", TOKEN, "active"),
    SP("PractitionerRole", "practitioner", REFERENCE, "practitioner", "Practitioner"),
    SP("PractitionerRole", "organization", REFERENCE, "organization", "Organization"),
    SP("PractitionerRole", "location", REFERENCE, "location", "Location"),
    SP("PractitionerRole", "role", TOKEN, "code"),
    SP("PractitionerRole", "specialty", TOKEN, "specialty"),
    SP("PractitionerRole", "date", DATE, "period"),
    SP("Organization", "identifier", TOKEN, "identifier"),
    SP("Organization", "active", TOKEN, "active"),
    SP("Organization", "name", STRING, "name | alias"),
    SP("Organization", "type", TOKEN, "type"),
    SP("Organization", "partof", REFERENCE, "partOf", "Organization"),
    SP("Location", "identifier", TOKEN, "identifier"),
    SP("Location", "name", STRING, "name | alias"),
    SP("Location", "status", TOKEN, "status"),
    SP("Location", "operational-status", TOKEN, "operationalStatus"),
    SP("Location", "type", TOKEN, "type"),
    SP("Location", "partof", REFERENCE, "partOf", "Location"),
    SP("Location", "organization", REFERENCE, "managingOrganization", "Organization"),
    SP("Encounter", "identifier", TOKEN, "identifier"),
    SP("Encounter", "status", TOKEN, "status"),
    SP("Encounter", "class", TOKEN, "class"),
    SP("Encounter", "type", TOKEN, "type"),
    SP("Encounter", "subject", REFERENCE, "subject", "Patient Group"),
    SP("Encounter", "patient", REFERENCE, "subject", "Patient"),
    SP("Encounter", "date", DATE, "period"),
    SP("Encounter", "location", REFERENCE, "location.location", "Location"),
    SP("Encounter", "location-period", DATE, "location.period"),
    SP("Encounter", "participant", REFERENCE, "participant.individual"),
    SP("Encounter", "practitioner", REFERENCE, "participant.individual", "Practitioner"),
    SP("Encounter", "part-of", REFERENCE, "partOf", "Encounter"),
    SP("Encounter", "service-provider", REFERENCE, "serviceProvider", "Organization"),
    SP("Encounter", "reason-code", TOKEN, "reasonCode"),
    SP("Encounter", "based-on", REFERENCE, "basedOn", "ServiceRequest"),
)
