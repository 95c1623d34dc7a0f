"""Pages: each draws a PassState and decides nothing; no page knows another."""
