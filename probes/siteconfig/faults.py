"""What can go wrong between here and Azure, told in lines that say what to do; imports no Azure."""

from probes.errors import MtlsTriageError, UsageFault


class AzureFault(MtlsTriageError):
    """Azure could not be read: nothing can be concluded from it.

    ``seen`` is what was done and seen without what to run next, where that differs by who asks; empty where the
    message is all there is.
    """

    status = 3

    def __init__(self, message: str, *, seen: str = "") -> None:
        super().__init__(message)
        self.seen = seen


class SignedOut(AzureFault):
    """Nobody is signed in, or what is there was refused; three lines: what was done, what was tried, what to run.

    ``tried`` are the ways that were tried or are not set up, each with the reason.
    """

    def __init__(self, message: str, *, seen: str = "", tried: tuple[str, ...] = ()) -> None:
        super().__init__(message, seen=seen)
        self.tried = tried


class RefusedByUs(AzureFault):
    """The tool itself refused to send or to read something: another host, a write, too many bytes."""


class SiteNotFound(UsageFault):
    """The site that was named is not there, or cannot be seen with the rights of who is signed in."""


class SeveralSites(UsageFault):
    """What was named fits several sites."""
