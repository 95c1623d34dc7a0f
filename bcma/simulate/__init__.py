"""The product's second shell: medication passes written as files, played without a window.

A scenario drives a :class:`bcma.app.Station` as the window does: same store, same rules,
same record, same FHIR client over HTTP. Only the clock is the file's.
"""
