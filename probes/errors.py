"""The errors a user may see; every message says what was being done, what was seen, and what to do next."""

from probes.redact import hide_in_words


class MtlsTriageError(Exception):
    """Base of all errors that are told to the user in one or two lines, never as a traceback.

    ``status`` is the exit status of the command that ends with it.
    """

    status = 2

    def __str__(self) -> str:
        """Return the message; an address that the user gave is told without the secrets that it carries."""
        return hide_in_words(super().__str__())


class UsageFault(MtlsTriageError):
    """The call or an input file is wrong."""


class CredentialFault(UsageFault):
    """The client certificate cannot be used at all: unreadable, wrong pass phrase, key of another certificate."""


class PassPhraseNeeded(CredentialFault):
    """The key or the PFX is encrypted and no pass phrase was given, or the one given is wrong."""


class ConfigurationFault(UsageFault):
    """A saved site configuration cannot be read, or is the output of another command."""


class ConsentNeeded(UsageFault):
    """The plan uploads bodies and nobody has agreed to that."""
