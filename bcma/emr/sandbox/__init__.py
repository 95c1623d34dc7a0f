"""The sandbox EMR: a small, real HTTP FHIR R4 server for demo, training and tests.

It is no EMR: it knows nobody, asks for no sign-in and keeps what it is told. It follows
HAPI FHIR where the standard leaves a choice, save where its documentation says otherwise.
"""

from bcma.emr.sandbox.clock import Clock, StoppedClock, system_clock
from bcma.emr.sandbox.faults import Faults, Lost, Traffic
from bcma.emr.sandbox.outcome import Refusal
from bcma.emr.sandbox.powers import Claims, Powers
from bcma.emr.sandbox.sandbox import Sandbox
from bcma.emr.sandbox.storage import StoreUnusable

__all__ = [
    "Claims",
    "Clock",
    "Faults",
    "Lost",
    "Powers",
    "Refusal",
    "Sandbox",
    "StoppedClock",
    "StoreUnusable",
    "Traffic",
    "system_clock",
]
