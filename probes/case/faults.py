"""What can be wrong with a case file, in one line each."""

from probes.errors import UsageFault


class CaseFault(UsageFault):
    """A case file cannot be read: missing, damaged, of another format."""


class CaseTaken(UsageFault):
    """A case file cannot be begun there: it holds a case already, or another process is writing it."""
