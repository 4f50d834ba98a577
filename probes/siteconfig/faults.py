"""What can go wrong between here and Azure, told in lines that say what to do; imports no Azure."""

from probes.errors import MtlsTriageError, UsageFault


class AzureFault(MtlsTriageError):
    """Azure could not be read: nothing can be concluded from it."""

    status = 3


class SignedOut(AzureFault):
    """Nobody is signed in, or what is there was refused; three lines: what was done, what was tried, what to run."""


class RefusedByUs(AzureFault):
    """The tool itself refused to send or to read something: another host, a write, too many bytes."""


class SiteNotFound(UsageFault):
    """The site that was named is not there, or cannot be seen with the rights of who is signed in."""


class SeveralSites(UsageFault):
    """What was named fits several sites."""
