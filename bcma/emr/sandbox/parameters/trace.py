"""Search parameters of safety findings and of the trace that work leaves."""

from bcma.emr.sandbox.parameters.kinds import Kind, SearchParam

SP = SearchParam
TOKEN = Kind.TOKEN
REFERENCE = Kind.REFERENCE
DATE = Kind.DATE

SAFETY_AND_TRACE: tuple[SearchParam, ...] = (
    SP("DetectedIssue", "identifier", TOKEN, "identifier"),
    SP("DetectedIssue", "code", TOKEN, "code"),
    SP("DetectedIssue", "implicated", REFERENCE, "implicated"),
    SP("DetectedIssue", "patient", REFERENCE, "patient", "Patient"),
    SP("DetectedIssue", "author", REFERENCE, "author"),
    SP("DetectedIssue", "identified", DATE, "identifiedDateTime | identifiedPeriod"),
    SP("AdverseEvent", "actuality", TOKEN, "actuality"),
    SP("AdverseEvent", "category", TOKEN, "category"),
    SP("AdverseEvent", "date", DATE, "date"),
    SP("AdverseEvent", "event", TOKEN, "event"),
    SP("AdverseEvent", "location", REFERENCE, "location", "Location"),
    SP("AdverseEvent", "recorder", REFERENCE, "recorder"),
    SP("AdverseEvent", "resultingcondition", REFERENCE, "resultingCondition", "Condition"),
    SP("AdverseEvent", "seriousness", TOKEN, "seriousness"),
    SP("AdverseEvent", "severity", TOKEN, "severity"),
    SP("AdverseEvent", "subject", REFERENCE, "subject"),
    SP("AdverseEvent", "substance", REFERENCE, "suspectEntity.instance"),
    SP("Provenance", "target", REFERENCE, "target"),
    SP("Provenance", "patient", REFERENCE, "target", "Patient"),
    SP("Provenance", "agent", REFERENCE, "agent.who"),
    SP("Provenance", "agent-role", TOKEN, "agent.role"),
    SP("Provenance", "agent-type", TOKEN, "agent.type"),
    SP("Provenance", "entity", REFERENCE, "entity.what"),
    SP("Provenance", "recorded", DATE, "recorded"),
    SP("Provenance", "signature-type", TOKEN, "signature.type"),
    SP("Provenance", "when", DATE, "occurredDateTime"),
    SP("AuditEvent", "action", TOKEN, "action"),
    SP("AuditEvent", "agent", REFERENCE, "agent.who"),
    SP("AuditEvent", "agent-role", TOKEN, "agent.role"),
    SP("AuditEvent", "altid", TOKEN, "agent.altId"),
    SP("AuditEvent", "date", DATE, "recorded"),
    SP("AuditEvent", "entity", REFERENCE, "entity.what"),
    SP("AuditEvent", "entity-type", TOKEN, "entity.type"),
    SP("AuditEvent", "outcome", TOKEN, "outcome"),
    SP("AuditEvent", "patient", REFERENCE, "agent.who | entity.what", "Patient"),
    SP("AuditEvent", "source", REFERENCE, "source.observer"),
    SP("AuditEvent", "subtype", TOKEN, "subtype"),
    SP("AuditEvent", "type", TOKEN, "type"),
    SP("Basic", "identifier", TOKEN, "identifier"),
    SP("Basic", "code", TOKEN, "code"),
    SP("Basic", "subject", REFERENCE, "subject"),
    SP("Basic", "patient", REFERENCE, "subject", "Patient"),
    SP("Basic", "author", REFERENCE, "author"),
    SP("Basic", "created", DATE, "created"),
    SP("Bundle", "identifier", TOKEN, "identifier"),
    SP("Bundle", "type", TOKEN, "type"),
    SP("Device", "identifier", TOKEN, "identifier"),
    SP("Device", "patient", REFERENCE, "patient", "Patient"),
)
