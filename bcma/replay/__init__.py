"""`bcma replay`: a real barcode eMAR re-enacted by scan through the whole product.

The CSV files of a hospital are loaded into the sandbox EMR as they came to be, order by order;
a station pulls them, and every charted dose is scanned again at the time of its charting. What
a real hospital gave should pass, what went wrong there must not pass in silence.
"""
