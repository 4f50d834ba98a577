"""Stage 2: what really happens on the wire."""
