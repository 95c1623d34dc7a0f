"""Fetches the examples of the FHIR R4 specification: ``python -m tests.examples``."""

from tests.examples import package

package.fetch()
