"""The vocabulary of the house: frozen values in the words of FHIR, HL7 and GS1.

Nothing in here reads a clock, a file, a database or the network.
"""
