"""The EMR: clients that speak to one, maps to and from its standards, and a sandbox of our own."""
