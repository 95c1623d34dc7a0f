"""Paper: labels, bands and documents, without Qt."""
