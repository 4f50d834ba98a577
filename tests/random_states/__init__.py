"""Random states of the lab, diagnosed over real TLS and judged by an oracle that knows the state."""
