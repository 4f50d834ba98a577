"""How long a test waits for what must come at once, on a machine that may do other work at the same time."""

WITHOUT_WAITING = 10.0
"""Seconds. Far below the 30 s of a probe's deadline, far above what a busy machine needs; a tighter one would measure
the machine."""
PATIENCE = 4.0
"""By how much a wait for something that is sure to come is longer than a quiet machine needs; it costs nothing."""
