"""Opens a PFX (PKCS #12) file, in the old and in the modern encryption, with and without a pass phrase."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import pkcs12

from probes.credential.pem import usable
from probes.credential.value import PrivateKey
from probes.errors import CredentialFault, PassPhraseNeeded


@dataclass(frozen=True, repr=False)
class Opened:
    """What the file holds; the order of the certificates is the file's."""

    key: PrivateKey | None
    certificates: tuple[x509.Certificate, ...]


def open_pfx(data: bytes, pass_phrase: bytes | None, where: str) -> Opened:
    """Open the file; ``where`` names it in errors.

    Without a pass phrase both spellings of "none" are tried: absent and empty are encrypted differently
    (RFC 7292 appendix B.1). Raises PassPhraseNeeded when it is missing or wrong, CredentialFault for a damaged file.
    """
    tries = (pass_phrase,) if pass_phrase else (None, b"")
    for phrase in tries:
        try:
            bag = pkcs12.load_pkcs12(data, phrase)
        except (ValueError, TypeError) as why:
            reason = str(why)
        except UnsupportedAlgorithm:
            raise CredentialFault(
                f"reading the PFX {where}: its encryption or its key is not supported; export it again with AES"
            ) from None
        else:
            more = tuple(extra.certificate for extra in bag.additional_certs)
            first = (bag.cert.certificate,) if bag.cert else ()
            return Opened(key=usable(bag.key, where) if bag.key else None, certificates=first + more)
    raise _why(reason, bool(pass_phrase), where)


def _why(reason: str, phrase_given: bool, where: str) -> CredentialFault:
    # OpenSSL cannot tell a wrong pass phrase from a file that was damaged behind its first bytes; neither can we.
    if "password" not in reason.lower():
        return CredentialFault(f"reading the PFX {where}: it is damaged or no PFX; export it again")
    if phrase_given:
        return PassPhraseNeeded(
            f"reading the PFX {where}: the pass phrase is wrong, or the file is damaged; give the pass phrase again"
        )
    return PassPhraseNeeded(
        f"reading the PFX {where}: it needs a pass phrase and none was given, or the file is damaged; "
        "give the pass phrase at the prompt or with --cert-password-env VAR"
    )
